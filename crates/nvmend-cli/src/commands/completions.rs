//! `nvmend completions`: a shell's completion script.

use clap::ArgMatches;
use nvmend::words::Words;

use crate::arguments::{SHELLS, command};
use crate::exit::{Failure, Status};
use crate::ui::Ui;

/// Prints the script.
pub fn run(matches: &ArgMatches, words: &Words, ui: &Ui) -> Result<Status, Failure> {
    let shell = matches
        .get_one::<String>("shell")
        .and_then(|name| name.parse::<clap_complete::Shell>().ok());
    let Some(shell) = shell else {
        return Err(Failure::usage(
            words.cli("error-which-shell", &[("shells", SHELLS.join(", "))]),
        ));
    };
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command(words), "nvmend", &mut script);
    ui.print(script);
    Ok(Status::Fine)
}

//! `nvmend help`, and `--help` everywhere.

use nvmend::words::Words;

use crate::arguments::{LATER_COMMANDS, command};
use crate::exit::{Failure, Status};
use crate::help::render;
use crate::ui::Ui;

/// Shows the help of one command, or of the whole program.
pub fn show(name: Option<&str>, words: &Words, ui: &Ui) -> Result<Status, Failure> {
    let root = command(words);
    let shown = match name {
        None => &root,
        Some(name) => root.find_subcommand(name).ok_or_else(|| {
            let command = ("command", name.to_owned());
            if LATER_COMMANDS.contains(&name) {
                return Failure::usage(words.cli("error-later-command", &[command]));
            }
            Failure::usage(words.cli("error-unknown-command", &[command]))
                .hint(words.cli("hint-help", &[]))
        })?,
    };
    ui.print(render(shown, &root, words, &ui.page));
    Ok(Status::Fine)
}

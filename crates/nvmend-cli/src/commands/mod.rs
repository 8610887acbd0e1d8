//! The commands: one file each.

mod apply;
mod capture;
mod check;
mod completions;
mod explain;
mod help;
mod history;
mod man;
mod plan;
mod resume;
mod undo;

use clap::ArgMatches;
use nvmend::words::Words;

use crate::exit::{Failure, Status};
use crate::ui::Ui;

/// Does what the arguments ask for.
pub fn run(matches: &ArgMatches, words: &Words, ui: &Ui) -> Result<Status, Failure> {
    let (name, own) = matches.subcommand().unwrap_or(("check", matches));
    if own.get_flag("version") {
        ui.print(concat!("nvmend ", env!("CARGO_PKG_VERSION"), "\n"));
        return Ok(Status::Fine);
    }
    if own.get_flag("help") {
        return help::show(matches.subcommand_name(), words, ui);
    }
    if own.get_flag("verbose") && own.get_flag("quiet") {
        return Err(Failure::usage(words.cli("error-verbose-and-quiet", &[])));
    }
    match name {
        "explain" => explain::run(own, words, ui),
        "plan" => plan::run(own, words, ui),
        "apply" => apply::run(own, words, ui),
        "undo" => undo::run(own, words, ui),
        "history" => history::run(own, words, ui),
        "resume" => resume::run(own, words, ui),
        "capture" => capture::run(own, words, ui),
        "completions" => completions::run(own, words, ui),
        "man" => man::run(words, ui),
        "help" => help::show(own.get_one::<String>("command").map(String::as_str), words, ui),
        _ => check::run(own, words, ui),
    }
}

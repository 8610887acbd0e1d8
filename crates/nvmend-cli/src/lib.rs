//! The command line of nvmend: the only crate that knows the terminal, prints and exits.

pub mod arguments;
mod ask;
mod commands;
mod exit;
mod heap;
pub mod help;
mod planning;
mod progress;
mod source;
mod ui;
mod usage;
mod work;
mod worker;

use std::ffi::OsString;
use std::process::ExitCode;

use nvmend::words::{Language, Words};

use exit::{Failure, Status};
use ui::Ui;

/// Runs the program with this process' arguments.
pub fn run() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    if let [_, word, rest @ ..] = &arguments[..]
        && word == nvmend::probes::deep::ASK
    {
        return ask::run(rest);
    }
    if let [_, word, rest @ ..] = &arguments[..]
        && word == worker::WORD
    {
        return worker::run(rest);
    }
    heap::set_up();
    let words = Words::new(language(&arguments));
    let mut ui = Ui::plain();
    let status = match parse(&arguments, &words, &mut ui) {
        Ok(status) => status,
        Err(failure) => {
            ui.complain(&words, &failure);
            failure.status
        }
    };
    status.into()
}

fn parse(arguments: &[OsString], words: &Words, ui: &mut Ui) -> Result<Status, Failure> {
    let matches = arguments::grammar()
        .try_get_matches_from(arguments)
        .map_err(|error| usage::failure(&error, words))?;
    *ui = Ui::of_process(&matches, words.language());
    commands::run(&matches, words, ui)
}

/// The language has to be known before the arguments are parsed, since it is also that of their errors.
fn language(arguments: &[OsString]) -> Language {
    let texts: Vec<&str> = arguments.iter().filter_map(|argument| argument.to_str()).collect();
    let named =
        texts.iter().enumerate().find_map(|(index, text)| match text.strip_prefix("--lang") {
            Some("") => texts.get(index + 1).copied(),
            Some(rest) => rest.strip_prefix('='),
            None => None,
        });
    named.and_then(Language::of_locale).unwrap_or_else(|| Language::of_environment(ui::variable))
}

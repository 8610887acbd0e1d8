//! `nvmend history`: what nvmend did to a machine.

use clap::ArgMatches;
use nvmend::history::{self, History, RunReport, UnreadableRun};
use nvmend::hosts::live::Live;
use nvmend::journal;
use nvmend::report::Tool;
use nvmend::reports::{json, run as report};
use nvmend::words::Words;

use crate::exit::{Failure, Status};
use crate::source;
use crate::ui::Ui;

/// Lists the runs. Who lists them as root has been told of them.
pub fn run(matches: &ArgMatches, words: &Words, ui: &Ui) -> Result<Status, Failure> {
    let host = source::open(matches, words)?;
    let ids =
        journal::runs(host.as_ref()).map_err(|error| Failure::undetermined(error.to_string()))?;
    let mut history =
        History { schema: history::SCHEMA, tool: Tool::this(), runs: vec![], unreadable: vec![] };
    for id in ids {
        match journal::read(host.as_ref(), &id) {
            Ok(Some(run)) => history.runs.push(RunReport::of(&run)),
            Ok(None) => {}
            Err(error) => {
                history.unreadable.push(UnreadableRun { run: id, why: error.to_string() });
            }
        }
    }
    match matches.get_one::<String>("format").map(String::as_str) {
        Some("json") => ui.print(json::render(&history)),
        _ => ui.print(report::list(&history, words, &ui.page)),
    }
    if !source::is_elsewhere(matches)
        && rustix::process::geteuid().is_root()
        && let Ok(live) = Live::open()
    {
        for id in journal::untold(&live) {
            let ended = history.runs.iter().find(|run| run.run == id);
            if ended.is_none_or(RunReport::has_ended) {
                let _ = journal::told(&live, &id);
            }
        }
    }
    Ok(Status::Fine)
}

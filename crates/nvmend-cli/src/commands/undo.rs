//! `nvmend undo`: takes a run back.

use std::io::{self, IsTerminal};
use std::sync::Arc;

use clap::ArgMatches;
use nvmend::history::RunState;
use nvmend::hosts::live::Live;
use nvmend::journal::{self, Outcome, Run};
use nvmend::reports::run as report;
use nvmend::undo::{Reach, WayBack};
use nvmend::words::Words;

use crate::exit::{Failure, Status};
use crate::source;
use crate::ui::Ui;
use crate::work::{self, Work};

/// Shows what would be taken back, asks, and lets it be done.
pub fn run(matches: &ArgMatches, words: &Words, ui: &Ui) -> Result<Status, Failure> {
    source::refuse_elsewhere(matches, "undo", words)?;
    work::refuse_without_root("undo", words)?;
    let live = Live::open().map_err(|error| Failure::undetermined(error.to_string()))?;
    let live = Arc::new(live);
    let run = chosen(&live, matches.get_one::<String>("run"), words)?;
    let partly = matches.get_flag("partly");
    let way = WayBack::of(&run);
    if way.lost.is_empty()
        && run.outcome == Some(Outcome::Succeeded)
        && way.reach(&run) == Reach::Nothing
    {
        return Err(Failure::usage(words.cli("error-run-stays", &[("run", run.id.clone())])));
    }
    refuse_lost(&run, &way, partly, words)?;
    let is_json = matches.get_one::<String>("format").is_some_and(|format| format == "json");
    let preview = report::preview(&run, words, &ui.page);
    if is_json {
        ui.note(&preview);
    } else {
        ui.print(preview);
    }
    if !matches.get_flag("yes") {
        if !io::stdin().is_terminal() {
            return Err(Failure::usage(words.cli("error-nobody-to-ask", &[]))
                .hint(words.cli("hint-nobody-to-ask-undo", &[])));
        }
        if !ui.ask(&words.cli("ask-undo", &[])) {
            ui.note(&words.cli("apply-declined", &[]));
            return Ok(Status::Fine);
        }
    }
    let run = work::run(&live, Work::Undo(&run.id, partly), words, ui, is_json)?;
    Ok(match run.state {
        // In part: as was said, and wanted.
        RunState::Undone | RunState::RolledBack | RunState::PartlyUndone => Status::Fine,
        _ => Status::Stuck,
    })
}

/// Refuses to begin what cannot be done wholly, unless that is wanted.
fn refuse_lost(run: &Run, way: &WayBack, partly: bool, words: &Words) -> Result<(), Failure> {
    if !way.is_refused(run, partly) {
        return Ok(());
    }
    let leads_somewhere = way.leads_somewhere(run);
    let id = ("run", run.id.clone());
    let args = [id.clone(), ("steps", report::lost(run, &way.lost, words))];
    let hint = if leads_somewhere { "hint-lost-partly" } else { "hint-lost-all" };
    Err(Failure::usage(words.cli("error-lost", &args)).hint(words.cli(hint, &[id])))
}

/// The run that is meant: the named one, else one that has not ended, else the last that can be taken back.
fn chosen(live: &Live, named: Option<&String>, words: &Words) -> Result<Run, Failure> {
    let unreadable = |error: journal::JournalError| Failure::undetermined(error.to_string());
    if let Some(id) = named {
        let no_such = || Failure::usage(words.cli("error-no-such-run", &[("run", id.clone())]));
        let is_name = !id.contains('/') && !id.starts_with('.') && !id.is_empty();
        let run = if is_name { journal::read(live, id).map_err(unreadable)? } else { None };
        return run.ok_or_else(|| no_such().hint(words.cli("hint-history", &[])));
    }
    if let Some(run) = journal::unfinished(live).map_err(unreadable)?.into_iter().next() {
        return Ok(run);
    }
    let ids = journal::runs(live).map_err(|error| Failure::undetermined(error.to_string()))?;
    for id in ids.iter().rev() {
        let run = journal::read(live, id).map_err(unreadable)?;
        let can_go_back = |run: &Run| {
            matches!(run.outcome, Some(Outcome::Succeeded | Outcome::Stuck))
                && !run.is_partly_undone()
        };
        if let Some(run) = run.filter(can_go_back) {
            return Ok(run);
        }
    }
    Err(Failure::usage(words.cli("error-nothing-to-undo", &[])))
}

//! `nvmend resume`: goes on with a run after a reboot. Not for people: the unit that the run left behind starts it.

use std::sync::Arc;

use clap::ArgMatches;
use nvmend::apply::{self, ApplyError};
use nvmend::history::{RunReport, RunState};
use nvmend::hosts::live::Live;
use nvmend::journal;
use nvmend::reports::run as report;
use nvmend::words::Words;

use crate::exit::{Failure, Status};
use crate::source;
use crate::ui::Ui;
use crate::{work, worker};

/// Goes on, and says how it went to whoever listens; the journal has it in any case.
pub fn run(matches: &ArgMatches, words: &Words, ui: &Ui) -> Result<Status, Failure> {
    source::refuse_elsewhere(matches, "resume", words)?;
    work::refuse_without_root("resume", words)?;
    let undetermined = |error: String| Failure::undetermined(error);
    let live = Arc::new(Live::open().map_err(|error| undetermined(error.to_string()))?);
    let waiting = match matches.get_one::<String>("run") {
        Some(id) => Some(id.clone()),
        None => apply::awaiting(live.as_ref())
            .map_err(|error| undetermined(error.to_string()))?
            .map(|run| run.id),
    };
    let Some(id) = waiting else {
        // Left by a run that ended otherwise.
        apply::remove_continuation(live.as_ref())
            .map_err(|error| undetermined(error.to_string()))?;
        return Ok(Status::Fine);
    };
    let resumed =
        worker::with_session(&live, None, |session| apply::resume(session, &id, &mut |_| {}));
    match resumed {
        // It is still the boot before: the unit stays.
        Err(ApplyError::AwaitsReboot(_)) => return Ok(Status::Fine),
        Err(error) => return Err(work::refusal(&error, words)),
        Ok(_) => {}
    }
    let run = journal::read(live.as_ref(), &id).map_err(|error| undetermined(error.to_string()))?;
    let Some(run) = run else { return Ok(Status::Fine) };
    let said = RunReport::of(&run);
    ui.print(report::render(&said, &run.plan, words, &ui.page));
    Ok(match said.state {
        RunState::RolledBack => Status::RolledBack,
        RunState::Stuck | RunState::Open => Status::Stuck,
        _ => Status::Fine,
    })
}

//! `nvmend apply`: does a plan, after it was shown and agreed to.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ArgMatches;
use nvmend::history::RunState;
use nvmend::host::Host;
use nvmend::hosts::live::Live;
use nvmend::journal;
use nvmend::plan::Plan;
use nvmend::proposal::{PlanFileError, Proposal, read_plan};
use nvmend::remedy::Allowed;
use nvmend::report::Disruption;
use nvmend::reports::{json, plan as report};
use nvmend::step::Step;
use nvmend::words::Words;

use crate::exit::{Failure, Status};
use crate::planning::{allowed, machine, propose};
use crate::source;
use crate::ui::Ui;
use crate::work::{self, Work};

/// Plans are text of a few hundred lines; configuration files that they write are part of them.
const MOST: u64 = 64 << 20;

/// Plans anew, holds the plan against the file's, shows it, asks, and lets it be done.
pub fn run(matches: &ArgMatches, words: &Words, ui: &Ui) -> Result<Status, Failure> {
    source::refuse_elsewhere(matches, "apply", words)?;
    let file = matches.get_one::<PathBuf>("plan");
    let wanted = file.map(|file| read_file(file, words)).transpose()?;
    let limit = allowed(matches);
    let (yes, dry) = (matches.get_flag("yes"), matches.get_flag("dry-run"));
    if yes && limit.is_none() && !dry {
        return Err(Failure::usage(words.cli("error-yes-without-limit", &[]))
            .hint(words.cli("hint-yes-without-limit", &[])));
    }
    if !dry {
        work::refuse_without_root("apply", words)?;
    }
    let live = Live::open().map_err(|error| Failure::undetermined(error.to_string()))?;
    let live = Arc::new(live);
    if !dry {
        refuse_unfinished(&live, words)?;
    }
    let host: Arc<dyn Host> = live.clone();
    let limit = limit.unwrap_or_else(|| wanted.as_ref().map_or_else(Allowed::default, as_far_as));
    let only: Vec<&str> =
        wanted.iter().flat_map(|plan| &plan.remedies).map(String::as_str).collect();
    let proposal = propose(&host, &limit, &only, words)?;
    let is_json = matches.get_one::<String>("format").is_some_and(|format| format == "json");
    if let Some(wanted) = &wanted {
        if wanted.machine != machine(host.as_ref()) {
            return Err(Failure::usage(words.cli("error-plan-machine", &[]))
                .hint(words.cli("hint-plan-anew", &[])));
        }
        let is_gone = |cause: &String| proposal.causes.iter().all(|found| found.cause != *cause);
        if wanted.causes.iter().all(is_gone) {
            ui.note(&words.cli("apply-nothing-left", &[]));
            return Ok(proposal.verdict.into());
        }
        hold_against(wanted, &proposal, words)?;
    }
    let shown = if ui.quiet { report::headline } else { report::render };
    let shown = shown(&proposal, words, &ui.page);
    match (is_json, dry || proposal.plan.is_none()) {
        (true, true) => ui.print(json::render(&proposal)),
        (true, false) => ui.note(&shown),
        (false, _) => ui.print(&shown),
    }
    let Some(plan) = proposal.plan.as_ref().filter(|_| !dry) else {
        return Ok(proposal.verdict.into());
    };
    if plan.is_advice() {
        return Err(Failure::usage(words.cli("error-by-hand", &[])));
    }
    if !yes && !is_agreed(plan, words, ui)? {
        ui.note(&words.cli("apply-declined", &[]));
        return Ok(proposal.verdict.into());
    }
    let run = work::run(&live, Work::Apply(plan), words, ui, is_json)?;
    Ok(match run.state {
        RunState::Succeeded | RunState::AwaitsReboot => Status::Fine,
        RunState::RolledBack | RunState::Undone | RunState::PartlyUndone => Status::RolledBack,
        RunState::Stuck | RunState::Open => Status::Stuck,
    })
}

/// A plan that was agreed to as it stands in a file needs no further permission.
fn as_far_as(plan: &Plan) -> Allowed {
    let ends_jobs =
        plan.steps.iter().any(|step| matches!(step, Step::EndProcess(_) | Step::StopContainer(_)));
    Allowed { most: Disruption::Reboot, gpu_jobs_stop: ends_jobs }
}

fn read_file(file: &Path, words: &Words) -> Result<Plan, Failure> {
    let path = ("path", file.display().to_string());
    let read = || -> io::Result<Vec<u8>> {
        let mut text = Vec::new();
        let source = std::fs::OpenOptions::new().read(true).open(file)?;
        io::Read::read_to_end(&mut io::Read::take(source, MOST), &mut text)?;
        Ok(text)
    };
    let text = read().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            Failure::usage(words.cli("error-from-absent", std::slice::from_ref(&path)))
        }
        _ => {
            let why = ("why", error.to_string());
            Failure::usage(words.cli("error-from-unreadable", &[path.clone(), why]))
        }
    })?;
    let anew = || words.cli("hint-plan-anew", &[]);
    read_plan(&text).map_err(|error| match error {
        PlanFileError::NotAPlan(_) => {
            Failure::usage(words.cli("error-plan-format", &[path])).hint(anew())
        }
        PlanFileError::NoPlan => Failure::usage(words.cli("error-plan-empty", &[path])),
        PlanFileError::Edited => {
            Failure::usage(words.cli("error-plan-edited", &[path])).hint(anew())
        }
        PlanFileError::UnknownSchema(_) | PlanFileError::Newer(_) => {
            let why = ("why", error.to_string());
            Failure::usage(words.cli("error-from-schema", &[path, why]))
                .hint(words.cli("hint-from-schema", &[]))
        }
    })
}

/// Refuses where an earlier run has not ended.
fn refuse_unfinished(live: &Live, words: &Words) -> Result<(), Failure> {
    let unreadable = |error: journal::JournalError| Failure::undetermined(error.to_string());
    match journal::unfinished(live).map_err(unreadable)?.first() {
        Some(run) => Err(work::unfinished(&run.id, words)),
        None => Ok(()),
    }
}

/// Refuses a plan that is not the one that would be made now.
fn hold_against(wanted: &Plan, now: &Proposal, words: &Words) -> Result<(), Failure> {
    let Some(plan) = &now.plan else {
        let says: Vec<&str> = now.others.iter().map(|other| other.says.as_str()).collect();
        let why = ("why", says.first().copied().unwrap_or_default().to_owned());
        return Err(Failure::usage(words.cli("error-plan-impossible", &[why]))
            .hint(words.cli("hint-plan-anew", &[])));
    };
    if plan.steps != wanted.steps {
        return Err(Failure::usage(words.cli("error-plan-changed", &[]))
            .hint(words.cli("hint-plan-anew", &[])));
    }
    Ok(())
}

/// Asks; twice where something cannot be taken back.
fn is_agreed(plan: &Plan, words: &Words, ui: &Ui) -> Result<bool, Failure> {
    if !io::stdin().is_terminal() {
        return Err(Failure::usage(words.cli("error-nobody-to-ask", &[]))
            .hint(words.cli("hint-nobody-to-ask", &[])));
    }
    if !ui.ask(&words.cli("ask-apply", &[])) {
        return Ok(false);
    }
    let finals = report::final_steps(plan, words, &ui.page);
    if finals.is_empty() {
        return Ok(true);
    }
    ui.note(&format!("\n{}\n{}", words.cli("ask-final-heading", &[]), finals.trim_end()));
    Ok(ui.ask(&words.cli("ask-final", &[])))
}

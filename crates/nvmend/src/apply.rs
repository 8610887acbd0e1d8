//! Does a plan, verifies it, takes it back.
//!
//! Nothing is changed before its inverse is on disk. Success is that the causes are gone, never that the commands
//! returned 0. What fails is taken back; what was interrupted, by a crash too, is taken back when nvmend is next asked.

use std::path::{Path, PathBuf};

use crate::diagnose::{Diagnosis, diagnose};
use crate::facts::Facts;
use crate::host::{Failure, HostError, read_text};
use crate::host_mut::HostMut;
use crate::journal::{self, Difference, Journal, JournalError, Outcome, Record, Run};
use crate::plan::Plan;
use crate::report::Versions;
use crate::step::{Keep, Step, StepError};
use crate::verdict::Verdict;

/// The lock that one run at a time has.
pub const LOCK: &str = "/run/lock/nvmend.lock";

/// What a run needs from outside.
pub struct Session<'s> {
    /// The machine.
    pub host: &'s dyn HostMut,
    /// Now, in RFC 3339.
    pub clock: &'s dyn Fn() -> String,
    /// Reads the machine anew.
    pub probe: &'s dyn Fn() -> Facts,
    /// Whether somebody wants it stopped: no further step is begun then, and what was done is taken back.
    pub stopped: &'s dyn Fn() -> bool,
}

/// What happens, as it happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'e> {
    /// A step begins.
    Begins(&'e Step),
    /// A program writes a line.
    Line(&'e str),
    /// The step is done.
    Done,
    /// Something failed; what was done is taken back.
    RollsBack,
    /// A step is being taken back.
    Reverts(&'e Step),
}

/// How it went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The run's name.
    pub run: String,
    /// How it ended; `None`: it goes on after the reboot that is under way.
    pub outcome: Option<Outcome>,
    /// What failed.
    pub failed: Option<Fault>,
    /// What could not be taken back: the step's place in the plan, and why.
    pub stuck: Vec<(usize, String)>,
    /// What is otherwise than predicted.
    pub differences: Vec<Difference>,
}

/// What failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A step.
    Step(usize, StepError),
    /// All steps were done, and these causes are still found.
    StillFound(Vec<&'static str>),
    /// Somebody stopped it.
    Stopped,
}

/// Why nothing was begun. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApplyError {
    /// Another nvmend is at work.
    #[error("another nvmend is at work")]
    Locked,
    /// All of the plan is a person's.
    #[error("nothing of this plan can be done by nvmend itself")]
    ByHand,
    /// An earlier run was interrupted.
    #[error("run {0} was interrupted and is not taken back yet")]
    Unfinished(String),
    /// There is no such run.
    #[error("no run {0}")]
    NoSuchRun(String),
    /// The run is taken back already, or changed nothing.
    #[error("nothing of run {0} is left to take back")]
    NothingToUndo(String),
    /// Somebody changed since what the run changed.
    #[error("changed since: {}", .0.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", "))]
    Conflicts(Vec<PathBuf>),
    /// The machine refused (no permission, a read-only file system, no space).
    #[error(transparent)]
    Host(#[from] HostError),
    /// A journal is damaged.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// Does `plan` as a run named `id`, as far as it isn't a person's. The caller has made the plan from the machine as it is now.
pub fn apply(
    session: &Session<'_>,
    plan: &Plan,
    id: &str,
    watch: &mut dyn FnMut(Event<'_>),
) -> Result<Applied, ApplyError> {
    if plan.is_advice() {
        return Err(ApplyError::ByHand);
    }
    let _lock = lock(session.host)?;
    if let Some(run) = journal::unfinished(session.host)?.first() {
        return Err(ApplyError::Unfinished(run.id.clone()));
    }
    let journal = Journal::of(session.host, id);
    let begin = Record::Begin {
        schema: journal::SCHEMA,
        time: (session.clock)(),
        plan: Box::new(plan.clone()),
    };
    journal.add(&begin)?;
    let fault = match do_steps(session, &journal, plan, watch) {
        Ok(true) => {
            return Ok(Applied {
                run: id.to_owned(),
                outcome: None,
                failed: None,
                stuck: vec![],
                differences: vec![],
            });
        }
        Ok(false) => match verify(session, plan) {
            Ok(differences) => return end(session, &journal, id, differences),
            Err(causes) => Fault::StillFound(causes),
        },
        Err(fault) => fault,
    };
    fail(session, &journal, id, fault, watch)
}

/// Goes on with a run after the reboot that it waited for.
pub fn resume(
    session: &Session<'_>,
    id: &str,
    watch: &mut dyn FnMut(Event<'_>),
) -> Result<Applied, ApplyError> {
    let _lock = lock(session.host)?;
    let run = journal::read(session.host, id)?.ok_or(ApplyError::NoSuchRun(id.to_owned()))?;
    let awaits = run.awaits.as_ref().filter(|_| run.outcome.is_none());
    let Some((_, boot)) = awaits else { return Err(ApplyError::NothingToUndo(id.to_owned())) };
    if boot.is_some() && *boot == boot_id(session.host) {
        return Err(ApplyError::Unfinished(id.to_owned()));
    }
    let journal = Journal::of(session.host, id);
    journal.mend()?;
    match verify(session, &run.plan) {
        Ok(differences) => end(session, &journal, id, differences),
        Err(causes) => fail(session, &journal, id, Fault::StillFound(causes), watch),
    }
}

/// Takes a run back: one that ended well, or one that was interrupted.
pub fn undo(
    session: &Session<'_>,
    id: &str,
    watch: &mut dyn FnMut(Event<'_>),
) -> Result<Applied, ApplyError> {
    let _lock = lock(session.host)?;
    let run = journal::read(session.host, id)?.ok_or(ApplyError::NoSuchRun(id.to_owned()))?;
    let journal = Journal::of(session.host, id);
    let is_over = matches!(run.outcome, Some(Outcome::RolledBack | Outcome::Undone));
    if is_over || run.begun.values().all(|begun| begun.reverted || begun.inverse.is_empty()) {
        if run.outcome.is_none() {
            // Begun, and nothing done.
            journal.mend()?;
            return end_with(session, &journal, id, Outcome::RolledBack);
        }
        return Err(ApplyError::NothingToUndo(id.to_owned()));
    }
    // What was interrupted may be half done; what was finished must be as it was left.
    if run.outcome == Some(Outcome::Succeeded) {
        let inverses = run.begun.values().filter(|begun| !begun.reverted);
        let conflicts: Vec<PathBuf> = inverses
            .flat_map(|begun| &begun.inverse)
            .filter_map(|step| step.action().conflict(session.host))
            .collect();
        if !conflicts.is_empty() {
            return Err(ApplyError::Conflicts(conflicts));
        }
    }
    let outcome = match run.outcome {
        Some(Outcome::Succeeded) => Outcome::Undone,
        _ => Outcome::RolledBack,
    };
    journal.mend()?;
    let stuck = revert(session, &journal, &run, watch);
    let outcome = if stuck.is_empty() { outcome } else { Outcome::Stuck };
    let mut applied = end_with(session, &journal, id, outcome)?;
    applied.stuck = stuck;
    Ok(applied)
}

/// Does the steps; whether the machine reboots now.
fn do_steps(
    session: &Session<'_>,
    journal: &Journal<'_>,
    plan: &Plan,
    watch: &mut dyn FnMut(Event<'_>),
) -> Result<bool, Fault> {
    let directory = journal.directory();
    for (number, step) in plan.steps.iter().enumerate() {
        if (session.stopped)() {
            return Err(Fault::Stopped);
        }
        // The rest is a person's.
        if let Step::ByHand(_) = step {
            break;
        }
        watch(Event::Begins(step));
        let keep = Keep { host: session.host, directory: &directory, number };
        let fault = |error: StepError| Fault::Step(number, error);
        let inverse = step.action().inverse(session.host, &keep).map_err(fault)?;
        let add = |record: &Record| journal.add(record).map_err(|error| fault(error.into()));
        add(&Record::Intend { step: number, inverse })?;
        if let Step::Reboot(_) = step {
            add(&Record::AwaitReboot { step: number, boot: boot_id(session.host) })?;
        }
        run_step(session, journal, step, watch).map_err(fault)?;
        if let Step::Reboot(_) = step {
            return Ok(true);
        }
        add(&Record::Done { step: number })?;
        watch(Event::Done);
    }
    Ok(false)
}

fn run_step(
    session: &Session<'_>,
    journal: &Journal<'_>,
    step: &Step,
    watch: &mut dyn FnMut(Event<'_>),
) -> Result<(), StepError> {
    let mut progress = |line: &str| {
        journal.note(line);
        watch(Event::Line(line));
    };
    step.action().run(session.host, &mut progress)
}

/// What is otherwise than predicted; or the causes that should be gone and are not.
fn verify(session: &Session<'_>, plan: &Plan) -> Result<Vec<Difference>, Vec<&'static str>> {
    let facts = (session.probe)();
    let diagnosis = diagnose(&facts);
    let still = still_found(plan, &diagnosis);
    if !still.is_empty() {
        return Err(still);
    }
    Ok(differences(plan, &facts, &diagnosis))
}

fn still_found(plan: &Plan, diagnosis: &Diagnosis) -> Vec<&'static str> {
    let found = diagnosis.findings.iter().map(|found| found.cause.id);
    found.filter(|id| plan.causes.iter().any(|cause| cause == id)).collect()
}

/// The machine as found, held against the machine as predicted, field by field.
fn differences(plan: &Plan, facts: &Facts, diagnosis: &Diagnosis) -> Vec<Difference> {
    let flat = |verdict: Verdict, versions: &Versions| {
        let value = serde_json::json!({ "verdict": verdict, "versions": versions });
        let mut fields = Vec::new();
        flatten("", &value, &mut fields);
        fields
    };
    let predicted = flat(plan.predicted.verdict, &plan.predicted.versions);
    let found = flat(Verdict::of(facts, diagnosis), &Versions::of(facts));
    predicted
        .into_iter()
        .zip(found)
        .filter(|(predicted, found)| predicted.1 != found.1)
        .map(|((field, predicted), (_, found))| Difference { field, predicted, found })
        .collect()
}

fn flatten(name: &str, value: &serde_json::Value, into: &mut Vec<(String, Option<String>)>) {
    match value {
        serde_json::Value::Object(fields) => {
            for (field, value) in fields {
                let name = if name.is_empty() { field.clone() } else { format!("{name}.{field}") };
                flatten(&name, value, into);
            }
        }
        serde_json::Value::Null => into.push((name.to_owned(), None)),
        serde_json::Value::String(text) => into.push((name.to_owned(), Some(text.clone()))),
        other => into.push((name.to_owned(), Some(other.to_string()))),
    }
}

/// Takes back, last first, every step that was begun. One that can't be does not stop the others.
fn revert(
    session: &Session<'_>,
    journal: &Journal<'_>,
    run: &Run,
    watch: &mut dyn FnMut(Event<'_>),
) -> Vec<(usize, String)> {
    let mut stuck = Vec::new();
    for (number, begun) in run.begun.iter().rev().filter(|(_, begun)| !begun.reverted) {
        let result = begun.inverse.iter().try_for_each(|step| {
            watch(Event::Reverts(step));
            run_step(session, journal, step, watch)
        });
        let record = match &result {
            Ok(()) => Record::Reverted { step: *number },
            Err(error) => Record::NotReverted { step: *number, why: error.to_string() },
        };
        let result = result.map_err(|error| error.to_string());
        let noted = journal.add(&record).map_err(|error| error.to_string());
        if let Err(why) = result.and(noted) {
            stuck.push((*number, why));
        }
    }
    stuck
}

fn fail(
    session: &Session<'_>,
    journal: &Journal<'_>,
    id: &str,
    fault: Fault,
    watch: &mut dyn FnMut(Event<'_>),
) -> Result<Applied, ApplyError> {
    let (step, why) = match &fault {
        Fault::Step(step, error) => (Some(*step), error.to_string()),
        Fault::StillFound(causes) => (None, format!("still found: {}", causes.join(", "))),
        Fault::Stopped => (None, "stopped".to_owned()),
    };
    watch(Event::RollsBack);
    journal.add(&Record::Failed { step, why })?;
    let run = journal::read(session.host, id)?.ok_or(ApplyError::NoSuchRun(id.to_owned()))?;
    let stuck = revert(session, journal, &run, watch);
    let outcome = if stuck.is_empty() { Outcome::RolledBack } else { Outcome::Stuck };
    let mut applied = end_with(session, journal, id, outcome)?;
    (applied.failed, applied.stuck) = (Some(fault), stuck);
    Ok(applied)
}

fn end(
    session: &Session<'_>,
    journal: &Journal<'_>,
    id: &str,
    differences: Vec<Difference>,
) -> Result<Applied, ApplyError> {
    journal.add(&Record::End {
        outcome: Outcome::Succeeded,
        time: (session.clock)(),
        differences: differences.clone(),
    })?;
    Ok(Applied {
        run: id.to_owned(),
        outcome: Some(Outcome::Succeeded),
        failed: None,
        stuck: vec![],
        differences,
    })
}

fn end_with(
    session: &Session<'_>,
    journal: &Journal<'_>,
    id: &str,
    outcome: Outcome,
) -> Result<Applied, ApplyError> {
    journal.add(&Record::End { outcome, time: (session.clock)(), differences: vec![] })?;
    Ok(Applied {
        run: id.to_owned(),
        outcome: Some(outcome),
        failed: None,
        stuck: vec![],
        differences: vec![],
    })
}

fn lock(host: &dyn HostMut) -> Result<Box<dyn Send>, ApplyError> {
    host.lock(Path::new(LOCK)).map_err(|error| match error.why {
        Failure::Busy => ApplyError::Locked,
        _ => error.into(),
    })
}

fn boot_id(host: &dyn HostMut) -> Option<String> {
    let text = read_text(host, "/proc/sys/kernel/random/boot_id").ok()?;
    Some(text.trim().to_owned())
}

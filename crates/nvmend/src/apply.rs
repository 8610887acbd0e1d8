//! Does a plan, verifies it, takes it back.
//!
//! Nothing is changed before its inverse is on disk. Success is that the causes are gone, never that the commands
//! returned 0. What fails is taken back; what was interrupted, by a crash too, is taken back when nvmend is next asked.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::continuation;
use crate::facts::Facts;
use crate::host::{Failure, HostError, read_text};
use crate::host_mut::HostMut;
use crate::journal::{self, Difference, Journal, JournalError, Outcome, Record, Run};
use crate::lock::{self, Lock};
use crate::plan::Plan;
use crate::step::{Keep, Step, StepError};
use crate::undo::{self, WayBack};
use crate::verify::verify;

/// The lock that one run at a time has.
pub const LOCK: &str = "/run/lock/nvmend.lock";
/// How long a fresh boot may take until the modules are loaded.
const BOOT_PATIENCE: Duration = Duration::from_secs(60);

/// Reads the machine as a session sees it in which these variables, by name, have these values besides.
pub type Reading<'s> = &'s dyn Fn(&[(String, String)]) -> Facts;

/// What a run needs from outside.
pub struct Session<'s> {
    /// The machine.
    pub host: &'s dyn HostMut,
    /// Now, in RFC 3339.
    pub clock: &'s dyn Fn() -> String,
    /// Reads the machine anew.
    pub probe: Reading<'s>,
    /// Whether somebody wants it stopped: no further step is begun then, and what was done is taken back.
    pub stopped: &'s dyn Fn() -> bool,
}

/// What happens, as it happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'e> {
    /// A step begins.
    Begins(&'e Step),
    /// Somebody else has a lock that the step needs: the lock, and the process as `name (pid)`.
    Waits(&'e str, &'e str),
    /// A program writes a line, or a file is kept before it is changed.
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

impl Fault {
    /// As the journal has it.
    fn record(&self) -> journal::Fault {
        match self {
            Self::Step(step, error) => journal::Fault::Step { step: *step, why: error.to_string() },
            Self::StillFound(causes) => journal::Fault::StillFound {
                causes: causes.iter().map(|cause| (*cause).to_owned()).collect(),
            },
            Self::Stopped => journal::Fault::Stopped,
        }
    }
}

/// Why nothing was begun. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApplyError {
    /// Another nvmend is at work.
    #[error("another nvmend is at work")]
    Locked,
    /// The package manager refuses to work: a lock was left behind.
    #[error("{0} was left behind by a program that was cut off, and no program has it")]
    LeftLock(String),
    /// All of the plan is a person's.
    #[error("nothing of this plan can be done by nvmend itself")]
    ByHand,
    /// An earlier run was interrupted.
    #[error("run {0} was interrupted and is not taken back yet")]
    Unfinished(String),
    /// There is no such run.
    #[error("no run {0}")]
    NoSuchRun(String),
    /// The run waits for no reboot.
    #[error("run {0} waits for no reboot")]
    AwaitsNothing(String),
    /// The reboot that the run waits for has not come yet.
    #[error("run {0} waits for the reboot")]
    AwaitsReboot(String),
    /// The run is taken back already, or changed nothing.
    #[error("nothing of run {0} is left to take back")]
    NothingToUndo(String),
    /// Steps, by their place in the plan, that cannot be taken back, or not wholly; and whether anything else of the
    /// run can.
    #[error("of this run cannot be taken back: step {}", .0.iter().map(|at| (at + 1).to_string()).collect::<Vec<_>>().join(", "))]
    Lost(Vec<usize>, bool),
    /// Somebody changed since what the run changed.
    #[error("changed since: {}", .0.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", "))]
    Conflicts(Vec<PathBuf>),
    /// The plan that was handed over is none.
    #[error("not a plan: {0}")]
    BadPlan(String),
    /// The run is done, or taken back, and that cannot be noted.
    #[error("how the run ended cannot be noted: {0}")]
    NotRecorded(HostError),
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
    let _lock = take_lock(session.host)?;
    if let Some(run) = journal::unfinished(session.host)?.first() {
        return Err(ApplyError::Unfinished(run.id.clone()));
    }
    refuse_left_locks(session.host, plan.steps.iter())?;
    let journal = Journal::of(session.host, id);
    journal.mark()?;
    journal.reserve()?;
    let begin = Record::Begin {
        schema: journal::SCHEMA,
        time: (session.clock)(),
        plan: Box::new(plan.clone()),
    };
    journal.add(&begin)?;
    carry_out(session, &journal, plan, 0, Duration::ZERO, watch)
}

/// Does the steps from the one at `from` on, and verifies. `patience`: how long the causes may take to be gone.
fn carry_out(
    session: &Session<'_>,
    journal: &Journal<'_>,
    plan: &Plan,
    from: usize,
    patience: Duration,
    watch: &mut dyn FnMut(Event<'_>),
) -> Result<Applied, ApplyError> {
    let fault = match do_steps(session, journal, plan, from, watch) {
        Ok(true) => return Ok(applied(journal, None)),
        Ok(false) => match verify(session, plan, patience) {
            Ok(differences) => return end(session, journal, plan, differences),
            Err(causes) => Fault::StillFound(causes),
        },
        Err(fault) => fault,
    };
    fail(session, journal, fault, watch)
}

/// The run that waits for a reboot, if one does.
pub fn awaiting(host: &dyn HostMut) -> Result<Option<Run>, JournalError> {
    Ok(journal::unfinished(host)?.into_iter().find(|run| run.awaits.is_some()))
}

/// Takes away the unit that goes on after a reboot: its work is done, or there is none.
pub fn remove_continuation(host: &dyn HostMut) -> Result<(), HostError> {
    host.remove(Path::new(continuation::LINK))?;
    host.remove(Path::new(continuation::UNIT))
}

/// Goes on with a run after the reboot that it waited for.
pub fn resume(
    session: &Session<'_>,
    id: &str,
    watch: &mut dyn FnMut(Event<'_>),
) -> Result<Applied, ApplyError> {
    let _lock = take_lock(session.host)?;
    let run = journal::read(session.host, id)?.ok_or(ApplyError::NoSuchRun(id.to_owned()))?;
    let awaits = run.awaits.as_ref().filter(|_| run.outcome.is_none());
    let Some((step, boot)) = awaits else { return Err(ApplyError::AwaitsNothing(id.to_owned())) };
    if boot.is_some() && *boot == boot_id(session.host) {
        return Err(ApplyError::AwaitsReboot(id.to_owned()));
    }
    // Interrupted after the boot: what was begun then may be half done.
    if run.begun.keys().any(|begun| begun > step) || run.failed.is_some() {
        return Err(ApplyError::Unfinished(id.to_owned()));
    }
    let journal = Journal::of(session.host, id);
    journal.mend()?;
    if run.begun.get(step).is_some_and(|begun| !begun.done) {
        journal.add(&Record::Done { step: *step })?;
    }
    carry_out(session, &journal, &run.plan, step + 1, BOOT_PATIENCE, watch)
}

/// Takes a run back: one that ended well, or one that was interrupted. `partly`: also where something of it cannot be.
pub fn undo(
    session: &Session<'_>,
    id: &str,
    partly: bool,
    watch: &mut dyn FnMut(Event<'_>),
) -> Result<Applied, ApplyError> {
    let _lock = take_lock(session.host)?;
    let run = journal::read(session.host, id)?.ok_or(ApplyError::NoSuchRun(id.to_owned()))?;
    let journal = Journal::of(session.host, id);
    let is_over = matches!(run.outcome, Some(Outcome::RolledBack | Outcome::Undone));
    if is_over || run.begun.values().all(|begun| begun.reverted || begun.inverse.is_empty()) {
        if run.outcome.is_none() {
            // Begun, and nothing done; or interrupted before the end was noted.
            journal.mend()?;
            let outcome = if run.undoing { Outcome::Undone } else { Outcome::RolledBack };
            return end_with(session, &journal, outcome);
        }
        return Err(ApplyError::NothingToUndo(id.to_owned()));
    }
    let way = WayBack::of(&run);
    if way.is_refused(&run, partly) {
        let leads_somewhere = way.leads_somewhere(&run);
        return Err(ApplyError::Lost(way.lost, leads_somewhere));
    }
    let inverses = || undo::inverses(&run.begun, &way.steps).flat_map(|(_, begun)| &begun.inverse);
    refuse_left_locks(session.host, inverses())?;
    // What was interrupted may be half done; what was finished must be as it was left.
    if run.outcome == Some(Outcome::Succeeded) {
        let conflicts: Vec<PathBuf> =
            inverses().filter_map(|step| step.action().conflict(session.host)).collect();
        if !conflicts.is_empty() {
            return Err(ApplyError::Conflicts(conflicts));
        }
    }
    let ended_well = run.outcome == Some(Outcome::Succeeded) || run.undoing;
    let outcome = if ended_well { Outcome::Undone } else { Outcome::RolledBack };
    journal.mark()?;
    journal.mend()?;
    if run.outcome == Some(Outcome::Succeeded) {
        journal.add(&Record::Undo { time: (session.clock)() })?;
    }
    let _awake = session.host.stay_awake();
    let stuck = revert(session, &journal, &run, &way, watch);
    let outcome = if stuck.is_empty() { outcome } else { Outcome::Stuck };
    let mut applied = end_with(session, &journal, outcome)?;
    applied.stuck = stuck;
    Ok(applied)
}

/// Does the steps; whether the machine reboots now.
fn do_steps(
    session: &Session<'_>,
    journal: &Journal<'_>,
    plan: &Plan,
    from: usize,
    watch: &mut dyn FnMut(Event<'_>),
) -> Result<bool, Fault> {
    let directory = journal.directory();
    let mut awake = Some(session.host.stay_awake());
    for (number, step) in plan.steps.iter().enumerate().skip(from) {
        if (session.stopped)() {
            return Err(Fault::Stopped);
        }
        // The rest is a person's.
        if let Step::ByHand(_) = step {
            break;
        }
        watch(Event::Begins(step));
        let fault = |error: StepError| Fault::Step(number, error);
        wait_for_locks(session, step, session.stopped, watch).map_err(fault)?;
        if (session.stopped)() {
            return Err(Fault::Stopped);
        }
        let said = RefCell::new(&mut *watch);
        let progress = |line: &str| (said.borrow_mut())(Event::Line(line));
        let keep = Keep { host: session.host, directory: &directory, number, progress: &progress };
        let inverse = step.action().inverse(session.host, &keep).map_err(fault)?;
        let add = |record: &Record| journal.add(record).map_err(|error| fault(error.into()));
        add(&Record::Intend { step: number, inverse })?;
        if let Step::Reboot(_) = step {
            add(&Record::AwaitReboot { step: number, boot: boot_id(session.host) })?;
            awake.take();
        }
        run_step(session, journal, step, watch).map_err(fault)?;
        if let Step::Reboot(_) = step {
            return Ok(true);
        }
        add(&Record::Done { step: number })?;
        watch(Event::Done);
    }
    if (session.stopped)() { Err(Fault::Stopped) } else { Ok(false) }
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

/// Waits as long as somebody else has a lock that the step's program needs; or until `stopped`.
fn wait_for_locks(
    session: &Session<'_>,
    step: &Step,
    stopped: &dyn Fn() -> bool,
    watch: &mut dyn FnMut(Event<'_>),
) -> Result<(), StepError> {
    lock::wait(session.host, step.action().locks(), stopped, &mut |path, holder| {
        watch(Event::Waits(path, holder));
    })
}

/// Refuses steps whose package manager would refuse to work.
fn refuse_left_locks<'s>(
    host: &dyn HostMut,
    steps: impl Iterator<Item = &'s Step>,
) -> Result<(), ApplyError> {
    let mut locks: Vec<Lock> = steps.flat_map(|step| step.action().locks()).copied().collect();
    locks.dedup();
    match lock::left_behind(host, &locks) {
        Some(path) => Err(ApplyError::LeftLock(path.to_owned())),
        None => Ok(()),
    }
}

/// Takes back every step that was begun, on that way. One that can't be does not stop the others.
fn revert(
    session: &Session<'_>,
    journal: &Journal<'_>,
    run: &Run,
    way: &WayBack,
    watch: &mut dyn FnMut(Event<'_>),
) -> Vec<(usize, String)> {
    let mut stuck = Vec::new();
    let mut note = |step: usize, result: Result<(), String>| {
        let record = match &result {
            Ok(()) => Record::Reverted { step },
            Err(why) => Record::NotReverted { step, why: why.clone() },
        };
        let noted = journal.add(&record).map_err(|error| error.to_string());
        stuck.extend(result.and(noted).err().map(|why| (step, why)));
    };
    let lost = || Err(undo::LOST.to_owned());
    for (number, begun) in undo::inverses(&run.begun, &way.steps) {
        let result = begun.inverse.iter().try_for_each(|step| {
            watch(Event::Reverts(step));
            wait_for_locks(session, step, &|| false, watch)?;
            run_step(session, journal, step, watch)
        });
        let result = result.map_err(|error| error.to_string());
        let is_lost = way.lost.contains(&number);
        note(number, if is_lost { result.and(lost()) } else { result });
    }
    way.spared.iter().for_each(|number| note(*number, Ok(())));
    let left = way.lost.iter().filter(|number| !way.steps.contains(number));
    left.for_each(|number| note(*number, lost()));
    stuck
}

fn fail(
    session: &Session<'_>,
    journal: &Journal<'_>,
    fault: Fault,
    watch: &mut dyn FnMut(Event<'_>),
) -> Result<Applied, ApplyError> {
    watch(Event::RollsBack);
    // What is taken back matters more than that it is noted: the inverses are on disk already.
    let _ = journal.release();
    let _ = journal.add(&Record::Failed { fault: fault.record() });
    let id = journal.id();
    let run = journal::read(session.host, id)?.ok_or(ApplyError::NoSuchRun(id.to_owned()))?;
    let _awake = session.host.stay_awake();
    let stuck = revert(session, journal, &run, &WayBack::of(&run), watch);
    let outcome = if stuck.is_empty() { Outcome::RolledBack } else { Outcome::Stuck };
    let mut applied = end_with(session, journal, outcome)?;
    (applied.failed, applied.stuck) = (Some(fault), stuck);
    Ok(applied)
}

fn end(
    session: &Session<'_>,
    journal: &Journal<'_>,
    plan: &Plan,
    differences: Vec<Difference>,
) -> Result<Applied, ApplyError> {
    if plan.steps.iter().any(|step| matches!(step, Step::Reboot(_))) {
        remove_continuation(session.host).map_err(ApplyError::NotRecorded)?;
    }
    let _ = journal.release();
    let end = Record::End {
        outcome: Outcome::Succeeded,
        time: (session.clock)(),
        differences: differences.clone(),
    };
    journal.add(&end).map_err(ApplyError::NotRecorded)?;
    Ok(Applied { differences, ..applied(journal, Some(Outcome::Succeeded)) })
}

fn end_with(
    session: &Session<'_>,
    journal: &Journal<'_>,
    outcome: Outcome,
) -> Result<Applied, ApplyError> {
    let _ = journal.release();
    let end = Record::End { outcome, time: (session.clock)(), differences: vec![] };
    journal.add(&end).map_err(ApplyError::NotRecorded)?;
    Ok(applied(journal, Some(outcome)))
}

fn applied(journal: &Journal<'_>, outcome: Option<Outcome>) -> Applied {
    let run = journal.id().to_owned();
    Applied { run, outcome, failed: None, stuck: vec![], differences: vec![] }
}

fn take_lock(host: &dyn HostMut) -> Result<Box<dyn Send>, ApplyError> {
    host.lock(Path::new(LOCK)).map_err(|error| match error.why {
        Failure::Busy => ApplyError::Locked,
        _ => error.into(),
    })
}

fn boot_id(host: &dyn HostMut) -> Option<String> {
    let text = read_text(host, "/proc/sys/kernel/random/boot_id").ok()?;
    Some(text.trim().to_owned())
}

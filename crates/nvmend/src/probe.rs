//! Runs the probes side by side, each under a deadline. Cannot fail as a whole: what a probe could not
//! read is a gap.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::facts::{Facts, Gap};
use crate::host::{Failure, Host};
use crate::probes::STAGES;

/// One source of evidence.
pub struct Probe {
    /// Its name, shown when it fails as a whole.
    pub name: &'static str,
    /// Reads the machine. Gets the facts of earlier stages; returns what to write into them.
    pub run: fn(&dyn Host, &Facts) -> Found,
}

/// What a probe found: writes its part of the facts.
pub type Found = Box<dyn FnOnce(&mut Facts) + Send>;

/// How long all probes together may take before those that have not answered become gaps. A healthy
/// machine needs milliseconds; this bounds a machine whose `/proc` or disk hangs.
pub const DEADLINE: Duration = Duration::from_secs(9);

/// Reads a machine. Stages follow each other; the probes of one stage run side by side. Each stage has its share of
/// the time and what earlier ones left of theirs: a probe that hangs takes none from those after it.
pub fn probe(host: &Arc<dyn Host>, deadline: Duration) -> Facts {
    read(host, Facts::default(), STAGES, deadline)
}

/// Asks the driver's libraries themselves, after everything else is known ([`crate::probes::deep`]). This starts
/// processes, and the driver may write to the kernel log, load its module or make its device files.
pub fn probe_deep(host: &Arc<dyn Host>, facts: &mut Facts) {
    /// For starting the processes, and for killing them.
    const MARGIN: Duration = Duration::from_secs(2);
    const STAGE: &[&[&Probe]] = &[&[&crate::probes::deep::PROBE]];
    let known = std::mem::take(facts);
    *facts = read(host, known, STAGE, crate::probes::deep::DEADLINE + MARGIN);
}

fn read(
    host: &Arc<dyn Host>,
    known: Facts,
    stages: &'static [&'static [&'static Probe]],
    deadline: Duration,
) -> Facts {
    let mut facts = Arc::new(known);
    let mut workers = Workers::start(host);
    let share = deadline / u32::try_from(stages.len()).unwrap_or(1);
    let mut end = Instant::now();
    for stage in stages {
        end += share;
        run_stage(&mut workers, stage, end, &mut facts);
    }
    let mut facts = Arc::unwrap_or_clone(facts);
    facts.gaps.extend(workers.failed.take());
    facts.gaps.sort();
    facts.gaps.dedup();
    facts
}

/// Makes one gap of many places of one probe that nobody looked at when the machine was saved: a bug report lacks
/// whole kinds of evidence, and a hundred paths would not say so. `from`: where this probe's gaps start.
fn summarise(probe: &Probe, gaps: &mut Vec<Gap>, from: usize) {
    const SHOWN: usize = 3;
    let own = gaps.get(from..).unwrap_or_default();
    let unseen: Vec<&str> =
        own.iter().filter(|gap| gap.is_not_captured()).map(|gap| gap.what.as_str()).collect();
    if unseen.len() < SHOWN {
        return;
    }
    let places = unseen.get(..SHOWN).unwrap_or_default().join(", ");
    let more = if unseen.len() > SHOWN { ", …" } else { "" };
    let summary = Gap::new(format!("{} ({places}{more})", probe.name), Failure::NotCaptured);
    let others = gaps.split_off(from.min(gaps.len()));
    gaps.extend(others.into_iter().filter(|gap| !gap.is_not_captured()));
    gaps.push(summary);
}

/// When no answer has come for so long, the worker may hang; another takes up what is left to do. All probes of a stage
/// may hang one after the other and leave time for its last. On a machine that answers, one worker costs less than two
/// and is as fast: probes compute more than they wait.
const PATIENCE: Duration = Duration::from_millis(100);

/// A stage on its way: what is to be run, and what came of it.
struct Stage {
    probes: &'static [&'static Probe],
    /// What the probes may see; taken back at the stage's end.
    known: Option<Arc<Facts>>,
    /// How many of the probes a worker has taken.
    taken: usize,
    /// One for each probe. `Some(None)`: it panicked.
    answers: Vec<Option<Option<Found>>>,
    /// How many of the stages this is; what comes in for an earlier one is late.
    number: usize,
    /// When it began, or an answer came in, or another worker was sent for.
    heard: Instant,
    is_last: bool,
}

impl Stage {
    fn new(probes: &'static [&'static Probe], known: Option<Arc<Facts>>, number: usize) -> Self {
        let answers = probes.iter().map(|_| None).collect();
        Self { probes, known, taken: 0, answers, number, heard: Instant::now(), is_last: false }
    }

    fn is_taken(&self) -> bool {
        self.taken == self.probes.len()
    }

    fn is_done(&self) -> bool {
        self.answers.iter().all(Option::is_some)
    }
}

/// Threads that take probes one by one. They end with the last stage; one that hangs is left behind.
struct Workers {
    shared: Arc<Shared>,
    /// Threads that could not be started.
    failed: Option<Gap>,
}

struct Shared {
    host: Arc<dyn Host>,
    stage: Mutex<Stage>,
    /// A stage begins, or the work ends.
    begins: Condvar,
    /// A stage is done.
    done: Condvar,
}

impl Shared {
    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self) {
        let mut stage = self.stage();
        loop {
            if let (Some(known), Some(probe)) = (&stage.known, stage.probes.get(stage.taken)) {
                let (known, number, index) = (Arc::clone(known), stage.number, stage.taken);
                stage.taken += 1;
                drop(stage);
                // A probe that panics is a defect of ours; the rest of the report must not go with it.
                let run = AssertUnwindSafe(|| (probe.run)(self.host.as_ref(), &known));
                let found = catch_unwind(run).ok();
                // Before the answer: whoever waits for it wants the facts for itself.
                drop(known);
                stage = self.stage();
                if stage.number != number {
                    continue;
                }
                // Nowhere to put it when the stage has ended without it.
                if let Some(answer) = stage.answers.get_mut(index) {
                    *answer = Some(found);
                    stage.heard = Instant::now();
                }
                if stage.is_done() {
                    // Who is woken wants the lock.
                    drop(stage);
                    self.done.notify_one();
                    stage = self.stage();
                }
            } else if stage.is_last {
                return;
            } else {
                stage = self.begins.wait(stage).unwrap_or_else(PoisonError::into_inner);
            }
        }
    }
}

impl Workers {
    fn start(host: &Arc<dyn Host>) -> Self {
        let stage = Mutex::new(Stage::new(&[], None, 0));
        let (begins, done) = Default::default();
        let shared = Arc::new(Shared { host: Arc::clone(host), stage, begins, done });
        let mut workers = Self { shared, failed: None };
        workers.add();
        workers
    }

    fn add(&mut self) {
        let shared = Arc::clone(&self.shared);
        let started =
            std::thread::Builder::new().name("probes".to_owned()).spawn(move || shared.work());
        if let Err(error) = started {
            self.failed = Some(Gap::new("threads", error));
        }
    }

    /// Has the probes run, and waits for their answers until `end`.
    fn run(
        &mut self,
        probes: &'static [&'static Probe],
        known: &Arc<Facts>,
        end: Instant,
    ) -> Vec<Option<Option<Found>>> {
        let shared = Arc::clone(&self.shared);
        let mut stage = shared.stage();
        *stage = Stage::new(probes, Some(Arc::clone(known)), stage.number + 1);
        drop(stage);
        shared.begins.notify_all();
        stage = shared.stage();
        while !stage.is_done() {
            let now = Instant::now();
            if now >= end {
                break;
            }
            let mut until = end;
            if !stage.is_taken() {
                if now >= stage.heard + PATIENCE {
                    self.add();
                    stage.heard = now;
                }
                until = end.min(stage.heard + PATIENCE);
            }
            let waited = shared.done.wait_timeout(stage, until.saturating_duration_since(now));
            stage = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        stage.known = None;
        std::mem::take(&mut stage.answers)
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.shared.stage().is_last = true;
        self.shared.begins.notify_all();
    }
}

fn run_stage(
    workers: &mut Workers,
    probes: &'static [&'static Probe],
    end: Instant,
    facts: &mut Arc<Facts>,
) {
    let answers = workers.run(probes, facts, end);
    let facts = Arc::make_mut(facts);
    // In the order of the list, not of arrival: the same machine gives the same facts.
    for (probe, answer) in probes.iter().zip(answers) {
        let known = facts.gaps.len();
        match answer {
            Some(Some(found)) => found(facts),
            Some(None) => {
                facts.gaps.push(Gap::new(probe.name, "this probe failed (a defect of nvmend)"));
            }
            None => facts.gaps.push(Gap::new(probe.name, Gap::LATE)),
        }
        summarise(probe, &mut facts.gaps, known);
    }
}

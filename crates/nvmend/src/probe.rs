//! Runs the probes side by side, each under a deadline. Cannot fail as a whole: what a probe could not
//! read is a gap.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
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
    facts.gaps.extend(workers.failed);
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

/// Probes that run at once. They wait for the kernel more than they compute, and a thread costs as much as a probe.
const WORKERS: usize = 2;

/// When no worker has answered for so long, one may hang; another takes up what is left to do.
const PATIENCE: Duration = Duration::from_millis(200);

/// One probe to run, and where its answer goes.
struct Job {
    index: usize,
    probe: &'static Probe,
    known: Arc<Facts>,
    answers: Sender<(usize, Option<Found>)>,
}

/// Threads that take jobs one by one. They end with the queue; one that hangs is left behind.
struct Workers {
    host: Arc<dyn Host>,
    jobs: Sender<Job>,
    queue: Arc<Mutex<Receiver<Job>>>,
    /// Jobs that nobody has taken yet.
    waiting: Arc<AtomicUsize>,
    /// Threads that could not be started.
    failed: Option<Gap>,
}

impl Workers {
    fn start(host: &Arc<dyn Host>) -> Self {
        let (jobs, queue) = mpsc::channel();
        let (host, queue) = (Arc::clone(host), Arc::new(Mutex::new(queue)));
        let mut workers = Self { host, jobs, queue, waiting: Arc::default(), failed: None };
        for _ in 0..WORKERS {
            workers.add();
        }
        workers
    }

    fn add(&mut self) {
        let (host, queue) = (Arc::clone(&self.host), Arc::clone(&self.queue));
        let waiting = Arc::clone(&self.waiting);
        let work = move || {
            loop {
                let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
                let Ok(Job { index, probe, known, answers }) = next else { return };
                waiting.fetch_sub(1, Ordering::Relaxed);
                // A probe that panics is a defect of ours; the rest of the report must not go with it.
                let run = AssertUnwindSafe(|| (probe.run)(host.as_ref(), &known));
                let found = catch_unwind(run).ok();
                // Before the answer: whoever waits for it wants the facts for itself.
                drop(known);
                let _ = answers.send((index, found));
            }
        };
        let started = std::thread::Builder::new().name("probes".to_owned()).spawn(work);
        if let Err(error) = started {
            self.failed = Some(Gap::new("threads", error));
        }
    }

    fn take_on(&self, job: Job) {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let _ = self.jobs.send(job);
    }

    fn are_behind(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) > 0
    }
}

fn run_stage(
    workers: &mut Workers,
    probes: &'static [&'static Probe],
    end: Instant,
    facts: &mut Arc<Facts>,
) {
    let (sender, receiver) = mpsc::channel();
    for (index, probe) in probes.iter().enumerate() {
        let (known, answers) = (Arc::clone(facts), sender.clone());
        workers.take_on(Job { index, probe, known, answers });
    }
    drop(sender);
    let mut answers: Vec<Option<Option<Found>>> = probes.iter().map(|_| None).collect();
    while answers.iter().any(Option::is_none) {
        let left = end.saturating_duration_since(Instant::now());
        match receiver.recv_timeout(left.min(PATIENCE)) {
            Ok((index, found)) => answers[index] = Some(found),
            Err(_) if left.is_zero() => break,
            Err(_) if workers.are_behind() => workers.add(),
            Err(_) => {}
        }
    }
    let facts = Arc::make_mut(facts);
    // In the order of the list, not of arrival: the same machine gives the same facts.
    for (probe, answer) in probes.iter().zip(answers) {
        let known = facts.gaps.len();
        match answer {
            Some(Some(found)) => found(facts),
            Some(None) => {
                facts.gaps.push(Gap::new(probe.name, "this probe failed (a defect of nvmend)"));
            }
            None => facts.gaps.push(Gap::new(probe.name, "no answer in time")),
        }
        summarise(probe, &mut facts.gaps, known);
    }
}

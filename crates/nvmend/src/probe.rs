//! Runs the probes side by side, each under a deadline. Cannot fail as a whole: what a probe could not
//! read is a gap.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};
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
    let mut facts = Facts::default();
    let share = deadline / u32::try_from(STAGES.len()).unwrap_or(1);
    let mut end = Instant::now();
    for stage in STAGES {
        end += share;
        run_stage(host, stage, end, &mut facts);
    }
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
const WORKERS: usize = 3;

/// A worker that has not answered for so long may hang; another takes up what is left to do.
const PATIENCE: Duration = Duration::from_millis(200);

/// Probes that workers take one by one.
struct Stage {
    probes: &'static [&'static Probe],
    /// The first that nobody has taken.
    next: AtomicUsize,
    host: Arc<dyn Host>,
    known: Facts,
}

type Answer = (usize, Option<Found>);

impl Stage {
    fn add_worker(self: &Arc<Self>, answers: &Sender<Answer>) -> io::Result<()> {
        let (stage, answers) = (Arc::clone(self), answers.clone());
        let work = move || {
            loop {
                let index = stage.next.fetch_add(1, Ordering::Relaxed);
                let Some(probe) = stage.probes.get(index) else { return };
                // A probe that panics is a defect of ours; the rest of the report must not go with it.
                let run = AssertUnwindSafe(|| (probe.run)(stage.host.as_ref(), &stage.known));
                let _ = answers.send((index, catch_unwind(run).ok()));
            }
        };
        std::thread::Builder::new().name("probes".to_owned()).spawn(work).map(drop)
    }

    fn is_taken(&self) -> bool {
        self.next.load(Ordering::Relaxed) >= self.probes.len()
    }
}

fn run_stage(
    host: &Arc<dyn Host>,
    probes: &'static [&'static Probe],
    end: Instant,
    facts: &mut Facts,
) {
    let (host, known) = (Arc::clone(host), facts.clone());
    let stage = Arc::new(Stage { probes, next: AtomicUsize::new(0), host, known });
    let (sender, receiver) = mpsc::channel();
    for _ in 0..WORKERS.min(probes.len()) {
        if let Err(error) = stage.add_worker(&sender) {
            facts.gaps.push(Gap::new("threads", error));
        }
    }
    let mut answers: Vec<Option<Option<Found>>> = probes.iter().map(|_| None).collect();
    while answers.iter().any(Option::is_none) {
        let left = end.saturating_duration_since(Instant::now());
        match receiver.recv_timeout(left.min(PATIENCE)) {
            Ok((index, found)) => answers[index] = Some(found),
            Err(_) if left.is_zero() => break,
            Err(_) if stage.is_taken() => {}
            Err(_) => {
                if let Err(error) = stage.add_worker(&sender) {
                    facts.gaps.push(Gap::new("threads", error));
                }
            }
        }
    }
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

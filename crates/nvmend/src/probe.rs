//! Runs the probes side by side, each under a deadline. Cannot fail as a whole: what a probe could not
//! read is a gap.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::facts::{Facts, Gap};
use crate::host::{Failure, Host};

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
pub const DEADLINE: Duration = Duration::from_secs(5);

/// Reads a machine. Stages follow each other; the probes of one stage run side by side.
pub fn probe(host: &Arc<dyn Host>, deadline: Duration) -> Facts {
    let mut facts = Facts::default();
    let end = Instant::now() + deadline;
    for stage in crate::probes::STAGES {
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

fn run_stage(
    host: &Arc<dyn Host>,
    stage: &'static [&'static Probe],
    end: Instant,
    facts: &mut Facts,
) {
    let (sender, receiver) = mpsc::channel();
    let known = Arc::new(facts.clone());
    for (index, probe) in stage.iter().enumerate() {
        let (sender, host, known) = (sender.clone(), Arc::clone(host), Arc::clone(&known));
        let spawned = std::thread::Builder::new().name(probe.name.to_owned()).spawn(move || {
            // A probe that panics is a defect of ours; the rest of the report must not go with it.
            let found = catch_unwind(AssertUnwindSafe(|| (probe.run)(host.as_ref(), &known)));
            let _ = sender.send((index, found.ok()));
        });
        if let Err(error) = spawned {
            facts.gaps.push(Gap::new(probe.name, error));
        }
    }
    drop(sender);
    let mut answers: Vec<Option<Found>> = stage.iter().map(|_| None).collect();
    let mut answered = vec![false; stage.len()];
    while let Ok((index, found)) =
        receiver.recv_timeout(end.saturating_duration_since(Instant::now()))
    {
        answered[index] = true;
        match found {
            Some(found) => answers[index] = Some(found),
            None => facts
                .gaps
                .push(Gap::new(stage[index].name, "this probe failed (a defect of nvmend)")),
        }
    }
    for (probe, _) in stage.iter().zip(&answered).filter(|(_, answered)| !**answered) {
        facts.gaps.push(Gap::new(probe.name, "no answer in time"));
    }
    // In the order of the list, not of arrival: the same machine gives the same facts.
    for (probe, found) in stage.iter().zip(answers) {
        let Some(found) = found else { continue };
        let known = facts.gaps.len();
        found(facts);
        summarise(probe, &mut facts.gaps, known);
    }
}

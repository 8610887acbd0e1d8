//! Runs the probes side by side, each under a deadline. Cannot fail as a whole: what a probe could not
//! read is a gap.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::facts::{Facts, Gap};
use crate::host::Host;

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

/// Asks the driver's libraries themselves, after everything else is known ([`crate::probes::deep`]). This starts
/// processes, and the driver may write to the kernel log, load its module or make its device files.
pub fn probe_deep(host: &Arc<dyn Host>, facts: &mut Facts) {
    /// For starting the processes, and for killing them.
    const MARGIN: Duration = Duration::from_secs(2);
    let end = Instant::now() + crate::probes::deep::DEADLINE + MARGIN;
    run_stage(host, &[&crate::probes::deep::PROBE], end, facts);
    facts.gaps.sort();
    facts.gaps.dedup();
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
    for found in answers.into_iter().flatten() {
        found(facts);
    }
}

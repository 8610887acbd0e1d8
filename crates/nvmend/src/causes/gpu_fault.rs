//! What the causes share that the kernel log tells of a GPU itself, whatever the versions are.

use super::common::{loaded, with_all};
use super::gpu_support::gpu_evidence;
use crate::diagnose::{Evidence, Finding};
use crate::facts::{Environment, Facts, LogEvent, LogEventKind};

/// The first event of a kind, where the log is this machine's own.
pub(super) fn said<'f>(facts: &'f Facts, kind: &LogEventKind) -> Option<&'f LogEvent> {
    let is_host = facts.system.environment == Environment::Host;
    facts.log.first(kind).filter(|_| is_host)
}

/// A finding on the driver's word, and the GPUs that it may be about.
pub(super) fn on_the_drivers_word(facts: &Facts, finding: Finding, event: &LogEvent) -> Finding {
    let line = Evidence::new("claim-log-line", event.from.clone(), &event.line);
    let finding = finding.arg("line", &event.line).evidence(line);
    let gpus = facts.bus.gpus().iter().take(8).map(|device| gpu_evidence(facts, device));
    with_all(finding, gpus.chain(loaded(facts)))
}

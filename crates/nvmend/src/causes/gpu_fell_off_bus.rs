//! The GPU does not answer on the bus any more: hardware, not versions.

use super::common::{loaded, with_all};
use super::gpu_support::gpu_evidence;
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{Environment, Facts, LogEventKind};

/// `gpu-fell-off-bus`.
pub const CAUSE: Cause = Cause {
    id: "gpu-fell-off-bus",
    severity: Severity::Error,
    find,
    remedies: &["check-hardware", "reboot"],
    explains: &["gpu-firmware-fault"],
};

fn find(facts: &Facts) -> Option<Finding> {
    if facts.system.environment != Environment::Host {
        return None;
    }
    let event = facts.log.first(&LogEventKind::FellOffBus)?;
    let finding = Finding::certain().arg("line", &event.line).evidence(Evidence::new(
        "claim-log-line",
        event.from.clone(),
        &event.line,
    ));
    let gpus = facts.bus.gpus().iter().take(8).map(|device| gpu_evidence(facts, device));
    Some(with_all(finding, gpus.chain(loaded(facts))))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn fires_on_the_drivers_word_though_all_versions_are_alike() {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        assert!(find(&facts).is_none());
        log(
            &mut facts,
            LogEventKind::FellOffBus,
            "NVRM: Xid (PCI:0000:05:00): 79, GPU has fallen off the bus.",
        );
        assert!(find(&facts).is_some());
        assert_eq!(primary(&facts), "gpu-fell-off-bus");
    }

    #[test]
    fn another_event_is_none() {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        log(&mut facts, LogEventKind::NoDevice, "NVRM: No NVIDIA GPU found.");
        assert!(find(&facts).is_none());
    }
}

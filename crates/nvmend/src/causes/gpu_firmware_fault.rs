//! The GPU's firmware hung or faulted, and needs a reset: no fault of versions.

use super::common::{loaded, with_all};
use super::gpu_support::gpu_evidence;
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{Environment, Facts, LogEventKind};

/// `gpu-firmware-fault`.
pub const CAUSE: Cause = Cause {
    id: "gpu-firmware-fault",
    severity: Severity::Error,
    find,
    remedies: &["reset-gpu", "reboot"],
    explains: &[],
};

fn find(facts: &Facts) -> Option<Finding> {
    if facts.system.environment != Environment::Host {
        return None;
    }
    let event = facts.log.first(&LogEventKind::FirmwareFault)?;
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
            LogEventKind::FirmwareFault,
            "NVRM: Xid (PCI:0000:05:00): 119, Timeout after 6s of waiting for RPC response from GPU0 GSP!",
        );
        assert!(find(&facts).is_some());
        assert_eq!(primary(&facts), "gpu-firmware-fault");
    }

    #[test]
    fn another_event_is_none() {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        log(&mut facts, LogEventKind::NoDevice, "NVRM: No NVIDIA GPU found.");
        assert!(find(&facts).is_none());
    }
}

//! The GPU's firmware hung or faulted, or its loading was interrupted: no fault of versions.

use super::gpu_fault::{on_the_drivers_word, said};
use crate::diagnose::{Cause, Finding, Severity};
use crate::facts::{Facts, LogEventKind};

/// `gpu-firmware-fault`.
pub const CAUSE: Cause = Cause {
    id: "gpu-firmware-fault",
    severity: Severity::Error,
    find,
    remedies: &["reload-modules", "reset-gpu", "reboot"],
    explains: &[],
};

fn find(facts: &Facts) -> Option<Finding> {
    if let Some(event) = said(facts, &LogEventKind::FirmwareFault) {
        let finding = Finding::certain().arg("fault", "hung").remedies(&["reset-gpu", "reboot"]);
        return Some(on_the_drivers_word(facts, finding, event));
    }
    let event = said(facts, &LogEventKind::FirmwareInterrupted)?;
    // The log does not tell of a later attempt that went well.
    let finding =
        Finding::likely().arg("fault", "interrupted").remedies(&["reload-modules", "reboot"]);
    Some(on_the_drivers_word(facts, finding, event))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    const INTERRUPTED: &str = "nvidia 0000:01:00.0: Direct firmware load for nvidia/535.261.03/gsp_ga10x.bin failed with error -4";

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
    fn fires_on_firmware_whose_loading_was_interrupted() {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        log(&mut facts, LogEventKind::FirmwareInterrupted, INTERRUPTED);
        assert_eq!(primary(&facts), "gpu-firmware-fault");
    }

    #[test]
    fn another_event_and_a_containers_host_are_none() {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        log(&mut facts, LogEventKind::NoDevice, "NVRM: No NVIDIA GPU found.");
        assert!(find(&facts).is_none());
        log(&mut facts, LogEventKind::FirmwareInterrupted, INTERRUPTED);
        facts.system.environment = crate::facts::Environment::Container;
        assert!(find(&facts).is_none());
    }
}

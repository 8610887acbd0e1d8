//! A vGPU guest's driver and the host's vGPU manager are of branches that don't go together.

use super::common::{loaded, with_all};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{Facts, LogEventKind};

/// `vgpu-guest-host-skew`.
pub const CAUSE: Cause = Cause {
    id: "vgpu-guest-host-skew",
    severity: Severity::Error,
    find,
    remedies: &["align-vgpu"],
    explains: &["module-not-loaded"],
};

fn find(facts: &Facts) -> Option<Finding> {
    let event = facts.log.events().iter().find(|event| event.kind == LogEventKind::VgpuRefused)?;
    // The manager's own log stands on the host; there only the guest is without a GPU.
    let is_host = event.line.contains("vmiop") || event.line.contains("nvidia-vgpu-mgr");
    let finding = Finding::certain();
    let finding = if is_host { finding.severity(Severity::Warning) } else { finding };
    let version = facts.loaded_version().map(|(version, _)| version);
    let finding = finding
        .arg("side", if is_host { "host" } else { "guest" })
        .arg("version", super::common::or_none(version))
        .evidence(Evidence::new("claim-log-line", event.from.clone(), &event.line));
    Some(with_all(finding, loaded(facts)))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    const GUEST: &str =
        "NVRM: Xid (PCI:0002:00:00): 78, Guest driver is incompatible with host driver";
    const HOST: &str = "nvidia-vgpu-mgr[2732]: error: vmiop_log: (0x0): Incompatible Guest/Host drivers: Guest VGX version is newer than the maximum version supported by the Host. Disabling vGPU.";

    #[test]
    fn fires_in_the_guest() {
        let mut facts = machine("535.161.08", "535.161.08", "535.161.08");
        log(&mut facts, LogEventKind::VgpuRefused, GUEST);
        assert_eq!(find(&facts).unwrap().severity, None);
        assert_eq!(primary(&facts), "vgpu-guest-host-skew");
    }

    #[test]
    fn on_the_host_it_is_a_warning() {
        let mut facts = machine("535.161.05", "535.161.05", "535.161.05");
        log(&mut facts, LogEventKind::VgpuRefused, HOST);
        assert_eq!(find(&facts).unwrap().severity, Some(Severity::Warning));
    }

    #[test]
    fn other_lines_are_none() {
        let mut facts = machine("535.161.05", "535.161.05", "535.161.05");
        log(&mut facts, LogEventKind::FellOffBus, "NVRM: Xid (PCI:0002:00:00): 79");
        assert!(find(&facts).is_none());
    }
}

//! The GPU is not supported by the installed driver's branch: older than it, or newer.

use super::common::{NONE, loaded, on_disk, with_all};
use super::gpu_support::{driver, gpu_evidence, name, own_gpus};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{Facts, LogEventKind};
use crate::knowledge::pci::Support;

/// `gpu-unsupported-by-branch`.
pub const CAUSE: Cause = Cause {
    id: "gpu-unsupported-by-branch",
    severity: Severity::Error,
    find,
    remedies: &["install-supported-branch"],
    explains: &[
        "module-not-loaded",
        "nouveau-holds-gpu",
        "stale-module-loaded",
        "module-not-built",
        "kernel-headers-missing",
        "gsp-firmware-missing",
    ],
};

fn find(facts: &Facts) -> Option<Finding> {
    let (version, origin) = driver(facts)?;
    let gpus = || own_gpus(facts);
    let legacy = gpus().find_map(|(gpu, support)| match support {
        Support::Legacy(branch) if version.branch() > branch => Some((gpu, branch)),
        _ => None,
    });
    let too_new = facts.log.first(&LogEventKind::UnsupportedGpu);
    let said = too_new.or_else(|| facts.log.first(&LogEventKind::LegacyGpu));
    let (device, branch) = match (legacy, too_new) {
        (Some((gpu, branch)), _) => (gpu, branch.to_string()),
        // The log names the kind of fault, not always the device: with one GPU it can only be this.
        (None, Some(_)) => (gpus().next()?.0, NONE.to_owned()),
        (None, None) => return None,
    };
    let others_served = gpus().any(|(gpu, support)| {
        gpu.address != device.address && !matches!(support, Support::Legacy(_))
    });
    let severity = if others_served {
        // One card for the driver, an old one beside it: someone may want it so.
        Severity::Note
    } else if facts.may_work_now() {
        Severity::Warning
    } else {
        Severity::Error
    };
    let finding = Finding::certain()
        .severity(severity)
        .arg("gpu", name(device))
        .arg("driver", version)
        .arg("branch", branch)
        .evidence(gpu_evidence(facts, device))
        .evidence(Evidence::new("claim-driver-to-serve", origin, version));
    let said = said.map(|event| Evidence::new("claim-log-line", event.from.clone(), &event.line));
    Some(with_all(finding, said.into_iter().chain(on_disk(facts)).chain(loaded(facts))))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    /// GeForce GTX 1080: up to 580.
    const PASCAL: u16 = 0x1b80;

    #[test]
    fn fires_on_a_gpu_that_the_branch_has_dropped() {
        let mut facts = unloaded("595.58.03", "595.58.03");
        set_gpu(&mut facts, PASCAL);
        assert_eq!(find(&facts).unwrap().severity, Some(Severity::Error));
        assert_eq!(primary(&facts), "gpu-unsupported-by-branch");
        assert!(!crate::diagnose::diagnose(&facts).names("module-not-loaded"));
    }

    #[test]
    fn explains_why_a_reload_would_not_help() {
        let mut facts = machine("580.105.08", "595.58.03", "595.58.03");
        set_gpu(&mut facts, PASCAL);
        assert_eq!(primary(&facts), "gpu-unsupported-by-branch");
    }

    #[test]
    fn fires_on_the_drivers_word_for_a_newer_gpu() {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        log(&mut facts, LogEventKind::UnsupportedGpu, "not supported by the");
        assert!(find(&facts).is_some());
    }

    #[test]
    fn the_last_branch_of_a_gpu_serves_it() {
        let mut facts = machine("580.105.08", "580.105.08", "580.105.08");
        set_gpu(&mut facts, PASCAL);
        assert!(find(&facts).is_none());
    }
}

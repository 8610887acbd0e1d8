//! The GPU works with the open kernel modules only, and the proprietary ones are installed.

use super::common::{loaded, on_disk, with_all};
use super::gpu_support::{flavour, gpu_evidence, name, own_gpus, word};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{Facts, Flavour, LogEventKind};
use crate::knowledge::pci::Support;

/// `needs-open-module`.
pub const CAUSE: Cause = Cause {
    id: "needs-open-module",
    severity: Severity::Error,
    find,
    remedies: &["switch-flavour"],
    explains: &["module-not-loaded", "nouveau-holds-gpu", "gsp-firmware-missing"],
};

fn find(facts: &Facts) -> Option<Finding> {
    let said = facts.log.first(&LogEventKind::NeedsOpenModule);
    let installed = flavour(facts);
    // What the log says of a module that has been replaced since is done with.
    if installed.as_ref().is_some_and(|(flavour, _)| *flavour != Flavour::Proprietary) {
        return None;
    }
    let mut gpus = own_gpus(facts).filter(|(_, support)| matches!(support, Support::OpenOnly));
    let (device, certain) = match (gpus.next(), said) {
        (Some((device, _)), Some(_)) => (device, true),
        (Some((device, _)), None) => (device, installed.is_some()),
        (None, Some(_)) => (own_gpus(facts).next()?.0, true),
        (None, None) => return None,
    };
    if !certain {
        return None;
    }
    let served_too = own_gpus(facts).any(|(gpu, _)| gpu.address != device.address);
    let severity = if served_too && said.is_none() { Severity::Warning } else { Severity::Error };
    let finding = Finding::certain()
        .severity(severity)
        .arg("gpu", name(device))
        .evidence(gpu_evidence(facts, device));
    let said = said.map(|event| Evidence::new("claim-log-line", event.from.clone(), &event.line));
    let installed =
        installed.map(|(flavour, origin)| Evidence::new("claim-flavour", origin, word(flavour)));
    let evidence = said.into_iter().chain(installed).chain(on_disk(facts)).chain(loaded(facts));
    Some(with_all(finding, evidence))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    fn installed(licence: &str) -> Facts {
        let mut facts = machine("580.105.08", "580.105.08", "580.105.08");
        set_gpu(&mut facts, 0x2b85);
        set_licence(&mut facts, licence);
        facts
    }

    #[test]
    fn fires_on_the_wrong_flavour() {
        let facts = installed("NVIDIA");
        assert!(find(&facts).is_some());
        assert_eq!(primary(&facts), "needs-open-module");
    }

    #[test]
    fn fires_on_the_drivers_word() {
        let mut facts = machine("580.105.08", "580.105.08", "580.105.08");
        log(&mut facts, LogEventKind::NeedsOpenModule, "installed in this system …");
        assert!(find(&facts).is_some());
    }

    #[test]
    fn the_right_flavour_and_another_gpu_are_no_fault() {
        assert!(find(&installed("Dual MIT/GPL")).is_none());
        let mut other = installed("NVIDIA");
        set_gpu(&mut other, 0x2684);
        assert!(find(&other).is_none());
    }
}

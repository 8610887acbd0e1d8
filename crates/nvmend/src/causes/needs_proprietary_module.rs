//! The GPU has no GSP, which the open kernel modules need, and these are installed.

use super::gpu_support::{driver, wrong_flavour};
use crate::diagnose::{Cause, Finding, Severity};
use crate::facts::{Facts, Flavour, LogEventKind};
use crate::knowledge::pci::Support;

/// `needs-proprietary-module`.
pub const CAUSE: Cause = Cause {
    id: "needs-proprietary-module",
    severity: Severity::Error,
    find,
    remedies: &["switch-flavour"],
    explains: &["module-not-loaded", "nouveau-holds-gpu", "gsp-firmware-missing"],
};

fn find(facts: &Facts) -> Option<Finding> {
    let (version, _) = driver(facts)?;
    wrong_flavour(facts, Flavour::Open, &LogEventKind::NeedsProprietaryModule, |support| {
        // A branch that has dropped the GPU is another fault (`gpu-unsupported-by-branch`).
        matches!(support, Support::Legacy(branch) if version.branch() <= branch)
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    fn installed(licence: &str) -> Facts {
        let mut facts = machine("580.105.08", "580.105.08", "580.105.08");
        set_gpu(&mut facts, 0x1b80);
        set_licence(&mut facts, licence);
        facts
    }

    #[test]
    fn fires_on_the_wrong_flavour() {
        let facts = installed("Dual MIT/GPL");
        assert!(find(&facts).is_some());
        assert_eq!(primary(&facts), "needs-proprietary-module");
    }

    #[test]
    fn fires_on_the_drivers_word() {
        let mut facts = machine("580.105.08", "580.105.08", "580.105.08");
        log(&mut facts, LogEventKind::NeedsProprietaryModule, "installed in this system …");
        assert!(find(&facts).is_some());
    }

    #[test]
    fn the_right_flavour_and_another_gpu_are_no_fault() {
        assert!(find(&installed("NVIDIA")).is_none());
        let mut other = installed("Dual MIT/GPL");
        set_gpu(&mut other, 0x2684);
        assert!(find(&other).is_none());
    }
}

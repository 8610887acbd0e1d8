//! The GPU works with the open kernel modules only, and the proprietary ones are installed.

use super::gpu_support::wrong_flavour;
use crate::diagnose::{Cause, Finding, Severity};
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
    wrong_flavour(facts, Flavour::Proprietary, &LogEventKind::NeedsOpenModule, |support| {
        support == Support::OpenOnly
    })
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

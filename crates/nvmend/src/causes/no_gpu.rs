//! There is no NVIDIA GPU: nothing to repair.

use super::common::{loaded, with_all};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{Environment, Facts};

/// `no-gpu`.
pub const CAUSE: Cause = Cause {
    id: "no-gpu",
    severity: Severity::Note,
    find,
    remedies: &[],
    explains: &["module-not-loaded", "module-missing-for-kernel", "module-not-built"],
};

fn find(facts: &Facts) -> Option<Finding> {
    if facts.system.environment != Environment::Host || facts.has_gpu() != Some(false) {
        return None;
    }
    let origin = facts.bus.gpus.origin().cloned()?;
    let finding = Finding::certain()
        .arg("driver", if facts.has_driver() { "yes" } else { "no" })
        .evidence(Evidence::new("claim-no-gpu", origin.clone(), origin.as_str()));
    Some(with_all(finding, loaded(facts)))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::facts::Datum;

    #[test]
    fn fires_on_an_empty_bus_only() {
        let mut facts = unloaded("535.261.03", "535.261.03");
        assert!(find(&facts).is_none());
        facts.bus.gpus = Datum::known(vec![], "/sys/bus/pci/devices");
        assert!(find(&facts).is_some());
        assert!(!crate::diagnose::diagnose(&facts).has_errors());
        facts.bus.gpus = Datum::absent("/sys/bus/pci/devices");
        assert!(find(&facts).is_none());
    }
}

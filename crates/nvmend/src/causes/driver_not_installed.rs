//! There is a GPU and no NVIDIA driver at all.

use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{Environment, Facts, LogEventKind};

/// `driver-not-installed`.
pub const CAUSE: Cause = Cause {
    id: "driver-not-installed",
    // Whether this machine is to have one is its owner's choice.
    severity: Severity::Note,
    find,
    remedies: &["install-driver"],
    explains: &[],
};

fn find(facts: &Facts) -> Option<Finding> {
    let tried = facts.log.events().iter().any(|event| event.kind == LogEventKind::BoundToOther);
    if facts.system.environment != Environment::Host
        || facts.has_driver()
        || tried
        || was_tried_in_vain(facts)
        || facts.is_managed_elsewhere()
        || facts.is_passed_through()
        || facts.loaded.driver.is_unreadable()
        || facts.modules_are_unseen()
        || facts.lacks_what_decides()
        || facts.current_kernel().is_some_and(|(kernel, _)| facts.module_may_be_unseen(kernel))
        || facts.lacks(&["packages", "builders", "kernel log"])
    {
        return None;
    }
    let (gpus, origin) = facts.bus.gpus.sourced()?;
    let gpu = gpus.first()?;
    let name = gpu.name.clone().unwrap_or_else(|| format!("10de:{:04x}", gpu.device));
    let looked_at = match &facts.loaded.driver {
        crate::facts::Datum::Absent { looked_at } => looked_at.first().cloned(),
        _ => None,
    };
    let mut finding = Finding::certain()
        .arg("gpu", &name)
        .arg("driver", gpu.driver.as_deref().unwrap_or(super::common::NONE))
        .evidence(Evidence::new("claim-gpu", origin.clone(), name).with("address", &gpu.address));
    if let Some(driver) = &gpu.driver {
        finding = finding.evidence(
            Evidence::new("claim-gpu-driver", origin.clone(), driver).with("address", &gpu.address),
        );
    }
    if let Some(place) = looked_at {
        finding = finding.evidence(Evidence::new("claim-not-loaded", place, Evidence::NOT_LOADED));
    }
    Some(finding)
}

/// Whether the .run installer was to bring one, and could not build it for this kernel: that is the cause then.
fn was_tried_in_vain(facts: &Facts) -> bool {
    facts.current_kernel().is_some_and(|(release, _)| facts.pending_build(release).is_some())
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn fires_on_a_bare_machine() {
        let mut facts = unloaded("", "");
        gpu(&mut facts, Some("nouveau"));
        assert_eq!(primary(&facts), "driver-not-installed");
    }

    #[test]
    fn any_part_of_a_driver_and_an_operator_prevent_it() {
        assert!(find(&unloaded("535.261.03", "")).is_none());
        let mut managed = unloaded("", "");
        managed.system.managed_by.push(("gpu-operator".into(), "/run/nvidia".into()));
        assert!(find(&managed).is_none());
    }
}

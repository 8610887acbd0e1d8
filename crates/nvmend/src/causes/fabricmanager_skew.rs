//! A system of NVSwitches whose fabric manager is of another version than the loaded module: CUDA error 802.

use super::common::{loaded, package, with_all};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{Environment, Facts, Package, PackageRole};
use crate::version::DriverVersion;

/// `fabricmanager-skew`.
pub const CAUSE: Cause = Cause {
    id: "fabricmanager-skew",
    severity: Severity::Error,
    find,
    remedies: &["align-packages", "restart-service"],
    explains: &["service-skew"],
};

fn find(facts: &Facts) -> Option<Finding> {
    let (version, _) = facts.loaded_version()?;
    if facts.system.environment != Environment::Host {
        return None;
    }
    let packaged =
        manager(facts).and_then(|package| Some((package, package.driver_version.as_ref()?)));
    let refusal = facts.consumers.fabric_refusal.sourced().filter(|(refusal, _)| {
        // An older refusal, of other versions, is over.
        refusal.driver == *version
            && refusal.manager != *version
            && packaged.is_none_or(|(_, packaged)| *packaged == refusal.manager)
    });
    // Without switches the manager has nothing to do, unless it says itself that it failed.
    if facts.consumers.nvswitches.value().is_none() && refusal.is_none() {
        return None;
    }
    let manager: &DriverVersion = match (refusal, packaged) {
        (Some((refusal, _)), _) => &refusal.manager,
        (None, Some((_, packaged))) => packaged,
        (None, None) => return None,
    };
    // It waits for the module's new version, as the libraries do; what runs is still the old one.
    let waits = facts.on_disk_version().is_some_and(|(on_disk, _)| on_disk == manager);
    if manager == version || waits {
        return None;
    }
    let finding = match refusal {
        Some(_) => Finding::certain(),
        None => Finding::likely(),
    };
    let finding = finding.arg("manager", manager).arg("driver", version);
    let said = refusal.map(|(refusal, from)| {
        Evidence::new(
            "claim-fabric-refusal",
            from.clone(),
            format!("{} ≠ {}", refusal.manager, refusal.driver),
        )
    });
    let switches = facts
        .consumers
        .nvswitches
        .sourced()
        .map(|(count, from)| Evidence::new("claim-nvswitches", from.clone(), count));
    let evidence = said
        .into_iter()
        .chain(packaged.map(|(found, _)| package(found)))
        .chain(loaded(facts))
        .chain(switches);
    Some(with_all(finding, evidence))
}

/// The package of the manager itself: `nvidia-fabricmanager-580`, NVIDIA's `nvidia-fabric-manager`.
fn manager(facts: &Facts) -> Option<&Package> {
    facts.packages.of_role(PackageRole::Companion).find(|package| {
        package.is_installed()
            && ["nvidia-fabricmanager", "nvidia-fabric-manager"]
                .iter()
                .any(|name| package.name.starts_with(name))
            && !["-dev", "-devel"].iter().any(|end| package.name.contains(end))
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::facts::{Datum, FabricRefusal};

    fn dgx(driver: &str, manager: &str) -> Facts {
        let mut facts = machine(driver, driver, driver);
        add_package(
            &mut facts,
            "nvidia-fabricmanager-530",
            manager,
            PackageRole::Companion,
            Some("530"),
        );
        facts.consumers.nvswitches = Datum::known(6, "/proc/driver/nvidia-nvswitch/devices");
        facts
    }

    fn refusal(facts: &mut Facts, manager: &str, driver: &str) {
        let refusal =
            FabricRefusal { manager: manager.parse().unwrap(), driver: driver.parse().unwrap() };
        facts.consumers.fabric_refusal = Datum::known(refusal, "/var/log/fabricmanager.log");
    }

    #[test]
    fn fires_on_a_manager_of_another_version() {
        assert_eq!(primary(&dgx("530.41.03", "530.30.02")), "fabricmanager-skew");
    }

    #[test]
    fn its_own_refusal_is_enough_unless_it_is_over() {
        let mut facts = machine("530.41.03", "530.41.03", "530.41.03");
        refusal(&mut facts, "530.30.02", "530.41.03");
        assert!(find(&facts).is_some());
        refusal(&mut facts, "525.85.12", "525.60.13");
        assert!(find(&facts).is_none());
        let mut upgraded = dgx("530.41.03", "530.41.03");
        refusal(&mut upgraded, "530.30.02", "530.41.03");
        assert!(find(&upgraded).is_none());
    }

    #[test]
    fn does_not_fire_where_it_fits_has_no_switches_or_waits_for_the_module() {
        assert!(find(&dgx("530.41.03", "530.41.03")).is_none());
        let mut plain = dgx("530.41.03", "530.30.02");
        plain.consumers.nvswitches = Datum::absent("/proc/driver/nvidia-nvswitch/devices");
        assert!(find(&plain).is_none());
        let mut pending = machine("530.30.02", "530.41.03", "530.41.03");
        pending.packages = dgx("530.41.03", "530.41.03").packages;
        pending.consumers.nvswitches = Datum::known(6, "/proc");
        assert!(find(&pending).is_none());
    }
}

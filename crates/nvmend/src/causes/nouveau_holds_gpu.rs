//! Another kernel driver holds the GPU. Who is bound is asked of sysfs: which modules are loaded says nothing.

use super::common::{loaded, on_disk, with_all};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{ConfigVerb, Environment, Facts, LogEventKind, PciDevice};

/// `nouveau-holds-gpu`.
pub const CAUSE: Cause = Cause {
    id: "nouveau-holds-gpu",
    severity: Severity::Error,
    find,
    remedies: &["blacklist-nouveau"],
    explains: &["module-not-loaded"],
};

/// Drivers of the kernel's own that claim NVIDIA GPUs. `NovaCore` is nova_core's name on the bus
/// (drivers/gpu/nova-core/nova_core.rs). vfio-pci is not among them: it is bound on purpose.
const OTHERS: [&str; 5] = ["nouveau", "NovaCore", "nova_core", "nova", "nvidiafb"];

fn find(facts: &Facts) -> Option<Finding> {
    let tried = facts.log.events().iter().find(|event| event.kind == LogEventKind::BoundToOther);
    if facts.system.environment != Environment::Host || !(facts.has_driver() || tried.is_some()) {
        return None;
    }
    let (gpu, driver) = held_gpu(facts)?;
    let served = facts.bus.gpus().iter().any(|gpu| gpu.driver.as_deref() == Some("nvidia"));
    let mut finding = Finding::certain().arg("driver", driver).arg("address", &gpu.address);
    if served {
        // One GPU for nouveau, one for nvidia: someone may want it so.
        finding = finding.severity(Severity::Note);
    }
    let origin = facts.bus.gpus.origin().map_or("/sys/bus/pci/devices", |origin| origin.as_str());
    let bound =
        Evidence::new("claim-gpu-driver", format!("{origin}/{}/driver", gpu.address), driver)
            .with("address", &gpu.address);
    let said = tried.map(|event| Evidence::new("claim-log-line", event.from.clone(), &event.line));
    let blacklist = facts
        .modules
        .config
        .iter()
        .filter(|line| line.verb == ConfigVerb::Blacklist && OTHERS.contains(&line.name.as_str()))
        .map(|line| {
            Evidence::new(
                "claim-config-line",
                line.from.clone(),
                format!("blacklist {}", line.name),
            )
        });
    let evidence =
        [bound].into_iter().chain(said).chain(loaded(facts)).chain(on_disk(facts)).chain(blacklist);
    Some(with_all(finding, evidence))
}

fn held_gpu(facts: &Facts) -> Option<(&PciDevice, &str)> {
    facts.bus.gpus().iter().find_map(|gpu| {
        let driver = gpu.driver.as_deref().filter(|driver| OTHERS.contains(driver))?;
        Some((gpu, driver))
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn fires_for_nouveau_and_nova() {
        for driver in ["nouveau", "NovaCore"] {
            let mut facts = unloaded("535.261.03", "535.261.03");
            gpu(&mut facts, Some(driver));
            assert!(find(&facts).is_some());
            assert_eq!(primary(&facts), "nouveau-holds-gpu");
            assert_eq!(crate::diagnose::diagnose(&facts).findings.len(), 1);
        }
    }

    #[test]
    fn does_not_fire_without_a_driver_or_for_passthrough() {
        let mut bare = unloaded("", "");
        gpu(&mut bare, Some("nouveau"));
        assert!(find(&bare).is_none());
        let mut passed = unloaded("535.261.03", "535.261.03");
        gpu(&mut passed, Some("vfio-pci"));
        assert!(find(&passed).is_none());
    }
}

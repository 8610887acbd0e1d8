//! All fits on disk, and the module is not loaded for no reason that is known.

use super::common::{NONE, kernel, versions, with_all};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{Environment, Facts, LogEventKind, Resolution};

/// `module-not-loaded`.
pub const CAUSE: Cause = Cause {
    id: "module-not-loaded",
    severity: Severity::Error,
    find,
    remedies: &["load-module"],
    explains: &[],
};

/// The causes that say why it is not loaded: where one holds, there is nothing to add.
const REASONS: &[&Cause] = &[
    &super::nouveau_holds_gpu::CAUSE,
    &super::secure_boot_rejects_module::CAUSE,
    &super::module_blacklisted::CAUSE,
    &super::gpu_unsupported_by_branch::CAUSE,
    &super::vermagic_mismatch::CAUSE,
    &super::gpu_fell_off_bus::CAUSE,
];

fn find(facts: &Facts) -> Option<Finding> {
    let (release, _) = facts.kernels.current()?;
    let (on_disk, _) = facts.on_disk_version()?;
    if facts.system.environment != Environment::Host
        || !facts.loaded.driver.is_absent()
        || facts.has_gpu() == Some(false)
        || facts.lacks(&["bus"])
        || (facts.bus.gpus.is_unreadable() && !facts.bus.gpus.is_not_captured())
        || facts.is_passed_through()
        || facts.disk_mismatch().is_some()
        || REASONS.iter().any(|cause| (cause.find)(facts).is_some())
    {
        return None;
    }
    // Where there is no bus to look at, a GPU is only to be presumed.
    let finding = if facts.has_gpu().is_some() { Finding::certain() } else { Finding::likely() };
    // One that modprobe does not know, nothing loads at boot by itself.
    let outside = match facts.current_modules().and_then(|modules| modules.resolved.get("nvidia")) {
        Some(Resolution::Outside { path }) => path.display().to_string(),
        _ => NONE.to_owned(),
    };
    let finding = finding.arg("version", on_disk).arg("kernel", release).arg("outside", outside);
    let gpu = facts.bus.gpus().first().map(|gpu| {
        let value = gpu.name.clone().unwrap_or_else(|| format!("10de:{:04x}", gpu.device));
        let origin = facts.bus.gpus.origin().cloned().unwrap_or("/sys/bus/pci/devices".into());
        Evidence::new("claim-gpu", origin, value).with("address", &gpu.address)
    });
    let said = facts
        .log
        .events()
        .iter()
        .filter(|event| !matches!(event.kind, LogEventKind::ApiMismatch { .. }))
        .map(|event| Evidence::new("claim-log-line", event.from.clone(), &event.line));
    Some(with_all(finding, versions(facts).into_iter().chain(gpu).chain(said).chain(kernel(facts))))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn fires_when_nothing_else_says_why() {
        assert!(find(&unloaded("535.261.03", "535.261.03")).is_some());
        assert_eq!(primary(&unloaded("535.261.03", "535.261.03")), "module-not-loaded");
    }

    #[test]
    fn yields_to_every_reason_and_to_the_lack_of_a_gpu() {
        let mut no_gpu = unloaded("535.261.03", "535.261.03");
        no_gpu.bus.gpus = crate::facts::Datum::known(vec![], "/sys/bus/pci/devices");
        assert!(find(&no_gpu).is_none());
        let mut rejected = unloaded("535.261.03", "535.261.03");
        log(&mut rejected, LogEventKind::SignatureRejected, "rejected");
        assert!(find(&rejected).is_none());
        assert!(find(&unloaded("535.216.03", "535.261.03")).is_none());
    }
}

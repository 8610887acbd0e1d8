//! What several causes ask of a GPU: whether the installed driver can drive it.

use super::common::{loaded, on_disk, with_all};
use crate::diagnose::{Evidence, Finding, Severity};
use crate::facts::{Environment, Facts, Flavour, LogEventKind, Origin, PackageRole, PciDevice};
use crate::knowledge::pci::{Support, support};
use crate::version::DriverVersion;

/// GPUs that are this machine's own to drive: none that is given away to virtual machines.
pub(super) fn own_gpus(facts: &Facts) -> impl Iterator<Item = (&PciDevice, Support)> {
    let is_host = facts.system.environment == Environment::Host;
    facts
        .bus
        .gpus()
        .iter()
        .filter(move |gpu| is_host && gpu.driver.as_deref() != Some("vfio-pci"))
        .map(|gpu| (gpu, support(gpu.device)))
}

/// The driver that is to drive the GPUs: D(K), else L, else what the packages bring; and where that stands.
pub(super) fn driver(facts: &Facts) -> Option<(&DriverVersion, Origin)> {
    facts
        .on_disk_version()
        .or_else(|| facts.loaded_version().map(|(version, origin)| (version, origin.clone())))
        .or_else(|| {
            facts
                .packages
                .of_role(PackageRole::Kernel)
                .filter(|package| package.is_installed())
                .filter_map(|package| {
                    Some((package.driver_version.as_ref()?, package.from.clone()))
                })
                .max_by_key(|(version, _)| *version)
        })
}

/// Open or proprietary: of the module on disk, which the next load takes, else of the loaded one.
pub(super) fn flavour(facts: &Facts) -> Option<(Flavour, Origin)> {
    let on_disk = facts
        .current_module_file()
        .and_then(|file| Some((file.info.value()?.flavour()?, Origin::from(&file.path))));
    on_disk.or_else(|| {
        let (driver, origin) = facts.loaded.driver.sourced()?;
        Some((driver.flavour?, origin.clone()))
    })
}

/// A GPU as evidence.
pub(super) fn gpu_evidence(facts: &Facts, gpu: &PciDevice) -> Evidence {
    let origin = facts.bus.gpus.origin().map_or("/sys/bus/pci/devices", Origin::as_str);
    Evidence::new("claim-gpu", format!("{origin}/{}", gpu.address), name(gpu))
        .with("address", &gpu.address)
}

/// Its name, or its id.
pub(super) fn name(gpu: &PciDevice) -> String {
    gpu.name.clone().unwrap_or_else(|| format!("10de:{:04x}", gpu.device))
}

/// A flavour's word.
fn word(flavour: Flavour) -> &'static str {
    match flavour {
        Flavour::Open => "open",
        Flavour::Proprietary => "proprietary",
    }
}

/// That a GPU does not go with the flavour `wrong` of the modules, and these are what the next load takes: by the GPU's
/// id where `is_wrong_for` says so, or on the driver's own word (`said`).
pub(super) fn wrong_flavour(
    facts: &Facts,
    wrong: Flavour,
    said: &LogEventKind,
    is_wrong_for: impl Fn(Support) -> bool,
) -> Option<Finding> {
    let said = facts.log.first(said);
    let installed = flavour(facts);
    // What the log says of a module that has been replaced since is done with.
    if installed.as_ref().is_some_and(|(flavour, _)| *flavour != wrong) {
        return None;
    }
    let by_id = own_gpus(facts).find(|(_, support)| is_wrong_for(*support));
    let (device, _) = match (by_id, said) {
        (Some(gpu), None) => Some(gpu).filter(|_| installed.is_some())?,
        (Some(gpu), Some(_)) => gpu,
        (None, said) => said.and(own_gpus(facts).next())?,
    };
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

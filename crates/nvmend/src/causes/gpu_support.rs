//! What several causes ask of a GPU: whether the installed driver can drive it.

use crate::diagnose::Evidence;
use crate::facts::{Environment, Facts, Flavour, Origin, PackageRole, PciDevice};
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
pub(super) fn word(flavour: Flavour) -> &'static str {
    match flavour {
        Flavour::Open => "open",
        Flavour::Proprietary => "proprietary",
    }
}

//! At boot the initramfs brought what the disk no longer holds: an old module (I = L ≠ D), or an old configuration
//! that lets nouveau take the GPU. Where no image could be read, a disk that has not changed since boot speaks for it.

use super::common::{NONE, initramfs, kernel, loaded, on_disk, or_none, versions, with_all};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{ConfigVerb, Facts, Image, LoadedModule, ModuleFile};
use crate::knowledge::modules::MODULES;
use crate::version::DriverVersion;

/// `stale-initramfs`.
pub const CAUSE: Cause = Cause {
    id: "stale-initramfs",
    severity: Severity::Error,
    find,
    remedies: &["rebuild-initramfs"],
    explains: &["nouveau-holds-gpu"],
};

fn holds(image: &Image, module: &str, version: &DriverVersion) -> bool {
    image.version(module).is_some_and(|(found, _)| found == version)
}

fn find(facts: &Facts) -> Option<Finding> {
    core(facts).or_else(|| other_module(facts)).or_else(|| configuration(facts))
}

/// The driver's core.
fn core(facts: &Facts) -> Option<Finding> {
    let (loaded, on_disk) = facts.replaced_module().filter(|_| facts.loads_from_elsewhere())?;
    let came_from_it = facts.came_from_image() == Some(true);
    let image = initramfs(facts, facts.kernels.current()?.0, MODULES[0]).filter(|_| came_from_it);
    let finding = if image.is_some() { Finding::certain() } else { Finding::likely() };
    // The times tell it only where the image does not.
    let times = facts.system.booted.sourced().zip(facts.current_module_file()).map(
        |((booted, origin), file)| {
            let hours = booted.saturating_sub(file.modified) / 3600;
            Evidence::new("claim-unchanged-since-boot", origin.clone(), file.path.display())
                .with("hours", hours)
        },
    );
    let shown = times.filter(|_| image.is_none());
    let finding = describe(finding, facts, MODULES[0], loaded, Some(on_disk))?;
    let evidence = versions(facts).into_iter().chain(image).chain(shown).chain(kernel(facts));
    Some(with_all(finding, evidence))
}

/// Another module of the set, where the core is right: the image holds a part of the set.
fn other_module(facts: &Facts) -> Option<Finding> {
    let (running, _) = facts.kernels.current()?;
    let modules = facts.current_modules().filter(|_| facts.judges_module())?;
    let is_stale = |module: &&LoadedModule| {
        let on_disk = modules.loads(&module.name).and_then(ModuleFile::version);
        module.name != MODULES[0]
            && module.version.value().is_some_and(|loaded| {
                on_disk.is_some_and(|on_disk| on_disk != loaded)
                    && facts.images_of(running).any(|image| holds(image, &module.name, loaded))
            })
    };
    let module = facts.loaded.modules.iter().find(is_stale)?;
    let (version, origin) = module.version.sourced()?;
    let on_disk = modules.loads(&module.name)?;
    let finding = describe(Finding::certain(), facts, &module.name, version, on_disk.version())?;
    let loaded =
        Evidence::new("claim-loaded-version", origin.clone(), version).with("module", &module.name);
    let disk = Evidence::new("claim-disk-version", &on_disk.path, on_disk.version()?)
        .with("module", &module.name)
        .with("kernel", running);
    let image = initramfs(facts, running, &module.name);
    let evidence = [loaded, disk].into_iter().chain(image).chain(versions(facts));
    Some(with_all(finding, evidence.chain(kernel(facts))))
}

/// The disk bars nouveau, the image holds nouveau and does not bar it, and nouveau holds a GPU. Something else may
/// have loaded it: likely, not certain.
fn configuration(facts: &Facts) -> Option<Finding> {
    let (running, _) = facts.kernels.current()?;
    let gpu = facts.bus.gpus().iter().find(|gpu| gpu.driver.as_deref() == Some("nouveau"))?;
    let barred = facts
        .modules
        .config
        .iter()
        .find(|line| line.verb == ConfigVerb::Blacklist && line.name == "nouveau")?;
    let inside = facts.images_with_nouveau(running).filter(|_| facts.has_driver())?;
    let origin = facts.bus.gpus.origin().map_or("/sys/bus/pci/devices", |origin| origin.as_str());
    let bound =
        Evidence::new("claim-gpu-driver", format!("{origin}/{}/driver", gpu.address), "nouveau")
            .with("address", &gpu.address);
    let line = Evidence::new("claim-config-line", barred.from.clone(), "blacklist nouveau");
    let inside =
        inside.into_iter().map(|origin| Evidence::new("claim-nouveau-unbarred", origin, "nouveau"));
    let finding = Finding::likely()
        .arg("module", "nouveau")
        .arg("loaded", NONE)
        .arg("on_disk", or_none(facts.on_disk_version().map(|(version, _)| version)))
        .arg("library", or_none(facts.library_version().map(|(version, _)| version)))
        .arg("kernel", running)
        .arg("image", NONE);
    let evidence =
        [bound, line].into_iter().chain(inside).chain(loaded(facts)).chain(on_disk(facts));
    Some(with_all(finding, evidence.chain(kernel(facts))))
}

/// The arguments of title and explanation for a module.
fn describe(
    finding: Finding,
    facts: &Facts,
    module: &str,
    loaded: &DriverVersion,
    on_disk: Option<&DriverVersion>,
) -> Option<Finding> {
    let (running, _) = facts.kernels.current()?;
    let image = facts.images_of(running).find(|image| holds(image, module, loaded));
    let library = facts.library_version().map(|(version, _)| version);
    let finding = finding
        .arg("module", module)
        .arg("loaded", loaded)
        .arg("on_disk", or_none(on_disk))
        .arg("library", or_none(library))
        .arg("kernel", running)
        .arg("image", or_none(image.map(|image| image.path.display())));
    Some(if library.is_none() { finding.severity(Severity::Warning) } else { finding })
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::diagnose::Certainty;
    use crate::facts::{Datum, Ownership};

    fn certainty(facts: &Facts) -> Option<Certainty> {
        find(facts).map(|found| found.certainty)
    }

    #[test]
    fn is_certain_when_the_image_holds_what_is_loaded() {
        let mut facts = machine("535.216.03", "535.261.03", "535.261.03");
        image(&mut facts, KERNEL, &[("nvidia", "535.216.03")]);
        assert_eq!(certainty(&facts), Some(Certainty::Certain));
        assert_eq!(primary(&facts), "stale-initramfs");
    }

    #[test]
    fn does_not_fire_when_the_image_is_right_or_holds_none() {
        for modules in [&[][..], &[("nvidia", "535.261.03")]] {
            let mut facts = machine("535.216.03", "535.261.03", "535.261.03");
            // Even if the times spoke for it.
            facts.system.booted = Datum::known(2_000_000_000, "/proc/stat");
            own_module(&mut facts, Ownership::Nobody, 1_000_000_000);
            image(&mut facts, KERNEL, modules);
            assert_eq!(primary(&facts), "stale-module-loaded");
        }
    }

    #[test]
    fn an_image_of_another_kernel_says_nothing() {
        let mut facts = machine("535.216.03", "535.261.03", "535.261.03");
        image(&mut facts, "6.1.0-50-amd64", &[("nvidia", "535.216.03")]);
        assert_eq!(primary(&facts), "stale-module-loaded");
    }

    #[test]
    fn without_an_image_the_times_make_it_likely() {
        let mut facts = machine("535.216.03", "535.261.03", "535.261.03");
        facts.system.booted = Datum::known(2_000_000_000, "/proc/stat");
        own_module(&mut facts, Ownership::Nobody, 1_000_000_000);
        unreadable_image(&mut facts, KERNEL);
        assert_eq!(certainty(&facts), Some(Certainty::Likely));
        assert_eq!(primary(&facts), "stale-initramfs");
    }

    #[test]
    fn does_not_trust_the_times_of_packaged_files() {
        let mut facts = machine("535.216.03", "535.261.03", "535.261.03");
        facts.system.booted = Datum::known(2_000_000_000, "/proc/stat");
        own_module(&mut facts, Ownership::Package("linux-modules-nvidia".into()), 1_000_000_000);
        assert!(find(&facts).is_none());
        assert_eq!(primary(&facts), "stale-module-loaded");
    }

    #[test]
    fn judges_each_module_of_the_set() {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        loaded_module(&mut facts, "nvidia_drm", "535.216.03");
        add_set_module(&mut facts, "nvidia_drm", "535.261.03");
        assert!(find(&facts).is_none());
        image(&mut facts, KERNEL, &[("nvidia_drm", "535.216.03")]);
        let found = find(&facts).unwrap();
        assert!(found.args.contains(&("module", "nvidia_drm".into())));
        assert!(found.args.contains(&("on_disk", "535.261.03".into())));
    }

    #[test]
    fn an_image_that_lets_nouveau_in_is_stale() {
        let mut facts = unloaded("535.261.03", "535.261.03");
        gpu(&mut facts, Some("nouveau"));
        config(&mut facts, ConfigVerb::Blacklist, "nouveau");
        assert_eq!(primary(&facts), "nouveau-holds-gpu");
        image(&mut facts, KERNEL, &[]);
        assert_eq!(primary(&facts), "nouveau-holds-gpu", "nouveau is not in it");
        let Datum::Known { value, .. } = &mut facts.initramfs.images[0].content else { panic!() };
        value.nouveau = Some("lib/modules/nouveau.ko".into());
        assert_eq!(primary(&facts), "stale-initramfs");
        let Datum::Known { value, .. } = &mut facts.initramfs.images[0].content else { panic!() };
        value.config = facts.modules.config.clone();
        assert_eq!(primary(&facts), "nouveau-holds-gpu");
    }
}

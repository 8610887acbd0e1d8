//! A service of the driver runs with libraries of another version than the loaded module's, or is itself too old for it.

use super::common::{NONE, libraries, loaded, package, with_all};
use super::library_path_override::is_led_by_unit;
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{Environment, Facts, Holder, MappedLibrary, Package, PackageRole};
use crate::knowledge::{cuda::highest_cuda, dcgm};

/// `service-skew`.
pub const CAUSE: Cause = Cause {
    id: "service-skew",
    severity: Severity::Error,
    find,
    remedies: &["restart-service", "upgrade-service"],
    explains: &[],
};

/// What the kernel shows of a service's name (15 characters, proc_pid_comm(5)), and the service's unit.
const SERVICES: [(&str, &str); 8] = [
    ("nvidia-persiste", "nvidia-persistenced"),
    ("nv-hostengine", "nvidia-dcgm"),
    ("nv-fabricmanage", "nvidia-fabricmanager"),
    ("nvidia-vgpud", "nvidia-vgpud"),
    ("nvidia-vgpu-mgr", "nvidia-vgpu-mgr"),
    ("nvidia-gridd", "nvidia-gridd"),
    ("nvidia-powerd", "nvidia-powerd"),
    ("nvidia-imex", "nvidia-imex"),
];

fn find(facts: &Facts) -> Option<Finding> {
    with_other_libraries(facts).or_else(|| with_old_dcgm(facts))
}

fn with_other_libraries(facts: &Facts) -> Option<Finding> {
    let (version, _) = facts.loaded_version()?;
    let (holder, library, service) = skewed(facts).next()?;
    let mut names: Vec<&str> = skewed(facts).map(|(_, _, service)| service).collect();
    names.sort_unstable();
    names.dedup();
    // Started since the upgrade, it got the new libraries, and waits for the module as every program does.
    let finding = Finding::certain()
        .remedies(&["restart-service"])
        .follows_from("stale-module-loaded")
        .follows_from("stale-initramfs")
        .arg("service", service)
        .arg("services", names.join(", "))
        .arg("version", &library.version)
        .arg("loaded", version)
        .arg("needs", NONE)
        .arg("cuda", NONE)
        .arg("state", if library.deleted { "deleted" } else { "there" })
        .evidence(process(holder, library));
    let others = skewed(facts).skip(1).take(5).map(|(holder, library, _)| process(holder, library));
    let are_led = skewed(facts).all(|(holder, ..)| is_led_by_unit(facts, holder));
    let finding = if are_led { finding.follows_from("library-path-override") } else { finding };
    Some(with_all(finding, others.chain(loaded(facts)).chain(libraries(facts))))
}

/// DCGM is installed in a version that was made before the CUDA of this driver.
fn with_old_dcgm(facts: &Facts) -> Option<Finding> {
    // A container's image decides by itself what of DCGM it uses; exporters don't diagnose.
    if facts.system.environment != Environment::Host || facts.has_nothing_to_run() {
        return None;
    }
    let (driver, origin) = facts.loaded_version()?;
    let (found, lacks) = old_dcgm(facts)?;
    let (_, version) = found.version.split_once(':').unwrap_or(("", &found.version));
    let finding = Finding::likely()
        .remedies(&["upgrade-service"])
        .arg("service", "nvidia-dcgm")
        .arg("services", "nvidia-dcgm")
        .arg("version", version)
        .arg("loaded", driver)
        .arg("needs", format!("{}.{}", lacks.needs.0, lacks.needs.1))
        .arg("cuda", lacks.cuda)
        .arg("state", "too-old")
        .evidence(package(found));
    let cuda = highest_cuda(driver.branch())
        .map(|cuda| Evidence::new("claim-cuda-supported", origin.clone(), cuda));
    Some(with_all(finding, loaded(facts).into_iter().chain(cuda)))
}

/// The package of a DCGM that is too old for the loaded module, and what it lacks.
pub(crate) fn old_dcgm(facts: &Facts) -> Option<(&Package, dcgm::TooOld)> {
    let (driver, _) = facts.loaded_version()?;
    let installed = facts.packages.of_role(PackageRole::Independent);
    installed
        .filter(|found| found.is_installed() && dcgm::is_package(&found.name))
        .find_map(|found| Some((found, dcgm::too_old(&found.version, driver)?)))
}

/// The unit of a service of the driver; `None` for any other program.
pub(super) fn unit(holder: &Holder) -> Option<&'static str> {
    SERVICES.iter().find(|(comm, _)| *comm == holder.name).map(|(_, unit)| *unit)
}

/// Services that map no library of L, and one of another version. L's own, though its file is gone, works, and
/// cuda-compat is newer on purpose.
pub(crate) fn skewed(
    facts: &Facts,
) -> impl Iterator<Item = (&Holder, &MappedLibrary, &'static str)> {
    let loaded = facts.loaded_version().map(|(version, _)| version);
    let processes = facts.holders.processes.value().map_or(&[][..], Vec::as_slice);
    processes.iter().filter_map(move |holder| {
        let service = unit(holder)?;
        if holder.libraries.iter().any(|library| Some(&library.version) == loaded) {
            return None;
        }
        let is_compat = |library: &&MappedLibrary| {
            library.path.iter().any(|part| part.to_string_lossy().contains("compat"))
        };
        let library = holder.libraries.iter().find(|library| !is_compat(library))?;
        Some((holder, library, service))
    })
}

fn process(holder: &Holder, library: &MappedLibrary) -> Evidence {
    Evidence::new("claim-process-libraries", &library.path, &library.version)
        .with("name", &holder.name)
        .with("pid", holder.pid)
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::facts::Datum;

    fn with_service(facts: &mut Facts, name: &str, version: &str) {
        let library = MappedLibrary {
            path: format!("/usr/lib/libnvidia-ml.so.{version}").into(),
            version: version.parse().unwrap(),
            deleted: true,
        };
        let holder = Holder {
            pid: 9,
            name: name.into(),
            devices: vec![],
            libraries: vec![library],
            cgroup: None,
        };
        facts.holders.processes = Datum::known(vec![holder], "/proc");
    }

    #[test]
    fn fires_on_a_service_with_older_libraries() {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        with_service(&mut facts, "nv-hostengine", "535.216.03");
        assert_eq!(primary(&facts), "service-skew");
    }

    #[test]
    fn the_modules_own_libraries_though_deleted_and_other_programs_are_none() {
        let mut facts = machine("535.216.03", "535.261.03", "535.261.03");
        with_service(&mut facts, "nvidia-persiste", "535.216.03");
        assert!(find(&facts).is_none());
        with_service(&mut facts, "python", "535.261.03");
        assert!(find(&facts).is_none());
    }

    #[test]
    fn fires_on_a_dcgm_that_does_not_know_the_drivers_cuda() {
        let with_dcgm = |driver, dcgm| {
            let mut facts = machine(driver, driver, driver);
            let name = "datacenter-gpu-manager";
            add_package(&mut facts, name, dcgm, PackageRole::Independent, None);
            facts
        };
        let old = with_dcgm("580.95.05", "3.3.9");
        assert_eq!(primary(&old), "service-skew");
        assert_eq!(find(&old).unwrap().remedies, Some(&["upgrade-service"][..]));
        assert!(find(&with_dcgm("575.57.08", "3.3.9")).is_none());
        assert!(find(&with_dcgm("580.95.05", "4.4.1")).is_none());
    }

    #[test]
    fn an_old_module_comes_first() {
        let mut facts = machine("535.216.03", "535.261.03", "535.261.03");
        with_service(&mut facts, "nvidia-persiste", "535.261.03");
        assert!(find(&facts).is_some());
        assert_eq!(primary(&facts), "stale-module-loaded");
    }
}

//! The kernel follows its updates, the headers that DKMS needs don't: the next kernel will get no module.

use super::common::{package, with_all};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{
    BuildOutcome, Environment, Facts, Obstacle, Origin, Package, PackageManager, PackageRole,
};

/// `headers-not-tracked`.
pub const CAUSE: Cause = Cause {
    id: "headers-not-tracked",
    // Nothing is wrong yet.
    severity: Severity::Note,
    find,
    remedies: &["install-headers"],
    explains: &[],
};

fn find(facts: &Facts) -> Option<Finding> {
    if facts.system.environment != Environment::Host
        || facts.is_managed_elsewhere()
        || facts.has_gpu() == Some(false)
        || !facts.works_now()
        || headers_are_missing_already(facts)
    {
        return None;
    }
    let (version, built_by) = built_by_dkms(facts)?;
    let (kernel, headers) = untracked(facts)?;
    let finding = Finding::certain()
        .arg("kernel_package", &kernel.name)
        .arg("headers_package", &headers)
        .evidence(package(kernel));
    let absent = Evidence::new("claim-headers-untracked", kernel.from.clone(), &headers);
    let known = Evidence::new("claim-build-known", built_by, version).with("builder", "DKMS");
    let present = facts.packages.of_role(PackageRole::KernelHeaders).take(2).map(package);
    Some(with_all(finding, [absent, known].into_iter().chain(present)))
}

/// Then `kernel-headers-missing` says so, and what to install.
fn headers_are_missing_already(facts: &Facts) -> bool {
    let kernels = facts.current_kernel().map(|(kernel, _)| kernel);
    let next = facts.kernels.next_boot.value().map(String::as_str);
    kernels.into_iter().chain(next).any(|kernel| {
        facts
            .pending_build(kernel)
            .is_some_and(|pending| pending.obstacle == Obstacle::HeadersMissing)
    })
}

/// The driver that DKMS builds here: of an installed module, or of a package that hands it its sources.
fn built_by_dkms(facts: &Facts) -> Option<(String, Origin)> {
    let built = facts.builders.dkms.iter().find_map(|module| {
        let build = module.builds.iter().find(|build| build.outcome == BuildOutcome::Installed)?;
        Some((module.version.to_string(), build.from.clone()))
    });
    let package = || {
        let is_source =
            |package: &&Package| package.is_installed() && package.name.contains("dkms");
        let package = facts.packages.of_role(PackageRole::Kernel).find(is_source)?;
        Some((package.driver_version.as_ref()?.to_string(), package.from.clone()))
    };
    built.or_else(package)
}

/// A package that follows the kernel, and the name of the one that would follow its headers: where no such pair is
/// installed whole.
fn untracked(facts: &Facts) -> Option<(&Package, String)> {
    let mut kernels: Vec<(&Package, String)> = facts
        .packages
        .of_role(PackageRole::KernelImage)
        .filter(|package| package.is_installed())
        .filter_map(|package| Some((package, headers_of(facts, package)?)))
        .collect();
    let has = |name: &str| {
        facts
            .packages
            .of_role(PackageRole::KernelHeaders)
            .any(|package| package.is_installed() && is_of(package, name))
    };
    // Of several kernels, whoever tracks one has its driver there.
    if kernels.iter().any(|(_, headers)| has(headers)) {
        return None;
    }
    kernels.pop()
}

/// Whether a package is the one of that name. On RPM systems kernel-devel is upgraded under its own name, and
/// kernel-devel-matched pulls it.
fn is_of(package: &Package, name: &str) -> bool {
    package.name == name
        || (package.manager == PackageManager::Rpm
            && package.name.strip_suffix("-matched") == Some(name))
}

/// The package of headers that goes with a package that follows the kernel; `None` for a package of one kernel only,
/// and for kernels that nothing here is built for.
fn headers_of(facts: &Facts, package: &Package) -> Option<String> {
    let name = package.name.as_str();
    match package.manager {
        // linux-image-amd64, linux-image-generic-hwe-22.04; linux-image-6.1.0-47-amd64 and linux-image-unsigned-5.15.0-1
        // are of one kernel. Proxmox: proxmox-kernel-6.8 for the kernels of one series.
        PackageManager::Dpkg => {
            if let Some(flavour) = name.strip_prefix("linux-image-") {
                let is_one = flavour.split('-').any(|part| part.matches('.').count() >= 2);
                return (!is_one).then(|| format!("linux-headers-{flavour}"));
            }
            let series = ["proxmox-kernel-", "pve-kernel-"].iter().find_map(|start| {
                Some((start.trim_end_matches("-kernel-"), name.strip_prefix(start)?))
            });
            let (vendor, series) = series?;
            let is_series = series.matches('.').count() == 1 && !series.contains('-');
            is_series.then(|| format!("{vendor}-headers-{series}"))
        }
        PackageManager::Rpm => match name {
            "kernel" | "kernel-core" => Some("kernel-devel".to_owned()),
            "kernel-default" | "kernel-uek" | "kernel-lt" | "kernel-ml" => {
                Some(format!("{name}-devel"))
            }
            _ => None,
        },
        // Several kernels side by side are common; the running one counts.
        PackageManager::Pacman => {
            let release = facts.kernels.current()?.0;
            let is_of = |flavour: &str| {
                release.split('-').any(|part| part.trim_end_matches(char::is_numeric) == flavour)
            };
            let running = ["lts", "zen", "hardened"]
                .iter()
                .find(|flavour| is_of(flavour))
                .map(|flavour| format!("linux-{flavour}"))
                .or_else(|| is_of("arch").then(|| "linux".to_owned()))?;
            (name == running).then(|| format!("{name}-headers"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::facts::Datum;

    fn with_packages(manager: PackageManager, kernels: &[&str], headers: &[&str]) -> Facts {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        dkms(&mut facts, "535.261.03", Some(BuildOutcome::Installed));
        for name in kernels {
            add_package(&mut facts, name, "6.1.170", PackageRole::KernelImage, None);
        }
        for name in headers {
            add_package(&mut facts, name, "6.1.170", PackageRole::KernelHeaders, None);
        }
        facts.packages.installed.iter_mut().for_each(|package| package.manager = manager);
        facts
    }

    fn on_arch(manager: PackageManager, mut facts: Facts) -> Facts {
        if manager == PackageManager::Pacman {
            facts.kernels.running = Datum::known("6.17.8-arch1-1".into(), "osrelease");
        }
        facts
    }

    fn headers(facts: &Facts) -> Option<String> {
        let found = find(facts)?;
        Some(found.args.iter().find(|(name, _)| *name == "headers_package")?.1.clone())
    }

    #[test]
    fn knows_the_pairs_of_each_family() {
        use PackageManager::{Dpkg, Pacman, Rpm};
        for (manager, kernel, wanted) in [
            (Dpkg, "linux-image-amd64", "linux-headers-amd64"),
            (Dpkg, "linux-image-generic-hwe-22.04", "linux-headers-generic-hwe-22.04"),
            (Dpkg, "linux-image-oem-24.04b", "linux-headers-oem-24.04b"),
            (Dpkg, "proxmox-kernel-6.8", "proxmox-headers-6.8"),
            (Rpm, "kernel-core", "kernel-devel"),
            (Rpm, "kernel-default", "kernel-default-devel"),
            (Pacman, "linux", "linux-headers"),
        ] {
            let bare = with_packages(manager, &[kernel], &["linux-headers-6.1.0-47-amd64"]);
            assert_eq!(headers(&on_arch(manager, bare)).as_deref(), Some(wanted));
            let tracked = on_arch(manager, with_packages(manager, &[kernel], &[wanted]));
            assert_eq!(headers(&tracked), None, "{kernel}");
        }
        let matched = with_packages(Rpm, &["kernel-core"], &["kernel-devel-matched"]);
        assert_eq!(headers(&matched), None);
    }

    #[test]
    fn packages_of_one_kernel_follow_nothing() {
        for kernel in [
            "linux-image-6.1.0-47-amd64",
            "linux-image-unsigned-6.8.0-45-generic",
            "proxmox-kernel-6.8.12-4-pve-signed",
        ] {
            assert_eq!(
                headers(&with_packages(PackageManager::Dpkg, &[kernel], &[])),
                None,
                "{kernel}"
            );
        }
    }

    #[test]
    fn one_kernel_that_is_tracked_is_enough() {
        let kernels = ["linux-image-generic", "linux-image-generic-hwe-22.04"];
        let headers_of_one = ["linux-headers-generic-hwe-22.04"];
        assert_eq!(headers(&with_packages(PackageManager::Dpkg, &kernels, &headers_of_one)), None);
    }

    #[test]
    fn archs_running_kernel_counts() {
        let kernels = ["linux", "linux-lts", "linux-cachyos"];
        let mut facts = with_packages(PackageManager::Pacman, &kernels, &["linux-headers"]);
        for (release, wanted) in [
            ("6.17.8-arch1-1", None),
            ("6.12.58-1-lts", Some("linux-lts-headers")),
            ("6.17.8-2-cachyos", None),
        ] {
            facts.kernels.running = Datum::known(release.into(), "/proc/sys/kernel/osrelease");
            assert_eq!(headers(&facts).as_deref(), wanted, "{release}");
        }
    }

    #[test]
    fn without_dkms_nobody_needs_them_and_missing_ones_are_another_cause() {
        let mut facts = with_packages(PackageManager::Dpkg, &["linux-image-amd64"], &[]);
        facts.builders.dkms.clear();
        assert_eq!(headers(&facts), None);
        let mut missing = with_packages(PackageManager::Dpkg, &["linux-image-amd64"], &[]);
        assert!(find(&missing).is_some());
        add_kernel(&mut missing, "6.1.0-50-amd64", None);
        missing.kernels.installed[1].headers = Datum::absent("build");
        missing.kernels.next_boot = Datum::known("6.1.0-50-amd64".into(), "/boot");
        assert!(find(&missing).is_none());
        assert!(crate::diagnose::diagnose(&missing).names("kernel-headers-missing"));
    }
}

//! What builders make of packages of module sources: DKMS and akmods build for the kernels that have headers, and others
//! bring what was built elsewhere. Pure.

use std::path::PathBuf;

use super::build_module;
use super::package_effects::{origin, remove_file};
use crate::facts::{
    AkmodBuild, BuildOutcome, Datum, DkmsBuild, DkmsModule, Facts, Flavour, ModuleInfo, Ownership,
    PackageRole,
};
use crate::version::DriverVersion;

/// The headers of one kernel: what waits for them is built.
pub(super) fn bring_headers(facts: &mut Facts, package: &str) {
    let kernels = facts.kernels.installed.iter_mut();
    // `linux-headers-6.1.0-47-amd64`; rpm's `kernel-devel` says its kernel in its version.
    let Some(kernel) = kernels
        .into_iter()
        .find(|kernel| package.ends_with(&format!("headers-{}", kernel.release)))
    else {
        return;
    };
    let release = kernel.release.clone();
    let tree = PathBuf::from(format!("/usr/src/linux-headers-{release}"));
    kernel.headers = Datum::known(tree, origin());
    let known: Vec<(String, DriverVersion)> = facts
        .packages
        .of_role(PackageRole::Kernel)
        .filter_map(|package| Some((package.name.clone(), package.driver_version.clone()?)))
        .collect();
    for (name, version) in known {
        build(facts, &name, &version, &release);
    }
}

/// A package of module sources is installed: its builder builds for every kernel that has headers.
pub(super) fn bring_module(facts: &mut Facts, package: &str, version: &DriverVersion) {
    if package.contains("dkms") && !facts.builders.dkms.iter().any(|m| m.version == *version) {
        facts.builders.dkms.push(DkmsModule {
            name: "nvidia".to_owned(),
            version: version.clone(),
            source: Datum::known(PathBuf::from(format!("/usr/src/nvidia-{version}")), origin()),
            builds: vec![],
        });
    }
    let with_headers: Vec<String> = facts
        .kernels
        .installed
        .iter()
        .filter(|kernel| kernel.headers.value().is_some())
        .map(|kernel| kernel.release.clone())
        .collect();
    for kernel in with_headers {
        build(facts, package, version, &kernel);
    }
}

/// One build, by the builder that the package is made for.
pub(super) fn build(facts: &mut Facts, package: &str, version: &DriverVersion, kernel: &str) {
    if package.contains("dkms") {
        for module in facts.builders.dkms.iter_mut().filter(|module| module.version == *version) {
            module.builds.retain(|build| build.kernel != kernel);
            module.builds.push(DkmsBuild {
                kernel: kernel.to_owned(),
                outcome: BuildOutcome::Installed,
                from: origin(),
            });
        }
    } else if package.contains("akmod") {
        facts.builders.akmods.retain(|build| build.kernel != kernel);
        facts.builders.akmods.push(AkmodBuild {
            version: version.clone(),
            kernel: kernel.to_owned(),
            outcome: BuildOutcome::Installed,
        });
    } else {
        return;
    }
    install_module(facts, package, version, kernel);
}

fn install_module(facts: &mut Facts, package: &str, version: &DriverVersion, kernel: &str) {
    let held = facts.modules_of(kernel).and_then(|modules| modules.loads("nvidia"));
    let license = if package.contains("open") {
        Some("Dual MIT/GPL".to_owned())
    } else if !package.contains("akmod") {
        Some("NVIDIA".to_owned())
    } else {
        held.and_then(|file| file.info.value()?.license.clone())
    };
    let info = ModuleInfo {
        version: Some(version.clone()),
        vermagic: Some(format!("{kernel} ")),
        license,
        ..ModuleInfo::default()
    };
    build_module::install(facts, kernel, &info, &origin());
}

/// A ready-made module of Arch, SUSE, or NVIDIA's repositories is for the kernel that the distribution has now.
pub(super) fn bring_ready_made(
    facts: &mut Facts,
    package: &str,
    version: &DriverVersion,
    kernel: &str,
) {
    const BUILT_HERE: [&str; 4] = ["dkms", "akmod", "common", "kmodsrc"];
    if !BUILT_HERE.iter().any(|word| package.contains(word)) {
        install_module(facts, package, version, kernel);
    }
}

/// Ubuntu's ready-made modules: the package's name ends in the kernel, and their version is that of the driver's
/// other packages of the series.
pub(super) fn bring_prebuilt(facts: &mut Facts, package: &str) {
    let kernels = facts.kernels.installed.iter().map(|kernel| kernel.release.clone());
    let Some(kernel) = kernels.into_iter().find(|kernel| package.ends_with(kernel.as_str())) else {
        return;
    };
    let user = facts.packages.of_role(PackageRole::User);
    let version = user.filter_map(|package| package.driver_version.clone()).max();
    if let Some(version) = version {
        install_module(facts, package, &version, &kernel);
    }
}

/// A package of module sources goes: DKMS takes out what it built from them, from every kernel.
pub(super) fn take_module(facts: &mut Facts, package: &str, version: &DriverVersion) {
    if !package.contains("dkms") {
        return;
    }
    let flavour = if package.contains("open") { Flavour::Open } else { Flavour::Proprietary };
    let is_ours = |info: &ModuleInfo| {
        info.version.as_ref() == Some(version) && info.flavour().is_none_or(|it| it == flavour)
    };
    let built: Vec<PathBuf> = facts
        .modules
        .kernels
        .iter()
        .flat_map(|modules| &modules.files)
        .filter(|file| file.info.value().is_some_and(is_ours))
        .filter(|file| matches!(facts.packages.owners.get(&file.path), Some(Ownership::Builder(_))))
        .map(|file| file.path.clone())
        .collect();
    built.iter().for_each(|path| remove_file(facts, path));
    let others = facts.packages.of_role(PackageRole::Kernel);
    let is_kept = others.into_iter().any(|other| other.driver_version.as_ref() == Some(version));
    if !is_kept {
        facts.builders.dkms.retain(|module| module.version != *version);
    }
}

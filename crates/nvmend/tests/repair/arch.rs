//! On Arch the whole system is upgraded at once: with a new driver comes a new kernel, its modules, and a reboot.

use nvmend::enquire::{PackageName, Request, Wish};
use nvmend::facts::PackageManager;
use nvmend::knowledge::packages::driver_version;
use nvmend::plan::{Plan, Planning, plan};
use nvmend::remedy::{Allowed, Hindrance};
use nvmend::step::{Step, predict};
use nvmend::steps::{ChangePackages, PackageChange};
use nvmend::verdict::Verdict;

use crate::{Agreeable, facts, memory};

fn change(name: &str, from: &str, to: &str) -> PackageChange {
    let version = |text: &str| Some(text.to_owned());
    PackageChange { name: name.into(), arch: "x86_64".into(), from: version(from), to: version(to) }
}

/// What `pacman -Su` brings.
fn upgrade(with_kernel: bool, with_module: bool) -> ChangePackages {
    let kernel = change("linux", "6.17.8.arch1-1", "6.17.9.arch1-1");
    let module = change("nvidia-open", "580.105.08-5", "580.119.02-1");
    let changes = [with_kernel.then_some(kernel), with_module.then_some(module)];
    let utils = change("nvidia-utils", "580.105.08-2", "580.119.02-1");
    ChangePackages {
        manager: PackageManager::Pacman,
        program: "pacman".into(),
        changes: changes.into_iter().flatten().chain([utils]).collect(),
        finish: false,
        automatic: vec![],
        irretrievable: vec![],
    }
}

#[test]
fn the_kernel_and_its_modules_are_replaced_together() {
    let memory = memory("arch-580");
    let step = Step::ChangePackages(upgrade(true, true));
    let after = predict(&facts(&memory), &[step]);
    assert_eq!(after.kernels.next_boot.value().unwrap(), "6.17.9-arch1-1");
    assert_eq!(after.on_disk_version(), None, "of the kernel that runs nothing is left");
    let (version, path) = after.on_disk_version_for("6.17.9-arch1-1").unwrap();
    let path = path.as_str().to_owned();
    assert_eq!(version.as_str(), "580.119.02");
    assert_eq!(path, "/usr/lib/modules/6.17.9-arch1-1/extramodules/nvidia.ko.zst");
    let rebooted = nvmend::predict::reboot(&after);
    let loaded = rebooted.loaded_version().map(|(version, _)| version.as_str().to_owned());
    assert_eq!(loaded.as_deref(), Some("580.119.02"));
}

/// IgnorePkg holds the module: the new kernel has none.
#[test]
fn a_kernel_without_its_module_is_foreseen() {
    let step = Step::ChangePackages(upgrade(true, false));
    let after = predict(&facts(&memory("arch-580")), &[step]);
    assert_eq!(after.on_disk_version_for("6.17.9-arch1-1"), None);
}

/// A kernel whose release does not follow from its package's version: what boots next is unknown then.
#[test]
fn a_kernel_that_is_not_understood_is_not_guessed_at() {
    let mut upgrade = upgrade(true, true);
    upgrade.changes[0] = change("linux", "6.17.7.arch1-1", "6.17.9.arch1-1");
    let after = predict(&facts(&memory("arch-580")), &[Step::ChangePackages(upgrade)]);
    assert!(after.kernels.next_boot.is_unreadable());
}

/// A machine whose package manager answers with one transaction: a mock.
struct Upgrading<'m>(Agreeable<'m>, ChangePackages);

impl nvmend::enquire::Enquire for Upgrading<'_> {
    fn simulate(&self, request: &Request) -> Result<ChangePackages, Hindrance> {
        match request.wish {
            Wish::Remove(_) => Err(Hindrance::new("nothing-to-change")),
            _ => Ok(self.1.clone()),
        }
    }
    fn offers(
        &self,
        _: PackageManager,
        names: &[PackageName],
    ) -> Result<Vec<nvmend::enquire::Offer>, Hindrance> {
        let offer = |name: &PackageName| {
            let change = self.1.changes.iter().find(|change| change.name == name.name)?;
            let version = change.to.clone()?;
            driver_version(&version)?;
            let (candidate, versions) = (Some(version.clone()), vec![version]);
            Some(nvmend::enquire::Offer { package: name.clone(), candidate, versions })
        };
        Ok(names.iter().filter_map(offer).collect())
    }
    fn text(&self, path: &std::path::Path) -> Result<(std::path::PathBuf, String), Hindrance> {
        self.0.text(path)
    }
    fn names(&self, directory: &std::path::Path) -> Vec<String> {
        self.0.names(directory)
    }
    fn size(&self, path: &std::path::Path) -> Option<u64> {
        self.0.size(path)
    }
    fn directory(&self, path: &std::path::Path) -> Option<std::path::PathBuf> {
        self.0.directory(path)
    }
    fn free_space(&self, path: &std::path::Path) -> Option<u64> {
        self.0.free_space(path)
    }
    fn variable(&self, name: &str) -> Option<String> {
        self.0.variable(name)
    }
    fn runfile_checksum(&self, path: &std::path::Path) -> Option<u32> {
        self.0.runfile_checksum(path)
    }
    fn images(
        &self,
        kernels: &nvmend::facts::Kernels,
        release: &str,
    ) -> Vec<(std::path::PathBuf, nvmend::facts::ImageKind)> {
        self.0.images(kernels, release)
    }
    fn stops_with(&self, _unit: &str) -> Result<Vec<String>, Hindrance> {
        Ok(vec![])
    }
}

/// The libraries are newer than the module, as after an upgrade without it: the rest of the upgrade brings a kernel too.
#[test]
fn the_plan_ends_with_the_reboot_that_becomes_necessary() {
    let new = "580.119.02";
    let memory = ["libcuda", "libnvidia-ml"].iter().fold(memory("arch-580"), |memory, name| {
        let library = nvmend::hosts::made::library("x86_64", &format!("{name}.so.1"));
        memory
            .file(&format!("/usr/lib/{name}.so.{new}"), library)
            .link(&format!("/usr/lib/{name}.so.1"), &format!("{name}.so.{new}"))
    });
    let desc = format!("%NAME%\nnvidia-utils\n\n%VERSION%\n{new}-1\n\n%ARCH%\nx86_64\n\n");
    let files =
        format!("%FILES%\nusr/\nusr/lib/libcuda.so.{new}\nusr/lib/libnvidia-ml.so.{new}\n\n");
    let local = "/var/lib/pacman/local";
    let mut memory = memory
        .file(&format!("{local}/nvidia-utils-{new}-1/desc"), desc)
        .file(&format!("{local}/nvidia-utils-{new}-1/files"), files);
    for gone in ["libcuda.so", "libnvidia-ml.so"] {
        memory.remove(&format!("/usr/lib/{gone}.580.105.08"));
    }
    memory.remove(&format!("{local}/nvidia-utils-580.105.08-2"));
    let facts = facts(&memory);
    let mut change = upgrade(true, true);
    change.changes.retain(|change| change.name != "nvidia-utils");
    let machine = Upgrading(Agreeable(&memory, &facts), change);
    let Planning { plan, others }: Planning =
        plan(&facts, &Allowed::default(), &[], &machine, None);
    let plan: Plan = plan.unwrap_or_else(|| panic!("{others:?}"));
    let steps: Vec<&str> = plan.steps.iter().map(|step| step.action().id()).collect();
    assert_eq!(steps, ["change-packages", "reboot"], "{others:?}");
    assert_eq!(plan.predicted.verdict, Verdict::Aligned);
}

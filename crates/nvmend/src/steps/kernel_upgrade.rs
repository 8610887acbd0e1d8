//! What becomes of the machine when Arch's kernel is upgraded: its package replaces the files of the kernel that runs, so
//! that the driver's modules of the next kernel come in the same transaction, and a reboot is needed. Pure.

use super::PackageChange;
use super::build_module::of_kernel;
use super::package_builds::build;
use super::package_effects::origin;
use crate::facts::{
    Datum, Facts, Kernel, KernelModules, Ownership, PackageManager, PackageRole, Resolution,
};
use crate::knowledge::packages;
use crate::parse::kernel_release;

/// The kernels that a transaction of pacman's upgrades.
pub(super) fn replace(facts: &mut Facts, changes: &[PackageChange]) {
    for change in changes {
        let (Some(from), Some(to)) = (&change.from, &change.to) else { continue };
        let role = packages::classify(PackageManager::Pacman, &change.name, to).map(|it| it.role);
        if role != Some(PackageRole::KernelImage) || from == to {
            continue;
        }
        let (old, new) = (release(&change.name, from), release(&change.name, to));
        // Where the installed version does not come to the release of a kernel that is there, the new one would not either.
        match (old.filter(|old| facts.kernels.get(old).is_some()), new) {
            (Some(old), Some(new)) => replace_one(facts, &change.name, changes, &old, &new),
            _ => {
                let why = format!("{} is upgraded to {to}", change.name);
                facts.kernels.next_boot = Datum::unreadable("/usr/lib/modules", why);
            }
        }
    }
}

/// The release of the kernel of a package: `6.17.9.arch1-1` of `linux` is `6.17.9-arch1-1`, `6.12.60-1` of `linux-lts` is
/// `6.12.60-1-lts` (their PKGBUILDs: `scripts/setlocalversion`, with `pkgver`'s last part, `-$pkgrel` and `${pkgbase#linux}`).
fn release(package: &str, version: &str) -> Option<String> {
    let flavour = package.strip_prefix("linux")?;
    let (version, number) = version.rsplit_once('-')?;
    let version = match version.rsplit_once('.') {
        Some((start, end)) if end.starts_with(|c: char| c.is_ascii_alphabetic()) => {
            format!("{start}-{end}")
        }
        _ => version.to_owned(),
    };
    Some(format!("{version}-{number}{flavour}"))
}

fn replace_one(facts: &mut Facts, package: &str, changes: &[PackageChange], old: &str, new: &str) {
    let comes =
        |name: &str| changes.iter().any(|change| change.name == name && change.to.is_some());
    let has_headers = comes(&format!("{package}-headers"));
    let Some(at) = facts.kernels.installed.iter().position(|kernel| kernel.release == old) else {
        return;
    };
    let gone = facts.kernels.installed.remove(at);
    let directory = of_kernel(&gone.directory, old, new);
    let tree = Datum::known(directory.join("build"), origin());
    facts.kernels.installed.push(Kernel {
        release: new.to_owned(),
        image: Datum::known(directory.join("vmlinuz"), origin()),
        headers: if has_headers { tree } else { Datum::absent(directory.join("build").as_path()) },
        directory,
    });
    // What runs is a kernel, whatever is left of its files.
    if facts.kernels.running.value().is_some_and(|running| running == old) {
        let image = Datum::absent(gone.directory.join("vmlinuz").as_path());
        let headers = Datum::absent(gone.directory.join("build").as_path());
        facts.kernels.installed.push(Kernel { image, headers, ..gone });
    }
    let kernels = &mut facts.kernels.installed;
    kernels.sort_by(|left, right| kernel_release::compare(&left.release, &right.release));
    if facts.kernels.next_boot.value().is_some_and(|next| next == old) {
        facts.kernels.next_boot = Datum::known(new.to_owned(), origin());
    }
    // mkinitcpio's hook writes the new kernel's image.
    facts.initramfs.images.retain(|image| image.kernel != old);
    move_modules(facts, &comes, old, new);
    if has_headers {
        let built: Vec<_> = facts
            .packages
            .of_role(PackageRole::Kernel)
            .filter(|package| package.name.contains("dkms"))
            .filter_map(|package| Some((package.name.clone(), package.driver_version.clone()?)))
            .collect();
        built.iter().for_each(|(name, version)| build(facts, name, version, new));
    }
}

/// Ready-made modules that come in the same transaction are the new kernel's. What DKMS built for the old one goes.
fn move_modules(facts: &mut Facts, comes: &dyn Fn(&str) -> bool, old: &str, new: &str) {
    let Some(at) = facts.modules.kernels.iter().position(|modules| modules.kernel == old) else {
        return;
    };
    let before = facts.modules.kernels.remove(at);
    let mut after = KernelModules {
        kernel: new.to_owned(),
        files: vec![],
        resolved: before.resolved.keys().map(|name| (name.clone(), Resolution::Missing)).collect(),
        index: Datum::known((), origin()),
    };
    for mut file in before.files {
        let owner = facts.packages.owners.remove(&file.path);
        let Some(Ownership::Package(package)) =
            owner.filter(|owner| matches!(owner, Ownership::Package(package) if comes(package)))
        else {
            continue;
        };
        let path = of_kernel(&file.path, old, new);
        for (name, resolution) in &before.resolved {
            if let Resolution::File { path: found, by } = resolution
                && *found == file.path
            {
                let resolution = Resolution::File { path: path.clone(), by: by.clone() };
                after.resolved.insert(name.clone(), resolution);
            }
        }
        if let Datum::Known { value, .. } = &mut file.info {
            value.vermagic = value.vermagic.as_deref().map(|magic| magic.replace(old, new));
        }
        facts.packages.owners.insert(path.clone(), Ownership::Package(package));
        file.path = path;
        after.files.push(file);
    }
    facts.modules.kernels.push(after);
    for module in &mut facts.builders.dkms {
        module.builds.retain(|build| build.kernel != old);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_follow_from_versions() {
        let of = |package: &str, version: &str| release(package, version).unwrap();
        assert_eq!(of("linux", "6.17.9.arch1-1"), "6.17.9-arch1-1");
        assert_eq!(of("linux-lts", "6.12.60-1"), "6.12.60-1-lts");
        assert_eq!(of("linux-zen", "6.17.9.zen1-1"), "6.17.9-zen1-1-zen");
        assert_eq!(of("linux-hardened", "6.16.12.hardened1-2"), "6.16.12-hardened1-2-hardened");
    }
}

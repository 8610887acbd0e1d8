//! Replaces the open kernel modules by the proprietary ones, or the other way round, at the same version.

use super::driver_set::{fulfil, living, manager, version_of};
use crate::enquire::{PackageName, Request, Wanted, Wish};
use crate::facts::{Facts, Flavour, PackageManager, PackageRole};
use crate::knowledge::pci::{Support, support};
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::Step;

pub(super) const REMEDY: Remedy = Remedy { id: "switch-flavour", steps };

fn steps(facts: &Facts, context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    let manager = manager(facts)?;
    let wanted = wanted_flavour(facts)?;
    let living = living(facts)?;
    let mut remove = Vec::new();
    let mut names = Vec::new();
    for package in &living.packages {
        if !matches!(package.role, PackageRole::Kernel | PackageRole::Meta) {
            continue;
        }
        if let Some(other) = other_flavour(manager, &package.name, wanted) {
            names.push((PackageName::new(&other, Some(&package.arch)), *package));
            remove.push(PackageName::from(*package));
        }
    }
    if names.is_empty() {
        return Err(Hindrance::new("no-other-flavour"));
    }
    let asked: Vec<PackageName> = names.iter().map(|(name, _)| name.clone()).collect();
    let offers = context.machine.offers(manager, &asked)?;
    let mut install = Vec::new();
    for (name, package) in names {
        let is_offered = offers.iter().any(|offer| offer.package.name == name.name);
        let version = match &package.driver_version {
            Some(driver) => version_of(&offers, &name, driver).map(str::to_owned),
            // Ready-made modules have their kernel's version.
            None => None,
        };
        if version.is_none() && (package.driver_version.is_some() || !is_offered) {
            let driver = package.driver_version.as_ref().map_or(String::new(), ToString::to_string);
            let hindrance = Hindrance::new("version-not-available");
            return Err(hindrance.with("packages", &name.name).with("version", driver));
        }
        install.push(Wanted { package: name, version });
    }
    let going: Vec<&str> = remove.iter().map(|package| package.name.as_str()).collect();
    let keep = living.names().into_iter().filter(|name| !going.contains(&name.as_str())).collect();
    let wish = Wish::Replace { install, remove };
    fulfil(facts, context, Request { keep, ..Request::new(manager, wish) })
}

/// What the GPUs need.
fn wanted_flavour(facts: &Facts) -> Result<Flavour, Hindrance> {
    let own = facts.bus.gpus().iter().filter(|gpu| gpu.driver.as_deref() != Some("vfio-pci"));
    let needs: Vec<Support> = own.map(|gpu| support(gpu.device)).collect();
    let open = needs.contains(&Support::OpenOnly);
    let legacy = needs.iter().any(|need| matches!(need, Support::Legacy(_)));
    match (open, legacy) {
        (true, false) => Ok(Flavour::Open),
        (false, true) => Ok(Flavour::Proprietary),
        // No module drives both.
        (true, true) => Err(Hindrance::new("gpus-need-both")),
        (false, false) => {
            let held = facts.current_module_file().and_then(|file| file.info.value()?.flavour());
            match held {
                Some(Flavour::Open) => Ok(Flavour::Proprietary),
                Some(Flavour::Proprietary) => Ok(Flavour::Open),
                None => Err(Hindrance::new("no-module-on-disk")),
            }
        }
    }
}

/// The name of the same package of the other flavour; `None` where it has none, or is of that flavour already.
fn other_flavour(manager: PackageManager, name: &str, wanted: Flavour) -> Option<String> {
    let is_open = name.split('-').any(|part| part == "open");
    if is_open == (wanted == Flavour::Open) {
        return None;
    }
    let parts: Vec<&str> = name.split('-').collect();
    if is_open {
        let bare = parts.iter().filter(|part| **part != "open").copied().collect::<Vec<_>>();
        return Some(match bare.join("-").as_str() {
            "kmod-nvidia-dkms" => "kmod-nvidia-latest-dkms".to_owned(),
            bare => {
                bare.replace("-signed-kmp", "-kmp").replace("nvidia-driver-signed", "nvidia-driver")
            }
        });
    }
    // Debian: nvidia-kernel-dkms; Ubuntu: nvidia-dkms-535, linux-modules-nvidia-535-generic, nvidia-driver-535.
    let series = parts
        .iter()
        .position(|part| part.len() == 3 && part.bytes().all(|byte| byte.is_ascii_digit()));
    match (manager, series) {
        (PackageManager::Dpkg, Some(at))
            if parts.contains(&"kernel") && parts.contains(&"common") =>
        {
            let _ = at;
            None
        }
        (PackageManager::Dpkg, Some(at)) if name.starts_with("nvidia-tesla") => {
            let (head, tail) = parts.split_at_checked(at + 1)?;
            Some([head, &["open"], tail].concat().join("-")).filter(|_| tail.contains(&"kernel"))
        }
        (PackageManager::Dpkg, Some(at)) => {
            let after = if parts.get(at + 1) == Some(&"server") { at + 2 } else { at + 1 };
            let (head, tail) = parts.split_at_checked(after)?;
            Some([head, &["open"], tail].concat().join("-"))
        }
        (PackageManager::Dpkg, None) => {
            let rest = name.strip_prefix("nvidia-kernel-")?;
            ["dkms", "support", "source"]
                .contains(&rest)
                .then(|| format!("nvidia-open-kernel-{rest}"))
        }
        (PackageManager::Rpm, _) => match name {
            "kmod-nvidia-latest-dkms" => Some("kmod-nvidia-open-dkms".to_owned()),
            _ => {
                let rest = name.strip_prefix("nvidia-driver-G0")?;
                let (generation, kernel) = rest.split_once("-kmp-")?;
                Some(format!("nvidia-open-driver-G0{generation}-signed-kmp-{kernel}"))
            }
        },
        (PackageManager::Pacman, _) => match name {
            "nvidia" => Some("nvidia-open".to_owned()),
            "nvidia-dkms" => Some("nvidia-open-dkms".to_owned()),
            "nvidia-lts" => Some("nvidia-lts-open".to_owned()),
            _ => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_other_flavour() {
        use PackageManager::{Dpkg, Pacman, Rpm};
        for (manager, proprietary, open) in [
            (Dpkg, "nvidia-kernel-dkms", "nvidia-open-kernel-dkms"),
            (Dpkg, "nvidia-dkms-535", "nvidia-dkms-535-open"),
            (Dpkg, "nvidia-driver-535-server", "nvidia-driver-535-server-open"),
            (Dpkg, "linux-modules-nvidia-535-generic", "linux-modules-nvidia-535-open-generic"),
            (Dpkg, "nvidia-tesla-535-kernel-dkms", "nvidia-tesla-535-open-kernel-dkms"),
            (Rpm, "kmod-nvidia-latest-dkms", "kmod-nvidia-open-dkms"),
            (Rpm, "nvidia-driver-G06-kmp-default", "nvidia-open-driver-G06-signed-kmp-default"),
            (Pacman, "nvidia-dkms", "nvidia-open-dkms"),
        ] {
            let to_open = other_flavour(manager, proprietary, Flavour::Open);
            assert_eq!(to_open.as_deref(), Some(open));
            let back = other_flavour(manager, open, Flavour::Proprietary);
            assert_eq!(back.as_deref(), Some(proprietary));
            assert_eq!(other_flavour(manager, open, Flavour::Open), None, "{open}");
        }
        for common in ["nvidia-kernel-common-535", "nvidia-kernel-common"] {
            assert_eq!(other_flavour(Dpkg, common, Flavour::Open), None, "{common}");
        }
    }
}

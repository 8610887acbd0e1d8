//! Installs the headers of exactly the kernel that lacks them, and the meta-package that keeps them in step.

use super::driver_set::{fulfil, manager};
use crate::enquire::{PackageName, Request, Wanted, Wish};
use crate::facts::{Facts, Obstacle, Package, PackageManager, PackageRole};
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::Step;

pub(super) const REMEDY: Remedy = Remedy { id: "install-headers", steps };

fn steps(facts: &Facts, context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    let manager = manager(facts)?;
    let lacking: Vec<&str> = [
        facts.current_kernel().map(|(kernel, _)| kernel),
        facts.kernels.next_boot.value().map(String::as_str),
    ]
    .into_iter()
    .flatten()
    .filter(|kernel| {
        facts
            .pending_build(kernel)
            .is_some_and(|pending| pending.obstacle == Obstacle::HeadersMissing)
    })
    .collect();
    let mut wanted: Vec<Wanted> = Vec::new();
    for kernel in lacking {
        for package in headers(facts, manager, kernel) {
            if !wanted.contains(&package) {
                wanted.push(package);
            }
        }
    }
    if wanted.is_empty() {
        return Err(Hindrance::new("nothing-to-change"));
    }
    let names: Vec<PackageName> = wanted.iter().map(|wanted| wanted.package.clone()).collect();
    let offers = context.machine.offers(manager, &names)?;
    let is_offered = |wanted: &Wanted| {
        let offer = offers.iter().find(|offer| offer.package.name == wanted.package.name);
        offer.is_some_and(|offer| match &wanted.version {
            Some(version) => offer.versions.contains(version),
            None => offer.candidate.is_some(),
        })
    };
    // The meta-package is for the future: without it the build is possible all the same.
    wanted.retain(|wanted| !is_meta(&wanted.package.name) || is_offered(wanted));
    if let Some(missing) = wanted.iter().find(|wanted| !is_offered(wanted)) {
        let hindrance = Hindrance::new("headers-not-available");
        return Err(hindrance.with("packages", &missing.package.name));
    }
    fulfil(facts, context, Request::new(manager, Wish::Install(wanted)))
}

/// The packages of one kernel's headers, as the distribution names them.
pub(super) fn headers(facts: &Facts, manager: PackageManager, kernel: &str) -> Vec<Wanted> {
    let images = || facts.packages.of_role(PackageRole::KernelImage);
    match manager {
        PackageManager::Dpkg => {
            // Proxmox names its own kernels.
            let word = images()
                .filter(|image| image.name.contains(kernel))
                .find_map(|image| {
                    ["proxmox", "pve"].into_iter().find(|it| image.name.starts_with(it))
                })
                .unwrap_or("linux");
            let own = Wanted::any(&format!("{word}-headers-{kernel}"));
            let metas = images().filter(|image| follows(image, kernel)).map(|image| Wanted {
                package: PackageName::new(
                    &image.name.replacen("linux-image-", "linux-headers-", 1),
                    None,
                ),
                // Of the same version, or it would bring the headers of a kernel that is not here.
                version: Some(image.version.clone()),
            });
            [own].into_iter().chain(metas).collect()
        }
        // The headers' package has the version of the kernel's own, whose release ends in the architecture.
        PackageManager::Rpm => {
            let is_it = |image: &&Package| kernel.starts_with(strip_epoch(&image.version));
            let devel = |image: &Package| Wanted {
                package: PackageName::new(
                    &format!(
                        "{}-devel",
                        image.name.trim_end_matches("-core").trim_end_matches("-base")
                    ),
                    Some(&image.arch),
                ),
                version: Some(image.version.clone()),
            };
            images().find(is_it).map(devel).into_iter().collect()
        }
        PackageManager::Pacman => {
            let image = |image: &Package| Wanted {
                package: PackageName::new(&format!("{}-headers", image.name), None),
                version: Some(image.version.clone()),
            };
            let is_it = |image: &&Package| {
                let flavour = image.name.trim_start_matches("linux").trim_start_matches('-');
                if flavour.is_empty() {
                    kernel.contains("-arch")
                } else {
                    kernel.ends_with(flavour)
                }
            };
            images().find(is_it).map(image).into_iter().collect()
        }
    }
}

/// Debian's and Ubuntu's meta-packages of a kernel's flavour: `linux-image-amd64`, `linux-image-generic-hwe-22.04`.
fn follows(image: &Package, kernel: &str) -> bool {
    let Some(flavour) = image.name.strip_prefix("linux-image-") else { return false };
    let kind = flavour.split("-hwe-").next().unwrap_or(flavour);
    is_meta(&image.name) && image.is_installed() && kernel.ends_with(&format!("-{kind}"))
}

/// Whether the name of a headers or image package has no release in it.
fn is_meta(name: &str) -> bool {
    let rest = name.strip_prefix("linux-image-").or(name.strip_prefix("linux-headers-"));
    rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
}

fn strip_epoch(version: &str) -> &str {
    version.split_once(':').map_or(version, |(_, version)| version)
}

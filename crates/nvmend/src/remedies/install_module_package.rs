//! Installs the package that brings the module for this kernel: a ready-made one, else one that is built here.

use super::driver_set::{fulfil, living, manager, version_of};
use super::install_headers::headers;
use crate::enquire::{Offer, PackageName, Request, Wanted, Wish};
use crate::facts::{Facts, PackageManager, PackageRole};
use crate::knowledge::pci::{Support, support};
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::Step;

pub(super) const REMEDY: Remedy = Remedy { id: "install-module-package", steps };

fn steps(facts: &Facts, context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    let manager = manager(facts)?;
    let (kernel, _) = facts.current_kernel().ok_or(Hindrance::new("not-a-host"))?;
    let living = living(facts)?;
    let version = facts.library_version().map(|(version, _)| version.clone());
    let version = version.or_else(|| {
        living.packages.iter().filter_map(|package| package.driver_version.clone()).max()
    });
    let version = version.ok_or(Hindrance::new("wanted-version-unknown"))?;
    let ready = ready_made(facts, manager, living.name, kernel);
    let built = built_here(facts, manager, living.name);
    let names: Vec<PackageName> =
        ready.iter().chain(&built).map(|name| PackageName::new(name, None)).collect();
    let offers = context.machine.offers(manager, &names)?;
    let candidate = |name: &String| {
        let offer: &Offer = offers.iter().find(|offer| offer.package.name == *name)?;
        offer.candidate.as_ref().map(|_| vec![Wanted::any(name)])
    };
    let needs_headers = facts.kernels.get(kernel).is_some_and(|kernel| kernel.headers.is_absent());
    let at_version = |name: &String| {
        let package = PackageName::new(name, None);
        let full = version_of(&offers, &package, &version)?.to_owned();
        let mut wanted = vec![Wanted { package, version: Some(full) }];
        wanted.extend(headers(facts, manager, kernel).into_iter().filter(|_| needs_headers));
        Some(wanted)
    };
    let sets = ready.iter().filter_map(candidate).chain(built.iter().filter_map(at_version));
    let mut first = None;
    for wanted in sets {
        let mut request = Request::new(manager, Wish::Install(wanted));
        request.keep = living.names();
        match fulfil(facts, context, request) {
            Ok(steps) => return Ok(steps),
            Err(hindrance) => first = first.or(Some(hindrance)),
        }
    }
    let names: Vec<String> = names.into_iter().map(|name| name.name).collect();
    Err(first.unwrap_or_else(|| {
        let hindrance = Hindrance::new("version-not-available");
        hindrance.with("packages", names.join(", ")).with("version", &version)
    }))
}

/// Ubuntu's ready-made modules of that series for that kernel: of the flavour that other kernels have, where they do.
fn ready_made(
    facts: &Facts,
    manager: PackageManager,
    series: Option<&str>,
    kernel: &str,
) -> Vec<String> {
    let Some(series) = series.filter(|_| manager == PackageManager::Dpkg) else { return vec![] };
    let has = |flavour: &str| {
        let begin = format!("linux-modules-nvidia-{series}{flavour}-");
        facts.packages.of_role(PackageRole::Kernel).any(|package| {
            let rest = package.name.strip_prefix(&begin);
            rest.is_some_and(|rest| flavour == "-open" || !rest.starts_with("open-"))
        })
    };
    let flavours: &[&str] = match (has("-open"), has("")) {
        (true, false) => &["-open"],
        (false, true) => &[""],
        _ if wants_open(facts) => &["-open"],
        _ => &["", "-open"],
    };
    let name = |flavour: &&str| format!("linux-modules-nvidia-{series}{flavour}-{kernel}");
    flavours.iter().map(name).collect()
}

/// Packages of module sources, as the distributions name them.
fn built_here(facts: &Facts, manager: PackageManager, series: Option<&str>) -> Vec<String> {
    let open = wants_open(facts);
    let names: Vec<String> = match (manager, series) {
        (PackageManager::Dpkg, None) => {
            vec!["nvidia-open-kernel-dkms".to_owned(), "nvidia-kernel-dkms".to_owned()]
        }
        (PackageManager::Dpkg, Some(series)) if series.starts_with("tesla") => {
            vec![
                format!("nvidia-{series}-open-kernel-dkms"),
                format!("nvidia-{series}-kernel-dkms"),
            ]
        }
        (PackageManager::Dpkg, Some(series)) => {
            vec![format!("nvidia-dkms-{series}-open"), format!("nvidia-dkms-{series}")]
        }
        (PackageManager::Rpm, None) => {
            let names = ["akmod-nvidia", "kmod-nvidia-open-dkms", "kmod-nvidia-latest-dkms"];
            names.map(str::to_owned).to_vec()
        }
        (PackageManager::Rpm, Some(series)) => vec![format!("akmod-nvidia-{series}")],
        (PackageManager::Pacman, _) => {
            vec!["nvidia-open-dkms".to_owned(), "nvidia-dkms".to_owned()]
        }
    };
    let is_open = |name: &String| name.contains("open");
    match open {
        true => names,
        // Older GPUs have no open module, others take either: the proprietary one is what these had so far.
        false => {
            let (last, first): (Vec<_>, Vec<_>) = names.into_iter().partition(is_open);
            let legacy = facts
                .bus
                .gpus()
                .iter()
                .any(|gpu| matches!(support(gpu.device), Support::Legacy(_)));
            first.into_iter().chain(last.into_iter().filter(|_| !legacy)).collect()
        }
    }
}

fn wants_open(facts: &Facts) -> bool {
    facts.bus.gpus().iter().any(|gpu| support(gpu.device) == Support::OpenOnly)
}

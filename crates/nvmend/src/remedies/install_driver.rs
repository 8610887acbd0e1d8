//! Installs a driver where there is none, the distribution's own way.

use super::driver_set::{fulfil, manager};
use super::install_headers::headers;
use crate::enquire::{PackageName, Request, Wanted, Wish};
use crate::facts::{Facts, PackageManager};
use crate::knowledge::pci::{Support, support};
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::Step;

pub(super) const REMEDY: Remedy = Remedy { id: "install-driver", steps };

fn steps(facts: &Facts, context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    let manager = manager(facts)?;
    let wanted = driver(facts, context, manager)?;
    let mut request = Request::new(manager, Wish::Install(wanted));
    request.keep = vec![];
    fulfil(facts, context, request)
}

/// The first set of packages that the repositories have, of those that bring a driver for these GPUs.
pub(super) fn driver(
    facts: &Facts,
    context: &Context<'_>,
    manager: PackageManager,
) -> Result<Vec<Wanted>, Hindrance> {
    let recommended = context.machine.recommended_driver().map(|name| vec![name]);
    let sets: Vec<Vec<String>> = recommended.into_iter().chain(sets(facts, manager)).collect();
    for set in &sets {
        let mut wanted: Vec<Wanted> = set.iter().map(|name| Wanted::any(name)).collect();
        // What is built by DKMS or akmods needs the headers of the kernel that runs.
        if let Some((kernel, _)) = facts.current_kernel()
            && facts.kernels.get(kernel).is_some_and(|kernel| kernel.headers.is_absent())
        {
            wanted.extend(headers(facts, manager, kernel));
        }
        let names: Vec<PackageName> = wanted.iter().map(|it| it.package.clone()).collect();
        let offers = context.machine.offers(manager, &names)?;
        let is_offered = |wanted: &Wanted| {
            let offer = offers.iter().find(|offer| offer.package.name == wanted.package.name);
            offer.is_some_and(|offer| offer.candidate.is_some())
        };
        if wanted.iter().all(is_offered) {
            return Ok(wanted);
        }
    }
    let names: Vec<String> = sets.into_iter().flatten().collect();
    // Debian has the driver in components that are not there from the beginning.
    let why = match manager {
        PackageManager::Dpkg if is(facts, "debian") => "component-missing",
        _ => "no-driver-offered",
    };
    Err(Hindrance::new(why).with("packages", names.join(", ")))
}

fn is(facts: &Facts, id: &str) -> bool {
    facts.system.os.value().is_some_and(|os| os.id == id)
}

/// The distributions' packages that bring a whole driver, best first.
fn sets(facts: &Facts, manager: PackageManager) -> Vec<Vec<String>> {
    let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let needs: Vec<Support> = facts.bus.gpus().iter().map(|gpu| support(gpu.device)).collect();
    let open = needs.contains(&Support::OpenOnly);
    let legacy = needs.iter().filter_map(|need| match need {
        Support::Legacy(branch) => Some(*branch),
        _ => None,
    });
    let legacy = legacy.min();
    match (manager, legacy) {
        (PackageManager::Dpkg, Some(branch)) => vec![
            own(&[&format!("nvidia-driver-{branch}")]),
            own(&[&format!("nvidia-tesla-{branch}-driver")]),
            own(&[&format!("nvidia-legacy-{branch}xx-driver")]),
        ],
        (PackageManager::Dpkg, None) if is(facts, "debian") => {
            let open_set = own(&["nvidia-driver", "nvidia-open-kernel-dkms"]);
            if open { vec![open_set] } else { vec![own(&["nvidia-driver", "nvidia-kernel-dkms"])] }
        }
        // ubuntu-drivers knows better; without it the newest long-lived branch.
        (PackageManager::Dpkg, None) => {
            let end = if open { "-open" } else { "" };
            ["580", "570", "550", "535"]
                .map(|branch| own(&[&format!("nvidia-driver-{branch}{end}")]))
                .to_vec()
        }
        (PackageManager::Rpm, Some(branch)) => vec![own(&[
            &format!("akmod-nvidia-{branch}xx"),
            &format!("xorg-x11-drv-nvidia-{branch}xx-cuda"),
        ])],
        (PackageManager::Rpm, None) => vec![
            own(&["akmod-nvidia", "xorg-x11-drv-nvidia-cuda"]),
            own(&["nvidia-open"]),
            own(&["nvidia-open-driver-G06-signed-kmp-default", "nvidia-compute-utils-G06"]),
            own(&["nvidia-driver-G06-kmp-default", "nvidia-compute-utils-G06"]),
        ],
        // Older branches are in no repository of Arch.
        (PackageManager::Pacman, Some(_)) => vec![],
        (PackageManager::Pacman, None) => {
            vec![own(&["nvidia-open-dkms", "nvidia-utils"]), own(&["nvidia-open", "nvidia-utils"])]
        }
    }
}

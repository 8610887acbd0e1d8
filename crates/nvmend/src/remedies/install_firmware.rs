//! Installs the GSP firmware of the module's version.

use super::driver_set::{fulfil, living, manager, version_of};
use crate::enquire::{PackageName, Request, Wanted, Wish};
use crate::facts::{Facts, PackageManager, PackageRole};
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::Step;

pub(super) const REMEDY: Remedy = Remedy { id: "install-firmware", steps };

fn steps(facts: &Facts, context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    let manager = manager(facts)?;
    // What is loaded next asks for its own.
    let version = facts.module_version().ok_or(Hindrance::new("wanted-version-unknown"))?;
    let keep = living(facts).map(|living| living.names()).unwrap_or_default();
    // By its database it is here: then its files are gone.
    let here = facts.packages.installed.iter().find(|package| {
        let carries = package.role == PackageRole::Firmware
            || ["nvidia-kmod-common", "nvidia-utils"].contains(&package.name.as_str());
        carries && package.manager == manager && package.driver_version.as_ref() == Some(version)
    });
    if let Some(package) = here {
        let wish = Wish::Reinstall(vec![package.into()]);
        return fulfil(facts, context, Request { keep, ..Request::new(manager, wish) });
    }
    let series = living(facts).ok().and_then(|living| living.name.map(str::to_owned));
    let branch = version.branch().to_string();
    let series = series.as_deref();
    let names: Vec<String> = match (manager, series) {
        (PackageManager::Dpkg, Some(series)) if series.starts_with("tesla") => {
            vec!["firmware-nvidia-tesla-gsp".to_owned(), format!("firmware-nvidia-{series}-gsp")]
        }
        (PackageManager::Dpkg, series) => {
            let series = series.unwrap_or(&branch);
            vec![format!("nvidia-firmware-{series}-{version}"), "firmware-nvidia-gsp".to_owned()]
        }
        (PackageManager::Rpm, _) => {
            let names =
                ["nvidia-common-G06", "kernel-firmware-nvidia-gspx-G06", "nvidia-gsp-firmware"];
            names.map(str::to_owned).to_vec()
        }
        (PackageManager::Pacman, _) => vec!["nvidia-utils".to_owned()],
    };
    let names: Vec<PackageName> = names.iter().map(|name| PackageName::new(name, None)).collect();
    let offers = context.machine.offers(manager, &names)?;
    let found = names.iter().find_map(|name| Some((name, version_of(&offers, name, version)?)));
    let Some((name, full)) = found else {
        let names: Vec<&str> = names.iter().map(|name| name.name.as_str()).collect();
        let hindrance = Hindrance::new("version-not-available");
        return Err(hindrance.with("packages", names.join(", ")).with("version", version));
    };
    let wanted = Wanted { package: name.clone(), version: Some(full.to_owned()) };
    let wish = Wish::Install(vec![wanted]);
    fulfil(facts, context, Request { keep, ..Request::new(manager, wish) })
}

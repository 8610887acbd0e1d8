//! Installs the driver's libraries at the version of the module.

use super::driver_set::{align, fulfil, living, manager, offers_of, version_of};
use crate::enquire::{PackageName, Request, Wanted, Wish};
use crate::facts::{Environment, Facts, Package, PackageManager, PackageRole};
use crate::knowledge::library_packages::carried;
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::Step;
use crate::version::DriverVersion;

pub(super) const REMEDY: Remedy = Remedy { id: "install-driver-libraries", steps };

fn steps(facts: &Facts, context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    let manager = manager(facts)?;
    // A container's module is its host's, and nothing that lies on its own disk.
    let loaded = facts.loaded_version().map(|(version, _)| version);
    let version = match facts.system.environment {
        Environment::Container => loaded,
        _ => facts.module_version(),
    };
    let version = version.ok_or(Hindrance::new("wanted-version-unknown"))?;
    let is_library =
        |package: &&&Package| package.role == PackageRole::User && package.manager == manager;
    // What is there of another version is brought to this one.
    if let Ok(living) = living(facts) {
        let there: Vec<&Package> = living.packages.iter().filter(is_library).copied().collect();
        let has_other =
            there.iter().any(|it| it.driver_version.as_ref().is_some_and(|own| own != version));
        if has_other && there.iter().any(|it| !carried(manager, &it.name).is_empty()) {
            let offers = offers_of(context, manager, there.iter().copied())?;
            return align(facts, context, &there, &offers, version);
        }
    }
    let mut missing = vec![];
    for names in sets(facts, manager, version) {
        let names: Vec<PackageName> =
            names.iter().map(|name| PackageName::new(name, None)).collect();
        let offers = context.machine.offers(manager, &names)?;
        let wanted = names.iter().map(|name| {
            let version = version_of(&offers, name, version)?.to_owned();
            Some(Wanted { package: name.clone(), version: Some(version) })
        });
        let Some(wanted) = wanted.collect::<Option<Vec<Wanted>>>() else {
            missing.extend(names.into_iter().map(|name| name.name));
            continue;
        };
        let mut request = Request::new(manager, Wish::Install(wanted));
        request.keep = living(facts).map(|living| living.names()).unwrap_or_default();
        return fulfil(facts, context, request);
    }
    let hindrance = Hindrance::new("version-not-available");
    Err(hindrance.with("packages", missing.join(", ")).with("version", version))
}

/// Sets of packages that hold the two libraries and nvidia-smi, as the distributions name them, likely ones first.
fn sets(facts: &Facts, manager: PackageManager, version: &DriverVersion) -> Vec<Vec<String>> {
    let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let series = living(facts).ok().and_then(|living| living.name.map(str::to_owned));
    match manager {
        PackageManager::Dpkg => {
            let ubuntu = |series: &str| {
                own(&[&format!("libnvidia-compute-{series}"), &format!("nvidia-utils-{series}")])
            };
            let branch = version.branch().to_string();
            match series.as_deref() {
                None => vec![
                    own(&["libcuda1", "libnvidia-ml1", "nvidia-smi"]),
                    ubuntu(&branch),
                    ubuntu(&format!("{branch}-server")),
                ],
                // Debian's older series have it before the part's name.
                Some(series) if series.starts_with("tesla") || series.ends_with("xx") => {
                    let word = if series.ends_with("xx") { "legacy-" } else { "" };
                    vec![own(&[
                        &format!("libnvidia-{word}{series}-cuda1"),
                        &format!("libnvidia-{word}{series}-ml1"),
                        &format!("nvidia-{word}{series}-smi"),
                    ])]
                }
                Some(series) => vec![ubuntu(series)],
            }
        }
        PackageManager::Rpm => {
            let series = series.map_or_else(String::new, |series| format!("-{series}"));
            vec![
                own(&[
                    &format!("xorg-x11-drv-nvidia{series}-cuda"),
                    &format!("xorg-x11-drv-nvidia{series}-cuda-libs"),
                ]),
                own(&["nvidia-driver-cuda", "nvidia-driver-cuda-libs", "libnvidia-ml"]),
                own(&["nvidia-driver-cuda", "nvidia-driver-cuda-libs"]),
                own(&["nvidia-compute-G06", "nvidia-compute-utils-G06"]),
            ]
        }
        PackageManager::Pacman => {
            let series = series.map_or_else(String::new, |series| format!("-{series}"));
            vec![own(&[&format!("nvidia{series}-utils")])]
        }
    }
}

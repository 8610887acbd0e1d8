//! The picture of the versions: each layer of the driver with its version, so that one sees which disagrees.

use std::collections::BTreeSet;

use crate::facts::{
    Datum, Environment, Facts, KernelModules, LookupScope, PackageRole, Resolution,
};
use crate::report::NextBoot;
use crate::version::DriverVersion;

/// The layers of a machine's driver, top to bottom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// One row each.
    pub rows: Vec<Row>,
}

/// One layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Which.
    pub layer: Layer,
    /// Its version, or why there is none.
    pub state: State,
    /// Where that stands: a path, package names, a kernel.
    pub place: String,
}

/// A layer of the driver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// The module in the running kernel.
    Loaded,
    /// The module in the running kernel's initramfs, where that had to be read.
    Initramfs,
    /// The module that modprobe would load.
    OnDisk,
    /// The libraries of a plain process.
    Libraries,
    /// The libraries in the judged environment, where they are others.
    EnvironmentLibraries,
    /// Packages of the kernel's side and of the programs' side, where they agree.
    Packages,
    /// Packages of the kernel's side.
    KernelPackages,
    /// Packages of the programs' side.
    UserPackages,
    /// The module after the next boot.
    NextBoot,
}

/// What a layer holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// This version. Rows of one `group` have the same version; groups count from 0, top to bottom.
    Version {
        /// The version's text.
        text: String,
        /// Its group.
        group: usize,
    },
    /// Not there.
    Missing,
    /// There, perhaps; not readable.
    Unreadable,
}

impl Picture {
    /// The picture of a machine. Layers that don't exist in such an environment are left out.
    pub fn of(facts: &Facts) -> Self {
        let mut rows = Vec::new();
        let mut add = |layer, state: Reading, place: String| rows.push((layer, state, place));
        if !matches!(facts.system.environment, Environment::Chroot | Environment::Wsl) {
            let place = facts.loaded_version().map(|(_, origin)| origin.as_str().to_owned());
            let reading = read(&facts.loaded.driver, |driver| Some(&driver.version));
            add(Layer::Loaded, reading, place.unwrap_or_default());
        }
        if let Some((version, origin)) =
            facts.current_kernel().and_then(|(kernel, _)| facts.initramfs_version(kernel))
        {
            add(Layer::Initramfs, Reading::Text(version.to_string()), origin.0);
        }
        if let Some(modules) = facts.current_modules().filter(|_| facts.judges_module()) {
            let (reading, place) = on_disk(modules);
            add(Layer::OnDisk, reading, place);
        }
        let plain = libraries(facts, LookupScope::Plain);
        if facts.has_environment_lookups() {
            let environment = libraries(facts, LookupScope::Environment);
            if environment != plain {
                add(Layer::EnvironmentLibraries, environment.0, environment.1);
            }
        }
        add(Layer::Libraries, plain.0, plain.1);
        let (kernel, user) =
            (packages(facts, PackageRole::Kernel), packages(facts, PackageRole::User));
        let of_one_version = |sides: [&Side; 2]| sides[0].versions == sides[1].versions;
        if of_one_version([&kernel, &user]) && kernel.versions.len() == 1 {
            let names = user.names.iter().chain(&kernel.names).cloned().collect();
            let both = Side { versions: kernel.versions.clone(), names };
            add(Layer::Packages, both.reading(), both.place());
        } else {
            for (layer, side) in [(Layer::KernelPackages, kernel), (Layer::UserPackages, user)] {
                if !side.versions.is_empty() {
                    add(layer, side.reading(), side.place());
                }
            }
        }
        let NextBoot { kernel, module, .. } = NextBoot::of(facts);
        if let Some(kernel) = kernel {
            add(Layer::NextBoot, module.map_or(Reading::Missing, Reading::Text), kernel);
        }
        Self { rows: group(rows) }
    }

    /// How many different versions it shows.
    pub fn groups(&self) -> usize {
        let group = |row: &Row| match row.state {
            State::Version { group, .. } => Some(group),
            _ => None,
        };
        self.rows.iter().filter_map(group).collect::<BTreeSet<_>>().len()
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Reading {
    Text(String),
    Missing,
    Unreadable,
}

fn read<T>(datum: &Datum<T>, version: impl Fn(&T) -> Option<&DriverVersion>) -> Reading {
    match datum {
        Datum::Known { value, .. } => {
            version(value).map_or(Reading::Unreadable, |version| Reading::Text(version.to_string()))
        }
        Datum::Absent { .. } => Reading::Missing,
        Datum::Unreadable { .. } => Reading::Unreadable,
    }
}

fn on_disk(modules: &KernelModules) -> (Reading, String) {
    match (modules.resolved.get("nvidia"), modules.loads("nvidia")) {
        (_, Some(file)) => {
            (read(&file.info, |info| info.version.as_ref()), file.path.display().to_string())
        }
        (Some(Resolution::Blocked { by, .. }), None) => (Reading::Missing, by.as_str().to_owned()),
        (Some(Resolution::Dangling { path }), None) => {
            (Reading::Missing, path.display().to_string())
        }
        _ => (Reading::Missing, modules.kernel.clone()),
    }
}

fn libraries(facts: &Facts, scope: LookupScope) -> (Reading, String) {
    if let Some((version, origin)) = facts.library_version_in(scope) {
        return (Reading::Text(version.to_string()), origin.0);
    }
    let damaged = facts.libraries.lookups.iter().any(|lookup| lookup.found.is_unreadable());
    // Found, and nothing tells its version.
    match facts.deciding_libraries(scope).next() {
        Some((_, library)) => (Reading::Unreadable, library.chain.end.display().to_string()),
        None if damaged => (Reading::Unreadable, String::new()),
        None => (Reading::Missing, String::new()),
    }
}

struct Side {
    versions: BTreeSet<DriverVersion>,
    names: Vec<String>,
}

fn packages(facts: &Facts, role: PackageRole) -> Side {
    let installed =
        || facts.packages.of_role(role).filter(|package| package.driver_version.is_some());
    Side {
        versions: installed().filter_map(|package| package.driver_version.clone()).collect(),
        names: installed().map(|package| package.name.clone()).collect(),
    }
}

impl Side {
    fn reading(&self) -> Reading {
        let texts: Vec<&str> = self.versions.iter().map(DriverVersion::as_str).collect();
        Reading::Text(texts.join(" + "))
    }

    fn place(&self) -> String {
        let shown: Vec<&str> = self.names.iter().take(2).map(String::as_str).collect();
        let more = if self.names.len() > 2 { ", …" } else { "" };
        format!("{}{more}", shown.join(", "))
    }
}

fn group(rows: Vec<(Layer, Reading, String)>) -> Vec<Row> {
    let mut seen: Vec<String> = Vec::new();
    let mut group_of = |text: &String| {
        seen.iter().position(|known| known == text).unwrap_or_else(|| {
            seen.push(text.clone());
            seen.len() - 1
        })
    };
    rows.into_iter()
        .map(|(layer, reading, place)| {
            let state = match reading {
                Reading::Text(text) => State::Version { group: group_of(&text), text },
                Reading::Missing => State::Missing,
                Reading::Unreadable => State::Unreadable,
            };
            Row { layer, state, place }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::sample;

    fn groups(facts: &Facts) -> Vec<(Layer, Option<usize>)> {
        let of = |row: Row| match row.state {
            State::Version { group, .. } => (row.layer, Some(group)),
            _ => (row.layer, None),
        };
        Picture::of(facts).rows.into_iter().map(of).collect()
    }

    #[test]
    fn equal_versions_share_a_group() {
        use Layer::*;
        let one = groups(&sample::aligned());
        assert!(one.iter().all(|(_, group)| *group == Some(0)), "{one:?}");
        assert_eq!(
            groups(&sample::stale()),
            [
                (Loaded, Some(0)),
                (OnDisk, Some(1)),
                (Libraries, Some(1)),
                (Packages, Some(1)),
                (NextBoot, Some(1))
            ]
        );
    }

    #[test]
    fn package_sides_stand_apart_where_they_differ() {
        let mut facts = sample::aligned();
        for package in &mut facts.packages.installed {
            if package.role == PackageRole::User {
                package.driver_version = Some("550.54.14".parse().unwrap());
            }
        }
        let layers = groups(&facts);
        assert!(layers.contains(&(Layer::KernelPackages, Some(0))));
        assert!(layers.contains(&(Layer::UserPackages, Some(1))));
    }

    #[test]
    fn an_image_has_nothing_loaded_and_a_container_no_module_on_disk() {
        let mut facts = sample::aligned();
        facts.system.environment = Environment::Chroot;
        assert!(groups(&facts).iter().all(|(layer, _)| *layer != Layer::Loaded));
        facts.system.environment = Environment::Container;
        assert!(
            groups(&facts)
                .iter()
                .all(|(layer, _)| !matches!(layer, Layer::OnDisk | Layer::NextBoot))
        );
    }
}

//! Lines of systemd's units that lead running services to driver libraries beside the system's.
//!
//! Read only where a service has such a library in memory whose file is still there: an upgrade leaves deleted ones,
//! and these a restart takes away.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::facts::{Environment, Facts, Holder, LibraryPlace, MappedLibrary, Origin, UnitOverride};
use crate::host::{Host, RandomRead, follow};
use crate::parse::settings::{self, UnitSetting, elements};
use crate::probe::{Found, Probe};

/// Reads the units of services that map libraries of another version than the loaded module's.
pub const PROBE: Probe = Probe { name: "units", run };

/// Where systemd looks for units, what goes first first (systemd.unit(5)).
const DIRECTORIES: [&str; 5] = [
    "/etc/systemd/system",
    "/run/systemd/system",
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
];
/// The loader's variables.
const VARIABLES: [&str; 2] = ["LD_LIBRARY_PATH", "LD_PRELOAD"];
/// Services that are looked at.
const MOST: usize = 32;
/// Far more than a unit has.
const LARGEST: u64 = 256 << 10;

fn run(host: &dyn Host, known: &Facts) -> Found {
    let overrides = overrides(host, known);
    Box::new(move |facts| facts.holders.overrides = overrides)
}

fn overrides(host: &dyn Host, known: &Facts) -> Vec<UnitOverride> {
    if known.system.environment != Environment::Host {
        return vec![];
    }
    let processes = known.holders.processes.value().map_or(&[][..], Vec::as_slice);
    let mut services: BTreeMap<String, BTreeSet<&MappedLibrary>> = BTreeMap::new();
    for holder in processes {
        let strange = strange(known, holder);
        if let Some(unit) = holder.service().filter(|_| !strange.is_empty()) {
            services.entry(unit).or_default().extend(strange);
        }
    }
    let of_service = |(unit, libraries): (String, BTreeSet<&MappedLibrary>)| {
        let set = variables(host, &unit);
        let found = libraries.into_iter().filter_map(|library| leads_to(host, &set, library));
        // One line leads to several libraries.
        let mut found: Vec<UnitOverride> =
            found.map(|found| UnitOverride { unit: unit.clone(), ..found }).collect();
        found.dedup_by(|a, b| (&a.from, &a.element) == (&b.from, &b.element));
        found
    };
    services.into_iter().take(MOST).flat_map(of_service).collect()
}

/// Its libraries that are still there, are of another version than the loaded module, and lie beside the system's.
fn strange<'h>(known: &Facts, holder: &'h Holder) -> Vec<&'h MappedLibrary> {
    let loaded = known.loaded_version().map(|(version, _)| version);
    let is_system = |path: &Path| {
        let files = &known.libraries.files;
        files.iter().any(|file| file.path == path && file.place == LibraryPlace::System)
    };
    let is_strange = |library: &&MappedLibrary| {
        !library.deleted
            && loaded.is_some_and(|loaded| *loaded != library.version)
            && !is_system(&library.path)
    };
    holder.libraries.iter().filter(is_strange).collect()
}

/// A variable of a unit, and where it is set.
struct Variable {
    name: String,
    value: String,
    from: Origin,
}

/// The line that leads to the library, if one of these does.
fn leads_to(host: &dyn Host, set: &[Variable], library: &MappedLibrary) -> Option<UnitOverride> {
    let (directory, end) = (library.path.parent()?, &library.path);
    let is_it = |name: &str, element: &str| {
        let place = follow(host, Path::new(element)).ok().map(|chain| chain.end);
        place.is_some_and(
            |place| if name == "LD_PRELOAD" { place == *end } else { place == directory },
        )
    };
    set.iter().find_map(|variable| {
        let mut written = elements(&variable.value).filter(|element| element.starts_with('/'));
        let element = written.find(|element| is_it(&variable.name, element))?;
        Some(UnitOverride {
            unit: String::new(),
            variable: variable.name.clone(),
            value: variable.value.clone(),
            element: element.to_owned(),
            from: variable.from.clone(),
            library: library.clone(),
        })
    })
}

/// The loader's variables as systemd gives them to the service: of several lines the last, and of files after lines
/// (systemd.exec(5), `EnvironmentFile=`).
fn variables(host: &dyn Host, unit: &str) -> Vec<Variable> {
    let mut of_lines: BTreeMap<String, Variable> = BTreeMap::new();
    let mut files: Vec<String> = vec![];
    let set = |into: &mut BTreeMap<String, Variable>, file: &Path, found: settings::Setting<'_>| {
        if VARIABLES.contains(&found.name) {
            let from = Origin(format!("{}:{}", file.display(), found.line));
            let variable = Variable { name: found.name.to_owned(), value: found.value, from };
            into.insert(variable.name.clone(), variable);
        }
    };
    for file in unit_files(host, unit) {
        let Some(text) = text(host, &file) else { continue };
        for setting in settings::of_unit(&text) {
            match setting {
                UnitSetting::Variable(found) => set(&mut of_lines, &file, found),
                UnitSetting::NoVariables => of_lines.clear(),
                UnitSetting::File(file) => files.push(file.trim_start_matches('-').to_owned()),
                UnitSetting::NoFiles => files.clear(),
            }
        }
    }
    for file in files.iter().map(Path::new).filter(|file| file.is_absolute()).take(MOST) {
        let Some(text) = text(host, file) else { continue };
        settings::of_lines(&text).into_iter().for_each(|found| set(&mut of_lines, file, found));
    }
    of_lines.into_values().collect()
}

/// The unit's file and its drop-ins, in the order in which systemd reads them.
fn unit_files(host: &dyn Host, unit: &str) -> Vec<PathBuf> {
    let names = names(unit);
    let is_there = |path: &PathBuf| host.metadata(path).is_ok();
    let places = |name: &str| DIRECTORIES.map(|directory| Path::new(directory).join(name));
    let own = names.iter().filter(|name| !name.ends_with("-.service"));
    let fragment = own.flat_map(|name| places(name)).find(is_there);
    let mut drop_ins: BTreeMap<String, PathBuf> = BTreeMap::new();
    // The nearer name goes first, in each directory that goes first.
    for directory in names.iter().flat_map(|name| places(&format!("{name}.d"))) {
        for entry in host.list(&directory).unwrap_or_default().into_iter().take(MOST) {
            if entry.name.ends_with(".conf") {
                drop_ins.entry(entry.name.clone()).or_insert_with(|| directory.join(&entry.name));
            }
        }
    }
    fragment.into_iter().chain(drop_ins.into_values()).collect()
}

/// Names under which a unit has configuration: its own, its template's, those of its name's beginnings
/// (`foo-bar.service`: `foo-.service`), and `service`, which all services have.
fn names(unit: &str) -> Vec<String> {
    let stem = unit.trim_end_matches(".service");
    let mut names = vec![unit.to_owned()];
    names.extend(stem.split_once('@').map(|(template, _)| format!("{template}@.service")));
    let dashes = stem.match_indices('-').map(|(at, _)| at).rev();
    names.extend(dashes.filter_map(|at| Some(format!("{}-.service", stem.get(..at)?))));
    names.push("service".to_owned());
    names
}

/// What a file says of the loader's variables; a capture keeps nothing else of it.
fn text(host: &dyn Host, path: &Path) -> Option<String> {
    let extract = |file: &dyn RandomRead| {
        let size = file.size();
        if size > LARGEST {
            return Err("too large".to_owned());
        }
        let mut bytes = vec![0; usize::try_from(size).unwrap_or_default()];
        let mut filled = 0;
        while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match file.read_at(filled as u64, rest).map_err(|error| error.to_string())? {
                0 => break,
                count => filled += count,
            }
        }
        bytes.truncate(filled);
        Ok(settings::only(&String::from_utf8_lossy(&bytes), &VARIABLES).into_bytes())
    };
    let bytes = host.extract(path, &extract).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Datum, LoadedDriver};
    use crate::hosts::memory::Memory;

    const OLD: &str = "/opt/old-1/libnvidia-ml.so.470.82.01";

    fn known(library: &str) -> Facts {
        let mut facts = Facts::default();
        let driver = |version: &str| LoadedDriver {
            version: version.parse().unwrap(),
            flavour: None,
            readings: vec![],
        };
        facts.loaded.driver = Datum::known(driver("535.216.01"), "/sys/module/nvidia/version");
        let version = crate::version::DriverVersion::from_library_name(library).unwrap();
        let libraries = vec![MappedLibrary { path: library.into(), version, deleted: false }];
        let holder = Holder {
            pid: 7,
            name: "exporter".to_owned(),
            devices: vec![],
            libraries,
            cgroup: Some("/system.slice/gpu-exporter.service".to_owned()),
        };
        facts.holders.processes = Datum::known(vec![holder], "/proc");
        facts
    }

    fn host() -> Memory {
        Memory::default().dir("/opt/old-1").link("/opt/old", "old-1")
    }

    fn found(host: &Memory, library: &str) -> Vec<(String, String)> {
        let found = overrides(host, &known(library));
        found.into_iter().map(|found| (found.from.as_str().to_owned(), found.element)).collect()
    }

    fn one(place: &str, element: &str) -> Vec<(String, String)> {
        vec![(place.to_owned(), element.to_owned())]
    }

    #[test]
    fn the_line_in_force_is_found() {
        let unit = "/usr/lib/systemd/system/gpu-exporter.service";
        let text = "[Service]\nEnvironment=TOKEN=x\nEnvironment=LD_LIBRARY_PATH=/a:/opt/old\n";
        let host = host().file(unit, text);
        assert_eq!(found(&host, OLD), one(&format!("{unit}:3"), "/opt/old"));
        // A drop-in says otherwise; it also serves where all units of that beginning have it.
        let drop_in = "/etc/systemd/system/gpu-.service.d/path.conf";
        let host =
            host.file(drop_in, "[Service]\nEnvironment=\"LD_LIBRARY_PATH=/opt/old-1/:/b\"\n");
        assert_eq!(found(&host, OLD), one(&format!("{drop_in}:2"), "/opt/old-1/"));
        let host = host.file(drop_in, "[Service]\nEnvironment=LD_LIBRARY_PATH=/b\n");
        assert_eq!(found(&host, OLD), vec![]);
        // A file of variables goes after lines.
        let host = host
            .file(drop_in, "[Service]\nEnvironmentFile=-/etc/default/exporter\n")
            .file("/etc/default/exporter", "A=1\nLD_LIBRARY_PATH=/opt/old\n");
        assert_eq!(found(&host, OLD), one("/etc/default/exporter:2", "/opt/old"));
    }

    #[test]
    fn a_preloaded_library_is_found_by_its_file() {
        let drop_in = "/etc/systemd/system/gpu-exporter.service.d/x.conf";
        let host = host()
            .file(OLD, "")
            .link("/opt/old-1/libnvidia-ml.so.1", "libnvidia-ml.so.470.82.01")
            .file(drop_in, "[Service]\nEnvironment=LD_PRELOAD=/opt/old/libnvidia-ml.so.1\n");
        let wanted = one(&format!("{drop_in}:2"), "/opt/old/libnvidia-ml.so.1");
        assert_eq!(found(&host, OLD), wanted);
    }

    #[test]
    fn the_systems_own_library_and_the_modules_are_nobodys_line() {
        let text = "[Service]\nEnvironment=LD_LIBRARY_PATH=/opt/old\n";
        let host = host().file("/etc/systemd/system/gpu-exporter.service", text);
        assert_eq!(found(&host, "/opt/old-1/libnvidia-ml.so.535.216.01"), vec![]);
        assert_eq!(found(&host, "/usr/lib/libnvidia-ml.so.470.82.01"), vec![]);
    }

    #[test]
    fn a_template_serves_its_instances() {
        let wanted = ["a-b@x.service", "a-b@.service", "a-.service", "service"];
        assert_eq!(names("a-b@x.service"), wanted);
    }
}

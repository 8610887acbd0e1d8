//! What is loaded in the running kernel.

use std::path::Path;

use crate::facts::{
    Datum, Facts, Flavour, Gap, Loaded, LoadedDriver, LoadedModule, Origin, Reading,
};
use crate::host::{Failure, Host, HostError, read_text};
use crate::parse::nvrm::NvrmVersion;
use crate::probe::{Found, Probe};
use crate::version::DriverVersion;

/// `/sys/module`, `/proc/modules` and the driver's own word.
pub const PROBE: Probe = Probe { name: "loaded modules", run };

/// The modules that concern an NVIDIA GPU, with their directories in `/sys/module`. `nvidia_current` is what
/// nvidia-container-toolkit's udev rule calls Debian's nvidia; Debian's changelog (304.88-7) says otherwise: both are looked at.
const MODULES: &[(&str, &[&str])] = &[
    ("nova_core", &["nova_core"]),
    ("nouveau", &["nouveau"]),
    ("nvidia", &["nvidia", "nvidia_current"]),
    ("nvidia_drm", &["nvidia_drm"]),
    ("nvidia_modeset", &["nvidia_modeset"]),
    ("nvidia_peermem", &["nvidia_peermem"]),
    ("nvidia_uvm", &["nvidia_uvm"]),
];

const PROC_VERSION: &str = "/proc/driver/nvidia/version";
const PROC_MODULES: &str = "/proc/modules";

fn run(host: &dyn Host, _known: &Facts) -> Found {
    let (loaded, gaps) = read(host);
    Box::new(move |facts| {
        facts.loaded = loaded;
        facts.gaps.extend(gaps);
    })
}

fn read(host: &dyn Host) -> (Loaded, Vec<Gap>) {
    let mut gaps = Vec::new();
    let listed = read_text(host, PROC_MODULES);
    let lines = listed.as_deref().map(proc_modules).unwrap_or_default();
    let mut modules: Vec<_> =
        MODULES.iter().filter_map(|(name, places)| module(host, name, places, &lines)).collect();
    modules.sort_by(|a, b| a.name.cmp(&b.name));

    let mut readings = Vec::new();
    let core = modules.iter().find(|module| module.name == "nvidia");
    match core.map(|module| &module.version) {
        Some(Datum::Known { value, from }) => {
            readings.push(Reading { version: value.clone(), from: from.clone() });
        }
        Some(Datum::Unreadable { at, why }) => gaps.push(Gap::new(at.clone(), why)),
        _ => {}
    }
    let word = read_text(host, PROC_VERSION);
    let named = word.as_ref().ok().map(|text| NvrmVersion::parse(text));
    match &named {
        Some(Ok(named)) => {
            let version =
                named.version.clone().map(|version| Reading { version, from: PROC_VERSION.into() });
            readings.extend(version);
        }
        Some(Err(error)) => gaps.push(Gap::new(PROC_VERSION, error)),
        None => {}
    }

    let flavour = match &named {
        Some(Ok(named)) => Some(named.flavour),
        _ => taint_flavour(host, &lines),
    };
    let driver = match readings.first() {
        Some(Reading { version, from }) => {
            let (version, from) = (version.clone(), from.clone());
            Datum::known(LoadedDriver { version, flavour, readings }, from)
        }
        None if matches!(named, Some(Ok(_))) => {
            let why = "the loaded driver names no version (a Jetson build)";
            gaps.push(Gap::new(PROC_VERSION, why));
            Datum::unreadable(PROC_VERSION, why)
        }
        None => without_files(host, core.is_some(), &listed, &word, flavour, &mut gaps),
    };
    // A tree may show the driver's own word only.
    if let Datum::Known { value, from } = &driver
        && core.is_none()
    {
        let version = Datum::known(value.version.clone(), from.clone());
        let at = modules.partition_point(|module| module.name.as_str() < "nvidia");
        modules.insert(
            at,
            LoadedModule {
                name: "nvidia".to_owned(),
                version,
                references: None,
                used_by: Vec::new(),
                state: None,
            },
        );
    }
    (Loaded { driver, modules }, gaps)
}

/// No file tells the version: either nothing is loaded, or something hides it.
fn without_files(
    host: &dyn Host,
    is_listed: bool,
    listed: &Result<String, HostError>,
    word: &Result<String, HostError>,
    flavour: Option<Flavour>,
    gaps: &mut Vec<Gap>,
) -> Datum<LoadedDriver> {
    let sys = host.metadata(Path::new("/sys/module"));
    let absent = Datum::Absent {
        looked_at: ["/sys/module/nvidia", PROC_VERSION, PROC_MODULES].map(Origin::from).to_vec(),
    };
    if !is_listed && (listed.is_ok() || sys.is_ok()) {
        // What was readable does not list it; a version that is there and denied is not looked past.
        return match word {
            Err(error) if !error.is_absent() => unreadable(error, gaps),
            _ => absent,
        };
    }
    match host.query_driver() {
        Ok(answer) => match answer.trim().parse::<DriverVersion>() {
            Ok(version) => {
                let from = Origin::from("ioctl /dev/nvidiactl");
                let readings = vec![Reading { version: version.clone(), from: from.clone() }];
                Datum::known(LoadedDriver { version, flavour, readings }, from)
            }
            Err(error) => {
                gaps.push(Gap::new("ioctl /dev/nvidiactl", &error));
                Datum::unreadable("ioctl /dev/nvidiactl", error)
            }
        },
        Err(query) => {
            let files = [listed.as_ref().err(), word.as_ref().err(), sys.as_ref().err()];
            match files.into_iter().flatten().find(|error| !error.is_absent()) {
                Some(error) => unreadable(error, gaps),
                // It is loaded, and its files are damaged or gone.
                None if is_listed => match gaps.first() {
                    Some(gap) => Datum::unreadable(gap.what.as_str(), &gap.why),
                    None => {
                        let path = Path::new("/sys/module/nvidia/version");
                        unreadable(&HostError::new(path, Failure::NotFound), gaps)
                    }
                },
                // Nothing was hidden: a file tree without a running kernel, or a machine without the device.
                None if matches!(
                    query.why,
                    Failure::NotFound | Failure::Unsupported | Failure::NotCaptured
                ) =>
                {
                    absent
                }
                None => unreadable(&query, gaps),
            }
        }
    }
}

fn unreadable(error: &HostError, gaps: &mut Vec<Gap>) -> Datum<LoadedDriver> {
    gaps.push(Gap::from(error));
    Datum::unreadable(&error.path, &error.why)
}

/// One line of `/proc/modules`: `nvidia_uvm 2031616 2 - Live 0x0 (POE)`.
struct ModulesLine<'t> {
    name: &'t str,
    references: Option<u32>,
    used_by: Vec<String>,
    state: String,
    taint: Option<&'t str>,
}

/// The lines of `/proc/modules` that concern an NVIDIA GPU.
fn proc_modules(text: &str) -> Vec<ModulesLine<'_>> {
    let concerns = |name: &str| MODULES.iter().any(|(_, places)| places.contains(&name));
    let lines = text.lines().filter(|line| line.split(' ').next().is_some_and(concerns));
    lines
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            let (name, _size) = (words.next()?, words.next());
            let references = words.next().and_then(|count| count.parse().ok());
            let used_by = words.next().unwrap_or("-");
            Some(ModulesLine {
                name,
                references,
                used_by: sorted(
                    used_by
                        .split(',')
                        .filter(|user| !user.is_empty() && *user != "-" && !user.starts_with('[')),
                ),
                state: words.next().unwrap_or("Live").to_ascii_lowercase(),
                taint: words.nth(1),
            })
        })
        .collect()
}

fn sorted<'t>(names: impl Iterator<Item = &'t str>) -> Vec<String> {
    let mut names: Vec<_> = names.map(str::to_owned).collect();
    names.sort();
    names.dedup();
    names
}

/// One module, by its directory in `/sys/module` and its line in `/proc/modules`; `None` when neither has it.
fn module(
    host: &dyn Host,
    name: &str,
    places: &[&str],
    lines: &[ModulesLine<'_>],
) -> Option<LoadedModule> {
    let line = lines.iter().find(|line| places.contains(&line.name));
    let directories = places.iter().map(|place| format!("/sys/module/{place}"));
    let directory =
        directories.into_iter().find(|directory| host.metadata(Path::new(directory)).is_ok());
    let Some(directory) = directory else {
        let line = line?;
        return Some(LoadedModule {
            name: name.to_owned(),
            version: Datum::absent(format!("/sys/module/{}/version", line.name)),
            references: line.references,
            used_by: line.used_by.clone(),
            state: Some(line.state.clone()),
        });
    };
    let read = |file: &str| {
        read_text(host, format!("{directory}/{file}")).ok().map(|text| text.trim().to_owned())
    };
    let references = read("refcnt").and_then(|count| count.parse().ok());
    // Some kernels keep no holders directory; the line has the same names.
    let used_by = match host.list(Path::new(&format!("{directory}/holders"))) {
        Ok(holders) => sorted(holders.iter().map(|holder| holder.name.as_str())),
        Err(_) => line.map(|line| line.used_by.clone()).unwrap_or_default(),
    };
    Some(LoadedModule {
        name: name.to_owned(),
        version: version_file(host, &format!("{directory}/version")),
        references: references.or(line.and_then(|line| line.references)),
        used_by,
        state: read("initstate").or(line.map(|line| line.state.clone())),
    })
}

fn version_file(host: &dyn Host, path: &str) -> Datum<DriverVersion> {
    match read_text(host, path) {
        Ok(text) => match text.trim().parse() {
            Ok(version) => Datum::known(version, path),
            // Modules of the kernel's own carry versions of another kind ("1.3.1 …"), or none.
            Err(error) => Datum::unreadable(path, error),
        },
        Err(error) => Datum::read(Err(error), path),
    }
}

/// By the taint letters of the module: P is proprietary, O out of the kernel's tree (kernel,
/// `Documentation/admin-guide/tainted-kernels.rst`).
fn taint_flavour(host: &dyn Host, lines: &[ModulesLine<'_>]) -> Option<Flavour> {
    let places = ["nvidia", "nvidia_current"];
    let file =
        places.iter().find_map(|place| read_text(host, format!("/sys/module/{place}/taint")).ok());
    let line = lines.iter().find(|line| places.contains(&line.name)).and_then(|line| line.taint);
    let taint = file.as_deref().or(line)?;
    if taint.contains('P') {
        Some(Flavour::Proprietary)
    } else if taint.contains('O') {
        Some(Flavour::Open)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hosts::memory::Memory;

    fn probe(host: &Memory) -> Facts {
        let mut facts = Facts::default();
        run(host, &Facts::default())(&mut facts);
        facts
    }

    fn version(facts: &Facts) -> Option<(&str, &str)> {
        facts.loaded.driver.sourced().map(|(driver, from)| (driver.version.as_str(), from.as_str()))
    }

    const WORD: &str = "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.126.09  Release Build  (x@y)\nGCC version:  gcc\n";

    #[test]
    fn reads_a_whole_machine() {
        let host = Memory::default()
            .file("/proc/modules", "nvidia_uvm 2031616 2 - Live 0x0 (POE)\nnvidia 60710912 97 nvidia_uvm,nvidia_modeset, Live 0x0 (POE)\next4 1 1 - Live 0x0\n")
            .file("/sys/module/nvidia/version", "535.129.03\n")
            .file("/sys/module/nvidia/refcnt", "97\n")
            .file("/sys/module/nvidia/initstate", "live\n")
            .file("/sys/module/nvidia/taint", "POE\n")
            .dir("/sys/module/nvidia/holders/nvidia_uvm")
            .dir("/sys/module/nvidia/holders/nvidia_modeset")
            .file("/sys/module/nvidia_uvm/version", "535.54.03\n")
            .dir("/sys/module/nouveau")
            .file("/proc/driver/nvidia/version", "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.129.03  Thu\n");
        let facts = probe(&host);
        assert_eq!(version(&facts), Some(("535.129.03", "/sys/module/nvidia/version")));
        let driver = facts.loaded.driver.value().unwrap();
        assert_eq!(driver.flavour, Some(Flavour::Proprietary));
        let from: Vec<_> = driver.readings.iter().map(|reading| reading.from.as_str()).collect();
        assert_eq!(from, ["/sys/module/nvidia/version", "/proc/driver/nvidia/version"]);
        let names: Vec<_> =
            facts.loaded.modules.iter().map(|module| module.name.as_str()).collect();
        assert_eq!(names, ["nouveau", "nvidia", "nvidia_uvm"]);
        let core = facts.loaded.module("nvidia").unwrap();
        assert_eq!((core.references, core.state.as_deref()), (Some(97), Some("live")));
        assert_eq!(core.used_by, ["nvidia_modeset", "nvidia_uvm"]);
        let uvm = facts.loaded.module("nvidia_uvm").unwrap();
        assert_eq!(uvm.version.value().unwrap().as_str(), "535.54.03");
        assert_eq!((uvm.references, uvm.state.as_deref()), (Some(2), Some("live")));
        assert_eq!(facts.gaps, []);
    }

    #[test]
    fn one_file_suffices() {
        let facts = probe(&Memory::default().file("/proc/driver/nvidia/version", WORD));
        assert_eq!(version(&facts), Some(("580.126.09", "/proc/driver/nvidia/version")));
        assert_eq!(facts.loaded.driver.value().unwrap().flavour, Some(Flavour::Open));
        assert!(facts.loaded.module("nvidia").is_some());

        let facts = probe(
            &Memory::default()
                .file("/sys/module/nvidia/version", "580.126.09\n")
                .file("/sys/module/nvidia/taint", "OE\n"),
        );
        assert_eq!(version(&facts), Some(("580.126.09", "/sys/module/nvidia/version")));
        assert_eq!(facts.loaded.driver.value().unwrap().flavour, Some(Flavour::Open));

        let facts =
            probe(&Memory::default().file("/sys/module/nvidia_current/version", "390.157\n"));
        assert_eq!(version(&facts), Some(("390.157", "/sys/module/nvidia_current/version")));
    }

    #[test]
    fn keeps_readings_that_disagree() {
        let host = Memory::default()
            .file("/sys/module/nvidia/version", "575.51.02\n")
            .file("/proc/driver/nvidia/version", WORD);
        let facts = probe(&host);
        let readings: Vec<_> = facts
            .loaded
            .driver
            .value()
            .unwrap()
            .readings
            .iter()
            .map(|it| it.version.to_string())
            .collect();
        assert_eq!(readings, ["575.51.02", "580.126.09"]);
    }

    #[test]
    fn an_image_or_a_machine_without_the_driver_has_none() {
        for host in [
            Memory::default(),
            Memory::default().file("/proc/modules", "ext4 1 1 - Live 0x0\n"),
            Memory::default().dir("/sys/module/ext4"),
            Memory::default().denied("/proc/modules").dir("/sys/module/ext4"),
            // Asked only when the files hide something.
            Memory::default()
                .file("/proc/modules", "ext4 1 1 - Live 0x0\n")
                .driver_answers("535.129.03"),
        ] {
            let facts = probe(&host);
            assert!(facts.loaded.driver.is_absent(), "{:?}", facts.loaded);
            assert!(facts.gaps.is_empty() && facts.loaded.modules.is_empty());
        }
    }

    #[test]
    fn asks_the_driver_where_the_files_are_masked() {
        let masked =
            Memory::default().denied("/proc/modules").denied("/sys/module").denied("/proc/driver");
        let facts = probe(&masked.clone().driver_answers("535.129.03"));
        assert_eq!(version(&facts), Some(("535.129.03", "ioctl /dev/nvidiactl")));

        let facts = probe(&masked);
        assert!(facts.loaded.driver.is_unreadable());
        assert_eq!(facts.gaps, [Gap::new("/proc/modules", "permission denied")]);
    }

    #[test]
    fn a_driver_without_a_version_is_not_absent() {
        let word = "NVRM version: NVIDIA UNIX Open Kernel Module for aarch64  TempVersion  Release Build\n";
        let facts = probe(&Memory::default().file("/proc/driver/nvidia/version", word));
        assert!(facts.loaded.driver.is_unreadable());
        assert_eq!(facts.gaps.len(), 1);

        let facts = probe(
            &Memory::default().file("/proc/modules", "nvidia 60710912 97 - Live 0x0 (POE)\n"),
        );
        assert!(facts.loaded.driver.is_unreadable());
        assert_eq!(facts.gaps, [Gap::new("/sys/module/nvidia/version", "no such file")]);
    }

    #[test]
    fn damage_is_a_gap() {
        let host = Memory::default()
            .file("/sys/module/nvidia/version", "\u{1}garbage")
            .file("/proc/driver/nvidia/version", "hello");
        let facts = probe(&host);
        assert!(facts.loaded.driver.is_unreadable(), "{:?}", facts.loaded);
        let what: Vec<_> = facts.gaps.iter().map(|gap| gap.what.as_str()).collect();
        assert!(
            what.contains(&"/sys/module/nvidia/version")
                && what.contains(&"/proc/driver/nvidia/version")
        );
    }
}

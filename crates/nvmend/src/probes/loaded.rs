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

    let devices = host.list(Path::new("/dev")).unwrap_or_default();
    let devices = devices.into_iter().map(|entry| entry.name);
    let devices = devices.filter(|name| name.starts_with("nvidia")).collect();

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
    let mig_instances = if driver.is_absent() { 0 } else { mig_instances(host) };
    (Loaded { driver, modules, devices, mig_instances }, gaps)
}

/// MIG's GPU instances: the driver shows one directory for each (NVIDIA/nvidia-modprobe,
/// `modprobe-utils/nvidia-modprobe-utils.h`).
fn mig_instances(host: &dyn Host) -> usize {
    let capabilities = Path::new("/proc/driver/nvidia/capabilities");
    let gpus = host.list(capabilities).unwrap_or_default();
    let gpus = gpus.iter().filter(|entry| entry.name.starts_with("gpu"));
    gpus.filter_map(|gpu| host.list(&capabilities.join(&gpu.name).join("mig")).ok())
        .flatten()
        .filter(|entry| entry.name.starts_with("gi"))
        .count()
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
            Err(error) if !error.is_absent() && error.why != Failure::NotCaptured => {
                unreadable(error, gaps)
            }
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
mod tests;

//! Processes that hold the device or map driver libraries, from `/proc/<pid>`.

use std::path::{Path, PathBuf};

use crate::facts::{Datum, Facts, Gap, Holder, Holders, Loaded, MappedLibrary};
use crate::host::{Failure, Host, HostError, HostKind, read_text};
use crate::parse::maps;
use crate::probe::{Found, Probe};

/// Reads `/proc/<pid>/{fd,maps,comm}` while the driver is loaded.
pub const PROBE: Probe = Probe { name: "holders", run };

/// More processes than are looked at.
const MOST_PROCESSES: usize = 50_000;
/// More open files than are looked at in one process; a process that holds a GPU opens it early.
const MOST_FILES: usize = 4096;
/// `maps` of processes without an open device are read only so often: the kernel writes each anew when it is read.
const MOST_OTHER_MAPS: usize = 512;
const LARGEST_MAPS: u64 = 16 << 20;

fn run(host: &dyn Host, known: &Facts) -> Found {
    let mut gaps = Vec::new();
    let holders = if known.loaded.driver.is_absent() {
        Holders::default()
    } else if host.kind() == HostKind::Live && is_held_by_nobody(&known.loaded) {
        Holders { processes: Datum::known(Vec::new(), "/sys/module/nvidia/refcnt"), hidden: 0 }
    } else {
        holders(host, &mut gaps)
    };
    if holders.hidden > 0 && is_mismatch(known) {
        gaps.push(Gap::new("/proc/<pid>/fd", Failure::NotPermitted));
    }
    Box::new(move |facts| {
        facts.holders = holders;
        facts.gaps.extend(gaps);
    })
}

/// Whether every NVIDIA module is referenced only by the modules that depend on it: then no program has a device
/// open, and no process needs to be asked. A reference count is one for each such module and each opening (kernel,
/// `module_refcount`).
fn is_held_by_nobody(loaded: &Loaded) -> bool {
    let mut modules =
        loaded.modules.iter().filter(|module| module.name.starts_with("nvidia")).peekable();
    modules.peek().is_some()
        && modules.all(|module| {
            module
                .references
                .is_some_and(|references| u32::try_from(module.used_by.len()) == Ok(references))
        })
}

/// Whether it matters who holds the driver: the versions don't fit.
fn is_mismatch(known: &Facts) -> bool {
    match (known.loaded_version(), known.library_version()) {
        (Some((loaded, _)), Some((library, _))) => loaded != library,
        _ => false,
    }
}

fn holders(host: &dyn Host, gaps: &mut Vec<Gap>) -> Holders {
    let proc = Path::new("/proc");
    let entries = match host.list(proc) {
        Ok(entries) => entries,
        Err(error) => {
            if !error.is_absent() {
                gaps.push(Gap::from(&error));
            }
            return Holders { processes: Datum::read(Err(error), proc), hidden: 0 };
        }
    };
    let mut pids: Vec<u32> = entries.iter().filter_map(|entry| entry.name.parse().ok()).collect();
    pids.sort_unstable();
    if pids.len() > MOST_PROCESSES {
        gaps.push(Gap::new(
            proc,
            format!("more than {MOST_PROCESSES} processes; the others were not looked at"),
        ));
        pids.truncate(MOST_PROCESSES);
    }
    let (mut processes, mut hidden, mut other_maps) = (Vec::new(), 0, 0);
    for pid in pids {
        let directory = proc.join(pid.to_string());
        let devices = match open_devices(host, &directory.join("fd")) {
            Ok(devices) => devices,
            Err(error) if error.why == Failure::NotPermitted => {
                hidden += usize::from(is_program(host, &directory));
                continue;
            }
            // It ended meanwhile.
            Err(_) => None,
        };
        let Some(devices) = devices else { continue };
        if devices.is_empty() {
            other_maps += 1;
            if other_maps > MOST_OTHER_MAPS {
                continue;
            }
        }
        let libraries = mapped_libraries(host, &directory);
        if !devices.is_empty() || !libraries.is_empty() {
            let name =
                read_text(host, directory.join("comm")).unwrap_or_default().trim_end().to_owned();
            let cgroup = cgroup(host, &directory);
            processes.push(Holder { pid, name, devices, libraries, cgroup });
        }
    }
    Holders { processes: Datum::known(processes, proc), hidden }
}

/// The NVIDIA devices among the open files, sorted, once each; `None` for a process without any open file, as kernel
/// threads are.
fn open_devices(host: &dyn Host, directory: &Path) -> Result<Option<Vec<String>>, HostError> {
    let entries = match host.list(directory) {
        // A file tree may hold `maps` only.
        Err(error) if error.is_absent() && host.kind() == HostKind::Tree => {
            return Ok(Some(Vec::new()));
        }
        entries => entries?,
    };
    if entries.is_empty() {
        return Ok(None);
    }
    let targets = entries
        .iter()
        .take(MOST_FILES)
        .filter_map(|entry| host.read_link(&directory.join(&entry.name)).ok());
    let mut devices: Vec<String> = targets.filter_map(nvidia_device).collect();
    devices.sort();
    devices.dedup();
    Ok(Some(devices))
}

fn nvidia_device(target: PathBuf) -> Option<String> {
    let target = target.to_str()?;
    let target = target.strip_suffix(" (deleted)").unwrap_or(target);
    target.starts_with("/dev/nvidia").then(|| target.to_owned())
}

fn mapped_libraries(host: &dyn Host, directory: &Path) -> Vec<MappedLibrary> {
    host.read(&directory.join("maps"), LARGEST_MAPS)
        .map(|text| maps::driver_libraries(&text))
        .unwrap_or_default()
}

/// Its place in systemd's hierarchy: the only one (v2), or the one by that name (v1; cgroups(7)).
fn cgroup(host: &dyn Host, directory: &Path) -> Option<String> {
    let text = read_text(host, directory.join("cgroup")).ok()?;
    let place = |line: &str| {
        let (_, rest) = line.split_once(':')?;
        let (controllers, path) = rest.split_once(':')?;
        (controllers.is_empty() || controllers == "name=systemd").then(|| path.to_owned())
    };
    text.lines().find_map(place)
}

/// Whether it is a program and no kernel thread: these have no command line (proc_pid_cmdline(5)).
fn is_program(host: &dyn Host, directory: &Path) -> bool {
    host.read(&directory.join("cmdline"), 1 << 20).map_or(true, |line| !line.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{
        LibraryPlace, LoadedDriver, LoadedModule, Lookup, LookupScope, ResolvedLibrary, Via,
    };
    use crate::host::LinkChain;
    use crate::hosts::memory::Memory;

    fn loaded() -> Facts {
        let version: crate::version::DriverVersion = "535.216.01".parse().unwrap();
        let driver = LoadedDriver { version, flavour: None, readings: vec![] };
        let mut facts = Facts::default();
        facts.loaded.driver = Datum::known(driver, "/sys/module/nvidia/version");
        facts
    }

    fn facts(host: &Memory, known: &Facts) -> Facts {
        let mut facts = known.clone();
        run(host, known)(&mut facts);
        facts
    }

    fn machine() -> Memory {
        Memory::default()
            .file("/proc/modules", "")
            .dir("/proc/2/fd")
            .file("/proc/700/comm", "nvidia-persiste\n")
            .link("/proc/700/fd/0", "/dev/null")
            .link("/proc/700/fd/3", "/dev/nvidiactl")
            .link("/proc/700/fd/4", "/dev/nvidia0")
            .link("/proc/700/fd/5", "/dev/nvidia0")
            .file(
                "/proc/700/maps",
                "7f1c28000000-7f1c281c0000 r--p 00000000 fd:01 2097301    /usr/lib/libnvidia-cfg.so.535.216.01 (deleted)\n",
            )
            .link("/proc/800/fd/0", "/dev/null")
            .file("/proc/800/comm", "bash\n")
            .file("/proc/800/maps", "55d0-55d1 r--p 0 fd:01 1   /usr/bin/bash\n")
            .file("/proc/900/comm", "old exporter\n")
            .file("/proc/900/maps", "55d0-55d1 r--p 0 fd:01 1   /usr/lib/libnvidia-ml.so.525.60.13\n")
    }

    #[test]
    fn finds_who_holds_devices_or_old_libraries() {
        let facts = facts(&machine(), &loaded());
        let [daemon, exporter] = facts.holders.processes.value().unwrap().as_slice() else {
            panic!("{:?}", facts.holders)
        };
        assert_eq!((daemon.pid, daemon.name.as_str()), (700, "nvidia-persiste"));
        assert_eq!(daemon.devices, ["/dev/nvidia0", "/dev/nvidiactl"]);
        assert_eq!((daemon.libraries.len(), daemon.libraries[0].deleted), (1, true));
        assert_eq!((exporter.pid, exporter.devices.len()), (900, 0));
        assert_eq!(exporter.libraries[0].version.as_str(), "525.60.13");
        assert_eq!((facts.holders.hidden, facts.gaps), (0, vec![]));
    }

    #[test]
    fn nobody_is_asked_when_nothing_is_loaded() {
        let mut known = Facts::default();
        known.loaded.driver = Datum::absent("/proc/modules");
        assert_eq!(facts(&machine(), &known).holders, Holders::default());
    }

    #[test]
    fn counts_hidden_programs_and_is_silent_where_versions_fit() {
        let host = machine()
            .denied("/proc/10/fd")
            .file("/proc/10/cmdline", "")
            .denied("/proc/11/fd")
            .file("/proc/11/cmdline", "/usr/bin/Xorg\0");
        let facts = facts(&host, &loaded());
        assert_eq!((facts.holders.hidden, facts.gaps), (1, vec![]));
    }

    #[test]
    fn hidden_programs_are_one_gap_where_versions_differ() {
        let mut known = loaded();
        known.libraries.lookups.push(Lookup {
            name: "libcuda.so.1".to_owned(),
            arch: "x86_64".to_owned(),
            scope: LookupScope::Plain,
            found: Datum::known(
                ResolvedLibrary {
                    chain: LinkChain {
                        links: vec![],
                        end: "/usr/lib/libcuda.so.535.261.03".into(),
                    },
                    version: "535.261.03".parse().ok(),
                    via: Via::DefaultDirectory("/usr/lib".into()),
                    place: LibraryPlace::System,
                    exists: true,
                },
                "/usr/lib",
            ),
        });
        let host = machine().denied("/proc/11/fd").denied("/proc/12/fd");
        let facts = facts(&host, &known);
        assert_eq!((facts.holders.hidden, facts.gaps.len()), (2, 1));
    }

    #[test]
    fn reference_counts_tell_whether_any_program_holds_the_driver() {
        let module = |name: &str, references, used_by: &[&str]| LoadedModule {
            name: name.to_owned(),
            version: Datum::default(),
            references,
            used_by: used_by.iter().map(|name| (*name).to_owned()).collect(),
            state: None,
        };
        let held = |references| {
            let modules = vec![
                module("nouveau", None, &[]),
                module("nvidia", references, &["nvidia_uvm", "nvidia_modeset"]),
                module("nvidia_uvm", Some(0), &[]),
            ];
            !is_held_by_nobody(&Loaded { driver: Datum::default(), modules, devices: Vec::new() })
        };
        assert!(held(Some(3)) && held(None));
        assert!(!held(Some(2)));
        assert!(!is_held_by_nobody(&Loaded::default()));
    }
}

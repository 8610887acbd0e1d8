//! Processes that hold the device or map driver libraries, from `/proc/<pid>`; and what holds it without a process.

use std::collections::BTreeSet;
use std::path::Path;

use crate::facts::{Datum, Facts, Gap, Holder, Holders, Loaded, MappedLibrary};
use crate::host::{Failure, Host, HostError, HostKind, follow, read_text};
use crate::parse::maps;
use crate::probe::{Found, Probe};

/// Reads `/proc/<pid>/{fd,maps,comm,cgroup}` while the driver is loaded, and who shows the screen.
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
    let mut holders = Holders::default();
    if !known.loaded.driver.is_absent() {
        (holders.processes, holders.hidden) =
            if host.kind() == HostKind::Live && is_held_by_nobody(&known.loaded) {
                (Datum::known(Vec::new(), "/sys/module/nvidia/refcnt"), 0)
            } else {
                processes(host, &render_nodes(host, known), &mut gaps)
            };
        if known.loaded.module("nvidia_drm").is_some() {
            holders.console = console(host);
            holders.display_manager = display_manager(host);
        }
    }
    if holders.hidden > 0 && is_mismatch(known) {
        gaps.push(Gap::new("/proc/<pid>/fd", Failure::NotPermitted));
    }
    Box::new(move |facts| {
        facts.holders = holders;
        facts.gaps.extend(gaps);
    })
}

/// The files in `/dev/dri` of NVIDIA GPUs; those of another maker's GPU hold nothing here.
fn render_nodes(host: &dyn Host, known: &Facts) -> BTreeSet<String> {
    let gpus = known.bus.gpus().iter().filter(|gpu| gpu.driver.as_deref() == Some("nvidia"));
    let directories = gpus.map(|gpu| format!("/sys/bus/pci/devices/{}/drm", gpu.address));
    directories
        .filter_map(|directory| host.list(Path::new(&directory)).ok())
        .flatten()
        .map(|entry| format!("/dev/dri/{}", entry.name))
        .collect()
}

/// The console that draws on a framebuffer of the driver. It has no file open, and unloading the driver under it has
/// left machines without any console, so it is taken off first.
fn console(host: &dyn Host) -> Option<String> {
    let framebuffers = read_text(host, "/proc/fb").ok()?;
    // `drm_fb_helper` names a framebuffer by its driver: `nvidia-drmdrmfb`.
    if !framebuffers.lines().any(|line| line.contains("nvidia")) {
        return None;
    }
    let directory = Path::new("/sys/class/vtconsole");
    host.list(directory).ok()?.into_iter().map(|entry| entry.name).find(|name| {
        let read = |file| read_text(host, directory.join(name).join(file)).unwrap_or_default();
        read("name").contains("frame buffer") && read("bind").trim() == "1"
    })
}

/// The unit behind the alias `display-manager.service`, if its control group is there: then it runs.
fn display_manager(host: &dyn Host) -> Option<String> {
    let alias = Path::new("/etc/systemd/system/display-manager.service");
    host.read_link(alias).ok()?;
    let unit = follow(host, alias).ok()?.end;
    let unit = unit.file_name()?.to_str()?.to_owned();
    // The second is where systemd keeps its own hierarchy beside those of cgroup v1.
    let groups = ["/sys/fs/cgroup", "/sys/fs/cgroup/systemd"];
    let is_running = groups
        .iter()
        .any(|group| host.metadata(&Path::new(group).join("system.slice").join(&unit)).is_ok());
    is_running.then_some(unit)
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

fn processes(
    host: &dyn Host,
    render_nodes: &BTreeSet<String>,
    gaps: &mut Vec<Gap>,
) -> (Datum<Vec<Holder>>, usize) {
    let proc = Path::new("/proc");
    let entries = match host.list(proc) {
        Ok(entries) => entries,
        Err(error) => {
            if !error.is_absent() {
                gaps.push(Gap::from(&error));
            }
            return (Datum::read(Err(error), proc), 0);
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
    for pid in pids.iter().copied() {
        let directory = proc.join(pid.to_string());
        let devices = match open_devices(host, &directory.join("fd"), render_nodes) {
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
    if host.kind() == HostKind::Tree && processes.is_empty() && !shows_files(host, &pids) {
        // A description of a machine without its processes: who holds what is not known.
        return (Datum::absent(proc), hidden);
    }
    (Datum::known(processes, proc), hidden)
}

/// Whether any process is there with its open files.
fn shows_files(host: &dyn Host, pids: &[u32]) -> bool {
    pids.iter().any(|pid| host.metadata(Path::new(&format!("/proc/{pid}/fd"))).is_ok())
}

/// The NVIDIA devices among the open files, sorted, once each; `None` for a process without any open file, as kernel
/// threads are.
fn open_devices(
    host: &dyn Host,
    directory: &Path,
    render_nodes: &BTreeSet<String>,
) -> Result<Option<Vec<String>>, HostError> {
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
    let mut devices: Vec<String> =
        targets.filter_map(|target| nvidia_device(&target, render_nodes)).collect();
    devices.sort();
    devices.dedup();
    Ok(Some(devices))
}

fn nvidia_device(target: &Path, render_nodes: &BTreeSet<String>) -> Option<String> {
    let target = target.to_str()?;
    let target = target.strip_suffix(" (deleted)").unwrap_or(target);
    (target.starts_with("/dev/nvidia") || render_nodes.contains(target)).then(|| target.to_owned())
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
        LibraryPlace, LoadedDriver, LoadedModule, Lookup, LookupScope, PciDevice, ResolvedLibrary,
        Via,
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

    fn module(name: &str, references: Option<u32>, used_by: &[&str]) -> LoadedModule {
        LoadedModule {
            name: name.to_owned(),
            version: Datum::default(),
            references,
            used_by: used_by.iter().map(|name| (*name).to_owned()).collect(),
            state: None,
        }
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
    fn a_display_its_manager_and_the_console_are_seen() {
        let drm = "/sys/bus/pci/devices/0000:01:00.0/drm";
        let host = machine()
            .link("/proc/950/fd/5", "/dev/dri/card1")
            .link("/proc/950/fd/6", "/dev/dri/card0")
            .file("/proc/950/comm", "Xorg\n")
            .file("/proc/950/cgroup", "0::/system.slice/gdm.service\n")
            .dir(&format!("{drm}/card1"))
            .dir(&format!("{drm}/renderD129"))
            .file("/proc/fb", "0 nvidia-drmdrmfb\n")
            .file("/sys/class/vtconsole/vtcon0/name", "(S) dummy device\n")
            .file("/sys/class/vtconsole/vtcon0/bind", "0\n")
            .file("/sys/class/vtconsole/vtcon1/name", "(M) frame buffer device\n")
            .file("/sys/class/vtconsole/vtcon1/bind", "1\n")
            .link("/etc/systemd/system/display-manager.service", "/lib/systemd/system/gdm3.service")
            .link("/lib/systemd/system/gdm3.service", "gdm.service")
            .dir("/sys/fs/cgroup/system.slice/gdm.service");
        let mut known = loaded();
        known.bus.gpus = Datum::known(
            vec![PciDevice {
                address: "0000:01:00.0".to_owned(),
                device: 0x2684,
                driver: Some("nvidia".to_owned()),
                name: None,
            }],
            "/sys/bus/pci/devices",
        );
        known.loaded.modules.push(module("nvidia_drm", Some(1), &[]));
        let holders = facts(&host, &known).holders;
        let server = holders.processes.value().unwrap().last().unwrap();
        assert_eq!(
            (server.pid, server.devices.as_slice()),
            (950, &["/dev/dri/card1".to_owned()][..])
        );
        assert!(server.shows_pictures());
        assert_eq!(holders.console.as_deref(), Some("vtcon1"));
        assert_eq!(holders.display_manager.as_deref(), Some("gdm.service"));
        // A console on another maker's GPU is none of ours, nor a manager that does not run.
        let other = host.file("/proc/fb", "0 i915drmfb\n").link(
            "/etc/systemd/system/display-manager.service",
            "/lib/systemd/system/sddm.service",
        );
        let holders = facts(&other, &known).holders;
        assert_eq!((holders.console, holders.display_manager), (None, None));
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
        let held = |references| {
            let modules = vec![
                module("nouveau", None, &[]),
                module("nvidia", references, &["nvidia_uvm", "nvidia_modeset"]),
                module("nvidia_uvm", Some(0), &[]),
            ];
            !is_held_by_nobody(&Loaded { modules, ..Loaded::default() })
        };
        assert!(held(Some(3)) && held(None));
        assert!(!held(Some(2)));
        assert!(!is_held_by_nobody(&Loaded::default()));
    }
}

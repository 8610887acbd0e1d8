//! Containers that systemd takes the GPU from when it reloads its units, or has taken it from.
//!
//! NVIDIA's older container hook opens the devices behind systemd's back; at its next reload systemd sets its own
//! rules again, and the container has lost the GPU (NVIDIA/nvidia-docker issue 1730, NVIDIA/nvidia-container-toolkit
//! issues 251 and 1744). Seen from the host only.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::facts::{ContainerScope, Datum, Environment, Facts, Holder, Origin};
use crate::host::{FileKind, Host, read_text};
use crate::parse::device_allow::{self, Rules};
use crate::probe::{Found, Probe};

/// Reads the device rules of containers, those that systemd was given and, with cgroup v1, those in force.
pub const PROBE: Probe = Probe { name: "container scopes", run };

const TRANSIENT: &str = "/run/systemd/transient";
/// systemd removes and makes these anew at each reload (`manager_reload`, systemd's `src/core/manager.c`).
const GENERATED: [&str; 2] = ["/run/systemd/generator", "/run/systemd/generator.late"];
/// Units that container runtimes make when systemd keeps their control groups.
const RUNTIMES: [&str; 4] = ["docker-", "libpod-", "cri-containerd-", "crio-"];
/// Where cgroup v1 keeps its device rules; not there with cgroup v2.
const DEVICE_LISTS: &str = "/sys/fs/cgroup/devices";
/// The link to `/dev/nvidiactl`, which every program opens first.
const CONTROL_LINK: &str = "/dev/char/195:255";
/// Containers that are looked at: of those that have a GPU open, and of the others.
const MOST: usize = 256;

fn run(host: &dyn Host, known: &Facts) -> Found {
    let scopes = scopes(host, known);
    let (reloaded, unlinked) = if scopes.is_empty() {
        (Datum::default(), None)
    } else {
        (units_reloaded(host), unlinked_device(host))
    };
    Box::new(move |facts| {
        facts.consumers.scopes = scopes;
        facts.consumers.units_reloaded = reloaded;
        facts.consumers.unlinked_device = unlinked;
    })
}

fn scopes(host: &dyn Host, known: &Facts) -> Vec<ContainerScope> {
    if known.system.environment != Environment::Host || known.loaded.driver.is_absent() {
        return vec![];
    }
    let mut holders: BTreeMap<String, &Holder> = BTreeMap::new();
    let processes = known.holders.processes.value().map_or(&[][..], Vec::as_slice);
    for holder in processes.iter().filter(|holder| !holder.devices.is_empty()) {
        if holders.len() < MOST
            && let Some(scope) = holder.cgroup.as_deref().and_then(scope)
        {
            holders.entry(scope).or_insert(holder);
        }
    }
    // A container whose programs don't run now is seen only where the kernel shows its rules.
    let has_lists = is_directory(host, DEVICE_LISTS);
    let others = if has_lists { host.list(Path::new(TRANSIENT)).ok() } else { None };
    let others = others.unwrap_or_default().into_iter().map(|entry| entry.name);
    let others = others.filter(|name| is_container(name)).take(MOST);
    let names: BTreeSet<String> = holders.keys().cloned().chain(others).collect();
    let found = names.into_iter().filter_map(|name| {
        let holder = holders.get(&name).copied();
        container(host, name, holder, has_lists)
    });
    found.collect()
}

/// The container, if it loses its GPU or has lost it. What has no device rules at all may open everything.
fn container(
    host: &dyn Host,
    scope: String,
    holder: Option<&Holder>,
    has_lists: bool,
) -> Option<ContainerScope> {
    let rules = Path::new(TRANSIENT).join(format!("{scope}.d/50-DeviceAllow.conf"));
    let rules_name_gpu = match device_allow::parse(&read_text(host, &rules).ok()?) {
        Rules::Open => return None,
        Rules::NamesNvidia => true,
        Rules::LeavesOutNvidia => false,
    };
    let opens_gpu = if has_lists { opens_gpu(host, &scope) } else { Datum::absent(DEVICE_LISTS) };
    let is_closed = opens_gpu.value() == Some(&false);
    let uses_gpu = rules_name_gpu || holder.is_some();
    if !uses_gpu || (rules_name_gpu && !is_closed) {
        return None;
    }
    let started = host.metadata(&rules).ok()?.modified;
    let holder = holder.map(|holder| (holder.pid, holder.name.clone()));
    Some(ContainerScope { scope, rules, rules_name_gpu, started, opens_gpu, holder })
}

/// What the kernel's list of the container's control group says.
fn opens_gpu(host: &dyn Host, scope: &str) -> Datum<bool> {
    let unit = read_text(host, Path::new(TRANSIENT).join(scope)).unwrap_or_default();
    let slice = unit.lines().find_map(|line| line.trim().strip_prefix("Slice="));
    // systemd.slice(5): scopes are put into system.slice unless they say otherwise.
    let list = Path::new(DEVICE_LISTS)
        .join(slice_directory(slice.unwrap_or("system.slice")))
        .join(scope)
        .join("devices.list");
    let list_text = read_text(host, &list);
    Datum::read(list_text.map(|text| device_allow::list_opens_nvidia(&text)), &list)
}

/// `a-b.slice` lies within `a.slice` (systemd.slice(5)).
fn slice_directory(slice: &str) -> PathBuf {
    let stem = slice.trim_end_matches(".slice");
    let above = stem.match_indices('-').map(|(at, _)| stem.get(..at).unwrap_or_default());
    let names = above.chain([stem]).filter(|name| !name.is_empty() && *name != "-");
    names.map(|name| format!("{}.slice", name.replace('/', ""))).collect()
}

/// The container's unit in a process' place: `/system.slice/docker-<id>.scope`.
fn scope(cgroup: &str) -> Option<String> {
    cgroup.split('/').find(|part| is_container(part)).map(str::to_owned)
}

fn is_container(unit: &str) -> bool {
    unit.ends_with(".scope") && RUNTIMES.iter().any(|runtime| unit.starts_with(runtime))
}

fn is_directory(host: &dyn Host, path: &str) -> bool {
    host.metadata(Path::new(path)).is_ok_and(|metadata| metadata.kind == FileKind::Directory)
}

fn units_reloaded(host: &dyn Host) -> Datum<i64> {
    let times = GENERATED.into_iter().filter_map(|directory| {
        Some((host.metadata(Path::new(directory)).ok()?.modified, directory))
    });
    match times.max() {
        Some((time, directory)) => Datum::known(time, directory),
        None => Datum::Absent { looked_at: GENERATED.map(Origin::from).to_vec() },
    }
}

/// runc leaves a device whose link is not there out of the rules (opencontainers/runc, `generateDeviceProperties`;
/// NVIDIA/nvidia-container-toolkit discussion 1133).
fn unlinked_device(host: &dyn Host) -> Option<PathBuf> {
    let is_missing = is_directory(host, "/dev/char")
        && host.metadata(Path::new(CONTROL_LINK)).is_err_and(|error| error.is_absent());
    is_missing.then(|| CONTROL_LINK.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::LoadedDriver;
    use crate::hosts::memory::Memory;

    const UNIT: &str = "/run/systemd/transient/docker-ab12.scope";
    const RULES_FILE: &str = "/run/systemd/transient/docker-ab12.scope.d/50-DeviceAllow.conf";
    const NAMED: &str = "DeviceAllow=/dev/char/195:0 rwm\n";
    const LEFT_OUT: &str = "DeviceAllow=\nDeviceAllow=/dev/char/1:3 rwm\n";

    fn facts(host: &Memory) -> Facts {
        facts_with(host, "/system.slice/docker-ab12.scope")
    }

    fn facts_with(host: &Memory, cgroup: &str) -> Facts {
        let mut facts = Facts::default();
        let version = "535.261.03".parse().unwrap();
        let driver = LoadedDriver { version, flavour: None, readings: vec![] };
        facts.loaded.driver = Datum::known(driver, "/sys/module/nvidia/version");
        let devices = vec!["/dev/nvidia0".to_owned()];
        let (name, libraries, cgroup) = ("python".into(), vec![], Some(cgroup.to_owned()));
        let holder = Holder { pid: 77, name, devices, libraries, cgroup };
        facts.holders.processes = Datum::known(vec![holder], "/proc");
        run(host, &facts.clone())(&mut facts);
        facts
    }

    fn host(rules: &str) -> Memory {
        Memory::default()
            .file(RULES_FILE, rules)
            .modified(RULES_FILE, 100)
            .file("/run/systemd/generator/x.mount", "")
            .modified("/run/systemd/generator", 200)
    }

    #[test]
    fn finds_a_container_whose_rules_leave_the_gpu_out() {
        let facts = facts(&host(LEFT_OUT).file("/dev/char/1:3", ""));
        let [container] = facts.consumers.scopes.as_slice() else { panic!("{facts:?}") };
        assert_eq!((container.started, container.rules_name_gpu), (100, false));
        assert_eq!(container.holder, Some((77, "python".to_owned())));
        assert_eq!(container.scope, "docker-ab12.scope");
        assert!(container.opens_gpu.is_absent());
        assert_eq!(facts.consumers.units_reloaded.value(), Some(&200));
        assert_eq!(facts.consumers.unlinked_device.as_deref(), Some(Path::new(CONTROL_LINK)));
    }

    #[test]
    fn a_link_that_is_there_or_a_dev_that_is_not_tells_nothing() {
        let linked = host(LEFT_OUT).file(CONTROL_LINK, "");
        assert_eq!(facts(&linked).consumers.unlinked_device, None);
        assert_eq!(facts(&host(LEFT_OUT)).consumers.unlinked_device, None);
    }

    #[test]
    fn rules_that_name_it_and_containers_without_a_gpu_are_none() {
        assert_eq!(facts(&host(NAMED)).consumers.scopes, []);
        assert_eq!(facts_with(&host(LEFT_OUT), "/init").consumers.scopes, []);
    }

    #[test]
    fn the_kernels_own_list_tells_though_no_process_runs() {
        let with = |unit: &str, directory: &str, list: &str| {
            let list_file =
                format!("/sys/fs/cgroup/devices/{directory}/docker-ab12.scope/devices.list");
            let host = host(NAMED).file(UNIT, unit).file(&list_file, list);
            facts_with(&host, "/init").consumers.scopes
        };
        let closed = with("[Unit]\n", "system.slice", "c 1:3 rwm\nc 195:* m\n");
        let [container] = closed.as_slice() else { panic!("{closed:?}") };
        assert_eq!((container.opens_gpu.value(), &container.holder), (Some(&false), &None));
        assert_eq!(with("[Unit]\n", "system.slice", "c 195:0 rw\n"), []);
        let pod = "[Scope]\nSlice=kubepods-burstable-pod1.slice\n";
        let directory = "kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1.slice";
        assert_eq!(with(pod, directory, "c 1:3 rwm\n").len(), 1);
    }
}

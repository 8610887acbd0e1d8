//! Containers that have a GPU open although systemd's rules for them name none.
//!
//! NVIDIA's older container hook opens the devices behind systemd's back; at its next reload systemd sets its own
//! rules again, and the container has lost the GPU (NVIDIA/nvidia-docker issue 1730, NVIDIA/nvidia-container-toolkit
//! issues 251 and 1744). Seen from the host only.

use std::collections::BTreeMap;
use std::path::Path;

use crate::facts::{Datum, Environment, Facts, Holder, Origin, UnruledContainer};
use crate::host::{Host, read_text};
use crate::parse::device_allow::{self, Rules};
use crate::probe::{Found, Probe};

/// Reads the device rules of those containers whose processes hold the GPU.
pub const PROBE: Probe = Probe { name: "container scopes", run };

const RULES: &str = "/run/systemd/transient";
/// systemd removes and makes these anew at each reload (`manager_reload`, systemd's `src/core/manager.c`).
const GENERATED: [&str; 2] = ["/run/systemd/generator", "/run/systemd/generator.late"];
/// Units that container runtimes make when systemd keeps their control groups.
const RUNTIMES: [&str; 4] = ["docker-", "libpod-", "cri-containerd-", "crio-"];
/// Processes that are asked for their control group.
const MOST: usize = 256;

fn run(host: &dyn Host, known: &Facts) -> Found {
    let unruled = unruled(host, known);
    let reloaded = if unruled.is_empty() { Datum::default() } else { units_reloaded(host) };
    Box::new(move |facts| {
        facts.consumers.unruled = unruled;
        facts.consumers.units_reloaded = reloaded;
    })
}

fn unruled(host: &dyn Host, known: &Facts) -> Vec<UnruledContainer> {
    let holders = known.holders.processes.value().map_or(&[][..], Vec::as_slice);
    let open = holders.iter().filter(|holder| !holder.devices.is_empty());
    if known.system.environment != Environment::Host {
        return vec![];
    }
    let mut scopes: BTreeMap<String, &Holder> = BTreeMap::new();
    for holder in open.take(MOST) {
        let path = format!("/proc/{}/cgroup", holder.pid);
        if let Some(scope) = read_text(host, path).ok().and_then(|text| scope(&text)) {
            scopes.entry(scope).or_insert(holder);
        }
    }
    let unruled = scopes.into_iter().filter_map(|(scope, holder)| {
        let rules = Path::new(RULES).join(format!("{scope}.d/50-DeviceAllow.conf"));
        let text = read_text(host, &rules).ok()?;
        let leaves_out = device_allow::parse(&text) == Rules::LeavesOutNvidia;
        let started = host.metadata(&rules).ok()?.modified;
        let (pid, process) = (holder.pid, holder.name.clone());
        leaves_out.then_some(UnruledContainer { scope, rules, started, pid, process })
    });
    unruled.collect()
}

/// The container's unit in `/proc/<pid>/cgroup`: `0::/system.slice/docker-<id>.scope`.
fn scope(cgroup: &str) -> Option<String> {
    cgroup
        .split(['/', '\n'])
        .find(|part| {
            part.ends_with(".scope") && RUNTIMES.iter().any(|runtime| part.starts_with(runtime))
        })
        .map(str::to_owned)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hosts::memory::Memory;

    const RULES_FILE: &str = "/run/systemd/transient/docker-ab12.scope.d/50-DeviceAllow.conf";

    fn facts(host: &Memory) -> Facts {
        let mut facts = Facts::default();
        let devices = vec!["/dev/nvidia0".to_owned()];
        let holder =
            Holder { pid: 77, name: "python".into(), devices, libraries: vec![], cgroup: None };
        facts.holders.processes = Datum::known(vec![holder], "/proc");
        run(host, &facts.clone())(&mut facts);
        facts
    }

    fn host(rules: &str) -> Memory {
        Memory::default()
            .file("/proc/77/cgroup", "0::/system.slice/docker-ab12.scope\n")
            .file(RULES_FILE, rules)
            .modified(RULES_FILE, 100)
            .file("/run/systemd/generator/x.mount", "")
            .modified("/run/systemd/generator", 200)
    }

    #[test]
    fn finds_a_container_whose_rules_leave_the_gpu_out() {
        let facts = facts(&host("DeviceAllow=\nDeviceAllow=/dev/char/1:3 rwm\n"));
        let [container] = facts.consumers.unruled.as_slice() else { panic!("{facts:?}") };
        assert_eq!((container.started, container.pid), (100, 77));
        assert_eq!(container.scope, "docker-ab12.scope");
        assert_eq!(facts.consumers.units_reloaded.value(), Some(&200));
    }

    #[test]
    fn rules_that_name_it_and_containers_without_a_gpu_are_none() {
        assert_eq!(facts(&host("DeviceAllow=/dev/char/195:0 rwm\n")).consumers.unruled, []);
        let idle = host("DeviceAllow=/dev/char/1:3 rwm\n").file("/proc/77/cgroup", "0::/init\n");
        assert_eq!(facts(&idle).consumers.unruled, []);
    }
}

//! What a reload of the modules stops, in which order, and what it refuses; what steps do on a machine that is not as
//! planned. Real modules are reloaded in `testbeds/`.

use std::path::Path;

use nvmend::facts::Facts;
use nvmend::host::Host;
use nvmend::host_mut::HostMut;
use nvmend::hosts::memory::Memory;
use nvmend::hosts::simulated::{Change, Simulated};
use nvmend::plan::{Planning, Why};
use nvmend::remedy::Allowed;
use nvmend::step::{Action, Keep, Step, StepError};
use nvmend::steps::{EndProcess, LoadModules, Product, Regenerate, UnloadModules};

use crate::{facts, memory, planning};

const ID: &str = "4f2c9d6b1e7a4f2c9d6b1e7a4f2c9d6b1e7a4f2c9d6b1e7a4f2c9d6b1e7a0123";

/// A process with its open files.
fn process(memory: Memory, pid: u32, name: &str, cgroup: &str, devices: &[&str]) -> Memory {
    let memory = memory
        .file(&format!("/proc/{pid}/comm"), format!("{name}\n"))
        .file(&format!("/proc/{pid}/cmdline"), format!("{name}\0"))
        .file(&format!("/proc/{pid}/cgroup"), format!("0::{cgroup}\n"));
    devices.iter().zip(3..).fold(memory, |memory, (device, number)| {
        memory.link(&format!("/proc/{pid}/fd/{number}"), device)
    })
}

/// A server: a daemon of the driver, and a service that uses it.
fn server() -> Memory {
    let memory = memory("stale-module-loaded");
    let daemon = "/system.slice/nvidia-persistenced.service";
    let memory = process(memory, 700, "nvidia-persiste", daemon, &["/dev/nvidiactl"]);
    process(memory, 800, "ollama", "/system.slice/ollama.service", &["/dev/nvidia0"])
}

/// A desktop where somebody has logged in.
fn desktop() -> Memory {
    let session = "/user.slice/user-1000.slice/session-2.scope";
    let memory = memory("stale-module-loaded")
        .link("/etc/systemd/system/display-manager.service", "/lib/systemd/system/gdm.service")
        .dir("/sys/fs/cgroup/system.slice/gdm.service")
        .file("/proc/fb", "0 nvidia-drmdrmfb\n")
        .file("/sys/class/vtconsole/vtcon1/name", "(M) frame buffer device\n")
        .file("/sys/class/vtconsole/vtcon1/bind", "1\n");
    let memory = process(memory, 900, "Xorg", session, &["/dev/nvidia-modeset", "/dev/nvidia0"]);
    let logind = "/system.slice/systemd-logind.service";
    process(memory, 300, "systemd-logind", logind, &["/dev/nvidia-modeset"])
}

const EVERYTHING: Allowed =
    Allowed { most: nvmend::report::Disruption::Reboot, gpu_jobs_stop: true };

fn lines(memory: &Memory, allowed: &Allowed) -> Vec<String> {
    let planning = planning(memory, &facts(memory), allowed);
    let plan = planning.plan.unwrap_or_else(|| panic!("no plan: {:?}", planning.others));
    plan.steps
        .iter()
        .map(|step| {
            let args = step.action().args().into_iter().map(|(_, value)| value);
            [step.action().id().to_owned()].into_iter().chain(args).collect::<Vec<_>>().join(" ")
        })
        .collect()
}

/// Why the modules are not reloaded.
fn hindrance(memory: &Memory) -> (&'static str, String) {
    let Planning { others, .. } = planning(memory, &facts(memory), &Allowed::default());
    let why = others.into_iter().find_map(|other| match other.why {
        Why::Hindered(why) if other.remedies == ["reload-modules"] => Some(why),
        _ => None,
    });
    let why = why.unwrap();
    let args: Vec<String> = why.args.into_iter().map(|(_, value)| value).collect();
    (why.why, args.join(" | "))
}

const UNLOAD: &str = "unload-modules nvidia_uvm, nvidia_drm, nvidia_modeset, nvidia 535.183.01";
const LOAD: &str = "load-modules nvidia, nvidia_modeset, nvidia_drm, nvidia_uvm 535.216.01";

#[test]
fn services_are_stopped_and_started_again_the_other_way_round() {
    let expected = [
        "stop-service nvidia-persistenced.service",
        "stop-service ollama.service",
        UNLOAD,
        LOAD,
        "start-service ollama.service",
        "start-service nvidia-persistenced.service",
    ];
    assert_eq!(lines(&server(), &Allowed::default()), expected);
}

#[test]
fn work_ends_only_where_that_is_allowed_and_containers_come_back() {
    let memory = process(
        server(),
        900,
        "python3",
        "/user.slice/user-1000.slice/session-2.scope",
        &["/dev/nvidia0"],
    );
    let docker = format!("/system.slice/docker-{ID}.scope");
    let memory = process(memory, 910, "jellyfin", &docker, &["/dev/nvidia0"]);
    let pod = format!("/kubepods/besteffort/pod12/{ID}");
    let memory = process(memory, 920, "tritonserver", &pod, &["/dev/nvidia0"]);
    let (why, jobs) = hindrance(&memory);
    assert_eq!(why, "gpu-jobs-run");
    assert_eq!(
        jobs,
        "python3 (900), docker 4f2c9d6b1e7a (jellyfin 910), kubernetes 4f2c9d6b1e7a (tritonserver 920)"
    );
    let expected = [
        "stop-service nvidia-persistenced.service",
        "stop-service ollama.service",
        "stop-container docker 4f2c9d6b1e7a",
        "end-process 920 tritonserver",
        "end-process 900 python3",
        UNLOAD,
        LOAD,
        "start-service ollama.service",
        "start-service nvidia-persistenced.service",
        "start-container docker 4f2c9d6b1e7a",
    ];
    assert_eq!(lines(&memory, &EVERYTHING), expected);
}

#[test]
fn a_display_goes_with_its_manager_and_the_console_is_taken_off() {
    assert_eq!(hindrance(&desktop()), ("gpu-jobs-run", "Xorg (900)".to_owned()));
    let expected = [
        "stop-service gdm.service",
        "end-process 900 Xorg",
        "unbind-console vtcon1",
        UNLOAD,
        LOAD,
        "bind-console vtcon1",
        "start-service gdm.service",
    ];
    assert_eq!(lines(&desktop(), &EVERYTHING), expected);
    // Nobody has logged in: the greeter is the manager's own, and no work is lost.
    let greeter = "/user.slice/user-120.slice/session-c1.scope";
    let idle = desktop().file("/proc/900/cgroup", format!("0::{greeter}\n"));
    let expected: Vec<&str> =
        expected.into_iter().filter(|line| !line.starts_with("end-")).collect();
    assert_eq!(lines(&idle, &Allowed::default()), expected);
}

#[test]
fn what_would_be_lost_or_is_not_ours_is_left_alone() {
    let mig = server().dir("/proc/driver/nvidia/capabilities/gpu0/mig/gi1");
    assert_eq!(hindrance(&mig), ("mig-instances", "1".to_owned()));
    let foreign = server().dir("/sys/module/nvidia/holders/gdrdrv");
    assert_eq!(hindrance(&foreign), ("held-by-module", "nvidia | gdrdrv".to_owned()));
    let unseen = process(
        memory("stale-module-loaded"),
        50,
        "sshd",
        "/system.slice/ssh.service",
        &["/dev/null"],
    );
    assert_eq!(hindrance(&unseen).0, "held-unseen");
}

/// `modprobe`; `/another`: somebody was quicker, with another version.
const PROGRAMS: &[(&str, nvmend::hosts::simulated::Program)] =
    &[("modprobe", |memory, arguments| {
        let name = arguments.last().unwrap();
        let mut changes =
            vec![Change::Write(format!("/sys/module/{name}/refcnt").into(), b"0\n".to_vec())];
        if memory.metadata(Path::new("/another")).is_ok() {
            let version = "/sys/module/nvidia/version".into();
            changes.push(Change::Write(version, b"550.54.15\n".to_vec()));
        }
        changes
    })];

fn loaded(version: &str, modules: &[&str]) -> Memory {
    let memory = Memory::default().file("/sys/module/nvidia/version", format!("{version}\n"));
    modules
        .iter()
        .fold(memory, |memory, module| memory.file(&format!("/sys/module/{module}/refcnt"), "0\n"))
}

fn run(step: &dyn Action, memory: Memory) -> (Result<(), StepError>, Facts) {
    let host = Simulated::new(memory, PROGRAMS);
    let result = step.run(&host, &mut |_| {});
    (result, facts(&host.memory()))
}

fn names(facts: &Facts) -> Vec<&str> {
    facts.loaded.modules.iter().map(|module| module.name.as_str()).collect()
}

fn unload(replaced_by: Option<&str>) -> UnloadModules {
    UnloadModules {
        modules: ["nvidia_uvm", "nvidia"].map(str::to_owned).to_vec(),
        version: "535.183.01".to_owned(),
        replaced_by: replaced_by.map(str::to_owned),
        returns: false,
    }
}

/// Wherever the power goes, no half image stays beside the one that is brought back.
#[test]
fn no_half_image_of_mkinitcpio_stays() {
    const IMAGE: &str = "/boot/initramfs-linux.img";
    let image = Memory::default().file(IMAGE, "the former image");
    let before = image.describe();
    let product = Product::Initramfs { kernel: "6.17".into(), program: "mkinitcpio".into() };
    let step = Regenerate { product, outputs: vec![IMAGE.into()] };
    let begun = |host: &Simulated| {
        let keep = Keep { host, directory: Path::new("/k"), number: 0, progress: &|_| {} };
        let inverse = step.inverse(host, &keep);
        let kept = host.changes();
        let _ = step.run(host, &mut |_| {});
        (inverse, kept)
    };
    let whole = Simulated::new(image.clone(), crate::programs::ALL);
    let (_, kept) = begun(&whole);
    for cut in kept + 1..=whole.changes() {
        let host = Simulated::new(image.clone(), crate::programs::ALL).cut_after(cut);
        let (inverse, _) = begun(&host);
        let host = Simulated::new(host.memory(), &[]);
        inverse.unwrap().iter().for_each(|step| step.action().run(&host, &mut |_| {}).unwrap());
        let mut after = host.memory();
        after.remove("/k");
        assert_eq!(after.describe(), before, "cut after {cut}");
    }
    assert!(whole.changes() > kept + 3);
}

/// What takes an unloading back.
fn inverse(unload: &UnloadModules) -> LoadModules {
    let host = Simulated::new(Memory::default(), PROGRAMS);
    let keep = Keep {
        host: &host as &dyn HostMut,
        directory: Path::new("/k"),
        number: 0,
        progress: &|_| {},
    };
    match unload.inverse(&host, &keep).unwrap().as_slice() {
        [Step::LoadModules(load)] => load.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_module_in_use_is_named_with_its_user_and_nothing_is_unloaded() {
    let memory = loaded("535.183.01", &["nvidia_uvm"]).file("/sys/module/nvidia/refcnt", "2\n");
    let memory = memory.dir("/sys/module/nvidia/holders/nvidia_uvm");
    let memory = process(memory, 77, "python3", "/", &["/dev/nvidia0"]);
    let (result, facts) = run(&unload(None), memory);
    let by = vec!["python3 (77)".to_owned()];
    assert_eq!(result, Err(StepError::InUse { module: "nvidia".to_owned(), by }));
    assert_eq!(names(&facts), ["nvidia", "nvidia_uvm"]);
}

#[test]
fn what_was_not_unloaded_needs_no_way_back() {
    let back = inverse(&unload(Some("535.216.01")));
    let (result, facts) = run(&back, loaded("535.183.01", &["nvidia", "nvidia_uvm"]));
    assert_eq!((result, names(&facts)), (Ok(()), vec!["nvidia", "nvidia_uvm"]));
    // Half of it is gone, and its file is of another version: it is not loaded beside the old one.
    let (result, facts) = run(&back, loaded("535.183.01", &["nvidia"]));
    assert!(matches!(result, Err(StepError::HalfUnloaded { gone, .. }) if gone == ["nvidia_uvm"]));
    assert_eq!(names(&facts), ["nvidia"]);
    // Nothing was replaced: what is missing is loaded.
    let (result, facts) = run(&inverse(&unload(None)), loaded("535.183.01", &["nvidia"]));
    assert_eq!((result, names(&facts)), (Ok(()), vec!["nvidia", "nvidia_uvm"]));
}

#[test]
fn another_version_that_somebody_loaded_meanwhile_is_told() {
    let load = LoadModules {
        modules: ["nvidia", "nvidia_uvm"].map(str::to_owned).to_vec(),
        version: "535.216.01".to_owned(),
        unless: None,
    };
    // By a client, and it is the right one.
    let (result, facts) = run(&load, loaded("535.216.01", &["nvidia"]));
    assert_eq!((result, names(&facts)), (Ok(()), vec!["nvidia", "nvidia_uvm"]));
    let is_other = |result: &Result<(), StepError>| matches!(result, Err(StepError::OtherVersion { found, .. }) if found == "550.54.15");
    let (result, _) = run(&load, loaded("550.54.15", &["nvidia"]));
    assert!(is_other(&result), "{result:?}");
    // Between the look before and the loading: the rest is not loaded beside it.
    let (result, facts) = run(&load, Memory::default().file("/another", ""));
    assert!(is_other(&result), "{result:?}");
    assert_eq!(names(&facts), ["nvidia"]);
}

#[test]
fn what_only_another_version_can_stand_in_for_is_not_taken_back() {
    let back = inverse(&unload(Some("535.216.01")));
    let (result, facts) = run(&back, Memory::default());
    assert!(
        matches!(&result, Err(StepError::OtherVersion { wanted, .. }) if wanted == "535.183.01"),
        "{result:?}"
    );
    assert_eq!(names(&facts), ["nvidia", "nvidia_uvm"], "there is a driver all the same");
}

#[test]
fn a_process_that_has_ended_is_not_waited_for() {
    let step = EndProcess { pid: 77, name: "python3".to_owned() };
    let zombie = process(Memory::default(), 77, "python3", "/", &[])
        .file("/proc/77/stat", "77 (python3) Z 1 77 77 0\n");
    let host = Simulated::new(zombie, PROGRAMS);
    step.run(&host, &mut |_| {}).unwrap();
    assert_eq!(host.changes(), 0, "no signal is sent");
    let other = process(Memory::default(), 77, "bash", "/", &[]);
    let host = Simulated::new(other, PROGRAMS);
    step.run(&host, &mut |_| {}).unwrap();
    assert_eq!(host.changes(), 0, "another process has the number now");
}

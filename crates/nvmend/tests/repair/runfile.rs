//! A driver of a `.run` file is uninstalled: by its own uninstaller (a mock), or by its record.

use std::path::Path;
use std::sync::Arc;

use nvmend::apply::{Applied, Event, Fault, apply, undo};
use nvmend::host::Host;
use nvmend::host_mut::{HostMut, Place};
use nvmend::hosts::memory::Memory;
use nvmend::hosts::simulated::{Change, Program, Simulated};
use nvmend::journal::Outcome;
use nvmend::remedy::Allowed;
use nvmend::step::{Step, StepError};
use nvmend::steps::UninstallRunfile;

use crate::{facts, memory, planning, programs, with};

const RUN: &str = "20261124T120000Z";
const CUDA: &str = "/usr/lib/x86_64-linux-gnu/libcuda.so.550.54.14";
const RECORD: &str = "/var/lib/nvidia/log";

/// Applies what is planned.
fn repair(memory: &Memory, programs: &[(&'static str, Program)]) -> (Arc<Simulated>, Applied) {
    let plan = planning(memory, &facts(memory), &Allowed::default()).plan.unwrap();
    assert_eq!(plan.remedies, ["uninstall-runfile"]);
    let host = Arc::new(Simulated::new(memory.clone(), programs));
    let applied = with(&host, |session| apply(session, &plan, RUN, &mut |_| {})).unwrap();
    (host, applied)
}

fn own(mut memory: Memory) -> Vec<String> {
    memory.remove("/var/lib/nvmend");
    memory.describe()
}

fn stands(host: &Simulated, path: &str) -> bool {
    host.place(Path::new(path)) != Ok(Place::Nothing)
}

#[test]
fn it_goes_by_its_own_uninstaller_and_comes_back() {
    let memory = memory("mixed-install-methods");
    let (host, applied) = repair(&memory, programs::ALL);
    assert_eq!((applied.outcome, applied.failed), (Some(Outcome::Succeeded), None));
    assert_eq!(applied.differences, []);
    assert!(![CUDA, RECORD, "/usr/bin/nvidia-smi"].iter().any(|path| stands(&host, path)));
    let undone = with(&host, |session| undo(session, RUN, false, &mut |_| {})).unwrap();
    assert_eq!(undone.outcome, Some(Outcome::Undone));
    assert_eq!(own(host.memory()), own(memory));
}

/// A thousand files take their time: each is told before the uninstaller says anything.
#[test]
fn what_is_kept_before_it_goes_is_told() {
    let memory = memory("mixed-install-methods");
    let plan = planning(&memory, &facts(&memory), &Allowed::default()).plan.unwrap();
    let host = Arc::new(Simulated::new(memory, programs::ALL));
    let mut lines: Vec<String> = vec![];
    let mut watch = |event: Event<'_>| {
        if let Event::Line(line) = event {
            lines.push(line.to_owned());
        }
    };
    with(&host, |session| apply(session, &plan, RUN, &mut watch)).unwrap();
    let place = |wanted: &str| lines.iter().position(|line| line == wanted);
    assert!(place(CUDA).is_some() && place(CUDA) < place("nvidia-uninstall"), "{lines:?}");
}

/// It ends with 0 whatever happened.
#[test]
fn an_uninstaller_that_does_nothing_has_failed() {
    let idle: &[(&'static str, Program)] = &[
        ("nvidia-uninstall", |_, _| vec![Change::Remove("/usr/bin/nvidia-smi".into())]),
        ("ldconfig", |_, _| vec![]),
    ];
    let memory = memory("mixed-install-methods");
    let (host, applied) = repair(&memory, idle);
    assert_eq!(applied.outcome, Some(Outcome::RolledBack));
    assert!(matches!(applied.failed, Some(Fault::Step(0, StepError::Program { .. }))));
    assert_eq!(own(host.memory()), own(memory));
}

#[test]
fn without_it_only_what_is_as_it_was_installed_goes_and_into_the_quarantine() {
    let memory = memory("runfile-uninstaller-gone").file("/usr/bin/nvidia-smi", "somebody's own");
    let (host, applied) = repair(&memory, programs::ALL);
    assert_eq!((applied.outcome, applied.failed), (Some(Outcome::Succeeded), None));
    assert!(stands(&host, "/usr/bin/nvidia-smi"));
    for path in [CUDA, RECORD, "/var/lib/nvidia/dirs"] {
        assert!(!stands(&host, path), "{path}");
        assert!(stands(&host, &format!("/var/lib/nvmend/quarantine{path}")), "{path}");
    }
    let undone = with(&host, |session| undo(session, RUN, false, &mut |_| {})).unwrap();
    assert_eq!(undone.outcome, Some(Outcome::Undone));
    assert_eq!(own(host.memory()), own(memory));
}

/// What another installation has put there since is not overwritten.
#[test]
fn another_installation_since_is_not_undone() {
    for machine in ["mixed-install-methods", "runfile-uninstaller-gone"] {
        let (host, _) = repair(&memory(machine), programs::ALL);
        host.write(Path::new(RECORD), b"560.28.03\nNVIDIA driver\n", 0o600).unwrap();
        let undone = with(&host, |session| undo(session, RUN, false, &mut |_| {}));
        assert!(undone.is_err(), "{machine}: {undone:?}");
    }
}

/// What a package owns by now stays, and then the uninstaller, which would take it, is not asked.
#[test]
fn what_is_a_packages_by_now_stays() {
    let list = "/var/lib/dpkg/info/libnvidia-compute-535:amd64.list";
    let memory = memory("mixed-install-methods");
    let listed = memory.read(Path::new(list), 1 << 20).unwrap();
    let listed = String::from_utf8(listed).unwrap() + "/usr/bin/nvidia-smi\n";
    let memory = memory.file(list, listed);
    let step = uninstall(&memory);
    assert_eq!(step.program, None);
    let smi = Path::new("/usr/bin/nvidia-smi");
    assert!(!step.installed.iter().any(|entry| entry.path == smi));
    // It is another file by now, which the uninstaller leaves alone.
    assert!(uninstall(&memory.file("/usr/bin/nvidia-smi", "the package's")).program.is_some());
}

fn uninstall(memory: &Memory) -> UninstallRunfile {
    let plan = planning(memory, &facts(memory), &Allowed::default()).plan.unwrap();
    match plan.steps.first() {
        Some(Step::UninstallRunfile(step)) => step.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_record_that_makes_no_sense_is_not_followed() {
    let memory = memory("mixed-install-methods").file(RECORD, "550.54.14\n\nnonsense\n");
    let planning = planning(&memory, &facts(&memory), &Allowed::default());
    assert!(planning.plan.is_none_or(|plan| plan.is_advice()));
}

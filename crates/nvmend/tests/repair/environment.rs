//! A variable that leads programs to other libraries is corrected where the machine's own configuration sets it.

use std::path::Path;
use std::sync::Arc;

use nvmend::apply::{Applied, apply, undo};
use nvmend::diagnose::diagnose;
use nvmend::host::Host;
use nvmend::hosts::memory::Memory;
use nvmend::hosts::simulated::{Change, Program, Simulated};
use nvmend::journal::Outcome;
use nvmend::plan::Plan;
use nvmend::remedy::Allowed;
use nvmend::step::Step;

use crate::{facts, memory, planning, with};

const RUN: &str = "20261124T120000Z";
const DROP_IN: &str = "/etc/systemd/system/dcgm-exporter.service.d/path.conf";
/// What this systemd has read of the drop-in.
const READ: &str = "/run/systemd/read";
const MAPS: &str = "/proc/700/maps";

fn plan_of(memory: &Memory, allowed: &Allowed) -> Plan {
    let planning = planning(memory, &facts(memory), allowed);
    planning.plan.unwrap_or_else(|| panic!("{:?}", planning.others))
}

fn text(memory: &Memory, path: &str) -> String {
    String::from_utf8(memory.read(Path::new(path), u64::MAX).unwrap()).unwrap()
}

/// A systemd that reads the drop-in when it is told to, and starts the service with what it has read.
fn systemctl(memory: &Memory, arguments: &[String]) -> Vec<Change> {
    match arguments[0].as_str() {
        "daemon-reload" => vec![Change::Write(READ.into(), text(memory, DROP_IN).into_bytes())],
        "stop" => vec![Change::Remove(MAPS.into())],
        "start" => {
            let is_led = text(memory, READ).contains("/opt/old-driver/lib");
            let library = if is_led {
                "/opt/old-driver/lib/libnvidia-ml.so.470.82.01"
            } else {
                "/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.535.183.01"
            };
            let maps =
                format!("7f1c28000000-7f1c281c0000 r-xp 00000000 fd:01 2097301    {library}\n");
            vec![Change::Write(MAPS.into(), maps.into_bytes())]
        }
        other => panic!("{other}"),
    }
}

fn simulated(memory: &Memory) -> Arc<Simulated> {
    const PROGRAMS: &[(&str, Program)] = &[("systemctl", systemctl)];
    let read = text(memory, DROP_IN);
    Arc::new(Simulated::new(memory.clone().file(READ, &read), PROGRAMS))
}

fn do_plan(host: &Arc<Simulated>, plan: &Plan) -> Applied {
    with(host, |session| apply(session, plan, RUN, &mut |_| {})).unwrap()
}

fn own(mut memory: Memory) -> Vec<String> {
    memory.remove("/var/lib/nvmend");
    memory.describe()
}

/// The one directory goes out of the unit's line, and the service comes anew with the system's library; taken back, it
/// has the old one again.
#[test]
fn a_units_line_is_shortened_and_the_service_started_anew() {
    let memory = memory("library-path-in-unit");
    let plan = plan_of(&memory, &Allowed::default());
    assert_eq!(plan.remedies, ["correct-environment"]);
    let host = simulated(&memory);
    let before = own(host.memory());
    let applied = do_plan(&host, &plan);
    assert_eq!(applied.outcome, Some(Outcome::Succeeded), "{applied:?}");
    let now = host.memory();
    let wanted = "[Service]\nEnvironment=\"LD_LIBRARY_PATH=/opt/dcgm/lib\"\nNice=5\n";
    assert_eq!(text(&now, DROP_IN), wanted);
    assert!(text(&now, MAPS).contains("535.183.01"));
    assert!(diagnose(&facts(&now)).findings.is_empty());

    let undone = with(&host, |session| undo(session, RUN, false, &mut |_| {})).unwrap();
    assert_eq!(undone.outcome, Some(Outcome::Undone), "{undone:?}");
    assert_eq!(own(host.memory()), before);
}

/// Wherever the power goes, and again while it is taken back, the service comes back with what its file says.
#[test]
fn a_units_line_is_put_back_wherever_it_is_interrupted() {
    let memory = memory("library-path-in-unit");
    let plan = plan_of(&memory, &Allowed::default());
    let whole = simulated(&memory);
    let before = own(whole.memory());
    do_plan(&whole, &plan);
    let again = |memory: Memory| {
        const PROGRAMS: &[(&str, Program)] = &[("systemctl", systemctl)];
        Simulated::new(memory, PROGRAMS)
    };
    let start = simulated(&memory).memory();
    let mut taken_back = 0;
    for cut in 0..whole.changes() {
        let host = Arc::new(again(start.clone()).cut_after(cut));
        let _ = with(&host, |session| apply(session, &plan, RUN, &mut |_| {}));
        let host = Arc::new(again(host.memory()));
        // Before the run is noted there is nothing to take back.
        let undone = with(&host, |session| undo(session, RUN, false, &mut |_| {}));
        taken_back += usize::from(undone.is_ok());
        assert_eq!(own(host.memory()), before, "cut after {cut}: {undone:?}");
    }
    assert!(taken_back > 10, "{taken_back}");
}

/// systemd may not read its units anew where a container would lose its GPU by that; nor may a service stop unasked.
#[test]
fn nobody_loses_by_it() {
    let memory = memory("library-path-in-unit");
    let none = Allowed { most: nvmend::report::Disruption::None, gpu_jobs_stop: false };
    assert!(planning(&memory, &facts(&memory), &none).plan.is_none());
    let mut with_container = facts(&memory);
    let broken = facts(&crate::memory("container-lost-device"));
    assert!(!broken.consumers.scopes.is_empty());
    with_container.consumers = broken.consumers;
    let planning = planning(&memory, &with_container, &Allowed::default());
    assert!(planning.plan.is_none_or(|plan| plan.remedies != ["correct-environment"]));
}

/// The one directory goes out of the list that sessions begin with; what is open keeps it, and is not what is verified.
#[test]
fn etc_environment_is_shortened_and_put_back() {
    const FILE: &str = "/etc/environment";
    let memory = memory("library-path-by-etc-environment");
    let plan = plan_of(&memory, &Allowed::default());
    assert!(matches!(plan.steps.as_slice(), [Step::WriteFile(_)]), "{:?}", plan.steps);
    let host = Arc::new(Simulated::new(memory.clone(), &[]));
    let applied = do_plan(&host, &plan);
    assert_eq!(applied.outcome, Some(Outcome::Succeeded), "{applied:?}");
    assert_eq!(applied.differences, vec![]);
    let now = text(&host.memory(), FILE);
    assert!(now.ends_with("\nLD_LIBRARY_PATH=\"/opt/tools/lib\"\n"), "{now}");
    assert!(now.starts_with("PATH=\"/usr/local/sbin:"), "{now}");
    with(&host, |session| undo(session, RUN, false, &mut |_| {})).unwrap();
    assert_eq!(own(host.memory()), own(memory.clone()));

    // With a user's line for it too, both are theirs to decide.
    let user = memory
        .env("HOME", "/home/me")
        .file("/home/me/.bashrc", "export LD_LIBRARY_PATH=/opt/old-driver/lib:$LD_LIBRARY_PATH\n");
    let plan = plan_of(&user, &Allowed::default());
    assert!(plan.is_advice());
    assert_eq!(plan.by_hand().count(), 2);
}

/// An edit that does not take the directory out is no success.
#[test]
fn a_variable_that_still_leads_there_is_taken_back() {
    let memory = memory("library-path-by-etc-environment");
    let mut plan = plan_of(&memory, &Allowed::default());
    let Step::WriteFile(edit) = &mut plan.steps[0] else { panic!() };
    edit.variables[0].value = "/opt/tools/lib:/opt/old-driver/lib".to_owned();
    let host = Arc::new(Simulated::new(memory.clone(), &[]));
    assert_eq!(do_plan(&host, &plan).outcome, Some(Outcome::RolledBack));
    assert_eq!(own(host.memory()), own(memory));
}

/// What a package brings, and what may hold passwords, is a person's.
#[test]
fn other_lines_of_services_are_shown() {
    let line = "LD_LIBRARY_PATH=/opt/old-driver/lib";
    let unit = |memory: Memory| {
        let mut memory = memory;
        memory.remove(DROP_IN);
        memory
    };
    let own_unit = "/usr/lib/systemd/system/dcgm-exporter.service";
    let of_package = unit(memory("library-path-in-unit"))
        .file(own_unit, format!("[Service]\nEnvironment={line}\n"));
    let of_file = unit(memory("library-path-in-unit"))
        .file(own_unit, "[Service]\nEnvironmentFile=-/etc/default/dcgm\n")
        .file("/etc/default/dcgm", format!("TOKEN=x\n{line}\n"));
    for (machine, file) in [(of_package, own_unit), (of_file, "/etc/default/dcgm")] {
        let plan = plan_of(&machine, &Allowed::default());
        assert!(plan.is_advice(), "{file}: {:?}", plan.steps);
        let shown: Vec<_> = plan.by_hand().flat_map(|act| act.args.clone()).collect();
        assert!(shown.iter().any(|(_, value)| value.starts_with(file)), "{shown:?}");
        assert!(!format!("{:?}", plan.steps).contains("TOKEN"));
    }
}

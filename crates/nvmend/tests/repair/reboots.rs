//! A run goes on by itself after the reboot that it asked for: the unit for that comes and goes with the run.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use nvmend::apply::{Applied, ApplyError, Session, apply, awaiting, resume, undo};
use nvmend::continuation;
use nvmend::host::Host;
use nvmend::host_mut::{HostMut, Place};
use nvmend::hosts::memory::Memory;
use nvmend::hosts::session::InSession;
use nvmend::hosts::simulated::Simulated;
use nvmend::journal::{self, Outcome};
use nvmend::plan::Plan;
use nvmend::probe::probe;
use nvmend::remedy::Allowed;

use crate::{facts, memory, planning, programs};

const RUN: &str = "20261124T120000Z";
const BOOT: &str = "/proc/sys/kernel/random/boot_id";

fn with<T>(host: &Arc<Simulated>, work: impl FnOnce(&Session<'_>) -> T) -> T {
    let probed: Arc<dyn Host> = host.clone();
    work(&Session {
        host: host.as_ref(),
        clock: &|| "2026-11-24T12:00:00Z".to_owned(),
        probe: &|set| probe(&InSession::of(&probed, set), Duration::from_secs(60)),
        stopped: &|| false,
    })
}

/// The stale module, to be replaced by a reboot, with the continuation that a live machine's plan has.
fn machine() -> (Memory, Plan) {
    let memory =
        memory("stale-module-loaded").file(BOOT, b"one\n").file("/etc/systemd/system/x", b"");
    let facts = facts(&memory);
    let allowed = Allowed::default();
    let asked = crate::Agreeable(&memory, &facts);
    let mut plan = nvmend::plan::plan(&facts, &allowed, &["reboot"], &asked, None).plan.unwrap();
    assert_eq!(planning(&memory, &facts, &allowed).plan.unwrap().remedies, ["reload-modules"]);
    let reboot = plan.steps.pop().unwrap();
    plan.steps = continuation::steps(Path::new("/usr/bin/nvmend"));
    plan.steps.push(reboot);
    (memory, plan)
}

fn rebooted(host: &Simulated, version: &str) -> Arc<Simulated> {
    let nvrm = format!(
        "NVRM version: NVIDIA UNIX x86_64 Kernel Module  {version}  Thu Jun  5 00:00:00 UTC 2025\n"
    );
    let memory = host
        .memory()
        .file(BOOT, b"two\n")
        .file("/sys/module/nvidia/version", format!("{version}\n").as_bytes())
        .file("/proc/driver/nvidia/version", nvrm.as_bytes());
    Arc::new(Simulated::new(memory, programs::ALL))
}

fn start(memory: &Memory, plan: &Plan) -> Arc<Simulated> {
    let host = Arc::new(Simulated::new(memory.clone(), programs::ALL));
    let applied = with(&host, |session| apply(session, plan, RUN, &mut |_| {})).unwrap();
    assert_eq!(applied.outcome, None, "{applied:?}");
    assert!(matches!(host.place(Path::new(continuation::UNIT)), Ok(Place::File { .. })));
    assert!(matches!(host.place(Path::new(continuation::LINK)), Ok(Place::Link(_))));
    host
}

fn go_on(host: &Arc<Simulated>) -> Result<Applied, ApplyError> {
    let run = awaiting(host.as_ref()).unwrap().unwrap();
    with(host, |session| resume(session, &run.id, &mut |_| {}))
}

fn unit_is_gone(host: &Simulated) -> bool {
    [continuation::UNIT, continuation::LINK]
        .iter()
        .all(|path| host.place(Path::new(path)) == Ok(Place::Nothing))
}

#[test]
fn goes_on_after_the_reboot_and_leaves_nothing_behind() {
    let (memory, plan) = machine();
    let host = start(&memory, &plan);
    assert_eq!(go_on(&host), Err(ApplyError::AwaitsReboot(RUN.into())), "before the reboot");
    let host = rebooted(&host, "535.216.01");
    let applied = go_on(&host).unwrap();
    assert_eq!(applied.outcome, Some(Outcome::Succeeded), "{applied:?}");
    assert!(unit_is_gone(&host));
    assert_eq!(journal::untold(host.as_ref()), [RUN], "the next nvmend says how it ended");
    assert_eq!(awaiting(host.as_ref()), Ok(None));
}

#[test]
fn a_reboot_that_did_not_help_is_said_and_the_unit_is_taken_away() {
    let (memory, plan) = machine();
    let host = rebooted(&start(&memory, &plan), "535.183.01");
    let applied = go_on(&host).unwrap();
    assert_eq!(applied.outcome, Some(Outcome::RolledBack), "{applied:?}");
    assert!(unit_is_gone(&host));
}

#[test]
fn who_changes_their_mind_before_the_reboot_takes_it_back() {
    let (memory, plan) = machine();
    let host = start(&memory, &plan);
    let undone = with(&host, |session| undo(session, RUN, false, &mut |_| {})).unwrap();
    assert_eq!(undone.outcome, Some(Outcome::RolledBack));
    assert!(unit_is_gone(&host));
}

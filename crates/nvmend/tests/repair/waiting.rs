//! Another's lock is waited for, with a word about whose it is; and a request to stop ends that, and everything else.

use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use nvmend::apply::{Applied, ApplyError, Event, Fault, Session, apply};
use nvmend::facts::{Gap, PackageManager};
use nvmend::host::Host;
use nvmend::hosts::memory::Memory;
use nvmend::hosts::session::InSession;
use nvmend::hosts::simulated::Simulated;
use nvmend::journal::{self, Outcome};
use nvmend::plan::Plan;
use nvmend::probe::probe;
use nvmend::remedy::Allowed;
use nvmend::step::{Step, StepError};
use nvmend::steps::{HoldPackages, MoveFile};

use crate::{facts, memory, planning, programs};

const RUN: &str = "20261124T120000Z";
const LOCK: &str = "/var/lib/dpkg/lock-frontend";

/// A plan of one step that needs the lock.
fn plan_with_lock(memory: &Memory) -> Plan {
    plan_with_lock_of(memory, PackageManager::Dpkg, "apt-get")
}

/// The same with another package manager.
fn plan_with_lock_of(memory: &Memory, manager: PackageManager, program: &str) -> Plan {
    let mut plan = planning(memory, &facts(memory), &Allowed::default()).plan.unwrap();
    let hold = HoldPackages { manager, program: program.into(), packages: vec![], hold: true };
    plan.steps = vec![Step::HoldPackages(hold)];
    plan.causes = vec![];
    plan
}

/// Applies, and says who was waited for.
fn run(host: &Arc<Simulated>, plan: &Plan, stopped: &dyn Fn() -> bool) -> (Applied, Vec<String>) {
    let (applied, waits) = attempt(host, plan, stopped);
    (applied.unwrap(), waits)
}

fn attempt(
    host: &Arc<Simulated>,
    plan: &Plan,
    stopped: &dyn Fn() -> bool,
) -> (Result<Applied, ApplyError>, Vec<String>) {
    let probed: Arc<dyn Host> = host.clone();
    let session = Session {
        host: host.as_ref(),
        clock: &|| "2026-11-24T12:00:00Z".to_owned(),
        probe: &|set| probe(&InSession::of(&probed, set), Duration::from_secs(60)),
        stopped,
    };
    let mut waits = vec![];
    let applied = apply(&session, plan, RUN, &mut |event| {
        if let Event::Waits(lock, holder) = event {
            waits.push(format!("{lock} {holder}"));
        }
    });
    (applied, waits)
}

/// Whether the step was done; that it does not help this machine is another matter.
fn is_done(applied: &Applied) -> bool {
    matches!(applied.failed, None | Some(Fault::StillFound(_)))
}

fn machine() -> Memory {
    memory("leftover-libraries").file("/proc/4711/comm", b"apt-get\n")
}

#[test]
fn a_lock_is_waited_for_until_it_is_free() {
    let plan = plan_with_lock(&machine());
    let host = Arc::new(Simulated::new(machine(), programs::ALL).hold(LOCK, 4711, 3));
    let (_, waits) = run(&host, &plan, &|| false);
    assert_eq!(waits, [format!("{LOCK} apt-get (4711)")], "said once");
}

#[test]
fn a_lock_that_stays_taken_is_named_at_last() {
    let plan = plan_with_lock(&machine());
    let host = Arc::new(Simulated::new(machine(), programs::ALL).hold(LOCK, 4711, usize::MAX));
    let (applied, _) = run(&host, &plan, &|| false);
    let wanted = StepError::Locked { path: LOCK.into(), holder: "apt-get (4711)".into() };
    assert_eq!(applied.failed, Some(Fault::Step(0, wanted)));
    assert_eq!(applied.outcome, Some(Outcome::RolledBack));
}

/// libzypp writes down its process, and leaves the file where it is; pacman keeps a file open.
#[test]
fn other_managers_mark_their_work_otherwise() {
    const DB: &str = "/var/lib/pacman/db.lck";
    let zypper = || {
        machine()
            .file("/proc/4711/comm", b"zypper\n")
            .file("/proc/4711/cmdline", b"zypper\0dup\0")
            .file("/run/zypp.pid", b"4711\n")
    };
    let pacman = || {
        machine()
            .file("/proc/4711/comm", b"pacman\n")
            .link("/proc/4711/fd/5", DB)
            .file(DB, b"")
            .file("/etc/pacman.conf", "[options]\n")
    };
    let of_zypper = plan_with_lock_of(&machine(), PackageManager::Rpm, "zypper");
    let of_pacman = plan_with_lock_of(&machine(), PackageManager::Pacman, "pacman");
    let programs = [programs::ALL, &[("zypper", |_, _| vec![])]].concat();
    let simulated = |memory: Memory| Simulated::new(memory, &programs);

    let host = Arc::new(simulated(zypper()).end_after("/proc/4711", 3));
    let (applied, waits) = run(&host, &of_zypper, &|| false);
    assert!(is_done(&applied), "{applied:?}");
    assert_eq!(waits, ["/run/zypp.pid zypper (4711)"]);
    let host = Arc::new(simulated(zypper()));
    let (applied, _) = run(&host, &of_zypper, &|| false);
    let wanted = StepError::Locked { path: "/run/zypp.pid".into(), holder: "zypper (4711)".into() };
    assert_eq!(applied.failed, Some(Fault::Step(0, wanted)), "not waited for without an end");
    // Of a process that is gone, or only its parent has not asked yet how it ended: libzypp goes on, and so does this.
    for gone in [zypper().file("/proc/4711/cmdline", b""), zypper().file("/run/zypp.pid", b"")] {
        let (applied, waits) = run(&Arc::new(simulated(gone)), &of_zypper, &|| false);
        assert!(is_done(&applied) && waits.is_empty(), "{applied:?} {waits:?}");
    }

    let host = Arc::new(simulated(pacman()).end_after(DB, 3));
    let (applied, waits) = run(&host, &of_pacman, &|| false);
    assert!(is_done(&applied), "{applied:?}");
    assert_eq!(waits, [format!("{DB} pacman (4711)")]);
    let host = Arc::new(simulated(pacman()));
    let (applied, _) = run(&host, &of_pacman, &|| false);
    assert!(matches!(applied.failed, Some(Fault::Step(0, StepError::Locked { .. }))));
}

/// pacman was killed, or the power went: it will not work again before somebody has removed the file, and that is said
/// before anything is begun. It is not ours to remove.
#[test]
fn a_lock_that_was_left_behind_is_refused_at_once_and_left_alone() {
    const DB: &str = "/var/lib/pacman/db.lck";
    let left = machine().file(DB, b"").file("/etc/pacman.conf", "[options]\n");
    let plan = plan_with_lock_of(&machine(), PackageManager::Pacman, "pacman");
    let host = Arc::new(Simulated::new(left, programs::ALL));
    let (applied, waits) = attempt(&host, &plan, &|| false);
    assert_eq!((applied, waits.len()), (Err(ApplyError::LeftLock(DB.into())), 0));
    assert_eq!(host.changes(), 0);
    assert!(host.metadata(std::path::Path::new(DB)).is_ok());
    // The one who ends lets go of it just before he removes it.
    let left = host.memory();
    let host = Arc::new(Simulated::new(left, programs::ALL).end_after(DB, 1));
    assert!(is_done(&run(&host, &plan, &|| false).0));
}

#[test]
fn a_request_to_stop_ends_the_waiting() {
    let plan = plan_with_lock(&machine());
    let host = Arc::new(Simulated::new(machine(), programs::ALL).hold(LOCK, 4711, usize::MAX));
    let asked = Cell::new(0);
    let (applied, waits) = run(&host, &plan, &|| asked.replace(asked.get() + 1) > 3);
    assert_eq!((applied.failed, waits.len()), (Some(Fault::Stopped), 1));
}

/// Whenever it comes, also during the last step: what was done is taken back.
#[test]
fn a_request_to_stop_takes_everything_back() {
    let memory = machine();
    let plan = planning(&memory, &facts(&memory), &Allowed::default()).plan.unwrap();
    for looks in 0..=2 * plan.steps.len() {
        let host = Arc::new(Simulated::new(memory.clone(), programs::ALL));
        let asked = Cell::new(0);
        let (applied, _) = run(&host, &plan, &|| asked.replace(asked.get() + 1) >= looks);
        assert_eq!(applied.failed, Some(Fault::Stopped), "after {looks} looks");
        assert_eq!(applied.outcome, Some(Outcome::RolledBack));
        let mut left = host.memory();
        left.remove("/var/lib/nvmend");
        assert_eq!(left.describe(), memory.describe(), "after {looks} looks");
    }
}

/// One listing tells of the runs whose end nobody was told; telling takes the mark away.
#[test]
fn a_run_is_marked_until_somebody_is_told() {
    let memory = machine();
    let plan = planning(&memory, &facts(&memory), &Allowed::default()).plan.unwrap();
    let host = Arc::new(Simulated::new(memory, programs::ALL));
    assert!(journal::untold(host.as_ref()).is_empty());
    run(&host, &plan, &|| false);
    assert_eq!(journal::untold(host.as_ref()), [RUN]);
    journal::told(host.as_ref(), RUN).unwrap();
    assert!(journal::untold(host.as_ref()).is_empty());
}

/// A machine so busy that a probe is late: that its cause is not seen is no proof that it is gone.
#[test]
fn a_cause_that_nobody_looked_for_is_not_gone() {
    let memory = machine();
    let whole = facts(&memory);
    let mut plan = planning(&memory, &whole, &Allowed::default()).plan.unwrap();
    plan.steps.truncate(1);
    let nowhere = MoveFile { from: "/etc/os-release".into(), to: "/etc/os-release-too".into() };
    plan.steps[0] = Step::MoveFile(nowhere);
    let host = Arc::new(Simulated::new(memory, programs::ALL));
    let reads = Cell::new(0);
    let session = Session {
        host: host.as_ref(),
        clock: &|| "2026-11-24T12:00:00Z".to_owned(),
        probe: &|_| {
            reads.set(reads.get() + 1);
            let mut facts = whole.clone();
            if reads.get() == 1 {
                facts.libraries = Default::default();
                facts.gaps.push(Gap::new("libraries", Gap::LATE));
            }
            facts
        },
        stopped: &|| false,
    };
    let applied = apply(&session, &plan, RUN, &mut |_| {}).unwrap();
    assert!(matches!(applied.failed, Some(Fault::StillFound(_))), "{applied:?}");
    assert_eq!((applied.outcome, reads.get()), (Some(Outcome::RolledBack), 2));
}

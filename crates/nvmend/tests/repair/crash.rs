//! The power is cut before and after every single change of every plan, and again while it is taken back.

use std::sync::Arc;

use nvmend::apply::{Applied, ApplyError, Fault, apply, undo};
use nvmend::diagnose::diagnose;
use nvmend::hosts::memory::Memory;
use nvmend::hosts::simulated::Simulated;
use nvmend::journal::{self, Outcome};
use nvmend::plan::Plan;
use nvmend::remedy::Allowed;
use nvmend::step::Step;
use nvmend::steps::ModuleBuilder;

use crate::{facts, memory, names, planning, programs, with};

const RUN: &str = "20261124T120000Z";

fn simulated(memory: Memory) -> Arc<Simulated> {
    Arc::new(Simulated::new(memory, programs::ALL))
}

fn do_plan(host: &Arc<Simulated>, plan: &Plan) -> Result<Applied, ApplyError> {
    with(host, |session| apply(session, plan, RUN, &mut |_| {}))
}

fn take_back(host: &Arc<Simulated>) -> Result<Applied, ApplyError> {
    with(host, |session| undo(session, RUN, false, &mut |_| {}))
}

/// The machine's own files: all but what nvmend keeps for itself.
fn own(mut memory: Memory) -> Vec<String> {
    memory.remove("/var/lib/nvmend");
    memory.describe()
}

/// The plans of all machines that can be taken back in memory: those without packages, reboots and reloads,
/// which are other programs' and the kernel's work.
fn plans() -> Vec<(String, Memory, Plan)> {
    let all = names().into_iter().filter_map(|name| {
        let memory = memory(&name);
        let facts = facts(&memory);
        let plan = planning(&memory, &facts, &Allowed::default()).plan?;
        if plan.is_advice() {
            return None;
        }
        let ours = plan.steps.iter().filter(|step| !matches!(step, Step::ByHand(_)));
        let is_ours = ours.into_iter().all(|step| {
            // Its product is a package.
            if matches!(step, Step::BuildModule(build) if build.builder == ModuleBuilder::Akmods) {
                return false;
            }
            let action = step.action();
            let others = [
                "change-packages",
                "finish-packages",
                "reinstall-packages",
                "release-packages",
                "unload-modules",
            ];
            action.is_reversible() && !others.contains(&action.id())
        });
        is_ours.then_some((name, memory, plan))
    });
    all.collect()
}

#[test]
fn a_plan_is_done_and_taken_back() {
    let all = plans();
    assert!(all.len() >= 4, "{:?}", all.iter().map(|(name, ..)| name).collect::<Vec<_>>());
    for (name, memory, plan) in all {
        let host = simulated(memory.clone());
        let applied = do_plan(&host, &plan).unwrap();
        match applied.outcome {
            Some(Outcome::Succeeded) => {
                let seen = with(&host, |session| (session.probe)(&plan.variables()));
                let after = diagnose(&seen);
                assert!(plan.causes.iter().all(|cause| !after.names(cause)), "{name}");
                let undone = take_back(&host).unwrap();
                assert_eq!(undone.outcome, Some(Outcome::Undone), "{name}");
            }
            outcome => {
                // The mock of the program does less than the real one; then all is taken back.
                assert_eq!(outcome, Some(Outcome::RolledBack), "{name}: {applied:?}");
                assert!(
                    matches!(applied.failed, Some(Fault::StillFound(_))),
                    "{name}: {applied:?}"
                );
            }
        }
        assert_eq!(own(host.memory()), own(memory), "{name}");
    }
}

#[test]
fn whatever_is_interrupted_is_taken_back() {
    for (name, memory, plan) in plans() {
        let whole = simulated(memory.clone());
        do_plan(&whole, &plan).unwrap();
        let changes = whole.changes();
        for cut in 0..changes {
            let host = Simulated::new(memory.clone(), programs::ALL).cut_after(cut);
            let host = Arc::new(host);
            let _ = do_plan(&host, &plan);
            let left = host.memory();
            if journal::read(&left, RUN).unwrap().is_none() {
                assert_eq!(own(left), own(memory.clone()), "{name}, cut after {cut}");
                continue;
            }
            // The next power cut comes while it is taken back.
            let again = simulated(left.clone());
            let _ = take_back(&again);
            for second in 0..again.changes() {
                let host = Arc::new(Simulated::new(left.clone(), programs::ALL).cut_after(second));
                let _ = take_back(&host);
                let host = simulated(host.memory());
                let _ = take_back(&host);
                let run = journal::read(&host.memory(), RUN).unwrap().unwrap();
                let ended = run.outcome.unwrap();
                let kept = own(host.memory());
                if ended == Outcome::Succeeded {
                    panic!("{name}: cut after {cut}, then {second}: not taken back");
                }
                assert_eq!(kept, own(memory.clone()), "{name}: cut after {cut}, then {second}");
            }
        }
    }
}

//! Taking back what reloaded the modules: the module that was loaded comes back where its file does, and where it can't,
//! that is said before anything is begun.

use std::sync::Arc;

use nvmend::apply::{Applied, ApplyError, Event, Fault, apply, undo};
use nvmend::history::{RunReport, RunState};
use nvmend::host::Host;
use nvmend::host_mut::HostMut;
use nvmend::hosts::memory::Memory;
use nvmend::hosts::simulated::{Change, Program, Simulated};
use nvmend::journal::{self, Outcome};
use nvmend::plan::Plan;
use nvmend::remedy::Allowed;
use nvmend::reports::run as rendered;
use nvmend::reports::style::Page;
use nvmend::step::Step;
use nvmend::steps::MoveFile;
use nvmend::undo::{LOST, Reach, WayBack};
use nvmend::words::{Language, Words};

use crate::{facts, memory, planning, programs, with};

const RUN: &str = "20261124T120000Z";

/// A machine on which nothing uses the modules, and the plan that reloads them.
fn machine(name: &str) -> (Memory, Plan) {
    let modules = ["nvidia", "nvidia_uvm", "nvidia_modeset", "nvidia_drm"];
    let memory = modules.iter().fold(memory(name), |memory, module| {
        memory.file(&format!("/sys/module/{module}/refcnt"), "0\n")
    });
    let plan = planning(&memory, &facts(&memory), &Allowed::default()).plan.unwrap();
    assert!(plan.steps.iter().any(|step| matches!(step, Step::UnloadModules(_))));
    (memory, plan)
}

/// The machine, its modprobe being a mock that may refuse.
fn simulated(memory: Memory, modprobe: Option<Program>) -> Arc<Simulated> {
    let others = programs::ALL.iter().copied();
    let others = others.filter(|(name, _)| modprobe.is_none() || *name != "modprobe");
    let all: Vec<_> = others.chain(modprobe.map(|it| ("modprobe", it))).collect();
    Arc::new(Simulated::new(memory, &all))
}

fn do_plan(host: &Arc<Simulated>, plan: &Plan) -> Applied {
    with(host, |session| apply(session, plan, RUN, &mut |_| {})).unwrap()
}

/// Takes it back; which steps that took.
fn take_back(host: &Arc<Simulated>, partly: bool) -> (Result<Applied, ApplyError>, Vec<String>) {
    let mut reverts = vec![];
    let undone = with(host, |session| {
        undo(session, RUN, partly, &mut |event| {
            if let Event::Reverts(step) = event {
                reverts.push(step.action().id().to_owned());
            }
        })
    });
    (undone, reverts)
}

fn report(host: &Arc<Simulated>) -> RunReport {
    RunReport::of(&journal::read(&host.memory(), RUN).unwrap().unwrap())
}

/// What is said of the run, in English and Chinese, each with the notice of the next check.
fn said(host: &Arc<Simulated>) -> [String; 2] {
    let run = journal::read(&host.memory(), RUN).unwrap().unwrap();
    [Language::English, Language::SimplifiedChinese].map(|language| {
        let words = Words::new(language);
        let told = RunReport::of(&run);
        let page = rendered::render(&told, &run.plan, &words, &Page::PLAIN);
        format!("{page}{}", rendered::notice(&told, &words))
    })
}

fn loaded(host: &Arc<Simulated>) -> Option<String> {
    let facts = facts(&host.memory());
    facts.loaded_version().map(|(version, _)| version.to_string())
}

/// Everything of the machine that a reboot would leave.
fn disk(host: &Arc<Simulated>) -> Vec<String> {
    let mut memory = host.memory();
    for gone in ["/var/lib/nvmend", "/sys/module", "/proc/driver"] {
        memory.remove(gone);
    }
    memory.describe()
}

#[test]
fn a_module_comes_back_with_its_file() {
    let (memory, plan) = machine("shadowed-module");
    assert!(plan.steps.iter().all(|step| step.action().is_reversible()), "{:?}", plan.steps);
    let host = simulated(memory, None);
    let (before, was_loaded) = (disk(&host), loaded(&host));
    let applied = do_plan(&host, &plan);
    assert_eq!(applied.outcome, Some(Outcome::Succeeded), "{applied:?}");
    assert_ne!(loaded(&host), was_loaded);
    let (undone, reverts) = take_back(&host, false);
    assert_eq!(undone.unwrap().outcome, Some(Outcome::Undone));
    assert_eq!((disk(&host), loaded(&host)), (before, was_loaded));
    assert_eq!(reverts.first().map(String::as_str), Some("unload-modules"));
    assert_eq!(reverts.last().map(String::as_str), Some("load-modules"), "after the files");
}

/// The new module does not load (no signature that this machine takes, say): the old one is loaded again.
#[test]
fn a_module_that_does_not_load_makes_way_for_the_former() {
    let (memory, plan) = machine("shadowed-module");
    let refusing: Program = |memory, arguments| {
        let modprobe = programs::ALL.iter().find(|(name, _)| *name == "modprobe").unwrap().1;
        match facts(memory).on_disk_version() {
            Some((version, _)) if version.as_str() == "535.183.01" => {
                vec![Change::Fail("modprobe: ERROR: Key was rejected by service".to_owned())]
            }
            _ => modprobe(memory, arguments),
        }
    };
    let host = simulated(memory, Some(refusing));
    let (before, was_loaded) = (disk(&host), loaded(&host));
    let applied = do_plan(&host, &plan);
    assert!(matches!(applied.failed, Some(Fault::Step(_, _))), "{applied:?}");
    assert_eq!((applied.outcome, applied.stuck), (Some(Outcome::RolledBack), vec![]));
    assert_eq!((disk(&host), loaded(&host)), (before, was_loaded));
}

/// Wherever it is killed, and killed again while it is taken back.
#[test]
fn a_reload_that_is_killed_is_taken_back_with_its_files() {
    let (memory, plan) = machine("shadowed-module");
    let whole = simulated(memory.clone(), None);
    let (before, was_loaded) = (disk(&whole), loaded(&whole));
    do_plan(&whole, &plan);
    for cut in 0..whole.changes() {
        let host = Arc::new(Simulated::new(memory.clone(), programs::ALL).cut_after(cut));
        let _ = with(&host, |session| apply(session, &plan, RUN, &mut |_| {}));
        let left = host.memory();
        if journal::read(&left, RUN).unwrap().is_none() {
            continue;
        }
        let again = simulated(left.clone(), None);
        let _ = take_back(&again, false);
        for second in 0..=again.changes() {
            let host = Arc::new(Simulated::new(left.clone(), programs::ALL).cut_after(second));
            let _ = take_back(&host, false);
            let host = simulated(host.memory(), None);
            let _ = take_back(&host, false);
            let after = (disk(&host), loaded(&host));
            assert_eq!(after, (before.clone(), was_loaded.clone()), "{cut}, then {second}");
            let ended = journal::read(&host.memory(), RUN).unwrap().unwrap().outcome;
            let is_back = matches!(ended, Some(Outcome::RolledBack | Outcome::Undone));
            assert!(is_back, "{cut}, then {second}: {ended:?}");
        }
    }
}

#[test]
fn a_module_whose_file_is_gone_is_refused_before_anything_is_begun() {
    let (memory, plan) = machine("stale-module-loaded");
    let host = simulated(memory, None);
    let applied = do_plan(&host, &plan);
    assert_eq!(applied.outcome, Some(Outcome::Succeeded), "{applied:?}");
    assert_eq!((report(&host).state, report(&host).undo), (RunState::Succeeded, Reach::Nothing));
    let [english, chinese] = said(&host);
    assert!(english.contains("Nothing of this run can be taken back."), "{english}");
    assert!(chinese.contains("这次执行的改动都无法撤销"), "{chinese}");
    assert!(!english.contains("nvmend undo") && !chinese.contains("nvmend undo"), "{english}");
    let left = host.memory().describe();
    for partly in [false, true] {
        let (undone, reverts) = take_back(&host, partly);
        assert!(matches!(&undone, Err(ApplyError::Lost(steps, false)) if steps.len() == 1));
        assert!(reverts.is_empty());
        assert_eq!(host.memory().describe(), left);
    }
}

#[test]
fn the_rest_is_taken_back_where_that_is_wanted() {
    let (memory, mut plan) = machine("stale-module-loaded");
    let (from, to) = ("/etc/leftover", "/var/lib/nvmend/quarantine/etc/leftover");
    let memory = memory.file(from, "x");
    plan.steps.insert(0, Step::MoveFile(MoveFile { from: from.into(), to: to.into() }));
    let host = simulated(memory, None);
    let applied = do_plan(&host, &plan);
    assert_eq!(applied.outcome, Some(Outcome::Succeeded), "{applied:?}");
    let now_loaded = loaded(&host);
    let unload = plan.steps.iter().position(|step| matches!(step, Step::UnloadModules(_)));
    let unload = unload.unwrap();
    assert_eq!(take_back(&host, false).0, Err(ApplyError::Lost(vec![unload], true)));
    assert_eq!((report(&host).state, report(&host).undo), (RunState::Succeeded, Reach::Part));
    assert!(said(&host).iter().all(|said| said.contains("undo --partly")), "{:?}", said(&host));
    assert!(host.metadata(from.as_ref()).is_err(), "nothing was begun");

    let (undone, reverts) = take_back(&host, true);
    let undone = undone.unwrap();
    assert_eq!(undone.outcome, Some(Outcome::Stuck));
    assert_eq!(undone.stuck, [(unload, LOST.to_owned())]);
    assert_eq!(reverts, ["move-file"], "what runs is left as it runs");
    assert!(host.place(from.as_ref()).is_ok_and(|place| place != nvmend::host_mut::Place::Nothing));
    assert_eq!(loaded(&host), now_loaded);
    let told = report(&host);
    assert_eq!((told.state, told.undo), (RunState::PartlyUndone, Reach::Nothing));
    let [english, chinese] = said(&host);
    assert!(english.contains("Taken back, as far as it can be"), "{english}");
    assert!(chinese.contains("能撤销的都已撤销"), "{chinese}");
    assert!(!english.contains("nvmend undo") && !chinese.contains("nvmend undo"), "{english}");
    assert_eq!(take_back(&host, true).0, Err(ApplyError::Lost(vec![unload], false)));
}

/// What failed is taken back as far as it goes: nobody is asked for a word first.
#[test]
fn nothing_is_refused_of_what_was_interrupted() {
    let (memory, plan) = machine("stale-module-loaded");
    let whole = simulated(memory.clone(), None);
    do_plan(&whole, &plan);
    let host = Arc::new(Simulated::new(memory, programs::ALL).cut_after(whole.changes() - 1));
    let _ = with(&host, |session| apply(session, &plan, RUN, &mut |_| {}));
    let run = journal::read(&host.memory(), RUN).unwrap().unwrap();
    assert_eq!((run.outcome, WayBack::of(&run).lost), (None, vec![]));
    assert!(take_back(&simulated(host.memory(), None), false).0.is_ok());
}

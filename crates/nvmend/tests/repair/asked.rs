//! What is done only where somebody asks for it: about a note, on a machine that needs no repair.

use std::sync::Arc;

use nvmend::apply::{Applied, apply, undo};
use nvmend::diagnose::diagnose;
use nvmend::host::Host;
use nvmend::hosts::memory::Memory;
use nvmend::hosts::simulated::Simulated;
use nvmend::journal::Outcome;
use nvmend::plan::{Plan, Planning, plan};
use nvmend::remedy::Allowed;
use nvmend::step::{Step, predict};

use crate::{Agreeable, facts, memory, with};

const NOTE: &str = "unattended-upgrade-exposed";
fn asked(memory: &Memory, remedy: &str) -> Planning {
    let facts = facts(memory);
    plan(&facts, &Allowed::default(), &[remedy], &Agreeable(memory, &facts), None)
}

fn planned(memory: &Memory) -> Plan {
    let before = facts(memory);
    assert!(diagnose(&before).names(NOTE));
    let plan = asked(memory, "hold-driver").plan.unwrap();
    assert_eq!(plan.causes, [NOTE]);
    assert!(plan.left.is_empty());
    assert!(!diagnose(&predict(&before, &plan.steps)).names(NOTE));
    plan
}

/// Does it and takes it back; what the file holds between.
fn done(memory: Memory, plan: &Plan) -> String {
    let [Step::WriteFile(file)] = plan.steps.as_slice() else { panic!("{:?}", plan.steps) };
    let before = facts(&memory);
    let there = memory.read(&file.path, 1 << 20).ok();
    let host = Arc::new(Simulated::new(memory, &[]));
    let applied = with(&host, |session| apply(session, plan, "20261124T120000Z", &mut |_| {}));
    assert!(
        matches!(applied, Ok(Applied { outcome: Some(Outcome::Succeeded), .. })),
        "{applied:?}"
    );
    let after = with(&host, |session| (session.probe)(&[]));
    // Read back, the file says what was foretold of it.
    assert_eq!(after.upgrades, predict(&before, &plan.steps).upgrades);
    assert!(!diagnose(&after).names(NOTE));
    let content = String::from_utf8(host.read(&file.path, 1 << 20).unwrap()).unwrap();
    with(&host, |session| undo(session, "20261124T120000Z", false, &mut |_| {})).unwrap();
    assert_eq!(host.read(&file.path, 1 << 20).ok(), there);
    content
}

#[test]
fn nothing_is_done_about_a_note_unasked() {
    let memory = memory(NOTE);
    let facts = facts(&memory);
    assert_eq!(crate::planning(&memory, &facts, &Allowed::default()).plan, None);
    assert_eq!(asked(&memory, "reload-modules").plan, None);
}

#[test]
fn the_driver_is_kept_out_of_apts_unattended_upgrades() {
    let memory = memory(NOTE);
    let plan = planned(&memory);
    insta::assert_snapshot!(done(memory, &plan));
}

#[test]
fn a_driver_is_looked_for_where_somebody_asks_for_one() {
    let memory = memory("driver-not-installed");
    assert!(diagnose(&facts(&memory)).names("driver-not-installed"));
    // The mock of a package manager brings no more than what it is asked for, so the way goes on from there: with the
    // libraries that real packages bring along. Real ones: `testbeds/l2/repair`.
    let planning = asked(&memory, "install-driver");
    let ways: Vec<_> = planning.others.iter().map(|other| other.remedies.as_slice()).collect();
    assert_eq!(ways, [["install-driver", "install-driver-libraries"]]);
}

/// What a plan to install the whole driver anew does: packages that change (`→`), go (`-`) and come again at the same
/// version (`=`), and files that move.
fn anew(name: &str) -> (Plan, Vec<String>) {
    let memory = memory(name);
    let plan = asked(&memory, "reinstall-driver").plan.unwrap();
    assert_eq!(plan.remedies[0], "reinstall-driver");
    let mut done = vec![];
    for step in &plan.steps {
        match step {
            Step::ChangePackages(change) => done.extend(change.changes.iter().map(|change| {
                let mark = match (&change.from, &change.to) {
                    (_, None) => "-",
                    (from, to) if from == to => "=",
                    _ => "→",
                };
                format!("{mark}{}", change.name)
            })),
            Step::MoveFile(file) => done.push(file.from.display().to_string()),
            step => done.push(step.action().id().to_owned()),
        }
    }
    (plan, done)
}

#[test]
fn the_whole_driver_comes_anew_where_somebody_asks_for_it() {
    let mut all = String::new();
    for name in ["debian-12-535", "leftover-libraries", "mixed-driver-series"] {
        let (plan, done) = anew(name);
        assert!(plan.left.is_empty(), "{name}: {:?}", plan.left);
        assert!(!done.iter().any(|step| step.contains("toolkit")), "{name}: {done:?}");
        all += &format!("{name}: {}\n  {}\n", plan.remedies.join(", "), done.join("\n  "));
    }
    insta::assert_snapshot!(all);
}

#[test]
fn nothing_is_installed_anew_in_a_container() {
    let planning = asked(&memory("container-without-toolkit"), "reinstall-driver");
    assert_eq!(planning.plan, None);
    assert!(
        planning.others.iter().any(|other| other.remedies == ["reinstall-driver"]),
        "{:?}",
        planning.others
    );
}

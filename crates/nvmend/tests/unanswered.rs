#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![allow(clippy::disallowed_methods, reason = "these tests read the folder of machines")]
//! One probe that does not answer in time, on every machine: what nobody looked at is not said to be absent. Apart from `bad_input`, whose deadlines
//! a busy machine would miss.

#[allow(dead_code, reason = "shared with bad_input, which needs more of it")]
#[path = "bad_input/machine.rs"]
mod machine;

use nvmend::diagnose::{Certainty, Diagnosed, diagnose};
use nvmend::facts::{Facts, Gap};
use nvmend::host::{Failure, Host};
use nvmend::probes::STAGES;
use nvmend::verdict::Verdict;

use crate::machine::{machine, nodes};

/// What is known when one probe, or none, does not answer: its answer is a gap, as `probe.rs` makes it.
fn facts(host: &dyn Host, late: Option<&str>) -> Facts {
    let mut facts = Facts::default();
    for stage in STAGES {
        let known = facts.clone();
        for probe in *stage {
            if Some(probe.name) == late {
                facts.gaps.push(Gap::new(probe.name, Gap::LATE));
            } else {
                (probe.run)(host, &known)(&mut facts);
            }
        }
    }
    facts
}

fn names() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../machines");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let described = entries.filter(|path| path.join("machine.toml").exists());
    let mut names: Vec<String> =
        described.map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// What a probe that is late may still let be said, and why it is right.
fn is_allowed(late: &str, new: &Diagnosed, whole: &Facts) -> bool {
    match (late, new.cause.id) {
        // It isn't, whatever the reason is that the kernel gave.
        ("kernel log", "module-not-loaded") => whole.loaded.driver.is_absent(),
        // Judged by other signs, and not called certain.
        _ => new.finding.certainty != Certainty::Certain,
    }
}

/// Probes on which every judgement rests.
const DECIDING: [&str; 6] = ["system", "kernels", "loaded modules", "modules", "libraries", "bus"];

#[test]
fn what_nobody_looked_at_is_not_absent() {
    let probes = || STAGES.iter().copied().flatten().map(|probe| probe.name);
    let mut wrong = Vec::new();
    for name in names() {
        let memory = machine(&name);
        let whole = facts(&memory, None);
        let known = diagnose(&whole);
        let verdict = Verdict::of(&whole, &known);
        for late in probes() {
            let cut = facts(&memory, Some(late));
            let found = diagnose(&cut);
            let new = found.findings.iter().filter(|new| !known.names(new.cause.id));
            for new in new.filter(|new| !is_allowed(late, new, &whole)) {
                wrong.push(format!("{name} without {late}: {}", new.cause.id));
            }
            let then = Verdict::of(&cut, &found);
            let is_right = match then {
                Verdict::Unknown => true,
                // Something fails: only where it does.
                Verdict::Broken => verdict == Verdict::Broken,
                // Nothing here, or all is well: what decides was looked at.
                Verdict::NotApplicable => verdict == then,
                Verdict::Aligned | Verdict::AtRisk => !DECIDING.contains(&late),
            };
            if !is_right {
                wrong.push(format!("{name} without {late}: {verdict:?} becomes {then:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The same of each file and directory that can't be read.
#[test]
fn what_cannot_be_read_is_not_absent() {
    // What all hangs on: whose configuration it is, and that this is a container.
    const SPARED: [&str; 2] = ["/etc", "/.dockerenv"];
    let machines = [
        "debian-12-535",
        "ubuntu-22.04-535",
        "stale-module-loaded",
        "module-not-loaded",
        "module-not-built",
        "driver-not-installed",
        "no-gpu",
        "container-injected",
    ];
    let mut wrong = Vec::new();
    for name in machines {
        let memory = machine(name);
        let whole = facts(&memory, None);
        let known = diagnose(&whole);
        let verdict = Verdict::of(&whole, &known);
        let paths = nodes(&memory).into_iter().map(|(path, _)| path.to_string_lossy().into_owned());
        for path in paths.filter(|path| !SPARED.contains(&path.as_str())) {
            let why = Failure::Io("Connection timed out".to_owned());
            let cut = facts(&memory.clone().failing(&path, why), None);
            let found = diagnose(&cut);
            let new = found.findings.iter().filter(|new| !known.names(new.cause.id));
            for new in new.filter(|new| new.finding.certainty == Certainty::Certain) {
                wrong.push(format!("{name} without {path}: {}", new.cause.id));
            }
            let then = Verdict::of(&cut, &found);
            if then != verdict && then != Verdict::Unknown {
                wrong.push(format!("{name} without {path}: {verdict:?} becomes {then:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#![allow(clippy::disallowed_methods, reason = "this test reads the repository's own folders")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking, in its helpers too"
)]
//! Every folder of `machines/` is a machine with a known truth: probe, diagnose, report, compare. And no cause goes
//! without its machines (its words: `words/tests.rs`).

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use nvmend::causes::ALL;
use nvmend::diagnose::{Diagnosis, Severity, diagnose};
use nvmend::facts::Facts;
use nvmend::host::Host;
use nvmend::hosts::{capture, machine};
use nvmend::probe::probe;
use nvmend::report::Report;
use nvmend::verdict::Verdict;
use nvmend::words::{Language, Words};
use serde::Deserialize;

/// What a person says of a machine.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Truth {
    verdict: Verdict,
    /// The primary cause of what is broken or at risk.
    primary: Option<String>,
    /// Every other finding, notes included.
    #[serde(default)]
    also: BTreeSet<String>,
    /// Causes that this machine nearly shows, and must not.
    #[serde(default)]
    near: BTreeSet<String>,
    /// Where the machine comes from.
    source: String,
    note: String,
    /// Why nvmend does not see this yet. The machine runs all the same, and must not come right unnoticed.
    pending: Option<String>,
    /// Whether it is built in as an example (`build.rs`).
    #[serde(default)]
    #[allow(dead_code, reason = "read by build.rs")]
    example: bool,
}

/// A machine that was captured instead of described.
const CAPTURE: &str = "capture.tar.zst";

struct Machine {
    name: String,
    truth: Truth,
    facts: Facts,
    diagnosis: Diagnosis,
}

impl Machine {
    fn findings(&self) -> BTreeSet<&str> {
        self.diagnosis.findings.iter().map(|found| found.cause.id).collect()
    }

    fn primary(&self) -> Option<&str> {
        self.diagnosis.primary().map(|found| found.cause.id)
    }

    /// The first cause that is no mere note.
    fn alarm(&self) -> Option<&str> {
        let first = self.diagnosis.primary()?;
        (first.severity != Severity::Note).then_some(first.cause.id)
    }

    /// Where the diagnosis is not what the truth says.
    fn differences(&self) -> Vec<String> {
        let truth = &self.truth;
        let (findings, expected) = (self.findings(), truth.primary.iter().chain(&truth.also));
        let expected: BTreeSet<&str> = expected.map(String::as_str).collect();
        let mut differences = Vec::new();
        if findings != expected {
            differences.push(format!("findings {findings:?}, should be {expected:?}"));
        }
        if truth.primary.is_some() && self.primary() != truth.primary.as_deref() {
            differences.push(format!("primary {:?}, is {:?}", self.primary(), truth.primary));
        }
        let verdict = Verdict::of(&self.facts, &self.diagnosis);
        if verdict != truth.verdict {
            differences.push(format!("verdict {verdict:?}, should be {:?}", truth.verdict));
        }
        let fired = truth.near.iter().filter(|near| findings.contains(near.as_str()));
        differences.extend(fired.map(|near| format!("{near} must not fire")));
        differences
    }
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn machines() -> Vec<Machine> {
    let folder = repository().join("machines");
    let text_of = |name: &str| std::fs::read_to_string(folder.join(name).join("machine.toml")).ok();
    let mut names: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| text_of(name).is_some() || folder.join(name).join(CAPTURE).exists())
        .collect();
    names.sort();
    names
        .into_iter()
        .map(|name| {
            let truth = std::fs::read_to_string(folder.join(&name).join("truth.toml"))
                .unwrap_or_else(|error| panic!("machines/{name}/truth.toml: {error}"));
            let truth: Truth = toml::from_str(&truth)
                .unwrap_or_else(|error| panic!("machines/{name}/truth.toml: {error}"));
            let saved = folder.join(&name).join(CAPTURE);
            let host = if saved.exists() {
                capture::open(&saved).unwrap_or_else(|error| panic!("{name}: {error}"))
            } else {
                machine::make(&name, &text_of).unwrap_or_else(|error| panic!("{name}: {error}"))
            };
            let host: Arc<dyn Host> = Arc::new(host);
            let facts = probe(&host, Duration::from_secs(60));
            let diagnosis = diagnose(&facts);
            Machine { name, truth, facts, diagnosis }
        })
        .collect()
}

/// Runs a check on every machine and names all that fail, not only the first.
fn each(check: impl Fn(&Machine)) {
    let failed: Vec<String> = machines()
        .iter()
        .filter(|machine| catch_unwind(AssertUnwindSafe(|| check(machine))).is_err())
        .map(|machine| machine.name.clone())
        .collect();
    assert!(failed.is_empty(), "these machines fail, see above: {failed:?}");
}

#[test]
fn what_a_finding_takes_of_remedies_is_its_causes() {
    each(|machine| {
        for found in &machine.diagnosis.findings {
            let of_cause = |remedy| found.cause.remedies.contains(remedy);
            let is_subset = found.remedies().iter().all(of_cause);
            assert!(is_subset, "{}: {} takes {:?}", machine.name, found.cause.id, found.remedies());
        }
    });
}

#[test]
fn every_machine_is_diagnosed_as_its_truth_says() {
    each(|machine| {
        let Machine { name, truth, facts, .. } = machine;
        let differences = machine.differences();
        match &truth.pending {
            None => {
                assert!(differences.is_empty(), "{name}: {differences:#?}\ngaps: {:?}", facts.gaps);
            }
            Some(why) => {
                assert!(!differences.is_empty(), "{name} is right by now: remove `pending`");
                println!("pending: {name}: {why}");
            }
        }
        assert!(
            !truth.source.is_empty() && !truth.note.is_empty(),
            "{name}: say where it comes from"
        );
    });
}

#[test]
fn healthy_machines_have_no_error_and_no_warning() {
    let healthy: Vec<Machine> = machines()
        .into_iter()
        .filter(|machine| machine.truth.primary.is_none() && machine.truth.pending.is_none())
        .collect();
    assert!(healthy.len() >= 10, "only {} healthy machines", healthy.len());
    for machine in healthy {
        for found in &machine.diagnosis.findings {
            assert_eq!(found.severity, Severity::Note, "{}: {}", machine.name, found.cause.id);
        }
    }
}

/// The figures that the README gives. A case is a machine that somebody reported in public.
#[test]
fn figures_of_the_cases() {
    let machines = machines();
    let cases: Vec<&Machine> =
        machines.iter().filter(|machine| machine.name.starts_with("case-")).collect();
    let (faulty, well): (Vec<&Machine>, Vec<&Machine>) =
        cases.iter().partition(|case| case.truth.primary.is_some());
    let (right, wrong): (Vec<&Machine>, Vec<&Machine>) =
        faulty.iter().partition(|case| case.alarm() == case.truth.primary.as_deref());
    let (otherwise, missed): (Vec<&Machine>, Vec<&Machine>) =
        wrong.iter().partition(|case| case.alarm().is_some());
    let healthy: Vec<&Machine> =
        machines.iter().filter(|machine| machine.truth.primary.is_none()).collect();
    let alarmed: Vec<&str> = healthy
        .iter()
        .filter(|machine| machine.alarm().is_some())
        .map(|machine| machine.name.as_str())
        .collect();

    let mut figures = String::new();
    let _ = writeln!(figures, "cases: {}, {} of them healthy", cases.len(), well.len());
    let _ = writeln!(figures, "true cause named first: {} of {}", right.len(), faulty.len());
    let _ = writeln!(figures, "another cause named first: {}", otherwise.len());
    for case in otherwise {
        let (said, truth) = (case.alarm(), case.truth.primary.as_deref());
        let _ = writeln!(
            figures,
            "    {}: {}, is {}",
            case.name,
            said.unwrap_or_default(),
            truth.unwrap_or_default()
        );
    }
    let _ = writeln!(figures, "missed: {}", missed.len());
    for case in missed {
        let _ = writeln!(
            figures,
            "    {}: {}",
            case.name,
            case.truth.primary.as_deref().unwrap_or_default()
        );
    }
    let _ = writeln!(
        figures,
        "false alarms on healthy machines: {} of {} {alarmed:?}",
        alarmed.len(),
        healthy.len()
    );
    println!("{figures}");
    // The figures that the READMEs give.
    let told = [
        format!("{}/{}", right.len(), faulty.len()),
        format!("{}/{}", alarmed.len(), healthy.len()),
    ];
    for name in ["README.md", "README.zh-CN.md"] {
        let text = std::fs::read_to_string(repository().join(name)).unwrap();
        for figure in &told {
            assert!(text.contains(&format!("**{figure}**")), "{name} does not say **{figure}**");
        }
    }
    insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!(figures) });
}

#[test]
fn reports_stay_as_they_are() {
    each(|machine| {
        let words = Words::new(Language::English);
        let report =
            Report::new(&machine.facts, &machine.diagnosis, &words, "2026-01-01T00:00:00Z".into());
        let folder = repository().join("machines").join(&machine.name);
        insta::with_settings!({
            snapshot_path => folder,
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            insta::assert_json_snapshot!("report", report);
        });
    });
}

#[test]
fn table_of_causes_and_machines() {
    let mut table = String::new();
    let machines = machines();
    for cause in ALL {
        let _ = writeln!(table, "{}", cause.id);
        for machine in &machines {
            let found = machine.diagnosis.findings.iter().find(|found| found.cause.id == cause.id);
            if let Some(found) = found {
                let role = if found.because_of.is_empty() { "root" } else { "consequence" };
                let severity = format!("{:?}", found.severity).to_lowercase();
                let _ = writeln!(table, "    {}: {severity}, {role}", machine.name);
            }
        }
    }
    insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!(table) });
}

#[test]
fn every_cause_has_a_machine_where_it_fires_and_one_where_it_nearly_does() {
    let machines = machines();
    let mut missing = Vec::new();
    for cause in ALL {
        if !machines.iter().any(|machine| machine.findings().contains(cause.id)) {
            missing.push(format!("machines/{}/machine.toml: a machine where {0} fires", cause.id));
        }
        if !machines.iter().any(|machine| machine.truth.near.contains(cause.id)) {
            missing.push(format!("machines/*/truth.toml: near = [\"{}\"]", cause.id));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn words_get_every_argument_that_they_ask_for() {
    each(|machine| {
        for language in Language::ALL {
            let words = Words::new(language);
            for found in &machine.diagnosis.findings {
                let id = found.cause.id;
                let mut texts = vec![words.title(found), words.explanation(found)];
                for evidence in &found.finding.evidence {
                    let claim = words.claim(id, evidence);
                    assert_ne!(claim, evidence.claim, "{id}: {language:?} has no words for it");
                    texts.push(claim);
                }
                for text in texts {
                    assert!(!text.contains("{$"), "{}: {id}, {language:?}: {text}", machine.name);
                }
            }
        }
    });
}

//! Plans, journals and histories of earlier days are understood for ever: these files are never changed, only added to.

use std::collections::BTreeSet;
use std::path::Path;

use nvmend::history::{History, RunReport, RunState};
use nvmend::hosts::memory::Memory;
use nvmend::journal::{self, Outcome};
use nvmend::proposal::{PlanFileError, Proposal, read_plan};
use nvmend::step::Step;

fn sample(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/repair/samples");
    std::fs::read(folder.join(name)).unwrap()
}

#[test]
fn an_old_plan_is_read_and_its_seal_holds() {
    let text = sample("plan-1.json");
    let plan = read_plan(&text).unwrap();
    assert_eq!(plan.remedies, ["quarantine-libraries"]);
    let proposal: Proposal = serde_json::from_slice(&text).unwrap();
    assert_eq!(proposal.plan.as_ref(), Some(&plan));
    let edited = String::from_utf8(text).unwrap().replace("550.54.14", "550.54.15");
    assert_eq!(read_plan(edited.as_bytes()), Err(PlanFileError::Edited));
}

#[test]
fn an_old_journal_is_read() {
    let path = format!("{}/20261124T173025Z/journal.jsonl", journal::RUNS);
    let host = Memory::default().file(&path, sample("journal-1.jsonl"));
    let run = journal::read(&host, "20261124T173025Z").unwrap().unwrap();
    assert_eq!(run.outcome, Some(Outcome::Undone));
    let report = RunReport::of(&run);
    assert_eq!((report.state, report.steps.len()), (RunState::Undone, 2));
}

#[test]
fn an_old_history_is_read() {
    let history: History = serde_json::from_slice(&sample("history-1.json")).unwrap();
    assert_eq!(history.runs[0].state, RunState::Undone);
}

/// Journals hold steps, and so their inverses, for years.
#[test]
fn every_kind_of_step_has_an_old_sample_that_is_read() {
    let steps: Vec<Step> = serde_json::from_slice(&sample("steps-1.json")).unwrap();
    let sampled: BTreeSet<String> = steps
        .iter()
        .map(|step| serde_json::to_value(step).unwrap()["step"].as_str().unwrap().to_owned())
        .collect();
    // The variants of `enum Step`, as it stands in the source.
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/step.rs");
    let source = std::fs::read_to_string(source).unwrap();
    let variants = source.split("pub enum Step {").nth(1).unwrap().split("\n}").next().unwrap();
    let missing: Vec<&str> = variants
        .lines()
        .filter_map(|line| line.trim().split_once('(')?.0.into())
        .filter(|name| !name.starts_with('/') && !sampled.contains(&kebab(name)))
        .collect();
    assert!(missing.is_empty(), "tests/repair/samples/steps-1.json has no {missing:?}");
}

fn kebab(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !text.is_empty() {
            text.push('-');
        }
        text.extend(letter.to_lowercase());
    }
    text
}

//! What nvmend itself wrote, and others may have changed since: a plan's file, a run's journal.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nvmend::history::{History, RunReport, SCHEMA, UnreadableRun};
use nvmend::hosts::memory::Memory;
use nvmend::journal;
use nvmend::plan::{Plan, seal};
use nvmend::proposal::read_plan;
use nvmend::report::Tool;
use nvmend::reports::style::Page;
use nvmend::reports::{json, run as report};
use nvmend::undo::WayBack;
use nvmend_fuzz::{share, show, within, words};
use serde_json::Value;

fuzz_target!(|input: &[u8]| {
    // Not this input's.
    words();
    within(share(input), || {
        plan_file(input);
        journal_file(input);
    });
});

/// A plan that is sealed, whatever stands in it.
fn plan_file(input: &[u8]) {
    let _ = read_plan(input);
    let Ok(mut plan) = serde_json::from_slice::<Value>(input) else { return };
    let sealed = seal(&plan);
    let Some(fields) = plan.as_object_mut() else { return };
    fields.insert("seal".to_owned(), sealed.into());
    let Ok(text) = serde_json::to_vec(&plan) else { return };
    if let Ok(plan) = read_plan(&text) {
        walk(&plan);
    }
}

fn walk(plan: &Plan) {
    let _ = plan.is_advice();
    let _ = plan.is_whole();
    for words in words().iter() {
        show(&report::render(&unbegun(plan), plan, words, &Page::PLAIN));
        for step in &plan.steps {
            let _ = (words.step(step), words.step_undo(step), words.step_final(step));
        }
    }
}

/// The report of a run of which nothing is begun.
fn unbegun(plan: &Plan) -> RunReport {
    let line = serde_json::json!({
        "record": "begin", "schema": 1, "time": "2026-01-01T00:00:00Z", "plan": plan,
    });
    let machine = Memory::default().file(&path(), format!("{line}\n"));
    RunReport::of(&journal::read(&machine, RUN).expect("a record").expect("a run"))
}

const RUN: &str = "20260101-000000";

fn path() -> String {
    format!("{}/{RUN}/journal.jsonl", journal::RUNS)
}

fn journal_file(input: &[u8]) {
    let machine = Memory::default().file(&path(), input);
    let mut history =
        History { schema: SCHEMA, tool: Tool::this(), runs: vec![], unreadable: vec![] };
    match journal::read(&machine, RUN) {
        Ok(None) => return,
        Err(error) => {
            history.unreadable.push(UnreadableRun { run: RUN.to_owned(), why: error.to_string() });
        }
        Ok(Some(run)) => {
            let way = WayBack::of(&run);
            let _ = (way.is_refused(&run, true), way.leads_somewhere(&run));
            let shown = RunReport::of(&run);
            for words in words().iter() {
                show(&report::preview(&run, words, &Page::PLAIN));
                show(&report::render(&shown, &run.plan, words, &Page::PLAIN));
                let _ = report::lost(&run, &way.lost, words);
                let _ = report::notice(&shown, words);
            }
            history.runs.push(shown);
        }
    }
    json::render(&history);
    for words in words().iter() {
        show(&report::list(&history, words, &Page::PLAIN));
    }
}

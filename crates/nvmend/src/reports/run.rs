//! What was done, for people: how one run went, and the list of all.

use super::layout::{columns, pad};
use super::plan::remedy_names;
use super::sheet::Sheet;
use super::style::{Page, Paint};
use crate::history::{History, RunReport, RunState, RunStep, StepState};
use crate::journal::{Fault, RUNS, Run};
use crate::plan::Plan;
use crate::undo::{self, Reach, WayBack};
use crate::words::Words;

/// How a run went, and the way on.
pub fn render(run: &RunReport, plan: &Plan, words: &Words, page: &Page) -> String {
    let mut sheet = Sheet::new(page);
    let (mark, paint) = mark(run.state);
    let lead = format!("{} ", page.paint(paint, mark));
    sheet.hanging(&lead, 2, Paint::Bold, &words.plan(sentence(run), &[]));
    if let Some(fault) = &run.failed {
        sheet.wrapped(2, Paint::Plain, &fault_text(fault, plan, words));
    }
    for (number, step) in run.steps.iter().enumerate() {
        if step.state == StepState::Stuck {
            let does = plan.steps.get(number).map(|step| words.step(step)).unwrap_or_default();
            let why = match (step.why.as_deref(), plan.steps.get(number)) {
                (Some(undo::LOST), Some(step)) => words.step_final(step),
                (why, _) => why.unwrap_or_default().to_owned(),
            };
            let args = [("number", (number + 1).to_string()), ("does", does), ("why", why)];
            sheet.hanging("  - ", 4, Paint::Bad, &words.plan("step-stuck", &args));
        }
    }
    if !run.differences.is_empty() {
        sheet.wrapped(2, Paint::Plain, &words.plan("differences", &[]));
    }
    let none = || words.report("state-missing", &[]);
    for difference in &run.differences {
        let args = [
            ("field", difference.field.clone()),
            ("predicted", difference.predicted.clone().unwrap_or_else(none)),
            ("found", difference.found.clone().unwrap_or_else(none)),
        ];
        sheet.hanging("  - ", 4, Paint::Watch, &words.plan("difference", &args));
    }
    if run.failed.is_some() || run.state == RunState::Stuck {
        sheet.wrapped(2, Paint::Plain, &words.plan("programs-said", &[]));
        sheet.line(&format!("      {RUNS}/{}/output.log", run.run));
    }
    let back = match (run.state, run.undo) {
        (RunState::Succeeded, Reach::All) => Some(("to-take-back", Some(""))),
        (RunState::Succeeded, Reach::Part) => Some(("to-take-back-partly", Some("--partly "))),
        (RunState::Succeeded, Reach::Nothing) => Some(("nothing-to-take-back", None)),
        (RunState::Stuck | RunState::Open, _) => Some(("to-take-back-rest", Some(""))),
        _ => None,
    };
    if let Some((id, option)) = back {
        sheet.wrapped(2, Paint::Plain, &words.plan(id, &[]));
        if let Some(option) = option {
            let command = format!("sudo nvmend undo {option}{}", run.run);
            sheet.line(&format!("      {}", page.paint(Paint::Command, &command)));
        }
    }
    page.finish(sheet.text)
}

/// What taking a run back would do, last step first, and what of it stays.
pub fn preview(run: &Run, words: &Words, page: &Page) -> String {
    let mut sheet = Sheet::new(page);
    let args = [("run", run.id.clone()), ("name", remedy_names(&run.plan.remedies, words))];
    sheet.wrapped(0, Paint::Bold, &words.plan("undo-title", &args));
    let way = WayBack::of(run);
    let steps = run.plan.steps.iter().enumerate().rev();
    for (number, step) in steps {
        let Some(begun) = run.begun.get(&number).filter(|begun| !begun.reverted) else { continue };
        sheet.hanging("  - ", 4, Paint::Plain, &words.step(step));
        if way.spared.contains(&number) {
            sheet.wrapped(4, Paint::Dim, &words.plan("undo-spared", &[]));
        } else if step.action().is_reversible() {
            let undo = words.plan("undo", &[("undo", words.step_undo(step))]);
            sheet.wrapped(4, Paint::Dim, &undo);
        } else {
            let why = words.plan("no-undo", &[("why", words.step_final(step))]);
            sheet.wrapped(4, Paint::Watch, &why);
        }
        if let Some(why) = &begun.stuck {
            sheet.wrapped(4, Paint::Bad, &words.plan("was-stuck", &[("why", why.clone())]));
        }
    }
    page.finish(sheet.text)
}

/// What of a run cannot be taken back, in one line: each step, and why.
pub fn lost(run: &Run, lost: &[usize], words: &Words) -> String {
    let steps = lost.iter().filter_map(|at| Some((at, run.plan.steps.get(*at)?)));
    let said = steps.map(|(at, step)| {
        let args = [
            ("number", (at + 1).to_string()),
            ("does", words.step(step)),
            ("why", words.step_final(step)),
        ];
        words.plan("step-stuck", &args)
    });
    said.collect::<Vec<_>>().join(&words.plan("list-separator", &[]))
}

/// One line about a run whose end nobody was told, with the way on.
pub fn notice(run: &RunReport, words: &Words) -> String {
    let id = match run.state {
        RunState::Open => "notice-open",
        RunState::AwaitsReboot => "notice-awaits-reboot",
        RunState::Succeeded => "notice-succeeded",
        RunState::RolledBack => "notice-rolled-back",
        RunState::Stuck => "notice-stuck",
        RunState::PartlyUndone => "notice-partly-undone",
        RunState::Undone => "notice-undone",
    };
    words.plan(id, &[("run", run.run.clone())])
}

/// All runs, newest first.
pub fn list(history: &History, words: &Words, page: &Page) -> String {
    let mut sheet = Sheet::new(page);
    if history.runs.is_empty() && history.unreadable.is_empty() {
        sheet.wrapped(0, Paint::Plain, &words.plan("no-runs", &[]));
    }
    let states: Vec<String> =
        history.runs.iter().map(|run| words.plan(state(run.state), &[])).collect();
    let widest = states.iter().map(|state| columns(state)).max().unwrap_or(0);
    for (run, said) in history.runs.iter().zip(&states).rev() {
        let (mark, paint) = mark(run.state);
        let said = page.paint(paint, &pad(&format!("{mark} {said}"), widest + 2));
        let lead = format!("{}  {said}  ", run.run);
        let indent = columns(&run.run) + 2 + widest + 2 + 2;
        sheet.hanging(&lead, indent, Paint::Plain, &remedy_names(&run.remedies, words));
        if page.verbose {
            for step in &run.steps {
                let args =
                    [("step", step.step.clone()), ("state", words.plan(step_state(step), &[]))];
                sheet.hanging("    - ", 6, Paint::Dim, &words.plan("run-step", &args));
            }
        }
    }
    for run in &history.unreadable {
        let args = [("run", run.run.clone()), ("why", run.why.clone())];
        sheet.wrapped(0, Paint::Watch, &words.plan("run-unreadable", &args));
    }
    page.finish(sheet.text)
}

fn mark(state: RunState) -> (&'static str, Paint) {
    match state {
        RunState::Succeeded => ("✓", Paint::Good),
        RunState::Undone | RunState::PartlyUndone => ("–", Paint::Dim),
        RunState::RolledBack | RunState::Stuck => ("✗", Paint::Bad),
        RunState::AwaitsReboot | RunState::Open => ("!", Paint::Watch),
    }
}

/// The sentence that says how a run went.
fn sentence(run: &RunReport) -> &'static str {
    match run.state {
        RunState::Succeeded if run.differences.is_empty() => "run-succeeded",
        RunState::Succeeded => "run-succeeded-otherwise",
        RunState::RolledBack if run.failed.is_none() => "run-interrupted-rolled-back",
        RunState::RolledBack => "run-rolled-back",
        RunState::Stuck => "run-stuck",
        RunState::PartlyUndone => "run-partly-undone",
        RunState::Undone => "run-undone",
        RunState::AwaitsReboot => "run-awaits-reboot",
        RunState::Open => "run-open",
    }
}

fn state(state: RunState) -> &'static str {
    match state {
        RunState::Succeeded => "state-succeeded",
        RunState::RolledBack => "state-rolled-back",
        RunState::Stuck => "state-stuck",
        RunState::PartlyUndone => "state-partly-undone",
        RunState::Undone => "state-undone",
        RunState::AwaitsReboot => "state-awaits-reboot",
        RunState::Open => "state-open",
    }
}

fn step_state(step: &RunStep) -> &'static str {
    match step.state {
        StepState::Stuck if step.why.as_deref() == Some(undo::LOST) => "step-stays",
        StepState::NotBegun => "step-not-begun",
        StepState::Begun => "step-begun",
        StepState::Done => "step-done",
        StepState::Reverted => "step-reverted",
        StepState::Stuck => "step-not-reverted",
    }
}

/// What made a run fail.
fn fault_text(fault: &Fault, plan: &Plan, words: &Words) -> String {
    match fault {
        Fault::Step { step, why } => {
            let does = plan.steps.get(*step).map(|step| words.step(step)).unwrap_or_default();
            let args = [("number", (step + 1).to_string()), ("does", does), ("why", why.clone())];
            words.plan("fault-step", &args)
        }
        Fault::StillFound { causes } => {
            let names: Vec<String> = causes.iter().map(|id| words.name(id)).collect();
            let causes = ("causes", names.join(&words.plan("list-separator", &[])));
            words.plan("fault-still-found", &[causes])
        }
        Fault::Stopped => words.plan("fault-stopped", &[]),
    }
}

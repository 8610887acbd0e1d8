//! A plan for people, on one screen: what is done step by step, how each is undone, what is interrupted, what comes of
//! it, and why the other ways lost.

use super::layout::{columns, pad, wrap};
use super::sheet::Sheet;
use super::style::{Page, Paint};
use crate::escape::escape;
use crate::plan::Plan;
use crate::proposal::{Proposal, ReportedOther};
use crate::report::{PlanSummary, StepSummary, Versions};
use crate::step::Step;
use crate::verdict::Verdict;
use crate::words::Words;

/// Steps of one kind in a row that are shown unless everything is asked for.
const SHOWN_STEPS: usize = 4;
/// Lines of one step that are shown unless everything is asked for.
const SHOWN_LINES: usize = 3;
/// Other ways that are shown unless everything is asked for.
const SHOWN_OTHERS: usize = 4;

/// The whole proposal.
pub fn render(proposal: &Proposal, words: &Words, page: &Page) -> String {
    let mut sheet = Sheet::new(page);
    match (&proposal.plan, &proposal.summary) {
        (Some(plan), Some(summary)) => {
            sheet.title(proposal, plan, words);
            sheet.steps(plan, summary, words);
            sheet.interruption(plan, words);
            sheet.outcome(proposal, plan, words);
        }
        _ => sheet.no_plan(proposal, words),
    }
    sheet.others(&proposal.others, words);
    page.finish(sheet.text)
}

/// The plan in one line.
pub fn headline(proposal: &Proposal, words: &Words, page: &Page) -> String {
    let mut sheet = Sheet::new(page);
    match &proposal.plan {
        Some(plan) => sheet.title(proposal, plan, words),
        None => sheet.no_plan(proposal, words),
    }
    page.finish(sheet.text)
}

/// The steps that cannot be taken back, each with its number and why. Empty where there are none.
pub fn final_steps(plan: &Plan, words: &Words, page: &Page) -> String {
    let mut sheet = Sheet::new(page);
    for (number, step) in irreversible(plan) {
        sheet.hanging(&format!("  {}. ", number + 1), 5, Paint::Plain, &words.step(step));
        sheet.wrapped(5, Paint::Watch, &words.step_final(step));
    }
    page.finish(sheet.text)
}

fn irreversible(plan: &Plan) -> impl Iterator<Item = (usize, &Step)> {
    let is_final = |step: &Step| !step.action().is_reversible() && !matches!(step, Step::ByHand(_));
    plan.steps.iter().enumerate().filter(move |(_, step)| is_final(step))
}

/// The names of remedies, one after the other.
pub(super) fn remedy_names(ids: &[String], words: &Words) -> String {
    let names: Vec<String> = ids.iter().map(|id| words.remedy(id)).collect();
    names.join(&words.plan("then-separator", &[]))
}

impl Sheet<'_> {
    fn title(&mut self, proposal: &Proposal, plan: &Plan, words: &Words) {
        let name = ("name", remedy_names(&plan.remedies, words));
        self.wrapped(0, Paint::Bold, &words.plan("title", &[name]));
        for found in &proposal.causes {
            let against = [("title", found.title.clone()), ("cause", found.cause.clone())];
            self.wrapped(2, Paint::Dim, &words.plan("against", &against));
        }
    }

    fn no_plan(&mut self, proposal: &Proposal, words: &Words) {
        let (mark, paint, id) = match (proposal.verdict, proposal.causes.is_empty()) {
            (Verdict::Aligned, _) => ("✓", Paint::Good, "nothing-aligned"),
            (Verdict::NotApplicable, true) => ("–", Paint::Dim, "nothing-here"),
            (Verdict::Unknown, true) => ("?", Paint::Watch, "nothing-known"),
            _ => ("✗", Paint::Bad, "no-plan"),
        };
        let lead = format!("{} ", self.page.paint(paint, mark));
        self.hanging(&lead, 2, Paint::Bold, &words.plan(id, &[]));
        for found in &proposal.causes {
            let against = [("title", found.title.clone()), ("cause", found.cause.clone())];
            self.wrapped(2, Paint::Dim, &words.plan("against", &against));
        }
        if let Some(found) = proposal.causes.first() {
            self.wrapped(2, Paint::Plain, &words.plan("by-hand", &[]));
            let command = format!("nvmend explain {}", found.cause);
            self.line(&format!("      {}", self.page.paint(Paint::Command, &command)));
        }
    }

    fn steps(&mut self, plan: &Plan, summary: &PlanSummary, words: &Words) {
        self.heading(&words.plan("heading-steps", &[]));
        let width = plan.steps.len().to_string().len();
        let mut in_a_row = 0;
        let mut hidden = 0;
        for (number, (step, said)) in plan.steps.iter().zip(&summary.steps).enumerate() {
            let is_alike = number > 0 && summary.steps[number - 1].step == said.step;
            in_a_row = if is_alike { in_a_row + 1 } else { 1 };
            if in_a_row > SHOWN_STEPS && !self.page.verbose && step.action().is_reversible() {
                hidden += 1;
                continue;
            }
            self.hidden_steps(&mut hidden, words);
            self.step(number, width, step, said, words);
        }
        self.hidden_steps(&mut hidden, words);
    }

    fn step(
        &mut self,
        number: usize,
        width: usize,
        step: &Step,
        said: &StepSummary,
        words: &Words,
    ) {
        let lead = format!("  {:>width$}. ", number + 1);
        let indent = columns(&lead);
        // What a person must know is never cut.
        if let Step::ByHand(act) = step {
            self.hanging(&lead, indent, Paint::Plain, &said.does);
            for command in &act.commands {
                let command = self.page.paint(Paint::Command, &escape(command));
                self.line(&format!("{}{command}", " ".repeat(indent + 4)));
            }
            return;
        }
        self.shortened(&lead, indent, &said.does, words);
        match &said.undo {
            Some(undo) => {
                let undo = words.plan("undo", &[("undo", undo.clone())]);
                self.wrapped(indent, Paint::Dim, &undo);
            }
            None => {
                let why = words.plan("no-undo", &[("why", words.step_final(step))]);
                self.wrapped(indent, Paint::Watch, &why);
            }
        }
    }

    fn hidden_steps(&mut self, hidden: &mut usize, words: &Words) {
        if *hidden > 0 {
            let text = words.plan("more-steps", &[("count", hidden.to_string())]);
            self.wrapped(5, Paint::Dim, &text);
        }
        *hidden = 0;
    }

    /// Wrapped text, cut where it is long.
    fn shortened(&mut self, lead: &str, indent: usize, text: &str, words: &Words) {
        let lines = wrap(&escape(text), self.page.columns().saturating_sub(indent));
        let shown = if self.page.verbose { usize::MAX } else { SHOWN_LINES };
        let mut lead = lead.to_owned();
        for line in lines.iter().take(shown) {
            self.line(&format!("{lead}{line}"));
            lead = " ".repeat(indent);
        }
        if lines.len() > shown {
            self.wrapped(indent, Paint::Dim, &words.plan("cut", &[]));
        }
    }

    fn interruption(&mut self, plan: &Plan, words: &Words) {
        self.heading(&words.plan("heading-interruption", &[]));
        let separator = words.plan("list-separator", &[]);
        let list = |texts: Vec<String>| texts.join(&separator);
        let mut lines = Vec::new();
        let units: Vec<String> = plan
            .steps
            .iter()
            .filter_map(|step| match step {
                Step::StopService(stop) => Some(stop.unit.clone()),
                _ => None,
            })
            .collect();
        if !units.is_empty() {
            lines.push(words.plan("interrupts-services", &[("units", list(units))]));
        }
        let containers: Vec<String> = plan
            .steps
            .iter()
            .filter_map(|step| match step {
                Step::StopContainer(stop) => Some(format!("{} {}", stop.engine, stop.name)),
                _ => None,
            })
            .collect();
        if !containers.is_empty() {
            lines.push(words.plan("interrupts-containers", &[("containers", list(containers))]));
        }
        let programs: Vec<String> = plan
            .steps
            .iter()
            .filter_map(|step| match step {
                Step::EndProcess(end) => Some(format!("{} ({})", end.name, end.pid)),
                _ => None,
            })
            .collect();
        if !programs.is_empty() {
            lines.push(words.plan("interrupts-programs", &[("programs", list(programs))]));
        }
        if plan.steps.iter().any(|step| matches!(step, Step::UnloadModules(_))) {
            lines.push(words.plan("interrupts-gpu", &[]));
        }
        if plan.steps.iter().any(|step| matches!(step, Step::Reboot(_))) {
            lines.push(words.plan("interrupts-all", &[]));
        }
        if lines.is_empty() {
            lines.push(words.plan("interrupts-nothing", &[]));
        }
        for line in lines {
            self.shortened("  ", 2, &line, words);
        }
    }

    fn outcome(&mut self, proposal: &Proposal, plan: &Plan, words: &Words) {
        self.heading(&words.plan("heading-outcome", &[]));
        let is_by_hand = plan.by_hand().next().is_some();
        let (mark, paint, id) = match plan.predicted.verdict {
            Verdict::Broken | Verdict::Unknown if is_by_hand => {
                ("?", Paint::Watch, "outcome-by-hand")
            }
            Verdict::Aligned | Verdict::NotApplicable => ("✓", Paint::Good, "outcome-fits"),
            Verdict::AtRisk => ("!", Paint::Watch, "outcome-at-risk"),
            Verdict::Broken => ("✗", Paint::Bad, "outcome-broken"),
            Verdict::Unknown => ("?", Paint::Watch, "outcome-unknown"),
        };
        let lead = format!("  {} ", self.page.paint(paint, mark));
        self.hanging(&lead, 4, Paint::Plain, &words.plan(id, &[]));
        let changes = changes(&proposal.versions, &plan.predicted.versions);
        let none = || words.report("state-missing", &[]);
        let labels: Vec<String> = changes.iter().map(|(id, ..)| words.report(id, &[])).collect();
        let widest = labels.iter().map(|label| columns(label)).max().unwrap_or(0);
        for (label, (_, before, after)) in labels.iter().zip(changes) {
            let (before, after) = (before.unwrap_or_else(none), after.unwrap_or_else(none));
            let text = format!("{} → {}", escape(&before), escape(&after));
            self.line(&format!("    {}  {text}", pad(label, widest)));
        }
        if !plan.left.is_empty() {
            let names: Vec<String> = plan.left.iter().map(|id| words.name(id)).collect();
            let left = ("causes", names.join(&words.plan("list-separator", &[])));
            self.wrapped(4, Paint::Watch, &words.plan("left", &[left]));
        }
    }

    fn others(&mut self, others: &[ReportedOther], words: &Words) {
        if others.is_empty() {
            return;
        }
        self.heading(&words.plan("heading-others", &[]));
        let shown = if self.page.verbose { usize::MAX } else { SHOWN_OTHERS };
        for other in others.iter().take(shown) {
            let args =
                [("name", remedy_names(&other.remedies, words)), ("says", other.says.clone())];
            self.hanging("  - ", 4, Paint::Dim, &words.plan("other", &args));
        }
        if others.len() > shown {
            let count = ("count", (others.len() - shown).to_string());
            self.wrapped(2, Paint::Dim, &words.report("more", &[count]));
        }
    }
}

/// A layer of the driver, by its message, before and after.
type Change = (&'static str, Option<String>, Option<String>);

/// The versions that the plan changes.
fn changes(now: &Versions, then: &Versions) -> Vec<Change> {
    let rows = [
        ("layer-loaded", &now.loaded, &then.loaded),
        ("layer-initramfs", &now.initramfs, &then.initramfs),
        ("layer-on-disk", &now.on_disk, &then.on_disk),
        ("layer-libraries", &now.libraries, &then.libraries),
        ("layer-next-boot", &now.next_boot.module, &then.next_boot.module),
    ];
    rows.into_iter()
        .filter(|(_, now, then)| now != then)
        .map(|(id, now, then)| (id, now.clone(), then.clone()))
        .collect()
}

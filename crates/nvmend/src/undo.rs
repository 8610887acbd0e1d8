//! What taking a run back comes to: in which order, and what of it cannot be. Pure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::journal::{Begun, Outcome, Run};
use crate::step::{Step, Trace};

/// What a journal says of a step that was left because it is lost.
pub const LOST: &str = "it cannot be taken back";

/// How much of a run can be taken back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// All that it did and that lasts.
    All,
    /// Not all: `nvmend undo --partly` takes back the rest.
    Part,
    /// Nothing; or nothing is left.
    #[default]
    Nothing,
}

/// The way back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WayBack {
    /// The steps that are taken back, by their place in the plan, in this order.
    pub steps: Vec<usize>,
    /// Those that are left as they are, although they could be taken back: without one that is lost they would only
    /// interrupt.
    pub spared: Vec<usize>,
    /// Those that cannot be taken back, or not wholly.
    pub lost: Vec<usize>,
}

impl WayBack {
    /// The way back from a run. What failed or was interrupted is taken back as far as it goes, whatever comes of it:
    /// only of a run that ended well is anything lost beforehand.
    pub fn of(run: &Run) -> Self {
        let mut open: Vec<usize> = run
            .begun
            .iter()
            .rev()
            .filter(|(_, begun)| !begun.reverted)
            .map(|(at, _)| *at)
            .collect();
        let lost: Vec<usize> = if run.has_ended_well() {
            open.iter().copied().filter(|at| run.step(*at).is_some_and(is_lost)).rev().collect()
        } else {
            vec![]
        };
        let is_running = |at: &usize| run.trace(*at) == Some(Trace::Running);
        // The module that was loaded is gone: what runs is left as it runs.
        if lost.iter().any(is_running) {
            let (spared, steps) = open.into_iter().partition(|at| is_running(at));
            return Self { steps, spared: without(spared, &lost), lost };
        }
        put_off(run, &mut open);
        Self { steps: open, spared: vec![], lost }
    }

    /// Whether nothing is begun, because not all would come back. `partly`: the rest is wanted all the same.
    pub fn is_refused(&self, run: &Run, partly: bool) -> bool {
        // What was begun is gone on with.
        let is_begun = run.undoing && run.outcome.is_none();
        let is_wanted = partly && self.leads_somewhere(run);
        !self.lost.is_empty() && !is_begun && !is_wanted
    }

    /// How much of the run comes back on it.
    pub fn reach(&self, run: &Run) -> Reach {
        let is_over = matches!(run.outcome, Some(Outcome::RolledBack | Outcome::Undone));
        let has_inverse = |begun: &Begun| !begun.reverted && !begun.inverse.is_empty();
        if is_over || run.is_partly_undone() || !run.begun.values().any(has_inverse) {
            Reach::Nothing
        } else if self.lost.is_empty() {
            Reach::All
        } else if self.leads_somewhere(run) {
            Reach::Part
        } else {
            Reach::Nothing
        }
    }

    /// Whether it changes anything on the disk.
    pub fn leads_somewhere(&self, run: &Run) -> bool {
        let has_inverse = |begun: &Begun| !begun.inverse.is_empty();
        let mut lasting = self.steps.iter().filter(|at| run.trace(**at) == Some(Trace::Disk));
        lasting.any(|at| run.begun.get(at).is_some_and(has_inverse))
    }
}

/// Whether something of the step stays that cannot be taken back.
pub fn is_lost(step: &Step) -> bool {
    let action = step.action();
    !action.is_reversible() && action.trace() != Trace::Nothing
}

/// A module whose file was replaced can be loaded again when the former file is back: with what follows from it (the
/// services start after it), it comes last.
fn put_off(run: &Run, open: &mut [usize]) {
    let is_replaced = |at: &usize| matches!(run.step(*at), Some(Step::UnloadModules(unload)) if unload.replaced_by.is_some());
    let Some(start) = open.iter().position(is_replaced) else { return };
    let is_lasting = |at: &usize| run.trace(*at) != Some(Trace::Running);
    let end = open[start..].iter().position(is_lasting).map_or(open.len(), |length| start + length);
    open[start..].rotate_left(end - start);
}

fn without(all: Vec<usize>, some: &[usize]) -> Vec<usize> {
    all.into_iter().filter(|at| !some.contains(at)).collect()
}

impl Run {
    /// Whether everything was done. It may have been taken back since, or be under way to that.
    fn has_ended_well(&self) -> bool {
        self.failed.is_none() && (self.outcome.is_some() || self.undoing)
    }

    /// Whether it was taken back but for what cannot be, as it was wanted.
    pub fn is_partly_undone(&self) -> bool {
        let stuck: Vec<_> =
            self.begun.values().filter_map(|begun| begun.stuck.as_deref()).collect();
        self.outcome == Some(Outcome::Stuck)
            && self.failed.is_none()
            && !stuck.is_empty()
            && stuck.iter().all(|why| *why == LOST)
    }

    fn step(&self, at: usize) -> Option<&Step> {
        self.plan.steps.get(at)
    }

    fn trace(&self, at: usize) -> Option<Trace> {
        Some(self.step(at)?.action().trace())
    }
}

/// The inverses, in their order, with the steps' places.
pub fn inverses<'r>(
    begun: &'r BTreeMap<usize, Begun>,
    steps: &'r [usize],
) -> impl Iterator<Item = (usize, &'r Begun)> {
    steps.iter().filter_map(|at| Some((*at, begun.get(at)?)))
}

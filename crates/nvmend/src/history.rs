//! What was done to a machine, run by run, as data: what `nvmend history` shows, and what `apply` and `undo` answer.
//!
//! Fields of schema 1 are never removed and never given another meaning.

use serde::{Deserialize, Serialize};

use crate::journal::{Begun, Difference, Fault, Outcome, Run};
use crate::report::{Disruption, Tool};
use crate::undo::{Reach, WayBack};

/// The schema that this program writes.
pub const SCHEMA: u32 = 1;

/// The runs of a machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct History {
    /// Version of this model; always 1.
    pub schema: u32,
    /// Who wrote it.
    pub tool: Tool,
    /// The runs, oldest first.
    pub runs: Vec<RunReport>,
    /// Journals that could not be read: the run, and why.
    pub unreadable: Vec<UnreadableRun>,
}

/// A run whose journal could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UnreadableRun {
    /// Its name.
    pub run: String,
    /// Why.
    pub why: String,
}

/// One run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RunReport {
    /// Version of this model; always 1.
    pub schema: u32,
    /// Its name: the time of its beginning.
    pub run: String,
    /// When it began (RFC 3339, UTC).
    pub time: String,
    /// How it stands.
    pub state: RunState,
    /// Ids of the causes that it was to take away.
    pub causes: Vec<String>,
    /// Ids of its remedies, in order.
    pub remedies: Vec<String>,
    /// What it interrupts.
    pub disruption: Disruption,
    /// Its steps, in order.
    pub steps: Vec<RunStep>,
    /// What made it fail; null where nothing did.
    pub failed: Option<Fault>,
    /// What was otherwise than predicted.
    pub differences: Vec<Difference>,
    /// How much of it `nvmend undo` can take back now.
    #[serde(default)]
    pub undo: Reach,
}

/// How a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RunState {
    /// All was done, and the causes are gone.
    Succeeded,
    /// Something failed, and all was taken back.
    RolledBack,
    /// Something failed, and not all could be taken back.
    Stuck,
    /// All was done, and taken back later but for what cannot be, as was said and wanted.
    PartlyUndone,
    /// All was done, and taken back later.
    Undone,
    /// It goes on after a reboot.
    AwaitsReboot,
    /// It has not ended: it is under way, or it was interrupted.
    Open,
}

/// One step of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RunStep {
    /// Its id.
    pub step: String,
    /// How it stands.
    pub state: StepState,
    /// Why it could not be taken back.
    pub why: Option<String>,
}

/// How a step of a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum StepState {
    /// Not begun.
    NotBegun,
    /// Begun; it may be half done.
    Begun,
    /// Done.
    Done,
    /// Taken back.
    Reverted,
    /// It could not be taken back.
    Stuck,
}

impl RunReport {
    /// Whether nothing more comes of it by itself.
    pub fn has_ended(&self) -> bool {
        !matches!(self.state, RunState::AwaitsReboot | RunState::Open)
    }

    /// What the journal says.
    pub fn of(run: &Run) -> Self {
        let state = match run.outcome {
            Some(Outcome::Succeeded) => RunState::Succeeded,
            Some(Outcome::RolledBack) => RunState::RolledBack,
            Some(Outcome::Stuck) if run.is_partly_undone() => RunState::PartlyUndone,
            Some(Outcome::Stuck) => RunState::Stuck,
            Some(Outcome::Undone) => RunState::Undone,
            None if run.awaits.is_some() && run.failed.is_none() && !run.undoing => {
                RunState::AwaitsReboot
            }
            None => RunState::Open,
        };
        let step = |(number, step): (usize, &crate::step::Step)| {
            let begun = run.begun.get(&number);
            RunStep {
                step: step.action().id().to_owned(),
                state: begun.map_or(StepState::NotBegun, step_state),
                why: begun.and_then(|begun| begun.stuck.clone()),
            }
        };
        Self {
            schema: SCHEMA,
            run: run.id.clone(),
            time: run.time.clone(),
            state,
            causes: run.plan.causes.clone(),
            remedies: run.plan.remedies.clone(),
            disruption: run.plan.disruption,
            steps: run.plan.steps.iter().enumerate().map(step).collect(),
            failed: run.failed.clone(),
            differences: run.differences.clone(),
            undo: WayBack::of(run).reach(run),
        }
    }
}

fn step_state(begun: &Begun) -> StepState {
    match begun {
        Begun { stuck: Some(_), .. } => StepState::Stuck,
        Begun { reverted: true, .. } => StepState::Reverted,
        Begun { done: true, .. } => StepState::Done,
        _ => StepState::Begun,
    }
}

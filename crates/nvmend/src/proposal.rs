//! The proposal: what `nvmend plan` says of a machine, as data. It is what a plan file holds.
//!
//! Fields of schema 1 are never removed and never given another meaning. Texts in `title`, `does`, `undo` and `says`
//! follow the language of the words; nothing else does.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::diagnose::{Diagnosed, Diagnosis};
use crate::facts::Facts;
use crate::plan::{self, Other, Plan, Planning, Why, seal};
use crate::report::{Disruption, PlanSummary, StepSummary, Tool, Versions};
use crate::step::Step;
use crate::verdict::Verdict;
use crate::words::Words;

/// The schema that this program writes.
pub const SCHEMA: u32 = 1;

/// What could be done about a machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Proposal {
    /// Version of this model; always 1.
    pub schema: u32,
    /// Who wrote it.
    pub tool: Tool,
    /// When (RFC 3339, UTC).
    pub time: String,
    /// The state of the machine now, in one word.
    pub verdict: Verdict,
    /// Its versions now.
    pub versions: Versions,
    /// What is wrong and follows from nothing else; the first is the primary cause. Where nothing is: the note that the
    /// plan is about.
    pub causes: Vec<ProposedCause>,
    /// What would be done; null where nothing is wrong or nothing helps.
    pub plan: Option<Plan>,
    /// The plan in words.
    pub summary: Option<PlanSummary>,
    /// The other ways, and why they lost.
    pub others: Vec<ReportedOther>,
}

/// A cause that a plan should take away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProposedCause {
    /// Its id.
    pub cause: String,
    /// One sentence.
    pub title: String,
}

/// A way that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReportedOther {
    /// Ids of its remedies, in order; the last is the one that `why` is about.
    pub remedies: Vec<String>,
    /// Why not.
    pub why: WhyNot,
    /// Id of what is in the way, where `why` is `hindered`.
    pub hindrance: Option<String>,
    /// Ids of the causes that would still be found, where `why` is `does-not-help`.
    pub left: Vec<String>,
    /// What it would interrupt, where `why` is `not-allowed` or `outdone`.
    pub disruption: Option<Disruption>,
    /// The same in words.
    pub says: String,
}

/// Why a way was not taken, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum WhyNot {
    /// It cannot be used on this machine.
    Hindered,
    /// nvmend does not carry it out; a person can.
    NotCarriedOut,
    /// Causes would still be found.
    DoesNotHelp,
    /// It interrupts more than is allowed.
    NotAllowed,
    /// It helps too, and interrupts or changes more.
    Outdone,
}

impl Proposal {
    /// What `planning` came to on a machine.
    pub fn new(
        facts: &Facts,
        diagnosis: &Diagnosis,
        planning: &Planning,
        words: &Words,
        time: String,
    ) -> Self {
        let cause = |found: &Diagnosed| ProposedCause {
            cause: found.cause.id.to_owned(),
            title: words.title(found),
        };
        let plan = planning.plan.as_ref();
        let is_meant = |found: &&Diagnosed| {
            plan.is_some_and(|plan| plan.causes.iter().any(|cause| cause == found.cause.id))
        };
        let roots: Vec<&Diagnosed> = plan::roots(diagnosis).collect();
        let causes = if roots.is_empty() {
            diagnosis.findings.iter().filter(is_meant).map(cause).collect()
        } else {
            roots.into_iter().map(cause).collect()
        };
        let mut others: Vec<ReportedOther> = Vec::new();
        for other in &planning.others {
            let other = ReportedOther::of(other, plan, words);
            if !others.contains(&other) {
                others.push(other);
            }
        }
        Self {
            schema: SCHEMA,
            tool: Tool::this(),
            time,
            verdict: Verdict::of(facts, diagnosis),
            versions: Versions::of(facts),
            causes,
            plan: plan.cloned(),
            summary: plan.map(|plan| PlanSummary::of(plan, words)),
            others,
        }
    }
}

impl ReportedOther {
    fn of(other: &Other, chosen: Option<&Plan>, words: &Words) -> Self {
        let mut reported = Self {
            remedies: other.remedies.iter().map(|id| (*id).to_owned()).collect(),
            why: WhyNot::NotCarriedOut,
            hindrance: None,
            left: vec![],
            disruption: None,
            says: String::new(),
        };
        (reported.why, reported.says) = match &other.why {
            Why::Hindered(hindrance) => {
                reported.hindrance = Some(hindrance.why.to_owned());
                let why = ("why", words.hindrance(hindrance));
                (WhyNot::Hindered, words.plan("other-hindered", &[why]))
            }
            Why::NotCarriedOut => (WhyNot::NotCarriedOut, words.plan("other-not-carried-out", &[])),
            Why::DoesNotHelp(left) => {
                reported.left = left.iter().map(|id| (*id).to_owned()).collect();
                let names: Vec<String> = left.iter().map(|id| words.name(id)).collect();
                let left = ("causes", names.join(&words.plan("list-separator", &[])));
                (WhyNot::DoesNotHelp, words.plan("other-does-not-help", &[left]))
            }
            Why::NotAllowed(disruption) => {
                reported.disruption = Some(*disruption);
                let what = ("disruption", words.plan(disruption_id(*disruption), &[]));
                (WhyNot::NotAllowed, words.plan("other-not-allowed", &[what]))
            }
            Why::Outdone(disruption) => {
                reported.disruption = Some(*disruption);
                let says = if chosen.is_some_and(|plan| plan.disruption < *disruption) {
                    let what = ("disruption", words.plan(disruption_id(*disruption), &[]));
                    words.plan("other-interrupts-more", &[what])
                } else {
                    words.plan("other-changes-more", &[])
                };
                (WhyNot::Outdone, says)
            }
        };
        reported
    }
}

/// The message that names a disruption.
fn disruption_id(disruption: Disruption) -> &'static str {
    match disruption {
        Disruption::None => "disruption-none",
        Disruption::ServiceRestart => "disruption-service-restart",
        Disruption::GpuJobsStop => "disruption-gpu-jobs-stop",
        Disruption::Reboot => "disruption-reboot",
    }
}

impl PlanSummary {
    /// A plan in words.
    pub fn of(plan: &Plan, words: &Words) -> Self {
        Self {
            remedy: plan.remedies.first().cloned().unwrap_or_default(),
            remedies: plan.remedies.clone(),
            disruption: plan.disruption,
            steps: plan.steps.iter().map(|step| StepSummary::of(step, words)).collect(),
            predicted: plan.predicted.clone(),
        }
    }
}

impl StepSummary {
    /// A step in words.
    pub fn of(step: &Step, words: &Words) -> Self {
        let action = step.action();
        Self {
            step: action.id().to_owned(),
            does: words.step(step),
            undo: action.is_reversible().then(|| words.step_undo(step)),
        }
    }
}

/// What is wrong with a plan file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanFileError {
    /// It is something else.
    #[error("not a plan: {0}")]
    NotAPlan(String),
    /// A schema that this program does not know.
    #[error("schema {0}; this version of nvmend knows 1")]
    UnknownSchema(u64),
    /// It was written where there was nothing to be done.
    #[error("holds no plan")]
    NoPlan,
    /// Somebody changed it after it was made.
    #[error("was edited")]
    Edited,
    /// It is as it was made, and holds what this program does not know.
    #[error("made by a newer version of nvmend: {0}")]
    Newer(String),
}

/// Reads the plan out of what `nvmend plan` wrote, or a plan alone.
pub fn read_plan(text: &[u8]) -> Result<Plan, PlanFileError> {
    let not_a_plan = |why: &str| PlanFileError::NotAPlan(why.to_owned());
    let file: Value =
        serde_json::from_slice(text).map_err(|error| not_a_plan(&error.to_string()))?;
    let schema = |value: &Value| match value.get("schema").and_then(Value::as_u64) {
        Some(schema) if schema == u64::from(SCHEMA) => Ok(()),
        Some(schema) => Err(PlanFileError::UnknownSchema(schema)),
        None => Err(not_a_plan("no schema")),
    };
    schema(&file)?;
    let plan = match file.get("plan") {
        Some(Value::Null) => return Err(PlanFileError::NoPlan),
        Some(plan) => plan,
        None => &file,
    };
    schema(plan)?;
    let sealed = plan.get("seal").and_then(Value::as_str).ok_or_else(|| not_a_plan("no seal"))?;
    if sealed != seal(plan) {
        return Err(PlanFileError::Edited);
    }
    serde_json::from_value(plan.clone()).map_err(|error| PlanFileError::Newer(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_apart_what_is_no_plan() {
        let read = |text: &str| read_plan(text.as_bytes()).unwrap_err();
        assert!(matches!(read("hello"), PlanFileError::NotAPlan(_)));
        assert!(matches!(read("[1]"), PlanFileError::NotAPlan(_)));
        assert!(matches!(read(r#"{"schema":1}"#), PlanFileError::NotAPlan(_)));
        assert_eq!(read(r#"{"schema":2,"plan":{}}"#), PlanFileError::UnknownSchema(2));
        assert_eq!(read(r#"{"schema":1,"plan":null}"#), PlanFileError::NoPlan);
        let mut plan =
            serde_json::json!({"schema": 1, "steps": [{"step": "paint-it-blue"}], "seal": "0"});
        assert_eq!(read(&plan.to_string()), PlanFileError::Edited);
        plan["seal"] = seal(&plan).into();
        assert!(matches!(read(&plan.to_string()), PlanFileError::Newer(_)));
    }

    #[test]
    fn the_seal_does_not_hang_on_the_order_of_fields() {
        let seal = |text: &str| seal(&serde_json::from_str(text).unwrap());
        assert_eq!(
            seal(r#"{"a":{"x":1,"y":"é"},"b":[2]}"#),
            seal(r#"{"b":[2],"seal":"9","a":{"y":"é","x":1}}"#)
        );
        assert_ne!(seal(r#"{"a":[1,2]}"#), seal(r#"{"a":[2,1]}"#));
    }
}

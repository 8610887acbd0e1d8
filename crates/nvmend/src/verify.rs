//! After the steps: are the causes gone, and is the machine as it was predicted?

use std::time::Duration;

use crate::apply::Session;
use crate::diagnose::{Diagnosis, diagnose};
use crate::facts::Facts;
use crate::journal::Difference;
use crate::plan::Plan;
use crate::report::Versions;
use crate::verdict::Verdict;

/// What is otherwise than predicted; or the causes that should be gone and, for as long as `patience`, are not.
pub(crate) fn verify(
    session: &Session<'_>,
    plan: &Plan,
    patience: Duration,
) -> Result<Vec<Difference>, Vec<&'static str>> {
    const GLANCE: Duration = Duration::from_secs(5);
    let mut waited = Duration::ZERO;
    loop {
        let facts = (session.probe)();
        let diagnosis = diagnose(&facts);
        let still = still_found(plan, &diagnosis);
        if still.is_empty() {
            return Ok(differences(plan, &facts, &diagnosis));
        }
        if waited >= patience {
            return Err(still);
        }
        session.host.sleep(GLANCE);
        waited += GLANCE;
    }
}

fn still_found(plan: &Plan, diagnosis: &Diagnosis) -> Vec<&'static str> {
    let found = diagnosis.findings.iter().map(|found| found.cause.id);
    found.filter(|id| plan.causes.iter().any(|cause| cause == id)).collect()
}

/// The machine as found, held against the machine as predicted, field by field.
fn differences(plan: &Plan, facts: &Facts, diagnosis: &Diagnosis) -> Vec<Difference> {
    let flat = |verdict: Verdict, versions: &Versions| {
        let value = serde_json::json!({ "verdict": verdict, "versions": versions });
        let mut fields = Vec::new();
        flatten("", &value, &mut fields);
        fields
    };
    let predicted = flat(plan.predicted.verdict, &plan.predicted.versions);
    let found = flat(Verdict::of(facts, diagnosis), &Versions::of(facts));
    predicted
        .into_iter()
        .zip(found)
        .filter(|(predicted, found)| predicted.1 != found.1)
        .map(|((field, predicted), (_, found))| Difference { field, predicted, found })
        .collect()
}

fn flatten(name: &str, value: &serde_json::Value, into: &mut Vec<(String, Option<String>)>) {
    match value {
        serde_json::Value::Object(fields) => {
            for (field, value) in fields {
                let name = if name.is_empty() { field.clone() } else { format!("{name}.{field}") };
                flatten(&name, value, into);
            }
        }
        serde_json::Value::Null => into.push((name.to_owned(), None)),
        serde_json::Value::String(text) => into.push((name.to_owned(), Some(text.clone()))),
        other => into.push((name.to_owned(), Some(other.to_string()))),
    }
}

//! After the steps: are the causes gone, and is the machine as it was predicted?

use std::time::Duration;

use crate::apply::Session;
use crate::diagnose::{Diagnosed, Diagnosis, Severity, diagnose};
use crate::facts::{Facts, Gap};
use crate::journal::Difference;
use crate::plan::Plan;
use crate::report::{Predicted, Versions};
use crate::verdict::Verdict;

/// What is otherwise than predicted; or the causes that should be gone and, for as long as `patience`, are not.
pub(crate) fn verify(
    session: &Session<'_>,
    plan: &Plan,
    patience: Duration,
) -> Result<Vec<Difference>, Vec<&'static str>> {
    const GLANCE: Duration = Duration::from_secs(5);
    /// How often the machine is read before what did not answer in time counts as not there to be seen.
    const READS: usize = 3;
    let variables = plan.variables();
    let mut waited = Duration::ZERO;
    let mut reads = 0;
    loop {
        let facts = (session.probe)(&variables);
        reads += 1;
        // That nobody looked is no proof that a cause is gone.
        if reads < READS && facts.gaps.iter().any(Gap::is_late) {
            session.host.sleep(GLANCE);
            continue;
        }
        let diagnosis = diagnose(&facts);
        let still = still_found(plan, &diagnosis);
        if still.is_empty() {
            return Ok(differences(&plan.predicted, &facts, &diagnosis));
        }
        if waited >= patience {
            return Err(still);
        }
        session.host.sleep(GLANCE);
        waited += GLANCE;
    }
}

/// The causes that should be gone and are not; and an error that came instead, where all can be taken back. (Where it
/// can't, taking back the rest would only be a third state.)
fn still_found(plan: &Plan, diagnosis: &Diagnosis) -> Vec<&'static str> {
    let is_promised = |id: &str| plan.causes.iter().any(|cause| cause == id);
    let can_go_back = plan.steps.iter().all(|step| step.action().is_reversible());
    let is_new = |found: &Diagnosed| {
        can_go_back
            && found.severity == Severity::Error
            && found.because_of.is_empty()
            && !plan.left.iter().any(|left| left == found.cause.id)
    };
    let still = diagnosis.findings.iter();
    still
        .filter(|found| is_promised(found.cause.id) || is_new(found))
        .map(|found| found.cause.id)
        .collect()
}

/// The machine as found, held against the machine as predicted, field by field.
fn differences(predicted: &Predicted, facts: &Facts, diagnosis: &Diagnosis) -> Vec<Difference> {
    let flat = |verdict: Verdict, versions: &Versions| {
        let value = serde_json::json!({ "verdict": verdict, "versions": versions });
        let mut fields = Vec::new();
        flatten("", &value, &mut fields);
        fields
    };
    let predicted = flat(predicted.verdict, &predicted.versions);
    let found = flat(Verdict::of(facts, diagnosis), &Versions::of(facts));
    predicted
        .into_iter()
        .zip(found)
        .filter(|(predicted, found)| predicted.1 != found.1)
        .filter(|(_, (field, found))| found.is_some() || !is_unasked(field, facts))
        .map(|((field, predicted), (_, found))| Difference { field, predicted, found })
        .collect()
}

/// Whether the field is empty because nothing was looked at: once all fits, no question needs an image of the initramfs.
fn is_unasked(field: &str, facts: &Facts) -> bool {
    let mut kernels = facts.kernels.running.value().into_iter();
    field == "versions.initramfs" && kernels.all(|kernel| facts.images_of(kernel).next().is_none())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Datum, Image, ImageContent, ImageKind};

    const KERNEL: &str = "6.1.0-47-amd64";

    /// The image was made anew, as predicted, and fits: then the check does not open it.
    #[test]
    fn what_was_not_looked_at_is_not_otherwise() {
        let mut facts = Facts::default();
        facts.kernels.running = Datum::known(KERNEL.to_owned(), "/proc/sys/kernel/osrelease");
        let diagnosis = diagnose(&facts);
        let mut versions = Versions::of(&facts);
        versions.initramfs = Some("535.261.03".to_owned());
        let predicted = Predicted { verdict: Verdict::of(&facts, &diagnosis), versions };
        assert_eq!(differences(&predicted, &facts, &diagnosis), vec![]);

        facts.initramfs.images.push(Image {
            kernel: KERNEL.to_owned(),
            path: "/boot/initrd.img".into(),
            kind: ImageKind::Boot,
            modified: 0,
            content: Datum::known(ImageContent::default(), "/boot/initrd.img"),
        });
        let found = differences(&predicted, &facts, &diagnosis);
        let fields: Vec<&str> = found.iter().map(|found| found.field.as_str()).collect();
        assert_eq!(fields, ["versions.initramfs"], "it was looked at, and holds none");
    }
}

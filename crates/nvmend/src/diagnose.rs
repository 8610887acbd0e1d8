//! From facts to findings: which causes hold, and which of them explains which.

use serde::{Deserialize, Serialize};

use crate::facts::{Facts, Origin};

/// A cause that nvmend can name. One file in `causes/` declares each.
pub struct Cause {
    /// Its stable id; never renamed, never given another meaning.
    pub id: &'static str,
    /// How bad it is where it holds, unless its finding says otherwise.
    pub severity: Severity,
    /// Whether it holds. Pure: no I/O, no failure.
    pub find: fn(&Facts) -> Option<Finding>,
    /// Ids of the remedies that serve, least disruptive first. A finding may take some of them only.
    pub remedies: &'static [&'static str],
    /// Ids of causes that are mere consequences wherever this one holds too.
    pub explains: &'static [&'static str],
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Some program on this machine fails now.
    Error,
    /// Works now, and will break or is one step from it.
    Warning,
    /// Worth knowing.
    Note,
}

/// How sure the evidence makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Certainty {
    /// The evidence leaves no other reading.
    Certain,
    /// The plainest reading; another is conceivable.
    Likely,
    /// Evidence is short.
    Possible,
}

/// A value that goes into a message: `{ $name }` in the words.
pub type Arg = (&'static str, String);

/// One thing that speaks for a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Message id of the claim: one of `claims.ftl`, or of the cause's own file.
    pub claim: &'static str,
    /// The claim's arguments.
    pub args: Vec<Arg>,
    /// Where it was read.
    pub source: Origin,
    /// What was read there.
    pub value: String,
}

impl Evidence {
    /// The value where no module is loaded. In reports as data it is this word; people read it in their language.
    pub const NOT_LOADED: &str = "not loaded";

    /// A claim without further arguments than `{ $value }`.
    pub fn new(claim: &'static str, source: impl Into<Origin>, value: impl ToString) -> Self {
        Self { claim, args: Vec::new(), source: source.into(), value: value.to_string() }
    }

    /// Adds an argument.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.push((name, value.to_string()));
        self
    }
}

/// A cause that holds, as its `find` tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Set where it differs from the cause's own.
    pub severity: Option<Severity>,
    /// How sure.
    pub certainty: Certainty,
    /// Arguments of the title and the explanation.
    pub args: Vec<Arg>,
    /// What speaks for it, most telling first.
    pub evidence: Vec<Evidence>,
    /// Ids of causes that this one, with these facts, follows from, besides what `explains` says.
    pub follows_from: Vec<&'static str>,
    /// Set where only some of the cause's remedies serve.
    pub remedies: Option<&'static [&'static str]>,
}

impl Finding {
    /// A finding that leaves no other reading.
    pub fn certain() -> Self {
        Self::with(Certainty::Certain)
    }

    /// The plainest reading.
    pub fn likely() -> Self {
        Self::with(Certainty::Likely)
    }

    /// Evidence is short.
    pub fn possible() -> Self {
        Self::with(Certainty::Possible)
    }

    fn with(certainty: Certainty) -> Self {
        Self {
            severity: None,
            certainty,
            args: vec![],
            evidence: vec![],
            follows_from: vec![],
            remedies: None,
        }
    }

    /// Another severity than the cause's own.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// Adds an argument of title and explanation.
    #[must_use]
    pub fn arg(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.push((name, value.to_string()));
        self
    }

    /// Adds a piece of evidence.
    #[must_use]
    pub fn evidence(mut self, evidence: Evidence) -> Self {
        self.evidence.push(evidence);
        self
    }

    /// Says that only these of the cause's remedies serve here.
    #[must_use]
    pub fn remedies(mut self, remedies: &'static [&'static str]) -> Self {
        self.remedies = Some(remedies);
        self
    }

    /// Says that `cause`, where it holds too, is what this follows from.
    #[must_use]
    pub fn follows_from(mut self, cause: &'static str) -> Self {
        self.follows_from.push(cause);
        self
    }
}

/// A finding in its place among the others.
#[derive(Clone)]
pub struct Diagnosed {
    /// The cause.
    pub cause: &'static Cause,
    /// How bad, here.
    pub severity: Severity,
    /// What its `find` told.
    pub finding: Finding,
    /// Ids of the present causes that it follows from; empty for a root.
    pub because_of: Vec<&'static str>,
}

impl Diagnosed {
    /// Ids of the remedies that serve here, least disruptive first.
    pub fn remedies(&self) -> &'static [&'static str] {
        self.finding.remedies.unwrap_or(self.cause.remedies)
    }
}

/// What is wrong with a machine. The first finding is the primary cause.
#[derive(Clone, Default)]
pub struct Diagnosis {
    /// Roots before consequences, errors before warnings before notes, then in the order of the catalogue.
    pub findings: Vec<Diagnosed>,
}

impl Diagnosis {
    /// The primary cause, if anything is wrong.
    pub fn primary(&self) -> Option<&Diagnosed> {
        self.findings.first()
    }

    /// Whether a cause is among the findings.
    pub fn names(&self, id: &str) -> bool {
        self.findings.iter().any(|found| found.cause.id == id)
    }

    /// Whether some program fails now.
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|found| found.severity == Severity::Error)
    }
}

/// Names the causes that hold, of all there are.
pub fn diagnose(facts: &Facts) -> Diagnosis {
    diagnose_with(facts, crate::causes::ALL)
}

fn diagnose_with(facts: &Facts, causes: &'static [&'static Cause]) -> Diagnosis {
    // Every cause means something else in a container, in a chroot, or on another architecture.
    if facts.lacks(&["system"]) {
        return Diagnosis::default();
    }
    let holding: Vec<(&'static Cause, Finding)> =
        causes.iter().filter_map(|cause| Some((*cause, (cause.find)(facts)?))).collect();
    let ids: Vec<&'static str> = holding.iter().map(|(cause, _)| cause.id).collect();
    let because_of = |cause: &Cause, finding: &Finding| -> Vec<&'static str> {
        holding
            .iter()
            .map(|(other, _)| *other)
            .filter(|other| other.id != cause.id)
            .filter(|other| {
                other.explains.contains(&cause.id) || finding.follows_from.contains(&other.id)
            })
            .map(|other| other.id)
            .collect()
    };
    let mut findings: Vec<Diagnosed> = holding
        .iter()
        .map(|(cause, finding)| Diagnosed {
            cause,
            severity: finding.severity.unwrap_or(cause.severity),
            because_of: because_of(cause, finding),
            finding: finding.clone(),
        })
        .collect();
    let place = |id: &str| ids.iter().position(|other| *other == id);
    findings
        .sort_by_key(|found| (!found.because_of.is_empty(), found.severity, place(found.cause.id)));
    Diagnosis { findings }
}

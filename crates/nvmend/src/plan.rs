//! Chooses what to do: the least disruptive steps after which the machine, as predicted, diagnoses clean. Pure but for
//! what it asks through [`Enquire`].

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::diagnose::{Diagnosed, Diagnosis, Severity, diagnose};
use crate::enquire::Enquire;
use crate::facts::Facts;
use crate::host_mut::digest;
use crate::remedies;
use crate::remedy::{Allowed, Context, Hindrance, disruption};
use crate::report::{Disruption, Predicted, Versions};
use crate::step::{Step, predict};
use crate::steps::ByHand;
use crate::undo;
use crate::verdict::Verdict;

/// The schema of plans that this program writes.
pub const SCHEMA: u32 = 1;
/// Remedies in one plan; what needs more is no repair but a new installation.
const MOST_REMEDIES: usize = 5;
/// Ways that are looked at; each is a diagnosis.
const MOST_WAYS: usize = 200;

/// What will be done. Plain data; old ones are understood for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Plan {
    /// Version of this model; always 1.
    pub schema: u32,
    /// Version of the program that made it.
    pub tool: String,
    /// The machine it is for, as [`machine_id`] tells; null where the machine has no id.
    pub machine: Option<String>,
    /// Ids of the causes that it takes away.
    pub causes: Vec<String>,
    /// Ids of its remedies, in order.
    pub remedies: Vec<String>,
    /// What it interrupts.
    pub disruption: Disruption,
    /// Its steps, in order. What a person must do stands last ([`Plan::by_hand`]).
    pub steps: Vec<Step>,
    /// The machine after what nvmend does itself.
    pub predicted: Predicted,
    /// Ids of the causes that will still be found, notes left out: until a person has done the last steps.
    pub left: Vec<String>,
    /// Seal of all the above, so that an edited plan is told from a machine that changed.
    pub seal: String,
}

/// What was found on the way to a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planning {
    /// The plan, if there is one.
    pub plan: Option<Plan>,
    /// The other ways, and why they lost.
    pub others: Vec<Other>,
}

/// A way that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Other {
    /// Its remedies, in order; the last is the one that `why` is about.
    pub remedies: Vec<&'static str>,
    /// Why not.
    pub why: Why,
}

/// Why a way was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// It cannot be used here.
    Hindered(Hindrance),
    /// nvmend does not carry it out; a person can.
    NotCarriedOut,
    /// These causes would still be found.
    DoesNotHelp(Vec<&'static str>),
    /// It interrupts more than is allowed.
    NotAllowed(Disruption),
    /// It helps too, and interrupts or changes more.
    Outdone(Disruption),
}

/// A way that leads to a machine that diagnoses clean, or to what only a person can do.
struct Way {
    remedies: Vec<&'static str>,
    steps: Vec<Step>,
    facts: Facts,
}

/// Finds the plan for a machine. `only`: the remedies that the caller wants first, in order.
pub fn plan(
    facts: &Facts,
    allowed: &Allowed,
    only: &[&str],
    machine: &dyn Enquire,
    id: Option<String>,
) -> Planning {
    let context = Context { machine, allowed };
    let start = Way { remedies: vec![], steps: vec![], facts: facts.clone() };
    let mut search =
        Search { context, before: facts, only, found: vec![], others: vec![], looked: 0 };
    let now = diagnose(facts);
    search.go(start, &now);
    let Search { mut found, mut others, .. } = search;
    found.sort_by_cached_key(cost);
    let is_allowed = !others.iter().any(|other| matches!(other.why, Why::NotAllowed(_)));
    if found.is_empty() && is_allowed && only.is_empty() {
        found.extend(primary(&now).map(|found| last_resort(facts, found)));
    }
    let mut found = found.into_iter();
    let chosen = found.next();
    others.extend(
        found
            .map(|way| Other { why: Why::Outdone(disruption(&way.steps)), remedies: way.remedies }),
    );
    Planning { plan: chosen.map(|way| Plan::of(way, &now, id)), others }
}

/// How dear a way is: what it leaves to a person, then what it interrupts, then whether it can be taken back, then how
/// much it changes.
fn cost(way: &Way) -> (usize, Disruption, usize, usize) {
    let is_final = |step: &&Step| !step.action().is_reversible();
    let left = roots(&diagnose(&way.facts)).count();
    let finals = way.steps.iter().filter(is_final).count();
    (left, disruption(&way.steps), finals, way.steps.len())
}

/// Where nothing else can be said: the page that says what helps.
fn last_resort(facts: &Facts, found: &Diagnosed) -> Way {
    let act = ByHand::new("explain").with("cause", found.cause.id);
    let act = act.command(format!("nvmend explain {}", found.cause.id));
    Way {
        remedies: found.remedies().iter().take(1).copied().collect(),
        steps: vec![Step::ByHand(act)],
        facts: facts.clone(),
    }
}

struct Search<'c> {
    context: Context<'c>,
    /// The machine as it is.
    before: &'c Facts,
    only: &'c [&'c str],
    found: Vec<Way>,
    others: Vec<Other>,
    looked: usize,
}

impl Search<'_> {
    /// Takes up the primary cause, tries each of its remedies, and goes on with what is left.
    fn go(&mut self, way: Way, now: &Diagnosis) {
        if way.remedies.is_empty()
            && let Some(id) = self.only.first().and_then(|id| at_will(id))
        {
            match self.step(&way, id) {
                Ok(next) => {
                    let then = diagnose(&next.facts);
                    self.go(Way { remedies: vec![id], ..next }, &then);
                }
                Err(why) => self.others.push(Other { remedies: vec![id], why }),
            }
            return;
        }
        let asked = || self.asked_for(&way, now);
        let Some(cause) = primary(now).or_else(asked) else {
            if !way.steps.is_empty() {
                self.found.push(way);
            }
            return;
        };
        let only = self.only.get(way.remedies.len()).copied();
        for id in cause.remedies().iter().copied().filter(|id| only.is_none_or(|only| only == *id))
        {
            let mut remedies = way.remedies.clone();
            if remedies.contains(&id) {
                continue;
            }
            remedies.push(id);
            self.looked += 1;
            if self.looked > MOST_WAYS || remedies.len() > MOST_REMEDIES {
                return;
            }
            match self.step(&way, id) {
                Ok(next) => {
                    let then = diagnose(&next.facts);
                    // What a person's act comes to is not foretold, so the way ends there.
                    if next.steps.iter().any(|step| matches!(step, Step::ByHand(_))) {
                        self.found.push(Way { remedies, ..next });
                        continue;
                    }
                    let same = then.names(cause.cause.id);
                    if same {
                        let mut left: Vec<_> = roots(&then).map(|found| found.cause.id).collect();
                        if left.is_empty() {
                            left.push(cause.cause.id);
                        }
                        self.others.push(Other { remedies, why: Why::DoesNotHelp(left) });
                    } else {
                        self.go(Way { remedies, ..next }, &then);
                    }
                }
                Err(why) => self.others.push(Other { remedies, why }),
            }
        }
    }

    /// Where nothing must be repaired: the note that the caller wants something done about.
    fn asked_for<'d>(&self, way: &Way, now: &'d Diagnosis) -> Option<&'d Diagnosed> {
        let first = self.only.first().filter(|_| way.remedies.is_empty())?;
        now.findings.iter().find(|found| found.remedies().contains(first))
    }

    fn step(&self, way: &Way, id: &'static str) -> Result<Way, Why> {
        let remedy = remedies::find(id).ok_or(Why::NotCarriedOut)?;
        let new = (remedy.steps)(&way.facts, &self.context).map_err(Why::Hindered)?;
        let interrupts = disruption(&new);
        let allowed = self.context.allowed;
        let is_allowed = match interrupts {
            Disruption::GpuJobsStop => allowed.gpu_jobs_stop,
            other => other <= allowed.most,
        };
        if !is_allowed {
            return Err(Why::NotAllowed(interrupts));
        }
        let facts = predict(&way.facts, &new);
        let mut steps: Vec<Step> = way.steps.iter().cloned().chain(new).collect();
        note_return(self.before, &mut steps);
        Ok(Way { remedies: vec![], steps, facts })
    }
}

fn at_will(id: &str) -> Option<&'static str> {
    remedies::AT_WILL.iter().copied().find(|known| *known == id)
}

/// A loaded module whose file the steps before replace can be loaded again once they are taken back, if it is the file
/// that was there.
fn note_return(before: &Facts, steps: &mut [Step]) {
    let Some((on_disk, _)) = before.on_disk_version() else { return };
    for step in steps {
        match step {
            Step::UnloadModules(unload) => unload.returns |= unload.version == on_disk.as_str(),
            // What cannot be taken back may be what brought the other file.
            step if undo::is_lost(step) => return,
            _ => {}
        }
    }
}

/// The causes that a plan must take away: errors, and where nothing fails, warnings; those that follow from no other.
pub fn roots(diagnosis: &Diagnosis) -> impl Iterator<Item = &Diagnosed> {
    let is_root = |found: &&Diagnosed| found.because_of.is_empty();
    diagnosis.findings.iter().filter(is_root).filter(|found| found.severity < Severity::Note)
}

fn primary(diagnosis: &Diagnosis) -> Option<&Diagnosed> {
    roots(diagnosis).next()
}

impl Plan {
    fn of(way: Way, before: &Diagnosis, machine: Option<String>) -> Self {
        let after = diagnose(&way.facts);
        let left: BTreeSet<&str> = roots(&after).map(|found| found.cause.id).collect();
        // A note only where it is what something is done about.
        let is_meant = |found: &&Diagnosed| {
            roots(before).any(|root| root.cause.id == found.cause.id)
                || roots(before).next().is_none()
                    && way.remedies.first().is_some_and(|id| found.remedies().contains(id))
        };
        let causes = before.findings.iter().filter(is_meant).map(|found| found.cause.id);
        let causes = causes.filter(|id| !left.contains(id)).map(str::to_owned).collect();
        let verdict = Verdict::of(&way.facts, &after);
        let mut plan = Self {
            schema: SCHEMA,
            tool: env!("CARGO_PKG_VERSION").to_owned(),
            machine,
            causes,
            remedies: way.remedies.into_iter().map(str::to_owned).collect(),
            disruption: disruption(&way.steps),
            steps: way.steps,
            predicted: Predicted { verdict, versions: Versions::of(&way.facts) },
            left: left.into_iter().map(str::to_owned).collect(),
            seal: String::new(),
        };
        plan.seal = plan.sealed();
        plan
    }

    /// The steps that are a person's, after those that nvmend does.
    pub fn by_hand(&self) -> impl Iterator<Item = &ByHand> {
        self.steps.iter().filter_map(|step| match step {
            Step::ByHand(act) => Some(act),
            _ => None,
        })
    }

    /// Variables, by name, as its files set them for sessions that begin after it.
    pub fn variables(&self) -> Vec<(String, String)> {
        let files = self.steps.iter().filter_map(|step| match step {
            Step::WriteFile(file) => Some(&file.variables),
            _ => None,
        });
        files.flatten().map(|set| (set.name.clone(), set.value.clone())).collect()
    }

    /// Whether there is nothing in it that nvmend does: it is shown, and can't be applied.
    pub fn is_advice(&self) -> bool {
        matches!(self.steps.first(), None | Some(Step::ByHand(_)))
    }

    /// Whether nobody edited it.
    pub fn is_whole(&self) -> bool {
        self.seal == self.sealed()
    }

    fn sealed(&self) -> String {
        serde_json::to_value(self).map(|plan| seal(&plan)).unwrap_or_default()
    }
}

/// The seal of a plan in JSON: of all its fields but the seal, whatever their order and whoever wrote them. So a plan
/// from before a field came up keeps its seal.
pub fn seal(plan: &Value) -> String {
    let mut text = String::new();
    match plan.as_object() {
        Some(fields) => object(fields.iter().filter(|(name, _)| *name != "seal"), &mut text),
        None => canonical(plan, &mut text),
    }
    digest(text.as_bytes())
}

/// JSON with the fields of each object in the order of their names. As deep as serde_json reads: 128.
fn canonical(value: &Value, into: &mut String) {
    match value {
        Value::Object(fields) => object(fields.iter(), into),
        Value::Array(items) => {
            into.push('[');
            for item in items {
                canonical(item, into);
                into.push(',');
            }
            into.push(']');
        }
        other => into.push_str(&other.to_string()),
    }
}

fn object<'v>(fields: impl Iterator<Item = (&'v String, &'v Value)>, into: &mut String) {
    into.push('{');
    for (name, value) in BTreeMap::from_iter(fields) {
        into.push_str(&Value::from(name.as_str()).to_string());
        into.push(':');
        canonical(value, into);
        into.push(',');
    }
    into.push('}');
}

/// A name for this machine that tells it from others and tells nobody which it is: a hash of `/etc/machine-id`, which
/// must not leave the machine itself (machine-id(5)).
pub fn machine_id(content: &str) -> Option<String> {
    let id = content.trim();
    (!id.is_empty() && id != "uninitialized")
        .then(|| digest(format!("nvmend {id}").as_bytes())[..16].to_owned())
}

//! A remedy: what can be done about a cause, as steps. Pure.

use crate::diagnose::Arg;
use crate::enquire::Enquire;
use crate::facts::Facts;
use crate::report::Disruption;
use crate::step::Step;

/// A remedy that nvmend can carry out. One file in `remedies/` declares each; its words stand in `remedies.ftl`.
pub struct Remedy {
    /// Its stable id; causes name it.
    pub id: &'static str,
    /// Its steps on this machine, or why it cannot be used here.
    pub steps: fn(&Facts, &Context<'_>) -> Result<Vec<Step>, Hindrance>,
}

/// What a remedy may ask besides the facts.
pub struct Context<'c> {
    /// Who answers what the facts do not hold.
    pub machine: &'c dyn Enquire,
    /// What the caller lets be interrupted.
    pub allowed: &'c Allowed,
}

/// What may be interrupted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// The most disruptive that may be.
    pub most: Disruption,
    /// Whether programs that use a GPU may be ended.
    pub gpu_jobs_stop: bool,
}

impl Default for Allowed {
    /// Anything but ending people's work.
    fn default() -> Self {
        Self { most: Disruption::Reboot, gpu_jobs_stop: false }
    }
}

/// Why a remedy cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hindrance {
    /// Message in `plan.ftl`.
    pub why: &'static str,
    /// Its arguments.
    pub args: Vec<Arg>,
}

impl Hindrance {
    /// Without arguments.
    pub fn new(why: &'static str) -> Self {
        Self { why, args: vec![] }
    }

    /// Adds an argument.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.push((name, value.to_string()));
        self
    }
}

/// What the steps interrupt: the most of what each does.
pub fn disruption(steps: &[Step]) -> Disruption {
    steps
        .iter()
        .map(|step| match step {
            Step::Reboot(_) => Disruption::Reboot,
            Step::EndProcess(_) | Step::StopContainer(_) => Disruption::GpuJobsStop,
            Step::StopService(_)
            | Step::StartService(_)
            | Step::UnbindConsole(_)
            | Step::UnloadModules(_) => Disruption::ServiceRestart,
            _ => Disruption::None,
        })
        .max()
        .unwrap_or(Disruption::None)
}

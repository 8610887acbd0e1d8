//! Reboots, where the prediction says that it helps.

use crate::continuation;
use crate::facts::{Environment, Facts};
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::Step;
use crate::steps::Reboot;

pub(super) const REMEDY: Remedy = Remedy { id: "reboot", steps };

fn steps(facts: &Facts, context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    if facts.system.environment != Environment::Host {
        return Err(Hindrance::new("not-a-host"));
    }
    let kernel = facts.kernels.next_boot.value().ok_or(Hindrance::new("next-kernel-unknown"))?;
    let mut steps: Vec<Step> =
        context.machine.continuation().as_deref().map(continuation::steps).unwrap_or_default();
    steps.push(Step::Reboot(Reboot { kernel: kernel.clone() }));
    Ok(steps)
}

//! Restarts the services that run with libraries of another version, so that they get those that are on disk.

use super::stopping::Stopping;
use crate::causes::{process_holds_old_libraries, service_skew};
use crate::facts::{Environment, Facts, Holder};
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::Step;

pub(super) const REMEDY: Remedy = Remedy { id: "restart-service", steps };

fn steps(facts: &Facts, context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    let mut stopping = stopping(facts)?;
    if stopping.interrupts_work() {
        return Err(Hindrance::new("not-a-service").with("jobs", stopping.work()));
    }
    restart(&mut stopping, context)
}

/// All that runs with libraries of another version.
pub(super) fn stopping(facts: &Facts) -> Result<Stopping<'_>, Hindrance> {
    if facts.system.environment != Environment::Host {
        return Err(Hindrance::new("not-a-host"));
    }
    let services = service_skew::skewed(facts).map(|(holder, ..)| holder);
    let others = process_holds_old_libraries::old(facts).map(|(holder, _)| holder);
    let holders: Vec<&Holder> = services.chain(others).collect();
    if holders.is_empty() {
        return Err(Hindrance::new("nothing-to-restart"));
    }
    Ok(Stopping::of(&holders, facts.holders.display_manager.as_deref()))
}

/// Stops and starts them, with those that systemd would stop along.
pub(super) fn restart(
    stopping: &mut Stopping<'_>,
    context: &Context<'_>,
) -> Result<Vec<Step>, Hindrance> {
    stopping.add_dependents(context.machine)?;
    let mut steps = stopping.stop();
    steps.extend(stopping.start());
    Ok(steps)
}

//! Restarts what still holds old libraries: services and containers come back, people's programs end, and only where
//! that is allowed.

use super::restart_service::{restart, stopping};
use crate::facts::Facts;
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::Step;

pub(super) const REMEDY: Remedy = Remedy { id: "restart-processes", steps };

fn steps(facts: &Facts, context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    let mut stopping = stopping(facts)?;
    if !context.allowed.gpu_jobs_stop && stopping.interrupts_work() {
        return Err(Hindrance::new("gpu-jobs-run").with("jobs", stopping.work()));
    }
    restart(&mut stopping, context)
}

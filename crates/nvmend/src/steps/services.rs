//! Stops and starts services.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::execute;
use crate::diagnose::Arg;
use crate::facts::{Datum, Facts};
use crate::host_mut::HostMut;
use crate::step::{Action, Keep, Step, StepError, Trace};

/// systemd's own limit for one unit is 90 s (`DefaultTimeoutStopSec`).
const DEADLINE: Duration = Duration::from_secs(150);

/// Stops a unit of systemd. Undone by starting it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StopService {
    /// The unit: `nvidia-persistenced.service`.
    pub unit: String,
    /// The processes that go with it.
    pub pids: Vec<u32>,
    /// Whether its files change until it is started again, so that systemd must read them anew before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reload: bool,
}

/// Starts a unit of systemd. Undone by stopping it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StartService {
    /// The unit.
    pub unit: String,
    /// Whether systemd reads its units anew before (`daemon-reload`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reload: bool,
}

impl Action for StopService {
    fn id(&self) -> &'static str {
        "stop-service"
    }

    fn args(&self) -> Vec<Arg> {
        vec![("unit", self.unit.clone())]
    }

    fn trace(&self) -> Trace {
        Trace::Running
    }

    fn inverse(&self, _host: &dyn HostMut, _keep: &Keep<'_>) -> Result<Vec<Step>, StepError> {
        let (unit, reload) = (self.unit.clone(), self.reload);
        Ok(vec![Step::StartService(StartService { unit, reload })])
    }

    fn predict(&self, facts: &mut Facts) {
        release(facts, |pid| self.pids.contains(&pid));
    }

    fn run(&self, host: &dyn HostMut, progress: &mut dyn FnMut(&str)) -> Result<(), StepError> {
        execute(host, "systemctl", &["stop", "--", &self.unit], DEADLINE, progress).map(drop)
    }
}

impl Action for StartService {
    fn id(&self) -> &'static str {
        if self.reload { "reload-and-start-service" } else { "start-service" }
    }

    fn args(&self) -> Vec<Arg> {
        vec![("unit", self.unit.clone())]
    }

    fn trace(&self) -> Trace {
        Trace::Running
    }

    fn inverse(&self, _host: &dyn HostMut, _keep: &Keep<'_>) -> Result<Vec<Step>, StepError> {
        let (unit, reload) = (self.unit.clone(), self.reload);
        Ok(vec![Step::StopService(StopService { unit, pids: vec![], reload })])
    }

    /// Its processes come anew and get what is there then.
    fn predict(&self, _facts: &mut Facts) {}

    fn run(&self, host: &dyn HostMut, progress: &mut dyn FnMut(&str)) -> Result<(), StepError> {
        if self.reload {
            execute(host, "systemctl", &["daemon-reload"], DEADLINE, progress)?;
        }
        execute(host, "systemctl", &["start", "--", &self.unit], DEADLINE, progress).map(drop)
    }
}

/// The facts without these processes.
pub(super) fn release(facts: &mut Facts, goes: impl Fn(u32) -> bool) {
    if let Datum::Known { value, .. } = &mut facts.holders.processes {
        value.retain(|holder| !goes(holder.pid));
    }
}

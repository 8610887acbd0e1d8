//! Stops and starts containers, by the engine that keeps them: one that is merely killed is started again at once,
//! where its restart policy says so.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::execute;
use super::services::release;
use crate::diagnose::Arg;
use crate::facts::Facts;
use crate::host_mut::HostMut;
use crate::step::{Action, Keep, Step, StepError, Trace};

/// An engine gives a container ten seconds before it kills it (docker-stop(1), podman-stop(1)).
const DEADLINE: Duration = Duration::from_secs(60);

/// Stops a container; the programs in it end. Undone by starting it, which brings it back, not its work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StopContainer {
    /// The engine's program: `docker`, `podman`.
    pub engine: String,
    /// What the engine knows it by.
    pub name: String,
    /// The processes in it that use a GPU.
    pub pids: Vec<u32>,
}

/// Starts a container. Undone by stopping it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StartContainer {
    /// The engine's program.
    pub engine: String,
    /// What the engine knows it by.
    pub name: String,
}

impl Action for StopContainer {
    fn id(&self) -> &'static str {
        "stop-container"
    }

    fn args(&self) -> Vec<Arg> {
        vec![("engine", self.engine.clone()), ("name", self.name.clone())]
    }

    fn trace(&self) -> Trace {
        Trace::Running
    }

    fn inverse(&self, _host: &dyn HostMut, _keep: &Keep<'_>) -> Result<Vec<Step>, StepError> {
        let (engine, name) = (self.engine.clone(), self.name.clone());
        Ok(vec![Step::StartContainer(StartContainer { engine, name })])
    }

    fn predict(&self, facts: &mut Facts) {
        release(facts, |pid| self.pids.contains(&pid));
    }

    fn run(&self, host: &dyn HostMut, progress: &mut dyn FnMut(&str)) -> Result<(), StepError> {
        execute(host, &self.engine, &["stop", &self.name], DEADLINE, progress).map(drop)
    }
}

impl Action for StartContainer {
    fn id(&self) -> &'static str {
        "start-container"
    }

    fn args(&self) -> Vec<Arg> {
        vec![("engine", self.engine.clone()), ("name", self.name.clone())]
    }

    fn trace(&self) -> Trace {
        Trace::Running
    }

    fn inverse(&self, _host: &dyn HostMut, _keep: &Keep<'_>) -> Result<Vec<Step>, StepError> {
        let (engine, name) = (self.engine.clone(), self.name.clone());
        Ok(vec![Step::StopContainer(StopContainer { engine, name, pids: vec![] })])
    }

    /// Its programs come anew and get what is there then.
    fn predict(&self, _facts: &mut Facts) {}

    fn run(&self, host: &dyn HostMut, progress: &mut dyn FnMut(&str)) -> Result<(), StepError> {
        execute(host, &self.engine, &["start", &self.name], DEADLINE, progress).map(drop)
    }
}

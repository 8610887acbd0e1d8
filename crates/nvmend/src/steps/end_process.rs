//! Ends a process that uses a GPU.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::services::release;
use crate::diagnose::Arg;
use crate::facts::Facts;
use crate::host::{Host, read_text};
use crate::host_mut::{HostMut, Signal};
use crate::step::{Action, Keep, Step, StepError, Trace};

/// How long a process may take to end by itself.
const PATIENCE: usize = 100;
const GLANCE: Duration = Duration::from_millis(100);

/// Ends a process: asks it, waits ten seconds, kills it. It does not come back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EndProcess {
    /// Its id.
    pub pid: u32,
    /// Its short name; another process under that id is left alone.
    pub name: String,
}

impl EndProcess {
    /// Whether it runs. One that has ended and whose parent has not asked for it yet holds nothing (proc_pid_stat(5)).
    fn is_there(&self, host: &dyn Host) -> bool {
        let read = |file| read_text(host, format!("/proc/{}/{file}", self.pid));
        let has_ended = read("stat").is_ok_and(|stat| {
            let state = stat.rsplit_once(") ").map(|(_, rest)| rest);
            state.is_some_and(|state| state.starts_with(['Z', 'X']))
        });
        !has_ended && read("comm").is_ok_and(|name| name.trim_end() == self.name)
    }
}

impl Action for EndProcess {
    fn id(&self) -> &'static str {
        "end-process"
    }

    fn args(&self) -> Vec<Arg> {
        vec![("pid", self.pid.to_string()), ("name", self.name.clone())]
    }

    fn is_reversible(&self) -> bool {
        false
    }

    fn trace(&self) -> Trace {
        Trace::Nothing
    }

    fn inverse(&self, _host: &dyn HostMut, _keep: &Keep<'_>) -> Result<Vec<Step>, StepError> {
        Ok(vec![])
    }

    fn predict(&self, facts: &mut Facts) {
        release(facts, |pid| pid == self.pid);
    }

    fn run(&self, host: &dyn HostMut, _progress: &mut dyn FnMut(&str)) -> Result<(), StepError> {
        for signal in [Signal::Terminate, Signal::Kill] {
            if !self.is_there(host) {
                return Ok(());
            }
            host.signal(self.pid, signal)?;
            for _ in 0..PATIENCE {
                if !self.is_there(host) {
                    return Ok(());
                }
                host.sleep(GLANCE);
            }
        }
        Err(StepError::DoesNotEnd { pid: self.pid, name: self.name.clone() })
    }
}

//! Reboots.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::execute;
use crate::diagnose::Arg;
use crate::facts::Facts;
use crate::host_mut::HostMut;
use crate::predict;
use crate::step::{Action, Keep, Step, StepError, Trace};

/// Reboots into the kernel that boots next. Always the last step that runs; what follows it is done after the boot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reboot {
    /// That kernel.
    pub kernel: String,
}

impl Action for Reboot {
    fn id(&self) -> &'static str {
        "reboot"
    }

    fn args(&self) -> Vec<Arg> {
        vec![("kernel", self.kernel.clone())]
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
        *facts = predict::reboot(facts);
    }

    fn run(&self, host: &dyn HostMut, progress: &mut dyn FnMut(&str)) -> Result<(), StepError> {
        execute(host, "systemctl", &["reboot"], Duration::from_secs(60), progress).map(drop)
    }
}

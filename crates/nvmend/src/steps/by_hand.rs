//! What a person must do: it is said, and waited for.

use serde::{Deserialize, Serialize};

use crate::diagnose::Arg;
use crate::facts::Facts;
use crate::host_mut::HostMut;
use crate::step::{Action, Keep, Step, StepError};

/// An act of a person. A plan that holds one is never applied as a whole: it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ByHand {
    /// Message in `steps.ftl`: `by-hand-WHAT`.
    pub what: String,
    /// Its arguments.
    pub args: Vec<(String, String)>,
}

impl Action for ByHand {
    fn id(&self) -> &'static str {
        "by-hand"
    }

    fn args(&self) -> Vec<Arg> {
        vec![]
    }

    fn inverse(&self, _host: &dyn HostMut, _keep: &Keep<'_>) -> Result<Vec<Step>, StepError> {
        Ok(vec![])
    }

    fn predict(&self, _facts: &mut Facts) {}

    fn run(&self, _host: &dyn HostMut, _progress: &mut dyn FnMut(&str)) -> Result<(), StepError> {
        Err(StepError::ByHand)
    }
}

//! What a person must do: it is said, with the commands.

use serde::{Deserialize, Serialize};

use crate::diagnose::Arg;
use crate::facts::Facts;
use crate::host_mut::HostMut;
use crate::step::{Action, Keep, Step, StepError, Trace};

/// An act of a person. nvmend does what stands before it in the plan, and leaves off there: what the act comes to is
/// seen when it is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ByHand {
    /// Message in `steps.ftl`: `by-hand-WHAT`.
    pub what: String,
    /// Its arguments.
    pub args: Vec<(String, String)>,
    /// The commands, for a shell, each on a line of its own; to be shown as they are.
    #[serde(default)]
    pub commands: Vec<String>,
}

/// The names of all arguments. One that a newer version of nvmend wrote into a journal is left out.
const NAMES: [&str; 8] = ["cause", "file", "kernel", "name", "path", "value", "version", "wanted"];

impl ByHand {
    /// An act without arguments and commands.
    pub fn new(what: &str) -> Self {
        Self { what: what.to_owned(), args: vec![], commands: vec![] }
    }

    /// Adds an argument.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        debug_assert!(NAMES.contains(&name), "{name}");
        self.args.push((name.to_owned(), value.to_string()));
        self
    }

    /// Adds a command.
    #[must_use]
    pub fn command(mut self, command: impl Into<String>) -> Self {
        self.commands.push(command.into());
        self
    }

    /// The message that says it.
    pub fn message(&self) -> String {
        format!("by-hand-{}", self.what)
    }
}

impl Action for ByHand {
    fn id(&self) -> &'static str {
        "by-hand"
    }

    fn args(&self) -> Vec<Arg> {
        let known = |name: &str| NAMES.into_iter().find(|known| *known == name);
        self.args.iter().filter_map(|(name, value)| Some((known(name)?, value.clone()))).collect()
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

    fn predict(&self, _facts: &mut Facts) {}

    fn run(&self, _host: &dyn HostMut, _progress: &mut dyn FnMut(&str)) -> Result<(), StepError> {
        Err(StepError::ByHand)
    }
}

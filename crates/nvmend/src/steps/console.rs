//! Takes the text console off the driver's framebuffer, and puts it back.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::diagnose::Arg;
use crate::facts::Facts;
use crate::host_mut::HostMut;
use crate::step::{Action, Keep, Step, StepError, Trace};

/// Unbinds a console from its framebuffer: until it is bound again, text screens stay as they are (kernel,
/// `Documentation/fb/fbcon.rst`, "Detaching, Attaching and Unloading"). Undone by binding it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UnbindConsole {
    /// Its name in `/sys/class/vtconsole`.
    pub console: String,
}

/// Binds a console to the framebuffer that is there. Undone by unbinding it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BindConsole {
    /// Its name in `/sys/class/vtconsole`.
    pub console: String,
}

impl Action for UnbindConsole {
    fn id(&self) -> &'static str {
        "unbind-console"
    }

    fn args(&self) -> Vec<Arg> {
        vec![("console", self.console.clone())]
    }

    fn trace(&self) -> Trace {
        Trace::Running
    }

    fn inverse(&self, _host: &dyn HostMut, _keep: &Keep<'_>) -> Result<Vec<Step>, StepError> {
        Ok(vec![Step::BindConsole(BindConsole { console: self.console.clone() })])
    }

    fn predict(&self, facts: &mut Facts) {
        facts.holders.console = None;
    }

    fn run(&self, host: &dyn HostMut, _progress: &mut dyn FnMut(&str)) -> Result<(), StepError> {
        Ok(host.set(&bind(&self.console), "0")?)
    }
}

impl Action for BindConsole {
    fn id(&self) -> &'static str {
        "bind-console"
    }

    fn args(&self) -> Vec<Arg> {
        vec![("console", self.console.clone())]
    }

    fn trace(&self) -> Trace {
        Trace::Running
    }

    fn inverse(&self, _host: &dyn HostMut, _keep: &Keep<'_>) -> Result<Vec<Step>, StepError> {
        Ok(vec![Step::UnbindConsole(UnbindConsole { console: self.console.clone() })])
    }

    fn predict(&self, facts: &mut Facts) {
        facts.holders.console = Some(self.console.clone());
    }

    /// The console goes away with its last framebuffer, and comes back bound with the next: then there is nothing to do.
    fn run(&self, host: &dyn HostMut, _progress: &mut dyn FnMut(&str)) -> Result<(), StepError> {
        match host.set(&bind(&self.console), "1") {
            Err(error) if error.is_absent() => Ok(()),
            result => Ok(result?),
        }
    }
}

fn bind(console: &str) -> PathBuf {
    Path::new("/sys/class/vtconsole").join(console).join("bind")
}

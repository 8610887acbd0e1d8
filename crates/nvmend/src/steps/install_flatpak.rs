//! Installs runtimes of Flatpak for all users, and removes them again.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::execute;
use crate::diagnose::Arg;
use crate::facts::{Facts, FlatpakRuntime};
use crate::host_mut::HostMut;
use crate::step::{Action, Keep, Step, StepError};

/// A runtime of the driver has some hundred MiB.
const DEADLINE: Duration = Duration::from_secs(1800);

/// Installs runtimes. Undone by removing them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InstallFlatpak {
    /// Where from: `flathub`.
    pub remote: String,
    /// `org.freedesktop.Platform.GL.nvidia-580-95-05//1.4`; none of them is installed.
    pub runtimes: Vec<String>,
    /// How they show on the machine.
    pub adds: Vec<FlatpakRuntime>,
}

/// Removes runtimes. Only journals hold it; no plan does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RemoveFlatpak {
    /// They.
    pub runtimes: Vec<String>,
}

fn flatpak(
    host: &dyn HostMut,
    words: &[&str],
    runtimes: &[String],
    progress: &mut dyn FnMut(&str),
) -> Result<(), StepError> {
    let runtimes = runtimes.iter().map(String::as_str);
    let arguments: Vec<&str> = words.iter().copied().chain(runtimes).collect();
    execute(host, "flatpak", &arguments, DEADLINE, progress).map(drop)
}

impl Action for InstallFlatpak {
    fn id(&self) -> &'static str {
        "install-flatpak"
    }

    fn args(&self) -> Vec<Arg> {
        vec![("runtimes", self.runtimes.join(", ")), ("remote", self.remote.clone())]
    }

    fn inverse(&self, _host: &dyn HostMut, _keep: &Keep<'_>) -> Result<Vec<Step>, StepError> {
        Ok(vec![Step::RemoveFlatpak(RemoveFlatpak { runtimes: self.runtimes.clone() })])
    }

    fn predict(&self, facts: &mut Facts) {
        facts.consumers.flatpak.extend(self.adds.iter().cloned());
    }

    fn run(&self, host: &dyn HostMut, progress: &mut dyn FnMut(&str)) -> Result<(), StepError> {
        let words = ["install", "--system", "--noninteractive", "--or-update", &self.remote];
        flatpak(host, &words, &self.runtimes, progress)
    }
}

impl Action for RemoveFlatpak {
    fn id(&self) -> &'static str {
        "remove-flatpak"
    }

    fn args(&self) -> Vec<Arg> {
        vec![("runtimes", self.runtimes.join(", "))]
    }

    fn is_reversible(&self) -> bool {
        false
    }

    fn inverse(&self, _host: &dyn HostMut, _keep: &Keep<'_>) -> Result<Vec<Step>, StepError> {
        Ok(vec![])
    }

    /// Nothing: undoing is verified by the facts before, which the run has kept.
    fn predict(&self, _facts: &mut Facts) {}

    /// One that is not there, as its installation was interrupted, is nothing to remove.
    fn run(&self, host: &dyn HostMut, progress: &mut dyn FnMut(&str)) -> Result<(), StepError> {
        for runtime in &self.runtimes {
            let runtime = std::slice::from_ref(runtime);
            if flatpak(host, &["info", "--system"], runtime, progress).is_ok() {
                let words = ["uninstall", "--system", "--noninteractive"];
                flatpak(host, &words, runtime, progress)?;
            }
        }
        Ok(())
    }
}

//! Unloads the driver's modules.

use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{LoadModules, execute};
use crate::diagnose::Arg;
use crate::facts::{Datum, Facts};
use crate::host::{Failure, Host, read_text};
use crate::host_mut::HostMut;
use crate::step::{Action, Keep, Step, StepError, is_loaded};

/// Unloads modules, without force. All of them or none: where one is in use, those already gone are loaded again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UnloadModules {
    /// In the order of unloading.
    pub modules: Vec<String>,
    /// The loaded version.
    pub version: String,
    /// The version that loading brings, where it is another: then there is no way back to the one that is loaded.
    pub replaced_by: Option<String>,
}

impl UnloadModules {
    /// The first module that something else than the others of the set uses. Looked at before anything is unloaded:
    /// `modprobe -r` finds out halfway and leaves the display without its module.
    fn in_use(&self, host: &dyn Host) -> Option<&String> {
        self.modules.iter().filter(|module| is_loaded(host, module)).find(|module| {
            let directory = Path::new("/sys/module").join(module);
            let references: usize = read_text(host, directory.join("refcnt"))
                .ok()
                .and_then(|text| text.trim().parse().ok())
                .unwrap_or(0);
            let holders = host.list(&directory.join("holders")).unwrap_or_default();
            let of_set = holders.iter().filter(|entry| self.modules.contains(&entry.name)).count();
            references > of_set || holders.len() > of_set
        })
    }
}

impl Action for UnloadModules {
    fn id(&self) -> &'static str {
        "unload-modules"
    }

    fn args(&self) -> Vec<Arg> {
        vec![("modules", self.modules.join(", ")), ("version", self.version.clone())]
    }

    fn is_reversible(&self) -> bool {
        self.replaced_by.is_none()
    }

    fn inverse(&self, _host: &dyn HostMut, _keep: &Keep<'_>) -> Result<Vec<Step>, StepError> {
        let modules = self.modules.iter().rev().cloned().collect();
        let version = self.replaced_by.clone().unwrap_or_else(|| self.version.clone());
        Ok(vec![Step::LoadModules(LoadModules { modules, version })])
    }

    fn predict(&self, facts: &mut Facts) {
        facts.loaded.driver = Datum::absent("/sys/module/nvidia");
        facts.loaded.modules.retain(|module| !self.modules.contains(&module.name));
        facts.log = Default::default();
        facts.deep = Default::default();
        facts.holders = Default::default();
        if let Datum::Known { value: gpus, .. } = &mut facts.bus.gpus {
            gpus.iter_mut()
                .filter(|gpu| gpu.driver.as_deref() == Some("nvidia"))
                .for_each(|gpu| gpu.driver = None);
        }
    }

    fn run(&self, host: &dyn HostMut, progress: &mut dyn FnMut(&str)) -> Result<(), StepError> {
        if let Some(module) = self.in_use(host) {
            return Err(StepError::InUse { module: module.clone() });
        }
        let mut gone: Vec<&str> = Vec::new();
        for module in self.modules.iter().filter(|module| is_loaded(host, module)) {
            match host.unload_module(module) {
                Ok(()) => gone.push(module),
                // Somebody was quicker than the look before.
                Err(error) => {
                    for module in gone.iter().rev() {
                        let deadline = Duration::from_secs(60);
                        let _ = execute(host, "modprobe", &[module], deadline, progress);
                    }
                    return Err(match error.why {
                        Failure::Busy => StepError::InUse { module: module.clone() },
                        _ => error.into(),
                    });
                }
            }
        }
        Ok(())
    }
}

//! Loads modules from disk.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{UnloadModules, execute};
use crate::diagnose::Arg;
use crate::facts::{Datum, Facts, LoadedDriver, LoadedModule, Origin, Reading};
use crate::host::read_text;
use crate::host_mut::HostMut;
use crate::step::{Action, Keep, Step, StepError, Trace, is_loaded};

/// Loads modules with `modprobe`, which obeys the machine's configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LoadModules {
    /// In the order of loading.
    pub modules: Vec<String>,
    /// The version that `nvidia` must have then.
    pub version: String,
    /// As an inverse: the version that was loaded. Where all of it is still there, nothing is to be taken back; where
    /// only another can be loaded, that is done, and told as a failure to take it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unless: Option<String>,
}

impl Action for LoadModules {
    fn id(&self) -> &'static str {
        "load-modules"
    }

    fn args(&self) -> Vec<Arg> {
        vec![("modules", self.modules.join(", ")), ("version", self.version.clone())]
    }

    fn trace(&self) -> Trace {
        Trace::Running
    }

    /// What is loaded already stays.
    fn inverse(&self, host: &dyn HostMut, _keep: &Keep<'_>) -> Result<Vec<Step>, StepError> {
        let new = self.modules.iter().rev().filter(|module| !is_loaded(host, module));
        let modules = new.cloned().collect();
        let version = self.version.clone();
        let (replaced_by, returns) = (None, false);
        Ok(vec![Step::UnloadModules(UnloadModules { modules, version, replaced_by, returns })])
    }

    fn predict(&self, facts: &mut Facts) {
        let Some((kernel, _)) = facts.current_kernel() else { return };
        let kernel = kernel.to_owned();
        let origin = Origin("after loading the module".to_owned());
        let Some(on_disk) = facts.modules_of(&kernel).cloned() else { return };
        for name in &self.modules {
            let Some(version) = on_disk.loads(name).and_then(|file| file.version().cloned()) else {
                continue;
            };
            facts.loaded.modules.retain(|module| module.name != *name);
            facts.loaded.modules.push(LoadedModule {
                name: name.clone(),
                version: Datum::known(version, origin.clone()),
                references: Some(0),
                used_by: vec![],
                state: Some("live".to_owned()),
            });
        }
        facts.loaded.modules.sort_by(|a, b| a.name.cmp(&b.name));
        if !self.modules.iter().any(|name| name == "nvidia") {
            return;
        }
        let Some(info) = on_disk.loads("nvidia").and_then(|file| file.info.value()) else { return };
        let Some(version) = info.version.clone() else { return };
        let readings = vec![Reading { version: version.clone(), from: origin.clone() }];
        let driver = LoadedDriver { version, flavour: info.flavour(), readings };
        facts.loaded.driver = Datum::known(driver, origin);
        facts.log = Default::default();
        if let Datum::Known { value: gpus, .. } = &mut facts.bus.gpus {
            gpus.iter_mut()
                .filter(|gpu| gpu.driver.is_none())
                .for_each(|gpu| gpu.driver = Some("nvidia".to_owned()));
        }
    }

    fn run(&self, host: &dyn HostMut, progress: &mut dyn FnMut(&str)) -> Result<(), StepError> {
        // Another version is loaded, by somebody else or still: beside it the others would make a mixed set.
        if let Err(error) = self.check_version(host) {
            let StepError::OtherVersion { module, found, .. } = &error else { return Err(error) };
            if self.unless.as_ref() != Some(found) {
                return Err(error);
            }
            let gone = self.modules.iter().filter(|module| !is_loaded(host, module));
            let gone: Vec<String> = gone.cloned().collect();
            if gone.is_empty() {
                return Ok(());
            }
            return Err(StepError::HalfUnloaded { module: module.clone(), by: vec![], gone });
        }
        let (mut other, mut is_former) = (None, false);
        for module in &self.modules {
            execute(host, "modprobe", &[module], Duration::from_secs(120), progress)?;
            // After each: somebody else may have loaded another core first, and modprobe finds nothing to do.
            match self.check_version(host) {
                // As an inverse: the file of the former version is back.
                Err(StepError::OtherVersion { found, .. })
                    if self.unless.as_ref() == Some(&found) =>
                {
                    is_former = true;
                }
                // As an inverse: a driver of another version is better than none, and told.
                Err(error) if self.unless.is_some() => other = Some(error),
                checked => checked?,
            }
        }
        match (other, &self.unless) {
            (Some(error), _) => Err(error),
            // It should have brought the former version back, and its file is gone.
            (None, Some(former)) if *former != self.version && !is_former => {
                Err(StepError::OtherVersion {
                    module: "nvidia".to_owned(),
                    wanted: former.clone(),
                    found: self.version.clone(),
                })
            }
            _ => Ok(()),
        }
    }
}

impl LoadModules {
    /// Whether `nvidia`, where it is loaded, has the version that is wanted.
    fn check_version(&self, host: &dyn HostMut) -> Result<(), StepError> {
        let Ok(found) = read_text(host, "/sys/module/nvidia/version") else { return Ok(()) };
        let found = found.trim();
        if found == self.version {
            return Ok(());
        }
        Err(StepError::OtherVersion {
            module: "nvidia".to_owned(),
            wanted: self.version.clone(),
            found: found.to_owned(),
        })
    }
}

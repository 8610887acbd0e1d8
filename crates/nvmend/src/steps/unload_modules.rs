//! Unloads the driver's modules.

use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{LoadModules, execute};
use crate::diagnose::Arg;
use crate::facts::{Datum, Facts};
use crate::host::{Failure, Host, HostError, read_text};
use crate::host_mut::HostMut;
use crate::step::{Action, Keep, Step, StepError, Trace, is_loaded};

/// How long a module may stay in use after the last program has ended: a worker of the driver closes what a program
/// left open (open-gpu-kernel-modules `nv.c`, `nvidia_close_deferred`). Five seconds.
const PATIENCE: usize = 50;
const GLANCE: Duration = Duration::from_millis(100);
/// Holders that are named.
const MOST_NAMED: usize = 8;

/// Unloads modules, without force. All of them or none: where one is in use, those already gone are loaded again, if
/// their files are still of the loaded version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UnloadModules {
    /// In the order of unloading.
    pub modules: Vec<String>,
    /// The loaded version.
    pub version: String,
    /// The version that loading brings, where it is another: then there is no way back to the one that is loaded, but
    /// where `returns`.
    pub replaced_by: Option<String>,
    /// Whether the loaded version is on the disk again when the steps before this one are taken back.
    #[serde(default)]
    pub returns: bool,
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

    /// Unloads one. `is_begun`: others are gone already, and staying halfway is worse than waiting.
    fn unload(&self, host: &dyn HostMut, module: &str, is_begun: bool) -> Result<(), HostError> {
        let mut glances = if is_begun { PATIENCE } else { 0 };
        loop {
            match host.unload_module(module) {
                // It is gone: udev's rules of some distributions unload modules too.
                Err(error) if error.is_absent() => return Ok(()),
                Err(error) if error.why == Failure::Busy && glances > 0 => {
                    glances -= 1;
                    host.sleep(GLANCE);
                }
                result => return result,
            }
        }
    }

    /// Somebody was quicker than the look before: what is gone is loaded again, where its file is not another's.
    fn restore(
        &self,
        host: &dyn HostMut,
        module: &str,
        gone: Vec<String>,
        progress: &mut dyn FnMut(&str),
    ) -> StepError {
        let (module, by) = (module.to_owned(), openers(host));
        if gone.is_empty() {
            return StepError::InUse { module, by };
        }
        if self.replaced_by.is_some() {
            return StepError::HalfUnloaded { module, by, gone };
        }
        let again: Result<(), StepError> = gone.iter().rev().try_for_each(|module| {
            execute(host, "modprobe", &[module], Duration::from_secs(60), progress).map(drop)
        });
        again.err().unwrap_or(StepError::InUse { module, by })
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
        self.replaced_by.is_none() || self.returns
    }

    fn trace(&self) -> Trace {
        Trace::Running
    }

    fn inverse(&self, _host: &dyn HostMut, _keep: &Keep<'_>) -> Result<Vec<Step>, StepError> {
        let modules = self.modules.iter().rev().cloned().collect();
        let other = self.replaced_by.as_ref().filter(|_| !self.returns);
        let version = other.unwrap_or(&self.version).clone();
        let unless = Some(self.version.clone());
        Ok(vec![Step::LoadModules(LoadModules { modules, version, unless })])
    }

    fn predict(&self, facts: &mut Facts) {
        facts.loaded.driver = Datum::absent("/sys/module/nvidia");
        facts.loaded.modules.retain(|module| !self.modules.contains(&module.name));
        facts.log = Default::default();
        facts.deep = Default::default();
        facts.loaded.mig_instances = 0;
        // What has libraries in its memory and no device open goes on, with libraries of the old version.
        if let Datum::Known { value, .. } = &mut facts.holders.processes {
            value.retain(|holder| holder.devices.is_empty());
        }
        if let Datum::Known { value: gpus, .. } = &mut facts.bus.gpus {
            gpus.iter_mut()
                .filter(|gpu| gpu.driver.as_deref() == Some("nvidia"))
                .for_each(|gpu| gpu.driver = None);
        }
    }

    fn run(&self, host: &dyn HostMut, progress: &mut dyn FnMut(&str)) -> Result<(), StepError> {
        let mut glances = PATIENCE;
        while let Some(module) = self.in_use(host) {
            if glances == 0 {
                return Err(StepError::InUse { module: module.clone(), by: openers(host) });
            }
            glances -= 1;
            host.sleep(GLANCE);
        }
        let mut gone: Vec<String> = Vec::new();
        for module in self.modules.iter().filter(|module| is_loaded(host, module)) {
            match self.unload(host, module, !gone.is_empty()) {
                Ok(()) => gone.push(module.clone()),
                Err(error) if error.why == Failure::Busy => {
                    return Err(self.restore(host, module, gone, progress));
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

/// Who has a device of the driver open, to be named: `python3 (1234)`.
fn openers(host: &dyn Host) -> Vec<String> {
    let proc = Path::new("/proc");
    let entries = host.list(proc).unwrap_or_default();
    let pids = entries.iter().filter(|entry| entry.name.parse::<u32>().is_ok());
    let has_open = |pid: &str| {
        let directory = proc.join(pid).join("fd");
        let files = host.list(&directory).unwrap_or_default();
        files.iter().any(|file| {
            let target = host.read_link(&directory.join(&file.name)).unwrap_or_default();
            target.to_string_lossy().starts_with("/dev/nvidia")
        })
    };
    pids.map(|entry| entry.name.as_str())
        .filter(|pid| has_open(pid))
        .take(MOST_NAMED)
        .map(|pid| {
            let name = read_text(host, proc.join(pid).join("comm")).unwrap_or_default();
            format!("{} ({pid})", name.trim())
        })
        .collect()
}

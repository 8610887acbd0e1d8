//! Builds and installs the module for one kernel.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::execute;
use crate::diagnose::Arg;
use crate::facts::{
    BuildOutcome, Datum, DkmsBuild, Facts, KernelModules, ModuleFile, ModuleInfo, Origin,
    Resolution,
};
use crate::host_mut::HostMut;
use crate::step::{Action, Keep, Step, StepError};
use crate::version::DriverVersion;

/// Two and a half minutes on two cores for the open modules of 535; akmods wraps them into a package besides.
const DEADLINE: Duration = Duration::from_secs(3600);

/// Builds and installs one driver version for one kernel, by the program that is to keep it built.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BuildModule {
    /// Who builds.
    pub builder: ModuleBuilder,
    /// The builder's name of the module: `nvidia`, `nvidia-current-open`.
    pub module: String,
    /// The driver version.
    pub version: DriverVersion,
    /// The kernel's release.
    pub kernel: String,
    /// The indexes that it changes.
    pub outputs: Vec<PathBuf>,
}

/// Programs that build modules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ModuleBuilder {
    /// DKMS.
    Dkms,
    /// akmods.
    Akmods,
}

impl Action for BuildModule {
    fn id(&self) -> &'static str {
        "build-module"
    }

    fn args(&self) -> Vec<Arg> {
        vec![
            ("module", self.module.clone()),
            ("version", self.version.to_string()),
            ("kernel", self.kernel.clone()),
        ]
    }

    /// The indexes are kept; the module itself is taken out by its builder.
    fn inverse(&self, _host: &dyn HostMut, keep: &Keep<'_>) -> Result<Vec<Step>, StepError> {
        let kept = self.outputs.iter().enumerate();
        kept.map(|(part, path)| Ok(Step::Restore(keep.path(path, part)?))).collect()
    }

    fn predict(&self, facts: &mut Facts) {
        let origin = Origin(format!("after building {}", self.version));
        let info = ModuleInfo {
            name: "nvidia".to_owned(),
            version: Some(self.version.clone()),
            vermagic: Some(format!("{} ", self.kernel)),
            ..ModuleInfo::default()
        };
        for module in &mut facts.builders.dkms {
            if module.name == self.module && module.version == self.version {
                module.builds.retain(|build| build.kernel != self.kernel);
                module.builds.push(DkmsBuild {
                    kernel: self.kernel.clone(),
                    outcome: BuildOutcome::Installed,
                    from: origin.clone(),
                });
            }
        }
        for build in &mut facts.builders.akmods {
            if build.kernel == self.kernel && build.version == self.version {
                build.outcome = BuildOutcome::Installed;
            }
        }
        install(facts, &self.kernel, &info, &origin);
    }

    fn run(&self, host: &dyn HostMut, progress: &mut dyn FnMut(&str)) -> Result<(), StepError> {
        match self.builder {
            ModuleBuilder::Dkms => {
                let module = format!("{}/{}", self.module, self.version);
                let arguments = ["install", "--force", "-m", &module, "-k", &self.kernel];
                execute(host, "dkms", &arguments, DEADLINE, progress)
            }
            ModuleBuilder::Akmods => {
                let arguments = ["--force", "--kernels", &self.kernel, "--akmod", "nvidia"];
                execute(host, "akmods", &arguments, DEADLINE, progress)
            }
        }
        .map(drop)
    }
}

/// The facts with the whole set of modules at `info`'s version on the disk of `kernel`, where modprobe finds it.
pub(super) fn install(facts: &mut Facts, kernel: &str, info: &ModuleInfo, origin: &Origin) {
    let at = facts.modules.kernels.iter().position(|modules| modules.kernel == kernel);
    let at = at.unwrap_or_else(|| {
        facts.modules.kernels.push(KernelModules {
            kernel: kernel.to_owned(),
            files: vec![],
            resolved: Default::default(),
            index: Datum::known((), origin.clone()),
        });
        facts.modules.kernels.len() - 1
    });
    let modules = &mut facts.modules.kernels[at];
    for name in ["nvidia", "nvidia_modeset", "nvidia_drm", "nvidia_uvm"] {
        let held = modules.loads(name).map(|file| file.path.clone());
        let path = held.unwrap_or_else(|| {
            PathBuf::from(format!("/lib/modules/{kernel}/updates/dkms/{name}.ko"))
        });
        let by = match modules.resolved.get(name) {
            Some(Resolution::File { by, .. }) => by.clone(),
            Some(Resolution::Blocked { .. }) => continue,
            _ => None,
        };
        modules.files.retain(|file| file.path != path);
        modules.files.push(ModuleFile {
            path: path.clone(),
            linked_from: None,
            info: Datum::known(
                ModuleInfo { name: name.to_owned(), ..info.clone() },
                origin.clone(),
            ),
            modified: i64::MAX,
            compressed: false,
        });
        modules.resolved.insert(name.to_owned(), Resolution::File { path, by });
    }
    modules.files.sort_by(|a, b| a.path.cmp(&b.path));
    modules.index = Datum::known((), origin.clone());
}

//! Builds and installs the module for one kernel.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::unbuild_module::{
    TREE, UnbuildModule, build_files, has_tree, index_link, installed, is_built,
};
use super::{Restore, execute};
use crate::diagnose::Arg;
use crate::facts::{
    BuildOutcome, Datum, DkmsBuild, Facts, KernelModules, LogEventKind, ModuleFile, ModuleInfo,
    Origin, Resolution,
};
use crate::host::Host;
use crate::host_mut::HostMut;
use crate::parse::build_log;
use crate::step::{Action, Keep, Step, StepError};
use crate::version::DriverVersion;

/// Two and a half minutes on two cores for the open modules of 535; akmods wraps them into a package besides.
const DEADLINE: Duration = Duration::from_secs(3600);
/// A log that is larger is not searched; a whole successful build writes about 1 MiB.
const LARGEST_LOG: u64 = 64 << 20;

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
    /// Whether what was built before is built again.
    #[serde(default)]
    pub again: bool,
    /// Version of the package with such a module that it replaces (akmods).
    #[serde(default)]
    pub replaces: Option<String>,
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

impl BuildModule {
    /// Every file that is there now and that building replaces or takes away.
    fn replaced(&self, host: &dyn Host) -> Vec<PathBuf> {
        let mut files = installed(host, &self.kernel);
        if self.builder == ModuleBuilder::Dkms {
            files.extend(build_files(host, &self.module, &self.version, &self.kernel));
        }
        files.extend(index_link(host, &self.module, &self.kernel));
        files
    }

    fn log(&self, host: &dyn Host) -> Option<PathBuf> {
        match self.builder {
            ModuleBuilder::Dkms => {
                let version = Path::new(TREE).join(&self.module).join(self.version.as_str());
                Some(version.join("build/make.log"))
            }
            ModuleBuilder::Akmods => {
                let directory = Path::new("/var/cache/akmods").join(&self.module);
                let end = format!("-for-{}.failed.log", self.kernel);
                let names = host.list(&directory).ok()?.into_iter().map(|entry| entry.name);
                let mut of_build = names
                    .filter(|name| name.ends_with(&end) && name.contains(self.version.as_str()));
                of_build.next().map(|name| directory.join(name))
            }
        }
    }

    /// The error with what the build's log says of it.
    fn explained(&self, host: &dyn Host, error: StepError) -> StepError {
        let StepError::Program { program, end, first_error } = error else { return error };
        let said = self.log(host).and_then(|log| host.read(&log, LARGEST_LOG).ok());
        let first_error = said.and_then(|log| build_log::first_error(&log)).or(first_error);
        StepError::Program { program, end, first_error }
    }

    fn build(&self, host: &dyn HostMut, progress: &mut dyn FnMut(&str)) -> Result<(), StepError> {
        let mut run = |program: &str, arguments: &[&str]| {
            execute(host, program, arguments, DEADLINE, progress).map(drop)
        };
        let (module, version, kernel) = (&self.module, self.version.as_str(), &self.kernel);
        match self.builder {
            ModuleBuilder::Akmods => {
                run("akmods", &["--force", "--kernels", kernel, "--akmod", module])
            }
            ModuleBuilder::Dkms => {
                let of = ["-m", module, "-v", version, "-k", kernel];
                if self.again {
                    // It refuses to install what is installed, whatever is forced (dkms.in, `do_install`).
                    if index_link(host, module, kernel).is_some() {
                        run("dkms", &[&["uninstall"], &of[..]].concat())?;
                    }
                    run("dkms", &[&["build", "--force"], &of[..]].concat())?;
                }
                run("dkms", &[&["install", "--force"], &of[..]].concat())
            }
        }
    }
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

    /// The package that akmods replaces is only there again where akmods' cache still has it.
    fn is_reversible(&self) -> bool {
        self.replaces.is_none()
    }

    /// The builder takes out what it built; what was there before comes back byte for byte, the indexes last.
    fn inverse(&self, host: &dyn HostMut, keep: &Keep<'_>) -> Result<Vec<Step>, StepError> {
        let replaced = self.replaced(host);
        let mut steps = vec![Step::UnbuildModule(UnbuildModule {
            builder: self.builder,
            module: self.module.clone(),
            version: self.version.clone(),
            kernel: self.kernel.clone(),
            was_known: has_tree(host, &self.module, &self.version),
            was_built: is_built(host, &self.module, &self.version, &self.kernel),
            former: self.former(host),
            there: replaced.clone(),
        })];
        let kept = replaced.into_iter().chain(self.outputs.iter().cloned());
        let kept: Result<Vec<Restore>, StepError> =
            kept.enumerate().map(|(part, path)| keep.path(&path, part)).collect();
        steps.extend(kept?.into_iter().map(Step::Restore));
        Ok(steps)
    }

    fn predict(&self, facts: &mut Facts) {
        let origin = Origin(format!("after building {}", self.version));
        let files = || facts.modules.kernels.iter().flat_map(|modules| &modules.files);
        let infos = || files().filter_map(|file| file.info.value());
        // The keys of this machine sign it as they signed the others.
        let signed = infos().max_by_key(|info| info.signature.value().is_some());
        let same = infos()
            .find(|info| info.name == "nvidia" && info.version.as_ref() == Some(&self.version));
        let info = ModuleInfo {
            name: "nvidia".to_owned(),
            version: Some(self.version.clone()),
            vermagic: Some(format!("{} ", self.kernel)),
            license: same.and_then(|same| same.license.clone()),
            signature: signed.map(|signed| signed.signature.clone()).unwrap_or_default(),
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
        // What the kernel said of the former files.
        if let Datum::Known { value: events, .. } = &mut facts.log.events {
            let of_files = [LogEventKind::BuiltForOtherKernel, LogEventKind::ModuleSetMismatch];
            events.retain(|event| !of_files.contains(&event.kind));
        }
    }

    fn run(&self, host: &dyn HostMut, progress: &mut dyn FnMut(&str)) -> Result<(), StepError> {
        self.build(host, progress).map_err(|error| self.explained(host, error))
    }
}

impl BuildModule {
    /// The package file that akmods made of the version that is replaced.
    fn former(&self, host: &dyn Host) -> Option<PathBuf> {
        let version = self.replaces.as_deref()?;
        let version = version.rsplit(':').next()?;
        let directory = Path::new("/var/cache/akmods").join(&self.module);
        let start = format!("kmod-{}-{}-{version}", self.module, self.kernel);
        let names = host.list(&directory).ok()?.into_iter().map(|entry| entry.name);
        let mut packages = names.filter(|name| name.starts_with(&start) && name.ends_with(".rpm"));
        packages.next().map(|name| directory.join(name))
    }
}

/// The same place in another kernel's directory.
pub(super) fn of_kernel(path: &Path, old: &str, new: &str) -> PathBuf {
    path.components()
        .map(|part| if part.as_os_str() == old { new.as_ref() } else { part.as_os_str() })
        .collect()
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
    const SET: [&str; 4] = ["nvidia", "nvidia_modeset", "nvidia_drm", "nvidia_uvm"];
    // They are named as those of other kernels: Debian's `nvidia-current-open.ko`, to which an alias leads.
    let elsewhere = SET.map(|name| {
        let mut others = facts.modules.kernels.iter().rev();
        others.find_map(|other| Some(of_kernel(&other.loads(name)?.path, &other.kernel, kernel)))
    });
    let modules = &mut facts.modules.kernels[at];
    for (name, elsewhere) in SET.into_iter().zip(elsewhere) {
        let held = modules.loads(name).map(|file| file.path.clone());
        let path = held.or(elsewhere).unwrap_or_else(|| {
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

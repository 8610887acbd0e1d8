//! Modules that a builder of this machine knows how to build and has not built: one question, from which the causes
//! of a missing build derive.

use std::path::Path;

use super::{AkmodBuild, BuildOutcome, Facts, InstallerRun, Origin, PackageRole};
use crate::version::DriverVersion;

/// A program that builds modules on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Builder {
    /// Dynamic Kernel Module Support.
    Dkms,
    /// Fedora's akmods.
    Akmods,
    /// NVIDIA's `.run` installer, which builds once and for one kernel.
    Installer,
}

impl Builder {
    /// As people write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dkms => "DKMS",
            Self::Akmods => "akmods",
            Self::Installer => "nvidia-installer",
        }
    }
}

/// A driver version that should be built for a kernel and is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingBuild<'f> {
    /// Who is to build it.
    pub builder: Builder,
    /// The driver version.
    pub version: &'f DriverVersion,
    /// What shows that the builder knows this version.
    pub known_from: Origin,
    /// What stands in the way.
    pub obstacle: Obstacle<'f>,
}

/// What stands in the way of a build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle<'f> {
    /// There are no headers of the kernel.
    HeadersMissing,
    /// It was tried, and failed.
    Failed {
        /// The first real error of the log.
        first_error: Option<&'f str>,
        /// The log.
        log: &'f Path,
    },
    /// Nothing is known to: it was not tried, or its result is gone.
    NotTried,
}

impl Facts {
    /// The build that `kernel` lacks: of U's version where a builder knows it; where the kernel has no module at
    /// all, of the newest version that a builder knows; else of what the `.run` installer could not build.
    pub fn pending_build(&self, kernel: &str) -> Option<PendingBuild<'_>> {
        if self.module_may_be_unseen(kernel) {
            return None;
        }
        let unseen = self.modules_are_unseen();
        let headers_are_missing = match self.kernels.get(kernel) {
            Some(kernel) => kernel.headers.is_absent(),
            None if unseen => false,
            None => return None,
        };
        let on_disk = self.on_disk_version_for(kernel).map(|(version, _)| version);
        let library = self.library_version().map(|(version, _)| version);
        if on_disk.is_some() && (on_disk == library || library.is_none()) {
            return None;
        }
        let (builder, version, known_from) = library
            .and_then(|version| self.builder_of(version))
            .or_else(|| self.newest_buildable().filter(|_| on_disk.is_none()))
            .or_else(|| self.given_up_by_installer(kernel).filter(|_| on_disk.is_none()))?;
        // A module of that version that modprobe passes over is another fault.
        let modules = self.modules_of(kernel);
        if modules
            .is_some_and(|modules| modules.files.iter().any(|file| file.version() == Some(version)))
        {
            return None;
        }
        let obstacle = if headers_are_missing {
            Obstacle::HeadersMissing
        } else {
            self.failed_build(version, kernel).map_or(Obstacle::NotTried, |(first_error, log)| {
                Obstacle::Failed { first_error, log }
            })
        };
        // Where nobody looked, a module may be there all the same; only a log that says it failed tells.
        let is_loaded = self.loaded_version().is_some_and(|(loaded, _)| loaded == version);
        if unseen && (is_loaded || obstacle == Obstacle::NotTried) {
            return None;
        }
        Some(PendingBuild { builder, version, known_from, obstacle })
    }

    fn builder_of(&self, version: &DriverVersion) -> Option<(Builder, &DriverVersion, Origin)> {
        self.buildable().into_iter().find(|(_, known, _)| *known == version)
    }

    fn newest_buildable(&self) -> Option<(Builder, &DriverVersion, Origin)> {
        self.buildable().into_iter().max_by_key(|(_, version, _)| *version)
    }

    /// The driver that the `.run` installer was to bring, where no other is here: one that fails leaves all as it was.
    fn given_up_by_installer(&self, kernel: &str) -> Option<(Builder, &DriverVersion, Origin)> {
        let run = self.failed_run(kernel)?;
        let version = run.version.as_ref()?;
        let is_other = self.library_version().is_some_and(|(library, _)| library != version)
            || self.driver_packages().next().is_some();
        (!is_other).then(|| (Builder::Installer, version, Origin::from(&run.log)))
    }

    /// The installer's last run, if it failed to build for `kernel`. Without being told it takes the running kernel
    /// (`option_table.h`, `--kernel-name`).
    fn failed_run(&self, kernel: &str) -> Option<&InstallerRun> {
        let run = self.builders.runfile.value()?.last_run.as_ref()?;
        let is_failed = matches!(run.outcome, Some(BuildOutcome::Failed { .. }));
        let is_meant = match &run.kernel {
            Some(meant) => meant == kernel,
            None => self.current_kernel().is_some_and(|(current, _)| current == kernel),
        };
        (is_failed && is_meant).then_some(run)
    }

    /// Every version that a builder knows, and what shows it.
    fn buildable(&self) -> Vec<(Builder, &DriverVersion, Origin)> {
        let dkms = self.builders.dkms.iter().map(|module| {
            let place = format!("/var/lib/dkms/{}/{}", module.name, module.version);
            (
                Builder::Dkms,
                &module.version,
                module.source.origin().cloned().unwrap_or(Origin(place)),
            )
        });
        let akmods = self
            .builders
            .akmods
            .iter()
            .map(|build| (Builder::Akmods, &build.version, Origin::from("/var/cache/akmods")));
        let packages = self.packages.of_role(PackageRole::Kernel).filter_map(|package| {
            let builder = if package.name.starts_with("akmod-") {
                Builder::Akmods
            } else if package.name.contains("dkms") {
                Builder::Dkms
            } else {
                return None;
            };
            Some((builder, package.driver_version.as_ref()?, package.from.clone()))
        });
        dkms.chain(akmods).chain(packages).collect()
    }

    fn failed_build(&self, version: &DriverVersion, kernel: &str) -> Option<(Option<&str>, &Path)> {
        let dkms = self
            .builders
            .dkms
            .iter()
            .filter(|module| module.version == *version)
            .flat_map(|module| &module.builds)
            .filter(|build| build.kernel == kernel)
            .map(|build| &build.outcome);
        let akmods = self
            .builders
            .akmods
            .iter()
            .filter(|build: &&AkmodBuild| build.version == *version && build.kernel == kernel)
            .map(|build| &build.outcome);
        let installer = self.failed_run(kernel).filter(|run| run.version.as_ref() == Some(version));
        let installer = installer.and_then(|run| run.outcome.as_ref());
        dkms.chain(akmods).chain(installer).find_map(|outcome| match outcome {
            BuildOutcome::Failed { first_error, log } => {
                Some((first_error.as_deref(), log.as_path()))
            }
            _ => None,
        })
    }
}

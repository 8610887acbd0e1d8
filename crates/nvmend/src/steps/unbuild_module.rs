//! Takes a module out again that was built and installed for one kernel. Only journals hold it; no plan does.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{ModuleBuilder, execute};
use crate::diagnose::Arg;
use crate::facts::Facts;
use crate::host::Host;
use crate::host_mut::HostMut;
use crate::knowledge::modules::driver_module;
use crate::step::{Action, Keep, Step, StepError};
use crate::version::DriverVersion;

/// DKMS' tree.
pub(super) const TREE: &str = "/var/lib/dkms";
/// It removes files and runs depmod.
const DEADLINE: Duration = Duration::from_secs(300);

/// Takes out what a build brought, by its builder, so that the builder's own books are right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UnbuildModule {
    /// Who built it.
    pub builder: ModuleBuilder,
    /// The builder's name of the module.
    pub module: String,
    /// The driver version.
    pub version: DriverVersion,
    /// The kernel's release.
    pub kernel: String,
    /// Whether DKMS knew this version before it was built.
    pub was_known: bool,
    /// Whether DKMS had a build of it for this kernel before.
    #[serde(default)]
    pub was_built: bool,
    /// The package file that was installed before (akmods).
    pub former: Option<PathBuf>,
    /// The files that were there before, where DKMS builds and where it installs.
    #[serde(default)]
    pub there: Vec<PathBuf>,
}

impl UnbuildModule {
    fn of_dkms(&self, host: &dyn HostMut, progress: &mut dyn FnMut(&str)) -> Result<(), StepError> {
        let of = ["-m", &self.module, "-v", self.version.as_str()];
        let has_build = is_built(host, &self.module, &self.version, &self.kernel);
        let is_new = !self.was_known && has_tree(host, &self.module, &self.version);
        if (has_build && !self.was_built) || is_new {
            // With the last kernel's build, it takes the version out of the tree too (dkms.in, `remove_module`).
            let arguments = [&["remove"], &of[..], &["-k", &self.kernel]].concat();
            execute(host, "dkms", &arguments, DEADLINE, progress)?;
        }
        self.take_away(host)?;
        if self.was_known && !has_tree(host, &self.module, &self.version) {
            execute(host, "dkms", &[&["add"], &of[..]].concat(), DEADLINE, progress)?;
        }
        Ok(())
    }

    /// What an interrupted build has left already: DKMS takes out only what it has noted down, at its end.
    fn take_away(&self, host: &dyn HostMut) -> Result<(), StepError> {
        let built = build_files(host, &self.module, &self.version, &self.kernel);
        for file in installed(host, &self.kernel).into_iter().chain(built) {
            if !self.there.contains(&file) {
                host.remove(&file)?;
            }
        }
        let link = index_link(host, &self.module, &self.kernel);
        let is_ours = |link: &PathBuf| {
            let target = host.read_link(link).unwrap_or_default();
            target.components().any(|part| part.as_os_str() == self.version.as_str())
        };
        match link.filter(is_ours) {
            Some(link) => Ok(host.remove(&link)?),
            None => Ok(()),
        }
    }

    fn of_akmods(
        &self,
        host: &dyn HostMut,
        progress: &mut dyn FnMut(&str),
    ) -> Result<(), StepError> {
        if let Some(former) = &self.former {
            let former = former.to_string_lossy();
            let arguments = ["-U", "--oldpackage", "--replacepkgs", &former];
            return execute(host, "rpm", &arguments, DEADLINE, progress).map(drop);
        }
        let package = format!("kmod-{}-{}", self.module, self.kernel);
        if execute(host, "rpm", &["-q", &package], DEADLINE, progress).is_err() {
            return Ok(());
        }
        execute(host, "rpm", &["-e", &package], DEADLINE, progress).map(drop)
    }
}

impl Action for UnbuildModule {
    fn id(&self) -> &'static str {
        "unbuild-module"
    }

    fn args(&self) -> Vec<Arg> {
        vec![
            ("module", self.module.clone()),
            ("version", self.version.to_string()),
            ("kernel", self.kernel.clone()),
        ]
    }

    fn is_reversible(&self) -> bool {
        false
    }

    fn inverse(&self, _host: &dyn HostMut, _keep: &Keep<'_>) -> Result<Vec<Step>, StepError> {
        Ok(vec![])
    }

    /// Nothing: undoing is verified by the facts before, which the run has kept.
    fn predict(&self, _facts: &mut Facts) {}

    fn run(&self, host: &dyn HostMut, progress: &mut dyn FnMut(&str)) -> Result<(), StepError> {
        match self.builder {
            ModuleBuilder::Dkms => self.of_dkms(host, progress),
            ModuleBuilder::Akmods => self.of_akmods(host, progress),
        }
    }
}

/// Whether DKMS knows this version.
pub(super) fn has_tree(host: &dyn Host, module: &str, version: &DriverVersion) -> bool {
    let directory = Path::new(TREE).join(module).join(version.as_str());
    host.list(&directory).is_ok_and(|entries| !entries.is_empty())
}

/// Whether DKMS has modules of this version for a kernel; a failed build leaves but its log.
pub(super) fn is_built(
    host: &dyn Host,
    module: &str,
    version: &DriverVersion,
    kernel: &str,
) -> bool {
    let modules = build_directory(host, module, version, kernel).map(|of| of.join("module"));
    let entries = modules.and_then(|directory| host.list(&directory).ok()).unwrap_or_default();
    entries.iter().any(|entry| entry.name.contains(".ko"))
}

/// The directory of what DKMS built of this version for a kernel: `VERSION/KERNEL/ARCH`.
fn build_directory(
    host: &dyn Host,
    module: &str,
    version: &DriverVersion,
    kernel: &str,
) -> Option<PathBuf> {
    let directory = Path::new(TREE).join(module).join(version.as_str()).join(kernel);
    let of_arch = host.list(&directory).ok()?.into_iter().next()?;
    Some(directory.join(of_arch.name))
}

/// The link by which DKMS knows which version is installed for a kernel: `kernel-KERNEL-ARCH`.
pub(super) fn index_link(host: &dyn Host, module: &str, kernel: &str) -> Option<PathBuf> {
    let directory = Path::new(TREE).join(module);
    let start = format!("kernel-{kernel}-");
    let mut names = host.list(&directory).ok()?.into_iter().map(|entry| entry.name);
    names.find(|name| name.starts_with(&start)).map(|name| directory.join(name))
}

/// Directories of a kernel's into which DKMS and akmods install (dkms.in, `override_dest_module_location`).
const DESTINATIONS: [&str; 4] = ["updates/dkms", "updates", "extra", "extra/nvidia"];

/// The driver's module files where builders install them.
pub(super) fn installed(host: &dyn Host, kernel: &str) -> Vec<PathBuf> {
    let kernel = Path::new("/lib/modules").join(kernel);
    let places = DESTINATIONS.iter().map(|place| kernel.join(place));
    let files = places.flat_map(|place| {
        let names = host.list(&place).unwrap_or_default().into_iter().map(|entry| entry.name);
        let ours = names.filter(|name| name.contains(".ko") && driver_module(name).is_some());
        ours.map(|name| place.join(name)).collect::<Vec<_>>()
    });
    files.collect()
}

/// What DKMS keeps of a build: the modules, and their log.
pub(super) fn build_files(
    host: &dyn Host,
    module: &str,
    version: &DriverVersion,
    kernel: &str,
) -> Vec<PathBuf> {
    let Some(directory) = build_directory(host, module, version, kernel) else { return vec![] };
    let places = [directory.join("module"), directory.join("log")];
    let files = places.into_iter().flat_map(|place| {
        let entries = host.list(&place).unwrap_or_default().into_iter();
        entries.map(|entry| place.join(entry.name)).collect::<Vec<_>>()
    });
    files.collect()
}

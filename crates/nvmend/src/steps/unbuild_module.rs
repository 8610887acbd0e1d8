//! Takes a module out again that was built and installed for one kernel. Only journals hold it; no plan does.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{ModuleBuilder, execute};
use crate::diagnose::Arg;
use crate::facts::Facts;
use crate::host::Host;
use crate::host_mut::HostMut;
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
    /// The package file that was installed before (akmods).
    pub former: Option<PathBuf>,
}

impl UnbuildModule {
    fn of_dkms(&self, host: &dyn HostMut, progress: &mut dyn FnMut(&str)) -> Result<(), StepError> {
        let of = ["-m", &self.module, "-v", self.version.as_str()];
        let has_build = built(host, &self.module, &self.version, &self.kernel).is_some();
        let is_new = !self.was_known && has_tree(host, &self.module, &self.version);
        if has_build || is_new {
            // With the last kernel's build, it takes the version out of the tree too (dkms.in, `remove_module`).
            let arguments = [&["remove"], &of[..], &["-k", &self.kernel]].concat();
            execute(host, "dkms", &arguments, DEADLINE, progress)?;
        }
        if self.was_known && !has_tree(host, &self.module, &self.version) {
            execute(host, "dkms", &[&["add"], &of[..]].concat(), DEADLINE, progress)?;
        }
        Ok(())
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

/// The directory of what DKMS built of this version for a kernel: `VERSION/KERNEL/ARCH`.
pub(super) fn built(
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

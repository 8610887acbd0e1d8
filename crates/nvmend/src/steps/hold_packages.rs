//! Holds packages at their version, or lets go of them.

use serde::{Deserialize, Serialize};

use crate::diagnose::Arg;
use crate::enquire::PackageName;
use crate::facts::{Facts, PackageManager};
use crate::host_mut::HostMut;
use crate::lock::Lock;
use crate::managers;
use crate::step::{Action, Keep, Step, StepError};

/// Holds packages (dpkg's selection, dnf's and zypper's locks), or lets go of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HoldPackages {
    /// Whose packages.
    pub manager: PackageManager,
    /// The program that does it.
    pub program: String,
    /// Which.
    pub packages: Vec<PackageName>,
    /// Whether they are held after it.
    pub hold: bool,
}

impl Action for HoldPackages {
    fn id(&self) -> &'static str {
        if self.hold { "hold-packages" } else { "release-packages" }
    }

    fn args(&self) -> Vec<Arg> {
        let names: Vec<&str> = self.packages.iter().map(|package| package.name.as_str()).collect();
        vec![("packages", names.join(", "))]
    }

    fn inverse(&self, _host: &dyn HostMut, _keep: &Keep<'_>) -> Result<Vec<Step>, StepError> {
        Ok(vec![Step::HoldPackages(Self { hold: !self.hold, ..self.clone() })])
    }

    fn predict(&self, facts: &mut Facts) {
        for package in &mut facts.packages.installed {
            let is_it = |held: &PackageName| held.is(&package.name, &package.arch);
            if package.manager == self.manager && self.packages.iter().any(is_it) {
                package.held = self.hold;
            }
        }
    }

    fn locks(&self) -> &'static [Lock] {
        managers::named(&self.program).map_or(&[], |manager| manager.locks())
    }

    fn run(&self, host: &dyn HostMut, progress: &mut dyn FnMut(&str)) -> Result<(), StepError> {
        managers::named(&self.program)?.hold(host, self, progress)
    }
}

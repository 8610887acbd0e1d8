//! Brings packages back to the versions that were installed before.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::PackageChange;
use crate::diagnose::Arg;
use crate::enquire::PackageName;
use crate::facts::{Facts, PackageManager};
use crate::host_mut::HostMut;
use crate::lock::Lock;
use crate::managers;
use crate::step::{Action, Keep, Step, StepError};

/// Takes a transaction back, from archives that were kept before it. Only journals hold it; no plan does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RestorePackages {
    /// Whose packages.
    pub manager: PackageManager,
    /// The program that changed them.
    pub program: String,
    /// Packages that were not there; the changes that brought them.
    pub purge: Vec<PackageChange>,
    /// Packages of which only the configuration was there.
    pub remove: Vec<PackageChange>,
    /// Packages that were there.
    pub install: Vec<KeptPackage>,
    /// What was chosen by hand among alternatives (update-alternatives(1)): name and path.
    #[serde(default)]
    pub alternatives: Vec<(String, PathBuf)>,
}

/// A package of which the archive is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KeptPackage {
    /// The change that is taken back; `from` is what the archive holds.
    pub change: PackageChange,
    /// The archive.
    pub archive: PathBuf,
    /// Whether it was installed for others' sake only.
    pub automatic: bool,
}

impl RestorePackages {
    /// The changes that it takes back.
    fn changes(&self) -> impl Iterator<Item = &PackageChange> {
        let kept = self.install.iter().map(|kept| &kept.change);
        self.purge.iter().chain(&self.remove).chain(kept)
    }
}

impl Action for RestorePackages {
    fn id(&self) -> &'static str {
        "restore-packages"
    }

    fn args(&self) -> Vec<Arg> {
        let changes: Vec<String> = self.changes().map(|change| change.back().to_string()).collect();
        vec![
            ("program", self.program.clone()),
            ("count", changes.len().to_string()),
            ("changes", changes.join("; ")),
        ]
    }

    fn inverse(&self, _host: &dyn HostMut, _keep: &Keep<'_>) -> Result<Vec<Step>, StepError> {
        Ok(vec![])
    }

    /// Nothing: undoing is verified by the facts before, which the run has kept.
    fn predict(&self, _facts: &mut Facts) {}

    fn locks(&self) -> &'static [Lock] {
        managers::named(&self.program).map_or(&[], |manager| manager.locks())
    }

    fn run(&self, host: &dyn HostMut, progress: &mut dyn FnMut(&str)) -> Result<(), StepError> {
        managers::named(&self.program)?.restore(host, self, progress)
    }

    /// The first package that has another version by now than the one that was brought.
    fn conflict(&self, host: &dyn HostMut) -> Option<PathBuf> {
        let manager = managers::named(&self.program).ok()?;
        self.changes().find_map(|change| {
            let package = PackageName::new(&change.name, Some(&change.arch));
            let found = manager.installed(host, &package)?;
            let is_ours = [&change.from, &change.to].into_iter().flatten().any(|v| *v == found);
            (!is_ours).then(|| PathBuf::from(format!("{} {found}", change.name)))
        })
    }
}

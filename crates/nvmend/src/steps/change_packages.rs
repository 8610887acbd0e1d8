//! Changes packages, in one transaction of the distribution's own program.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{header_builds, kernel_upgrade, package_effects};
use crate::diagnose::Arg;
use crate::enquire::PackageName;
use crate::facts::{Facts, PackageManager};
use crate::host_mut::HostMut;
use crate::lock::Lock;
use crate::managers;
use crate::step::{Action, Keep, Step, StepError};

/// A transaction: exactly these packages, from and to exactly these versions, as a simulation found before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChangePackages {
    /// Whose packages.
    pub manager: PackageManager,
    /// The program that does it: `apt-get`, `dnf`, `zypper`, `pacman`.
    pub program: String,
    /// What changes, sorted by name; all that changes, what is drawn in by dependencies included.
    pub changes: Vec<PackageChange>,
    /// Whether what is half done is finished: first (`dpkg --configure -a`); of rpm's, by taking `changes` away, which are
    /// there in a newer version too.
    pub finish: bool,
    /// Packages that are there for others' sake only, and stay marked so.
    #[serde(default)]
    pub automatic: Vec<PackageName>,
    /// Packages whose installed version can be had from nowhere any more: there is no way back to it.
    #[serde(default)]
    pub irretrievable: Vec<String>,
}

/// One package of a transaction.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PackageChange {
    /// Its name without the architecture.
    pub name: String,
    /// The manager's word for its architecture.
    pub arch: String,
    /// The installed version; null where it is not installed.
    pub from: Option<String>,
    /// The version after; null where it is removed. The same as `from` where it is installed again.
    pub to: Option<String>,
}

impl PackageChange {
    /// The way back.
    pub fn back(&self) -> Self {
        Self { from: self.to.clone(), to: self.from.clone(), ..self.clone() }
    }
}

impl fmt::Display for PackageChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.from, &self.to) {
            (None, Some(to)) => write!(f, "+{} {to}", self.name),
            (Some(from), None) => write!(f, "-{} {from}", self.name),
            (Some(from), Some(to)) if from == to => write!(f, "{} {to}", self.name),
            (Some(from), Some(to)) => write!(f, "{} {from} → {to}", self.name),
            (None, None) => f.write_str(&self.name),
        }
    }
}

impl ChangePackages {
    /// Whether it takes away what an interrupted upgrade left beside the newer versions: rpm's way to be half done.
    fn is_removal_of_duplicates(&self) -> bool {
        self.finish && self.manager == PackageManager::Rpm
    }
}

/// Whether a driver series' choice in Debian's alternatives goes (`nvidia-tesla-470-alternative`).
fn takes_alternative(change: &PackageChange) -> bool {
    change.to.is_none()
        && change.name.starts_with("nvidia-")
        && change.name.ends_with("-alternative")
}

impl Action for ChangePackages {
    fn id(&self) -> &'static str {
        match (self.changes.is_empty(), self.is_removal_of_duplicates()) {
            (true, _) => "finish-packages",
            (false, true) => "remove-duplicates",
            _ if self.changes.iter().all(|change| change.from == change.to) => "reinstall-packages",
            (false, false) => "change-packages",
        }
    }

    fn args(&self) -> Vec<Arg> {
        let changes: Vec<String> = self.changes.iter().map(ToString::to_string).collect();
        let mut args = vec![
            ("program", self.program.clone()),
            ("count", self.changes.len().to_string()),
            ("changes", changes.join("; ")),
        ];
        if !self.irretrievable.is_empty() {
            args.push(("irretrievable", self.irretrievable.join(", ")));
        }
        args
    }

    fn is_reversible(&self) -> bool {
        self.irretrievable.is_empty()
    }

    /// A transaction that only installs again or finishes leaves nothing to take back.
    fn inverse(&self, host: &dyn HostMut, keep: &Keep<'_>) -> Result<Vec<Step>, StepError> {
        if self.is_removal_of_duplicates() {
            return Ok(vec![]);
        }
        let changes: Vec<PackageChange> = self
            .changes
            .iter()
            .filter(|change| change.from != change.to)
            .filter(|change| !self.irretrievable.contains(&change.name))
            .cloned()
            .collect();
        if changes.is_empty() {
            return Ok(vec![]);
        }
        let (mut steps, kept) = header_builds::take_out(host, keep, self.manager, &changes)?;
        let restore = managers::named(&self.program)?.keep_former(host, keep, &changes)?;
        steps.push(Step::RestorePackages(restore));
        steps.extend(kept);
        Ok(steps)
    }

    fn locks(&self) -> &'static [Lock] {
        managers::named(&self.program).map_or(&[], |manager| manager.locks())
    }

    fn predict(&self, facts: &mut Facts) {
        if self.finish {
            package_effects::finish(facts, self.manager);
        }
        if self.is_removal_of_duplicates() {
            return package_effects::settle(facts);
        }
        // What goes makes room for what comes.
        let (going, coming): (Vec<_>, Vec<_>) =
            self.changes.iter().partition(|change| change.to.is_none());
        for change in going.into_iter().chain(coming) {
            package_effects::change(facts, self.manager, change);
        }
        if self.manager == PackageManager::Pacman {
            kernel_upgrade::replace(facts, &self.changes);
        }
        package_effects::settle(facts);
        if self.manager == PackageManager::Dpkg && self.changes.iter().any(takes_alternative) {
            package_effects::choose_remaining(facts);
        }
    }

    fn run(&self, host: &dyn HostMut, progress: &mut dyn FnMut(&str)) -> Result<(), StepError> {
        managers::named(&self.program)?.change(host, self, progress)
    }
}

//! Changes packages, in one transaction of the distribution's own program.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{build_module, execute_command, program};
use crate::diagnose::Arg;
use crate::facts::{
    Datum, Facts, ModuleInfo, Origin, Ownership, Package, PackageManager, PackageRole,
};
use crate::host::Command;
use crate::host_mut::HostMut;
use crate::knowledge::packages;
use crate::step::{Action, Keep, Step, StepError};

/// Downloads, and DKMS builds for every kernel.
const DEADLINE: Duration = Duration::from_secs(2 * 3600);

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
    /// Whether what is half done is finished first (`dpkg --configure -a`).
    pub finish: bool,
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
    fn back(&self) -> Self {
        Self { from: self.to.clone(), to: self.from.clone(), ..self.clone() }
    }
}

impl Action for ChangePackages {
    fn id(&self) -> &'static str {
        "change-packages"
    }

    fn args(&self) -> Vec<Arg> {
        let describe = |change: &PackageChange| match (&change.from, &change.to) {
            (None, Some(to)) => format!("+{} {to}", change.name),
            (Some(from), None) => format!("-{} {from}", change.name),
            (Some(from), Some(to)) => format!("{} {from} → {to}", change.name),
            (None, None) => change.name.clone(),
        };
        let changes: Vec<String> = self.changes.iter().map(describe).collect();
        vec![
            ("program", self.program.clone()),
            ("count", self.changes.len().to_string()),
            ("changes", changes.join("; ")),
        ]
    }

    /// A transaction that only installs again or finishes leaves nothing to take back.
    fn inverse(&self, _host: &dyn HostMut, _keep: &Keep<'_>) -> Result<Vec<Step>, StepError> {
        let changes: Vec<PackageChange> = self
            .changes
            .iter()
            .filter(|change| change.from != change.to)
            .map(PackageChange::back)
            .collect();
        if changes.is_empty() {
            return Ok(vec![]);
        }
        Ok(vec![Step::ChangePackages(Self { changes, finish: true, ..self.clone() })])
    }

    fn locks(&self) -> &'static [&'static str] {
        match self.manager {
            PackageManager::Dpkg => &[
                "/var/lib/dpkg/lock-frontend",
                "/var/lib/dpkg/lock",
                "/var/lib/apt/lists/lock",
                "/var/cache/apt/archives/lock",
            ],
            PackageManager::Rpm => &["/var/lib/rpm/.rpm.lock", "/usr/lib/sysimage/rpm/.rpm.lock"],
            _ => &[],
        }
    }

    fn predict(&self, facts: &mut Facts) {
        if self.finish {
            for package in &mut facts.packages.installed {
                if package.manager == self.manager && package.state != "installed" {
                    package.state = "installed".to_owned();
                }
            }
        }
        for change in &self.changes {
            change_package(facts, self.manager, change);
        }
        let files = self.changes.iter().map(|change| change.name.clone()).collect::<Vec<_>>();
        facts.packages.missing.retain(|file| !files.contains(&file.package));
        facts.packages.installed.sort_by(|a, b| (&a.name, &a.arch).cmp(&(&b.name, &b.arch)));
    }

    fn run(&self, host: &dyn HostMut, progress: &mut dyn FnMut(&str)) -> Result<(), StepError> {
        for command in self.commands(host) {
            execute_command(host, &command, progress)?;
        }
        Ok(())
    }
}

impl ChangePackages {
    /// The commands, in order.
    fn commands(&self, host: &dyn HostMut) -> Vec<Command> {
        let mut commands = Vec::new();
        let command = |name: &str, arguments: Vec<String>| {
            let mut command = Command::new(program(host, name), arguments, DEADLINE);
            command.environment = vec![
                ("DEBIAN_FRONTEND".to_owned(), "noninteractive".to_owned()),
                // needrestart would ask, or restart services on its own account.
                ("NEEDRESTART_SUSPEND".to_owned(), "1".to_owned()),
            ];
            command
        };
        let words =
            |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        if self.manager == PackageManager::Dpkg {
            if self.finish {
                commands.push(command("dpkg", words(&["--configure", "-a", "--force-confold"])));
            }
            if !self.changes.is_empty() {
                let mut arguments = words(&[
                    "-y",
                    "--no-install-recommends",
                    "--allow-downgrades",
                    "--allow-remove-essential=false",
                    "-oDpkg::Options::=--force-confold",
                    "-oDPkg::Lock::Timeout=600",
                ]);
                if self
                    .changes
                    .iter()
                    .any(|change| change.from.is_some() && change.from == change.to)
                {
                    arguments.push("--reinstall".to_owned());
                }
                arguments.push("install".to_owned());
                arguments.extend(self.changes.iter().map(|change| match &change.to {
                    Some(version) => format!("{}:{}={version}", change.name, change.arch),
                    None => format!("{}:{}-", change.name, change.arch),
                }));
                commands.push(command("apt-get", arguments));
            }
        }
        commands
    }
}

/// The facts after one package changed: the files that it owns go with its version.
fn change_package(facts: &mut Facts, manager: PackageManager, change: &PackageChange) {
    let is_it = |package: &Package| {
        package.manager == manager && package.name == change.name && package.arch == change.arch
    };
    let old = facts.packages.installed.iter().find(|package| is_it(package)).cloned();
    facts.packages.installed.retain(|package| !is_it(package));
    let origin = Origin("after the package transaction".to_owned());
    let new = change.to.as_ref().map(|version| {
        let mut package = old.clone().unwrap_or_else(|| {
            let seen = packages::classify(manager, &change.name, version);
            Package {
                manager,
                name: change.name.clone(),
                version: String::new(),
                driver_version: None,
                arch: change.arch.clone(),
                state: String::new(),
                held: false,
                origin: None,
                origin_from: None,
                role: seen.as_ref().map_or(PackageRole::Independent, |seen| seen.role),
                series: seen.and_then(|seen| seen.series),
                from: origin.clone(),
            }
        });
        package.version.clone_from(version);
        package.driver_version = packages::driver_version(version);
        "installed".clone_into(&mut package.state);
        package
    });
    let before = old.as_ref().and_then(|package| package.driver_version.clone());
    let after = new.as_ref().and_then(|package| package.driver_version.clone());
    let role = old.as_ref().or(new.as_ref()).map(|package| package.role);
    facts.packages.installed.extend(new);
    if role == Some(PackageRole::Kernel) && change.name.contains("dkms") {
        change_dkms(facts, before.as_ref(), after.as_ref(), &origin);
    }
    let owned: Vec<PathBuf> = facts
        .packages
        .owners
        .iter()
        .filter(|(_, owner)| **owner == Ownership::Package(change.name.clone()))
        .map(|(path, _)| path.clone())
        .collect();
    for path in owned {
        match (&before, &after) {
            (Some(before), Some(after)) if before != after => {
                rename_version(facts, &path, before.as_str(), after.as_str());
            }
            (_, None) if change.to.is_none() => remove_file(facts, &path),
            _ => {}
        }
    }
}

/// A file whose name has the version gets the new one, in every place that speaks of it.
fn rename_version(facts: &mut Facts, path: &PathBuf, before: &str, after: &str) {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return };
    let Ok(version) = after.parse::<crate::version::DriverVersion>() else { return };
    let renamed = path.with_file_name(name.replace(before, after));
    if let Some(owner) = facts.packages.owners.remove(path) {
        facts.packages.owners.insert(renamed.clone(), owner);
    }
    for file in facts.libraries.files.iter_mut().filter(|file| file.path == *path) {
        file.path.clone_from(&renamed);
        file.version = Some(version.clone());
    }
    for lookup in &mut facts.libraries.lookups {
        if let Datum::Known { value, .. } = &mut lookup.found
            && value.chain.end == *path
        {
            value.chain.end.clone_from(&renamed);
            value.version = Some(version.clone());
            value.exists = true;
        }
    }
    for modules in &mut facts.modules.kernels {
        for file in modules.files.iter_mut().filter(|file| file.path == *path) {
            if let Datum::Known { value, .. } = &mut file.info {
                value.version = Some(version.clone());
            }
        }
    }
}

fn remove_file(facts: &mut Facts, path: &Path) {
    use super::MoveFile;
    MoveFile { from: path.to_owned(), to: PathBuf::new() }.predict(facts);
}

/// DKMS takes out the old version from every kernel and builds the new one for those that have headers.
fn change_dkms(
    facts: &mut Facts,
    before: Option<&crate::version::DriverVersion>,
    after: Option<&crate::version::DriverVersion>,
    origin: &Origin,
) {
    if let Some(before) = before {
        for module in &mut facts.builders.dkms {
            if module.version == *before
                && let Some(after) = after
            {
                module.version = after.clone();
                module.builds.clear();
            }
        }
        if after.is_none() {
            facts.builders.dkms.retain(|module| module.version != *before);
            let built: Vec<PathBuf> = facts
                .packages
                .owners
                .iter()
                .filter(|(_, owner)| matches!(owner, Ownership::Builder(_)))
                .map(|(path, _)| path.clone())
                .collect();
            built.iter().for_each(|path| remove_file(facts, path));
        }
    }
    let Some(after) = after else { return };
    let with_headers: Vec<String> = facts
        .kernels
        .installed
        .iter()
        .filter(|kernel| kernel.headers.value().is_some())
        .map(|kernel| kernel.release.clone())
        .collect();
    for kernel in with_headers {
        let held = facts.modules_of(&kernel).and_then(|modules| modules.loads("nvidia"));
        let license = held.and_then(|file| file.info.value()?.license.clone());
        let info = ModuleInfo {
            version: Some(after.clone()),
            vermagic: Some(format!("{kernel} ")),
            license,
            ..ModuleInfo::default()
        };
        build_module::install(facts, &kernel, &info, origin);
    }
}

//! What is asked of the machine while a plan is made, because facts do not hold it: what the package manager would do,
//! and the text of the configuration file that is to be edited. Nothing is changed.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::facts::{ImageKind, Kernels, Package, PackageManager};
use crate::host::{Command, End, FileKind, Host, HostKind, follow};
use crate::managers;
use crate::parse::digest::Algorithm;
use crate::probes::initramfs;
use crate::remedy::Hindrance;
use crate::steps::{ChangePackages, PROGRAM_DIRECTORIES};

/// Someone who can be asked while a plan is made.
pub trait Enquire {
    /// All that a transaction would change, or why it would fail.
    fn simulate(&self, request: &Request) -> Result<ChangePackages, Hindrance>;
    /// What the repositories have of these packages; nothing is said of those that they don't know.
    fn offers(
        &self,
        _manager: PackageManager,
        _names: &[PackageName],
    ) -> Result<Vec<Offer>, Hindrance> {
        Err(Hindrance::new("no-simulation"))
    }
    /// The name of the driver package that the distribution itself recommends for this machine's GPUs, where it has a
    /// program that says so.
    fn recommended_driver(&self) -> Option<String> {
        None
    }
    /// The text of a configuration file, and its one true path. Only whole UTF-8: what is edited must not be damaged.
    fn text(&self, path: &Path) -> Result<(PathBuf, String), Hindrance>;
    /// The names in a directory, sorted; none where it isn't there or can't be looked at.
    fn names(&self, directory: &Path) -> Vec<String>;
    /// The size of a file; `None` where there is none.
    fn size(&self, path: &Path) -> Option<u64>;
    /// The checksum of a file as the `.run` installer notes it down; `None` where there is none.
    fn runfile_checksum(&self, path: &Path) -> Option<u32>;
    /// The one true path of a directory; `None` where there is none.
    fn directory(&self, path: &Path) -> Option<PathBuf>;
    /// Bytes that are free on the file system of `path`; `None` where that can't be told.
    fn free_space(&self, path: &Path) -> Option<u64>;
    /// The initramfs images that there are for a kernel.
    fn images(&self, kernels: &Kernels, release: &str) -> Vec<(PathBuf, ImageKind)>;
    /// A variable of the environment that is judged.
    fn variable(&self, name: &str) -> Option<String>;
    /// Whether the system has this program.
    fn has_program(&self, name: &str) -> bool {
        PROGRAM_DIRECTORIES
            .iter()
            .any(|directory| self.size(&Path::new(directory).join(name)).is_some())
    }
    /// The running services that stop with `unit`, itself left out, in the order in which they can be stopped.
    fn stops_with(&self, unit: &str) -> Result<Vec<String>, Hindrance>;
    /// The program that goes on with a run after a reboot, where one can be started then.
    fn continuation(&self) -> Option<PathBuf> {
        None
    }
}

/// A package by its exact name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PackageName {
    /// Its name without the architecture.
    pub name: String,
    /// The manager's word for its architecture; null: the native one.
    pub arch: Option<String>,
}

impl PackageName {
    /// That name and architecture.
    pub fn new(name: &str, arch: Option<&str>) -> Self {
        Self { name: name.to_owned(), arch: arch.map(str::to_owned) }
    }

    /// Whether it is the package of that name and architecture.
    pub fn is(&self, name: &str, arch: &str) -> bool {
        self.name == name && self.arch.as_deref().is_none_or(|own| own == arch)
    }
}

impl From<&Package> for PackageName {
    fn from(package: &Package) -> Self {
        Self::new(&package.name, Some(&package.arch))
    }
}

/// What the repositories have of one package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The package.
    pub package: PackageName,
    /// The version that the manager would install by itself.
    pub candidate: Option<String>,
    /// Every version, in the manager's order.
    pub versions: Vec<String>,
}

/// A package that is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The package.
    pub package: PackageName,
    /// At that full version; `None`: the one that the manager takes by itself.
    pub version: Option<String>,
}

impl Wanted {
    /// The version that the manager takes by itself.
    pub fn any(name: &str) -> Self {
        Self { package: PackageName::new(name, None), version: None }
    }
}

/// What is wanted of the package manager.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Which one.
    pub manager: PackageManager,
    /// What.
    pub wish: Wish,
    /// Names of packages that must not be removed, besides those that never may (`managers::spare`).
    pub keep: Vec<String>,
    /// Whether holds are released before it.
    pub unheld: bool,
}

impl Request {
    /// A wish, with holds as they are.
    pub fn new(manager: PackageManager, wish: Wish) -> Self {
        Self { manager, wish, keep: vec![], unheld: false }
    }
}

/// A wish to the package manager.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Finish what is half done.
    Finish,
    /// Install these.
    Install(Vec<Wanted>),
    /// Remove these, by exact name and architecture; their configuration stays.
    Remove(Vec<PackageName>),
    /// Install some and remove others, in one transaction.
    Replace {
        /// What comes.
        install: Vec<Wanted>,
        /// What goes.
        remove: Vec<PackageName>,
    },
    /// Install the same version of these again.
    Reinstall(Vec<PackageName>),
}

impl Wish {
    /// What it asks to remove.
    pub fn removals(&self) -> &[PackageName] {
        match self {
            Self::Remove(going) | Self::Replace { remove: going, .. } => going,
            _ => &[],
        }
    }

    /// Every package that it names.
    pub fn packages(&self) -> Vec<&PackageName> {
        match self {
            Self::Finish => vec![],
            Self::Install(wanted) => wanted.iter().map(|wanted| &wanted.package).collect(),
            Self::Remove(packages) | Self::Reinstall(packages) => packages.iter().collect(),
            Self::Replace { install, remove } => {
                install.iter().map(|wanted| &wanted.package).chain(remove).collect()
            }
        }
    }
}

/// How long a simulation may take.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// More names than any directory of configuration has.
const MOST_NAMES: usize = 2_000;

/// The machine itself.
pub struct Machine<'h> {
    /// The machine.
    pub host: &'h dyn Host,
}

impl Enquire for Machine<'_> {
    fn simulate(&self, request: &Request) -> Result<ChangePackages, Hindrance> {
        managers::refuse_image(self.host, request)?;
        managers::of(self.host, request.manager)?.simulate(self.host, request)
    }

    fn offers(
        &self,
        manager: PackageManager,
        names: &[PackageName],
    ) -> Result<Vec<Offer>, Hindrance> {
        managers::of(self.host, manager)?.offers(self.host, names)
    }

    /// `ubuntu-drivers list --recommended`: `nvidia-driver-570, (kernel modules provided by …)`.
    fn recommended_driver(&self) -> Option<String> {
        let arguments = ["list", "--recommended"];
        let command = Command::new("/usr/bin/ubuntu-drivers", arguments, DEADLINE);
        let output = self.host.run(&command).ok().filter(|output| output.end == End::Status(0))?;
        let first = |line: &str| line.split([',', ' ']).next().unwrap_or_default().to_owned();
        output.stdout.lines().map(first).find(|name| name.starts_with("nvidia-driver-"))
    }

    fn text(&self, path: &Path) -> Result<(PathBuf, String), Hindrance> {
        let unreadable = |why: String| {
            Hindrance::new("file-unreadable").with("path", path.display()).with("why", why)
        };
        let chain = follow(self.host, path).map_err(|error| unreadable(error.why.to_string()))?;
        let bytes = self
            .host
            .read(&chain.end, 1 << 20)
            .map_err(|error| unreadable(error.why.to_string()))?;
        let text = String::from_utf8(bytes).map_err(|error| unreadable(error.to_string()))?;
        Ok((chain.end, text))
    }

    fn names(&self, directory: &Path) -> Vec<String> {
        let entries = self.host.list(directory).unwrap_or_default();
        entries.into_iter().take(MOST_NAMES).map(|entry| entry.name).collect()
    }

    fn size(&self, path: &Path) -> Option<u64> {
        let metadata = self.host.metadata(path).ok()?;
        (metadata.kind == FileKind::File).then_some(metadata.size)
    }

    fn runfile_checksum(&self, path: &Path) -> Option<u32> {
        u32::from_str_radix(&self.host.digest(path, Algorithm::Runfile).ok()?, 16).ok()
    }

    fn directory(&self, path: &Path) -> Option<PathBuf> {
        let end = follow(self.host, path).ok()?.end;
        (self.host.metadata(&end).ok()?.kind == FileKind::Directory).then_some(end)
    }

    fn free_space(&self, path: &Path) -> Option<u64> {
        // What is not there yet will be on its nearest directory's.
        path.ancestors().find_map(|path| self.host.free_space(path).ok())
    }

    fn variable(&self, name: &str) -> Option<String> {
        self.host.env(name)
    }

    fn images(&self, kernels: &Kernels, release: &str) -> Vec<(PathBuf, ImageKind)> {
        match kernels.get(release) {
            Some(kernel) => initramfs::images(self.host, kernel, &kernels.installed),
            None => vec![],
        }
    }

    fn continuation(&self) -> Option<PathBuf> {
        if self.host.kind() != HostKind::Live {
            return None;
        }
        self.host.metadata(Path::new("/run/systemd/system")).ok()?;
        self.host.read_link(Path::new("/proc/self/exe")).ok()
    }

    fn stops_with(&self, unit: &str) -> Result<Vec<String>, Hindrance> {
        if self.host.kind() != HostKind::Live {
            return Ok(vec![]);
        }
        let mut found = vec![];
        self.add_stopping_with(unit, &mut vec![unit.to_owned()], &mut found)?;
        Ok(found)
    }
}

/// More units than depend on one service of the driver.
const MOST_UNITS: usize = 50;

impl Machine<'_> {
    /// systemd stops with a unit those that require it, are bound to it or are part of it (systemd.unit(5)); when it
    /// is started again they stay stopped.
    fn add_stopping_with(
        &self,
        unit: &str,
        seen: &mut Vec<String>,
        found: &mut Vec<String>,
    ) -> Result<(), Hindrance> {
        const ASKED: &str = "--property=ActiveState,RequiredBy,RequisiteOf,BoundBy,ConsistsOf";
        let unknown =
            |why: String| Hindrance::new("service-unknown").with("unit", unit).with("why", why);
        let program = Path::new("/usr/bin/systemctl");
        let command = Command::new(program, ["show", ASKED, "--", unit], DEADLINE);
        let output = self.host.run(&command).map_err(|error| unknown(error.to_string()))?;
        if output.end != End::Status(0) {
            return Err(unknown(output.stderr.lines().next().unwrap_or_default().to_owned()));
        }
        let values = output.stdout.lines().filter_map(|line| line.split_once('='));
        let (mut is_active, mut dependents) = (false, vec![]);
        for (property, value) in values {
            match property {
                "ActiveState" => is_active = matches!(value, "active" | "activating" | "reloading"),
                _ => dependents.extend(value.split_whitespace().map(str::to_owned)),
            }
        }
        if !is_active {
            return Ok(());
        }
        for dependent in dependents.into_iter().filter(|unit| unit.ends_with(".service")) {
            if seen.len() < MOST_UNITS && !seen.contains(&dependent) {
                seen.push(dependent.clone());
                self.add_stopping_with(&dependent, seen, found)?;
            }
        }
        // The first is the one that was asked for.
        if seen.first().is_some_and(|first| first != unit) {
            found.push(unit.to_owned());
        }
        Ok(())
    }
}

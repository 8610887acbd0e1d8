//! What is asked of the machine while a plan is made, because facts do not hold it: what the package manager would do,
//! and the text of the configuration file that is to be edited. Nothing is changed.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::facts::PackageManager;
use crate::host::{Command, End, Host, HostKind, follow};
use crate::remedy::Hindrance;
use crate::steps::ChangePackages;

/// Someone who can be asked while a plan is made.
pub trait Enquire {
    /// All that a transaction would change, or why it would fail.
    fn simulate(&self, request: &Request) -> Result<ChangePackages, Hindrance>;
    /// The text of a configuration file, and its one true path. Only whole UTF-8: what is edited must not be damaged.
    fn text(&self, path: &Path) -> Result<(PathBuf, String), Hindrance>;
    /// The running services that stop with `unit`, itself left out, in the order in which they can be stopped.
    fn stops_with(&self, unit: &str) -> Result<Vec<String>, Hindrance>;
    /// The program that goes on with a run after a reboot, where one can be started then.
    fn continuation(&self) -> Option<PathBuf> {
        None
    }
}

/// What is wanted of the package manager.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Which one.
    pub manager: PackageManager,
    /// What.
    pub wish: Wish,
}

/// A wish to the package manager.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Finish what is half done.
    Finish,
    /// Install these, each at that version, or the repositories' newest; (name, architecture, version).
    Install(Vec<(String, Option<String>, Option<String>)>),
    /// Remove these, by exact name and architecture.
    Remove(Vec<(String, String)>),
    /// Install the same version of these again, by exact name and architecture.
    Reinstall(Vec<(String, String)>),
}

/// How long a simulation may take.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// The machine itself.
pub struct Machine<'h> {
    /// The machine.
    pub host: &'h dyn Host,
}

impl Enquire for Machine<'_> {
    fn simulate(&self, request: &Request) -> Result<ChangePackages, Hindrance> {
        let _ = (self.host, request);
        Err(Hindrance::new("no-simulation"))
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

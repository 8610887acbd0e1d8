//! What is asked of the machine while a plan is made, because facts do not hold it: what the package manager would do,
//! and the text of the configuration file that is to be edited. Nothing is changed.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::facts::PackageManager;
use crate::host::{Host, HostKind, follow};
use crate::remedy::Hindrance;
use crate::steps::ChangePackages;

/// Someone who can be asked while a plan is made.
pub trait Enquire {
    /// All that a transaction would change, or why it would fail.
    fn simulate(&self, request: &Request) -> Result<ChangePackages, Hindrance>;
    /// The text of a configuration file, and its one true path. Only whole UTF-8: what is edited must not be damaged.
    fn text(&self, path: &Path) -> Result<(PathBuf, String), Hindrance>;
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
}

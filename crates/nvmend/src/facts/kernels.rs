//! Kernels: running, installed, next.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Datum, Origin};

/// The kernels of the machine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kernels {
    /// Release of the running kernel (`uname -r`). Absent in a chroot or image.
    pub running: Datum<String>,
    /// Installed kernels, oldest first (version order). A directory that holds only `updates/`, or only
    /// headers, is no installed kernel.
    pub installed: Vec<Kernel>,
    /// The directory that installed kernels' modules lie in; unreadable where none could be looked at, so that
    /// `installed`, and every module on disk, is unknown.
    pub directory: Datum<()>,
    /// The running kernel's command line.
    pub command_line: Datum<String>,
    /// The kernel that boots next, as far as the boot loader's configuration tells; else the newest.
    pub next_boot: Datum<String>,
}

/// One installed kernel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kernel {
    /// `6.1.0-47-amd64`.
    pub release: String,
    /// Its module directory, resolved.
    pub directory: PathBuf,
    /// Its image in `/boot` or its module directory.
    pub image: Datum<PathBuf>,
    /// The tree that `build` leads to, holding a `Makefile`. Absent: none, or the link is dangling.
    pub headers: Datum<PathBuf>,
}

impl Kernels {
    /// The installed kernel of that release.
    pub fn get(&self, release: &str) -> Option<&Kernel> {
        self.installed.iter().find(|kernel| kernel.release == release)
    }

    /// Release of the kernel whose modules count now: the running one.
    pub fn current(&self) -> Option<(&str, &Origin)> {
        self.running.sourced().map(|(release, origin)| (release.as_str(), origin))
    }
}

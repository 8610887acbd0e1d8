//! Who builds or installs modules on this machine besides the package manager: DKMS, akmods, the .run installer.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Datum, LibraryFile, ModuleFile, Origin};
use crate::version::DriverVersion;

/// Builders and what they did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Builders {
    /// NVIDIA entries of the DKMS tree (`/var/lib/dkms`), by name and version.
    pub dkms: Vec<DkmsModule>,
    /// NVIDIA results of akmods (`/var/cache/akmods`).
    pub akmods: Vec<AkmodBuild>,
    /// A driver installed by NVIDIA's own `.run` file.
    pub runfile: Datum<RunfileTrace>,
}

/// One module of the DKMS tree, or one source in `/usr/src` that DKMS has not taken in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DkmsModule {
    /// DKMS' name: `nvidia`, `nvidia-current-open`, …
    pub name: String,
    /// Its version.
    pub version: DriverVersion,
    /// The source tree; absent when the link dangles ("broken").
    pub source: Datum<PathBuf>,
    /// One per kernel for which something was built or tried.
    pub builds: Vec<DkmsBuild>,
}

/// What DKMS did for one kernel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DkmsBuild {
    /// The kernel's release.
    pub kernel: String,
    /// How it ended.
    pub outcome: BuildOutcome,
    /// The build's directory or log.
    pub from: Origin,
}

/// How a build ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BuildOutcome {
    /// Built, and installed in the kernel's directory.
    Installed,
    /// Built, but not installed.
    Built,
    /// Failed.
    Failed {
        /// The first real error of the log, if one is recognised.
        first_error: Option<String>,
        /// The log.
        log: PathBuf,
    },
}

/// One akmods result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AkmodBuild {
    /// The driver version.
    pub version: DriverVersion,
    /// The kernel's release.
    pub kernel: String,
    /// How it ended.
    pub outcome: BuildOutcome,
}

/// Traces of a driver installed by a `.run` file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunfileTrace {
    /// The version it installed, where `/var/lib/nvidia/log` or the uninstaller's log tells.
    pub version: Option<DriverVersion>,
    /// What shows it, each with its place.
    pub signs: Vec<Origin>,
    /// Whether it is still installed (its own backup log is there), as against a mere old log file.
    pub installed: bool,
    /// What its log tells of its last run.
    #[serde(default)]
    pub last_run: Option<InstallerRun>,
    /// What it noted down to take the installation back; only root may read it.
    #[serde(default)]
    pub record: Option<RunfileRecord>,
}

/// What the `.run` installer noted down of an installation (nvidia-installer, `backup.c`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunfileRecord {
    /// The version, as its first line has it.
    pub version: String,
    /// What it put in place, in its order.
    pub installed: Vec<RunfileEntry>,
    /// What stood there before, and comes back.
    pub former: Vec<RunfileEntry>,
    /// Directories that it made.
    pub directories: Vec<PathBuf>,
    /// The line, from 1, from which on it makes no sense. The uninstaller does nothing then.
    pub damaged: Option<usize>,
    /// Driver libraries among what comes back, as they will lie there.
    pub libraries: Vec<LibraryFile>,
    /// Modules among what comes back, as they will lie there.
    pub modules: Vec<ModuleFile>,
}

/// One path of that record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RunfileEntry {
    /// Where.
    pub path: PathBuf,
    /// What was put there, or stood there.
    pub what: RunfileContent,
}

impl RunfileEntry {
    /// Where a former file lies now.
    pub fn kept(&self) -> Option<PathBuf> {
        match self.what {
            RunfileContent::Kept { number } => Some(format!("/var/lib/nvidia/{number}").into()),
            _ => None,
        }
    }
}

/// What the record says of a path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RunfileContent {
    /// A file that was installed.
    File {
        /// Its checksum, the installer's own (`crc.c`).
        crc: u32,
    },
    /// A link.
    Link {
        /// Its target as written.
        target: PathBuf,
    },
    /// A former file, which lies in `/var/lib/nvidia` under a number.
    Kept {
        /// The number.
        number: u32,
    },
}

/// One run of the `.run` installer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstallerRun {
    /// The driver that it was to install.
    pub version: Option<DriverVersion>,
    /// The kernel that it built for. Where the log names none, it was the one that ran then.
    pub kernel: Option<String>,
    /// Whether it found a driver that packages had installed.
    pub over_packages: bool,
    /// How it ended; `None`: it was stopped, failed before it built anything, or its log ends early.
    pub outcome: Option<BuildOutcome>,
    /// The log.
    pub log: PathBuf,
}

impl InstallerRun {
    /// Whether it put its driver in place.
    pub fn has_installed(&self) -> bool {
        self.outcome == Some(BuildOutcome::Installed)
    }
}

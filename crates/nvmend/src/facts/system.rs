//! Distribution, architecture, environment.

use serde::{Deserialize, Serialize};

use super::{Datum, Origin};

/// The system that the facts are about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct System {
    /// From `os-release`.
    pub os: Datum<Os>,
    /// The machine's native architecture in the kernel's words (`x86_64`, `aarch64`).
    pub arch: Datum<String>,
    /// Whether this is a host, a container, WSL …
    pub environment: Environment,
    /// Which manager made the container, in its own word (`docker`, `lxc`, `systemd-nspawn`), where one says it.
    pub container: Option<String>,
    /// What shows the environment's kind, for the evidence.
    pub environment_signs: Vec<Origin>,
    /// When the running kernel booted, in seconds since 1970 (`btime` of `/proc/stat`).
    pub booted: Datum<i64>,
    /// Variables of the judged environment that bear on the driver, sorted by name.
    pub variables: Vec<Variable>,
    /// Marks of an outside manager of the driver (GPU operator, image-based system), with where they stand.
    pub managed_by: Vec<(String, Origin)>,
}

impl System {
    /// The value of a judged environment variable, if set and not empty.
    pub fn variable(&self, name: &str) -> Option<&str> {
        let found = self.variables.iter().find(|variable| variable.name == name)?;
        Some(found.value.as_str()).filter(|value| !value.is_empty())
    }
}

/// `ID`, `ID_LIKE`, `VERSION_ID`, `VERSION_CODENAME` and `PRETTY_NAME` of `os-release`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Os {
    /// `debian`, `ubuntu`, `fedora`, …
    pub id: String,
    /// Related distributions, closest first.
    pub id_like: Vec<String>,
    /// `12`, `22.04`; empty on rolling releases.
    pub version: String,
    /// `bookworm`, `jammy`; empty where a distribution has none.
    #[serde(default)]
    pub codename: String,
    /// For people.
    pub name: String,
}

/// What kind of environment this is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// A machine of its own (bare metal or virtual).
    #[default]
    Host,
    /// A container that shares the host's kernel: its module is not ours to judge on disk.
    Container,
    /// A file tree without a running kernel: a chroot, an image, a mounted disk.
    Chroot,
    /// Windows Subsystem for Linux: libraries come from Windows, there is no module.
    Wsl,
    /// NVIDIA Jetson (Tegra): its own driver and numbering.
    Jetson,
}

/// One environment variable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Variable {
    /// `LD_LIBRARY_PATH`, …
    pub name: String,
    /// As set.
    pub value: String,
}

//! CUDA toolkits and runtimes.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Origin;

/// CUDA on this machine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cuda {
    /// Every toolkit and runtime found, sorted by directory.
    pub installations: Vec<CudaInstallation>,
}

/// One toolkit or runtime.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CudaInstallation {
    /// What it is.
    pub kind: CudaKind,
    /// Its version, major and minor.
    pub version: CudaVersion,
    /// Its directory, resolved.
    pub directory: PathBuf,
    /// Where the version was read.
    pub from: Origin,
    /// Whether the judged environment uses it (PATH, an active conda environment or venv).
    pub active: bool,
}

/// What sort of CUDA installation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CudaKind {
    /// A toolkit under /usr/local or of the distribution.
    Toolkit,
    /// `cuda-compat`: a newer libcuda for older modules.
    Compat,
    /// A runtime in a conda environment.
    Conda,
    /// A runtime in a Python package directory.
    Wheel,
}

/// A CUDA version: major and minor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CudaVersion {
    /// 12 of 12.4.
    pub major: u32,
    /// 4 of 12.4.
    pub minor: u32,
}

impl fmt::Display for CudaVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl FromStr for CudaVersion {
    type Err = std::num::ParseIntError;

    /// Takes the first two parts of `12.4`, `12.4.131`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.trim().split('.');
        let major = parts.next().unwrap_or_default().parse()?;
        let minor = parts.next().unwrap_or("0").parse()?;
        Ok(Self { major, minor })
    }
}

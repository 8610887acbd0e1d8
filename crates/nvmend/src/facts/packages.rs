//! Packages that concern the driver.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Datum, Origin};
use crate::version::DriverVersion;

/// The package manager's view.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Packages {
    /// The databases found.
    pub databases: Vec<PackageDatabase>,
    /// Installed (or half-installed) packages that concern NVIDIA, CUDA, kernels or their headers; sorted by name.
    pub installed: Vec<Package>,
    /// Who owns each driver file (modules and libraries), and what a `.run` file's record names, by resolved path.
    pub owners: BTreeMap<PathBuf, Ownership>,
    /// Driver libraries, and those of libglvnd where the driver's graphics are here, that an installed package lists
    /// and that are gone, sorted by path; a few of each package at most. Not of rpm's older databases.
    #[serde(default)]
    pub missing: Vec<MissingFile>,
    /// The same that are there and not as the package brought them: of another size, which only rpm records; or, of those
    /// that were written after their package was installed, of another content. Not of pacman's packages.
    #[serde(default)]
    pub altered: Vec<AlteredFile>,
}

/// A file that is not as its package brought it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AlteredFile {
    /// Where it is.
    pub path: PathBuf,
    /// The package.
    pub package: String,
    /// The package's list.
    pub list: Origin,
    /// What differs.
    pub change: Change,
}

/// How a file differs from what its package brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// It has another size.
    Size {
        /// The size that the package gave it, in bytes.
        listed: u64,
        /// The size that it has.
        found: u64,
    },
    /// It has another digest.
    Content,
}

/// A file that a package lists and that is gone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MissingFile {
    /// Where it should be, as the package lists it.
    pub path: PathBuf,
    /// The package.
    pub package: String,
    /// The package's list.
    pub list: Origin,
}

/// One package database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageDatabase {
    /// Which program keeps it.
    pub manager: PackageManager,
    /// Where it lies, and how many packages are installed in all; unreadable when damaged or of an unknown format.
    pub count: Datum<usize>,
}

/// A family of package managers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum PackageManager {
    /// Debian, Ubuntu.
    Dpkg,
    /// Fedora, RHEL, SUSE.
    Rpm,
    /// Arch.
    Pacman,
}

/// One package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// Whose.
    pub manager: PackageManager,
    /// Its name without the architecture.
    pub name: String,
    /// The full version, epoch included when there is one.
    pub version: String,
    /// The upstream part, if that is a driver version. Names lie, and so may this: the module itself decides.
    pub driver_version: Option<DriverVersion>,
    /// The manager's word for its architecture.
    pub arch: String,
    /// Whether it is installed whole: `installed`; else dpkg's word (`unpacked`, `half-configured`, …).
    pub state: String,
    /// Whether the administrator holds it back (dpkg's selection `hold`).
    pub held: bool,
    /// Where it came from, as far as files tell (rpm's vendor and packager, a version suffix, APT's lists).
    pub origin: Option<String>,
    /// Where the origin stands, if not in the package's own record or version.
    #[serde(default)]
    pub origin_from: Option<Origin>,
    /// What part of the driver it carries.
    pub role: PackageRole,
    /// The series in its name (`535`, `tesla-470`, `470xx`), if it has one.
    pub series: Option<String>,
    /// Where it is recorded.
    pub from: Origin,
}

impl Package {
    /// Whether it is installed whole.
    pub fn is_installed(&self) -> bool {
        self.state == "installed"
    }
}

/// What part of the driver a package carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PackageRole {
    /// Kernel modules: sources for DKMS/akmods or prebuilt.
    Kernel,
    /// Driver libraries and programs whose version must equal the module's.
    User,
    /// GSP firmware of one driver version.
    Firmware,
    /// Pulls others in, carries nothing of the driver (`nvidia-driver-535`, `cuda-drivers`).
    Meta,
    /// Versioned on its own (nvidia-settings, nvidia-modprobe, nvidia-persistenced from another source).
    Independent,
    /// Fabric manager, NSCQ, IMEX: must equal the driver.
    Companion,
    /// CUDA toolkit and runtime.
    Cuda,
    /// cuda-compat.
    CudaCompat,
    /// Container toolkit.
    Container,
    /// A kernel image.
    KernelImage,
    /// Kernel headers.
    KernelHeaders,
    /// libglvnd: what programs load to reach the driver's graphics.
    Dispatch,
    /// dkms, akmods.
    Builder,
}

/// Who owns a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ownership {
    /// A package, by name.
    Package(String),
    /// No package of any readable database.
    Nobody,
    /// Built on this machine by DKMS or akmods, so no package lists it.
    Builder(String),
    /// It could not be told, and why.
    Unknown(String),
}

impl Packages {
    /// Installed packages of one role.
    pub fn of_role(&self, role: PackageRole) -> impl Iterator<Item = &Package> {
        self.installed.iter().filter(move |package| package.role == role)
    }
}

//! Driver libraries, and what the dynamic loader makes of them.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Datum, Origin};
use crate::host::LinkChain;
use crate::version::DriverVersion;

/// The user-space half of the driver.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Libraries {
    /// Every driver library file found in the loader's directories and the known other places, sorted by path.
    pub files: Vec<LibraryFile>,
    /// What the loader finds for each name, architecture and scope.
    pub lookups: Vec<Lookup>,
    /// What the loader would find for the deciding names of the native architecture if `ldconfig` ran now; only those
    /// for which it finds another file, or none.
    #[serde(default)]
    pub after_ldconfig: Vec<Lookup>,
    /// `/etc/ld.so.cache`: absent where there is none (NixOS, musl), unreadable when damaged.
    pub cache: Datum<()>,
    /// What others said of the libraries, most telling first. Only where the libraries themselves could not be looked
    /// at: a bug report holds none.
    pub reported: Vec<ReportedVersion>,
}

/// A version of the libraries that something else than the libraries tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportedVersion {
    /// The version. NVML names its own by the first two parts only; where no other source has the rest, so is this.
    pub version: Option<DriverVersion>,
    /// What was seen.
    pub testimony: Testimony,
    /// Where.
    pub from: Origin,
}

/// What is known of libraries that were not seen themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Testimony {
    /// A program got an answer from the module through them: both are of this version.
    Accepted,
    /// The module turned them away: it is of another version.
    Refused,
    /// A file that is installed with them has this version in its name.
    InstalledWith,
    /// The `.run` installer's log says that it put them there.
    Installed,
}

/// One driver library file (no link).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LibraryFile {
    /// Its resolved path.
    pub path: PathBuf,
    /// The name before `.so`: `libcuda`.
    pub stem: String,
    /// From the file name, else from inside; `None` when neither tells. Only names that carry the driver's
    /// version are compared (`knowledge::libraries`).
    pub version: Option<DriverVersion>,
    /// The ELF machine in the kernel's words (`x86_64`, `i386`, `aarch64`); `None` when it is no ELF file.
    pub arch: Option<String>,
    /// Size in bytes; 0 is a fault of its own.
    pub size: u64,
    /// What sort of place it lies in.
    pub place: LibraryPlace,
    /// Whether it was mounted into this container by a runtime (its own mount point).
    pub injected: bool,
}

/// What sort of place a driver library lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LibraryPlace {
    /// A directory of the system's loader.
    System,
    /// A CUDA toolkit's `stubs` directory: for linking only, never to be loaded.
    Stub,
    /// A `cuda-compat` directory: a newer libcuda on purpose.
    CudaCompat,
    /// A conda environment.
    Conda,
    /// A Python package directory.
    Wheel,
    /// `/usr/lib/wsl`, provided by Windows.
    Wsl,
    /// A driver root of its own (GPU operator, COS, NixOS).
    DriverRoot,
    /// Anywhere else: a directory that only the environment leads to.
    Other,
}

/// What the loader finds for one name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lookup {
    /// The name that programs ask for (`libcuda.so.1`).
    pub name: String,
    /// For programs of this architecture.
    pub arch: String,
    /// In which environment.
    pub scope: LookupScope,
    /// What it finds.
    pub found: Datum<ResolvedLibrary>,
}

/// Whose environment a lookup is made in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LookupScope {
    /// A plain process: no variable set.
    Plain,
    /// With the judged environment's LD_LIBRARY_PATH and LD_PRELOAD. Present only when they are set.
    Environment,
}

/// A library as the loader finds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResolvedLibrary {
    /// The name it is found under, all its links, and the file at the end.
    pub chain: LinkChain,
    /// Its version, if it tells.
    pub version: Option<DriverVersion>,
    /// How the loader comes to it.
    pub via: Via,
    /// What sort of place the file lies in.
    pub place: LibraryPlace,
    /// Whether the file at the end of the links is there.
    pub exists: bool,
}

/// How the loader comes to a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Via {
    /// LD_PRELOAD names it.
    Preload,
    /// A directory of LD_LIBRARY_PATH.
    LibraryPath(PathBuf),
    /// `/etc/ld.so.cache`; with the directory and, where it is known, the line of ld.so.conf that led there.
    Cache(PathBuf),
    /// A directory that the loader searches without being told.
    DefaultDirectory(PathBuf),
}

impl Libraries {
    /// The file with that resolved path.
    pub fn file(&self, path: &std::path::Path) -> Option<&LibraryFile> {
        self.files.iter().find(|file| file.path == path)
    }

    /// The lookup of `name` for `arch` in `scope`.
    pub fn lookup(&self, name: &str, arch: &str, scope: LookupScope) -> Option<&Lookup> {
        self.lookups
            .iter()
            .find(|lookup| lookup.name == name && lookup.arch == arch && lookup.scope == scope)
    }
}

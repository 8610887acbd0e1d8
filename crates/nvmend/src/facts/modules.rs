//! NVIDIA modules on disk, as modprobe would resolve them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Datum, Flavour, Origin};
use crate::version::DriverVersion;

/// Modules on disk, for all kernels.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModulesOnDisk {
    /// One per installed kernel, in the order of [`super::Kernels::installed`].
    pub kernels: Vec<KernelModules>,
    /// Lines of modprobe's configuration and of the kernel command line that concern nvidia, nouveau or nova,
    /// in the order in which modprobe reads them.
    pub config: Vec<ConfigLine>,
    /// What `modinfo nvidia` printed on the running kernel, where nobody looked at the files themselves (a bug report);
    /// absent: it found none.
    #[serde(default)]
    pub reported: Datum<ModuleInfo>,
}

/// The NVIDIA modules of one kernel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KernelModules {
    /// The kernel's release.
    pub kernel: String,
    /// Every NVIDIA driver module file found for it, sorted by path.
    pub files: Vec<ModuleFile>,
    /// What `modprobe NAME` would do, for nvidia, nvidia_modeset, nvidia_drm, nvidia_uvm, nvidia_peermem.
    pub resolved: BTreeMap<String, Resolution>,
    /// `modules.dep`: absent means that depmod never ran.
    pub index: Datum<()>,
}

/// What modprobe makes of a module's name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Resolution {
    /// It loads this file.
    File {
        /// Path of the file, one of [`KernelModules::files`].
        path: PathBuf,
        /// The `install` or `alias` line that leads to another file name (Debian's `nvidia-current-open`).
        by: Option<Origin>,
    },
    /// A configuration line stops it (`install nvidia /bin/false`, `alias nvidia off`).
    Blocked {
        /// That line.
        by: Origin,
        /// Its text.
        line: String,
    },
    /// The index names none, and modprobe loads nothing. A file of that name lies where installers for read-only
    /// systems put it, and is loaded by `insmod` with its path.
    Outside {
        /// Path of the file, one of [`KernelModules::files`].
        path: PathBuf,
    },
    /// The index names a file that is gone.
    Dangling {
        /// That file.
        path: PathBuf,
    },
    /// The index names none.
    Missing,
}

/// One module file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModuleFile {
    /// Its resolved path.
    pub path: PathBuf,
    /// The path by which it stands in the kernel's directory, if that is a link (weak-updates, Ubuntu's prebuilt modules).
    pub linked_from: Option<PathBuf>,
    /// Its `.modinfo`; unreadable when damaged.
    pub info: Datum<ModuleInfo>,
    /// Last change, in seconds since 1970.
    pub modified: i64,
    /// Whether it is compressed.
    pub compressed: bool,
}

/// What a module says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModuleInfo {
    /// The kernel's name of it (`name=`, else the file name), with underscores.
    pub name: String,
    /// `version=`.
    pub version: Option<DriverVersion>,
    /// `vermagic=`; its first word is the kernel release it was built for.
    pub vermagic: Option<String>,
    /// `license=`.
    pub license: Option<String>,
    /// The appended signature. Absent: unsigned. Unreadable: not looked for (it stands at the end of a compressed
    /// module, which is read that far only where signatures matter), or damaged.
    pub signature: Datum<Signature>,
}

/// A module's appended signature.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// Common name of the certificate's issuer, as `modinfo` shows for `signer`.
    pub signer: Option<String>,
}

impl ModuleInfo {
    /// Open or proprietary, by the licence.
    pub fn flavour(&self) -> Option<Flavour> {
        match self.license.as_deref()? {
            "NVIDIA" => Some(Flavour::Proprietary),
            license if license.contains("GPL") || license.contains("MIT") => Some(Flavour::Open),
            _ => None,
        }
    }

    /// The kernel release it was built for.
    pub fn built_for(&self) -> Option<&str> {
        self.vermagic.as_deref()?.split_whitespace().next()
    }
}

/// One line of modprobe's configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ConfigLine {
    /// What the line does.
    pub verb: ConfigVerb,
    /// The module or alias that it is about, with underscores.
    pub name: String,
    /// The rest: the alias' target, the command, the options.
    pub rest: String,
    /// File and line.
    pub from: Origin,
}

/// The verbs of modprobe.d that matter here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum ConfigVerb {
    /// `alias NAME MODULE`.
    Alias,
    /// `blacklist NAME`, or `modprobe.blacklist=` and `module_blacklist=` of the kernel command line.
    Blacklist,
    /// `install NAME COMMAND`.
    Install,
    /// `options NAME …`.
    Options,
}

impl KernelModules {
    /// The file that `modprobe name` would load; where it would load none, the one that is there for `insmod`.
    pub fn loads(&self, name: &str) -> Option<&ModuleFile> {
        match self.resolved.get(name)? {
            Resolution::File { path, .. } | Resolution::Outside { path } => {
                self.files.iter().find(|file| &file.path == path)
            }
            _ => None,
        }
    }
}

//! What is loaded in the running kernel.

use serde::{Deserialize, Serialize};

use super::{Datum, Origin};
use crate::version::DriverVersion;

/// The NVIDIA part of the running kernel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loaded {
    /// The driver core (`nvidia`). Absent: not loaded. Unreadable: `/proc` and `/sys` are masked and the
    /// driver could not be asked.
    pub driver: Datum<LoadedDriver>,
    /// Every loaded module that concerns an NVIDIA GPU: nvidia, nvidia_modeset, nvidia_drm, nvidia_uvm,
    /// nvidia_peermem, nouveau, nova_core; sorted by name.
    pub modules: Vec<LoadedModule>,
    /// Names of the driver's device files in `/dev` (`nvidia0`, `nvidiactl`), sorted.
    pub devices: Vec<String>,
    /// GPU instances of MIG that are set up; they are lost with the module.
    #[serde(default)]
    pub mig_instances: usize,
}

/// The loaded driver core.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadedDriver {
    /// The version by the most trusted reading.
    pub version: DriverVersion,
    /// Open or proprietary, where something tells.
    pub flavour: Option<Flavour>,
    /// Every reading of the version, most trusted first: `/sys/module/nvidia/version`,
    /// `/proc/driver/nvidia/version`, the last "NVRM: loading", the driver's query.
    pub readings: Vec<Reading>,
}

/// One reading of the loaded version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// What it says.
    pub version: DriverVersion,
    /// Where.
    pub from: Origin,
}

/// Which of the two kernel modules NVIDIA ships.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Flavour {
    /// The open GPU kernel modules (licence "Dual MIT/GPL").
    Open,
    /// The proprietary ones (licence "NVIDIA").
    Proprietary,
}

/// One loaded module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadedModule {
    /// The kernel's name, with underscores.
    pub name: String,
    /// `/sys/module/NAME/version`; modules of the kernel's own have none.
    pub version: Datum<DriverVersion>,
    /// References held by programs and other modules.
    pub references: Option<u32>,
    /// Modules that depend on it, sorted.
    pub used_by: Vec<String>,
    /// `live`, `coming` or `going`.
    pub state: Option<String>,
}

impl Loaded {
    /// A loaded module by its kernel name.
    pub fn module(&self, name: &str) -> Option<&LoadedModule> {
        self.modules.iter().find(|module| module.name == name)
    }
}

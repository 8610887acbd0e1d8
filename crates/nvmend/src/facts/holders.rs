//! Processes that hold the device or map driver libraries.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Datum;
use crate::version::DriverVersion;

/// Who uses the driver now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holders {
    /// Processes, by pid. Absent: nothing is loaded that could be held, so nobody was asked.
    pub processes: Datum<Vec<Holder>>,
    /// Processes that only root may look into.
    pub hidden: usize,
}

/// One process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Its id.
    pub pid: u32,
    /// Its short name.
    pub name: String,
    /// The `/dev/nvidia*` files it has open, sorted, once each.
    pub devices: Vec<String>,
    /// The driver libraries it maps, sorted, once each.
    pub libraries: Vec<MappedLibrary>,
    /// Its place among systemd's units (`/system.slice/nvidia-persistenced.service`), as `/proc/PID/cgroup` has it.
    #[serde(default)]
    pub cgroup: Option<String>,
}

impl Holder {
    /// The system service that it belongs to; `None` for a person's program or a container.
    pub fn service(&self) -> Option<String> {
        let cgroup = self.cgroup.as_deref()?;
        let unit = cgroup.strip_prefix("/system.slice/")?.split('/').next()?;
        unit.ends_with(".service").then(|| unit.to_owned())
    }
}

/// A driver library in a process' memory.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MappedLibrary {
    /// Its path as the process sees it.
    pub path: PathBuf,
    /// The version in its name.
    pub version: DriverVersion,
    /// Whether the file has been replaced or removed since.
    pub deleted: bool,
}

//! Processes that hold the device or map driver libraries.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Datum, Keeper, Origin};
use crate::version::DriverVersion;

/// Who uses the driver now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holders {
    /// Processes, by pid. Absent: nothing is loaded that could be held, so nobody was asked; or nobody could be.
    pub processes: Datum<Vec<Holder>>,
    /// Processes that only root may look into.
    pub hidden: usize,
    /// The virtual console that draws on a framebuffer of the driver: its name in `/sys/class/vtconsole`.
    #[serde(default)]
    pub console: Option<String>,
    /// The unit of the display manager, if it runs.
    #[serde(default)]
    pub display_manager: Option<String>,
    /// What leads running services to driver libraries beside the system's.
    #[serde(default)]
    pub overrides: Vec<UnitOverride>,
}

/// A line of a unit's configuration by which a running service gets a driver library.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitOverride {
    /// The service.
    pub unit: String,
    /// `LD_LIBRARY_PATH` or `LD_PRELOAD`.
    pub variable: String,
    /// What the line sets it to.
    pub value: String,
    /// The element of that by which the library is found, as it is written.
    pub element: String,
    /// The file, with the line's number.
    pub from: Origin,
    /// The library, as the service has it in memory.
    pub library: MappedLibrary,
}

/// One process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Its id.
    pub pid: u32,
    /// Its short name.
    pub name: String,
    /// The `/dev/nvidia*` files, and those in `/dev/dri` of an NVIDIA GPU, that it has open, sorted, once each.
    pub devices: Vec<String>,
    /// The driver libraries it maps, sorted, once each.
    pub libraries: Vec<MappedLibrary>,
    /// Its place among systemd's units (`/system.slice/nvidia-persistenced.service`), as `/proc/PID/cgroup` has it.
    #[serde(default)]
    pub cgroup: Option<String>,
}

impl Holder {
    /// What it runs in, as far as its control group tells.
    pub fn keeper(&self) -> Keeper {
        self.cgroup.as_deref().map_or(Keeper::Person, Keeper::of)
    }

    /// The system service that it belongs to; `None` for a person's program or a container.
    pub fn service(&self) -> Option<String> {
        match self.keeper() {
            Keeper::Service(unit) => Some(unit),
            _ => None,
        }
    }

    /// Whether it shows pictures: it is a display server, or has its session from one.
    pub fn shows_pictures(&self) -> bool {
        let is_display = |device: &String| {
            device == "/dev/nvidia-modeset" || device.starts_with("/dev/dri/card")
        };
        self.devices.iter().any(is_display)
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

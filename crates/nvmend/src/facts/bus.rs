//! NVIDIA devices on the PCI bus.

use serde::{Deserialize, Serialize};

use super::Datum;

/// The bus, as far as NVIDIA is on it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bus {
    /// NVIDIA display and 3D controllers, sorted by address. Absent: no PCI bus to look at (a chroot, WSL).
    pub gpus: Datum<Vec<PciDevice>>,
}

/// One GPU.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PciDevice {
    /// `0000:01:00.0`.
    pub address: String,
    /// The device id; the vendor is always 0x10de.
    pub device: u16,
    /// The driver bound to it, by sysfs.
    pub driver: Option<String>,
    /// The marketing name, if the tables know it.
    pub name: Option<String>,
}

impl Bus {
    /// The GPUs; empty when none or unknown.
    pub fn gpus(&self) -> &[PciDevice] {
        self.gpus.value().map_or(&[], Vec::as_slice)
    }
}

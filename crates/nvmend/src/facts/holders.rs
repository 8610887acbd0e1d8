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

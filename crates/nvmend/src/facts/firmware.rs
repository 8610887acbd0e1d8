//! Firmware files of the GPU System Processor (GSP) on disk.

use serde::{Deserialize, Serialize};

use super::Datum;
use crate::version::DriverVersion;

/// GSP firmware on disk. The loaded module asks for the files of its very own version.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Firmware {
    /// Driver versions of which there are GSP files, sorted. Absent: there is no firmware directory at all to look
    /// into (a container, a bare file tree), which says nothing.
    pub gsp: Datum<Vec<DriverVersion>>,
}

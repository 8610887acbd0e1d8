//! What the kernel said of the driver, since the module was last loaded.

use serde::{Deserialize, Serialize};

use super::{Datum, Origin};
use crate::version::DriverVersion;

/// The kernel log, reduced to what bears on the driver's fit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KernelLog {
    /// Events of this boot after the last "NVRM: loading", in order. Older lines outlive their fault and are left out.
    pub events: Datum<Vec<LogEvent>>,
    /// The version of the last "NVRM: loading" line of this boot, and where.
    pub last_loading: Datum<DriverVersion>,
}

/// One event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEvent {
    /// What it means.
    pub kind: LogEventKind,
    /// The line (or first of its lines), without prefix.
    pub line: String,
    /// The log it stands in.
    pub from: Origin,
}

/// What a line of the kernel log means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogEventKind {
    /// `API mismatch`: a client of another version was turned away.
    ApiMismatch {
        /// The client's version.
        client: DriverVersion,
        /// The module's.
        module: DriverVersion,
        /// The client's name and process id, in the newer wording.
        process: Option<(String, u32)>,
    },
    /// The module was refused for its signature, or lockdown refused it.
    SignatureRejected,
    /// The module was built for another kernel (`version magic`, `disagrees about version of symbol`).
    BuiltForOtherKernel,
    /// Another driver holds the GPU (`probe routine was not called`, `already bound to`).
    BoundToOther,
    /// The module found no GPU it can serve.
    NoDevice,
    /// A module of the set refused another one's version (nvidia-modeset, nvidia-drm).
    ModuleSetMismatch,
    /// The GPU is supported by a legacy branch only.
    LegacyGpu,
    /// GSP firmware of the module's version could not be loaded.
    FirmwareMissing,
    /// Loading GSP firmware was broken off by a signal; the file may well be there.
    FirmwareInterrupted,
    /// A vGPU guest's driver and the host's vGPU manager don't accept each other.
    VgpuRefused,
    /// A GPU could not be initialised, for no reason that this line tells (`RmInitAdapter failed`).
    NotInitialised,
    /// The GPU fell off the bus.
    FellOffBus,
    /// The GPU's firmware hung or faulted, or was found running where none should (Xid 62, 119, 120, 154; "WPR2 already up").
    FirmwareFault,
    /// The GPU requires the open kernel modules.
    NeedsOpenModule,
    /// The GPU is not supported by the open kernel modules.
    NeedsProprietaryModule,
    /// The GPU is not supported by this driver release: it is newer.
    UnsupportedGpu,
}

impl KernelLog {
    /// The events; empty when none or unknown.
    pub fn events(&self) -> &[LogEvent] {
        self.events.value().map_or(&[], Vec::as_slice)
    }

    /// The first event of a kind.
    pub fn first(&self, kind: &LogEventKind) -> Option<&LogEvent> {
        self.events().iter().find(|event| event.kind == *kind)
    }
}

//! What takes driver files by a way of its own, beside the system's loader: containers, Flatpak, snap; and the fabric
//! manager, which must equal the driver.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{ContainerEngines, Datum};
use crate::version::DriverVersion;

/// Consumers of the driver that get their files another way than by the loader.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consumers {
    /// Container engines, and by what they hand the GPU to containers.
    pub engines: ContainerEngines,
    /// Specifications of the Container Device Interface for NVIDIA GPUs, lowest priority first.
    pub cdi: Vec<CdiSpec>,
    /// Running containers that lose their GPU when systemd reloads its units, or have lost it.
    pub scopes: Vec<ContainerScope>,
    /// When systemd last reloaded its units, in seconds since 1970: the time of its generators' output. Read only
    /// where `scopes` is not empty.
    pub units_reloaded: Datum<i64>,
    /// The link to an NVIDIA device that `/dev/char` lacks; runc leaves such a device out of the rules that it gives to
    /// systemd. Looked for only where `scopes` is not empty.
    pub unlinked_device: Option<PathBuf>,
    /// NVIDIA runtimes of Flatpak.
    pub flatpak: Vec<FlatpakRuntime>,
    /// Driver libraries that snapd hands to snaps.
    pub snap: Vec<SharedLibrary>,
    /// NVSwitch chips that the driver has found. Absent: none, or no driver is loaded.
    pub nvswitches: Datum<usize>,
    /// The last thing that the fabric manager's log says of the driver's version, if it is a refusal.
    pub fabric_refusal: Datum<FabricRefusal>,
}

/// One specification of the Container Device Interface.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CdiSpec {
    /// The file.
    pub path: PathBuf,
    /// Its `kind`: `nvidia.com/gpu`. Of two specifications of one kind, the later in the list wins.
    pub kind: String,
    /// The driver files that it has mounted into containers, by their paths on the host.
    pub files: Vec<CdiFile>,
}

/// One driver file of a specification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CdiFile {
    /// `hostPath`.
    pub path: PathBuf,
    /// The driver version in its name, or in the firmware's directory.
    pub version: Option<DriverVersion>,
    /// Whether it is there. Where that could not be told, it is taken to be.
    pub exists: bool,
}

/// A container whose control group systemd keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainerScope {
    /// Its unit: `docker-<id>.scope`.
    pub scope: String,
    /// The device rules that systemd was given.
    pub rules: PathBuf,
    /// Whether they name NVIDIA's devices.
    pub rules_name_gpu: bool,
    /// When they were written, in seconds since 1970: when the container started.
    pub started: i64,
    /// Whether the kernel lets the container open NVIDIA's devices now. Absent with cgroup v2, where the rules in force
    /// are a program that no file shows.
    pub opens_gpu: Datum<bool>,
    /// Id and short name of a process in it that has a GPU open, if one has.
    pub holder: Option<(u32, String)>,
}

/// An installed NVIDIA runtime of Flatpak.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FlatpakRuntime {
    /// Where it is installed.
    pub path: PathBuf,
    /// The driver version in its name.
    pub version: DriverVersion,
    /// Whether it serves 32-bit programs (`GL32`).
    pub is_32_bit: bool,
}

/// A driver library that something else than the loader hands out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedLibrary {
    /// Where it lies.
    pub path: PathBuf,
    /// The version in its name.
    pub version: DriverVersion,
}

/// What the fabric manager says when it is of another version than the driver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FabricRefusal {
    /// The fabric manager's version.
    pub manager: DriverVersion,
    /// The driver's, at that time.
    pub driver: DriverVersion,
}

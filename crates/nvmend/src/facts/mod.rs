//! The world model: what is known of one machine, as plain data. Each datum says where it was read.
//!
//! Probes fill it, causes read it, [`crate::predict`] makes the next one from it.

mod builders;
mod bus;
mod consumers;
mod cuda;
mod datum;
mod deep;
mod display;
mod engines;
mod firmware;
mod holders;
mod initramfs;
mod keeper;
mod kernels;
mod libraries;
mod library_questions;
mod loaded;
mod log;
mod modules;
mod packages;
mod pending;
mod questions;
mod security;
mod system;
mod upgrades;

use serde::{Deserialize, Serialize};

pub use builders::{
    AkmodBuild, BuildOutcome, Builders, DkmsBuild, DkmsModule, InstallerRun, RunfileContent,
    RunfileEntry, RunfileRecord, RunfileTrace,
};
pub use bus::{Bus, PciDevice};
pub use consumers::{
    CdiFile, CdiSpec, Consumers, ContainerScope, FabricRefusal, FlatpakRuntime, SharedLibrary,
};
pub use cuda::{Cuda, CudaInstallation, CudaKind, CudaVersion};
pub use datum::{Datum, Gap, Origin};
pub use deep::{AskedLibrary, Deep, LibraryAnswer, LibraryOutcome};
pub use display::{Display, Manifest};
pub use engines::{BrokenRuntime, ContainerEngine, ContainerEngines, MissingSetting};
pub use firmware::Firmware;
pub use holders::{Holder, Holders, MappedLibrary, UnitOverride};
pub use initramfs::{Image, ImageContent, ImageKind, Initramfs};
pub use keeper::{Container, Keeper};
pub use kernels::{Kernel, Kernels};
pub use libraries::{
    Libraries, LibraryFile, LibraryPlace, Lookup, LookupScope, ReportedVersion, ResolvedLibrary,
    Testimony, Via,
};
pub use library_questions::{BARE_NAMES, DECIDING_LIBRARIES};
pub use loaded::{Flavour, Loaded, LoadedDriver, LoadedModule, Reading};
pub use log::{KernelLog, LogEvent, LogEventKind};
pub use modules::{
    ConfigLine, ConfigVerb, KernelModules, ModuleFile, ModuleInfo, ModulesOnDisk, Resolution,
    Signature,
};
pub use packages::{
    AlteredFile, Change, MissingFile, Ownership, Package, PackageDatabase, PackageManager,
    PackageRole, Packages,
};
pub use pending::{Builder, Obstacle, PendingBuild};
pub use security::{Lockdown, Security};
pub use system::{Environment, Os, System, Variable};
pub use upgrades::{ArchiveField, ExcludedPackages, UnattendedUpgrades, UpgradeSource};

/// All that is known of one machine at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Distribution, architecture, what kind of environment this is, its variables.
    pub system: System,
    /// Running, installed and next kernel.
    pub kernels: Kernels,
    /// What is loaded in the running kernel.
    pub loaded: Loaded,
    /// NVIDIA modules on disk, for every installed kernel, as modprobe would resolve them.
    pub modules: ModulesOnDisk,
    /// What the initramfs images bring, as far as a question needed it.
    pub initramfs: Initramfs,
    /// Driver libraries, and which of them the dynamic loader picks.
    pub libraries: Libraries,
    /// Installed packages that concern the driver, and who owns which file.
    pub packages: Packages,
    /// The program that upgrades packages without being asked, if one is turned on.
    #[serde(default)]
    pub upgrades: Datum<UnattendedUpgrades>,
    /// DKMS, akmods and the .run installer.
    pub builders: Builders,
    /// Secure Boot, lockdown, signature enforcement.
    pub security: Security,
    /// NVIDIA devices on the PCI bus.
    pub bus: Bus,
    /// GSP firmware on disk.
    pub firmware: Firmware,
    /// X server modules and manifests of graphics loaders.
    pub display: Display,
    /// CUDA toolkits and runtimes.
    pub cuda: Cuda,
    /// Processes that hold the device or old libraries.
    pub holders: Holders,
    /// What takes driver files by a way of its own: containers, Flatpak, snap, the fabric manager.
    pub consumers: Consumers,
    /// What the kernel said since the module was loaded.
    pub log: KernelLog,
    /// What the driver's libraries answer when they are asked themselves.
    pub deep: Deep,
    /// What could not be read.
    pub gaps: Vec<Gap>,
}

//! Questions that more than one cause asks of the facts. Pure; the notation (K, L, D, U) is the catalogue's.

use super::{
    Datum, Environment, Facts, KernelModules, Lookup, LookupScope, ModuleFile, Origin,
    ResolvedLibrary,
};
use crate::version::DriverVersion;

/// The two libraries that decide whether a program works: each refuses a module of another version.
pub const DECIDING_LIBRARIES: [&str; 2] = ["libcuda.so.1", "libnvidia-ml.so.1"];

impl Facts {
    /// L: version of the loaded module.
    pub fn loaded_version(&self) -> Option<(&DriverVersion, &Origin)> {
        self.loaded.driver.sourced().map(|(driver, origin)| (&driver.version, origin))
    }

    /// The modules on disk of the running kernel; of the one that boots next where none is running (a chroot).
    pub fn current_modules(&self) -> Option<&KernelModules> {
        let kernel = self.kernels.running.value().or(self.kernels.next_boot.value())?;
        self.modules_of(kernel)
    }

    /// The modules on disk of one kernel.
    pub fn modules_of(&self, kernel: &str) -> Option<&KernelModules> {
        self.modules.kernels.iter().find(|modules| modules.kernel == kernel)
    }

    /// The file that `modprobe nvidia` would load on the running kernel.
    pub fn current_module_file(&self) -> Option<&ModuleFile> {
        self.current_modules()?.loads("nvidia")
    }

    /// D(K): its version.
    pub fn on_disk_version(&self) -> Option<(&DriverVersion, Origin)> {
        let file = self.current_module_file()?;
        let version = file.info.value()?.version.as_ref()?;
        Some((version, Origin::from(&file.path)))
    }

    /// U: what a process of the native architecture gets, in `scope`, for the deciding libraries: of each name found.
    pub fn deciding_libraries(
        &self,
        scope: LookupScope,
    ) -> impl Iterator<Item = (&Lookup, &ResolvedLibrary)> {
        let arch = self.native_arch();
        self.libraries.lookups.iter().filter_map(move |lookup| {
            let wanted = lookup.scope == scope
                && lookup.arch == arch
                && DECIDING_LIBRARIES.contains(&lookup.name.as_str());
            if wanted { lookup.found.value().map(|library| (lookup, library)) } else { None }
        })
    }

    /// U of a plain process: libcuda's version, else libnvidia-ml's.
    pub fn library_version(&self) -> Option<(&DriverVersion, Origin)> {
        self.library_version_in(LookupScope::Plain)
    }

    /// U in one scope. The environment's falls back to the plain one where no variable is set.
    pub fn library_version_in(&self, scope: LookupScope) -> Option<(&DriverVersion, Origin)> {
        self.deciding_libraries(scope).find_map(|(_, library)| {
            Some((library.version.as_ref()?, Origin::from(&library.chain.end)))
        })
    }

    /// Whether the judged environment sets variables that the loader obeys.
    pub fn has_environment_lookups(&self) -> bool {
        self.libraries.lookups.iter().any(|lookup| lookup.scope == LookupScope::Environment)
    }

    /// The architecture of plain programs; `x86_64` where nothing tells.
    pub fn native_arch(&self) -> &str {
        self.system.arch.value().map_or("x86_64", String::as_str)
    }

    /// Whether there is an NVIDIA GPU. `None` where there is no bus to look at.
    pub fn has_gpu(&self) -> Option<bool> {
        match &self.bus.gpus {
            Datum::Known { value, .. } => Some(!value.is_empty()),
            _ => None,
        }
    }

    /// Whether anything of the driver is here: a loaded module, a module on disk, a library, a package.
    pub fn has_driver(&self) -> bool {
        self.loaded.driver.value().is_some() || self.has_driver_files()
    }

    /// Whether any driver file or package is on disk.
    pub fn has_driver_files(&self) -> bool {
        use super::{LibraryPlace, PackageRole};
        self.modules.kernels.iter().any(|kernel| !kernel.files.is_empty())
            || self.libraries.files.iter().any(|file| {
                matches!(
                    file.place,
                    LibraryPlace::System | LibraryPlace::DriverRoot | LibraryPlace::Wsl
                )
            })
            || self.packages.installed.iter().any(|package| {
                package.is_installed()
                    && matches!(package.role, PackageRole::Kernel | PackageRole::User)
            })
    }

    /// Whether the kernel module is this environment's own to judge (not in a container, WSL or on Jetson).
    pub fn judges_module(&self) -> bool {
        matches!(self.system.environment, Environment::Host | Environment::Chroot)
    }
}

//! Questions that more than one cause asks of the facts; those about what the loader finds are in
//! `library_questions.rs`. Pure; the notation (K, L, D, U) is the catalogue's.

use super::{
    Datum, Environment, Facts, Gap, KernelModules, LibraryPlace, Lockdown, ModuleFile, Origin,
    Ownership, Package, PackageRole, Resolution, Security, Testimony,
};
use crate::version::DriverVersion;

impl Facts {
    /// L: version of the loaded module.
    pub fn loaded_version(&self) -> Option<(&DriverVersion, &Origin)> {
        self.loaded.driver.sourced().map(|(driver, origin)| (&driver.version, origin))
    }

    /// K: the running kernel; the one that boots next where none is running (a chroot).
    pub fn current_kernel(&self) -> Option<(&str, &Origin)> {
        let (kernel, origin) =
            self.kernels.running.sourced().or(self.kernels.next_boot.sourced())?;
        Some((kernel.as_str(), origin))
    }

    /// The modules on disk of K.
    pub fn current_modules(&self) -> Option<&KernelModules> {
        self.modules_of(self.current_kernel()?.0)
    }

    /// The modules on disk of one kernel.
    pub fn modules_of(&self, kernel: &str) -> Option<&KernelModules> {
        self.modules.kernels.iter().find(|modules| modules.kernel == kernel)
    }

    /// The file that `modprobe nvidia` would load on the running kernel.
    pub fn current_module_file(&self) -> Option<&ModuleFile> {
        self.current_modules()?.loads("nvidia")
    }

    /// D(K): its version; where nobody looked at the files, what modinfo said of it.
    pub fn on_disk_version(&self) -> Option<(&DriverVersion, Origin)> {
        self.on_disk_version_for(self.current_kernel()?.0).or_else(|| {
            let (info, origin) = self.modules.reported.sourced()?;
            Some((info.version.as_ref()?, origin.clone()))
        })
    }

    /// D(k): version of the module that `modprobe nvidia` would load on kernel `kernel`.
    pub fn on_disk_version_for(&self, kernel: &str) -> Option<(&DriverVersion, Origin)> {
        let file = self.modules_of(kernel)?.loads("nvidia")?;
        Some((file.version()?, Origin::from(&file.path)))
    }

    /// An installed kernel other than K for which D = `version`.
    pub fn other_kernel_with(&self, version: &DriverVersion) -> Option<(&str, Origin)> {
        let current = self.current_kernel().map(|(kernel, _)| kernel);
        self.modules
            .kernels
            .iter()
            .filter(|modules| Some(modules.kernel.as_str()) != current)
            .rev()
            .find_map(|modules| {
                let (found, origin) = self.on_disk_version_for(&modules.kernel)?;
                (found == version).then_some((modules.kernel.as_str(), origin))
            })
    }

    /// Whether D(K) was written after this kernel booted. `None` where the times do not tell: a package manager
    /// keeps the time at which the package was built, so only what is built or linked on this machine counts.
    pub fn module_written_since_boot(&self) -> Option<bool> {
        /// Seconds; a clock that is set right after boot moves the boot time by less.
        const MARGIN: i64 = 600;
        /// 2000-01-01: what is older got its time from a reproducible archive (1970, 1980).
        const PLAUSIBLE: i64 = 946_684_800;
        let booted = *self.system.booted.value()?;
        let file = self.current_module_file()?;
        let written_here = matches!(
            self.packages.owners.get(&file.path),
            Some(Ownership::Builder(_) | Ownership::Nobody)
        ) || file.path.components().any(|part| part.as_os_str() == "dkms");
        if !written_here || file.modified < PLAUSIBLE {
            None
        } else if file.modified >= booted {
            Some(true)
        } else {
            (file.modified < booted - MARGIN).then_some(false)
        }
    }

    /// L, and U if it is known, where the two differ and the modules on disk could not be looked at: what would be
    /// loaded next is unknown, and with it which half is the stale one.
    pub fn mismatch_with_unseen_disk(&self) -> Option<(&DriverVersion, Option<&DriverVersion>)> {
        let loaded = self.loaded_version()?.0;
        let library = self.library_version().map(|(version, _)| version);
        let is_refused = self
            .libraries
            .reported
            .first()
            .is_some_and(|said| said.testimony == Testimony::Refused);
        let differs = library.map_or(is_refused, |library| library != loaded);
        let unseen = self.modules_are_unseen() && self.on_disk_version().is_none();
        (differs && self.judges_module() && unseen).then_some((loaded, library))
    }

    /// Whether the modules on disk could not be looked at.
    pub fn modules_are_unseen(&self) -> bool {
        self.kernels.directory.is_unreadable() && self.current_modules().is_none()
    }

    /// Whether modprobe finds no module for this kernel as far as was seen, and not all was: a directory or a file of the
    /// kernel's, or modprobe's configuration, could not be read.
    pub fn module_may_be_unseen(&self, kernel: &str) -> bool {
        let found = self.modules_of(kernel).and_then(|modules| modules.resolved.get("nvidia"));
        if !matches!(found, None | Some(Resolution::Missing | Resolution::Dangling { .. })) {
            return false;
        }
        let directory = format!("/lib/modules/{kernel}");
        let is_about_it = |gap: &Gap| {
            let place = gap.what.strip_prefix("/usr").unwrap_or(&gap.what);
            let is_there = place.starts_with(&directory) || place.contains("/modprobe.d");
            is_there && !gap.is_not_captured()
        };
        self.gaps.iter().any(is_about_it)
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
        self.modules.kernels.iter().any(|kernel| !kernel.files.is_empty())
            || self.libraries.files.iter().any(|file| {
                matches!(
                    file.place,
                    LibraryPlace::System | LibraryPlace::DriverRoot | LibraryPlace::Wsl
                )
            })
            || !self.libraries.reported.is_empty()
            || self.driver_packages().next().is_some()
    }

    /// Installed packages that carry the driver's kernel modules or libraries.
    pub fn driver_packages(&self) -> impl Iterator<Item = &Package> {
        self.packages.installed.iter().filter(|package| {
            package.is_installed()
                && matches!(package.role, PackageRole::Kernel | PackageRole::User)
        })
    }

    /// Whether the kernel module is this environment's own to judge (not in a container, WSL or on Jetson), and could
    /// be looked at.
    pub fn judges_module(&self) -> bool {
        matches!(self.system.environment, Environment::Host | Environment::Chroot)
            && !self.lacks(&["kernels", "modules"])
    }

    /// Whether one of these probes failed as a whole: it leaves a gap of its name.
    pub fn lacks(&self, probes: &[&str]) -> bool {
        self.gaps.iter().any(|gap| probes.contains(&gap.what.as_str()))
    }

    /// Whether a probe failed on whose answer every judgement rests. What nobody looked at is not absent.
    pub fn lacks_what_decides(&self) -> bool {
        self.lacks(&["system", "kernels", "loaded modules", "modules", "libraries", "bus"])
    }

    /// The manager's word for a system container: one that runs a whole system and keeps its own packages, where
    /// docker and its like start one program from an image.
    pub fn system_container(&self) -> Option<&str> {
        const KEPT: [&str; 4] = ["lxc", "lxc-libvirt", "systemd-nspawn", "openvz"];
        let manager = self.system.container.as_deref()?;
        let is_container = self.system.environment == Environment::Container;
        (is_container && KEPT.contains(&manager)).then_some(manager)
    }

    /// Whether the driver is not this machine's own to keep: it lives in a root of its own, which an operator or the
    /// system's configuration replaces as a whole. Image-based systems (ostree) do keep theirs where others do.
    pub fn is_managed_elsewhere(&self) -> bool {
        let keepers = ["gpu-operator", "gke", "nixos"];
        self.system.managed_by.iter().any(|(keeper, _)| keepers.contains(&keeper.as_str()))
            || self.libraries.files.iter().any(|file| file.place == LibraryPlace::DriverRoot)
    }

    /// Whether the loaded module and the libraries agree, whatever lies on disk: programs work now.
    pub fn works_now(&self) -> bool {
        match (self.loaded_version(), self.library_version()) {
            (Some((loaded, _)), Some((library, _))) => {
                loaded == library && self.disagreeing_libraries().is_none()
            }
            _ => false,
        }
    }

    /// The same, or that cannot be told because nobody could look at one of the two.
    pub fn may_work_now(&self) -> bool {
        self.works_now() || self.lacks(&["loaded modules", "libraries"])
    }

    /// Whether nothing here could run anyway: no GPU, and no module loaded.
    pub fn has_nothing_to_run(&self) -> bool {
        self.has_gpu() == Some(false) && self.loaded_version().is_none()
    }

    /// D(K) and U, if they differ: what a reboot would not cure.
    pub fn disk_mismatch(&self) -> Option<(&DriverVersion, &DriverVersion)> {
        let (module, library) = (self.on_disk_version()?.0, self.library_version()?.0);
        (self.judges_module() && module != library).then_some((module, library))
    }

    /// Whether the files on disk contradict each other: D(K) against U, or one deciding library against the other.
    pub fn has_contradiction_on_disk(&self) -> bool {
        self.disk_mismatch().is_some() || self.disagreeing_libraries().is_some()
    }

    /// The version that belongs to the modules: D(K), else L.
    pub fn module_version(&self) -> Option<&DriverVersion> {
        self.on_disk_version()
            .map(|(version, _)| version)
            .or_else(|| self.loaded_version().map(|(version, _)| version))
    }

    /// L and the version that replaced it, where the files are of one mind and only L is another: D(K) = U, or there
    /// is no U. Where the module's file is not ours to judge, U stands for it: the libraries of a driver root, and
    /// those that a container runtime took from the host.
    pub fn replaced_module(&self) -> Option<(&DriverVersion, &DriverVersion)> {
        self.kernels.running.value()?;
        let loaded = self.loaded_version()?.0;
        let library = self.library_version().map(|(library, _)| library);
        let replaced_by = if self.is_managed_elsewhere() || self.has_injected_libraries() {
            library?
        } else {
            let on_disk = self.on_disk_version()?.0;
            let disk_agrees = library.is_none_or(|library| library == on_disk);
            (self.judges_module() && disk_agrees).then_some(on_disk)?
        };
        (loaded != replaced_by).then_some((loaded, replaced_by))
    }

    /// Whether the loaded module did not come from the file on disk: the initramfs brought it, and will again. The
    /// image says so; where none could be read, a file on disk that is older than this boot does.
    pub fn loads_from_elsewhere(&self) -> bool {
        let by_times = || self.module_written_since_boot() == Some(false);
        self.replaced_module().is_some() && self.came_from_image().unwrap_or_else(by_times)
    }

    /// Who owns a file; unknown where nobody was asked.
    pub fn owner(&self, path: &std::path::Path) -> &Ownership {
        static UNKNOWN: Ownership = Ownership::Unknown(String::new());
        self.packages.owners.get(path).unwrap_or(&UNKNOWN)
    }

    /// What bars `modprobe nvidia` on K: a line of modprobe's configuration.
    pub fn module_block(&self) -> Option<(&Origin, &str)> {
        match self.current_modules()?.resolved.get("nvidia")? {
            Resolution::Blocked { by, line } => Some((by, line)),
            _ => None,
        }
    }

    /// Whether every GPU is given away to virtual machines, on purpose.
    pub fn is_passed_through(&self) -> bool {
        let gpus = self.bus.gpus();
        !gpus.is_empty() && gpus.iter().all(|gpu| gpu.driver.as_deref() == Some("vfio-pci"))
    }
}

impl Security {
    /// Whether the kernel refuses modules without a valid signature, and what shows it. Secure Boot by itself is a
    /// hint only: whether it brings lockdown is the distribution's choice (kernel_lockdown(7)).
    pub fn enforces_signatures(&self) -> Option<(&Origin, bool)> {
        if let Some((true, origin)) = self.signatures_enforced.sourced() {
            return Some((origin, true));
        }
        match self.lockdown.sourced() {
            Some((Lockdown::None, _)) => return None,
            Some((_, origin)) => return Some((origin, true)),
            None => {}
        }
        match self.secure_boot.sourced() {
            Some((true, origin)) if self.validation_disabled.value() != Some(&true) => {
                Some((origin, false))
            }
            _ => None,
        }
    }
}

impl ModuleFile {
    /// Its version, if it tells.
    pub fn version(&self) -> Option<&DriverVersion> {
        self.info.value()?.version.as_ref()
    }
}

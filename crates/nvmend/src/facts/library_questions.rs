//! Questions that more than one cause asks of what the loader finds. Pure; the notation (L, U) is the catalogue's.

use super::{
    Datum, Environment, Facts, LibraryFile, LibraryPlace, Lookup, LookupScope, Origin, Ownership,
    ResolvedLibrary, Testimony,
};
use crate::version::DriverVersion;

/// The two libraries that decide whether a program works: each refuses a module of another version.
pub const DECIDING_LIBRARIES: [&str; 2] = ["libcuda.so.1", "libnvidia-ml.so.1"];

/// The same two by their development links, in the same order. Some programs open these names all the same (NVIDIA Warp,
/// libfabric, Slurm's plugins); many drivers come without them, so that their absence is no fault.
pub const BARE_NAMES: [&str; 2] = ["libcuda.so", "libnvidia-ml.so"];

impl Facts {
    /// U: what a process of the native architecture gets, in `scope`, for the deciding libraries: of each name found.
    pub fn deciding_libraries(
        &self,
        scope: LookupScope,
    ) -> impl Iterator<Item = (&Lookup, &ResolvedLibrary)> {
        self.libraries_named(&DECIDING_LIBRARIES, scope)
    }

    /// What a process of the native architecture gets, in `scope`, for these names: of each name found.
    pub fn libraries_named<'f>(
        &'f self,
        names: &'f [&str],
        scope: LookupScope,
    ) -> impl Iterator<Item = (&'f Lookup, &'f ResolvedLibrary)> {
        let arch = self.native_arch();
        self.libraries.lookups.iter().filter_map(move |lookup| {
            let wanted = lookup.scope == scope
                && lookup.arch == arch
                && names.contains(&lookup.name.as_str());
            lookup.found.value().filter(|_| wanted).map(|library| (lookup, library))
        })
    }

    /// U of a plain process: libcuda's version, else libnvidia-ml's.
    pub fn library_version(&self) -> Option<(&DriverVersion, Origin)> {
        self.library_version_in(LookupScope::Plain)
    }

    /// Whether a program said itself that the loaded module serves it: then all fits now, whatever lies on disk.
    pub fn programs_are_served(&self) -> bool {
        self.libraries.reported.first().is_some_and(|said| said.testimony == Testimony::Accepted)
    }

    /// U in one scope; where no library was looked at, what was said of those of a plain process. A stub or a
    /// `cuda-compat` library is not the driver's own and tells nothing of it.
    pub fn library_version_in(&self, scope: LookupScope) -> Option<(&DriverVersion, Origin)> {
        let looked_up = self.driver_libraries(scope).find_map(|(_, library)| {
            Some((library.version.as_ref()?, Origin::from(&library.chain.end)))
        });
        let reported = || {
            let said = self.libraries.reported.iter().filter(|_| scope == LookupScope::Plain);
            let mut versions = said.map(|said| Some((said.version.as_ref()?, said.from.clone())));
            versions.find_map(|version| version)
        };
        looked_up.or_else(reported)
    }

    /// The deciding libraries without stubs and `cuda-compat`.
    pub fn driver_libraries(
        &self,
        scope: LookupScope,
    ) -> impl Iterator<Item = (&Lookup, &ResolvedLibrary)> {
        self.deciding_libraries(scope).filter(|(_, library)| {
            !matches!(library.place, LibraryPlace::Stub | LibraryPlace::CudaCompat)
        })
    }

    /// The deciding libraries of a plain process, if they are of different versions.
    pub fn disagreeing_libraries(&self) -> Option<[(&Lookup, &ResolvedLibrary); 2]> {
        let mut found = self
            .driver_libraries(LookupScope::Plain)
            .filter(|(_, library)| library.version.is_some());
        let first = found.next()?;
        let second = found.find(|(_, library)| library.version != first.1.version)?;
        Some([first, second])
    }

    /// A deciding name for which a plain process does not get the library that fits the module, and would after
    /// `ldconfig`: the loader's cache is older than the files. With what it would get.
    pub fn stale_cache(&self) -> Option<(&Lookup, &ResolvedLibrary)> {
        let arch = self.native_arch();
        let module = self.module_version();
        self.libraries.after_ldconfig.iter().filter(|lookup| lookup.arch == arch).find_map(
            |lookup| {
                let fresh = lookup.found.value()?;
                let fits = fresh.version.is_some()
                    && module.is_none_or(|module| fresh.version.as_ref() == Some(module));
                let now = self.libraries.lookup(&lookup.name, arch, LookupScope::Plain)?;
                let is_served = match &now.found {
                    Datum::Known { value, .. } => {
                        value.exists && (module.is_none() || value.version == fresh.version)
                    }
                    Datum::Absent { .. } => false,
                    Datum::Unreadable { .. } => true,
                };
                (fits && !is_served).then_some((lookup, fresh))
            },
        )
    }

    /// A deciding name whose link leads to a library of another version than the module, with the one of the module's
    /// version that lies in the same directory. Only where nobody can tell who owns the file that is found: else its
    /// owner, or that it has none, says more than the link.
    pub fn misled_link(&self) -> Option<(&Lookup, &ResolvedLibrary, &LibraryFile)> {
        // That nobody was asked is not that nobody can tell.
        if self.lacks(&["packages"]) {
            return None;
        }
        let module = self.module_version()?;
        self.driver_libraries(LookupScope::Plain).find_map(|(lookup, library)| {
            let found = self.libraries.file(&library.chain.end)?;
            let is_misled = !library.chain.links.is_empty()
                && found.version.as_ref().is_some_and(|version| version != module)
                && matches!(self.owner(&found.path), Ownership::Unknown(_));
            let right = self.libraries.files.iter().find(|file| {
                file.stem == found.stem
                    && file.path.parent() == found.path.parent()
                    && file.version.as_ref() == Some(module)
                    && file.size > 0
                    && self.is_native(file)
            });
            right.filter(|_| is_misled).map(|right| (lookup, library, right))
        })
    }

    /// Whether the judged environment sets variables that the loader obeys.
    pub fn has_environment_lookups(&self) -> bool {
        self.libraries.lookups.iter().any(|lookup| lookup.scope == LookupScope::Environment)
    }

    /// Whether the libraries that programs of this container get were put in by its runtime.
    pub(super) fn has_injected_libraries(&self) -> bool {
        let mut found = self.driver_libraries(LookupScope::Plain).peekable();
        self.system.environment == Environment::Container
            && found.peek().is_some()
            && found.all(|(_, library)| {
                self.libraries.file(&library.chain.end).is_some_and(|file| file.injected)
            })
    }

    /// Whether a library file is of the native architecture, or so empty that it has none.
    pub fn is_native(&self, file: &LibraryFile) -> bool {
        file.size == 0 || file.arch.as_deref().is_none_or(|arch| arch == self.native_arch())
    }

    /// Whether a plain process of the native architecture gets this file for some name.
    pub fn is_picked(&self, file: &LibraryFile) -> bool {
        let arch = self.native_arch();
        self.libraries.lookups.iter().any(|lookup| {
            lookup.scope == LookupScope::Plain
                && lookup.arch == arch
                && lookup.found.value().is_some_and(|library| library.chain.end == file.path)
        })
    }
}

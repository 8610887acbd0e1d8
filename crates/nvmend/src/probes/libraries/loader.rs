//! What the dynamic loader picks, from what is there (`ld.so(8)`, glibc's `elf/dl-load.c`).
//!
//! Left out: `glibc-hwcaps` directories, whose choice depends on the processor and in which no driver library is
//! installed, and the RUNPATH of single programs.

use std::path::{Path, PathBuf};

use super::places::DRIVER_DIRECTORIES;
use super::shelf::Shelf;
use crate::facts::{Datum, LibraryFile, Lookup, LookupScope, Origin, ResolvedLibrary, Via};
use crate::host::LinkChain;
use crate::knowledge::libraries::driver_library;
use crate::version::DriverVersion;

/// An entry of `/etc/ld.so.cache`.
pub(super) struct Cached {
    pub(super) name: String,
    pub(super) path: PathBuf,
    pub(super) arch: &'static str,
}

/// A loader with its settings.
pub(super) struct Loader {
    /// The cache's entries; `None` where there is no usable cache.
    pub(super) cache: Option<Vec<Cached>>,
    /// The directories of ld.so.conf.
    pub(super) configured: Vec<PathBuf>,
    /// What `/etc/ld.so.preload` names.
    pub(super) preload_file: Vec<String>,
    /// LD_PRELOAD's entries.
    pub(super) preload: Vec<String>,
    /// LD_LIBRARY_PATH's elements, as written.
    pub(super) library_path: Vec<String>,
}

impl Loader {
    /// What programs of that architecture get for the name.
    pub(super) fn look_up(
        &self,
        shelf: &Shelf<'_>,
        name: &str,
        arch: &str,
        scope: LookupScope,
    ) -> Lookup {
        let of_environment =
            (scope == LookupScope::Environment).then(|| self.in_environment(shelf, name, arch));
        let found = of_environment.flatten().or_else(|| self.plain(shelf, name, arch));
        let gone = found.as_ref().filter(|library| !library.exists);
        let unseen = gone.and_then(|library| shelf.unseen(&library.chain));
        let found = match (unseen, found) {
            (Some(error), _) => Datum::unreadable(&error.path, &error.why),
            (None, Some(library)) => {
                let origin = library.chain.links.first().unwrap_or(&library.chain.end);
                Datum::known(library.clone(), origin)
            }
            (None, None) => Datum::Absent { looked_at: self.places_searched(shelf, arch, scope) },
        };
        Lookup { name: name.to_owned(), arch: arch.to_owned(), scope, found }
    }

    fn in_environment(&self, shelf: &Shelf<'_>, name: &str, arch: &str) -> Option<ResolvedLibrary> {
        self.preloaded(shelf, &self.preload, name, arch).or_else(|| {
            let elements = self.library_path.iter().flat_map(|element| expand(element, arch));
            elements.map(PathBuf::from).find_map(|directory| {
                let via = Via::LibraryPath(directory.clone());
                pick(shelf, &directory, name, arch, via)
            })
        })
    }

    /// A preloaded library answers to every name of its own.
    fn preloaded(
        &self,
        shelf: &Shelf<'_>,
        list: &[String],
        name: &str,
        arch: &str,
    ) -> Option<ResolvedLibrary> {
        let wanted = driver_library(name)?.stem;
        let paths = list.iter().map(Path::new).filter(|path| path.is_absolute());
        paths.into_iter().find_map(|path| {
            let own = path.file_name()?.to_str()?;
            driver_library(own).filter(|library| library.stem == wanted)?;
            pick(shelf, path.parent()?, own, arch, Via::Preload)
        })
    }

    /// What the loader would get from a cache that were made now; `None` where there is no usable cache to replace.
    pub(super) fn after_ldconfig(
        &self,
        shelf: &Shelf<'_>,
        name: &str,
        arch: &str,
    ) -> Option<ResolvedLibrary> {
        self.cache.as_ref().and_then(|_| self.uncached(shelf, name, arch))
    }

    /// What ldconfig would put into the cache: of the configured directories first.
    fn uncached(&self, shelf: &Shelf<'_>, name: &str, arch: &str) -> Option<ResolvedLibrary> {
        let mut configured = self.configured.iter();
        let configured = configured.find_map(|directory| {
            pick(shelf, directory, name, arch, Via::Cache(directory.clone()))
        });
        configured.or_else(|| in_default_directories(shelf, name, arch))
    }

    fn plain(&self, shelf: &Shelf<'_>, name: &str, arch: &str) -> Option<ResolvedLibrary> {
        let default = || in_default_directories(shelf, name, arch);
        // Programs that are built for such a root know its directory themselves.
        let driver_root = || {
            let directories = DRIVER_DIRECTORIES.iter().map(PathBuf::from);
            directories.into_iter().find_map(|directory| {
                let via = Via::DefaultDirectory(directory.clone());
                pick(shelf, &directory, name, arch, via)
            })
        };
        self.preloaded(shelf, &self.preload_file, name, arch)
            .or_else(|| match &self.cache {
                Some(entries) => {
                    let entry =
                        entries.iter().find(|entry| entry.name == name && entry.arch == arch);
                    let cached = entry.and_then(|entry| cached(shelf, entry));
                    // What the cache names and is gone is looked for in the default directories.
                    match cached {
                        Some(library) if !library.exists => default().or(Some(library)),
                        cached => cached.or_else(default),
                    }
                }
                // No cache (a tree in which ldconfig never ran, NixOS, musl): what ldconfig would put there.
                None => self.uncached(shelf, name, arch),
            })
            .or_else(driver_root)
    }

    fn places_searched(&self, shelf: &Shelf<'_>, arch: &str, scope: LookupScope) -> Vec<Origin> {
        let mut places = Vec::new();
        if scope == LookupScope::Environment && !self.library_path.is_empty() {
            places.push(Origin::variable("LD_LIBRARY_PATH"));
        }
        match &self.cache {
            Some(_) => places.push(super::CACHE.into()),
            None => places.extend(self.configured.iter().map(Origin::from)),
        }
        places.extend(default_directories(shelf, arch).into_iter().map(Origin::from));
        places
    }
}

fn in_default_directories(shelf: &Shelf<'_>, name: &str, arch: &str) -> Option<ResolvedLibrary> {
    let mut directories = default_directories(shelf, arch).into_iter().map(PathBuf::from);
    directories.find_map(|directory| {
        let via = Via::DefaultDirectory(directory.clone());
        pick(shelf, &directory, name, arch, via)
    })
}

/// The file of that name in that directory, if the loader would take it from there: one of another architecture is
/// passed over, and so is a link that leads to nothing; what is no ELF file is taken, and is then an error.
fn pick(
    shelf: &Shelf<'_>,
    directory: &Path,
    name: &str,
    arch: &str,
    via: Via,
) -> Option<ResolvedLibrary> {
    let (chain, file) = shelf.get(directory, name)?;
    let file = file?;
    let fits = file.arch.as_deref().is_none_or(|own| own == arch);
    fits.then(|| resolved(chain, file, via))
}

/// What an entry of the cache leads to.
fn cached(shelf: &Shelf<'_>, entry: &Cached) -> Option<ResolvedLibrary> {
    let directory = entry.path.parent()?;
    let via = Via::Cache(directory.to_owned());
    let own = entry.path.file_name()?.to_str()?;
    match shelf.get(directory, own) {
        Some((chain, Some(file))) => {
            let fits = file.arch.as_deref().is_none_or(|own| own == entry.arch);
            fits.then(|| resolved(chain, file, via))
        }
        found => {
            let chain = found
                .map_or(LinkChain { links: vec![], end: entry.path.clone() }, |(chain, _)| {
                    chain.clone()
                });
            let end = chain.end.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let version = DriverVersion::from_library_name(end);
            let place = shelf.place_of_nothing(&chain, &entry.path);
            Some(ResolvedLibrary { chain, version, via, place, exists: false })
        }
    }
}

fn resolved(chain: &LinkChain, file: &LibraryFile, via: Via) -> ResolvedLibrary {
    let version = file.version.clone();
    ResolvedLibrary { chain: chain.clone(), version, via, place: file.place, exists: true }
}

/// The directories that a loader of that architecture searches without being told. Debian's is built for its
/// multiarch directory; others' for `lib64`.
fn default_directories(shelf: &Shelf<'_>, arch: &str) -> Vec<String> {
    let multiarch = format!("{arch}-linux-gnu");
    let mut directories = Vec::new();
    if shelf.is_directory(&format!("/usr/lib/{multiarch}")) {
        directories.extend([format!("/lib/{multiarch}"), format!("/usr/lib/{multiarch}")]);
    } else if arch == "i386" {
        directories.extend(["/lib32".to_owned(), "/usr/lib32".to_owned()]);
    } else {
        directories.extend(["/lib64".to_owned(), "/usr/lib64".to_owned()]);
    }
    directories.extend(["/lib".to_owned(), "/usr/lib".to_owned()]);
    directories
}

/// An element of LD_LIBRARY_PATH with its tokens replaced, in each way that some distribution's loader does it.
/// Nothing for an element that depends on the program (`$ORIGIN`) or on the current directory.
pub(super) fn expand(element: &str, arch: &str) -> Vec<String> {
    let platform = if arch == "i386" { "i686" } else { arch };
    let multiarch = format!("lib/{arch}-linux-gnu");
    let wide = if arch == "i386" { "lib" } else { "lib64" };
    let mut found: Vec<String> = Vec::new();
    for lib in [multiarch.as_str(), wide] {
        let mut path = element.to_owned();
        for (token, value) in [("LIB", lib), ("PLATFORM", platform)] {
            path =
                path.replace(&format!("${{{token}}}"), value).replace(&format!("${token}"), value);
        }
        if path.starts_with('/') && !path.contains('$') && !found.contains(&path) {
            found.push(path);
        }
    }
    found
}

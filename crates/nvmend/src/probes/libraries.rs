//! Driver libraries: the files, and what the dynamic loader picks of them.
//!
//! Everything is collected first, each directory listed once; the lookups then ask what was collected.

mod loader;
mod places;
mod shelf;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use self::loader::{Cached, Loader, expand};
use self::shelf::Shelf;
use crate::facts::{
    BARE_NAMES, DECIDING_LIBRARIES, Datum, Facts, Gap, Libraries, Lookup, LookupScope,
};
use crate::host::{Failure, Host, HostError, read_text};
use crate::knowledge::libraries::driver_library;
use crate::parse::ld_cache;
use crate::probe::{Found, Probe};

/// The driver's libraries and the loader's choice.
pub const PROBE: Probe = Probe { name: "libraries", run };

const CACHE: &str = "/etc/ld.so.cache";

/// Names that programs ask for besides the deciding two; looked up only where they are found.
const OTHER_NAMES: [&str; 5] = [
    "libnvidia-ptxjitcompiler.so.1",
    "libGLX_nvidia.so.0",
    "libEGL_nvidia.so.0",
    "libnvidia-encode.so.1",
    "libnvcuvid.so.1",
];

/// Elements of a search path that are looked at.
const ELEMENTS: usize = 256;

fn run(host: &dyn Host, _known: &Facts) -> Found {
    let mut gaps = Vec::new();
    let (cache, entries) = read_cache(host, &mut gaps);
    let architectures: BTreeSet<&'static str> = entries
        .iter()
        .flatten()
        .filter(|entry| entry.name == LIBC)
        .map(|entry| entry.arch)
        .collect();
    let loader = Loader {
        configured: places::configured(host, &mut gaps),
        cache: entries,
        preload_file: read_text(host, "/etc/ld.so.preload")
            .map(|text| elements(&text))
            .unwrap_or_default(),
        preload: elements(&host.env("LD_PRELOAD").unwrap_or_default()),
        library_path: host
            .env("LD_LIBRARY_PATH")
            .map(|value| path_elements(&value))
            .unwrap_or_default(),
    };
    let shelf = collect(host, &loader, gaps);
    let mut lookups = look_up(&loader, &shelf, architectures);
    let after_ldconfig = look_up_anew(&loader, &shelf, &lookups);
    if cache.is_not_captured() {
        // Nobody looked, so that nothing found is no absence.
        for lookup in lookups.iter_mut().filter(|lookup| lookup.found.is_absent()) {
            lookup.found = Datum::unreadable(CACHE, Failure::NotCaptured);
        }
    }
    let Shelf { files, gaps, .. } = shelf;
    let files = files.into_values().collect();
    Box::new(move |facts| {
        facts.libraries = Libraries { files, lookups, after_ldconfig, cache, reported: Vec::new() };
        facts.gaps.extend(gaps);
    })
}

/// Every process of the GNU C library has it, so it tells for which architectures there are programs.
const LIBC: &str = "libc.so.6";

/// The cache, and its entries for driver libraries.
fn read_cache(host: &dyn Host, gaps: &mut Vec<Gap>) -> (Datum<()>, Option<Vec<Cached>>) {
    // The largest have some MiB.
    let bytes = match host.read(Path::new(CACHE), 64 << 20) {
        Ok(bytes) => bytes,
        Err(error) => {
            if !error.is_absent() {
                gaps.push(Gap::from(&error));
            }
            return (Datum::read(Err::<(), HostError>(error), CACHE), None);
        }
    };
    match ld_cache::parse(&bytes, |name| name == LIBC || driver_library(name).is_some()) {
        Ok(entries) => {
            let entries = entries.into_iter().filter(|entry| !entry.conditional).map(|entry| {
                Cached { name: entry.name.to_owned(), path: entry.path.into(), arch: entry.arch }
            });
            (Datum::known((), CACHE), Some(entries.collect()))
        }
        Err(error) => {
            gaps.push(Gap::new(CACHE, error));
            (Datum::unreadable(CACHE, error), None)
        }
    }
}

/// Lists every place where a driver library may be. Places that the loader knows come first: where one directory
/// is reached in two ways, it is called by the first.
fn collect<'h>(host: &'h dyn Host, loader: &Loader, gaps: Vec<Gap>) -> Shelf<'h> {
    let conda = host.env("CONDA_PREFIX").map(PathBuf::from).filter(|path| path.is_absolute());
    let mut told = loader.configured.clone();
    let cached = loader.cache.iter().flatten().filter(|entry| entry.name != LIBC);
    told.extend(cached.filter_map(|entry| entry.path.parent().map(Path::to_owned)));
    let mut shelf = Shelf::new(host, conda.clone(), &told);
    shelf.gaps = gaps;
    for directory in &told {
        shelf.take(directory, 2);
    }
    for directory in
        places::SYSTEM.iter().chain(&places::DRIVER_DIRECTORIES).chain(&["/usr/lib/wsl/lib"])
    {
        shelf.take(Path::new(directory), 2);
    }
    for directory in places::of_toolkits(host, conda.as_deref()) {
        shelf.take(&directory, 0);
    }
    let preloaded = loader
        .preload
        .iter()
        .chain(&loader.preload_file)
        .map(Path::new)
        .filter(|path| path.is_absolute());
    for directory in preloaded.filter_map(Path::parent) {
        shelf.take(directory, 0);
    }
    for element in &loader.library_path {
        for directory in ["x86_64", "aarch64", "i386"].iter().flat_map(|arch| expand(element, arch))
        {
            shelf.take(Path::new(&directory), 0);
        }
    }
    shelf
}

/// The lookups: of the deciding libraries for the machine's own programs in any case, of all others as found.
fn look_up(loader: &Loader, shelf: &Shelf<'_>, with_libc: BTreeSet<&'static str>) -> Vec<Lookup> {
    let of_files = shelf.files.values().filter_map(|file| file.arch.as_deref());
    let with_driver: BTreeSet<&str> = of_files.filter(|arch| *arch != "unknown").collect();
    let native = native(&with_libc).or_else(|| native(&with_driver)).unwrap_or("x86_64");
    let mut scopes = vec![LookupScope::Plain];
    if !loader.preload.is_empty() || !loader.library_path.is_empty() {
        scopes.push(LookupScope::Environment);
    }
    let mut lookups = Vec::new();
    for arch in with_driver.iter().copied().chain([native]).collect::<BTreeSet<_>>() {
        for scope in &scopes {
            let of = |name: &str| loader.look_up(shelf, name, arch, *scope);
            let found_only = |lookup: Lookup| lookup.found.value().is_some().then_some(lookup);
            let deciding = DECIDING_LIBRARIES.iter().map(|name| of(name));
            let deciding =
                deciding.filter(|lookup| arch == native || lookup.found.value().is_some());
            lookups.extend(deciding);
            lookups.extend(
                OTHER_NAMES.iter().chain(&BARE_NAMES).filter_map(|name| found_only(of(name))),
            );
            // libGLX_nvidia needs the core of its very own version, by that name.
            let version = lookups
                .iter()
                .rev()
                .find(|lookup| lookup.name == "libGLX_nvidia.so.0" && lookup.scope == *scope);
            let version = version
                .filter(|lookup| lookup.arch == arch)
                .and_then(|lookup| lookup.found.value()?.version.clone());
            lookups.extend(version.map(|version| of(&format!("libnvidia-glcore.so.{version}"))));
        }
    }
    lookups
}

/// What `ldconfig` would change for the deciding names, where there is a cache at all.
fn look_up_anew(loader: &Loader, shelf: &Shelf<'_>, lookups: &[Lookup]) -> Vec<Lookup> {
    let is_deciding = |lookup: &&Lookup| {
        lookup.scope == LookupScope::Plain && DECIDING_LIBRARIES.contains(&lookup.name.as_str())
    };
    let changed = lookups.iter().filter(is_deciding).filter_map(|lookup| {
        let fresh = loader.after_ldconfig(shelf, &lookup.name, &lookup.arch)?;
        let now = lookup.found.value().filter(|library| library.exists);
        let is_new = now.is_none_or(|library| library.chain.end != fresh.chain.end);
        let found = Datum::known(fresh.clone(), &fresh.chain.end);
        is_new.then(|| Lookup { found, ..lookup.clone() })
    });
    changed.collect()
}

/// The architecture of plain programs among those that are there: a 64-bit system may run 32-bit programs too.
fn native<'a>(architectures: &BTreeSet<&'a str>) -> Option<&'a str> {
    let wide = ["x86_64", "aarch64", "ppc64le", "riscv64"]
        .into_iter()
        .find_map(|wide| architectures.get(wide));
    wide.or_else(|| architectures.first()).copied()
}

/// The elements of a list of preloaded libraries.
fn elements(text: &str) -> Vec<String> {
    let parts = text.split([':', ' ', '\t', '\n']).filter(|part| !part.is_empty());
    parts.take(ELEMENTS).map(str::to_owned).collect()
}

/// The elements of a search path. An empty one means the current directory, which is another for every process.
fn path_elements(text: &str) -> Vec<String> {
    let parts = text.split([':', ';']).filter(|part| !part.is_empty());
    parts.take(ELEMENTS).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests;

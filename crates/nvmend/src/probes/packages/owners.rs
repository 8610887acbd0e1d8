//! Who owns each driver file: a package, a builder on this machine, or nobody.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::doubt::Doubt;
use super::missing::Missing;
use super::rpm::RpmDatabase;
use super::rpm_files::Verified;
use super::{dpkg, pacman};
use crate::facts::{
    BuildOutcome, Datum, DkmsBuild, Facts, Gap, LibraryPlace, ModuleFile, Ownership,
    PackageManager, Packages,
};
use crate::host::{Host, HostError};
use crate::knowledge::packages::may_own_driver_files;
use crate::parse::dpkg::{lists_below, paths};

/// One package's list of files.
pub(super) struct FileList {
    pub(super) package: String,
    pub(super) path: PathBuf,
}

/// The longest real lists, of kernel headers and fonts, have 3 MB.
const MAX_LIST: u64 = 16 << 20;
/// Lists beyond this many are not searched.
const MAX_LISTS: usize = 20_000;

/// Where a `.run` file puts what only it has.
const OWN_PLACES: [&str; 2] = ["/usr/src", "/usr/share/doc"];
/// A driver has some 300 files besides those.
const MAX_RECORDED: usize = 2_000;

/// What is found of the files of packages.
#[derive(Default)]
pub(super) struct Files {
    pub(super) owners: BTreeMap<PathBuf, Ownership>,
    pub(super) verified: Verified,
}

/// Finds the owner of every driver file that the other probes found, and what is gone or altered of `drivers`, the
/// packages that carry driver libraries, or lead to them. Files of conda environments, Python packages,
/// WSL, separate driver roots and container runtimes have no entry: no package of this system can own them.
pub(super) fn find(
    host: &dyn Host,
    known: &Facts,
    packages: &Packages,
    drivers: HashSet<&str>,
    rpm: Option<&RpmDatabase>,
    gaps: &mut Vec<Gap>,
) -> Files {
    let here = known.libraries.files.iter().map(|file| file.path.as_path()).collect();
    let databases = &packages.databases;
    let missing =
        Missing { drivers, here, found: vec![], altered: vec![], doubt: Doubt::default() };
    let mut search = Search { open: driver_files(known), owners: BTreeMap::new(), missing, gaps };
    if search.open.is_empty() && search.missing.drivers.is_empty() {
        return Files::default();
    }
    let mut verified = Verified::default();
    let mut failures: Vec<String> = Vec::new();
    for database in databases {
        if let Datum::Unreadable { at, why } = &database.count {
            failures.push(format!("{}: {why}", at.as_str()));
        }
    }
    let has_good = |manager| {
        databases
            .iter()
            .any(|database| database.manager == manager && database.count.value().is_some())
    };
    // Where an owner is likely first: the other lists are read only for files that nobody likely owns.
    if has_good(PackageManager::Dpkg) {
        search.lists(host, &dpkg::likely_lists(&packages.installed, &search.missing.drivers));
    }
    let mut others = Vec::new();
    if has_good(PackageManager::Pacman) {
        match pacman::file_lists(host) {
            Ok(lists) => {
                let (likely, unlikely): (Vec<_>, Vec<_>) =
                    lists.into_iter().take(MAX_LISTS).partition(|list| {
                        may_own_driver_files(&list.package)
                            || search.missing.drivers.contains(list.package.as_str())
                    });
                search.lists(host, &likely);
                others.extend(unlikely);
            }
            Err(error) => failures.push(error.to_string()),
        }
    }
    if let Some(rpm) = rpm.filter(|_| has_good(PackageManager::Rpm)) {
        match rpm.owners(host, &search.open) {
            Ok(found) => found
                .into_iter()
                .for_each(|(path, owner)| search.settle(&path, Ownership::Package(owner))),
            Err(error) => failures.push(error),
        }
        match rpm.verify(host, &search.missing.drivers, &known.libraries.files) {
            Ok(found) => verified = found,
            Err(gap) => search.gaps.push(gap),
        }
    }
    search.builders(known);
    if has_good(PackageManager::Dpkg) && !search.open.is_empty() {
        match dpkg::file_lists(host) {
            Ok(lists) => others.extend(lists.into_iter().take(MAX_LISTS)),
            Err(error) => failures.push(error.to_string()),
        }
    }
    search.missing.drivers.clear();
    search.lists(host, &others);

    if !databases.iter().any(|database| database.count.value().is_some()) && failures.is_empty() {
        failures.push("no package database was found".to_owned());
    }
    let rest = match failures.is_empty() {
        true => Ownership::Nobody,
        false => Ownership::Unknown(failures.join("; ")),
    };
    for path in std::mem::take(&mut search.open) {
        search.owners.insert(path, rest.clone());
    }
    let of_lists = search.missing.finish(host);
    verified.missing.extend(of_lists.missing);
    verified.altered.extend(of_lists.altered);
    verified.missing.sort();
    verified.altered.sort();
    Files { owners: search.owners, verified }
}

/// The files whose owner is asked for, sorted.
fn driver_files(known: &Facts) -> Vec<PathBuf> {
    // Of a module that no question needed, none needs the owner.
    let modules = known.modules.kernels.iter().flat_map(|kernel| &kernel.files);
    let modules = modules.filter(|file| !file.info.is_absent()).map(|file| &file.path);
    let libraries = known.libraries.files.iter().filter(|file| {
        let is_foreign = matches!(
            file.place,
            LibraryPlace::Conda
                | LibraryPlace::Wheel
                | LibraryPlace::Wsl
                | LibraryPlace::DriverRoot
        );
        !is_foreign && !file.injected
    });
    // And what the .run installer put in place or set aside; but its sources and documents, which are no package's, have
    // names that many packages use (rpm finds a file by its name first).
    let record = known.builders.runfile.value().and_then(|runfile| runfile.record.as_ref());
    let of_runfile = record
        .iter()
        .flat_map(|record| record.installed.iter().chain(&record.former))
        .filter(|entry| !OWN_PLACES.iter().any(|place| entry.path.starts_with(place)))
        .take(MAX_RECORDED);
    let mut files: Vec<_> = modules
        .chain(libraries.map(|file| &file.path))
        .chain(of_runfile.map(|entry| &entry.path))
        .cloned()
        .collect();
    files.sort();
    files.dedup();
    files
}

struct Search<'g> {
    /// Files without a known owner.
    open: Vec<PathBuf>,
    owners: BTreeMap<PathBuf, Ownership>,
    missing: Missing<'g>,
    gaps: &'g mut Vec<Gap>,
}

impl Search<'_> {
    fn settle(&mut self, path: &Path, owner: Ownership) {
        self.open.retain(|open| open != path);
        self.owners.insert(path.to_owned(), owner);
    }

    /// Looks for the open files in lists of files, until all have an owner.
    fn lists(&mut self, host: &dyn Host, lists: &[FileList]) {
        // Whatever spelling a list uses, without the first slash, which pacman leaves out.
        let spelled: Vec<(String, PathBuf)> = self
            .open
            .iter()
            .flat_map(|path| spellings(path).into_iter().map(|spelling| (spelling, path.clone())))
            .collect();
        let mut wanted: HashMap<&[u8], &PathBuf> = spelled
            .iter()
            .map(|(spelling, path)| (spelling.trim_start_matches('/').as_bytes(), path))
            .collect();
        // Most lines are told apart by their length alone, which costs less than a hash.
        let mut lengths: Vec<usize> = wanted.keys().map(|path| path.len()).collect();
        lengths.sort_unstable();
        lengths.dedup();
        for list in lists {
            if wanted.is_empty() && !self.missing.drivers.contains(list.package.as_str()) {
                continue;
            }
            let content = match host.read(&list.path, MAX_LIST) {
                Ok(content) => content,
                Err(error) => {
                    self.gap(&error);
                    continue;
                }
            };
            self.missing.look(host, list, &content);
            for line in paths(&content) {
                let line = line.strip_prefix(b"/").unwrap_or(line);
                if lengths.contains(&line.len())
                    && let Some(path) = wanted.get(line).copied()
                {
                    wanted.retain(|_, other| *other != path);
                    self.settle(path, Ownership::Package(list.package.clone()));
                }
            }
            if is_prebuilt(&list.package) {
                self.prebuilt(&list.package, &content);
            }
        }
    }

    /// Ubuntu links its prebuilt modules when their package is installed, from objects that it lists in a directory
    /// below the module's: no list has the module itself.
    fn prebuilt(&mut self, package: &str, list: &[u8]) {
        let is_here = |path: &PathBuf| {
            path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.contains(".ko"))
                && path.parent().is_some_and(|directory| {
                    spellings(directory).iter().any(|spelling| lists_below(list, spelling))
                })
        };
        let here: Vec<_> = self.open.iter().filter(|path| is_here(path)).cloned().collect();
        for path in here {
            self.settle(&path, Ownership::Builder(package.to_owned()));
        }
    }

    /// Settles the modules that DKMS or akmods built and put in place.
    fn builders(&mut self, known: &Facts) {
        for kernel in &known.modules.kernels {
            for file in &kernel.files {
                if self.open.contains(&file.path)
                    && let Some(builder) = builder_of(known, &kernel.kernel, file)
                {
                    self.settle(&file.path, Ownership::Builder(builder));
                }
            }
        }
    }

    fn gap(&mut self, error: &HostError) {
        if !error.is_absent() {
            self.gaps.push(Gap::from(error));
        }
    }
}

fn is_prebuilt(package: &str) -> bool {
    package.starts_with("linux-objects-nvidia-") || package.starts_with("linux-modules-nvidia-")
}

/// Which build on this machine put a module where it is: one for its kernel, of its version, in a directory that
/// builders use (dkms, `override_dest_module_location`; akmods install to `extra`).
fn builder_of(known: &Facts, kernel: &str, file: &ModuleFile) -> Option<String> {
    let is_builders_place = file
        .path
        .components()
        .any(|part| part.as_os_str() == "updates" || part.as_os_str() == "extra");
    let version = file.info.value()?.version.as_ref()?;
    if !is_builders_place {
        return None;
    }
    let name = file.path.file_name()?.to_str()?;
    let builds = known.builders.dkms.iter().filter(|module| {
        let is_installed =
            |build: &DkmsBuild| build.kernel == kernel && build.outcome == BuildOutcome::Installed;
        module.version == *version && module.builds.iter().any(is_installed)
    });
    // Debian's file names begin with DKMS' name; the longest tells nvidia-current-open from nvidia-current.
    let dkms = builds
        .max_by_key(|module| if name.starts_with(&module.name) { module.name.len() } else { 0 });
    if let Some(module) = dkms {
        return Some(format!("dkms {}/{}", module.name, module.version));
    }
    let akmod = known.builders.akmods.iter().find(|build| {
        build.kernel == kernel
            && build.version == *version
            && build.outcome == BuildOutcome::Installed
    })?;
    Some(format!("akmods {}", akmod.version))
}

/// The ways in which a package may list a path on a system where `/lib` leads to `/usr/lib` and so on: packages
/// record the path that they were built with.
pub(super) fn spellings(path: &Path) -> Vec<String> {
    let Some(text) = path.to_str() else { return Vec::new() };
    let mut spellings = vec![text.to_owned()];
    for directory in ["lib", "lib64", "lib32", "libx32"] {
        let is_below =
            |rest: &str| rest.strip_prefix(directory).is_some_and(|rest| rest.starts_with('/'));
        if let Some(rest) = text.strip_prefix("/usr/").filter(|rest| is_below(rest)) {
            spellings.push(format!("/{rest}"));
        } else if text.strip_prefix('/').is_some_and(is_below) {
            spellings.push(format!("/usr{text}"));
        }
    }
    spellings
}

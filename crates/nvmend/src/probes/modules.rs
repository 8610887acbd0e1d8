//! NVIDIA modules on disk: the files of every installed kernel, and which of them modprobe would load.
//!
//! Only the directories are listed in which installers put these modules; what `modules.dep` names elsewhere is
//! taken too. Only those are opened whose content a question needs: the core of every kernel, and of the running
//! kernel and the one that boots next the whole set and what lies beside it (if it need not be decompressed).

mod config;
mod outside;
mod read;
pub(super) use read::{is_compressed, read_aside};

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use self::read::Job;
use super::links::Links;
use crate::facts::{
    ConfigLine, Datum, Facts, Gap, Kernel, KernelModules, Lockdown, ModuleFile, ModulesOnDisk,
    Resolution,
};
use crate::host::{Failure, FileKind, Host};
use crate::knowledge::modules::{MODULES, driver_module};
use crate::modprobe::{Index, Indexed, default_order, resolve};
use crate::parse::modinfo::{base_name, underscored};
use crate::parse::{modules_dep, modules_dep_bin};
use crate::probe::{Found, Probe};

/// The modules on disk and modprobe's configuration.
pub const PROBE: Probe = Probe { name: "modules", run };

fn run(host: &dyn Host, known: &Facts) -> Found {
    let mut gaps = Vec::new();
    let config = config::read(host, &known.kernels.command_line, &mut gaps);
    let links = Links::new(host);
    let mut kernels: Vec<KernelModules> = known
        .kernels
        .installed
        .iter()
        .map(|kernel| look_at(host, &links, kernel, &config, &mut gaps))
        .collect();
    fill_in(host, known, &mut kernels, &mut gaps);
    outside::add(host, known, &mut kernels, &mut gaps);
    Box::new(move |facts| {
        facts.modules = ModulesOnDisk { kernels, config, ..Default::default() };
        facts.gaps.extend(gaps);
    })
}

/// One kernel's files and resolutions; what the files say comes later.
fn look_at(
    host: &dyn Host,
    links: &Links<'_>,
    kernel: &Kernel,
    config: &[ConfigLine],
    gaps: &mut Vec<Gap>,
) -> KernelModules {
    let (index, entries) = index(host, &kernel.directory, gaps);
    let indexed: Option<Vec<PathBuf>> = entries
        .map(|entries| entries.into_iter().map(|entry| kernel.directory.join(entry)).collect());
    let mut standing: BTreeSet<PathBuf> =
        list_directories(host, &kernel.directory, gaps).into_iter().collect();
    standing.extend(indexed.iter().flatten().cloned());

    let mut files: BTreeMap<PathBuf, ModuleFile> = BTreeMap::new();
    let mut places: HashMap<PathBuf, Indexed> = HashMap::new();
    for path in standing {
        let chain = match links.follow(&path) {
            Ok(chain) => chain,
            Err(error) => {
                gaps.push(Gap::from(&error));
                continue;
            }
        };
        let metadata = match host.metadata(&chain.end) {
            Ok(metadata) => metadata,
            Err(error) if error.is_absent() => {
                places.insert(path.clone(), Indexed::Gone(path));
                continue;
            }
            Err(error) => {
                gaps.push(Gap::from(&error));
                continue;
            }
        };
        places.insert(path.clone(), Indexed::There(chain.end.clone()));
        let linked_from = (!chain.links.is_empty()).then_some(path);
        let file = files.entry(chain.end).or_insert_with_key(|end| ModuleFile {
            path: end.clone(),
            linked_from: linked_from.clone(),
            info: Datum::Absent { looked_at: vec!["not needed, and not read".into()] },
            modified: metadata.modified,
            compressed: is_compressed(end),
        });
        // A file that also stands in the kernel's directory itself is no mere link's target.
        file.linked_from = file.linked_from.take().and(linked_from);
    }

    let order = indexed.unwrap_or_else(|| default_order(&kernel.directory, places.keys()));
    let mut names = Index::new();
    for path in order {
        let name = underscored(base_name(&path.to_string_lossy()));
        if let Some(place) = places.get(&path) {
            names.entry(name).or_insert_with(|| place.clone());
        }
    }
    let resolved = MODULES.map(|name| (name.to_owned(), resolve(name, config, &names))).into();
    KernelModules {
        kernel: kernel.release.clone(),
        files: files.into_values().collect(),
        resolved,
        index,
    }
}

/// The driver's entries of depmod's index: of `modules.dep.bin`, which modprobe reads and which answers by a few blocks;
/// where there is none, or a damaged one, of the text. `None`: depmod never ran.
fn index(
    host: &dyn Host,
    directory: &Path,
    gaps: &mut Vec<Gap>,
) -> (Datum<()>, Option<Vec<String>>) {
    let bin = directory.join("modules.dep.bin");
    match host.open(&bin).map(|file| modules_dep_bin::driver_entries(file.as_ref())) {
        Ok(Ok(entries)) => return (Datum::known((), &bin), Some(entries)),
        Ok(Err(error)) => gaps.push(Gap::new(&bin, error)),
        Err(error) if error.is_absent() || error.why == Failure::NotCaptured => {}
        Err(error) => gaps.push(Gap::from(&error)),
    }
    let dep = directory.join("modules.dep");
    // Large distributions have 600 KiB; it grows with the number of modules.
    let text = host.read(&dep, 64 << 20);
    let index = match &text {
        Ok(text) => match modules_dep::check(text) {
            Ok(()) => Datum::known((), &dep),
            Err(error) => Datum::unreadable(&dep, error),
        },
        Err(error) => Datum::read(Err(error.clone()), &dep),
    };
    if let Datum::Unreadable { why, .. } = &index {
        gaps.push(Gap::new(&dep, why));
    }
    let entries =
        |text: &Vec<u8>| modules_dep::driver_entries(text).into_iter().map(str::to_owned).collect();
    (index, text.as_ref().ok().map(entries))
}

/// Where installers put the driver's modules, below a kernel's directory, and how many levels below to look:
/// DKMS and openSUSE, RHEL's kmod packages, their links, Ubuntu's prebuilt ones (`kernel/nvidia-535`), NVIDIA's own
/// installer, older distributions, Arch.
const DIRECTORIES: [(&str, usize); 8] = [
    ("updates", 1),
    ("extra", 1),
    ("weak-updates", 2),
    ("kernel", 1),
    ("kernel/drivers/video", 0),
    ("kernel/drivers/char/drm", 0),
    ("misc", 0),
    ("extramodules", 0),
];

/// Subdirectories that are looked into, of one directory.
const SUBDIRECTORIES: usize = 64;

/// The driver's module files in these directories.
fn list_directories(host: &dyn Host, kernel: &Path, gaps: &mut Vec<Gap>) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut pending: Vec<(PathBuf, usize)> =
        DIRECTORIES.iter().map(|(directory, levels)| (kernel.join(directory), *levels)).collect();
    while let Some((directory, levels)) = pending.pop() {
        let entries = match host.list(&directory) {
            Ok(entries) => entries,
            Err(error) if error.is_absent() => continue,
            Err(error) => {
                gaps.push(Gap::from(&error));
                continue;
            }
        };
        // The kernel's own tree has thousands of directories; only Ubuntu's are ours.
        let only_ours = directory == kernel.join("kernel");
        let mut below = 0;
        for entry in entries {
            if entry.kind == FileKind::Directory {
                if levels > 0
                    && below < SUBDIRECTORIES
                    && (!only_ours || entry.name.starts_with("nvidia"))
                {
                    below += 1;
                    pending.push((directory.join(&entry.name), levels - 1));
                }
            } else if entry.kind != FileKind::Other
                && entry.name.contains(".ko")
                && driver_module(&entry.name).is_some()
            {
                found.push(directory.join(&entry.name));
            }
        }
    }
    found
}

/// Reads what the files say, each once.
fn fill_in(host: &dyn Host, known: &Facts, kernels: &mut [KernelModules], gaps: &mut Vec<Gap>) {
    let signatures = signatures_matter(known);
    let near = [&known.kernels.running, &known.kernels.next_boot].map(|kernel| kernel.value());
    let mut jobs: BTreeMap<PathBuf, Job> = BTreeMap::new();
    for modules in kernels.iter() {
        let is_near = near.contains(&Some(&modules.kernel));
        let loaded = |name: &str| match modules.resolved.get(name) {
            Some(Resolution::File { path, .. }) => Some(path),
            _ => None,
        };
        for file in &modules.files {
            let core = loaded(MODULES[0]) == Some(&file.path);
            let of_the_set = MODULES.iter().any(|name| loaded(name) == Some(&file.path));
            if core || (is_near && (of_the_set || !file.compressed)) {
                let job = jobs
                    .entry(file.path.clone())
                    .or_insert(Job { path: file.path.clone(), signature: false });
                job.signature |= signatures && is_near;
            }
        }
    }
    let jobs: Vec<Job> = jobs.into_values().collect();
    let read = read::read_all(host, &jobs);
    for (job, info) in jobs.iter().zip(&read) {
        if let Datum::Unreadable { why, .. } = info {
            gaps.push(Gap::new(&job.path, why));
        }
    }
    let infos: HashMap<&PathBuf, &Datum<_>> = jobs.iter().map(|job| &job.path).zip(&read).collect();
    for file in kernels.iter_mut().flat_map(|modules| &mut modules.files) {
        if let Some(info) = infos.get(&file.path) {
            file.info = (*info).clone();
        }
    }
}

/// Whether an unsigned module would be refused.
fn signatures_matter(known: &Facts) -> bool {
    let security = &known.security;
    security.secure_boot.value() == Some(&true)
        || security.signatures_enforced.value() == Some(&true)
        || security.lockdown.value().is_some_and(|level| *level != Lockdown::None)
}

#[cfg(test)]
mod tests;

//! Modules outside the tree that modprobe knows: installers for systems whose `/usr` is read-only put them below
//! `/opt/nvidia`, and load them with `insmod` (shelmangroup/coreos-gpu-installer: `/opt/nvidia/drivers`; AMIs and
//! images of others: `/opt/nvidia/modules`, `/opt/nvidia` itself).

use std::path::{Path, PathBuf};

use super::read::{self, Job, is_compressed};
use crate::facts::{Datum, Facts, Gap, KernelModules, ModuleFile, Resolution};
use crate::host::{FileKind, Host};
use crate::knowledge::modules::{MODULES, driver_module};

const ROOT: &str = "/opt/nvidia";
/// Below [`ROOT`].
const DIRECTORIES: [&str; 2] = ["drivers", "modules"];

/// Adds the modules that were built for the running kernel, if modprobe finds none for it.
pub(super) fn add(
    host: &dyn Host,
    known: &Facts,
    kernels: &mut [KernelModules],
    gaps: &mut Vec<Gap>,
) {
    let running = known.kernels.running.value();
    let kernel = kernels.iter_mut().find(|modules| Some(&modules.kernel) == running);
    let lacks_it = |modules: &&mut KernelModules| {
        matches!(modules.resolved.get(MODULES[0]), Some(Resolution::Missing))
    };
    let Some(modules) = kernel.filter(lacks_it) else { return };
    for path in find(host, gaps) {
        let job = Job { path, signature: false };
        let info = read::read_all(host, std::slice::from_ref(&job)).pop().unwrap_or_default();
        if let Datum::Unreadable { why, .. } = &info {
            gaps.push(Gap::new(&job.path, why));
        }
        let Some(said) = info.value() else { continue };
        if said.built_for() != Some(modules.kernel.as_str()) {
            continue;
        }
        if let Some(resolution) = modules.resolved.get_mut(&said.name)
            && *resolution == Resolution::Missing
        {
            *resolution = Resolution::Outside { path: job.path.clone() };
        }
        let modified = host.metadata(&job.path).map_or(0, |metadata| metadata.modified);
        let compressed = is_compressed(&job.path);
        modules.files.push(ModuleFile {
            path: job.path,
            linked_from: None,
            info,
            modified,
            compressed,
        });
    }
    modules.files.sort_by(|a, b| a.path.cmp(&b.path));
}

/// The driver's module files there.
fn find(host: &dyn Host, gaps: &mut Vec<Gap>) -> Vec<PathBuf> {
    let root = Path::new(ROOT);
    let entries = match host.list(root) {
        Ok(entries) => entries,
        Err(error) if error.is_absent() => return Vec::new(),
        Err(error) => {
            gaps.push(Gap::from(&error));
            return Vec::new();
        }
    };
    let is_wanted = |name: &str| name.ends_with(".ko") && driver_module(name).is_some();
    let below = entries.iter().filter(|entry| DIRECTORIES.contains(&entry.name.as_str()));
    let mut directories = vec![(root.to_owned(), entries.clone())];
    for directory in below.map(|entry| root.join(&entry.name)) {
        match host.list(&directory) {
            Ok(entries) => directories.push((directory, entries)),
            Err(error) if error.is_absent() => {}
            Err(error) => gaps.push(Gap::from(&error)),
        }
    }
    let files = directories.into_iter().flat_map(|(directory, entries)| {
        let files = entries.into_iter().filter(|entry| entry.kind == FileKind::File);
        files.filter(|entry| is_wanted(&entry.name)).map(move |entry| directory.join(entry.name))
    });
    files.take(2 * MODULES.len()).collect()
}

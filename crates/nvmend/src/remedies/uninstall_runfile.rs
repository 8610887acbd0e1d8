//! Uninstalls the driver that a `.run` file installed, so that the packages' stays.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::quarantine_libraries::QUARANTINE;
use super::rebuild_initramfs::rebuild;
use super::{loader_cache, space};
use crate::facts::{Environment, Facts, Ownership, RunfileContent, RunfileEntry, RunfileRecord};
use crate::journal::RUNS;
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::Step;
use crate::steps::{Product, Regenerate, UninstallRunfile, index_files};
use crate::version::DriverVersion;

pub(super) const REMEDY: Remedy = Remedy { id: "uninstall-runfile", steps };

const UNINSTALLER: &str = "/usr/bin/nvidia-uninstall";
/// What the uninstaller writes; earlier ones wrote over the installer's.
const LOGS: [&str; 2] = ["/var/log/nvidia-uninstall.log", "/var/log/nvidia-installer.log"];
/// The first installer that knows `--skip-module-unload` (NVIDIA/nvidia-installer, its commit of 346.16).
const LEAVES_MODULES: &str = "346.16";

fn steps(facts: &Facts, context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    use Environment::{Chroot, Host, Wsl};
    if !matches!(facts.system.environment, Host | Chroot | Wsl) {
        return Err(Hindrance::new("not-a-host"));
    }
    if let Some((manager, origin)) = facts.system.managed_by.first() {
        let hindrance = Hindrance::new("managed-elsewhere");
        return Err(hindrance.with("manager", manager).with("origin", origin.as_str()));
    }
    let trace = facts.builders.runfile.value().filter(|trace| trace.installed);
    let trace = trace.ok_or(Hindrance::new("no-runfile"))?;
    let record = trace.record.as_ref().ok_or(Hindrance::new("runfile-record-unreadable"))?;
    if let Some(line) = record.damaged {
        return Err(Hindrance::new("runfile-record-damaged").with("line", line));
    }
    let sources = format!("/usr/src/nvidia-{}", record.version);
    let is_ours = record.installed.iter().any(|entry| entry.path.starts_with(&sources));
    let builds = builds(facts, record);
    // What is a package's by now the uninstaller would take away too, where it is the same.
    let (lost, installed): (Vec<_>, Vec<_>) =
        record.installed.iter().cloned().partition(|of| is_lost(facts, context, record, of));
    let has_program = trace.signs.iter().any(|sign| sign.as_str() == UNINSTALLER);
    let can_run = has_program && leaves_modules(&record.version) && lost.is_empty();
    let can_run = can_run && (is_ours || builds.is_empty());
    let kernels = if is_ours { builds } else { vec![] };

    let mut changed: BTreeSet<String> = kernels.iter().cloned().collect();
    let paths = record.installed.iter().chain(&record.former).map(|entry| entry.path.as_path());
    changed.extend(paths.filter_map(kernel_of));
    let current = facts.current_kernel().map(|(kernel, _)| kernel.to_owned());
    let cache = loader_cache::refresh(facts);
    let mut outputs: Vec<PathBuf> = LOGS.map(PathBuf::from).into();
    if let Step::Regenerate(cache) = &cache {
        outputs.extend(cache.outputs.iter().cloned());
    }
    let indexed: BTreeSet<&String> = changed.iter().chain(&current).collect();
    outputs.extend(indexed.into_iter().flat_map(|kernel| index_files(kernel)));

    if can_run {
        let there = installed.iter().map(|entry| entry.path.clone());
        let kept = there.chain(record.former.iter().filter_map(RunfileEntry::kept));
        let sizes = kept.filter_map(|path| context.machine.size(&path));
        space::need(context, Path::new(RUNS), sizes.sum())?;
    }
    let uninstall = UninstallRunfile {
        version: record.version.clone(),
        program: can_run.then(|| PathBuf::from(UNINSTALLER)),
        installed,
        former: record.former.clone(),
        directories: record.directories.clone(),
        kernels,
        outputs,
        quarantine: QUARANTINE.into(),
    };
    // It makes the index of the running kernel only; and its work must not hang on its last commands.
    let mut steps = vec![Step::UninstallRunfile(uninstall), cache];
    steps.extend(changed.iter().map(|kernel| {
        let outputs = index_files(kernel);
        let product = Product::ModuleIndex { kernel: kernel.clone() };
        Step::Regenerate(Regenerate { product, outputs })
    }));
    // An image that was made meanwhile holds its module, if it holds any.
    if let Some(kernel) = current.filter(|current| changed.contains(current)) {
        steps.extend(rebuild(facts, context, &kernel)?);
    }
    Ok(steps)
}

/// The kernels for which DKMS has builds of its version, under the name that the installer gives it.
fn builds(facts: &Facts, record: &RunfileRecord) -> Vec<String> {
    let dkms = facts.builders.dkms.iter();
    let own = dkms.filter(|of| of.name == "nvidia" && of.version.as_str() == record.version);
    own.flat_map(|of| of.builds.iter().map(|build| build.kernel.clone())).collect()
}

/// Whether a package owns this file now, which is the same as that of the `.run` file, and nothing would come in its place.
/// Manifests are the same in many versions.
fn is_lost(
    facts: &Facts,
    context: &Context<'_>,
    record: &RunfileRecord,
    entry: &RunfileEntry,
) -> bool {
    let RunfileContent::File { crc } = entry.what else { return false };
    let comes = || record.former.iter().any(|former| former.path == entry.path);
    let is_same = || context.machine.runfile_checksum(&entry.path).is_none_or(|it| it == crc);
    matches!(facts.owner(&entry.path), Ownership::Package(_)) && !comes() && is_same()
}

fn leaves_modules(version: &str) -> bool {
    let known = |version: &str| version.parse::<DriverVersion>().ok();
    known(version).is_some_and(|version| Some(version) >= known(LEAVES_MODULES))
}

/// The kernel to whose modules a file belongs: `…/lib/modules/KERNEL/…/NAME.ko`.
fn kernel_of(path: &Path) -> Option<String> {
    let text = path.to_str()?;
    let (_, below) = text.split_once("/lib/modules/")?;
    let (kernel, name) = below.split_once('/')?;
    name.contains(".ko").then(|| kernel.to_owned())
}

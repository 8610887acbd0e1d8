//! Traces of NVIDIA's own `.run` installer. Part of the builders' probe. Paths: NVIDIA/nvidia-installer, `backup.c`,
//! `log.c`, `misc.c`, `option_table.h`.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::modules;
use crate::facts::{
    BuildOutcome, Datum, InstallerRun, LibraryFile, LibraryPlace, ModuleFile, Origin, RunfileEntry,
    RunfileRecord, RunfileTrace,
};
use crate::host::{Failure, Host, follow};
use crate::knowledge::libraries::driver_library;
use crate::knowledge::modules::driver_module;
use crate::parse::installer_log::{self, End};
use crate::parse::{elf, runfile_record};
use crate::version::DriverVersion;

/// What it would have to put back: there exactly while a driver of its is installed. Its first line is the version.
const BACKUP: &str = "/var/lib/nvidia/log";
/// The directories that it made.
const DIRECTORIES: &str = "/var/lib/nvidia/dirs";
/// Its uninstaller, a link to the installer itself. No distribution packages it.
const UNINSTALLER: &str = "/usr/bin/nvidia-uninstall";
/// What it leaves also after it was uninstalled.
const LOG: &str = "/var/log/nvidia-installer.log";
const LEFTOVERS: [&str; 4] = [
    LOG,
    "/var/log/nvidia-uninstall.log",
    "/etc/modprobe.d/nvidia-installer-disable-nouveau.conf",
    "/usr/lib/modprobe.d/nvidia-installer-disable-nouveau.conf",
];

/// What shows a `.run` installation, now or once.
pub(super) fn trace(host: &dyn Host) -> Datum<RunfileTrace> {
    let is_there = |path: &&str| host.metadata(Path::new(path)).is_ok();
    let installed: Vec<&str> = [BACKUP, UNINSTALLER].into_iter().filter(is_there).collect();
    let leftovers = LEFTOVERS.into_iter().filter(is_there);
    let signs: Vec<Origin> = installed.iter().copied().chain(leftovers).map(Origin::from).collect();
    let Some(first) = signs.first().cloned() else {
        return match host.metadata(Path::new(BACKUP)) {
            Err(error) if error.why == Failure::NotCaptured => Datum::unreadable(BACKUP, error.why),
            _ => Datum::absent(BACKUP),
        };
    };
    let last_run = last_run(host);
    let record = if installed.contains(&BACKUP) { read_record(host) } else { None };
    let version = record
        .as_ref()
        .and_then(|record| record.version.parse().ok())
        .or_else(|| last_run.as_ref().and_then(|run| run.version.clone()));
    let installed = !installed.is_empty();
    Datum::known(RunfileTrace { version, signs, installed, last_run, record }, first)
}

/// What it would take away and put back. Only root may read it.
fn read_record(host: &dyn Host) -> Option<RunfileRecord> {
    /// With 500 entries it has some 40 KB.
    const LARGEST: u64 = 4 << 20;
    let log = host.read(Path::new(BACKUP), LARGEST).ok()?;
    let directories = host.read(Path::new(DIRECTORIES), LARGEST).unwrap_or_default();
    let mut record = runfile_record::parse(&log, &directories);
    // As other facts name these files: with the links of their directories followed.
    let mut homes: HashMap<PathBuf, PathBuf> = HashMap::new();
    for entry in record.installed.iter_mut().chain(&mut record.former) {
        let (Some(parent), Some(name)) = (entry.path.parent(), entry.path.file_name()) else {
            continue;
        };
        let home = homes.entry(parent.to_owned()).or_insert_with(|| {
            follow(host, parent).map_or_else(|_| parent.to_owned(), |chain| chain.end)
        });
        entry.path = home.join(name);
    }
    let (libraries, modules) = (
        record.former.iter().filter_map(|entry| former_library(host, entry)).collect(),
        record.former.iter().filter_map(|entry| former_module(host, entry)).collect(),
    );
    (record.libraries, record.modules) = (libraries, modules);
    Some(record)
}

/// Where a former file lies now, and the name that it had.
fn aside(entry: &RunfileEntry) -> Option<(PathBuf, &str)> {
    Some((entry.kept()?, entry.path.file_name()?.to_str()?))
}

/// The installer sets aside what lies in the directories of the system's loader.
fn former_library(host: &dyn Host, entry: &RunfileEntry) -> Option<LibraryFile> {
    let (path, name) = aside(entry)?;
    let library = driver_library(name)?;
    let file = host.open(&path).ok()?;
    let mut start = [0; elf::HEADER];
    let count = file.read_at(0, &mut start).ok()?;
    Some(LibraryFile {
        path: entry.path.clone(),
        stem: library.stem.to_owned(),
        version: DriverVersion::from_library_name(name).filter(|_| library.carries_version),
        arch: elf::machine(start.get(..count)?).map(str::to_owned),
        size: file.size(),
        place: LibraryPlace::System,
        injected: false,
    })
}

fn former_module(host: &dyn Host, entry: &RunfileEntry) -> Option<ModuleFile> {
    let (path, name) = aside(entry)?;
    driver_module(name).filter(|_| name.contains(".ko"))?;
    Some(ModuleFile {
        path: entry.path.clone(),
        linked_from: None,
        info: modules::read_aside(host, &path, name),
        modified: host.metadata(&path).ok()?.modified,
        compressed: modules::is_compressed(&entry.path),
    })
}

fn last_run(host: &dyn Host) -> Option<InstallerRun> {
    /// With the output of a build in it twice, a log has some 100 KB.
    const LARGEST: u64 = 16 << 20;
    let log = installer_log::parse(&host.read(Path::new(LOG), LARGEST).ok()?);
    let outcome = match log.end {
        End::Complete => Some(BuildOutcome::Installed),
        End::BuildFailed { first_error } => {
            Some(BuildOutcome::Failed { first_error, log: LOG.into() })
        }
        End::Other => None,
    };
    Some(InstallerRun {
        version: log.version,
        kernel: log.kernel,
        over_packages: log.over_packages,
        outcome,
        log: LOG.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hosts::memory::Memory;

    const INSTALLER_LOG: &str = "nvidia-installer log file '/var/log/nvidia-installer.log'\n\
        creation time: Mon Nov  3 10:00:00 2025\ninstaller version: 580.95.05\n\nPATH: /usr/bin\n";

    fn found(host: Memory) -> RunfileTrace {
        trace(&host).value().cloned().unwrap()
    }

    #[test]
    fn the_backup_shows_an_installation() {
        let trace = found(
            Memory::default().file(BACKUP, "535.129.03\nNVIDIA driver\n1: /usr/bin/nvidia-smi\n"),
        );
        assert_eq!((trace.version, trace.installed), ("535.129.03".parse().ok(), true));
        // Its last entry has no checksum.
        assert_eq!(trace.record.unwrap().damaged, Some(3));
        assert_eq!(trace.signs, [Origin::from(BACKUP)]);
    }

    /// What it moved out of its way is the packages', and comes back.
    #[test]
    fn the_backup_tells_what_goes_and_what_comes_back() {
        let log = "550.54.14\nNVIDIA driver\n\
            100: /lib/x86_64-linux-gnu/libcuda.so.535.183.01\n1 100644 0 0\n\
            101: /lib/modules/6.1/updates/nvidia.ko\n1 100644 0 0\n\
            102: /etc/other\n1 100644 0 0\n\
            1: /usr/lib/x86_64-linux-gnu/libcuda.so.550.54.14\n1\n";
        let host = Memory::default()
            .link("/lib", "usr/lib")
            .dir("/usr/lib/x86_64-linux-gnu")
            .file(BACKUP, log)
            .file(DIRECTORIES, "/usr/share/nvidia\n")
            .file("/var/lib/nvidia/100", [0x7f, b'E', b'L', b'F'])
            .file("/var/lib/nvidia/101", "not even ELF")
            .file("/var/lib/nvidia/102", "");
        let record = found(host).record.unwrap();
        assert_eq!((record.installed.len(), record.former.len(), record.damaged), (1, 3, None));
        assert_eq!(record.directories, ["/usr/share/nvidia"].map(PathBuf::from));
        let [library] = &record.libraries[..] else { panic!("{:?}", record.libraries) };
        assert_eq!(library.path, Path::new("/usr/lib/x86_64-linux-gnu/libcuda.so.535.183.01"));
        assert_eq!(library.version, "535.183.01".parse().ok());
        let [module] = &record.modules[..] else { panic!("{:?}", record.modules) };
        assert_eq!(module.path, Path::new("/usr/lib/modules/6.1/updates/nvidia.ko"));
        assert!(module.info.is_unreadable());
    }

    #[test]
    fn so_does_the_uninstaller_where_only_root_may_read_the_backup() {
        let host = Memory::default()
            .denied("/var/lib/nvidia")
            .link(UNINSTALLER, "nvidia-installer")
            .file("/usr/bin/nvidia-installer", "")
            .file(LOG, INSTALLER_LOG);
        let trace = found(host);
        assert_eq!((trace.version, trace.installed), ("580.95.05".parse().ok(), true));
    }

    #[test]
    fn an_old_log_is_only_a_trace() {
        let trace = found(Memory::default().file(LOG, INSTALLER_LOG));
        assert_eq!((trace.version, trace.installed), ("580.95.05".parse().ok(), false));
    }

    #[test]
    fn the_log_tells_of_the_last_run() {
        let failed = format!(
            "{INSTALLER_LOG}-> Kernel source path: '/lib/modules/6.1.0-47-amd64/build'\n\
             \x20  nv.c:1:2: error: own\nERROR: Unable to build the NVIDIA kernel module.\n"
        );
        let run = found(Memory::default().file(LOG, failed)).last_run.unwrap();
        assert_eq!(run.kernel.as_deref(), Some("6.1.0-47-amd64"));
        let first_error = Some("nv.c:1:2: error: own".to_owned());
        assert_eq!(run.outcome, Some(BuildOutcome::Failed { first_error, log: LOG.into() }));
        let done = format!("{INSTALLER_LOG}-> Installation of the driver is now complete.\n");
        assert!(found(Memory::default().file(LOG, done)).last_run.unwrap().has_installed());
    }

    #[test]
    fn nothing_is_nothing() {
        assert!(trace(&Memory::default().file("/usr/bin/nvidia-installer", "")).is_absent());
        assert!(trace(&Memory::default().denied("/var/lib/nvidia")).is_absent());
    }
}

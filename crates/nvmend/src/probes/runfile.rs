//! Traces of NVIDIA's own `.run` installer. Part of the builders' probe. Paths: NVIDIA/nvidia-installer, `backup.c`,
//! `log.c`, `misc.c`, `option_table.h`.

use std::path::Path;

use crate::facts::{Datum, Origin, RunfileTrace};
use crate::host::{Failure, Host};
use crate::version::DriverVersion;

/// What it would have to put back: there exactly while a driver of its is installed. Its first line is the version.
const BACKUP: &str = "/var/lib/nvidia/log";
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
    let backup = is_there(&BACKUP);
    let uninstaller = is_there(&UNINSTALLER);
    let places = [BACKUP, UNINSTALLER].into_iter().chain(LEFTOVERS);
    let signs: Vec<Origin> = places.filter(is_there).map(Origin::from).collect();
    let Some(first) = signs.first().cloned() else {
        return match host.metadata(Path::new(BACKUP)) {
            Err(error) if error.why == Failure::NotCaptured => Datum::unreadable(BACKUP, error.why),
            _ => Datum::absent(BACKUP),
        };
    };
    let version = version_of_backup(host).or_else(|| version_of_log(host));
    Datum::known(RunfileTrace { version, signs, installed: backup || uninstaller }, first)
}

fn version_of_backup(host: &dyn Host) -> Option<DriverVersion> {
    start(host, BACKUP)?.lines().next()?.trim().parse().ok()
}

/// `installer version: 535.129.03`.
fn version_of_log(host: &dyn Host) -> Option<DriverVersion> {
    start(host, LOG)?
        .lines()
        .find_map(|line| line.strip_prefix("installer version:")?.trim().parse().ok())
}

/// The first kilobyte; both files may be long, and only root may read the backup's.
fn start(host: &dyn Host, path: &str) -> Option<String> {
    let mut bytes = vec![0; 1024];
    let count = host.open(Path::new(path)).ok()?.read_at(0, &mut bytes).ok()?;
    bytes.truncate(count);
    Some(String::from_utf8_lossy(&bytes).into_owned())
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
        assert_eq!(trace.signs, [Origin::from(BACKUP)]);
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
    fn nothing_is_nothing() {
        assert!(trace(&Memory::default().file("/usr/bin/nvidia-installer", "")).is_absent());
        assert!(trace(&Memory::default().denied("/var/lib/nvidia")).is_absent());
    }
}

//! Traces of NVIDIA's own `.run` installer. Part of the builders' probe. Paths: NVIDIA/nvidia-installer, `backup.c`,
//! `log.c`, `misc.c`, `option_table.h`.

use std::path::Path;

use crate::facts::{BuildOutcome, Datum, InstallerRun, Origin, RunfileTrace};
use crate::host::{Failure, Host};
use crate::parse::installer_log::{self, End};
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
    let version =
        version_of_backup(host).or_else(|| last_run.as_ref().and_then(|run| run.version.clone()));
    Datum::known(RunfileTrace { version, signs, installed: !installed.is_empty(), last_run }, first)
}

/// Its first line. Only root may read it.
fn version_of_backup(host: &dyn Host) -> Option<DriverVersion> {
    let mut bytes = vec![0; 1024];
    let count = host.open(Path::new(BACKUP)).ok()?.read_at(0, &mut bytes).ok()?;
    bytes.truncate(count);
    String::from_utf8_lossy(&bytes).lines().next()?.trim().parse().ok()
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

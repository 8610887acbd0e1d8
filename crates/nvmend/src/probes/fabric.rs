//! NVSwitch chips and the fabric manager that configures them. Part of the consumers' probe.

use std::path::Path;

use crate::facts::{Datum, FabricRefusal};
use crate::host::Host;
use crate::parse::fabric_log;

/// One entry per chip (open-gpu-kernel-modules, `kernel-open/nvidia/procfs_nvswitch.c`).
const SWITCHES: &str = "/proc/driver/nvidia-nvswitch/devices";
/// `LOG_FILE_NAME` of `fabricmanager.cfg` (Fabric Manager User Guide).
const LOG: &str = "/var/log/fabricmanager.log";
/// A start of the manager is a few lines; only the last one counts.
const TAIL: u64 = 64 << 10;

/// How many NVSwitch chips the driver has found.
pub(super) fn switches(host: &dyn Host) -> Datum<usize> {
    match Datum::read(host.list(Path::new(SWITCHES)).map(|entries| entries.len()), SWITCHES) {
        Datum::Known { value: 0, .. } => Datum::absent(SWITCHES),
        found => found,
    }
}

/// The last refusal in the manager's log. Only root may read the log where the manager made it; the package's
/// version says the same.
pub(super) fn refusal(host: &dyn Host) -> Datum<FabricRefusal> {
    let Ok(file) = host.open(Path::new(LOG)) else { return Datum::absent(LOG) };
    let start = file.size().saturating_sub(TAIL);
    let mut tail = vec![0; usize::try_from(file.size().min(TAIL)).unwrap_or(0)];
    let read = match file.read_at(start, &mut tail) {
        Ok(read) => read,
        Err(error) => return Datum::unreadable(LOG, error),
    };
    tail.truncate(read);
    match fabric_log::refusal(&tail) {
        Some((manager, driver)) => Datum::known(FabricRefusal { manager, driver }, LOG),
        None => Datum::absent(LOG),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hosts::memory::Memory;

    #[test]
    fn counts_switches() {
        let host = Memory::default()
            .dir("/proc/driver/nvidia-nvswitch/devices/0000:86:00.0")
            .dir("/proc/driver/nvidia-nvswitch/devices/0000:87:00.0");
        assert_eq!(switches(&host).value(), Some(&2));
        assert!(switches(&Memory::default().dir(SWITCHES)).is_absent());
        assert!(switches(&Memory::default()).is_absent());
    }

    #[test]
    fn reads_the_end_of_the_log() {
        let refused = "fabric manager NVIDIA GPU driver interface version 530.30.02 don't match with driver version 530.41.03. Please update\n";
        let log = format!("{}{refused}", "[INFO] x\n".repeat(20_000));
        let found = refusal(&Memory::default().file(LOG, log));
        assert_eq!(found.value().unwrap().manager.as_str(), "530.30.02");
        assert!(refusal(&Memory::default()).is_absent());
    }
}

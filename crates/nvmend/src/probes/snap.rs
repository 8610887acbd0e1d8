//! Driver libraries that snapd hands to snaps. Part of the consumers' probe.
//!
//! On a classic system these directories are empty: snap-confine fills them anew, in each snap's own mounts, with the
//! system's libraries (snapcore/snapd, `cmd/snap-confine/mount-support-nvidia.c`). What lies there for good came
//! another way.

use std::path::Path;

use crate::facts::SharedLibrary;
use crate::host::Host;
use crate::knowledge::libraries::driver_library;
use crate::version::DriverVersion;

const DIRECTORIES: [&str; 2] = ["/var/lib/snapd/lib/gl", "/var/lib/snapd/lib/gl32"];
/// More than a driver has libraries.
const MOST: usize = 256;

/// Those that carry the driver's version.
pub(super) fn libraries(host: &dyn Host) -> Vec<SharedLibrary> {
    let mut found = Vec::new();
    for directory in DIRECTORIES {
        let entries = host.list(Path::new(directory)).unwrap_or_default();
        let libraries = entries.into_iter().filter_map(|entry| {
            driver_library(&entry.name).filter(|library| library.carries_version)?;
            let version = DriverVersion::from_library_name(&entry.name)?;
            Some(SharedLibrary { path: Path::new(directory).join(&entry.name), version })
        });
        found.extend(libraries.take(MOST));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hosts::memory::Memory;

    #[test]
    fn finds_what_carries_a_version() {
        let host = Memory::default()
            .file("/var/lib/snapd/lib/gl/libnvidia-glcore.so.550.107.02", "")
            .file("/var/lib/snapd/lib/gl/libGL.so.1", "");
        let found = libraries(&host);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].version.as_str(), "550.107.02");
        assert_eq!(libraries(&Memory::default()), []);
    }
}

//! NVIDIA runtimes of Flatpak. Part of the consumers' probe.
//!
//! Each driver version is a runtime of its own, with dashes for the dots in its name
//! (flathub/org.freedesktop.Platform.GL.nvidia, README).

use std::path::{Path, PathBuf};

use crate::facts::FlatpakRuntime;
use crate::host::Host;
use crate::version::DriverVersion;

/// The system's installation (flatpak(1)); without it, Flatpak is not set up.
const SYSTEM: &str = "/var/lib/flatpak";
const RUNTIMES: [(&str, bool); 2] = [
    ("org.freedesktop.Platform.GL.nvidia-", false),
    ("org.freedesktop.Platform.GL32.nvidia-", true),
];
/// Homes that are looked into, and runtimes that are kept of each installation.
const MOST: usize = 64;

/// Of the system's installation and of the users' own.
pub(super) fn runtimes(host: &dyn Host) -> Vec<FlatpakRuntime> {
    if host.metadata(Path::new(SYSTEM)).is_err() {
        return vec![];
    }
    let homes = host.list(Path::new("/home")).unwrap_or_default().into_iter().take(MOST);
    let homes = homes
        .map(|entry| Path::new("/home").join(entry.name))
        .chain([PathBuf::from("/root")])
        .map(|home| home.join(".local/share/flatpak"));
    let installations = [PathBuf::from(SYSTEM)].into_iter().chain(homes);
    // Another user's home that may not be read hides at most a runtime that serves that user alone.
    installations.flat_map(|installation| of_installation(host, &installation)).collect()
}

fn of_installation(host: &dyn Host, installation: &Path) -> Vec<FlatpakRuntime> {
    let directory = installation.join("runtime");
    let entries = host.list(&directory).unwrap_or_default();
    let runtimes = entries.into_iter().filter_map(|entry| {
        let (version, is_32_bit) = RUNTIMES.iter().find_map(|(start, is_32_bit)| {
            let dashed = entry.name.strip_prefix(start)?;
            let version: DriverVersion = dashed.replace('-', ".").parse().ok()?;
            Some((version, *is_32_bit))
        })?;
        Some(FlatpakRuntime { path: directory.join(entry.name), version, is_32_bit })
    });
    runtimes.take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hosts::memory::Memory;

    #[test]
    fn reads_versions_with_dashes() {
        let host = Memory::default()
            .dir("/var/lib/flatpak/runtime/org.freedesktop.Platform.GL.default/x86_64")
            .dir("/var/lib/flatpak/runtime/org.freedesktop.Platform.GL.nvidia-580-95-05/x86_64")
            .dir("/home/ann/.local/share/flatpak/runtime/org.freedesktop.Platform.GL32.nvidia-580-95-05");
        let found: Vec<(String, bool)> = runtimes(&host)
            .into_iter()
            .map(|runtime| (runtime.version.to_string(), runtime.is_32_bit))
            .collect();
        assert_eq!(found, [("580.95.05".to_owned(), false), ("580.95.05".to_owned(), true)]);
    }

    #[test]
    fn is_silent_without_flatpak() {
        assert_eq!(runtimes(&Memory::default().dir("/home/ann")), []);
    }
}

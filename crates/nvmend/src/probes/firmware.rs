//! Which versions of the GSP firmware lie where the kernel looks.

use std::path::{Path, PathBuf};

use crate::facts::{Datum, Facts, Firmware};
use crate::host::{Host, read_text};
use crate::probe::{Found, Probe};
use crate::version::DriverVersion;

/// Lists the directories that the kernel searches for firmware.
pub const PROBE: Probe = Probe { name: "firmware", run };

/// Where the kernel looks (Documentation/driver-api/firmware/fw_search_path.rst); a parameter may put one before.
const PLACES: [&str; 2] = ["/lib/firmware/updates", "/lib/firmware"];
const PARAMETER: &str = "/sys/module/firmware_class/parameters/path";
/// Version directories that are looked into.
const MOST: usize = 64;

fn run(host: &dyn Host, _known: &Facts) -> Found {
    let gsp = gsp(host);
    Box::new(move |facts| facts.firmware = Firmware { gsp })
}

/// What can't be looked into says nothing, and is no gap: the kernel log tells when firmware was wanted and not there.
fn gsp(host: &dyn Host) -> Datum<Vec<DriverVersion>> {
    let told = read_text(host, PARAMETER).unwrap_or_default();
    let told = Some(PathBuf::from(told.trim())).filter(|path| path.is_absolute());
    let mut versions: Vec<DriverVersion> = told
        .into_iter()
        .chain(PLACES.map(PathBuf::from))
        .flat_map(|place| versions_in(host, &place.join("nvidia")))
        .collect();
    versions.sort();
    versions.dedup();
    let (place, fallback) = ("/lib/firmware/nvidia", "/lib/firmware");
    if versions.is_empty() && host.list(Path::new(fallback)).is_err() {
        return Datum::absent(fallback);
    }
    Datum::known(versions, place)
}

fn versions_in(host: &dyn Host, directory: &Path) -> Vec<DriverVersion> {
    // Beside the versions lie nouveau's files, by chip (`tu102`).
    let entries = host.list(directory).unwrap_or_default().into_iter();
    let versions = entries.filter_map(|entry| entry.name.parse::<DriverVersion>().ok()).take(MOST);
    let has_files = |version: &DriverVersion| {
        host.list(&directory.join(version.as_str()))
            .is_ok_and(|files| files.iter().any(|file| file.name.starts_with("gsp")))
    };
    versions.filter(has_files).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hosts::memory::Memory;

    fn found(host: &Memory) -> Option<Vec<String>> {
        let mut facts = Facts::default();
        run(host, &Facts::default())(&mut facts);
        assert_eq!(facts.gaps, []);
        let versions = facts.firmware.gsp.value()?;
        Some(versions.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn finds_versions_with_files() {
        let host = Memory::default()
            .file("/lib/firmware/nvidia/535.261.03/gsp_tu10x.bin", "")
            .file("/lib/firmware/nvidia/565.77/gsp_ga10x.bin.xz", "")
            .file("/lib/firmware/nvidia/tu102/gsp/gsp-535.113.01.bin", "")
            .dir("/lib/firmware/nvidia/470.82.01")
            .file("/sys/module/firmware_class/parameters/path", "/run/nvidia/driver/lib/firmware\n")
            .file("/run/nvidia/driver/lib/firmware/nvidia/550.54.15/gsp_ga10x.bin", "");
        assert_eq!(found(&host).unwrap(), ["535.261.03", "550.54.15", "565.77"]);
    }

    #[test]
    fn none_is_not_nowhere_to_look() {
        assert_eq!(found(&Memory::default()), None);
        assert_eq!(found(&Memory::default().dir("/lib/firmware")), Some(vec![]));
    }
}

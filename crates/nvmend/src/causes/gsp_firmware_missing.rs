//! The firmware of the GPU System Processor (GSP) of the module's very own version is not there.

use super::common::{NONE, loaded, on_disk, with_all};
use super::gpu_support::{flavour, own_gpus};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{Environment, Facts, Flavour, LogEventKind};
use crate::knowledge::pci::Support;

/// `gsp-firmware-missing`.
pub const CAUSE: Cause = Cause {
    id: "gsp-firmware-missing",
    severity: Severity::Error,
    find,
    remedies: &["install-firmware", "reboot"],
    explains: &["gpu-firmware-fault"],
};

fn find(facts: &Facts) -> Option<Finding> {
    if facts.system.environment != Environment::Host || facts.has_gpu() == Some(false) {
        return None;
    }
    let loaded_version = facts.loaded_version().map(|(version, _)| version);
    // What could not be read to its end is not missing (`gpu-firmware-fault`); the driver's own words are the same then.
    let is_interrupted = facts.log.first(&LogEventKind::FirmwareInterrupted).is_some();
    let said = facts.log.first(&LogEventKind::FirmwareMissing).filter(|_| !is_interrupted);
    let on_disk_version = facts.on_disk_version().map(|(version, _)| version);
    let there = facts.firmware.gsp.sourced();
    let (finding, version) = match said {
        Some(_) => (Finding::certain(), loaded_version.or(on_disk_version)?),
        // Whether the module runs without it was not seen.
        None if facts.lacks(&["loaded modules"]) => return None,
        None => {
            let version = on_disk_version.or(loaded_version)?;
            if there?.0.contains(version) || !needs_firmware(facts) {
                return None;
            }
            let finding = match loaded_version {
                // It runs: the firmware was there when it started, or the initramfs had it.
                Some(_) => Finding::likely().severity(Severity::Warning),
                None => Finding::likely(),
            };
            (finding, version)
        }
    };
    let newest = there.and_then(|(versions, _)| versions.last());
    let mut finding = finding
        .arg("version", version)
        .arg("there", newest.map_or(NONE.to_owned(), ToString::to_string));
    if loaded_version.is_some() && loaded_version != on_disk_version {
        // An upgrade replaced the firmware together with everything else.
        finding = finding.follows_from("stale-module-loaded").follows_from("stale-initramfs");
    }
    let library = facts.library_version().map(|(library, _)| library);
    if library.is_some_and(|library| {
        library != version && there.is_some_and(|(there, _)| there.contains(library))
    }) {
        // It came with the libraries, of their version.
        finding = finding.follows_from("package-version-skew");
    }
    let said = said.map(|event| Evidence::new("claim-log-line", event.from.clone(), &event.line));
    let files = there.map(|(versions, origin)| {
        let list: Vec<String> = versions.iter().map(ToString::to_string).collect();
        let value = if list.is_empty() { "-".to_owned() } else { list.join(", ") };
        Evidence::new("claim-firmware-versions", origin.clone(), value)
    });
    let evidence = said.into_iter().chain(files).chain(loaded(facts)).chain(on_disk(facts));
    Some(with_all(finding, evidence))
}

/// The open modules run on GPUs with a GSP only, and always by its firmware (README of the driver, "GSP Firmware").
/// The proprietary ones do without on some.
fn needs_firmware(facts: &Facts) -> bool {
    flavour(facts).is_some_and(|(flavour, _)| flavour == Flavour::Open)
        && own_gpus(facts)
            .any(|(_, support)| matches!(support, Support::EitherFlavour | Support::OpenOnly))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::facts::Datum;

    fn with_firmware(mut facts: Facts, version: &str) -> Facts {
        set_licence(&mut facts, "Dual MIT/GPL");
        let versions = vec![version.parse().unwrap()];
        facts.firmware.gsp = Datum::known(versions, "/lib/firmware/nvidia");
        facts
    }

    #[test]
    fn warns_of_the_next_start() {
        let facts = machine("535.261.03", "535.261.03", "535.261.03");
        let facts = with_firmware(facts, "535.216.03");
        assert_eq!(find(&facts).unwrap().severity, Some(Severity::Warning));
        assert_eq!(primary(&facts), "gsp-firmware-missing");
    }

    #[test]
    fn follows_from_an_upgrade_that_took_it_along() {
        let facts = machine("535.216.03", "535.261.03", "535.261.03");
        let mut facts = with_firmware(facts, "535.261.03");
        assert!(find(&facts).is_none());
        log(&mut facts, LogEventKind::FirmwareMissing, "No firmware image found");
        assert!(find(&facts).is_some());
        assert_eq!(primary(&facts), "stale-module-loaded");
    }

    #[test]
    fn follows_from_packages_that_differ_where_the_firmware_is_the_libraries() {
        let skewed = |firmware| {
            let facts = machine("535.216.03", "535.216.03", "535.261.03");
            let mut facts = with_firmware(facts, firmware);
            log(&mut facts, LogEventKind::FirmwareMissing, "No firmware image found");
            find(&facts).unwrap().follows_from.contains(&"package-version-skew")
        };
        assert!(skewed("535.261.03"));
        assert!(!skewed("525.60.13"));
    }

    #[test]
    fn an_interrupted_load_is_not_missing_firmware() {
        use LogEventKind::{FirmwareInterrupted, FirmwareMissing};
        let facts = machine("535.261.03", "535.261.03", "535.261.03");
        let mut facts = with_firmware(facts, "535.261.03");
        log(&mut facts, FirmwareMissing, "No firmware image found");
        assert!(find(&facts).is_some());
        if let Datum::Known { value, .. } = &mut facts.log.events {
            let mut event = value[0].clone();
            event.kind = FirmwareInterrupted;
            value.push(event);
        }
        assert!(find(&facts).is_none());
    }

    #[test]
    fn firmware_of_the_right_version_and_what_could_not_be_seen_are_no_fault() {
        let facts = machine("535.261.03", "535.261.03", "535.261.03");
        assert!(find(&with_firmware(facts.clone(), "535.261.03")).is_none());
        assert!(find(&facts).is_none());
        let mut proprietary = with_firmware(facts, "535.216.03");
        set_licence(&mut proprietary, "NVIDIA");
        assert!(find(&proprietary).is_none());
    }
}

use super::*;
use crate::hosts::memory::Memory;

fn probe(host: &Memory) -> Facts {
    let mut facts = Facts::default();
    run(host, &Facts::default())(&mut facts);
    facts
}

fn version(facts: &Facts) -> Option<(&str, &str)> {
    facts.loaded.driver.sourced().map(|(driver, from)| (driver.version.as_str(), from.as_str()))
}

const WORD: &str = "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.126.09  Release Build  (x@y)\nGCC version:  gcc\n";

#[test]
fn reads_a_whole_machine() {
    let host = Memory::default()
        .file("/proc/modules", "nvidia_uvm 2031616 2 - Live 0x0 (POE)\nnvidia 60710912 97 nvidia_uvm,nvidia_modeset, Live 0x0 (POE)\next4 1 1 - Live 0x0\n")
        .file("/sys/module/nvidia/version", "535.129.03\n")
        .file("/sys/module/nvidia/refcnt", "97\n")
        .file("/sys/module/nvidia/initstate", "live\n")
        .file("/sys/module/nvidia/taint", "POE\n")
        .dir("/sys/module/nvidia/holders/nvidia_uvm")
        .dir("/sys/module/nvidia/holders/nvidia_modeset")
        .file("/sys/module/nvidia_uvm/version", "535.54.03\n")
        .dir("/sys/module/nouveau")
        .file("/proc/driver/nvidia/version", "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.129.03  Thu\n");
    let facts = probe(&host);
    assert_eq!(version(&facts), Some(("535.129.03", "/sys/module/nvidia/version")));
    let driver = facts.loaded.driver.value().unwrap();
    assert_eq!(driver.flavour, Some(Flavour::Proprietary));
    let from: Vec<_> = driver.readings.iter().map(|reading| reading.from.as_str()).collect();
    assert_eq!(from, ["/sys/module/nvidia/version", "/proc/driver/nvidia/version"]);
    let names: Vec<_> = facts.loaded.modules.iter().map(|module| module.name.as_str()).collect();
    assert_eq!(names, ["nouveau", "nvidia", "nvidia_uvm"]);
    let core = facts.loaded.module("nvidia").unwrap();
    assert_eq!((core.references, core.state.as_deref()), (Some(97), Some("live")));
    assert_eq!(core.used_by, ["nvidia_modeset", "nvidia_uvm"]);
    let uvm = facts.loaded.module("nvidia_uvm").unwrap();
    assert_eq!(uvm.version.value().unwrap().as_str(), "535.54.03");
    assert_eq!((uvm.references, uvm.state.as_deref()), (Some(2), Some("live")));
    assert_eq!(facts.gaps, []);
}

#[test]
fn one_file_suffices() {
    let facts = probe(&Memory::default().file("/proc/driver/nvidia/version", WORD));
    assert_eq!(version(&facts), Some(("580.126.09", "/proc/driver/nvidia/version")));
    assert_eq!(facts.loaded.driver.value().unwrap().flavour, Some(Flavour::Open));
    assert!(facts.loaded.module("nvidia").is_some());

    let facts = probe(
        &Memory::default()
            .file("/sys/module/nvidia/version", "580.126.09\n")
            .file("/sys/module/nvidia/taint", "OE\n"),
    );
    assert_eq!(version(&facts), Some(("580.126.09", "/sys/module/nvidia/version")));
    assert_eq!(facts.loaded.driver.value().unwrap().flavour, Some(Flavour::Open));

    let facts = probe(&Memory::default().file("/sys/module/nvidia_current/version", "390.157\n"));
    assert_eq!(version(&facts), Some(("390.157", "/sys/module/nvidia_current/version")));
}

#[test]
fn keeps_readings_that_disagree() {
    let host = Memory::default()
        .file("/sys/module/nvidia/version", "575.51.02\n")
        .file("/proc/driver/nvidia/version", WORD);
    let facts = probe(&host);
    let readings: Vec<_> = facts
        .loaded
        .driver
        .value()
        .unwrap()
        .readings
        .iter()
        .map(|it| it.version.to_string())
        .collect();
    assert_eq!(readings, ["575.51.02", "580.126.09"]);
}

#[test]
fn an_image_or_a_machine_without_the_driver_has_none() {
    for host in [
        Memory::default(),
        Memory::default().file("/proc/modules", "ext4 1 1 - Live 0x0\n"),
        Memory::default().dir("/sys/module/ext4"),
        Memory::default().denied("/proc/modules").dir("/sys/module/ext4"),
        // Asked only when the files hide something.
        Memory::default()
            .file("/proc/modules", "ext4 1 1 - Live 0x0\n")
            .driver_answers("535.129.03"),
    ] {
        let facts = probe(&host);
        assert!(facts.loaded.driver.is_absent(), "{:?}", facts.loaded);
        assert!(facts.gaps.is_empty() && facts.loaded.modules.is_empty());
    }
}

#[test]
fn asks_the_driver_where_the_files_are_masked() {
    let masked =
        Memory::default().denied("/proc/modules").denied("/sys/module").denied("/proc/driver");
    let facts = probe(&masked.clone().driver_answers("535.129.03"));
    assert_eq!(version(&facts), Some(("535.129.03", "ioctl /dev/nvidiactl")));

    let facts = probe(&masked);
    assert!(facts.loaded.driver.is_unreadable());
    assert_eq!(facts.gaps, [Gap::new("/proc/modules", "permission denied")]);
}

#[test]
fn a_driver_without_a_version_is_not_absent() {
    let word =
        "NVRM version: NVIDIA UNIX Open Kernel Module for aarch64  TempVersion  Release Build\n";
    let facts = probe(&Memory::default().file("/proc/driver/nvidia/version", word));
    assert!(facts.loaded.driver.is_unreadable());
    assert_eq!(facts.gaps.len(), 1);

    let facts =
        probe(&Memory::default().file("/proc/modules", "nvidia 60710912 97 - Live 0x0 (POE)\n"));
    assert!(facts.loaded.driver.is_unreadable());
    assert_eq!(facts.gaps, [Gap::new("/sys/module/nvidia/version", "no such file")]);
}

#[test]
fn damage_is_a_gap() {
    let host = Memory::default()
        .file("/sys/module/nvidia/version", "\u{1}garbage")
        .file("/proc/driver/nvidia/version", "hello");
    let facts = probe(&host);
    assert!(facts.loaded.driver.is_unreadable(), "{:?}", facts.loaded);
    let what: Vec<_> = facts.gaps.iter().map(|gap| gap.what.as_str()).collect();
    assert!(
        what.contains(&"/sys/module/nvidia/version")
            && what.contains(&"/proc/driver/nvidia/version")
    );
}

#[test]
fn mig_instances_are_counted() {
    let capabilities = "/proc/driver/nvidia/capabilities";
    let host = Memory::default()
        .file("/sys/module/nvidia/version", "535.261.03\n")
        .dir(&format!("{capabilities}/mig"))
        .dir(&format!("{capabilities}/gpu0/mig/gi1/ci0"))
        .dir(&format!("{capabilities}/gpu1/mig/gi1/ci0"))
        .dir(&format!("{capabilities}/gpu1/mig/gi2"));
    assert_eq!(read(&host).0.mig_instances, 3);
}

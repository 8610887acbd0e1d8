//! Every file of rich machines, damaged in every way.

use std::path::Path;

use flate2::read::GzDecoder;
use nvmend::host::Failure;
use nvmend::hosts::memory::Memory;
use nvmend::verdict::Verdict;

use crate::machine::{check, files, machine};

/// A described machine, with a real rpm database where there is none: descriptions hold text.
fn rich(name: &str) -> Memory {
    let machine = machine(name);
    if !name.starts_with("fedora") {
        return machine;
    }
    let mut database = Vec::new();
    let packed = include_bytes!("../data/rpmdb.sqlite.gz");
    std::io::copy(&mut GzDecoder::new(&packed[..]), &mut database).unwrap();
    machine.file("/usr/lib/sysimage/rpm/rpmdb.sqlite", database)
}

/// Bytes without a pattern, the same each time (xorshift).
fn garbage(length: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let bytes = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    });
    bytes.take(length).collect()
}

/// The machine with that file damaged, in each way.
fn damaged(machine: &Memory, path: &str, content: &[u8]) -> Vec<(String, Memory)> {
    let with = |content: &[u8]| machine.clone().file(path, content);
    let mut flipped = content.to_vec();
    for byte in flipped.iter_mut().step_by(7) {
        *byte ^= 0x55;
    }
    let failing = |why: Failure| machine.clone().failing(path, why);
    let mut all = vec![
        ("empty".to_owned(), with(b"")),
        ("garbage".to_owned(), with(&garbage(content.len().max(64)))),
        ("much garbage".to_owned(), with(&garbage(256 << 10))),
        ("zeros".to_owned(), with(&vec![0; content.len()])),
        ("flipped bits".to_owned(), with(&flipped)),
        ("denied".to_owned(), failing(Failure::NotPermitted)),
        ("bad sector".to_owned(), failing(Failure::Io("Input/output error".to_owned()))),
        ("link loop".to_owned(), machine.clone().link(path, path)),
        ("directory".to_owned(), machine.clone().dir(path)),
    ];
    let mut cuts = vec![1, 4, 16, 63, 64, content.len() / 2, content.len().saturating_sub(1)];
    cuts.retain(|cut| *cut < content.len());
    cuts.dedup();
    all.extend(cuts.into_iter().map(|cut| (format!("cut at {cut}"), with(&content[..cut]))));
    all
}

/// Files of which damage must show: each decides, or says who owns what.
fn decides(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    path == "/proc/sys/kernel/osrelease"
        || path == "/sys/module/nvidia/version"
        || path == "/etc/ld.so.cache"
        || path == "/etc/os-release"
        || path == "/var/lib/dpkg/status"
        || (path.contains("/modules/") && (name == "modules.dep" || is_core_module(name)))
        || (path.starts_with("/usr/lib") && !path.contains("stubs") && is_deciding_library(name))
        || name == "rpmdb.sqlite"
}

/// Of a kernel that neither runs nor boots next, only the core is read.
fn is_core_module(name: &str) -> bool {
    let stem = name.split(".ko").next().unwrap_or_default();
    name.contains(".ko") && matches!(stem, "nvidia" | "nvidia-current" | "nvidia-current-open")
}

fn is_deciding_library(name: &str) -> bool {
    name.starts_with("libcuda.so") || name.starts_with("libnvidia-ml.so")
}

/// Damage that no format can take for content.
fn is_plain(damage: &str) -> bool {
    ["garbage", "much garbage", "zeros", "denied", "bad sector", "link loop", "directory"]
        .contains(&damage)
}

fn survives_damage_of_any_file(name: &str) {
    let machine = rich(name);
    for (path, content) in files(&machine) {
        let path = path.to_str().unwrap();
        for (damage, machine) in damaged(&machine, path, &content) {
            let what = format!("{name}: {path}: {damage}");
            let checked = check(machine, &what);
            if decides(path) && is_plain(&damage) {
                assert!(
                    checked.names(Path::new(path)),
                    "{what}: not named in {:?}",
                    checked.report
                );
            }
            let is_wanted = path.starts_with("/usr/lib")
                && is_deciding_library(path.rsplit('/').next().unwrap())
                && !path.contains("stubs");
            if (is_wanted || path == "/proc/sys/kernel/osrelease")
                && (is_plain(&damage) || damage == "empty")
            {
                assert_ne!(checked.verdict, Verdict::Aligned, "{what}: {:?}", checked.report);
            }
        }
    }
}

macro_rules! survives_damage {
    ($($test:ident: $name:literal,)*) => {
        $(#[test]
        fn $test() {
            survives_damage_of_any_file($name);
        })*
    };
}

// Debian, Ubuntu, Fedora (compressed modules), Arch; Secure Boot; a container; NVIDIA's own installer.
survives_damage! {
    debian_survives_damage: "debian-12-535",
    ubuntu_survives_damage: "ubuntu-22.04-cuda",
    fedora_survives_damage: "fedora-41-rpmfusion",
    arch_survives_damage: "arch-580",
    secure_boot_survives_damage: "secure-boot-rejects-module",
    a_container_survives_damage: "container-injected",
    a_runfile_survives_damage: "runfile-550",
    a_failed_build_survives_damage: "dkms-build-failed",
}

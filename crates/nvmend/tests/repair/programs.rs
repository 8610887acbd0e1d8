//! Mocks of the programs that steps run: each changes what the real one would, as far as the tests look.

use std::path::{Path, PathBuf};

use nvmend::host::{FileKind, Host};
use nvmend::hosts::memory::Memory;
use nvmend::hosts::simulated::{Change, Program};

use crate::facts;

/// All of them, by name.
pub const ALL: &[(&str, Program)] = &[
    ("ldconfig", ldconfig),
    ("depmod", depmod),
    ("modprobe", modprobe),
    ("update-initramfs", image),
    ("dracut", image),
    ("mkinitcpio", image),
    ("systemctl", |_, _| vec![]),
    ("dkms", |_, _| vec![]),
];

/// Sets the link by SONAME in the libraries' directories to the newest version there, and writes its cache.
fn ldconfig(memory: &Memory, _: &[String]) -> Vec<Change> {
    let mut changes = vec![];
    for directory in ["/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib"] {
        let Ok(entries) = memory.list(Path::new(directory)) else { continue };
        for stem in ["libcuda", "libnvidia-ml"] {
            let newest = entries
                .iter()
                .filter(|entry| entry.kind == FileKind::File)
                .filter(|entry| entry.name.starts_with(&format!("{stem}.so.")))
                .map(|entry| entry.name.clone())
                .max();
            if let Some(newest) = newest {
                let link = Path::new(directory).join(format!("{stem}.so.1"));
                changes.push(Change::Link(link, PathBuf::from(newest)));
            }
        }
    }
    let cache = memory.read(Path::new("/etc/ld.so.cache"), u64::MAX).unwrap_or_default();
    changes.push(Change::Write("/etc/ld.so.cache".into(), [cache, vec![0]].concat()));
    changes
}

/// Writes an index of all NVIDIA modules, in the place of the old one.
fn depmod(memory: &Memory, arguments: &[String]) -> Vec<Change> {
    let kernel = arguments.last().unwrap();
    let directory = format!("/lib/modules/{kernel}");
    let facts = facts(memory);
    let files = facts.modules_of(kernel).map_or(&[][..], |modules| &modules.files);
    let index: String = files
        .iter()
        .map(|file| file.linked_from.as_ref().unwrap_or(&file.path))
        .map(|path| path.to_string_lossy().replace("/usr/lib/", "/lib/"))
        .map(|path| format!("{}:\n", path.trim_start_matches(&format!("{directory}/"))))
        .collect();
    let file = |name: &str| PathBuf::from(format!("{directory}/{name}"));
    vec![
        Change::Write(file("modules.dep"), index.into_bytes()),
        Change::Remove(file("modules.dep.bin")),
    ]
}

/// Loads the version that is on disk.
fn modprobe(memory: &Memory, arguments: &[String]) -> Vec<Change> {
    let name = arguments.last().unwrap();
    let facts = facts(memory);
    let Some((version, _)) = facts.on_disk_version() else {
        return vec![Change::Fail(format!("modprobe: FATAL: Module {name} not found"))];
    };
    let directory = format!("/sys/module/{name}");
    let mut changes = vec![
        // The kernel shows a module all at once; `refcnt` is what says that it is there.
        Change::Write(format!("{directory}/refcnt").into(), b"0\n".to_vec()),
        Change::Write(format!("{directory}/version").into(), format!("{version}\n").into_bytes()),
    ];
    if name == "nvidia" {
        let text = format!(
            "NVRM version: NVIDIA UNIX x86_64 Kernel Module  {version}  Thu Jun  5 00:00:00 UTC 2025\n"
        );
        changes.push(Change::Write("/proc/driver/nvidia/version".into(), text.into_bytes()));
    }
    changes
}

/// Writes every image of the boot directory anew: what is in it does not matter here, only that it is brought back.
fn image(memory: &Memory, _: &[String]) -> Vec<Change> {
    let entries = memory.list(Path::new("/boot")).unwrap_or_default();
    entries
        .into_iter()
        .filter(|entry| entry.name.starts_with("initr"))
        .map(|entry| Change::Write(Path::new("/boot").join(entry.name), b"new image".to_vec()))
        .collect()
}

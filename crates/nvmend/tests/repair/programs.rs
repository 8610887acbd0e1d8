//! Mocks of the programs that steps run: each changes what the real one would, as far as the tests look.

use std::path::{Path, PathBuf};

use nvmend::facts::RunfileContent;
use nvmend::host::{FileKind, Host};
use nvmend::hosts::made;
use nvmend::hosts::memory::Memory;
use nvmend::hosts::simulated::{Change, Program};

use crate::facts;

/// All of them, by name.
pub const ALL: &[(&str, Program)] = &[
    ("ldconfig", ldconfig),
    ("depmod", depmod),
    ("modprobe", modprobe),
    ("update-initramfs", update_initramfs),
    ("dracut", image),
    ("mkinitcpio", mkinitcpio),
    ("systemctl", |_, _| vec![]),
    ("dkms", dkms),
    ("flatpak", flatpak),
    ("nvidia-ctk", nvidia_ctk),
    ("nvidia-uninstall", nvidia_uninstall),
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

/// The same, and what the real one has beside each image while it works.
fn update_initramfs(memory: &Memory, arguments: &[String]) -> Vec<Change> {
    let images = image(memory, arguments).into_iter().flat_map(|change| {
        let Change::Write(path, content) = change else { return vec![change] };
        let beside = |suffix: &str| PathBuf::from(format!("{}{suffix}", path.display()));
        let former = memory.read(&path, u64::MAX).unwrap_or_default();
        vec![
            Change::Write(beside(".dpkg-bak"), former),
            Change::Write(beside(".new"), vec![]),
            Change::Write(path.clone(), content),
            Change::Remove(beside(".new")),
            Change::Remove(beside(".dpkg-bak")),
        ]
    });
    images.collect()
}

/// The same, each image written to a file beside it, which then takes its place.
fn mkinitcpio(memory: &Memory, arguments: &[String]) -> Vec<Change> {
    let images = image(memory, arguments).into_iter().flat_map(|change| {
        let Change::Write(path, content) = change else { return vec![change] };
        let beside = PathBuf::from(format!("{}.tmp", path.display()));
        let half = content[..content.len() / 2].to_vec();
        let whole = content.clone();
        vec![
            Change::Write(beside.clone(), half),
            Change::Write(beside.clone(), whole),
            Change::Write(path, content),
            Change::Remove(beside),
        ]
    });
    images.collect()
}

/// Builds a module that is like the one of another kernel, and takes it out again.
fn dkms(_: &Memory, arguments: &[String]) -> Vec<Change> {
    let after = |flag: &str| {
        let at = arguments.iter().position(|argument| argument == flag);
        at.and_then(|at| arguments.get(at + 1)).cloned().unwrap_or_default()
    };
    let (module, version, kernel) = (after("-m"), after("-v"), after("-k"));
    let tree = format!("/var/lib/dkms/{module}");
    let built = format!("{tree}/{version}/{kernel}");
    let directory = format!("/usr/lib/modules/{kernel}");
    let installed = format!("{directory}/updates/dkms/{module}.ko");
    let link = PathBuf::from(format!("{tree}/kernel-{kernel}-x86_64"));
    match arguments[0].as_str() {
        "install" => {
            let vermagic = format!("{kernel} SMP mod_unload");
            let info = [("name", "nvidia"), ("version", &version), ("vermagic", &vermagic)];
            let file = made::module(&info);
            vec![
                Change::Write(format!("{built}/x86_64/module/{module}.ko").into(), file.clone()),
                Change::Write(format!("{built}/x86_64/log/make.log").into(), b"make\n".to_vec()),
                Change::Write(installed.into(), file),
                Change::Link(link, format!("{version}/{kernel}/x86_64").into()),
                Change::Write(
                    format!("{directory}/modules.dep").into(),
                    format!("updates/dkms/{module}.ko:\n").into_bytes(),
                ),
                Change::Remove(format!("{directory}/modules.dep.bin").into()),
            ]
        }
        "remove" => [link, installed.into(), built.into()].map(Change::Remove).into(),
        _ => vec![],
    }
}

/// Knows an installed runtime by its directory.
fn flatpak(memory: &Memory, arguments: &[String]) -> Vec<Change> {
    let runtimes = arguments.iter().filter_map(|argument| argument.split_once("//"));
    let directory = |name: &str| format!("/var/lib/flatpak/runtime/{name}");
    let is_there = |name: &str| memory.list(Path::new(&directory(name))).is_ok();
    let change = |(name, branch): (&str, &str)| match arguments[0].as_str() {
        "install" => Some(Change::Write(
            format!("{}/x86_64/{branch}/active/metadata", directory(name)).into(),
            vec![],
        )),
        "uninstall" => Some(Change::Remove(directory(name).into())),
        _ => (!is_there(name)).then(|| Change::Fail(format!("error: {name} not installed"))),
    };
    runtimes.filter_map(change).collect()
}

/// Writes a specification that names nothing of the driver.
fn nvidia_ctk(_: &Memory, arguments: &[String]) -> Vec<Change> {
    let output = arguments.iter().find_map(|argument| argument.strip_prefix("--output="));
    let text = b"cdiVersion: 0.5.0\nkind: nvidia.com/gpu\n".to_vec();
    output.map(|output| Change::Write(output.into(), text)).into_iter().collect()
}

/// Takes away what the record names, puts back what was set aside, and forgets the record.
fn nvidia_uninstall(memory: &Memory, arguments: &[String]) -> Vec<Change> {
    assert_eq!(arguments, ["--silent", "--skip-module-unload"]);
    let facts = facts(memory);
    let record = facts.builders.runfile.value().and_then(|trace| trace.record.clone()).unwrap();
    let gone = record.installed.into_iter().map(|entry| Change::Remove(entry.path));
    let back = record.former.into_iter().filter_map(|entry| match entry.what {
        RunfileContent::Link { target } => Some(Change::Link(entry.path, target)),
        RunfileContent::Kept { number } => {
            let kept = format!("/var/lib/nvidia/{number}");
            let content = memory.read(Path::new(&kept), u64::MAX).unwrap();
            Some(Change::Write(entry.path, content))
        }
        RunfileContent::File { .. } => None,
    });
    let log = Change::Write("/var/log/nvidia-uninstall.log".into(), b"done\n".to_vec());
    gone.chain(back).chain([Change::Remove("/var/lib/nvidia".into()), log]).collect()
}

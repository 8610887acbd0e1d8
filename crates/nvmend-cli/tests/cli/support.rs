//! A small Debian machine as a file tree, and the program run on it.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output};

use nvmend::hosts::made;

const KERNEL: &str = "6.1.0-47-amd64";
pub const VERSION: &str = "535.261.03";

/// A machine whose module on disk and libraries are [`VERSION`], with `loaded` in its kernel.
pub fn machine(loaded: &str) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    let write = |path: &str, content: &[u8]| {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    };
    write(
        "etc/os-release",
        b"ID=debian\nVERSION_ID=12\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n",
    );
    write("proc/sys/kernel/osrelease", format!("{KERNEL}\n").as_bytes());
    write("proc/modules", b"nvidia 1 0 - Live 0x0\n");
    write("proc/stat", b"btime 1700000000\n");
    write("sys/module/nvidia/version", format!("{loaded}\n").as_bytes());
    let nvrm = format!(
        "NVRM version: NVIDIA UNIX x86_64 Kernel Module  {loaded}  Thu Jun  5 00:00:00 UTC 2025\n"
    );
    write("proc/driver/nvidia/version", nvrm.as_bytes());
    write("sys/bus/pci/devices/0000:01:00.0/vendor", b"0x10de\n");
    write("sys/bus/pci/devices/0000:01:00.0/device", b"0x2684\n");
    write("sys/bus/pci/devices/0000:01:00.0/class", b"0x030000\n");
    fs::create_dir_all(root.path().join("sys/bus/pci/drivers/nvidia")).unwrap();
    symlink(
        "../../../bus/pci/drivers/nvidia",
        root.path().join("sys/bus/pci/devices/0000:01:00.0/driver"),
    )
    .unwrap();
    let vermagic = format!("{KERNEL} SMP preempt mod_unload modversions ");
    let module = |name: &str| {
        made::module(&[
            ("name", name),
            ("version", VERSION),
            ("license", "NVIDIA"),
            ("vermagic", &vermagic),
        ])
    };
    let modules = format!("lib/modules/{KERNEL}");
    let mut index = String::new();
    for name in ["nvidia", "nvidia-modeset", "nvidia-drm", "nvidia-uvm"] {
        write(&format!("{modules}/updates/dkms/{name}.ko"), &module(&name.replace('-', "_")));
        index.push_str(&format!("updates/dkms/{name}.ko:\n"));
    }
    write(&format!("{modules}/modules.dep"), index.as_bytes());
    write(&format!("{modules}/kernel/fs/ext4/ext4.ko"), b"");
    write(&format!("boot/vmlinuz-{KERNEL}"), b"");
    write(&format!("usr/src/linux-headers-{KERNEL}/Makefile"), b"");
    symlink(
        format!("/usr/src/linux-headers-{KERNEL}"),
        root.path().join(format!("{modules}/build")),
    )
    .unwrap();
    let directory = "usr/lib/x86_64-linux-gnu";
    let mut cache = Vec::new();
    for stem in ["libcuda", "libnvidia-ml"] {
        let soname = format!("{stem}.so.1");
        write(&format!("{directory}/{stem}.so.{VERSION}"), &made::library("x86_64", &soname));
        symlink(format!("{stem}.so.{VERSION}"), root.path().join(format!("{directory}/{soname}")))
            .unwrap();
        symlink(&soname, root.path().join(format!("{directory}/{stem}.so"))).unwrap();
        cache.push((soname.clone(), format!("/{directory}/{soname}")));
    }
    let entries: Vec<(&str, &str, &str)> =
        cache.iter().map(|(name, path)| (name.as_str(), path.as_str(), "x86_64")).collect();
    write("etc/ld.so.cache", &made::ld_cache(&entries));
    root
}

/// Runs nvmend with an environment of its own.
#[allow(clippy::disallowed_methods, reason = "these tests run the program")]
pub fn nvmend(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_nvmend"))
        .args(arguments)
        .env_clear()
        .env("LANG", "C.UTF-8")
        .env("SOURCE_DATE_EPOCH", "1767323045")
        .output()
        .unwrap()
}

/// What the program wrote to its standard output.
pub fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// What the program wrote to its standard error.
pub fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// The arguments that name a root.
pub fn root_of(machine: &tempfile::TempDir) -> [String; 2] {
    ["--root".to_owned(), path(machine.path())]
}

fn path(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

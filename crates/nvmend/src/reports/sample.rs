//! Two made-up machines for the tests of this folder.

use std::path::PathBuf;

use crate::facts::*;
use crate::host::LinkChain;

pub const TIME: &str = "2026-01-02T03:04:05Z";
pub const KERNEL: &str = "6.8.0-45-generic";

/// Module, disk, libraries and packages all of 535.216.03.
pub fn aligned() -> Facts {
    machine("535.216.03")
}

/// The driver was upgraded while 535.129.03 stayed loaded.
pub fn stale() -> Facts {
    machine("535.129.03")
}

fn machine(loaded: &str) -> Facts {
    let mut facts = Facts::default();
    facts.system.os = Datum::known(
        Os {
            id: "ubuntu".into(),
            id_like: vec![],
            version: "22.04".into(),
            codename: "jammy".into(),
            name: "Ubuntu 22.04.5 LTS".into(),
        },
        "/etc/os-release",
    );
    facts.system.arch = Datum::known("x86_64".into(), "uname");
    facts.kernels.running = Datum::known(KERNEL.into(), "/proc/sys/kernel/osrelease");
    facts.kernels.next_boot = Datum::known(KERNEL.into(), "/boot/grub/grub.cfg");
    facts.loaded.driver = Datum::known(
        LoadedDriver {
            version: loaded.parse().unwrap(),
            flavour: Some(Flavour::Proprietary),
            readings: vec![],
        },
        "/sys/module/nvidia/version",
    );
    facts.modules.kernels = vec![modules()];
    facts.libraries.lookups = ["libcuda", "libnvidia-ml"]
        .map(|stem| lookup(stem, LookupScope::Plain, "/usr/lib/x86_64-linux-gnu"))
        .into();
    facts.packages.installed = vec![
        package("libnvidia-compute-535", PackageRole::User),
        package("nvidia-dkms-535", PackageRole::Kernel),
        package("nvidia-utils-535", PackageRole::User),
    ];
    facts.bus.gpus = Datum::known(
        vec![PciDevice {
            address: "0000:01:00.0".into(),
            device: 0x2684,
            driver: Some("nvidia".into()),
            name: Some("NVIDIA GeForce RTX 4090".into()),
        }],
        "/sys/bus/pci/devices",
    );
    facts
}

/// A lookup that finds 535.216.03 in `directory`.
pub fn lookup(stem: &str, scope: LookupScope, directory: &str) -> Lookup {
    let end = PathBuf::from(format!("{directory}/{stem}.so.535.216.03"));
    let library = ResolvedLibrary {
        chain: LinkChain { links: vec![], end },
        version: Some("535.216.03".parse().unwrap()),
        via: Via::Cache(directory.into()),
        place: LibraryPlace::System,
        exists: true,
    };
    Lookup {
        name: format!("{stem}.so.1"),
        arch: "x86_64".into(),
        scope,
        found: Datum::known(library, "/etc/ld.so.cache"),
    }
}

fn modules() -> KernelModules {
    let path = PathBuf::from(format!("/lib/modules/{KERNEL}/updates/dkms/nvidia.ko.zst"));
    let info = ModuleInfo {
        name: "nvidia".into(),
        version: Some("535.216.03".parse().unwrap()),
        license: Some("NVIDIA".into()),
        ..ModuleInfo::default()
    };
    KernelModules {
        kernel: KERNEL.into(),
        files: vec![ModuleFile {
            path: path.clone(),
            linked_from: None,
            info: Datum::known(info, &path),
            modified: 0,
            compressed: true,
        }],
        resolved: [("nvidia".to_owned(), Resolution::File { path, by: None })].into(),
        index: Datum::known((), "modules.dep"),
    }
}

fn package(name: &str, role: PackageRole) -> Package {
    Package {
        manager: PackageManager::Dpkg,
        name: name.into(),
        version: "535.216.03-0ubuntu1".into(),
        driver_version: Some("535.216.03".parse().unwrap()),
        arch: "amd64".into(),
        state: "installed".into(),
        held: false,
        origin: None,
        origin_from: None,
        role,
        series: Some("535".into()),
        from: "/var/lib/dpkg/status".into(),
    }
}

//! Distribution, architecture, kind of environment, boot time, variables.

use std::path::Path;

use crate::facts::{Datum, Environment, Facts, Gap, Origin, Os, System, Variable};
use crate::host::{Host, HostError, HostKind, read_text};
use crate::parse::{elf_header, os_release};
use crate::probe::{Found, Probe};

/// Reads `os-release`, `/proc` and the environment.
pub const PROBE: Probe = Probe { name: "system", run };

/// Variables that bear on which driver files a program gets, sorted.
const VARIABLES: [&str; 24] = [
    "CONDA_DEFAULT_ENV",
    "CONDA_PREFIX",
    "CUDA_CACHE_DISABLE",
    "CUDA_HOME",
    "CUDA_PATH",
    "CUDA_VISIBLE_DEVICES",
    "DRI_PRIME",
    "FLATPAK_GL_DRIVERS",
    "GBM_BACKEND",
    "LD_LIBRARY_PATH",
    "LD_PRELOAD",
    "LIBVA_DRIVER_NAME",
    "NVIDIA_CTK_LIBCUDA_DIR",
    "NVIDIA_DISABLE_REQUIRE",
    "NVIDIA_DRIVER_CAPABILITIES",
    "NVIDIA_REQUIRE_CUDA",
    "NVIDIA_VISIBLE_DEVICES",
    "PATH",
    "VIRTUAL_ENV",
    "VK_DRIVER_FILES",
    "VK_ICD_FILENAMES",
    "__EGL_VENDOR_LIBRARY_FILENAMES",
    "__GLX_VENDOR_LIBRARY_NAME",
    "__NV_PRIME_RENDER_OFFLOAD",
];

fn run(host: &dyn Host, _known: &Facts) -> Found {
    let mut gaps = Vec::new();
    let os = os(host, &mut gaps);
    let release = read_text(host, "/proc/sys/kernel/osrelease");
    let (container_signs, container) = container(host);
    let (environment, environment_signs) = environment(host, release.as_deref(), container_signs);
    let release = release.ok();
    let system = System {
        arch: arch(host, release.as_deref()),
        booted: booted(host),
        variables: variables(host),
        managed_by: managed_by(host, os.value()),
        os,
        environment,
        environment_signs,
        container,
    };
    Box::new(move |facts| {
        facts.system = system;
        facts.gaps.extend(gaps);
    })
}

fn os(host: &dyn Host, gaps: &mut Vec<Gap>) -> Datum<Os> {
    // os-release(5): the file in /etc goes before the vendor's.
    let places = ["/etc/os-release", "/usr/lib/os-release"];
    for place in places {
        match read_text(host, place) {
            Ok(text) => match os_release::parse(&text) {
                Some(os) => return Datum::known(os, place),
                None => gaps.push(Gap::new(place, "names no distribution")),
            },
            Err(error) if error.is_absent() => {}
            Err(error) => gaps.push(Gap::from(&error)),
        }
    }
    match gaps.first() {
        Some(gap) => Datum::unreadable(gap.what.as_str(), &gap.why),
        None => Datum::Absent { looked_at: places.map(Origin::from).to_vec() },
    }
}

/// What plain programs were made for; where none can be read, what the kernel says.
fn arch(host: &dyn Host, release: Option<&str>) -> Datum<String> {
    let programs =
        ["/usr/bin/env", "/bin/sh", "/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"];
    for program in programs {
        let mut header = [0; elf_header::SIZE];
        let read =
            host.open(Path::new(program)).ok().and_then(|file| file.read_at(0, &mut header).ok());
        if let Some(machine) = read.and_then(|count| elf_header::machine(header.get(..count)?)) {
            return Datum::known(machine.to_owned(), program);
        }
    }
    // Since Linux 6.1.
    let kernel_arch = "/proc/sys/kernel/arch";
    if let Ok(text) = read_text(host, kernel_arch) {
        return Datum::known(text.trim().to_owned(), kernel_arch);
    }
    let endings =
        [("amd64", "x86_64"), ("x86_64", "x86_64"), ("arm64", "aarch64"), ("aarch64", "aarch64")];
    for (ending, machine) in endings {
        if release.is_some_and(|release| release.trim_end().ends_with(ending)) {
            return Datum::known(machine.to_owned(), "/proc/sys/kernel/osrelease");
        }
    }
    // Directories of Debian's multiarch.
    for (directory, machine) in
        [("/usr/lib/x86_64-linux-gnu", "x86_64"), ("/usr/lib/aarch64-linux-gnu", "aarch64")]
    {
        if exists(host, directory) {
            return Datum::known(machine.to_owned(), directory);
        }
    }
    Datum::Absent { looked_at: programs.map(Origin::from).to_vec() }
}

/// The kind of environment and what shows it.
fn environment(
    host: &dyn Host,
    release: Result<&str, &HostError>,
    container_signs: Vec<Origin>,
) -> (Environment, Vec<Origin>) {
    // On a running machine this file is always there.
    if release.is_err_and(HostError::is_absent) && host.kind() == HostKind::Tree {
        return (Environment::Chroot, vec![Origin::from("/proc/sys/kernel/osrelease")]);
    }
    let release = release.ok();
    let kinds = [
        // A container on WSL or on a Jetson is a container first: its files are its own.
        (Environment::Container, container_signs),
        (Environment::Wsl, wsl_signs(host, release)),
        (Environment::Jetson, jetson_signs(host)),
    ];
    kinds.into_iter().find(|(_, signs)| !signs.is_empty()).unwrap_or_default()
}

/// What shows a container, and which manager made it, in the words of systemd's container interface
/// (systemd.io/CONTAINER_INTERFACE).
fn container(host: &dyn Host) -> (Vec<Origin>, Option<String>) {
    let mut manager = None;
    let mut signs: Vec<Origin> = ["/.dockerenv", "/run/.containerenv"]
        .into_iter()
        .filter(|path| exists(host, path))
        .map(Origin::from)
        .collect();
    let says = |path: &str, words: &[&str]| {
        read_text(host, path).is_ok_and(|text| words.iter().any(|word| text.contains(word)))
    };
    if says("/proc/1/cgroup", &["docker", "kubepods", "libpod", "/lxc", "crio"]) {
        signs.push(Origin::from("/proc/1/cgroup"));
    }
    // systemd counts WSL as a container of the kind "wsl".
    let is_kind = |kind: &String| !matches!(kind.as_str(), "" | "wsl");
    let told = "/run/systemd/container";
    if let Some(kind) =
        read_text(host, told).ok().map(|text| text.trim().to_owned()).filter(is_kind)
    {
        signs.push(Origin::from(told));
        manager = Some(kind);
    }
    // Only root may read it; a container's first process often is root.
    let environ = "/proc/1/environ";
    let variables = host.read(Path::new(environ), 1 << 20).unwrap_or_default();
    let kind = variables.split(|byte| *byte == 0).find_map(|entry| {
        Some(String::from_utf8_lossy(entry.strip_prefix(b"container=")?).into_owned())
    });
    if let Some(kind) = kind.filter(is_kind) {
        signs.push(Origin::from(environ));
        manager = manager.or(Some(kind));
    }
    (signs, manager)
}

fn wsl_signs(host: &dyn Host, release: Option<&str>) -> Vec<Origin> {
    let mut signs = Vec::new();
    if release.is_some_and(|release| release.to_ascii_lowercase().contains("microsoft")) {
        signs.push(Origin::from("/proc/sys/kernel/osrelease"));
    }
    let places = ["/dev/dxg", "/usr/lib/wsl/lib"];
    signs.extend(places.into_iter().filter(|path| exists(host, path)).map(Origin::from));
    signs
}

fn jetson_signs(host: &dyn Host) -> Vec<Origin> {
    let mut signs: Vec<Origin> = ["/etc/nv_tegra_release", "/sys/module/nvgpu"]
        .into_iter()
        .filter(|path| exists(host, path))
        .map(Origin::from)
        .collect();
    let family = "/sys/devices/soc0/family";
    if read_text(host, family).is_ok_and(|text| text.to_ascii_lowercase().starts_with("tegra")) {
        signs.push(Origin::from(family));
    }
    signs
}

fn booted(host: &dyn Host) -> Datum<i64> {
    let place = "/proc/stat";
    let seconds = |text: String| {
        text.lines().find_map(|line| line.strip_prefix("btime ")?.trim().parse().ok())
    };
    match Datum::read(read_text(host, place).map(seconds), place) {
        Datum::Known { value: Some(seconds), from } => Datum::Known { value: seconds, from },
        Datum::Known { value: None, .. } => Datum::absent(place),
        Datum::Absent { looked_at } => Datum::Absent { looked_at },
        Datum::Unreadable { at, why } => Datum::Unreadable { at, why },
    }
}

fn variables(host: &dyn Host) -> Vec<Variable> {
    VARIABLES
        .into_iter()
        .filter_map(|name| Some(Variable { name: name.to_owned(), value: host.env(name)? }))
        .collect()
}

/// Who else manages the driver here, so that packages of this system don't.
fn managed_by(host: &dyn Host, os: Option<&Os>) -> Vec<(String, Origin)> {
    let mut marks = Vec::new();
    let mut mark =
        |manager: &str, place: &str| marks.push((manager.to_owned(), Origin::from(place)));
    // The operator makes this directory also where the host's own driver is used; then it stays empty.
    let driver_root = "/run/nvidia/driver";
    if host.list(Path::new(driver_root)).is_ok_and(|entries| !entries.is_empty()) {
        mark("gpu-operator", driver_root);
    }
    let validations = "/run/nvidia/validations";
    let validated = host.list(Path::new(validations)).unwrap_or_default();
    if !validated.is_empty()
        && !validated.iter().any(|entry| entry.name.starts_with("host-driver-ready"))
    {
        mark("gpu-operator", validations);
    }
    let id = os.map_or("", |os| os.id.as_str());
    let files = [
        ("gke", "/home/kubernetes/bin/nvidia"),
        ("nixos", "/etc/NIXOS"),
        ("ostree", "/run/ostree-booted"),
        ("transactional-update", "/etc/transactional-update.conf"),
        ("transactional-update", "/usr/etc/transactional-update.conf"),
    ];
    for (manager, place) in files {
        if exists(host, place) {
            mark(manager, place);
        }
    }
    if id == "nixos" && !exists(host, "/etc/NIXOS") {
        mark("nixos", "/etc/os-release");
    }
    marks
}

fn exists(host: &dyn Host, path: &str) -> bool {
    host.metadata(Path::new(path)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hosts::memory::Memory;
    use crate::parse::elf_header::tests::header;

    fn facts(host: Memory) -> Facts {
        let mut facts = Facts::default();
        run(&host, &Facts::default())(&mut facts);
        facts
    }

    fn host() -> Memory {
        Memory::default()
            .file(
                "/etc/os-release",
                "ID=debian\nVERSION_ID=12\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n",
            )
            .file("/proc/sys/kernel/osrelease", "6.1.0-47-amd64\n")
            .file("/proc/stat", "cpu 1 2 3\nintr 9\nctxt 5\nbtime 1763900000\nprocesses 7\n")
            .file("/usr/bin/env", header(62))
            .file("/proc/1/cgroup", "0::/init.scope\n")
    }

    #[test]
    fn reads_a_plain_host() {
        let facts = facts(
            host().env("LD_LIBRARY_PATH", "/opt/x").env("HOME", "/root").env("PATH", "/usr/bin"),
        );
        let system = &facts.system;
        assert_eq!(system.os.value().unwrap().id, "debian");
        assert_eq!(system.arch, Datum::known("x86_64".to_owned(), "/usr/bin/env"));
        assert_eq!((system.environment, system.environment_signs.len()), (Environment::Host, 0));
        assert_eq!(system.booted.value(), Some(&1_763_900_000));
        let names: Vec<&str> =
            system.variables.iter().map(|variable| variable.name.as_str()).collect();
        assert_eq!(names, ["LD_LIBRARY_PATH", "PATH"]);
        assert!(system.managed_by.is_empty());
        assert_eq!(facts.gaps, []);
    }

    #[test]
    fn tells_the_kinds_of_environment_apart() {
        let kind = |host| facts(host).system.environment;
        assert_eq!(kind(Memory::default().file("/usr/bin/env", header(62))), Environment::Chroot);
        assert_eq!(kind(host().file("/.dockerenv", "")), Environment::Container);
        assert_eq!(
            kind(host().file("/proc/1/cgroup", "0::/kubepods/pod1/abc\n")),
            Environment::Container
        );
        assert_eq!(
            kind(host().file("/proc/1/environ", "PATH=/bin\0container=lxc\0")),
            Environment::Container
        );
        let manager = |host| facts(host).system.container;
        let lxc = "PATH=/bin\0container=lxc\0";
        assert_eq!(manager(host().file("/proc/1/environ", lxc)).as_deref(), Some("lxc"));
        assert_eq!(manager(host().file("/.dockerenv", "")), None);
        let wsl = host().file("/proc/sys/kernel/osrelease", "5.15.153.1-microsoft-standard-WSL2\n");
        assert_eq!(kind(wsl.file("/run/systemd/container", "wsl\n")), Environment::Wsl);
        assert_eq!(kind(host().file("/sys/devices/soc0/family", "Tegra\n")), Environment::Jetson);
        assert_eq!(kind(host().denied("/proc/1/environ")), Environment::Host);
    }

    #[test]
    fn the_kernel_tells_the_architecture_where_no_program_does() {
        let arch = |host| facts(host).system.arch.value().cloned();
        assert_eq!(arch(host().file("/usr/bin/env", "#!/bin/sh\n")), Some("x86_64".to_owned()));
        let arm = Memory::default()
            .file("/proc/sys/kernel/osrelease", "6.8.0-45-generic")
            .dir("/usr/lib/aarch64-linux-gnu");
        assert_eq!(arch(arm), Some("aarch64".to_owned()));
    }

    #[test]
    fn sees_other_managers_of_the_driver() {
        let marks = |host| {
            facts(host).system.managed_by.into_iter().map(|(name, _)| name).collect::<Vec<_>>()
        };
        assert_eq!(marks(host().dir("/run/nvidia/driver")), [""; 0]);
        assert_eq!(marks(host().dir("/run/nvidia/driver/usr")), ["gpu-operator"]);
        assert_eq!(marks(host().file("/run/nvidia/validations/host-driver-ready", "")), [""; 0]);
        assert_eq!(marks(host().file("/run/ostree-booted", "")), ["ostree"]);
    }

    #[test]
    fn a_damaged_or_denied_os_release_is_a_gap() {
        assert_eq!(facts(host().file("/etc/os-release", "\0\0")).gaps.len(), 1);
        let denied = facts(host().denied("/etc/os-release"));
        assert!(denied.system.os.is_unreadable());
        assert!(facts(Memory::default()).system.os.is_absent());
    }
}

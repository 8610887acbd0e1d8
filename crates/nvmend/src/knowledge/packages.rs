//! What the names and versions of packages mean, per family of distributions.
//!
//! Sources of the names: Ubuntu: canonical/nvidia-graphics-drivers `debian/control` and `*.install`, and
//! packages.ubuntu.com; Debian: NVIDIA/debian-packaging-nvidia-driver `debian/control`; Fedora: rpmfusion/nvidia-kmod
//! and rpmfusion/xorg-x11-drv-nvidia, negativo17/nvidia-driver (spec files); NVIDIA's own RPMs:
//! NVIDIA/yum-packaging-nvidia-driver and NVIDIA/yum-packaging-dkms-nvidia; SUSE: nvidia-open-driver-G06-signed.spec
//! and software.opensuse.org; Arch: its `nvidia-utils` and `nvidia-open` packages; CUDA's: "Forward Compatibility",
//! docs.nvidia.com/deploy/cuda-compatibility.

use crate::facts::PackageManager::{self, Dpkg, Pacman, Rpm};
use crate::facts::PackageRole::{
    self, Builder, Companion, Container, Cuda, CudaCompat, Firmware, Independent, Kernel,
    KernelHeaders, KernelImage, Meta, User,
};
use crate::version::DriverVersion;

/// What a package's name and version say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Classified {
    /// What part of the driver it carries.
    pub role: PackageRole,
    /// The series in its name: `535`, `535-server`, `tesla-470`, `470xx`, `G06`.
    pub series: Option<String>,
    /// The driver version in its version, for packages that are versioned by the driver.
    pub driver_version: Option<DriverVersion>,
}

/// A set of names. `*` stands at the beginning, at the end, or both, for anything.
struct Rule {
    /// Whose names; empty: everybody's.
    managers: &'static [PackageManager],
    names: &'static [&'static str],
    /// `None`: known, and of no concern.
    role: Option<PackageRole>,
}

const fn rule(
    managers: &'static [PackageManager],
    names: &'static [&'static str],
    role: Option<PackageRole>,
) -> Rule {
    Rule { managers, names, role }
}

/// The first rule that fits counts. Names are compared without the series (`nvidia-driver-535-open` as
/// `nvidia-driver`, `libnvidia-tesla-470-ml1` as `libnvidia-ml1`).
const RULES: &[Rule] = &[
    // Configuration of repositories, and NVIDIA's advisor.
    rule(
        &[],
        &[
            "cuda-keyring",
            "cuda-repo-*",
            "nvidia-driver-local-repo-*",
            "nvidia-driver-assistant",
            "nvidia-driver-pinning*",
        ],
        None,
    ),
    // The container toolkit has versions of its own (1.x); "libnvidia-container" is no driver library.
    rule(&[], &["libnvidia-container*", "nvidia-container-*", "nvidia-docker*"], Some(Container)),
    // Released apart from the driver, though some carry a version that looks like the driver's: a healthy Debian 12
    // has nvidia-modprobe 535.161.07 beside the driver 535.261.03.
    rule(
        &[],
        &[
            "nvidia-settings*",
            "nvidia-modprobe*",
            "nvidia-xconfig*",
            "nvidia-persistenced*",
            "nvidia-prime*",
            "libnvidia-egl-*",
            "egl-wayland*",
            "egl-gbm*",
            "egl-x11*",
            "libxnvctrl*",
            "libXNVCtrl*",
            "nvidia-libXNVCtrl*",
        ],
        Some(Independent),
    ),
    rule(
        &[Dpkg],
        &["nvidia-installer-cleanup", "nvidia-support", "nvidia-detect", "nvidia-legacy-check"],
        Some(Independent),
    ),
    // "Must equal the driver to the patch level": packages.ubuntu.com, cuda-drivers-fabricmanager-580.
    rule(
        &[],
        &[
            "nvidia-fabricmanager*",
            "nvidia-fabric-manager*",
            "cuda-drivers-fabricmanager*",
            "libnvidia-nscq*",
            "nvidia-imex*",
        ],
        Some(Companion),
    ),
    rule(&[], &["cuda-compat-*"], Some(CudaCompat)),
    rule(&[], &["cuda-drivers*"], Some(Meta)),
    // Debian's package of the MPS programs, which belong to the driver.
    rule(&[Dpkg], &["nvidia-cuda-mps"], Some(User)),
    rule(&[], &["cuda", "cuda-*", "nvidia-cuda-*", "libcudart*"], Some(Cuda)),
    rule(
        &[],
        &[
            "firmware-nvidia-gsp",
            "nvidia-firmware*",
            "kernel-firmware-nvidia-gsp*",
            "nvidia-gsp-firmware",
        ],
        Some(Firmware),
    ),
    // SUSE's GSP firmware, once kernel-firmware-nvidia-gspx.
    rule(&[Rpm], &["nvidia-common"], Some(Firmware)),
    // Ubuntu's prebuilt modules; their version is the kernel's.
    rule(
        &[Dpkg],
        &["linux-modules-nvidia-*", "linux-objects-nvidia-*", "linux-signatures-nvidia-*"],
        Some(Kernel),
    ),
    rule(&[Dpkg], &["nvidia-dkms*", "nvidia-kernel-*", "nvidia-open-kernel-*"], Some(Kernel)),
    rule(
        &[Rpm],
        &[
            "akmod-nvidia*",
            "kmod-nvidia*",
            "dkms-nvidia*",
            "nvidia-kmod-common",
            "xorg-x11-drv-nvidia-kmodsrc",
            "nvidia-*-kmp-*",
        ],
        Some(Kernel),
    ),
    rule(
        &[Pacman],
        &[
            "nvidia",
            "nvidia-dkms",
            "nvidia-lts",
            "nvidia-open",
            "nvidia-open-dkms",
            "nvidia-open-lts",
            "nvidia-lts-open",
        ],
        Some(Kernel),
    ),
    rule(
        &[Dpkg],
        &[
            "nvidia-driver",
            "nvidia-driver-libs*",
            "nvidia-driver-full",
            "nvidia-headless*",
            "nvidia-open",
        ],
        Some(Meta),
    ),
    rule(&[Rpm], &["nvidia-open", "nvidia-drivers", "nv-prefer-signed-open-driver"], Some(Meta)),
    rule(
        &[Dpkg],
        &[
            "libcuda1*",
            "libcudadebugger1*",
            "libglx-nvidia*",
            "libegl-nvidia*",
            "libegl1-nvidia*",
            "libgl1-nvidia*",
            "libgles-nvidia*",
            "libgles1-nvidia*",
            "libgles2-nvidia*",
            "libnvcuvid1*",
            "libnvoptix1*",
            "xserver-xorg-video-nvidia*",
            "nvidia",
        ],
        Some(User),
    ),
    rule(
        &[Rpm],
        &["xorg-x11-drv-nvidia*", "xorg-x11-nvidia*", "x11-video-nvidia*", "nvidia-driver*"],
        Some(User),
    ),
    rule(
        &[Pacman],
        &["nvidia-utils", "lib32-nvidia-utils", "opencl-nvidia", "lib32-opencl-nvidia"],
        Some(User),
    ),
    rule(&[], &["dkms", "akmods"], Some(Builder)),
    rule(&[Dpkg], &["linux-image-*-dbg", "linux-image-*-dbgsym"], None),
    // Proxmox: its kernels are named pve-kernel-*, since version 8 proxmox-kernel-* (pve.proxmox.com/wiki).
    rule(&[Dpkg], &["linux-image-*", "proxmox-kernel-*", "pve-kernel-*"], Some(KernelImage)),
    rule(&[Dpkg], &["linux-headers-*", "proxmox-headers-*", "pve-headers*"], Some(KernelHeaders)),
    rule(&[Rpm], &["kernel-devel*", "kernel-*-devel*"], Some(KernelHeaders)),
    rule(
        &[Rpm],
        &[
            "kernel",
            "kernel-core",
            "kernel-*-core",
            "kernel-default",
            "kernel-default-base",
            "kernel-uek",
            "kernel-lt",
            "kernel-ml",
        ],
        Some(KernelImage),
    ),
    // kernel-modules-core and its kin carry modules, and no image.
    rule(&[Pacman], &["linux-headers", "linux-*-headers"], Some(KernelHeaders)),
    rule(
        &[Pacman],
        &["linux", "linux-lts", "linux-zen", "linux-hardened", "linux-rt", "linux-rt-lts"],
        Some(KernelImage),
    ),
];

/// Whether a name may concern the driver at all: a quick look before anything else is read of a package.
pub fn may_concern(name: &str) -> bool {
    const BEGINNINGS: &[&str] = &[
        "linux-",
        "linux",
        "kernel",
        "dkms",
        "akmods",
        "libnv",
        "nv-",
        "libxnvctrl",
        "libXNVCtrl",
        "egl-",
        "proxmox-",
        "pve-",
    ];
    name.contains("nvidia")
        || name.contains("cuda")
        || BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
}

/// Whether a package of this name may own driver files.
pub fn may_own_driver_files(name: &str) -> bool {
    name.contains("nvidia") || name.contains("cuda") || name.starts_with("libnv")
}

/// What a package is, by name and version; `None` when it is of no concern, or unknown.
pub fn classify(manager: PackageManager, name: &str, version: &str) -> Option<Classified> {
    if !may_concern(name) {
        return None;
    }
    let (base, series) = without_series(name);
    let driver_version = driver_version(version);
    let known = RULES.iter().find(|rule| {
        (rule.managers.is_empty() || rule.managers.contains(&manager))
            && rule.names.iter().any(|pattern| fits(pattern, &base))
    });
    let role = match known {
        Some(rule) => rule.role?,
        // A driver library or program that no table knows yet: name and version both say so.
        None if driver_version.is_some()
            && (base.starts_with("nvidia-") || base.starts_with("libnvidia-")) =>
        {
            User
        }
        None => return None,
    };
    // Prebuilt modules of Ubuntu are the one kind that carries driver files under another version.
    let is_prebuilt = base.starts_with("linux-");
    let role = match role {
        Kernel | User | Firmware if driver_version.is_none() && !is_prebuilt => Independent,
        role => role,
    };
    let by_driver =
        matches!(role, Kernel | User | Firmware | Meta | Companion | CudaCompat) && !is_prebuilt;
    Some(Classified { role, series, driver_version: driver_version.filter(|_| by_driver) })
}

/// Where a Debian package comes from, as far as its version's suffix tells.
pub fn origin_of_version(version: &str) -> Option<&'static str> {
    // The graphics-drivers PPA marks its builds ~gpu22.04.1; Debian's backports are ~bpo12+1.
    if version.contains("~gpu") {
        Some("graphics-drivers PPA")
    } else if version.contains("~bpo") {
        Some("backports")
    } else {
        None
    }
}

/// The driver version in a package version: `3:535.216.03-1.el9`, `535.216.03-2~bpo12+1`, `535.86.05_k5.14.21_150500.53-1`.
pub fn driver_version(version: &str) -> Option<DriverVersion> {
    let version = version.split_once(':').map_or(version, |(_epoch, version)| version);
    // "570.1+really550.2" is how Debian goes back to an older release.
    let version = version.rsplit_once("+really").map_or(version, |(_, version)| version);
    let end = version.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(version.len());
    let number = version.get(..end)?.trim_end_matches('.');
    if number.find('.') != Some(3) {
        return None;
    }
    number.parse().ok()
}

/// The name without its series (and without the `open` that may follow it), and the series.
fn without_series(name: &str) -> (String, Option<String>) {
    if !name.contains("nvidia") && !name.starts_with("cuda-drivers") {
        return (name.to_owned(), None);
    }
    let mut tokens: Vec<&str> = name.split('-').collect();
    let mut series = None;
    for position in 0..tokens.len() {
        let token = tokens[position];
        // What follows a version is a kernel's release, with numbers of its own.
        if token.contains('.') {
            break;
        }
        let before = position.checked_sub(1).and_then(|before| tokens.get(before)).copied();
        let after = tokens.get(position + 1).copied();
        if is_series(token) {
            let mut end = position + 1;
            let mut text = token.to_owned();
            if after == Some("server") {
                text.push_str("-server");
                end += 1;
            }
            if tokens.get(end) == Some(&"open") {
                end += 1;
            }
            let mut start = position;
            if before == Some("tesla") {
                text.insert_str(0, "tesla-");
                start -= 1;
            } else if before == Some("legacy") {
                start -= 1;
            }
            tokens.drain(start..end);
            series = Some(text);
            break;
        }
        // Debian's tesla packages without a number follow whichever is current.
        if token == "tesla" && !after.is_some_and(is_series) {
            tokens.remove(position);
            series = Some("tesla".to_owned());
            break;
        }
        // SUSE writes the generation onto the word: x11-video-nvidiaG05.
        if let Some(start) = token.len().checked_sub(3)
            && let Some((word, generation)) = token.split_at_checked(start)
            && !word.is_empty()
            && is_generation(generation)
        {
            tokens[position] = word;
            series = Some(generation.to_owned());
            break;
        }
    }
    (tokens.join("-"), series)
}

/// `535`, `470xx`, `G06`.
fn is_series(token: &str) -> bool {
    let number = token.strip_suffix("xx").unwrap_or(token);
    (number.len() == 3 && number.bytes().all(|byte| byte.is_ascii_digit())) || is_generation(token)
}

fn is_generation(token: &str) -> bool {
    token
        .strip_prefix("G0")
        .is_some_and(|digit| digit.len() == 1 && digit.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether a name fits a pattern with any number of `*`.
fn fits(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|beginning| name.strip_prefix(beginning)) else {
        return false;
    };
    let mut last = None;
    for part in parts {
        // The part before is in the middle: take it where it first stands.
        if let Some(middle) = last
            && let Some((_, after)) = rest.split_once(middle)
        {
            rest = after;
        } else if last.is_some() {
            return false;
        }
        last = Some(part);
    }
    match last {
        None => rest.is_empty(),
        Some(end) => rest.ends_with(end),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(
        manager: PackageManager,
        name: &str,
        version: &str,
        expected: (PackageRole, Option<&str>, Option<&str>),
    ) {
        let found = classify(manager, name, version)
            .map(|it| (it.role, it.series, it.driver_version.map(|version| version.to_string())));
        let (role, series, driver) = expected;
        assert_eq!(
            found,
            Some((role, series.map(str::to_owned), driver.map(str::to_owned))),
            "{name} {version}"
        );
    }

    #[test]
    fn knows_ubuntu() {
        let drv = Some("535.183.01");
        let v = "535.183.01-0ubuntu0.22.04.1";
        let kernel = "6.8.0-45.45";
        for (name, version, expected) in [
            ("nvidia-driver-535", v, (Meta, Some("535"), drv)),
            ("nvidia-driver-535-open", v, (Meta, Some("535"), drv)),
            ("nvidia-driver-535-server-open", v, (Meta, Some("535-server"), drv)),
            ("nvidia-headless-no-dkms-535", v, (Meta, Some("535"), drv)),
            ("nvidia-dkms-535-server", v, (Kernel, Some("535-server"), drv)),
            ("nvidia-kernel-source-535-open", v, (Kernel, Some("535"), drv)),
            ("nvidia-kernel-common-535", v, (Kernel, Some("535"), drv)),
            ("nvidia-firmware-535-535.183.01", v, (Firmware, Some("535"), drv)),
            ("libnvidia-compute-535", v, (User, Some("535"), drv)),
            ("libnvidia-gl-535-server", v, (User, Some("535-server"), drv)),
            ("nvidia-utils-535", v, (User, Some("535"), drv)),
            ("xserver-xorg-video-nvidia-535", v, (User, Some("535"), drv)),
            // Names lie: a transitional package carries another series' version.
            (
                "libnvidia-compute-470",
                "510.54-0ubuntu0.20.04.1",
                (User, Some("470"), Some("510.54")),
            ),
            ("linux-modules-nvidia-535-6.8.0-45-generic", kernel, (Kernel, Some("535"), None)),
            (
                "linux-modules-nvidia-535-server-open-generic",
                kernel,
                (Kernel, Some("535-server"), None),
            ),
            (
                "linux-objects-nvidia-535-5.4.0-150-generic",
                "5.4.0-150.167",
                (Kernel, Some("535"), None),
            ),
            ("linux-signatures-nvidia-5.4.0-150-generic", "5.4.0-150.167", (Kernel, None, None)),
            ("nvidia-fabricmanager-535", "535.183.01-1", (Companion, Some("535"), drv)),
            ("cuda-drivers-fabricmanager-535", "535.183.01-1", (Companion, Some("535"), drv)),
            ("cuda-drivers-535", "535.183.01-1", (Meta, Some("535"), drv)),
            ("nvidia-prime", "0.8.17.1", (Independent, None, None)),
            ("nvidia-settings", "510.47.03-0ubuntu1", (Independent, None, None)),
            ("linux-image-5.4.0-150-generic", "5.4.0-150.167", (KernelImage, None, None)),
            ("linux-headers-generic", "5.15.0.58.56", (KernelHeaders, None, None)),
            ("nvidia-340", "340.108-0ubuntu5.20.04.2", (User, Some("340"), Some("340.108"))),
        ] {
            check(Dpkg, name, version, expected);
        }
    }

    #[test]
    fn knows_debian() {
        let drv = Some("535.261.03");
        let v = "535.261.03-1";
        let old = "470.256.02-1~deb12u1";
        for (name, version, expected) in [
            ("nvidia-driver", v, (Meta, None, drv)),
            ("nvidia-driver-libs", v, (Meta, None, drv)),
            ("libcuda1", v, (User, None, drv)),
            ("libnvidia-ml1", "535.216.03-2~bpo12+1", (User, None, Some("535.216.03"))),
            ("libglx-nvidia0", v, (User, None, drv)),
            ("nvidia-alternative", v, (User, None, drv)),
            ("nvidia-smi", v, (User, None, drv)),
            ("nvidia-cuda-mps", v, (User, None, drv)),
            ("nvidia-kernel-dkms", v, (Kernel, None, drv)),
            ("nvidia-open-kernel-dkms", v, (Kernel, None, drv)),
            ("nvidia-open-kernel-support", v, (Kernel, None, drv)),
            ("firmware-nvidia-gsp", v, (Firmware, None, drv)),
            ("nvidia-modprobe", "535.161.07-1~deb12u1", (Independent, None, None)),
            ("nvidia-persistenced", "535.171.04-1~deb12u1", (Independent, None, None)),
            ("nvidia-legacy-check", v, (Independent, None, None)),
            ("nvidia-kernel-common", "20220217+3~deb12u1", (Independent, None, None)),
            ("libnvidia-egl-wayland1", "1:1.1.10-1", (Independent, None, None)),
            ("nvidia-tesla-470-kernel-dkms", old, (Kernel, Some("tesla-470"), Some("470.256.02"))),
            ("libnvidia-tesla-470-ml1", old, (User, Some("tesla-470"), Some("470.256.02"))),
            ("nvidia-tesla-driver", v, (Meta, Some("tesla"), drv)),
            ("nvidia-legacy-390xx-driver", "390.157-3", (Meta, Some("390xx"), Some("390.157"))),
            (
                "nvidia-legacy-390xx-kernel-dkms",
                "390.157-3",
                (Kernel, Some("390xx"), Some("390.157")),
            ),
            ("nvidia-cuda-toolkit", "11.8.89~11.8.0-5", (Cuda, None, None)),
            ("libcudart11.0", "11.8.89~11.8.0-5", (Cuda, None, None)),
            ("nvidia-container-toolkit", "1.17.4-1", (Container, None, None)),
            ("libnvidia-container1", "1.17.4-1", (Container, None, None)),
            ("dkms", "3.0.10-8+deb12u1", (Builder, None, None)),
            ("linux-headers-6.1.0-47-amd64", "6.1.170-3", (KernelHeaders, None, None)),
            ("proxmox-kernel-6.8.12-4-pve-signed", "6.8.12-4", (KernelImage, None, None)),
        ] {
            check(Dpkg, name, version, expected);
        }
    }

    #[test]
    fn knows_rpm_distributions() {
        let drv = Some("535.261.03");
        let v = "3:535.261.03-1.fc42";
        for (name, version, expected) in [
            ("akmod-nvidia", v, (Kernel, None, drv)),
            (
                "akmod-nvidia-470xx",
                "3:470.256.02-1.fc42",
                (Kernel, Some("470xx"), Some("470.256.02")),
            ),
            ("kmod-nvidia-6.11.4-301.fc41.x86_64", v, (Kernel, None, drv)),
            ("kmod-nvidia-open-dkms", v, (Kernel, None, drv)),
            ("xorg-x11-drv-nvidia-kmodsrc", v, (Kernel, None, drv)),
            ("xorg-x11-drv-nvidia-cuda-libs", v, (User, None, drv)),
            (
                "xorg-x11-drv-nvidia-390xx",
                "3:390.157-1.fc42",
                (User, Some("390xx"), Some("390.157")),
            ),
            ("nvidia-driver", v, (User, None, drv)),
            ("nvidia-driver-libs", v, (User, None, drv)),
            ("libnvidia-ml", v, (User, None, drv)),
            ("nvidia-persistenced", v, (Independent, None, None)),
            ("nvidia-open", v, (Meta, None, drv)),
            (
                "nvidia-open-driver-G06-signed-kmp-default",
                "535.86.05_k5.14.21_150500.53-150500.3.1",
                (Kernel, Some("G06"), Some("535.86.05")),
            ),
            (
                "nvidia-gfxG05-kmp-default",
                "470.256.02_k5.14.21_150500.53-1",
                (Kernel, Some("G05"), Some("470.256.02")),
            ),
            ("nvidia-compute-G06", "535.86.05-1", (User, Some("G06"), Some("535.86.05"))),
            ("x11-video-nvidiaG05", "470.256.02-1", (User, Some("G05"), Some("470.256.02"))),
            ("nvidia-drivers-G06", "535.86.05-1", (Meta, Some("G06"), Some("535.86.05"))),
            ("cuda-compat-12-4", "550.54.15-1", (CudaCompat, None, Some("550.54.15"))),
            ("cuda-toolkit-12-4", "12.4.1-1", (Cuda, None, None)),
            ("cuda-drivers", "535.261.03-1", (Meta, None, drv)),
            ("kernel-core", "5.14.0-427.13.1.el9_4", (KernelImage, None, None)),
            ("kernel-devel", "5.14.0-427.13.1.el9_4", (KernelHeaders, None, None)),
            ("kernel-default-devel", "6.4.0-1", (KernelHeaders, None, None)),
            ("akmods", "0.5.10-3", (Builder, None, None)),
        ] {
            check(Rpm, name, version, expected);
        }
    }

    #[test]
    fn knows_arch() {
        let drv = Some("570.86.16");
        for (name, version, expected) in [
            ("nvidia", "570.86.16-1", (Kernel, None, drv)),
            ("nvidia-open-dkms", "570.86.16-1", (Kernel, None, drv)),
            ("nvidia-utils", "570.86.16-1", (User, None, drv)),
            ("lib32-nvidia-utils", "570.86.16-1", (User, None, drv)),
            ("nvidia-470xx-dkms", "470.256.02-1", (Kernel, Some("470xx"), Some("470.256.02"))),
            ("nvidia-470xx-utils", "470.256.02-1", (User, Some("470xx"), Some("470.256.02"))),
            ("linux-zen", "6.13.1.zen1-1", (KernelImage, None, None)),
            ("linux-lts-headers", "6.12.1-1", (KernelHeaders, None, None)),
        ] {
            check(Pacman, name, version, expected);
        }
    }

    #[test]
    fn leaves_alone_what_it_does_not_know() {
        for (manager, name, version) in [
            (Dpkg, "bash", "5.2.15-2+b13"),
            (Dpkg, "cuda-keyring", "1.1-1"),
            (Dpkg, "nvidia-driver-pinning-590", "590.44.01-1"),
            (Dpkg, "nvidia-something-new", "1.2.3"),
            (Dpkg, "firmware-nvidia-graphics", "20250410-2"),
            (Dpkg, "linux-image-6.1.0-47-amd64-dbg", "6.1.170-3"),
            (Dpkg, "linux-libc-dev", "6.1.170-3"),
            (Rpm, "kernel-headers", "5.14.0-427"),
            (Rpm, "kernel-modules", "5.14.0-427"),
            (Pacman, "linux-firmware", "20250210-1"),
        ] {
            assert_eq!(classify(manager, name, version), None, "{name}");
        }
        // Name and version together are enough.
        check(Dpkg, "libnvidia-brandnew", "620.10.02-1", (User, None, Some("620.10.02")));
    }

    #[test]
    fn every_name_of_the_tables_passes_the_quick_look() {
        for name in RULES.iter().flat_map(|rule| rule.names) {
            assert!(may_concern(&name.replace('*', "x")), "{name}");
        }
    }

    #[test]
    fn reads_driver_versions() {
        for (text, expected) in [
            ("1:535.183.01-0ubuntu0.22.04.1", Some("535.183.01")),
            ("570.86.16+really550.54.15-1", Some("550.54.15")),
            ("3:390.157-1.fc42", Some("390.157")),
            ("20220217+3~deb12u1", None),
            ("12.4.127-1", None),
            ("6.8.0-45.45", None),
            ("", None),
            (":::", None),
            ("535", None),
        ] {
            assert_eq!(
                driver_version(text).as_ref().map(DriverVersion::as_str),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn reads_suffixes() {
        assert_eq!(
            origin_of_version("550.107.02-0ubuntu0~gpu22.04.1"),
            Some("graphics-drivers PPA")
        );
        assert_eq!(origin_of_version("535.216.03-2~bpo12+1"), Some("backports"));
        assert_eq!(origin_of_version("535.183.01-0ubuntu0.22.04.1"), None);
    }

    #[test]
    fn fits_patterns() {
        assert!(
            fits("a*", "abc") && fits("*c", "abc") && fits("a*b*c", "a1b2c") && fits("abc", "abc")
        );
        assert!(
            !fits("a*", "b") && !fits("a*b*c", "a1c") && !fits("abc", "abcd") && !fits("*c", "cd")
        );
    }
}

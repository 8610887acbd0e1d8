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
    self, Builder, Companion, Container, Cuda, CudaCompat, Dispatch, Firmware, Independent, Kernel,
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
            "datacenter-gpu-manager*",
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
    // libglvnd: Debian splits it by library.
    rule(
        &[Dpkg],
        &["libglvnd0", "libgl1", "libglx0", "libegl1", "libgles1", "libgles2", "libopengl0"],
        Some(Dispatch),
    ),
    rule(&[Rpm], &["libglvnd-core-devel", "libglvnd-devel"], None),
    rule(&[Rpm], &["libglvnd", "libglvnd-*"], Some(Dispatch)),
    rule(&[Pacman], &["libglvnd", "lib32-libglvnd"], Some(Dispatch)),
    rule(&[], &["dkms", "akmods"], Some(Builder)),
    rule(&[Dpkg], &["linux-image-*-dbg", "linux-image-*-dbgsym"], None),
    // Proxmox: its kernels are named pve-kernel-*, since version 8 proxmox-kernel-* (pve.proxmox.com/wiki).
    rule(&[Dpkg], &["linux-image-*", "proxmox-kernel-*", "pve-kernel-*"], Some(KernelImage)),
    rule(&[Dpkg], &["linux-headers-*", "proxmox-headers-*", "pve-headers*"], Some(KernelHeaders)),
    // kernel-modules-core and its kin carry modules, and no image.
    rule(&[Rpm], &["kernel-modules*", "kernel-*-modules*"], None),
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
        "datacenter-gpu-manager",
        "libgl",
        "libegl1",
        "libopengl0",
        "lib32-libglvnd",
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

/// The state of an rpm package that an interrupted transaction left beside its newer version; `dnf check` has the word.
pub const DUPLICATE: &str = "duplicate";

/// Whether only one version of an rpm package can be meant to be installed: of kernels and their modules several may be
/// (dnf.conf(5), `installonlypkgs`; zypp.conf, `multiversion`).
pub fn is_kept_once(role: PackageRole, name: &str) -> bool {
    matches!(role, User | Meta | Firmware | Companion)
        || (role == Kernel && (name.starts_with("akmod-") || name.contains("dkms")))
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
        // Most libraries and programs of the driver need no table: name and version together say so.
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
mod tests;

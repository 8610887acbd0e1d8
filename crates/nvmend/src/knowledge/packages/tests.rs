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
        ("libnvidia-compute-470", "510.54-0ubuntu0.20.04.1", (User, Some("470"), Some("510.54"))),
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
        ("datacenter-gpu-manager", "1:3.3.9", (Independent, None, None)),
        ("datacenter-gpu-manager-4-core", "1:4.4.1-1", (Independent, None, None)),
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
        ("nvidia-legacy-390xx-kernel-dkms", "390.157-3", (Kernel, Some("390xx"), Some("390.157"))),
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
        ("akmod-nvidia-470xx", "3:470.256.02-1.fc42", (Kernel, Some("470xx"), Some("470.256.02"))),
        ("kmod-nvidia-6.11.4-301.fc41.x86_64", v, (Kernel, None, drv)),
        ("kmod-nvidia-open-dkms", v, (Kernel, None, drv)),
        ("xorg-x11-drv-nvidia-kmodsrc", v, (Kernel, None, drv)),
        ("xorg-x11-drv-nvidia-cuda-libs", v, (User, None, drv)),
        ("xorg-x11-drv-nvidia-390xx", "3:390.157-1.fc42", (User, Some("390xx"), Some("390.157"))),
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
        (Rpm, "kernel-modules-core", "5.14.0-427"),
        (Rpm, "kernel-rt-modules-core", "5.14.0-427"),
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
        assert_eq!(driver_version(text).as_ref().map(DriverVersion::as_str), expected, "{text}");
    }
}

#[test]
fn fits_patterns() {
    assert!(fits("a*", "abc") && fits("*c", "abc") && fits("a*b*c", "a1b2c") && fits("abc", "abc"));
    assert!(!fits("a*", "b") && !fits("a*b*c", "a1c") && !fits("abc", "abcd") && !fits("*c", "cd"));
}

//! Which packages carry the two libraries that decide whether a program works. Sources: head of `packages.rs`.

use crate::facts::PackageManager::{self, Dpkg, Pacman, Rpm};

const BOTH: &[&str] = &["libcuda", "libnvidia-ml"];

/// How a name begins and ends, with the series between, and what of the two libraries the package holds.
const TABLE: &[(PackageManager, &str, &str, &[&str])] = &[
    // Debian.
    (Dpkg, "libcuda1", "", &["libcuda"]),
    (Dpkg, "libnvidia-ml1", "", &["libnvidia-ml"]),
    (Dpkg, "libnvidia-tesla", "-cuda1", &["libcuda"]),
    (Dpkg, "libnvidia-tesla", "-ml1", &["libnvidia-ml"]),
    (Dpkg, "libnvidia-legacy", "-cuda1", &["libcuda"]),
    (Dpkg, "libnvidia-legacy", "-ml1", &["libnvidia-ml"]),
    // Ubuntu, and NVIDIA's repository for it.
    (Dpkg, "libnvidia-compute", "", BOTH),
    // RPM Fusion.
    (Rpm, "xorg-x11-drv-nvidia", "-cuda-libs", BOTH),
    // negativo17, and NVIDIA's repository; older ones have NVML in a package of its own.
    (Rpm, "nvidia-driver", "-cuda-libs", &["libcuda"]),
    (Rpm, "libnvidia-ml", "", &["libnvidia-ml"]),
    (Rpm, "nvidia-driver", "-NVML", &["libnvidia-ml"]),
    // SUSE.
    (Rpm, "nvidia-compute-G0", "", BOTH),
    (Rpm, "nvidia-computeG0", "", BOTH),
    // Arch.
    (Pacman, "nvidia-utils", "", BOTH),
    (Pacman, "nvidia-", "xx-utils", BOTH),
    (Pacman, "lib32-nvidia-utils", "", BOTH),
];

/// The stems of the deciding libraries that a package holds.
pub fn carried(manager: PackageManager, name: &str) -> &'static [&'static str] {
    let found = TABLE.iter().find(|(of, begin, end, _)| {
        let series = name.strip_prefix(begin).and_then(|rest| rest.strip_suffix(end));
        *of == manager && series.is_some_and(is_series)
    });
    found.map_or(&[], |(.., stems)| stems)
}

/// What may stand between: nothing, `-535`, `-535-server`, `-470xx`, the digit after `G0`.
fn is_series(text: &str) -> bool {
    text.is_empty()
        || (text.bytes().any(|byte| byte.is_ascii_digit())
            && !["utils", "dev", "libs", "cuda"].iter().any(|other| text.contains(other)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_each_distributions_packages() {
        assert_eq!(carried(Dpkg, "libcuda1"), ["libcuda"]);
        assert_eq!(carried(Dpkg, "libnvidia-tesla-470-ml1"), ["libnvidia-ml"]);
        assert_eq!(carried(Dpkg, "libnvidia-compute-535-server"), BOTH);
        assert_eq!(carried(Rpm, "xorg-x11-drv-nvidia-470xx-cuda-libs"), BOTH);
        assert_eq!(carried(Rpm, "nvidia-driver-cuda-libs"), ["libcuda"]);
        assert_eq!(carried(Rpm, "nvidia-compute-G06"), BOTH);
        assert_eq!(carried(Pacman, "nvidia-580xx-utils"), BOTH);
        for (manager, other) in [
            (Dpkg, "nvidia-compute-utils-535"),
            (Rpm, "nvidia-compute-utils-G06"),
            (Rpm, "nvidia-driver-libs"),
            (Dpkg, "libcuda1-dev"),
        ] {
            assert!(carried(manager, other).is_empty(), "{other}");
        }
    }
}

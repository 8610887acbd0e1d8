//! Which module files belong to the NVIDIA driver, by their names.

use crate::parse::modinfo::{base_name, underscored};

/// The modules of the driver that are resolved for every kernel, by the kernel's names. The first is the core.
/// Source: open-gpu-kernel-modules `kernel-open/Kbuild` (`NV_KERNEL_MODULES`).
pub const MODULES: [&str; 5] =
    ["nvidia", "nvidia_modeset", "nvidia_drm", "nvidia_uvm", "nvidia_peermem"];

/// Which module of the driver a file holds, as a name of [`MODULES`]; `None` for every other file.
///
/// Debian puts the series between: `nvidia-current-open-drm.ko`, `nvidia-tesla-470-uvm.ko`,
/// `nvidia-legacy-390xx.ko` (Debian, nvidia-graphics-drivers, `debian/rules`); inside, they keep the kernel's names.
/// Others only look alike: `nvidiafb`, `nvidia-wmi-ec-backlight`, `nvidia_cspmu`, `nvidia-fs`, `nvidia-vgpu-vfio`.
pub fn driver_module(file_name: &str) -> Option<&'static str> {
    let name = underscored(base_name(file_name));
    let rest = name.strip_prefix("nvidia")?;
    let part = |module: &&&str| {
        let suffix = module.strip_prefix("nvidia").unwrap_or_default();
        rest.strip_suffix(suffix).is_some_and(is_series)
    };
    // The core's own suffix is empty and fits every name, so it is asked last.
    MODULES.iter().skip(1).chain(MODULES.first()).find(part).copied()
}

/// Nothing, or Debian's word for a series with an underscore before it.
fn is_series(text: &str) -> bool {
    let Some(series) = text.strip_prefix('_') else { return text.is_empty() };
    ["current", "tesla", "legacy", "open"].iter().any(|word| {
        series.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
    }) || series.starts_with(|first: char| first.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_drivers_files() {
        for (file, module) in [
            ("nvidia.ko", "nvidia"),
            ("updates/dkms/nvidia-drm.ko.zst", "nvidia_drm"),
            ("nvidia_uvm.ko", "nvidia_uvm"),
            ("nvidia-current.ko", "nvidia"),
            ("nvidia-current-open-peermem.ko", "nvidia_peermem"),
            ("nvidia-tesla-470-modeset.ko", "nvidia_modeset"),
            ("nvidia-legacy-390xx-drm.ko.xz", "nvidia_drm"),
            ("nvidia-535.ko", "nvidia"),
        ] {
            assert_eq!(driver_module(file), Some(module), "{file}");
        }
        for file in [
            "nvidiafb.ko",
            "nvidia-wmi-ec-backlight.ko",
            "nvidia_cspmu.ko",
            "nvidia-fs.ko",
            "nouveau.ko",
            "drm.ko",
        ] {
            assert_eq!(driver_module(file), None, "{file}");
        }
    }
}

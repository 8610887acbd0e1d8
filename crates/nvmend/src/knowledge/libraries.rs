//! The driver's libraries: which carry the driver's version, and which must not be compared.
//!
//! Sources: the file lists of canonical/nvidia-graphics-drivers (595.58.03, `debian/*.install`), negativo17's
//! nvidia-driver.spec, RPM Fusion's xorg-x11-drv-nvidia.spec, and flathub's org.freedesktop.Platform.GL.nvidia
//! (`nvidia-extract.c`).

/// A library that comes with the driver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DriverLibrary {
    /// The name before `.so`.
    pub stem: &'static str,
    /// Whether it is released with the driver, under the driver's version: a file name with another version is
    /// a file of another driver. The others number themselves, or not at all.
    pub carries_version: bool,
}

/// Released with the driver; the file is `STEM.so.VERSION`.
const WITH_VERSION: &[&str] = &[
    "libEGL_nvidia",
    "libGLESv1_CM_nvidia",
    "libGLESv2_nvidia",
    "libGLX_nvidia",
    "libcuda",
    "libcudadebugger",
    "libglxserver_nvidia", // RPM Fusion and negativo17 install it without the version
    "libnvcuextend",       // aarch64
    "libnvcuvid",
    "libnvidia-allocator",
    "libnvidia-cbl", // up to 4xx
    "libnvidia-cfg",
    "libnvidia-compiler", // up to 5xx
    "libnvidia-eglcore",
    "libnvidia-encode",
    "libnvidia-fatbinaryloader", // up to 440
    "libnvidia-fbc",
    "libnvidia-glcore",
    "libnvidia-glsi",
    "libnvidia-glvkspirv",
    "libnvidia-gpucomp",
    "libnvidia-ifr", // up to 460
    "libnvidia-ml",
    "libnvidia-ngx",
    "libnvidia-nvvm",
    "libnvidia-opencl",
    "libnvidia-opticalflow",
    "libnvidia-pkcs11",
    "libnvidia-pkcs11-openssl3",
    "libnvidia-present", // from 565
    "libnvidia-ptxjitcompiler",
    "libnvidia-rtcore",
    "libnvidia-sandboxutils", // from 570
    "libnvidia-tileiras",     // from 590
    "libnvidia-tls",
    "libnvidia-vksc-core",
    "libnvidia-vulkan-producer", // 515 to 550
    "libnvoptix",
    "libvdpau_nvidia",
];

/// Come with the driver, or beside it, with a version of their own or none. The `libnvidia-gtk` pair and the Wayland
/// client belong to nvidia-settings, which distributions package from its own source.
const WITHOUT_VERSION: &[&str] = &[
    "libnvidia-api",
    "libnvidia-egl-gbm",
    "libnvidia-egl-wayland",
    "libnvidia-egl-wayland2",
    "libnvidia-egl-xcb",
    "libnvidia-egl-xlib",
    "libnvidia-gtk2",
    "libnvidia-gtk3",
    "libnvidia-nvvm70",
    "libnvidia-wayland-client",
];

/// The library that a file name (`libcuda.so.535.261.03`, `libcuda.so.1`, `libcuda.so`) belongs to. `None`: not
/// the driver's. The container toolkit's `libnvidia-container` and the vendor-neutral `libGL`, `libEGL`,
/// `libOpenCL` are not.
pub fn driver_library(file_name: &str) -> Option<DriverLibrary> {
    let (stem, suffix) = file_name.split_once(".so")?;
    if !suffix.is_empty() && !suffix.starts_with('.') {
        return None;
    }
    let find = |list: &'static [&'static str]| {
        list.binary_search(&stem).ok().and_then(|index| list.get(index).copied())
    };
    let library = |carries_version| move |stem| DriverLibrary { stem, carries_version };
    find(WITH_VERSION).map(library(true)).or_else(|| find(WITHOUT_VERSION).map(library(false)))
}

/// libglvnd's libraries, through which programs reach the driver's graphics (the packages' file lists, Debian and
/// Fedora). Older drivers brought files of these names themselves.
const DISPATCH: [&str; 7] =
    ["libEGL", "libGL", "libGLESv1_CM", "libGLESv2", "libGLX", "libGLdispatch", "libOpenGL"];

/// Whether a name is that of a file of libglvnd (`libGL.so.1.7.0`), not of one of the links to it (`libGL.so.1`).
pub fn is_dispatch_file(file_name: &str) -> bool {
    file_name.split_once(".so.").is_some_and(|(stem, version)| {
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        DISPATCH.contains(&stem) && version.contains('.') && version.split('.').all(is_number)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_files_of_libglvnd() {
        for file in ["libGL.so.1.7.0", "libGLdispatch.so.0.0.0", "libEGL.so.418.152.00"] {
            assert!(is_dispatch_file(file), "{file}");
        }
        for other in ["libGL.so.1", "libGL.so", "libGLU.so.1.3.1", "libGL.so.1.x", "libcuda.so.1.1"]
        {
            assert!(!is_dispatch_file(other), "{other}");
        }
    }

    #[test]
    fn lists_are_sorted_and_apart() {
        assert!(WITH_VERSION.is_sorted());
        assert!(WITHOUT_VERSION.is_sorted());
        assert!(WITHOUT_VERSION.iter().all(|stem| !WITH_VERSION.contains(stem)));
    }

    #[test]
    fn knows_the_drivers_libraries() {
        let carries =
            |name| driver_library(name).map(|library| (library.stem, library.carries_version));
        assert_eq!(carries("libcuda.so.535.261.03"), Some(("libcuda", true)));
        assert_eq!(carries("libnvidia-ml.so"), Some(("libnvidia-ml", true)));
        assert_eq!(carries("libnvidia-egl-gbm.so.1.1.1"), Some(("libnvidia-egl-gbm", false)));
        for other in [
            "libcuda.so_old",
            "libcudart.so.12",
            "libnvidia-container.so.1",
            "libGL.so.1",
            "libcuda",
            "nvidia_drv.so",
        ] {
            assert_eq!(carries(other), None, "{other}");
        }
    }
}

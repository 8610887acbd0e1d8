//! X server modules and the manifests by which Vulkan and EGL find the driver.

use std::path::{Path, PathBuf};

use crate::facts::{Display, Facts, Manifest};
use crate::host::{Host, follow};
use crate::parse::icd;
use crate::probe::{Found, Probe};

/// Lists a few directories.
pub const PROBE: Probe = Probe { name: "display", run };

/// Where distributions keep the X server's modules of the driver besides the libraries' own directories, which another
/// probe lists: Debian's nvidia-alternative, NVIDIA's and RPM Fusion's spec files.
const X_MODULES: [&str; 4] = [
    "/usr/lib/nvidia/xorg",
    "/usr/lib/xorg/modules/extensions",
    "/usr/lib64/xorg/modules/extensions",
    "/usr/lib64/nvidia/xorg",
];
/// The loaders' own directories: Vulkan-Loader's LoaderDriverInterface.md, libglvnd's `icd_enumeration.md`.
const MANIFESTS: [&str; 4] = [
    "/etc/glvnd/egl_vendor.d",
    "/etc/vulkan/icd.d",
    "/usr/share/glvnd/egl_vendor.d",
    "/usr/share/vulkan/icd.d",
];
const MOST: usize = 16;

fn run(host: &dyn Host, _known: &Facts) -> Found {
    let mut x_modules: Vec<PathBuf> =
        X_MODULES.iter().flat_map(|place| x_modules(host, Path::new(place))).collect();
    x_modules.sort();
    x_modules.dedup();
    let manifests = MANIFESTS.iter().flat_map(|place| manifests(host, Path::new(place))).collect();
    Box::new(move |facts| facts.display = Display { x_modules, manifests })
}

fn x_modules(host: &dyn Host, directory: &Path) -> Vec<PathBuf> {
    names(host, directory, |name| name.starts_with("libglxserver_nvidia.so"))
        .filter_map(|path| Some(follow(host, &path).ok()?.end))
        .collect()
}

fn manifests(host: &dyn Host, directory: &Path) -> Vec<Manifest> {
    names(host, directory, |name| name.contains("nvidia") && name.ends_with(".json"))
        .filter_map(|path| {
            let library = icd::library(&host.read(&path, 1 << 16).ok()?)?;
            let named = Path::new(&library);
            let exists = named.is_absolute().then(|| match host.metadata(named) {
                Ok(_) => true,
                // Only "no such file" says that it is gone.
                Err(error) => !error.is_absent(),
            });
            Some(Manifest { path, library, exists })
        })
        .collect()
}

fn names<'d>(
    host: &dyn Host,
    directory: &'d Path,
    is_wanted: fn(&str) -> bool,
) -> impl Iterator<Item = PathBuf> + use<'d> {
    let entries = host.list(directory).unwrap_or_default();
    let wanted = entries.into_iter().filter(move |entry| is_wanted(&entry.name));
    wanted.take(MOST).map(|entry| directory.join(entry.name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hosts::memory::Memory;

    #[test]
    fn finds_modules_and_manifests() {
        let host = Memory::default()
            .link(
                "/usr/lib64/nvidia/xorg/libglxserver_nvidia.so",
                "libglxserver_nvidia.so.535.183.01",
            )
            .file("/usr/lib64/nvidia/xorg/libglxserver_nvidia.so.535.183.01", "")
            .file("/usr/share/vulkan/icd.d/intel_icd.json", "{}")
            .file(
                "/usr/share/vulkan/icd.d/nvidia_icd.json",
                r#"{"ICD":{"library_path":"libGLX_nvidia.so.0"}}"#,
            )
            .file(
                "/etc/vulkan/icd.d/nvidia_icd.json",
                r#"{"ICD":{"library_path":"/opt/libGLX_nvidia.so.0"}}"#,
            )
            .file("/usr/share/glvnd/egl_vendor.d/10_nvidia.json", "no json");
        let mut facts = Facts::default();
        run(&host, &Facts::default())(&mut facts);
        assert_eq!(
            facts.display.x_modules,
            [Path::new("/usr/lib64/nvidia/xorg/libglxserver_nvidia.so.535.183.01")]
        );
        let found: Vec<_> = facts
            .display
            .manifests
            .iter()
            .map(|manifest| (manifest.library.as_str(), manifest.exists))
            .collect();
        assert_eq!(found, [("/opt/libGLX_nvidia.so.0", Some(false)), ("libGLX_nvidia.so.0", None)]);
    }
}

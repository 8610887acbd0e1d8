//! Manifests of graphics drivers: the Vulkan loader's `icd.d/*.json` (Vulkan-Loader, LoaderDriverInterface.md) and
//! libglvnd's `egl_vendor.d/*.json`. Both name a library under `ICD`.

use serde::Deserialize;

#[derive(Deserialize)]
struct Manifest {
    #[serde(rename = "ICD")]
    icd: Icd,
}

#[derive(Deserialize)]
struct Icd {
    library_path: String,
}

/// The library that a manifest names; `None` when it is no such manifest.
pub fn library(manifest: &[u8]) -> Option<String> {
    let manifest: Manifest = serde_json::from_slice(manifest).ok()?;
    Some(manifest.icd.library_path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const VULKAN: &str = r#"{
    "file_format_version" : "1.0.1",
    "ICD": {
        "library_path": "libGLX_nvidia.so.0",
        "api_version" : "1.3.242"
    }
}"#;

    #[test]
    fn reads_the_name_of_the_library() {
        assert_eq!(library(VULKAN.as_bytes()).as_deref(), Some("libGLX_nvidia.so.0"));
        let egl = br#"{"file_format_version":"1.0.0","ICD":{"library_path":"libEGL_nvidia.so.0"}}"#;
        assert_eq!(library(egl).as_deref(), Some("libEGL_nvidia.so.0"));
        assert_eq!(library(b"{}"), None);
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200), cut in 0_usize..200) {
            let _ = library(&bytes);
            prop_assert_eq!(library(&VULKAN.as_bytes()[..cut.min(VULKAN.len() - 1)]), None);
        }
    }
}

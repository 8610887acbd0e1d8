//! `modules.dep`: which file each module is in. One line per module: its path, a colon, the paths it depends on
//! (`modules.dep(5)`). The file has thousands of lines, so it is searched, not parsed.

use memchr::{memchr, memmem, memrchr};

use crate::knowledge::modules::driver_module;

/// The paths of the NVIDIA driver's modules, as written: below the kernel's directory, or absolute. In the file's order.
/// Lines that are no UTF-8 are left out.
pub fn driver_entries(text: &[u8]) -> Vec<&str> {
    let mut found: Vec<&str> = Vec::new();
    let mut searched = 0;
    while let Some(at) =
        text.get(searched..).and_then(|rest| memmem::find(rest, b"nvidia")).map(|at| at + searched)
    {
        let start = text
            .get(..at)
            .and_then(|before| memrchr(b'\n', before))
            .map_or(0, |newline| newline + 1);
        let end = text
            .get(at..)
            .and_then(|after| memchr(b'\n', after))
            .map_or(text.len(), |length| at + length);
        searched = end;
        let line = text.get(start..end).unwrap_or_default();
        let path = memchr(b':', line)
            .and_then(|colon| line.get(..colon))
            .and_then(|path| std::str::from_utf8(path).ok());
        found.extend(path.filter(|path| driver_module(path).is_some()));
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SAMPLE: &str = "kernel/drivers/video/fbdev/nvidia/nvidiafb.ko: kernel/drivers/video/vgastate.ko\n\
        kernel/drivers/gpu/drm/drm.ko:\n\
        updates/dkms/nvidia-current-open-drm.ko: updates/dkms/nvidia-current-open-modeset.ko updates/dkms/nvidia-current-open.ko kernel/drivers/gpu/drm/drm.ko\n\
        extra/other.ko: extra/nvidia.ko\n\
        updates/dkms/nvidia-current-open.ko: kernel/drivers/gpu/drm/drm.ko\n\
        /opt/modules/nvidia-uvm.ko.zst:";

    #[test]
    fn finds_entries_not_dependencies() {
        let expected = [
            "updates/dkms/nvidia-current-open-drm.ko",
            "updates/dkms/nvidia-current-open.ko",
            "/opt/modules/nvidia-uvm.ko.zst",
        ];
        assert_eq!(driver_entries(SAMPLE.as_bytes()), expected);
        assert!(driver_entries(b"").is_empty());
    }

    proptest! {
        #[test]
        fn survives_any_bytes(bytes: Vec<u8>, cut in 0usize..500) {
            let _ = driver_entries(&bytes);
            let end = SAMPLE.len().saturating_sub(cut);
            let _ = driver_entries(&SAMPLE.as_bytes()[..end]);
        }
    }
}

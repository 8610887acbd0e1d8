//! `modules.dep`: which file each module is in. One line per module: its path, a colon, the paths it depends on
//! (`modules.dep(5)`). The file has thousands of lines, so it is searched, not parsed.

use memchr::{memchr, memmem, memrchr};

use crate::knowledge::modules::driver_module;

/// The index is damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModulesDepError {
    /// What a file system leaves behind when power fails during a write, or another file's content.
    #[error("damaged: it holds bytes that are no text")]
    NoText,
    /// The last line is not ended.
    #[error("damaged: cut short")]
    Truncated,
    /// The first line names no module.
    #[error("damaged: no list of modules")]
    NoModules,
}

/// How much of it is looked at as text.
const START: usize = 4096;

/// Checks an index as a whole. An empty one is that of a kernel without modules.
pub fn check(text: &[u8]) -> Result<(), ModulesDepError> {
    let Some(last) = text.last() else { return Ok(()) };
    // Random bytes hold a zero soon; all of a large file need not be decoded for that.
    let start = text.get(..START).unwrap_or(text);
    let is_cut_character = |error: std::str::Utf8Error| error.error_len().is_none();
    let is_text = std::str::from_utf8(start).map_or_else(is_cut_character, |_| true);
    if memchr(0, text).is_some() || !is_text {
        return Err(ModulesDepError::NoText);
    }
    if *last != b'\n' {
        return Err(ModulesDepError::Truncated);
    }
    let first = memchr(b'\n', text).and_then(|end| text.get(..end)).unwrap_or(text);
    if memmem::find(first, b".ko").is_none() || memchr(b':', first).is_none() {
        return Err(ModulesDepError::NoModules);
    }
    Ok(())
}

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

    #[test]
    fn tells_damage_from_emptiness() {
        let whole = format!("{SAMPLE}\n");
        assert_eq!(check(whole.as_bytes()), Ok(()));
        assert_eq!(check(b""), Ok(()));
        assert_eq!(check(SAMPLE.as_bytes()), Err(ModulesDepError::Truncated));
        assert_eq!(check(&[0; 40]), Err(ModulesDepError::NoText));
        assert_eq!(check(b"\xff\xfe\n"), Err(ModulesDepError::NoText));
        assert_eq!(check(b"<html>\n"), Err(ModulesDepError::NoModules));
    }

    proptest! {
        #[test]
        fn survives_any_bytes(bytes: Vec<u8>, cut in 0usize..500) {
            let _ = driver_entries(&bytes);
            let _ = check(&bytes);
            let end = SAMPLE.len().saturating_sub(cut);
            let _ = driver_entries(&SAMPLE.as_bytes()[..end]);
        }
    }
}

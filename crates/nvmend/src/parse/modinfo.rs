//! What a kernel module says of itself: its `.modinfo` section, and the signature appended to it.
//!
//! `.modinfo` is a run of NUL-separated `key=value` (Linux, `include/linux/moduleparam.h`, `scripts/mod/modpost.c`).

use std::io::Read;
use std::ops::Range;

use memchr::memmem;

use crate::facts::{Datum, ModuleInfo};
use crate::version::DriverVersion;

/// The most that `.modinfo` may take; the real ones have some 20 KiB.
pub const SECTION_LIMIT: u64 = 1 << 20;

/// No use as a module's description.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModinfoError {
    /// The file has no `.modinfo`.
    #[error("no module information in it")]
    None,
    /// One key with two values.
    #[error("module information with two values of {0:?}")]
    Ambiguous(&'static str),
    /// A compressed module could not be read.
    #[error("decompression failed: {0}")]
    Compression(String),
    /// A compressed module's content is larger than any module.
    #[error("decompressed content is larger than {0} bytes")]
    TooLarge(u64),
}

/// Reads the content of a `.modinfo` section. `file_name` gives the name where old modules don't say their own.
/// The signature is not part of the section: it is left as not looked for.
pub fn parse(section: &[u8], file_name: &str) -> Result<ModuleInfo, ModinfoError> {
    // Most of a section describes parameters, and the lines are gone through once for each key.
    let lines: Vec<&[u8]> = section
        .split(|byte| *byte == 0)
        .filter(|line| !line.is_empty() && !line.starts_with(b"parm"))
        .collect();
    let value = |key: &'static str| -> Result<Option<String>, ModinfoError> {
        let mut found: Option<&[u8]> = None;
        for line in &lines {
            let Some(value) =
                line.strip_prefix(key.as_bytes()).and_then(|rest| rest.strip_prefix(b"="))
            else {
                continue;
            };
            if found.is_some_and(|found| found != value) {
                return Err(ModinfoError::Ambiguous(key));
            }
            found = Some(value);
        }
        Ok(found.map(|value| String::from_utf8_lossy(value).into_owned()))
    };
    let vermagic = value("vermagic")?;
    let license = value("license")?;
    if vermagic.is_none() && license.is_none() {
        return Err(ModinfoError::None);
    }
    Ok(ModuleInfo {
        name: underscored(&value("name")?.unwrap_or_else(|| base_name(file_name).to_owned())),
        version: value("version")?.and_then(|text| text.parse::<DriverVersion>().ok()),
        vermagic,
        license,
        signature: Datum::unreadable(file_name, "not looked for"),
    })
}

/// Reads what `modinfo NAME` prints, all of it or some of its lines; `None` where it says nothing of a module.
pub fn parse_output(text: &[u8]) -> Option<ModuleInfo> {
    let lines = text.split(|byte| *byte == b'\n').filter_map(|line| {
        let colon = memchr::memchr(b':', line)?;
        Some((line.get(..colon)?.trim_ascii(), line.get(colon + 1..)?.trim_ascii()))
    });
    let mut section = Vec::new();
    let (mut path, mut signer) = (String::new(), None);
    for (key, value) in lines {
        match key {
            b"filename" => path = String::from_utf8_lossy(value).into_owned(),
            b"signer" => signer = Some(String::from_utf8_lossy(value).into_owned()),
            _ => section.extend([key, b"=", value, b"\0"].concat()),
        }
    }
    let mut info = parse(&section, &path).ok()?;
    if signer.is_some() {
        info.signature = Datum::known(crate::facts::Signature { signer }, path);
    }
    Some(info)
}

/// A module's name from its file name: without directories and `.ko`, `.ko.gz`, `.ko.xz`, `.ko.zst`.
pub fn base_name(file_name: &str) -> &str {
    let name = file_name.rsplit('/').next().unwrap_or(file_name);
    let packed = [".gz", ".xz", ".zst"].iter().find_map(|ending| name.strip_suffix(ending));
    packed.unwrap_or(name).strip_suffix(".ko").unwrap_or(name)
}

/// The kernel's spelling of a module name.
pub fn underscored(name: &str) -> String {
    name.replace('-', "_")
}

/// What [`scan`] found in a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scanned {
    /// The content of `.modinfo`.
    pub section: Vec<u8>,
    /// The last bytes of the stream, where it was read to its end: at least [`TAIL`] of them, or all.
    pub tail: Option<Vec<u8>>,
}

/// How much of a module's end is kept for its signature. A PKCS#7 message has about 700 bytes.
pub const TAIL: usize = 32 << 10;

/// How much is kept before the place that is searched, and how much of the description may follow it.
const KEPT: usize = 64 << 10;

/// Finds `.modinfo` in a stream whose end, with the section headers, has not come yet: the run of NUL-separated
/// `key=value` that holds `vermagic=` and `license=` or `name=`. Stops right after it unless `to_end`, which reads
/// on for the signature. At most `limit` bytes are read.
pub fn scan(mut stream: impl Read, to_end: bool, limit: u64) -> Result<Scanned, ModinfoError> {
    let finder = memmem::Finder::new(b"vermagic=");
    let mut window: Vec<u8> = Vec::with_capacity(4 * KEPT);
    let mut chunk = vec![0; KEPT];
    let (mut searched, mut total) = (0, 0u64);
    let mut section = None;
    loop {
        let count = match stream.read(&mut chunk) {
            Ok(count) => count.min(chunk.len()),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(ModinfoError::Compression(error.to_string())),
        };
        total += count as u64;
        if total > limit {
            return Err(ModinfoError::TooLarge(limit));
        }
        window.extend_from_slice(chunk.get(..count).unwrap_or_default());
        while section.is_none() {
            let Some(at) =
                window.get(searched..).and_then(|rest| finder.find(rest)).map(|at| at + searched)
            else {
                searched = window.len().saturating_sub(finder.needle().len()).max(searched);
                break;
            };
            // All of it must be there, unless nothing more comes.
            if window.len() < at + KEPT && count > 0 {
                break;
            }
            let run = run_around(&window, at);
            searched = run.end.max(at + 1);
            section = window.get(run).filter(|run| is_description(run)).map(<[u8]>::to_vec);
        }
        match section {
            Some(section) if !to_end => return Ok(Scanned { section, tail: None }),
            _ if count > 0 => {}
            Some(section) => return Ok(Scanned { section, tail: Some(window) }),
            None => return Err(ModinfoError::None),
        }
        let keep = if section.is_some() { TAIL } else { KEPT + (window.len() - searched) };
        // Moved only when it pays.
        if window.len() > 2 * keep.max(KEPT) {
            let drop = window.len() - keep;
            window.drain(..drop);
            searched = searched.saturating_sub(drop);
        }
    }
}

/// Where the lines around the one at `at` begin and end that can stand in `.modinfo`; empty where it cannot itself.
fn run_around(window: &[u8], at: usize) -> Range<usize> {
    let Some((before, after)) = window.split_at_checked(at) else { return at..at };
    // The line itself begins after a NUL; `before` then ends with one, which `rsplit` shows as an empty line.
    if before.last().is_some_and(|byte| *byte != 0) {
        return at..at;
    }
    // No more than is always at hand: the same description is found whatever stands around it.
    let before = before.get(at.saturating_sub(KEPT)..).unwrap_or_default();
    let after = after.get(..KEPT).unwrap_or(after);
    let lines = |count: usize, line: &[u8]| count + line.len() + 1;
    let start = before.rsplit(|byte| *byte == 0).take_while(|line| belongs(line)).fold(0, lines);
    let end = after.split(|byte| *byte == 0).take_while(|line| belongs(line)).fold(0, lines);
    if end == 0 {
        return at..at;
    }
    (at + 1).saturating_sub(start).min(at)..at + end.min(after.len())
}

/// Whether lines with `vermagic=` are a module's description.
fn is_description(run: &[u8]) -> bool {
    run.split(|byte| *byte == 0)
        .any(|line| line.starts_with(b"license=") || line.starts_with(b"name="))
}

/// Whether a line can stand in `.modinfo`: padding, or a key, `=` and text.
fn belongs(line: &[u8]) -> bool {
    let Some(equals) = memchr::memchr(b'=', line) else { return line.is_empty() };
    let (key, value) = line.split_at(equals);
    !key.is_empty()
        && key.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
        && value.iter().all(|byte| *byte >= b' ' && *byte != 0x7f || matches!(byte, b'\t' | b'\n'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// From a module that DKMS built on Debian 12 (`modinfo -0`), shortened.
    const DEBIAN: &[u8] = b"alias=char-major-195-*\0\0\0\0version=535.261.03\0supported=external\0license=Dual MIT/GPL\0\
        firmware=nvidia/535.261.03/gsp_tu10x.bin\0alias=pci:v000010DEd*sv*sd*bc06sc80i00*\0depends=drm\0retpoline=Y\0\
        name=nvidia\0vermagic=6.1.0-47-amd64 SMP preempt mod_unload modversions \0parm=NVreg_ResmanDebugLevel:int\0";

    #[test]
    fn reads_a_real_section() {
        let info = parse(DEBIAN, "nvidia-current-open.ko").unwrap();
        assert_eq!(info.name, "nvidia");
        assert_eq!(info.version.clone().unwrap().as_str(), "535.261.03");
        assert_eq!(info.built_for(), Some("6.1.0-47-amd64"));
        assert_eq!(info.flavour(), Some(crate::facts::Flavour::Open));
        assert!(
            info.signature.is_unreadable(),
            "nothing is claimed of a signature that was not looked for"
        );
    }

    #[test]
    fn reads_what_modinfo_prints() {
        let text = b"filename:       /lib/modules/6.1.0-47-amd64/updates/dkms/nvidia-current-open.ko\n\
            alias:          char-major-195-*\nalias:          pci:v000010DEd*\nversion:        535.261.03\n\
            license:        Dual MIT/GPL\nname:           nvidia\nvermagic:       6.1.0-47-amd64 SMP preempt mod_unload \n\
            signer:         DKMS module signing key\nsignature:      04:9A:B4:\n\t\t43:78:FE\n";
        let info = parse_output(text).unwrap();
        assert_eq!((info.name.as_str(), info.built_for()), ("nvidia", Some("6.1.0-47-amd64")));
        assert_eq!(info.version, "535.261.03".parse().ok());
        assert_eq!(
            info.signature.value().unwrap().signer.as_deref(),
            Some("DKMS module signing key")
        );
        let line =
            parse_output(b"vermagic:       6.8.0-45-generic SMP preempt mod_unload \n").unwrap();
        assert_eq!((line.built_for(), &line.version), (Some("6.8.0-45-generic"), &None));
        assert_eq!(parse_output(b"\n"), None);
    }

    #[test]
    fn falls_back_to_the_file_name() {
        let info =
            parse(b"license=NVIDIA\0", "/lib/modules/6.1/updates/nvidia-drm.ko.zst").unwrap();
        assert_eq!(info.name, "nvidia_drm");
        assert_eq!(info.version, None);
    }

    #[test]
    fn says_what_is_wrong() {
        assert_eq!(parse(b"", "nvidia.ko"), Err(ModinfoError::None));
        let twice = b"license=NVIDIA\0version=535.1.2\0version=550.1.2\0";
        assert_eq!(parse(twice, "nvidia.ko"), Err(ModinfoError::Ambiguous("version")));
    }

    /// A reader that gives a few bytes at a time.
    struct Slowly<'b>(&'b [u8], usize);

    impl Read for Slowly<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let count = self.0.len().min(self.1).min(buffer.len());
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    #[test]
    fn finds_the_section_in_a_stream() {
        let noise =
            [b"\x7fELF\x01\x02".as_slice(), b"vermagic=%s\0", &[0xf0; 300_000], b"a string\0"]
                .concat();
        let file = [&noise, DEBIAN, b"\x10\x01", &noise, b"the end"].concat();
        for step in [977, 1 << 16] {
            let found = scan(Slowly(&file, step), false, 1 << 30).unwrap();
            assert_eq!(parse(&found.section, "x.ko"), parse(DEBIAN, "x.ko"));
            assert_eq!(found.tail, None);
            let found = scan(Slowly(&file, step), true, 1 << 30).unwrap();
            assert_eq!(parse(&found.section, "x.ko"), parse(DEBIAN, "x.ko"));
            assert!(found.tail.unwrap().ends_with(b"the end"));
        }
    }

    #[test]
    fn a_lone_vermagic_is_passed_over() {
        let file = [b"\x01\0vermagic=%s\0\x01\x02\0".as_slice(), DEBIAN].concat();
        let found = scan(file.as_slice(), false, 1 << 20).unwrap();
        assert_eq!(parse(&found.section, "x.ko"), parse(DEBIAN, "x.ko"));
    }

    #[test]
    fn a_vermagic_that_is_no_text_is_none() {
        let file = b"\0name=nvidia\0vermagic=6.1\x0f\0license=NVIDIA\0";
        assert_eq!(scan(&file[..], false, 1 << 20), Err(ModinfoError::None));
    }

    /// A capture keeps no more of a module in an initramfs image.
    #[test]
    fn what_was_found_is_found_again_in_itself() {
        let lines = b"alias=x\0".repeat(40_000);
        for (before, after) in [(&lines[..], &b""[..]), (b"", &lines), (&lines, &lines)] {
            let file = [b"\x01\0", before, DEBIAN, after, b"\x01"].concat();
            let once = scan(Slowly(&file, 977), false, 1 << 30).unwrap().section;
            let kept = [b"\0", once.strip_prefix(b"\0").unwrap_or(&once)].concat();
            let again = scan(kept.as_slice(), false, 1 << 30).unwrap().section;
            let again = [b"\0", again.strip_prefix(b"\0").unwrap_or(&again)].concat();
            assert!(again == kept, "{} bytes of {}", again.len(), kept.len());
        }
    }

    #[test]
    fn a_stream_without_it_or_without_end_is_an_error() {
        assert_eq!(scan(&[0xffu8; 100_000][..], false, 1 << 30), Err(ModinfoError::None));
        assert_eq!(scan(std::io::repeat(0), false, 1 << 20), Err(ModinfoError::TooLarge(1 << 20)));
    }

    #[test]
    fn takes_names_apart() {
        for name in [
            "a/nvidia-drm.ko",
            "nvidia-drm.ko.xz",
            "nvidia-drm.ko.zst",
            "nvidia-drm.ko.gz",
            "nvidia-drm",
        ] {
            assert_eq!(base_name(name), "nvidia-drm");
        }
    }

    proptest! {
        #[test]
        fn survives_any_bytes(bytes: Vec<u8>) {
            let _ = parse_output(&bytes);
            let _ = parse(&bytes, "nvidia.ko");
            let _ = scan(bytes.as_slice(), true, 1 << 20);
        }

        #[test]
        fn survives_truncation(cut in 0usize..400, step in 1usize..100) {
            let end = DEBIAN.len().saturating_sub(cut);
            let _ = parse(&DEBIAN[..end], "nvidia.ko");
            let _ = scan(Slowly(&DEBIAN[..end], step), false, 1 << 20);
        }
    }
}

//! dpkg's database of installed packages: the paragraphs of `/var/lib/dpkg/status`, and the lists of files.
//!
//! The status file may be tens of MB. It is searched, not decoded: a paragraph borrows its bytes, and fields
//! are looked up when asked. The format: deb822(5); the words of `Status`: dpkg(1), "Package states".

use memchr::{memchr, memchr_iter, memmem};

/// The status file is damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DpkgError {
    /// What a file system leaves behind when power fails during a write.
    #[error("the package database holds NUL bytes: it was damaged while being written")]
    Zeroed,
    /// The last line is not ended.
    #[error("the package database is cut short")]
    Truncated,
    /// No paragraph at all.
    #[error("not a package database: no Package field")]
    NoPackages,
}

/// One package's paragraph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paragraph<'b> {
    bytes: &'b [u8],
    /// Where it starts in the file.
    offset: usize,
}

/// The three words of `Status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status<'b> {
    /// What the administrator wants: `install`, `hold`, `deinstall`, `purge`, `unknown`.
    pub want: &'b [u8],
    /// `ok`, or `reinstreq` for a package so broken that it must be installed again.
    pub error: &'b [u8],
    /// `installed`, `config-files`, `half-installed`, `unpacked`, `half-configured`, `triggers-awaited`,
    /// `triggers-pending`, `not-installed`.
    pub state: &'b [u8],
}

/// Checks a status file as a whole. An empty one is a database without packages.
pub fn check(status: &[u8]) -> Result<(), DpkgError> {
    if memchr(0, status).is_some() {
        return Err(DpkgError::Zeroed);
    }
    if status.trim_ascii().is_empty() {
        return Ok(());
    }
    if status.last() != Some(&b'\n') {
        return Err(DpkgError::Truncated);
    }
    if paragraphs(status).next().is_none() {
        return Err(DpkgError::NoPackages);
    }
    Ok(())
}

/// The paragraphs that name a package, in order.
pub fn paragraphs(status: &[u8]) -> impl Iterator<Item = Paragraph<'_>> {
    let mut rest = 0;
    std::iter::from_fn(move || {
        while rest < status.len() {
            let offset = rest;
            let bytes = &status[offset..];
            let size = memmem::find(bytes, b"\n\n").map_or(bytes.len(), |end| end + 1);
            // The blank line that ends it belongs to neither.
            rest = offset + size + 1;
            let paragraph = Paragraph { bytes: &bytes[..size], offset };
            if paragraph.field("Package").is_some() {
                return Some(paragraph);
            }
        }
        None
    })
}

impl<'b> Paragraph<'b> {
    /// The first line of a field's value, without the blanks around it.
    pub fn field(&self, name: &str) -> Option<&'b [u8]> {
        let mut lines = self.bytes.split(|byte| *byte == b'\n');
        lines.find_map(|line| {
            let (field, value) = line.split_at_checked(name.len())?;
            let value = value.strip_prefix(b":")?;
            field.eq_ignore_ascii_case(name.as_bytes()).then(|| value.trim_ascii())
        })
    }

    /// The field `Status`.
    pub fn status(&self) -> Option<Status<'b>> {
        let mut words =
            self.field("Status")?.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
        Some(Status { want: words.next()?, error: words.next()?, state: words.next()? })
    }

    /// Where it starts in the file.
    pub fn offset(&self) -> usize {
        self.offset
    }
}

impl Status<'_> {
    /// Whether files of the package are, or may be, on the disk; `rc` (only its configuration is left) is not.
    pub fn has_files(&self) -> bool {
        !matches!(self.state, b"config-files" | b"not-installed")
    }
}

/// The paths of a list of files (`info/NAME.list`: one absolute path a line).
pub fn paths(list: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut start = 0;
    memchr_iter(b'\n', list).chain([list.len()]).filter_map(move |end| {
        let path = list.get(start..end)?;
        start = end + 1;
        (!path.is_empty()).then_some(path)
    })
}

/// The MD5 digest, in hexadecimal digits, of each path of `info/NAME.md5sums`; paths without their first slash.
pub fn md5sums(text: &[u8]) -> impl Iterator<Item = (&[u8], &str)> {
    paths(text).filter_map(|line| {
        let (digest, path) = line.split_at_checked(32)?;
        Some((path.strip_prefix(b"  ")?, std::str::from_utf8(digest).ok()?))
    })
}

/// A file that a package brings elsewhere than it lists, for another package's sake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Diversion<'b> {
    /// The path that packages list.
    pub from: &'b [u8],
    /// Where their files of that path are put instead.
    pub to: &'b [u8],
    /// The package whose own file stays at `from`; `:` for the administrator's wish.
    pub by: &'b [u8],
}

/// The diversions, from `/var/lib/dpkg/diversions`: three lines each (dpkg, `lib/dpkg/db-fsys-divert.c`).
pub fn diversions(text: &[u8]) -> impl Iterator<Item = Diversion<'_>> {
    let mut lines = text.split(|byte| *byte == b'\n');
    std::iter::from_fn(move || {
        Some(Diversion { from: lines.next()?, to: lines.next()?, by: lines.next()? })
    })
}

/// Whether a list of files holds anything below this directory.
pub fn lists_below(list: &[u8], directory: &str) -> bool {
    !directory.is_empty()
        && memmem::find_iter(list, directory).any(|start| {
            let starts_line =
                start.checked_sub(1).is_none_or(|before| list.get(before) == Some(&b'\n'));
            starts_line && list.get(start + directory.len()) == Some(&b'/')
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_md5sums() {
        let text = b"900150983cd24fb0d6963f7d28e17f72  usr/lib/libcuda.so.535.1\nshort  usr\n";
        let found: Vec<_> = md5sums(text).collect();
        assert_eq!(found, [(&b"usr/lib/libcuda.so.535.1"[..], "900150983cd24fb0d6963f7d28e17f72")]);
    }

    #[test]
    fn reads_diversions() {
        let text =
            b"/bin/sh\n/bin/sh.distrib\ndash\n/usr/lib/libGL.so.1\n/mesa/libGL.so.1\n:\n/cut\n/off";
        let found: Vec<_> = diversions(text).collect();
        assert_eq!(found.len(), 2);
        let second = Diversion { from: b"/usr/lib/libGL.so.1", to: b"/mesa/libGL.so.1", by: b":" };
        assert_eq!(found[1], second);
    }

    const STATUS: &[u8] = b"Package: libcuda1
Status: install ok installed
Priority: optional
Architecture: amd64
Multi-Arch: same
Version: 535.261.03-1
Depends: libc6 (>= 2.14),
 libnvidia-ptxjitcompiler1 (= 535.261.03-1)
Description: NVIDIA CUDA Driver Library
 Package: not a field
 .
 Status: not one either

Package: libnvidia-compute-550
Status: deinstall ok config-files
Architecture: amd64
Version: 550.144.03-0ubuntu0.22.04.1

Package: nvidia-kernel-dkms
Status: hold reinstreq half-configured
Architecture: amd64
Version: 535.261.03-1
";

    fn texts(status: &[u8], field: &str) -> Vec<String> {
        paragraphs(status)
            .map(|it| String::from_utf8_lossy(it.field(field).unwrap_or(b"-")).into_owned())
            .collect()
    }

    #[test]
    fn reads_paragraphs_and_fields() {
        assert_eq!(check(STATUS), Ok(()));
        assert_eq!(
            texts(STATUS, "Package"),
            ["libcuda1", "libnvidia-compute-550", "nvidia-kernel-dkms"]
        );
        assert_eq!(
            texts(STATUS, "version"),
            ["535.261.03-1", "550.144.03-0ubuntu0.22.04.1", "535.261.03-1"]
        );
        assert_eq!(texts(STATUS, "Depends"), ["libc6 (>= 2.14),", "-", "-"]);
        let offsets: Vec<_> = paragraphs(STATUS).map(|it| it.offset()).collect();
        assert!(offsets.iter().all(|offset| STATUS[*offset..].starts_with(b"Package: ")));
    }

    #[test]
    fn reads_the_status_words() {
        let words: Vec<_> = paragraphs(STATUS).filter_map(|it| it.status()).collect();
        assert_eq!(words[0], Status { want: b"install", error: b"ok", state: b"installed" });
        assert_eq!(
            words[2],
            Status { want: b"hold", error: b"reinstreq", state: b"half-configured" }
        );
        assert_eq!(words.iter().map(Status::has_files).collect::<Vec<_>>(), [true, false, true]);
    }

    #[test]
    fn tells_damage_from_emptiness() {
        assert_eq!(check(b""), Ok(()));
        assert_eq!(check(b"\n"), Ok(()));
        assert_eq!(check(&STATUS[..STATUS.len() - 5]), Err(DpkgError::Truncated));
        assert_eq!(check(b"Package: a\n\0\0\0\0\n"), Err(DpkgError::Zeroed));
        assert_eq!(check(b"something else\n"), Err(DpkgError::NoPackages));
    }

    #[test]
    fn reads_lists_of_files() {
        let list =
            b"/.\n/usr\n/usr/lib/libcuda.so.1\n/lib/modules/6.8/kernel/nvidia-535/bits/nvidia.o";
        let last = "/lib/modules/6.8/kernel/nvidia-535/bits/nvidia.o";
        let found: Vec<_> =
            paths(list).map(|path| String::from_utf8_lossy(path).into_owned()).collect();
        assert_eq!(found, ["/.", "/usr", "/usr/lib/libcuda.so.1", last]);
        assert_eq!(paths(b"\n\n").count(), 0);
        assert!(lists_below(list, "/lib/modules/6.8/kernel/nvidia-535"));
        assert!(!lists_below(list, "/lib/modules/6.8/kernel/nvidia"));
        assert!(!lists_below(list, "/usr/lib/libcuda.so.1"));
        assert!(!lists_below(list, "/modules/6.8"));
    }

    proptest! {
        #[test]
        fn never_panics(bytes in prop::collection::vec(any::<u8>(), 0..300), cut in 0usize..700) {
            for status in [&bytes[..], &STATUS[..cut.min(STATUS.len())]] {
                let _ = check(status);
                for paragraph in paragraphs(status) {
                    let _ = (paragraph.status(), paragraph.field("Version"));
                }
                let _ = (paths(status).count(), lists_below(status, "\n"));
            }
        }
    }
}

//! `/etc/ld.so.cache`: what the dynamic loader finds under which name.
//!
//! Layout: glibc, `sysdeps/generic/dl-cache.h`. The file may begin with the table of glibc before 2.2
//! (`ld.so-1.7.0`), then the new one follows it. Only little-endian caches are read: every machine that NVIDIA's
//! driver supports is little-endian.

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CacheEntry<'c> {
    /// The name that programs ask for.
    pub name: &'c str,
    /// The path that the loader opens.
    pub path: &'c str,
    /// The architecture in the kernel's words; `unknown` for one that is not listed here.
    pub arch: &'static str,
    /// Only for processors with certain features (a `glibc-hwcaps` directory).
    pub conditional: bool,
}

/// The bytes are no loader cache, or a damaged one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CacheError {
    /// Not a cache of a known format.
    #[error("not a loader cache of a known format")]
    UnknownFormat,
    /// Big-endian.
    #[error("a big-endian loader cache")]
    BigEndian,
    /// A table or a text lies outside the file.
    #[error("damaged or cut-off loader cache")]
    Damaged,
}

const OLD_MAGIC: &[u8] = b"ld.so-1.7.0\0";
const NEW_MAGIC: &[u8] = b"glibc-ld.so.cache1.1";
const HEADER: usize = 48;
const ENTRY: usize = 24;

/// The entries whose names `wanted` accepts, in the cache's order: the first of a name and architecture is the one
/// that the loader takes, conditional ones aside.
pub fn parse<'c>(
    bytes: &'c [u8],
    wanted: impl Fn(&str) -> bool,
) -> Result<Vec<CacheEntry<'c>>, CacheError> {
    let table = new_table(bytes)?;
    // little-endian, or a glibc before 2.33 that did not say
    if !matches!(table.get(28).map(|flags| flags & 3), Some(0 | 2)) {
        return Err(CacheError::BigEndian);
    }
    let count = number(table, 20).ok_or(CacheError::Damaged)? as usize;
    let end = count
        .checked_mul(ENTRY)
        .and_then(|size| size.checked_add(HEADER))
        .ok_or(CacheError::Damaged)?;
    let entries = table.get(HEADER..end).ok_or(CacheError::Damaged)?;
    let mut found = Vec::new();
    for entry in entries.chunks_exact(ENTRY) {
        let name = text(table, number(entry, 4)).ok_or(CacheError::Damaged)?;
        if !wanted(name) {
            continue;
        }
        let path = text(table, number(entry, 8)).ok_or(CacheError::Damaged)?;
        let flags = number(entry, 0).ok_or(CacheError::Damaged)?;
        let conditional = entry.get(16..).is_some_and(|hwcap| hwcap.iter().any(|byte| *byte != 0));
        found.push(CacheEntry { name, path, arch: architecture(flags), conditional });
    }
    Ok(found)
}

/// The new table: the whole file, or what follows the old one. Its offsets count from its own start.
fn new_table(bytes: &[u8]) -> Result<&[u8], CacheError> {
    if bytes.starts_with(NEW_MAGIC) {
        return Ok(bytes);
    }
    if !bytes.starts_with(OLD_MAGIC) {
        return Err(CacheError::UnknownFormat);
    }
    // 16 bytes of header, entries of 12; the new table is aligned to 8.
    let count = number(bytes, 12).ok_or(CacheError::Damaged)? as usize;
    let end = count
        .checked_mul(12)
        .and_then(|size| size.checked_add(16 + 7))
        .ok_or(CacheError::Damaged)?
        & !7;
    let table = bytes.get(end..).ok_or(CacheError::Damaged)?;
    if table.starts_with(NEW_MAGIC) { Ok(table) } else { Err(CacheError::UnknownFormat) }
}

/// The architecture by the flags of an entry (`FLAG_*` of glibc's `ldconfig.h`); the low byte is the C library's kind.
fn architecture(flags: u32) -> &'static str {
    match flags >> 8 {
        // No architecture's own flag: i386, the only one without that has a driver.
        0x00 => "i386",
        0x03 => "x86_64",
        0x05 => "ppc64le",
        0x08 => "x32",
        0x09 | 0x0b => "arm",
        0x0a => "aarch64",
        0x10 => "riscv64",
        _ => "unknown",
    }
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

fn text(table: &[u8], at: Option<u32>) -> Option<&str> {
    let rest = table.get(at? as usize..)?;
    std::str::from_utf8(rest.get(..memchr::memchr(0, rest)?)?).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hosts::made;

    fn sample() -> Vec<u8> {
        made::ld_cache(&[
            ("libcuda.so.1", "/lib/x86_64-linux-gnu/libcuda.so.1", "x86_64"),
            ("libcuda.so.1", "/lib/i386-linux-gnu/libcuda.so.1", "i386"),
            ("libc.so.6", "/lib/x86_64-linux-gnu/libc.so.6", "x86_64"),
        ])
    }

    fn cuda(name: &str) -> bool {
        name.starts_with("libcuda.so")
    }

    #[test]
    fn reads_entries() {
        let cache = sample();
        let entry =
            |path, arch| CacheEntry { name: "libcuda.so.1", path, arch, conditional: false };
        let expected = vec![
            entry("/lib/x86_64-linux-gnu/libcuda.so.1", "x86_64"),
            entry("/lib/i386-linux-gnu/libcuda.so.1", "i386"),
        ];
        assert_eq!(parse(&cache, cuda), Ok(expected.clone()));
        // The same behind an old table of one entry: 16 + 12 bytes, aligned to 8.
        let mut old = OLD_MAGIC.to_vec();
        old.extend_from_slice(&1u32.to_le_bytes());
        old.resize(32, 0);
        old.extend(cache);
        assert_eq!(parse(&old, cuda), Ok(expected));
    }

    #[test]
    fn marks_what_depends_on_the_processor() {
        let mut cache = sample();
        cache[HEADER + 16 + 7] = 0x40;
        let entries = parse(&cache, cuda).unwrap();
        assert_eq!(
            entries.iter().map(|entry| entry.conditional).collect::<Vec<_>>(),
            [true, false]
        );
    }

    #[test]
    fn says_what_is_wrong() {
        assert_eq!(parse(b"", cuda), Err(CacheError::UnknownFormat));
        assert_eq!(parse(&sample()[..100], cuda), Err(CacheError::Damaged));
        let mut big = sample();
        big[28] = 3;
        assert_eq!(parse(&big, cuda), Err(CacheError::BigEndian));
    }

    proptest! {
        #[test]
        fn survives_any_bytes(bytes: Vec<u8>, old: bool) {
            let magic = if old { OLD_MAGIC } else { NEW_MAGIC };
            let _ = parse(&[magic, &bytes].concat(), |_| true);
        }

        #[test]
        fn survives_damage(at in 0usize..300, byte: u8, cut in 0usize..300) {
            let mut cache = sample();
            if let Some(place) = cache.get_mut(at) { *place = byte; }
            cache.truncate(cache.len().saturating_sub(cut));
            let _ = parse(&cache, |_| true);
        }
    }
}

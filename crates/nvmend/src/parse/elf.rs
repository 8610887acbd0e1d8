//! ELF: what a file is, and one section of it, without reading the rest.
//!
//! Layout: System V ABI, `elf.h`. Sizes are checked before anything is read or kept.

use memchr::memmem;
use object::elf::{FileHeader32, FileHeader64};
use object::read::elf::{FileHeader, SectionHeader};
use object::{Endianness, ReadCache, ReadRef};

use crate::host::{RandomRead, Stream};

/// How many bytes of a file [`machine`] needs.
pub const IDENTIFICATION: usize = 20;

/// The most that section headers, or their names, may take. The largest modules have some ten thousand sections.
const TABLE_LIMIT: u64 = 4 << 20;

/// Section headers that are read in one go; 16 KiB of them.
const HEADERS_AT_ONCE: u64 = 256;

/// How much of the sections' names is read in one go.
const NAMES_AT_ONCE: u64 = 16 << 10;

/// The file is no ELF file, or a damaged one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ElfError {
    /// The magic number is missing.
    #[error("not an ELF file")]
    NotElf,
    /// A header points outside the file, or is cut off.
    #[error("damaged or cut-off ELF file")]
    Damaged,
    /// Larger than anything that belongs here.
    #[error("ELF section of {0} bytes is too large")]
    TooLarge(u64),
}

/// The machine that an ELF file is for, in the kernel's words (`uname -m`), from the first [`IDENTIFICATION`]
/// bytes of it; `unknown` for one that is not listed here. `None` when it is no ELF file.
pub fn machine(start: &[u8]) -> Option<&'static str> {
    let class = *start.get(4)?;
    let order = *start.get(5)?;
    let number: [u8; 2] = start.get(18..20)?.try_into().ok()?;
    if !start.starts_with(b"\x7fELF") {
        return None;
    }
    let number = if order == 2 { u16::from_be_bytes(number) } else { u16::from_le_bytes(number) };
    // EM_* of elf.h; class 1 is 32 bits wide.
    Some(match (number, class) {
        (62, 2) => "x86_64",
        (62, _) => "x32",
        (3 | 6, _) => "i386",
        (183, 2) => "aarch64",
        (40, _) => "arm",
        (21, _) if order == 1 => "ppc64le",
        (21, _) => "ppc64",
        (22, _) => "s390x",
        (243, 2) => "riscv64",
        (258, _) => "loongarch64",
        _ => "unknown",
    })
}

/// How many bytes of a file [`end_of_sections`] needs.
pub const HEADER: usize = 64;

/// Where the table of section headers ends, from the first [`HEADER`] bytes of an ELF file. Linkers write it last, so a
/// file that is shorter was cut off. `None`: no such table, or not enough bytes.
pub fn end_of_sections(start: &[u8]) -> Option<u64> {
    let is_wide = *start.get(4)? == 2;
    let is_big = *start.get(5)? == 2;
    let number = |at: usize, size: usize| -> Option<u64> {
        let bytes = start.get(at..at + size)?.iter().copied();
        let push = |value: u64, byte: u8| value << 8 | u64::from(byte);
        Some(if is_big { bytes.fold(0, push) } else { bytes.rev().fold(0, push) })
    };
    // e_shoff, e_shentsize, e_shnum
    let [table, size, count] = match is_wide {
        true => [number(0x28, 8)?, number(0x3a, 2)?, number(0x3c, 2)?],
        false => [number(0x20, 4)?, number(0x2e, 2)?, number(0x30, 2)?],
    };
    (table > 0).then(|| table.saturating_add(size * count))
}

/// Where a section's bytes stand in the file: offset and length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// The first byte.
    pub offset: u64,
    /// How many.
    pub length: u64,
}

/// Where the section of that name stands. `None`: the file has no such section.
pub fn find_section(file: &dyn RandomRead, name: &str) -> Result<Option<Extent>, ElfError> {
    let mut start = [0; IDENTIFICATION];
    let count = file.read_at(0, &mut start).map_err(|_| ElfError::Damaged)?;
    if !start.get(..count).unwrap_or_default().starts_with(b"\x7fELF") {
        return Err(ElfError::NotElf);
    }
    if start[4] == 1 {
        find_in::<FileHeader32<Endianness>>(file, name)
    } else {
        find_in::<FileHeader64<Endianness>>(file, name)
    }
}

/// The bytes of the section of that name; an error when there are more than `limit`.
pub fn section(file: &dyn RandomRead, name: &str, limit: u64) -> Result<Option<Vec<u8>>, ElfError> {
    let Some(extent) = find_section(file, name)? else { return Ok(None) };
    if extent.length > limit {
        return Err(ElfError::TooLarge(extent.length));
    }
    read_exactly(file, extent.offset, extent.length).map(Some)
}

/// `length` bytes from `offset`; the caller has checked that `length` is reasonable.
pub fn read_exactly(file: &dyn RandomRead, offset: u64, length: u64) -> Result<Vec<u8>, ElfError> {
    let end = offset.checked_add(length).filter(|end| *end <= file.size());
    let length = usize::try_from(length).ok().filter(|_| end.is_some()).ok_or(ElfError::Damaged)?;
    let mut bytes = vec![0; length];
    let mut done = 0;
    while let Some(rest) = bytes.get_mut(done..).filter(|rest| !rest.is_empty()) {
        match file.read_at(offset + done as u64, rest) {
            Ok(count) if count > 0 => done += count.min(rest.len()),
            _ => return Err(ElfError::Damaged),
        }
    }
    Ok(bytes)
}

fn find_in<Header>(file: &dyn RandomRead, name: &str) -> Result<Option<Extent>, ElfError>
where
    Header: FileHeader<Endian = Endianness>,
{
    let damaged = |_| ElfError::Damaged;
    let data = &ReadCache::new(Stream::new(file));
    let header = Header::parse(data).map_err(damaged)?;
    let endian = header.endian().map_err(damaged)?;
    let count = u64::from(header.shnum(endian, data).map_err(damaged)?);
    let size = size_of::<Header::SectionHeader>() as u64;
    if count * size > TABLE_LIMIT {
        return Err(ElfError::TooLarge(count * size));
    }
    if count == 0 {
        return Ok(None);
    }
    if u64::from(header.e_shentsize(endian)) != size {
        return Err(ElfError::Damaged);
    }
    let table: u64 = header.e_shoff(endian).into();
    let entry = |index: u64| table.checked_add(index * size).ok_or(ElfError::Damaged);
    let names_at = u64::from(header.shstrndx(endian, data).map_err(damaged)?);
    if names_at >= count {
        return Err(ElfError::Damaged);
    }
    let names: &Header::SectionHeader =
        data.read_at(entry(names_at)?).map_err(|()| ElfError::Damaged)?;
    let (offset, length) = names.file_range(endian).ok_or(ElfError::Damaged)?;
    if length > TABLE_LIMIT {
        return Err(ElfError::TooLarge(length));
    }
    // One of the driver's modules has thousands of sections, and names of 150 KiB: both are read bit by bit until the
    // wanted one is there, from the end, since the linker puts `.modinfo` behind the code.
    let wanted = [name.as_bytes(), b"\0"].concat();
    let (mut end, mut at_once) = (length, NAMES_AT_ONCE);
    while end > 0 {
        let start = end.saturating_sub(at_once);
        // A name that begins in this block may go on in the next.
        let until = (end + wanted.len() as u64 - 1).min(length);
        let names = offset.checked_add(start).ok_or(ElfError::Damaged)?;
        let names = read_exactly(file, names, until - start)?;
        let places: Vec<u64> =
            memmem::find_iter(&names, &wanted).map(|at| start + at as u64).collect();
        end = start;
        if places.is_empty() {
            continue;
        }
        for block in (0..count.div_ceil(HEADERS_AT_ONCE)).rev() {
            let first = block * HEADERS_AT_ONCE;
            let some = (count - first).min(HEADERS_AT_ONCE);
            let headers = read_exactly(file, entry(first)?, some * size)?;
            let headers: &[Header::SectionHeader] =
                object::pod::slice_from_all_bytes(&headers).map_err(|()| ElfError::Damaged)?;
            let is_it = |section: &&Header::SectionHeader| {
                places.binary_search(&u64::from(section.sh_name(endian))).is_ok()
            };
            if let Some(section) = headers.iter().find(is_it) {
                let (offset, length) = section.file_range(endian).ok_or(ElfError::Damaged)?;
                let end = offset.checked_add(length).filter(|end| *end <= file.size());
                return end.map(|_| Some(Extent { offset, length })).ok_or(ElfError::Damaged);
            }
        }
        // The end of a longer name, and no section's: the headers are not gone through for each of those.
        at_once = end;
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hosts::made;
    use crate::parse::in_memory::Bytes;

    #[test]
    fn names_the_machine() {
        for name in ["x86_64", "i386", "aarch64", "arm"] {
            assert_eq!(machine(&made::library(name, "libcuda.so.1")), Some(name));
        }
        assert_eq!(machine(b"INPUT(-lcuda)       "), None);
        assert_eq!(machine(b"\x7fELF"), None);
    }

    #[test]
    fn knows_where_a_whole_file_ends() {
        for name in ["x86_64", "i386"] {
            let file = made::library(name, "libcuda.so.1");
            assert_eq!(end_of_sections(&file), Some(file.len() as u64), "{name}");
            assert_eq!(end_of_sections(&file[..40]), None);
        }
        let mut big = made::library("x86_64", "x");
        big[5] = 2;
        big[0x28..0x30].reverse();
        big[0x3a..0x3c].reverse();
        big[0x3c..0x3e].reverse();
        assert_eq!(end_of_sections(&big), Some(big.len() as u64));
    }

    #[test]
    fn finds_a_section_in_both_classes() {
        for name in ["x86_64", "i386"] {
            let file = Bytes(made::library_saying(name, "libcuda.so.1", "here"));
            assert_eq!(section(&file, ".rodata", 100), Ok(Some(b"here\0".to_vec())));
            assert_eq!(section(&file, ".rodata", 4), Err(ElfError::TooLarge(5)));
            assert_eq!(section(&file, ".data", 100), Ok(None));
        }
    }

    #[test]
    fn finds_a_name_wherever_it_stands_among_many() {
        // The names as a linker writes them: those with a common end may share it.
        let long = format!(".text.{}", "f".repeat(40_000));
        for before in [0, 16 << 10, (16 << 10) - 4] {
            let names = [&long[..before], "\0.rela.modinfo\0", &long, "\0"].concat();
            let place = names.find(".modinfo").unwrap();
            let file = Bytes(with_sections(names.as_bytes(), &[before, place]));
            assert_eq!(section(&file, ".modinfo", 100), Ok(Some(b"1".to_vec())), "{before}");
            assert_eq!(section(&file, ".none", 100), Ok(None));
        }
    }

    #[test]
    fn the_end_of_a_longer_name_hides_no_section() {
        let long = format!(".text.{}", "f".repeat(40_000));
        let names = ["\0.modinfo\0", &long, "\0.rela.modinfo\0"].concat();
        let longer = names.find(".rela").unwrap();
        let file = Bytes(with_sections(names.as_bytes(), &[longer, 1]));
        assert_eq!(section(&file, ".modinfo", 100), Ok(Some(b"1".to_vec())));
    }

    /// A file with the names of its sections, and one section of one byte, its number, for each place of a name.
    fn with_sections(names: &[u8], places: &[usize]) -> Vec<u8> {
        let numbers = 64..64 + places.len() as u64;
        let names_at = numbers.end;
        let table = names_at + names.len() as u64;
        let header = |name: u32, kind: u32, offset: u64, size: u64| {
            let mut header = vec![0; 64];
            header[..4].copy_from_slice(&name.to_le_bytes());
            header[4..8].copy_from_slice(&kind.to_le_bytes());
            header[0x18..0x20].copy_from_slice(&offset.to_le_bytes());
            header[0x20..0x28].copy_from_slice(&size.to_le_bytes());
            header
        };
        let mut file = made::library("x86_64", "x")[..64].to_vec();
        file[0x28..0x30].copy_from_slice(&table.to_le_bytes());
        let count = u16::try_from(places.len() + 1).unwrap();
        file[0x3c..0x3e].copy_from_slice(&count.to_le_bytes());
        file[0x3e..0x40].copy_from_slice(&(count - 1).to_le_bytes());
        file.extend((0..places.len()).map(|number| b"0123"[number]));
        file.extend_from_slice(names);
        for (place, offset) in places.iter().zip(numbers) {
            file.extend(header(u32::try_from(*place).unwrap(), 1, offset, 1));
        }
        file.extend(header(0, 3, names_at, names.len() as u64));
        file
    }

    #[test]
    fn says_what_is_wrong() {
        let whole = made::module(&[("version", "535.261.03")]);
        let cut = whole[..whole.len() - 1].to_vec();
        assert_eq!(section(&Bytes(cut), ".modinfo", 100), Err(ElfError::Damaged));
        assert_eq!(section(&Bytes(vec![]), ".modinfo", 100), Err(ElfError::NotElf));
        assert_eq!(
            section(&Bytes(b"GROUP ( libc.so.6 ) and more".to_vec()), ".modinfo", 100),
            Err(ElfError::NotElf)
        );
    }

    proptest! {
        #[test]
        fn survives_any_bytes(bytes: Vec<u8>, wide: bool, order in 0u8..3) {
            let start = [0x7f, b'E', b'L', b'F', if wide { 2 } else { 1 }, order, 1];
            let file = Bytes([start.as_slice(), &bytes].concat());
            let _ = (machine(&file.0), end_of_sections(&file.0));
            let _ = section(&file, ".modinfo", 1 << 20);
        }

        #[test]
        fn survives_damage(at in 0usize..400, value: u8, cut in 0usize..400) {
            let mut bytes = made::module(&[("version", "535.261.03")]);
            if let Some(byte) = bytes.get_mut(at) { *byte = value; }
            bytes.truncate(bytes.len().saturating_sub(cut));
            let _ = section(&Bytes(bytes), ".modinfo", 1 << 20);
        }
    }
}

//! Sections of a PE file: unified kernel images carry the initramfs in `.initrd` and the kernel's release in
//! `.uname` (UAPI group, "Unified Kernel Image").
//!
//! Layout: Microsoft, "PE Format". Only the headers are read.

use super::elf::{Extent, read_exactly};
use crate::host::RandomRead;

/// The first bytes of every such file.
pub const MAGIC: &[u8; 2] = b"MZ";

/// More sections than any image has; the format allows 96.
const SECTIONS: u16 = 256;

/// No PE file, or a damaged one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("damaged or cut-off PE file")]
pub struct PeError;

/// Where the first section of that name stands. `None`: there is no such section.
pub fn find_section(file: &dyn RandomRead, name: &str) -> Result<Option<Extent>, PeError> {
    let bytes = |offset, length| read_exactly(file, offset, length).map_err(|_| PeError);
    // e_lfanew of the DOS header leads to the PE header.
    let header_at = u64::from(number(&bytes(0x3c, 4)?, 0));
    let header = bytes(header_at, 24)?;
    if !header.starts_with(b"PE\0\0") {
        return Err(PeError);
    }
    let (count, optional) = (short(&header, 6), short(&header, 20));
    if count > SECTIONS {
        return Err(PeError);
    }
    let table = bytes(header_at + 24 + u64::from(optional), u64::from(count) * 40)?;
    for section in table.chunks_exact(40) {
        let found = section.iter().take(8).take_while(|byte| **byte != 0);
        if !found.eq(name.as_bytes()) {
            continue;
        }
        // What the file holds is filled up; the size in memory is the content's.
        let length = u64::from(number(section, 8).min(number(section, 16)));
        let extent = Extent { offset: u64::from(number(section, 20)), length };
        let inside = extent.offset + extent.length <= file.size();
        return if inside { Ok(Some(extent)) } else { Err(PeError) };
    }
    Ok(None)
}

/// The little-endian number at an offset; 0 beyond the end.
fn number(bytes: &[u8], at: usize) -> u32 {
    let found = bytes.get(at..).and_then(|rest| rest.first_chunk());
    found.map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

fn short(bytes: &[u8], at: usize) -> u16 {
    let found = bytes.get(at..).and_then(|rest| rest.first_chunk());
    found.map_or(0, |bytes| u16::from_le_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hosts::made;
    use crate::parse::in_memory::Bytes;

    #[test]
    fn finds_sections_by_their_names() {
        let file = Bytes(made::pe(&[(".uname", b"6.1.0"), (".initrd", b"070701")]));
        let found = find_section(&file, ".initrd").unwrap().unwrap();
        assert_eq!(read_exactly(&file, found.offset, found.length).unwrap(), b"070701");
        assert_eq!(find_section(&file, ".init"), Ok(None));
        assert!(find_section(&Bytes(b"MZ".to_vec()), ".initrd").is_err());
    }

    proptest! {
        #[test]
        fn survives_damage(at in 0usize..200, value: u8, cut in 0usize..1200) {
            let mut file = made::pe(&[(".uname", b"6.1.0"), (".initrd", b"070701")]);
            if let Some(byte) = file.get_mut(at) { *byte = value; }
            file.truncate(cut.max(2));
            let file = Bytes(file);
            if let Ok(Some(extent)) = find_section(&file, ".initrd") {
                prop_assert!(extent.offset + extent.length <= file.size());
            }
        }
    }
}

//! `modules.dep.bin`: what modprobe itself reads of `modules.dep`. A radix tree of module names, of which a few nodes
//! answer what would take half a megabyte of the text.
//!
//! Layout: kmod, `libkmod/libkmod-index.c`. All numbers are big endian. A node's offset carries in its upper bits what
//! the node holds: a prefix ended by NUL, children (first and last character, an offset for each between), values (a
//! count; for each a priority and a text ended by NUL, here the line of `modules.dep` without the name).

use crate::host::RandomRead;
use crate::knowledge::modules::driver_module;

/// The index is damaged, or of another version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IndexError {
    /// Not such an index at all.
    #[error("damaged: no index of modules")]
    NoIndex,
    /// An offset or a count leads outside, or in a circle.
    #[error("damaged index of modules")]
    Damaged,
}

const MAGIC: u32 = 0xb007_f457;
/// Major 2; minor versions only add.
const VERSION: u32 = 2;
const HAS_PREFIX: u32 = 0x8000_0000;
const HAS_VALUES: u32 = 0x4000_0000;
const HAS_CHILDREN: u32 = 0x2000_0000;
const OFFSET: u32 = 0x0fff_ffff;

/// What the names of the driver's modules begin with.
const NAME: &[u8] = b"nvidia";
/// Nodes below that name; a real index has some twenty.
const MOST_NODES: usize = 4096;
/// A value: a path and the paths that it depends on.
const LONGEST: usize = 64 << 10;

/// The paths of the NVIDIA driver's modules, as written: below the kernel's directory, or absolute.
pub fn driver_entries(file: &dyn RandomRead) -> Result<Vec<String>, IndexError> {
    let mut at = Cursor { file, offset: 0, buffer: Vec::new(), start: 0 };
    if at.number().map_err(|_| IndexError::NoIndex)? != MAGIC
        || at.number().map_err(|_| IndexError::NoIndex)? >> 16 != VERSION
    {
        return Err(IndexError::NoIndex);
    }
    let root = at.number()?;
    let mut found = Vec::new();
    // Nodes to look at, with what of the name is matched so far.
    let mut pending = vec![(root, 0)];
    let mut seen = 0;
    while let Some((node, matched)) = pending.pop() {
        seen += 1;
        if seen > MOST_NODES {
            return Err(IndexError::Damaged);
        }
        at.go_to(u64::from(node & OFFSET));
        let mut matched: usize = matched;
        if node & HAS_PREFIX != 0 {
            let prefix = at.text()?;
            let wanted = NAME.get(matched..).unwrap_or_default();
            let common = wanted.len().min(prefix.len());
            if prefix.get(..common) != wanted.get(..common) {
                continue;
            }
            matched += common;
        }
        if node & HAS_CHILDREN != 0 {
            let (first, last) = (at.byte()?, at.byte()?);
            for character in first..=last {
                let child = at.number()?;
                match NAME.get(matched) {
                    _ if child & OFFSET == 0 => {}
                    Some(wanted) if *wanted == character => pending.push((child, matched + 1)),
                    Some(_) => {}
                    None => pending.push((child, matched)),
                }
            }
        }
        if node & HAS_VALUES != 0 && matched == NAME.len() {
            let count = at.number()?;
            for _ in 0..count.min(64) {
                let _priority = at.number()?;
                let value = at.text()?;
                let path = value.split(|byte| *byte == b':').next().unwrap_or_default();
                let path = std::str::from_utf8(path).ok();
                found.extend(path.filter(|path| driver_module(path).is_some()).map(str::to_owned));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Reads on from an offset, a block at a time.
struct Cursor<'f> {
    file: &'f dyn RandomRead,
    /// Of the next byte.
    offset: u64,
    /// Bytes read ahead, from `start` in the file.
    buffer: Vec<u8>,
    start: u64,
}

impl Cursor<'_> {
    fn go_to(&mut self, offset: u64) {
        self.offset = offset;
    }

    fn byte(&mut self) -> Result<u8, IndexError> {
        const BLOCK: usize = 512;
        let place = |cursor: &Self| {
            let place = cursor.offset.checked_sub(cursor.start)?;
            cursor.buffer.get(usize::try_from(place).ok()?).copied()
        };
        let byte = match place(self) {
            Some(byte) => byte,
            None => {
                self.buffer.resize(BLOCK, 0);
                let count = self.file.read_at(self.offset, &mut self.buffer);
                self.buffer.truncate(count.map_err(|_| IndexError::Damaged)?);
                self.start = self.offset;
                *self.buffer.first().ok_or(IndexError::Damaged)?
            }
        };
        self.offset += 1;
        Ok(byte)
    }

    fn number(&mut self) -> Result<u32, IndexError> {
        let bytes = [self.byte()?, self.byte()?, self.byte()?, self.byte()?];
        Ok(u32::from_be_bytes(bytes))
    }

    fn text(&mut self) -> Result<Vec<u8>, IndexError> {
        let mut text = Vec::new();
        loop {
            match self.byte()? {
                0 => return Ok(text),
                _ if text.len() == LONGEST => return Err(IndexError::Damaged),
                byte => text.push(byte),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::parse::in_memory::Bytes;

    /// Written by the real depmod (kmod 30) for two made-up kernels' worth of names; `tests/data/README.md` says how.
    const SAMPLE: &[u8] = include_bytes!("../../tests/data/modules.dep.bin");

    #[test]
    fn finds_what_depmod_wrote() {
        let expected = [
            "updates/dkms/nvidia-current-open-drm.ko",
            "updates/dkms/nvidia-current-open-modeset.ko",
            "updates/dkms/nvidia-current-open-uvm.ko",
            "updates/dkms/nvidia-current-open.ko",
            "updates/nvidia.ko",
        ];
        assert_eq!(driver_entries(&Bytes(SAMPLE.to_vec())).unwrap(), expected);
    }

    #[test]
    fn tells_damage() {
        let of = |bytes: &[u8]| driver_entries(&Bytes(bytes.to_vec()));
        assert_eq!(of(b""), Err(IndexError::NoIndex));
        assert_eq!(of(b"kernel/drivers/x.ko:\n"), Err(IndexError::NoIndex));
        assert_eq!(of(&SAMPLE[..SAMPLE.len() / 2]), Err(IndexError::Damaged));
    }

    proptest! {
        #[test]
        fn survives_any_bytes(bytes: Vec<u8>, at in 0..SAMPLE.len(), byte: u8) {
            let _ = driver_entries(&Bytes(bytes.clone()));
            let mut framed = SAMPLE[..12].to_vec();
            framed.extend(bytes);
            let _ = driver_entries(&Bytes(framed));
            let mut changed = SAMPLE.to_vec();
            changed[at] = byte;
            let _ = driver_entries(&Bytes(changed));
        }
    }
}

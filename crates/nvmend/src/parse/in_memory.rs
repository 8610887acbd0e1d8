//! A file in memory, for the tests of parsers that read parts of a file.

use std::io;

use crate::host::RandomRead;

/// Bytes that are read like a file.
pub struct Bytes(pub Vec<u8>);

impl RandomRead for Bytes {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = usize::try_from(offset).ok().and_then(|at| self.0.get(at..)).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }
}

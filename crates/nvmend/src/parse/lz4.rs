//! lz4's legacy frames, the only ones that Linux boots (`lib/decompress_unlz4.c`): a magic, then blocks, each after
//! its packed size, of 8 MiB when unpacked except for the last. There is no end mark.
//!
//! `lz4_flex` reads such frames too, but refuses a block that did not get smaller, and images are full of files that
//! are compressed already.

use std::io::{self, Read};

/// The first bytes of a frame.
pub const MAGIC: &[u8; 4] = b"\x02\x21\x4c\x18";

const BLOCK: usize = 8 << 20;
/// What a block takes at most when nothing in it can be compressed (`LZ4_compressBound`).
const PACKED: u64 = (BLOCK + BLOCK / 255 + 16) as u64;

/// The content of legacy frames, decompressed. Holds one block, packed and unpacked.
pub struct LegacyFrames<R> {
    packed: R,
    block: Vec<u8>,
    given: usize,
}

impl<R: Read> LegacyFrames<R> {
    /// Starts at a magic.
    pub fn new(packed: R) -> Self {
        Self { packed, block: Vec::new(), given: 0 }
    }

    /// Unpacks the next block; an empty one is the end.
    fn advance(&mut self) -> io::Result<()> {
        self.given = 0;
        self.block.clear();
        let size = loop {
            let mut head = Vec::with_capacity(4);
            (&mut self.packed).take(4).read_to_end(&mut head)?;
            // Frames may follow each other.
            if head == MAGIC {
                continue;
            }
            match head.try_into().map(u32::from_le_bytes) {
                // What follows the last block is padding.
                Err(_) | Ok(0) => return Ok(()),
                Ok(size) => break u64::from(size),
            }
        };
        if size > PACKED {
            return Err(io::Error::other("an lz4 block larger than any"));
        }
        let mut packed = Vec::new();
        (&mut self.packed).take(size).read_to_end(&mut packed)?;
        if (packed.len() as u64) < size {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.block.resize(BLOCK, 0);
        let length =
            lz4_flex::block::decompress_into(&packed, &mut self.block).map_err(io::Error::other)?;
        self.block.truncate(length);
        Ok(())
    }
}

impl<R: Read> Read for LegacyFrames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given >= self.block.len() {
            self.advance()?;
        }
        let mut rest = self.block.get(self.given..).unwrap_or_default();
        let count = rest.read(buffer)?;
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_frames_with_blocks_that_did_not_get_smaller() {
        // "nvidia 535.261.03\n", by `lz4 -l` 1.9.4.
        let frame = b"\x02\x21\x4c\x18\x14\0\0\0\xf0\x03nvidia 535.261.03\n";
        let mut plain = String::new();
        let twice = [frame.as_slice(), frame, &[0; 8]].concat();
        LegacyFrames::new(twice.as_slice()).read_to_string(&mut plain).unwrap();
        assert_eq!(plain, "nvidia 535.261.03\n".repeat(2));
        let mut noise: u32 = 1;
        let noisy: Vec<u8> = (0..BLOCK)
            .map(|_| {
                noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (noise >> 24) as u8
            })
            .collect();
        let block = lz4_flex::block::compress(&noisy);
        assert!(block.len() > BLOCK);
        let frame = [MAGIC.as_slice(), &(block.len() as u32).to_le_bytes(), &block].concat();
        let mut plain = Vec::new();
        LegacyFrames::new(frame.as_slice()).read_to_end(&mut plain).unwrap();
        assert!(plain == noisy);
    }

    #[test]
    fn a_cut_or_false_block_is_an_error() {
        for bad in [
            b"\x02\x21\x4c\x18\x14\0\0\0\xf0\x03nvidia".as_slice(),
            b"\x02\x21\x4c\x18\xff\xff\xff\xffx",
        ] {
            assert!(LegacyFrames::new(bad).read_to_end(&mut Vec::new()).is_err());
        }
    }
}

//! Compressed files (`.ko.gz`, `.ko.xz`, `.ko.zst`, initramfs images), decompressed as a stream.
//!
//! The kind is told by the first bytes, never by the name: gzip RFC 1952, xz file format 1.2, zstd RFC 8878, lz4's
//! legacy frames (`parse/lz4.rs`).

use std::io::{self, BufRead, Read};

use super::lz4;

/// The most memory that a decoder may take for its window. Modules are packed with windows of 8 MiB and less
/// (`scripts/Makefile.modinst` of Linux: `xz --lzma2=dict=1MiB`, `zstd`), images with those of `zstd -19` and `xz -9`;
/// this leaves room for others.
const WINDOW_LIMIT: u64 = 128 << 20;

/// How a file is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// gzip.
    Gzip,
    /// xz.
    Xz,
    /// Zstandard.
    Zstd,
    /// lz4, in legacy frames.
    Lz4,
}

impl Compression {
    /// The kind by the first six bytes of a file. `None`: not compressed in a known way.
    pub fn of(start: &[u8]) -> Option<Self> {
        const MAGIC: [(&[u8], Compression); 4] = [
            (b"\x1f\x8b", Compression::Gzip),
            (b"\xfd7zXZ\0", Compression::Xz),
            (b"\x28\xb5\x2f\xfd", Compression::Zstd),
            (lz4::MAGIC, Compression::Lz4),
        ];
        MAGIC.into_iter().find(|(magic, _)| start.starts_with(magic)).map(|(_, kind)| kind)
    }

    /// The name of a kind that is known and not read here, by the first bytes of a file. Linux does not boot lz4's
    /// other frames.
    pub fn foreign(start: &[u8]) -> Option<&'static str> {
        const MAGIC: [(&[u8], &str); 4] = [
            (b"BZh", "bzip2"),
            (b"\x5d\0\0", "lzma"),
            (b"\x89LZO", "lzop"),
            (b"\x04\x22\x4d\x18", "lz4 frames that are not legacy ones"),
        ];
        MAGIC.into_iter().find(|(magic, _)| start.starts_with(magic)).map(|(_, name)| name)
    }

    /// The decompressed content of `packed`. Errors of the format come as errors of reading. The output has no
    /// bound: its reader sets one.
    pub fn reader<'r>(self, packed: impl Read + 'r) -> io::Result<Box<dyn Read + 'r>> {
        Ok(match self {
            Self::Gzip => Box::new(flate2::read::MultiGzDecoder::new(packed)),
            Self::Xz => Box::new(lzma_rust2::XzReader::new_mem_limit(
                packed,
                true,
                (WINDOW_LIMIT >> 10) as u32,
            )),
            Self::Zstd => {
                let decoder = ruzstd::decoding::StreamingDecoder::new_with_max_window_size(
                    packed,
                    WINDOW_LIMIT,
                );
                Box::new(decoder.map_err(io::Error::other)?)
            }
            Self::Lz4 => Box::new(lz4::LegacyFrames::new(packed)),
        })
    }

    /// The content of the one stream (gzip's member, zstd's frame) that `packed` begins with. Afterwards `packed`
    /// stands behind it, except for lz4, whose frames have no end.
    pub fn one<'r>(self, packed: impl BufRead + 'r) -> io::Result<Box<dyn Read + 'r>> {
        Ok(match self {
            Self::Gzip => Box::new(flate2::bufread::GzDecoder::new(packed)),
            Self::Xz => Box::new(lzma_rust2::XzReader::new_mem_limit(
                packed,
                false,
                (WINDOW_LIMIT >> 10) as u32,
            )),
            Self::Zstd | Self::Lz4 => self.reader(packed)?,
        })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io::Write;

    use proptest::prelude::*;

    use super::*;

    pub(crate) fn gzip(plain: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    }

    pub(crate) fn zstd(plain: &[u8]) -> Vec<u8> {
        ruzstd::encoding::compress_to_vec(plain, ruzstd::encoding::CompressionLevel::Fastest)
    }

    /// "nvidia 535.261.03\n", packed by XZ Utils 5.4.
    const XZ: &[u8] = b"\xfd\x37\x7a\x58\x5a\x00\x00\x04\xe6\xd6\xb4\x46\x02\x00\x21\x01\x16\x00\x00\x00\x74\x2f\xe5\xa3\
        \x01\x00\x11\x6e\x76\x69\x64\x69\x61\x20\x35\x33\x35\x2e\x32\x36\x31\x2e\x30\x33\x0a\x00\x00\x00\
        \x31\x15\xf5\xff\x6d\xb3\xec\x7e\x00\x01\x2a\x12\x4b\x08\x54\xbc\x1f\xb6\xf3\x7d\x01\x00\x00\x00\
        \x00\x04\x59\x5a";

    /// The same, packed by `lz4 -l` 1.9.4.
    const LZ4: &[u8] = b"\x02\x21\x4c\x18\x14\x00\x00\x00\xf0\x03nvidia 535.261.03\n";

    #[test]
    fn one_stream_ends_where_the_next_begins() {
        for packed in [gzip(b"nvidia"), zstd(b"nvidia"), XZ.to_vec()] {
            let twice = [packed.as_slice(), b"after"].concat();
            let (mut rest, mut plain) = (twice.as_slice(), Vec::new());
            let kind = Compression::of(&twice).unwrap();
            kind.one(&mut rest).unwrap().read_to_end(&mut plain).unwrap();
            assert!(plain.starts_with(b"nvidia"));
            assert_eq!(rest, b"after");
        }
    }

    fn unpack(packed: &[u8]) -> io::Result<Vec<u8>> {
        let mut plain = Vec::new();
        let kind = Compression::of(packed).ok_or(io::ErrorKind::InvalidData)?;
        kind.reader(packed)?.take(1 << 20).read_to_end(&mut plain)?;
        Ok(plain)
    }

    #[test]
    fn unpacks_each_kind() {
        let plain = b"nvidia 535.261.03\n";
        for packed in [gzip(plain), zstd(plain), XZ.to_vec(), LZ4.to_vec()] {
            assert_eq!(unpack(&packed).unwrap(), plain);
        }
        assert_eq!(Compression::of(b"\x7fELF"), None);
    }

    #[test]
    fn a_cut_file_is_an_error() {
        for packed in [gzip(b"nvidia"), zstd(b"nvidia"), XZ.to_vec(), LZ4.to_vec()] {
            assert!(unpack(&packed[..packed.len() / 2]).is_err(), "{packed:x?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn survives_any_bytes(bytes: Vec<u8>, kind in 0usize..4) {
            let magic: [&[u8]; 4] = [b"\x1f\x8b\x08\0", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd", lz4::MAGIC];
            let _ = unpack(&[magic[kind], &bytes].concat());
        }

        #[test]
        fn survives_damage(at in 0usize..80, value: u8) {
            let packed = [gzip(b"nvidia nvidia"), zstd(b"nvidia nvidia"), XZ.to_vec(), LZ4.to_vec()];
            for mut packed in packed {
                if let Some(byte) = packed.get_mut(at) { *byte = value; }
                let _ = unpack(&packed);
            }
        }
    }
}

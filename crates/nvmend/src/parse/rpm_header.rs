//! rpm's package header, as it stands in rpm's database: two counts, an index of tags, and a store of values
//! (rpm, `docs/manual/format_header.md`; `lib/header.cc`). Neither lead nor magic precede it there.

/// The bytes are no package header.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RpmHeaderError {
    /// Shorter than its own index.
    #[error("the package header is cut short")]
    Truncated,
    /// More index entries, or a larger store, than rpm itself accepts (`HEADER_TAGS_MAX`, `HEADER_DATA_MAX`).
    #[error("the package header claims an impossible size")]
    TooLarge,
    /// NAME, VERSION or RELEASE is not there.
    #[error("the package header lacks {0}")]
    Lacks(&'static str),
}

/// What is wanted of a package header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RpmPackage {
    /// NAME.
    pub name: String,
    /// `EPOCH:VERSION-RELEASE`, without the epoch where there is none.
    pub version: String,
    /// ARCH.
    pub arch: String,
    /// VENDOR, else PACKAGER.
    pub origin: Option<String>,
}

/// A regular file that the package put on the disk and that is to stay as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RpmFile<'b> {
    /// Its directory, with the final slash.
    pub directory: &'b [u8],
    /// Its name.
    pub name: &'b [u8],
    /// Its size in bytes.
    pub size: u64,
    /// Its SHA-256 digest in hexadecimal digits, if that is what the package has.
    pub sha256: Option<&'b [u8]>,
}

/// A header whose index has been checked against its size. Values are looked up on demand.
pub struct RpmHeader<'b> {
    index: &'b [u8],
    store: &'b [u8],
}

/// Tags (rpm, `include/rpm/rpmtag.h`).
mod tag {
    pub const NAME: u32 = 1000;
    pub const VERSION: u32 = 1001;
    pub const RELEASE: u32 = 1002;
    pub const EPOCH: u32 = 1003;
    pub const VENDOR: u32 = 1011;
    pub const PACKAGER: u32 = 1015;
    pub const ARCH: u32 = 1022;
    pub const FILESIZES: u32 = 1028;
    pub const FILESTATES: u32 = 1029;
    pub const FILEMODES: u32 = 1030;
    pub const FILEFLAGS: u32 = 1037;
    pub const INSTALLTIME: u32 = 1008;
    pub const FILEDIGESTS: u32 = 1035;
    pub const LONGFILESIZES: u32 = 5008;
    pub const FILEDIGESTALGO: u32 = 5011;
    pub const DIRINDEXES: u32 = 1116;
    pub const BASENAMES: u32 = 1117;
    pub const DIRNAMES: u32 = 1118;
}

const CHAR: u32 = 1;
const INT16: u32 = 3;
const INT32: u32 = 4;
const INT64: u32 = 5;
const STRING: u32 = 6;
const STRING_ARRAY: u32 = 8;
const I18N_STRING: u32 = 9;

impl<'b> RpmHeader<'b> {
    /// Checks the index. The store may be cut short when only the first tags are wanted: they stand first.
    pub fn parse(bytes: &'b [u8]) -> Result<Self, RpmHeaderError> {
        let entries = be32(bytes, 0).ok_or(RpmHeaderError::Truncated)?;
        let store_size = be32(bytes, 4).ok_or(RpmHeaderError::Truncated)?;
        if entries > 0xffff || store_size > 0x0fff_ffff {
            return Err(RpmHeaderError::TooLarge);
        }
        let (index, store) =
            bytes[8..].split_at_checked(entries as usize * 16).ok_or(RpmHeaderError::Truncated)?;
        Ok(Self { index, store: store.get(..store_size as usize).unwrap_or(store) })
    }

    /// Name, version, architecture and origin.
    pub fn package(&self) -> Result<RpmPackage, RpmHeaderError> {
        let need = |tag, name| self.text(tag).ok_or(RpmHeaderError::Lacks(name));
        let version = need(tag::VERSION, "VERSION")?;
        let release = need(tag::RELEASE, "RELEASE")?;
        let version = match self.number(tag::EPOCH, 0) {
            Some(epoch) => format!("{epoch}:{version}-{release}"),
            None => format!("{version}-{release}"),
        };
        Ok(RpmPackage {
            name: need(tag::NAME, "NAME")?,
            version,
            arch: self.text(tag::ARCH).unwrap_or_default(),
            origin: self.text(tag::VENDOR).or_else(|| self.text(tag::PACKAGER)),
        })
    }

    /// The directory (with its final slash) and name of the file at `position` in the package's list of files.
    pub fn file(&self, position: u32) -> Option<(&'b [u8], &'b [u8])> {
        let directory = self.number(tag::DIRINDEXES, position)?;
        Some((
            self.array_item(tag::DIRNAMES, directory)?,
            self.array_item(tag::BASENAMES, position)?,
        ))
    }

    /// The regular files of the package, without those that may be missing or changed by their nature (`%ghost`,
    /// `%config`, `missingok`: `rpmfileAttrs`), and those that rpm did not install (`rpmfileState`).
    pub fn files(&self) -> impl Iterator<Item = RpmFile<'b>> {
        const REGULAR: u64 = 0o10_0000;
        const KIND: u64 = 0o17_0000;
        const CONFIG_MISSINGOK_GHOST: u64 = 1 | 1 << 3 | 1 << 6;
        const NORMAL: u64 = 0;
        let directories: Vec<&[u8]> = self.array(tag::DIRNAMES).collect();
        let sizes = self.numbers(tag::LONGFILESIZES).or_else(|| self.numbers(tag::FILESIZES));
        let states = self.numbers(tag::FILESTATES);
        let flags = self.numbers(tag::FILEFLAGS);
        let modes = self.numbers(tag::FILEMODES);
        let homes = self.numbers(tag::DIRINDEXES);
        // PGPHASHALGO_SHA256
        let is_sha256 = self.number(tag::FILEDIGESTALGO, 0) == Some(8);
        let digests: Vec<&[u8]> =
            if is_sha256 { self.array(tag::FILEDIGESTS).collect() } else { Vec::new() };
        self.array(tag::BASENAMES).enumerate().filter_map(move |(position, name)| {
            let at =
                |numbers: Option<Numbers<'b>>| numbers.and_then(|numbers| numbers.get(position));
            let is_firm = at(modes)? & KIND == REGULAR
                && at(flags).unwrap_or(0) & CONFIG_MISSINGOK_GHOST == 0
                && at(states).unwrap_or(NORMAL) == NORMAL;
            let directory = *directories.get(usize::try_from(at(homes)?).ok()?)?;
            let size = at(sizes)?;
            let sha256 = digests.get(position).copied().filter(|digest| !digest.is_empty());
            is_firm.then_some(RpmFile { directory, name, size, sha256 })
        })
    }

    /// When the package was installed, in seconds since 1970.
    pub fn installed_at(&self) -> Option<i64> {
        self.number(tag::INSTALLTIME, 0).map(i64::from)
    }

    /// All texts of an array; no more than its own count says.
    fn array(&self, tag: u32) -> impl Iterator<Item = &'b [u8]> {
        let known = self.entry(tag).filter(|(kind, ..)| *kind == STRING_ARRAY);
        let (offset, count) = known.map_or((0, 0), |(_, offset, count)| (offset, count));
        let bytes = self.store.get(offset..).unwrap_or_default();
        bytes.split(|byte| *byte == 0).take(count as usize)
    }

    fn numbers(&self, tag: u32) -> Option<Numbers<'b>> {
        let (kind, offset, count) = self.entry(tag)?;
        let width = match kind {
            CHAR => 1,
            INT16 => 2,
            INT32 => 4,
            INT64 => 8,
            _ => return None,
        };
        let length = (count as usize).checked_mul(width)?;
        let bytes = self.store.get(offset..offset.checked_add(length)?)?;
        Some(Numbers { bytes, width })
    }

    /// Type, offset and count of a tag's value.
    fn entry(&self, tag: u32) -> Option<(u32, usize, u32)> {
        let entry = self.index.chunks_exact(16).find(|entry| be32(entry, 0) == Some(tag))?;
        Some((be32(entry, 4)?, be32(entry, 8)? as usize, be32(entry, 12)?))
    }

    fn text(&self, tag: u32) -> Option<String> {
        let (kind, offset, _) = self.entry(tag)?;
        if kind != STRING && kind != I18N_STRING {
            return None;
        }
        let bytes = self.store.get(offset..)?;
        let end = memchr::memchr(0, bytes)?;
        Some(String::from_utf8_lossy(&bytes[..end]).into_owned()).filter(|text| !text.is_empty())
    }

    fn number(&self, tag: u32, position: u32) -> Option<u32> {
        let (kind, offset, count) = self.entry(tag)?;
        if kind != INT32 || position >= count {
            return None;
        }
        be32(self.store, offset.checked_add(position as usize * 4)?)
    }

    fn array_item(&self, tag: u32, position: u32) -> Option<&'b [u8]> {
        let (kind, offset, count) = self.entry(tag)?;
        if kind != STRING_ARRAY || position >= count {
            return None;
        }
        let bytes = self.store.get(offset..)?;
        let mut ends = memchr::memchr_iter(0, bytes);
        let start = match position.checked_sub(1) {
            Some(before) => ends.nth(before as usize)? + 1,
            None => 0,
        };
        bytes.get(start..ends.next()?)
    }
}

/// The numbers of an array.
#[derive(Clone, Copy)]
struct Numbers<'b> {
    bytes: &'b [u8],
    width: usize,
}

impl Numbers<'_> {
    fn get(&self, position: usize) -> Option<u64> {
        let start = position.checked_mul(self.width)?;
        let bytes = self.bytes.get(start..start.checked_add(self.width)?)?;
        Some(bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A header with these tags: number, type, count, value.
    fn header(tags: &[(u32, u32, u32, &[u8])]) -> Vec<u8> {
        let (mut index, mut store) = (Vec::new(), Vec::new());
        for (tag, kind, count, value) in tags {
            for field in [*tag, *kind, store.len() as u32, *count] {
                index.extend(field.to_be_bytes());
            }
            store.extend_from_slice(value);
        }
        let mut bytes = (tags.len() as u32).to_be_bytes().to_vec();
        bytes.extend((store.len() as u32).to_be_bytes());
        bytes.extend(index);
        bytes.extend(store);
        bytes
    }

    fn sample() -> Vec<u8> {
        header(&[
            (tag::NAME, STRING, 1, b"nvidia-driver-libs\0"),
            (tag::VERSION, STRING, 1, b"535.261.03\0"),
            (tag::RELEASE, STRING, 1, b"1.el9\0\0\0"),
            (tag::EPOCH, INT32, 1, &[0, 0, 0, 3]),
            (tag::PACKAGER, STRING, 1, b"somebody\0"),
            (tag::ARCH, STRING, 1, b"x86_64\0\0"),
            (tag::DIRINDEXES, INT32, 2, &[0, 0, 0, 1, 0, 0, 0, 0]),
            (tag::BASENAMES, STRING_ARRAY, 2, b"a.so\0b.so\0"),
            (tag::DIRNAMES, STRING_ARRAY, 2, b"/usr/lib/\0/usr/lib64/\0"),
        ])
    }

    #[test]
    fn reads_a_package_and_its_files() {
        let bytes = sample();
        let header = RpmHeader::parse(&bytes).unwrap();
        let package = header.package().unwrap();
        assert_eq!(package.name, "nvidia-driver-libs");
        assert_eq!(package.version, "3:535.261.03-1.el9");
        assert_eq!(package.arch, "x86_64");
        assert_eq!(package.origin.as_deref(), Some("somebody"));
        assert_eq!(header.file(0), Some((&b"/usr/lib64/"[..], &b"a.so"[..])));
        assert_eq!(header.file(1), Some((&b"/usr/lib/"[..], &b"b.so"[..])));
        assert_eq!(header.file(2), None);
    }

    #[test]
    fn lists_the_files_that_are_to_stay_as_they_are() {
        let (file, link, state) =
            (0o100_755_u16.to_be_bytes(), 0o120_777_u16.to_be_bytes(), [0, 0, 0, 2, 0]);
        let modes = [file, link, file, file, file].concat();
        let bytes = header(&[
            (
                tag::FILESIZES,
                INT32,
                5,
                &[[0, 0, 1, 0], [0, 0, 0, 9], [0; 4], [0; 4], [0; 4]].concat(),
            ),
            (tag::FILEMODES, INT16, 5, &modes),
            (tag::FILEFLAGS, INT32, 5, &[[0; 4], [0; 4], [0, 0, 0, 64], [0; 4], [0; 4]].concat()),
            (tag::FILESTATES, CHAR, 5, &state),
            (tag::DIRINDEXES, INT32, 5, &[[0; 4], [0; 4], [0; 4], [0; 4], [0, 0, 0, 7]].concat()),
            (tag::BASENAMES, STRING_ARRAY, 5, b"a\0link\0ghost\0left out\0nowhere\0"),
            (tag::DIRNAMES, STRING_ARRAY, 1, b"/usr/lib64/\0"),
            (tag::FILEDIGESTS, STRING_ARRAY, 5, b"aa\0\0\0\0\0"),
            (tag::FILEDIGESTALGO, INT32, 1, &[0, 0, 0, 8]),
        ]);
        let files: Vec<_> = RpmHeader::parse(&bytes).unwrap().files().collect();
        assert_eq!(
            files,
            [RpmFile { directory: b"/usr/lib64/", name: b"a", size: 256, sha256: Some(b"aa") }]
        );
    }

    #[test]
    fn says_what_is_missing() {
        assert!(matches!(RpmHeader::parse(&sample()[..40]), Err(RpmHeaderError::Truncated)));
        assert!(matches!(RpmHeader::parse(&[0xff; 64]), Err(RpmHeaderError::TooLarge)));
        let bytes = header(&[(tag::NAME, STRING, 1, b"x\0")]);
        assert_eq!(
            RpmHeader::parse(&bytes).unwrap().package(),
            Err(RpmHeaderError::Lacks("VERSION"))
        );
    }

    proptest! {
        #[test]
        fn never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), position: u32) {
            if let Ok(header) = RpmHeader::parse(&bytes) {
                let _ = (header.package(), header.file(position), header.files().count());
            }
        }

        #[test]
        fn survives_truncation_and_damage(cut in 0usize..300, place in 0usize..300, byte: u8) {
            let mut bytes = sample();
            if let Some(there) = bytes.get_mut(place) {
                *there = byte;
            }
            bytes.truncate(cut);
            if let Ok(header) = RpmHeader::parse(&bytes) {
                let _ = (header.package(), header.file(1), header.files().count());
            }
        }
    }
}

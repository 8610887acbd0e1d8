//! cpio archives in the "newc" format, as a stream: what initramfs images are made of (Linux,
//! `Documentation/driver-api/early-userspace/buffer-format.rst`).

use std::io::{self, BufRead, Read};
use std::ops::ControlFlow;

/// Every member begins with one of these; the second has a checksum that nobody checks.
const MAGICS: [&[u8]; 2] = [b"070701", b"070702"];

/// The size of a member's header.
const HEADER: usize = 110;
/// The longest name that Linux unpacks (`PATH_MAX`).
const LONGEST_NAME: u64 = 4096;
/// More members than any image has; the largest have some 20,000.
const MOST_MEMBERS: usize = 1_000_000;

/// The name of the member that ends an archive.
const TRAILER: &str = "TRAILER!!!";

/// An archive could not be read to its end.
#[derive(Debug, thiserror::Error)]
pub enum CpioError {
    /// A header that is none.
    #[error("damaged archive: no member after {0} of them")]
    Header(usize),
    /// It ends too early.
    #[error("the archive is cut off after {0} members")]
    Cut(usize),
    /// More than an image ever holds.
    #[error("more than {MOST_MEMBERS} members")]
    TooMany,
    /// The stream failed: a read error, or damaged compression.
    #[error("{0}")]
    Stream(#[from] io::Error),
}

/// What the archive says of one member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its path without `./` or `/` in front.
    pub path: String,
    /// Size of its content in bytes.
    pub size: u64,
    /// Whether it is a regular file: the content of a symbolic link is its target.
    pub is_file: bool,
}

/// Whether an archive begins here; six bytes are enough.
pub fn is_archive(start: &[u8]) -> bool {
    MAGICS.iter().any(|magic| start.starts_with(magic))
}

/// Reads the archive that `stream` begins with, up to its trailer, and shows each member with its content to `visit`,
/// which may read as much of that as it wants, and may end it all. The answer is `visit`'s.
pub fn walk(
    stream: &mut dyn BufRead,
    visit: &mut dyn FnMut(&Member, &mut dyn Read) -> ControlFlow<()>,
) -> Result<ControlFlow<()>, CpioError> {
    for count in 0..MOST_MEMBERS {
        let mut header = [0; HEADER];
        exactly(stream, &mut header, count)?;
        if !is_archive(&header) {
            return Err(CpioError::Header(count));
        }
        let field = |index: usize| field(&header, index).ok_or(CpioError::Header(count));
        let (mode, size, name_size) = (field(1)?, field(6)?, field(11)?);
        if name_size > LONGEST_NAME {
            return Err(CpioError::Header(count));
        }
        let mut name = vec![0; name_size as usize];
        exactly(stream, &mut name, count)?;
        skip(stream, padding(HEADER as u64 + name_size), count)?;
        let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
        let name = String::from_utf8_lossy(name);
        if name == TRAILER {
            return Ok(ControlFlow::Continue(()));
        }
        let path = name.trim_start_matches("./").trim_start_matches('/').to_owned();
        let member = Member { path, size, is_file: mode & 0o170_000 == 0o100_000 };
        let mut content = (&mut *stream).take(size);
        if visit(&member, &mut content).is_break() {
            return Ok(ControlFlow::Break(()));
        }
        let unread = content.limit();
        skip(stream, unread + padding(size), count)?;
    }
    Err(CpioError::TooMany)
}

/// An archive of these files (path and content).
pub fn write<'m>(files: impl IntoIterator<Item = (&'m str, &'m [u8])>) -> Vec<u8> {
    let mut archive = Vec::new();
    for (path, content) in files.into_iter().chain([(TRAILER, [].as_slice())]) {
        let mode = if path == TRAILER { 0 } else { 0o100_644 };
        let fields = [0, mode, 0, 0, 1, 0, content.len(), 0, 0, 0, 0, path.len() + 1, 0]
            .map(|field| format!("{field:08x}"));
        archive.extend_from_slice(b"070701");
        archive.extend_from_slice(fields.concat().as_bytes());
        archive.extend_from_slice(path.as_bytes());
        archive.push(0);
        archive.resize(archive.len().next_multiple_of(4), 0);
        archive.extend_from_slice(content);
        archive.resize(archive.len().next_multiple_of(4), 0);
    }
    archive
}

/// A field of a header: eight hexadecimal digits.
fn field(header: &[u8], index: usize) -> Option<u64> {
    let start = 6 + 8 * index;
    let digits = std::str::from_utf8(header.get(start..start + 8)?).ok()?;
    let is_number = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    u64::from_str_radix(digits, 16).ok().filter(|_| is_number)
}

/// How much is missing to a multiple of four.
fn padding(size: u64) -> u64 {
    size.wrapping_neg() % 4
}

fn exactly(stream: &mut dyn BufRead, buffer: &mut [u8], count: usize) -> Result<(), CpioError> {
    stream.read_exact(buffer).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => CpioError::Cut(count),
        _ => error.into(),
    })
}

/// Passes over bytes without copying them.
fn skip(stream: &mut dyn BufRead, mut count: u64, member: usize) -> Result<(), CpioError> {
    while count > 0 {
        let there = match stream.fill_buf() {
            Ok(bytes) => bytes.len(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error.into()),
        };
        if there == 0 {
            return Err(CpioError::Cut(member));
        }
        let passed = there.min(usize::try_from(count).unwrap_or(usize::MAX));
        stream.consume(passed);
        count -= passed as u64;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A directory with a link and a file, by `bsdcpio -o -H newc` 3.6.
    const REAL: &[u8] = b"\
        0707010098c0eb000041ed0000000000000000000000026b059c6b00000000000000fe0000000000000000000000000000000200000000a\0\
        0707010098c0760000a1ff0000000000000000000000016b059c6b00000001000000fe0000000000000000000000000000000400000000a/l\0\0\0\
        f\0\0\0\
        0707010098c0ec000081a40000000000000000000000016b059c1b00000006000000fe0000000000000000000000000000000400000000a/f\0\0\0\
        hello\n\0\0\
        07070100000000000000000000000000000000000000010000000000000000000000000000000000000000000000000000000b00000000TRAILER!!!\0\
        \0\0\0\0";

    fn names(mut bytes: &[u8]) -> Result<Vec<(String, Vec<u8>)>, CpioError> {
        let mut found = Vec::new();
        let _ = walk(&mut bytes, &mut |member, content| {
            let mut start = Vec::new();
            content.take(3).read_to_end(&mut start).unwrap();
            found.push((member.path.clone(), start));
            ControlFlow::Continue(())
        })?;
        Ok(found)
    }

    #[test]
    fn reads_what_it_writes_and_passes_over_contents() {
        let archive = write([("./usr/a", b"hello".as_slice()), ("b", b""), ("/c", &[7; 1000])]);
        let expected = [("usr/a", b"hel".as_slice()), ("b", b""), ("c", &[7, 7, 7])];
        let expected = expected.map(|(path, start)| (path.to_owned(), start.to_vec()));
        assert_eq!(names(&archive).unwrap(), expected);
    }

    #[test]
    fn reads_a_real_one() {
        let mut seen = Vec::new();
        let end = walk(&mut &*REAL, &mut |member, _| {
            seen.push((member.path.clone(), member.size, member.is_file));
            ControlFlow::Continue(())
        });
        assert!(end.unwrap().is_continue());
        let expected = [("a", 0, false), ("a/l", 1, false), ("a/f", 6, true)];
        assert_eq!(seen, expected.map(|(path, size, is_file)| (path.to_owned(), size, is_file)));
    }

    #[test]
    fn the_visitor_may_stop() {
        let mut count = 0;
        let end = walk(&mut &*REAL, &mut |_, _| {
            count += 1;
            ControlFlow::Break(())
        });
        assert!(end.unwrap().is_break());
        assert_eq!(count, 1);
    }

    #[test]
    fn says_what_is_wrong() {
        let archive = write([("a", b"hello".as_slice())]);
        let message = |bytes: &[u8]| names(bytes).unwrap_err().to_string();
        assert_eq!(message(&archive[..200]), "the archive is cut off after 1 members");
        assert_eq!(message(&[0; 200]), "damaged archive: no member after 0 of them");
        let mut bad = archive;
        bad[60] = b'x';
        assert_eq!(message(&bad), "damaged archive: no member after 0 of them");
    }

    proptest! {
        #[test]
        fn survives_any_bytes(bytes: Vec<u8>) {
            let _ = names(&[b"070701".as_slice(), &bytes].concat());
        }

        #[test]
        fn survives_damage(at in 0usize..400, value: u8, cut in 0usize..500) {
            let mut archive = write([("usr/lib/a", b"hello".as_slice()), ("b", b"more")]);
            if let Some(byte) = archive.get_mut(at) { *byte = value; }
            archive.truncate(cut);
            let _ = names(&archive);
        }
    }
}

//! Fewer questions for files that are asked for many small things.

use std::cell::OnceCell;
use std::io;

use super::RandomRead;

/// A file whose beginning and end are read at once, each when it is first asked for: headers, tables and signatures stand
/// there, and are asked for bit by bit.
pub struct Edges {
    file: Box<dyn RandomRead>,
    start: OnceCell<Vec<u8>>,
    end: OnceCell<Vec<u8>>,
}

impl Edges {
    const START: u64 = 64;
    const END: u64 = 8 << 10;

    /// The same file.
    pub fn new(file: Box<dyn RandomRead>) -> Self {
        Self { file, start: OnceCell::new(), end: OnceCell::new() }
    }

    /// `length` bytes from `offset`; empty where they can't be had at once: of a file in a capture only parts are there.
    fn edge(&self, offset: u64, length: u64) -> Vec<u8> {
        let mut bytes = vec![0; usize::try_from(length).unwrap_or(0)];
        match self.file.read_at(offset, &mut bytes) {
            Ok(count) if count == bytes.len() => bytes,
            _ => Vec::new(),
        }
    }
}

impl RandomRead for Edges {
    fn size(&self) -> u64 {
        self.file.size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let size = self.size();
        let start = Self::START.min(size);
        let from_end = size.saturating_sub(Self::END);
        let until = offset.saturating_add(buffer.len() as u64);
        let (edge, at) = if until <= start {
            (self.start.get_or_init(|| self.edge(0, start)), offset)
        } else if offset >= from_end && until <= size {
            (self.end.get_or_init(|| self.edge(from_end, size - from_end)), offset - from_end)
        } else {
            return self.file.read_at(offset, buffer);
        };
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        let Some(bytes) = edge.get(at..).and_then(|bytes| bytes.get(..buffer.len())) else {
            return self.file.read_at(offset, buffer);
        };
        buffer.copy_from_slice(bytes);
        Ok(bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Counts how often it is asked, and refuses what begins in `missing`.
    struct Counted<'c> {
        bytes: Vec<u8>,
        asked: &'c AtomicUsize,
        missing: std::ops::Range<u64>,
    }

    impl RandomRead for Counted<'_> {
        fn size(&self) -> u64 {
            self.bytes.len() as u64
        }

        fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
            self.asked.fetch_add(1, Ordering::Relaxed);
            let until = offset + buffer.len() as u64;
            if self.missing.start < until && offset < self.missing.end {
                return Err(io::ErrorKind::NotFound.into());
            }
            let at = usize::try_from(offset).unwrap().min(self.bytes.len());
            let rest = &self.bytes[at..];
            let count = rest.len().min(buffer.len());
            buffer[..count].copy_from_slice(&rest[..count]);
            Ok(count)
        }
    }

    fn check(size: usize, missing: std::ops::Range<u64>, at_most: usize) {
        static NONE: AtomicUsize = AtomicUsize::new(0);
        let bytes: Vec<u8> = (0..size).map(|at| (at % 251) as u8).collect();
        let asked = Box::leak(Box::new(AtomicUsize::new(0)));
        let plain = Counted { bytes: bytes.clone(), asked: &NONE, missing: missing.clone() };
        let edges = Edges::new(Box::new(Counted { bytes, asked, missing }));
        for offset in
            [0, 6, 60, 64, 1000, size.saturating_sub(8192), size.saturating_sub(30), size + 5]
        {
            for length in [0, 6, 30, 100] {
                let (mut one, mut other) = (vec![7; length], vec![7; length]);
                let expected = plain.read_at(offset as u64, &mut one).ok();
                let found = edges.read_at(offset as u64, &mut other).ok();
                assert_eq!(
                    (found, other),
                    (expected, one),
                    "{length} bytes from {offset} of {size}"
                );
            }
        }
        assert!(asked.load(Ordering::Relaxed) <= at_most, "{size}: {asked:?}");
    }

    #[test]
    fn answers_as_the_file_does_and_asks_it_less() {
        check(100_000, 0..0, 25);
        for size in [0, 10, 70, 5000, 9000] {
            check(size, 0..0, 40);
        }
    }

    #[test]
    fn what_is_not_there_does_not_hide_what_is() {
        check(100_000, 20..40, 50);
        check(100_000, 95_000..95_100, 50);
    }
}

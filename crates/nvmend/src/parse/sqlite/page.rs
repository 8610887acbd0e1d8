//! One page of a b-tree: its cells, and where they lead (<https://www.sqlite.org/fileformat2.html>, 1.6).

use std::cmp::Ordering;

use super::SqliteError;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum PageKind {
    InteriorIndex,
    InteriorTable,
    LeafIndex,
    LeafTable,
}

/// One page of a b-tree (1.6).
pub(super) struct Page {
    pub(super) number: u32,
    pub(super) bytes: Vec<u8>,
    pub(super) kind: PageKind,
    /// Where the b-tree header starts: 100 on page 1, which also holds the file's header.
    start: usize,
    pub(super) cells: usize,
}

impl Page {
    /// Takes a page's header apart (1.6).
    pub(super) fn parse(number: u32, bytes: Vec<u8>) -> Result<Self, SqliteError> {
        let damaged = |what| SqliteError::Damaged { page: number, what };
        let start = if number == 1 { 100 } else { 0 };
        let kind = match bytes.get(start) {
            Some(2) => PageKind::InteriorIndex,
            Some(5) => PageKind::InteriorTable,
            Some(10) => PageKind::LeafIndex,
            Some(13) => PageKind::LeafTable,
            _ => return Err(damaged("not a b-tree page")),
        };
        let cells = be16(&bytes, start + 3).ok_or_else(|| damaged("cut short"))?;
        // A cell pointer takes two bytes; more cells than that cannot be.
        if cells > bytes.len() / 2 {
            return Err(damaged("more cells than it has room for"));
        }
        Ok(Page { number, bytes, kind, start, cells })
    }

    pub(super) fn damaged(&self, what: &'static str) -> SqliteError {
        SqliteError::Damaged { page: self.number, what }
    }

    pub(super) fn is_interior(&self) -> bool {
        matches!(self.kind, PageKind::InteriorIndex | PageKind::InteriorTable)
    }

    /// Where a cell starts within the page.
    pub(super) fn cell(&self, position: usize) -> Result<usize, SqliteError> {
        let pointers = self.start + if self.is_interior() { 12 } else { 8 };
        be16(&self.bytes, pointers + 2 * position)
            .ok_or_else(|| self.damaged("a cell pointer is cut short"))
    }

    /// The subtree left of a cell; that of the position after the last cell is the right-most one.
    pub(super) fn child(&self, position: usize) -> Result<u32, SqliteError> {
        let at = if position == self.cells { self.start + 8 } else { self.cell(position)? };
        be32(&self.bytes, at).ok_or_else(|| self.damaged("a child pointer is cut short"))
    }

    /// The first cell that is not less than what is sought; the number of cells when all are.
    pub(super) fn first_cell(
        &self,
        order: impl Fn(usize) -> Result<Ordering, SqliteError>,
    ) -> Result<usize, SqliteError> {
        let (mut low, mut high) = (0, self.cells);
        while low < high {
            let middle = low.midpoint(high);
            match order(self.cell(middle)?)? {
                Ordering::Less => low = middle + 1,
                _ => high = middle,
            }
        }
        Ok(low)
    }
}

/// How much of a payload of `size` bytes stands on the page itself (1.6).
pub(super) fn local_size(size: usize, usable: usize, is_table: bool) -> usize {
    let most = if is_table { usable - 35 } else { (usable - 12) * 64 / 255 - 23 };
    let least = (usable - 12) * 32 / 255 - 23;
    if size <= most {
        return size;
    }
    let fitting = least + (size - least) % (usable - 4);
    if fitting <= most { fitting } else { least }
}

pub(super) fn be16(bytes: &[u8], at: usize) -> Option<usize> {
    let bytes = bytes.get(at..at.checked_add(2)?)?;
    Some(usize::from(u16::from_be_bytes(bytes.try_into().ok()?)))
}

pub(super) fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

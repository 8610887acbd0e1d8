//! Reads tables of an SQLite database, page by page, without its library: rpm's database is one, may be
//! 100 MB large, and a few dozen of its pages are all that is wanted.
//!
//! Read-only and bounded: schema, table scan, row by rowid, lookup in an index by its first (text) column.
//! Changes that still stand in a write-ahead log are not seen; whoever opens the file looks for that log.
//! The format: <https://www.sqlite.org/fileformat2.html>; the numbers of its sections stand at the code.

mod page;
mod record;

use std::cmp::Ordering;

use self::page::{Page, PageKind, be32, local_size};
use crate::host::RandomRead;
pub use record::Value;
use record::{columns, varint};

/// The file is no SQLite database that can be read here, or it is damaged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SqliteError {
    /// Another kind of file.
    #[error("not an SQLite database")]
    NotSqlite,
    /// Text in UTF-16; rpm writes UTF-8.
    #[error("an SQLite database with text in UTF-16")]
    Encoding,
    /// The schema has no such table or index.
    #[error("the SQLite database has no table or index {0}")]
    NoTable(&'static str),
    /// A page does not hold together.
    #[error("the SQLite database is damaged at page {page}: {what}")]
    Damaged {
        /// Page number, counted from 1.
        page: u32,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The file could not be read.
    #[error("{0}")]
    Io(String),
}

/// An open database.
pub struct Database<'f> {
    file: &'f dyn RandomRead,
    page_size: u32,
    /// Bytes of a page that hold content; the rest is reserved for extensions (1.3.4).
    usable: usize,
    /// Pages of the file. No walk visits more than that, so a circle of pages ends.
    pages: u32,
    schema: Vec<SchemaEntry>,
}

struct SchemaEntry {
    kind: Vec<u8>,
    name: Vec<u8>,
    root: u32,
}

/// The deepest tree that a real database can have is far less: a page holds at least four cells.
const MAX_DEPTH: usize = 24;
/// Largest row that the schema or an index is read with.
const SMALL_ROW: usize = 16 << 10;
/// Schema entries and index matches beyond this are not read.
const MAX_FOUND: usize = 4096;

impl<'f> Database<'f> {
    /// Reads the header (1.3) and the schema (2.6).
    pub fn open(file: &'f dyn RandomRead) -> Result<Self, SqliteError> {
        let mut header = [0; 100];
        let count = read_full(file, 0, &mut header)?;
        if count < header.len() || !header.starts_with(b"SQLite format 3\0") {
            return Err(SqliteError::NotSqlite);
        }
        let page_size = match u16::from_be_bytes([header[16], header[17]]) {
            1 => 65536,
            size if size.is_power_of_two() && size >= 512 => u32::from(size),
            _ => return Err(SqliteError::NotSqlite),
        };
        // "The usable size is not allowed to be less than 480."
        let usable = page_size as usize - usize::from(header[20]);
        if usable < 480 {
            return Err(SqliteError::NotSqlite);
        }
        if u32::from_be_bytes([header[56], header[57], header[58], header[59]]) > 1 {
            return Err(SqliteError::Encoding);
        }
        let pages = u32::try_from(file.size().div_ceil(u64::from(page_size))).unwrap_or(u32::MAX);
        let mut database = Self { file, page_size, usable, pages, schema: Vec::new() };
        let mut schema = Vec::new();
        database.scan_from(1, |_, row| {
            if let [Value::Text(kind), Value::Text(name), _, Value::Integer(root)] = row[..]
                && let Ok(root) = u32::try_from(root)
                && schema.len() < MAX_FOUND
            {
                schema.push(SchemaEntry { kind: kind.to_vec(), name: name.to_vec(), root });
            }
        })?;
        database.schema = schema;
        Ok(database)
    }

    /// Calls `each` with the rowid and the first four columns of every row of a table. The column that is the
    /// table's INTEGER PRIMARY KEY reads as NULL: its value is the rowid.
    pub fn scan(
        &self,
        table: &'static str,
        each: impl FnMut(i64, &[Value<'_>]),
    ) -> Result<(), SqliteError> {
        self.scan_from(self.root(b"table", table)?, each)
    }

    /// The columns of the row with that rowid, at most `limit` bytes of it; `with` sees what there is.
    pub fn row<R>(
        &self,
        table: &'static str,
        rowid: i64,
        limit: usize,
        with: impl FnOnce(&[Value<'_>]) -> R,
    ) -> Result<Option<R>, SqliteError> {
        let mut number = self.root(b"table", table)?;
        for _ in 0..MAX_DEPTH {
            let page = self.page(number)?;
            // The first cell whose key is not smaller: a leaf's own row, or the subtree that may hold it.
            let found = page.first_cell(|at| Ok(self.rowid_of(&page, at)?.cmp(&rowid)))?;
            match page.kind {
                PageKind::InteriorTable => number = page.child(found)?,
                PageKind::LeafTable => {
                    if found == page.cells || self.rowid_of(&page, page.cell(found)?)? != rowid {
                        return Ok(None);
                    }
                    let payload = self.payload(&page, page.cell(found)?, limit)?;
                    return Ok(Some(with(&columns(&payload))));
                }
                _ => return Err(page.damaged("an index page in a table")),
            }
        }
        Err(SqliteError::Damaged { page: number, what: "the tree is too deep" })
    }

    /// The rowids of the rows whose indexed column is the text `key`.
    pub fn find(&self, index: &'static str, key: &[u8]) -> Result<Vec<i64>, SqliteError> {
        let mut rowids = Vec::new();
        let mut pending = vec![self.root(b"index", index)?];
        let mut visited = 0;
        while let Some(number) = pending.pop() {
            self.count_visit(&mut visited, number)?;
            let page = self.page(number)?;
            let is_interior = match page.kind {
                PageKind::InteriorIndex => true,
                PageKind::LeafIndex => false,
                _ => return Err(page.damaged("a table page in an index")),
            };
            let first =
                page.first_cell(|at| self.compare(&page, at, key).map(|(order, _)| order))?;
            // Equal keys may stand on several pages: go on as long as a cell still equals.
            for position in first..=page.cells {
                if is_interior {
                    pending.push(page.child(position)?);
                }
                if position == page.cells {
                    break;
                }
                let (order, rowid) = self.compare(&page, page.cell(position)?, key)?;
                if order != Ordering::Equal {
                    break;
                }
                if rowids.len() >= MAX_FOUND {
                    return Ok(rowids);
                }
                rowids.extend(rowid);
            }
        }
        Ok(rowids)
    }

    fn root(&self, kind: &[u8], name: &'static str) -> Result<u32, SqliteError> {
        let entry =
            self.schema.iter().find(|entry| entry.kind == kind && entry.name == name.as_bytes());
        entry.map(|entry| entry.root).ok_or(SqliteError::NoTable(name))
    }

    fn scan_from(
        &self,
        root: u32,
        mut each: impl FnMut(i64, &[Value<'_>]),
    ) -> Result<(), SqliteError> {
        let mut pending = vec![root];
        let mut visited = 0;
        while let Some(number) = pending.pop() {
            self.count_visit(&mut visited, number)?;
            let page = self.page(number)?;
            match page.kind {
                PageKind::InteriorTable => {
                    for position in (0..=page.cells).rev() {
                        pending.push(page.child(position)?);
                    }
                }
                PageKind::LeafTable => {
                    for position in 0..page.cells {
                        let at = page.cell(position)?;
                        let payload = self.payload(&page, at, SMALL_ROW)?;
                        each(self.rowid_of(&page, at)?, &columns(&payload));
                    }
                }
                _ => return Err(page.damaged("an index page in a table")),
            }
        }
        Ok(())
    }

    fn count_visit(&self, visited: &mut u32, page: u32) -> Result<(), SqliteError> {
        *visited += 1;
        if *visited > self.pages {
            return Err(SqliteError::Damaged { page, what: "its pages lead in a circle" });
        }
        Ok(())
    }

    fn page(&self, number: u32) -> Result<Page, SqliteError> {
        Page::parse(number, self.page_bytes(number)?)
    }

    fn page_bytes(&self, number: u32) -> Result<Vec<u8>, SqliteError> {
        if number == 0 || number > self.pages {
            return Err(SqliteError::Damaged { page: number, what: "outside the file" });
        }
        let offset = u64::from(number - 1) * u64::from(self.page_size);
        let mut bytes = vec![0; self.page_size as usize];
        let count = read_full(self.file, offset, &mut bytes)?;
        if count < bytes.len() {
            return Err(SqliteError::Damaged { page: number, what: "the file ends within it" });
        }
        bytes.truncate(self.usable);
        Ok(bytes)
    }

    /// The integer key of a table's cell.
    fn rowid_of(&self, page: &Page, at: usize) -> Result<i64, SqliteError> {
        let skipped = match page.kind {
            PageKind::InteriorTable => at.saturating_add(4),
            _ => varint(&page.bytes, at).ok_or_else(|| page.damaged("a cell is cut short"))?.1,
        };
        let (rowid, _) =
            varint(&page.bytes, skipped).ok_or_else(|| page.damaged("a cell is cut short"))?;
        Ok(rowid)
    }

    /// How an index cell's first column stands to `key`, and the rowid it leads to.
    fn compare(
        &self,
        page: &Page,
        at: usize,
        key: &[u8],
    ) -> Result<(Ordering, Option<i64>), SqliteError> {
        let payload = self.payload(page, at, SMALL_ROW)?;
        let row = columns(&payload);
        let rowid = match row.last() {
            Some(Value::Integer(rowid)) => Some(*rowid),
            _ => None,
        };
        let order = match row.first() {
            Some(Value::Text(text)) => text.cmp(&key),
            // NULL and numbers sort before text, blobs after (SQL language, "Sort order").
            Some(Value::Blob(_)) => Ordering::Greater,
            _ => Ordering::Less,
        };
        Ok((order, rowid))
    }

    /// A cell's payload, at most `limit` bytes, overflow pages included (1.6, "B-tree Cell Format", and 1.7).
    fn payload(&self, page: &Page, at: usize, limit: usize) -> Result<Vec<u8>, SqliteError> {
        let cut = || page.damaged("a cell is cut short");
        let at = if page.kind == PageKind::InteriorIndex { at.saturating_add(4) } else { at };
        let (size, mut at) = varint(&page.bytes, at).ok_or_else(cut)?;
        let size = usize::try_from(size).map_err(|_| page.damaged("a cell of impossible size"))?;
        if page.kind == PageKind::LeafTable {
            at = varint(&page.bytes, at).ok_or_else(cut)?.1;
        }
        let local = local_size(size, self.usable, page.kind == PageKind::LeafTable);
        let end = at.checked_add(local).ok_or_else(cut)?;
        let mut payload = page.bytes.get(at..end).ok_or_else(cut)?.to_vec();
        let wanted = size.min(limit);
        payload.truncate(wanted);
        let mut next = if local < size { be32(&page.bytes, end).ok_or_else(cut)? } else { 0 };
        let mut visited = 0;
        while payload.len() < wanted {
            if next == 0 {
                return Err(page.damaged("a row's overflow pages end early"));
            }
            self.count_visit(&mut visited, next)?;
            let bytes = self.page_bytes(next)?;
            next = be32(&bytes, 0).ok_or_else(cut)?;
            let content = bytes.get(4..).unwrap_or_default();
            let room = wanted - payload.len();
            payload.extend_from_slice(content.get(..room).unwrap_or(content));
        }
        Ok(payload)
    }
}

/// Fills `buffer` as far as the file goes.
fn read_full(file: &dyn RandomRead, offset: u64, buffer: &mut [u8]) -> Result<usize, SqliteError> {
    let mut done = 0;
    while done < buffer.len() {
        match file.read_at(offset + done as u64, &mut buffer[done..]) {
            Ok(0) => break,
            Ok(count) => done += count.min(buffer.len() - done),
            Err(error) => return Err(SqliteError::Io(error.to_string())),
        }
    }
    Ok(done)
}

#[cfg(test)]
mod tests;

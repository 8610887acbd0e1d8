//! An rpm database with a few packages: an SQLite file that the real `sqlite3` reads, with those of rpm's tables that
//! are asked here. rpm itself wants all of them.
//!
//! Layouts: <https://www.sqlite.org/fileformat2.html> (1.3 the header, 1.6 b-tree pages, 2.1 records), rpm's
//! `lib/backend/sqlite.c` (tables and indexes) and `docs/manual/format_header.md`. Every table is one page, the largest
//! that there is; some thirty packages fit.

/// A package of the database.
#[derive(Clone, Debug)]
pub struct Package {
    /// NAME.
    pub name: String,
    /// `EPOCH:VERSION-RELEASE`; the epoch may be left out.
    pub version: String,
    /// ARCH.
    pub arch: String,
    /// VENDOR.
    pub vendor: String,
    /// Its regular files: absolute path and size in bytes.
    pub files: Vec<(String, u64)>,
}

const PAGE: usize = 65536;

/// The database. Packages beyond what a page holds are left out.
pub fn database(packages: &[Package]) -> Vec<u8> {
    let (mut headers, mut names, mut basenames) = (Vec::new(), Vec::new(), Vec::new());
    for (number, package) in (1..).zip(packages) {
        headers.push(record(&[Value::Null, Value::Blob(&header(package))]));
        names.push((package.name.as_str(), number, 0));
        let files = (0..).zip(&package.files);
        basenames.extend(files.map(|(position, (path, _))| (parted(path).1, number, position)));
    }
    let row = |(key, number, position): &(&str, i64, i64)| {
        record(&[Value::Text(key), Value::Integer(*number), Value::Integer(*position)])
    };
    let rows = |keys: &[(&str, i64, i64)]| keys.iter().map(row).collect::<Vec<_>>();
    let tables = [
        ("table", "Packages", "(hnum INTEGER PRIMARY KEY AUTOINCREMENT,blob BLOB NOT NULL)"),
        ("table", "Name", "(key 'TEXT' NOT NULL, hnum INTEGER NOT NULL, idx INTEGER NOT NULL)"),
        ("index", "Name_key_idx", "ON 'Name'(key ASC)"),
        (
            "table",
            "Basenames",
            "(key 'TEXT' NOT NULL, hnum INTEGER NOT NULL, idx INTEGER NOT NULL)",
        ),
        ("index", "Basenames_key_idx", "ON 'Basenames'(key ASC)"),
    ];
    let schema = (2..).zip(tables).map(|(page, (kind, name, columns))| {
        let sql = format!("CREATE {} '{name}' {columns}", kind.to_uppercase());
        let of = name.split('_').next().unwrap_or(name);
        let [kind, name, of, sql] = [kind, name, of, sql.as_str()].map(Value::Text);
        record(&[kind, name, of, Value::Integer(page), sql])
    });
    let schema: Vec<_> = schema.collect();
    let mut pages = [
        table_page(&schema, 100),
        table_page(&headers, 0),
        table_page(&rows(&names), 0),
        index_page(&names, 0),
        table_page(&rows(&basenames), 0),
        index_page(&basenames, 0),
    ];
    let count = pages.len() as u32;
    pages[0][..100].copy_from_slice(&file_header(count));
    pages.concat()
}

fn file_header(pages: u32) -> [u8; 100] {
    let mut header = [0; 100];
    header[..16].copy_from_slice(b"SQLite format 3\0");
    // A page of 64 KiB is written as 1; versions 1 (rollback journal); the fixed fractions.
    header[16..24].copy_from_slice(&[0, 1, 1, 1, 0, 64, 32, 32]);
    header[28..32].copy_from_slice(&pages.to_be_bytes());
    // Schema format 4, text in UTF-8; the change counter and the version that it is valid for are both 0.
    header[47] = 4;
    header[59] = 1;
    header
}

fn table_page(rows: &[Vec<u8>], start: usize) -> Vec<u8> {
    let cells = (1..)
        .zip(rows)
        .map(|(rowid, row)| [varint(row.len() as u64), varint(rowid), row.clone()].concat());
    page(13, cells.collect(), start)
}

/// The index of a table by its first column, whose rows were written in this order.
fn index_page(keys: &[(&str, i64, i64)], start: usize) -> Vec<u8> {
    let mut entries: Vec<(&str, i64)> =
        (1..).zip(keys).map(|(rowid, key)| (key.0, rowid)).collect();
    entries.sort_unstable();
    let cells = entries.into_iter().map(|(key, rowid)| {
        let row = record(&[Value::Text(key), Value::Integer(rowid)]);
        [varint(row.len() as u64), row].concat()
    });
    page(10, cells.collect(), start)
}

fn page(kind: u8, cells: Vec<Vec<u8>>, start: usize) -> Vec<u8> {
    let mut page = vec![0; PAGE];
    let mut content = PAGE;
    let mut pointers = Vec::new();
    for cell in cells {
        let room = start + 8 + pointers.len() + 2;
        let Some(at) = content.checked_sub(cell.len()).filter(|at| *at >= room) else { break };
        content = at;
        page[at..at + cell.len()].copy_from_slice(&cell);
        pointers.extend((at as u16).to_be_bytes());
    }
    page[start] = kind;
    page[start + 3..start + 5].copy_from_slice(&((pointers.len() / 2) as u16).to_be_bytes());
    // A start of 65,536 is written as 0.
    page[start + 5..start + 7].copy_from_slice(&(content as u16).to_be_bytes());
    page[start + 8..start + 8 + pointers.len()].copy_from_slice(&pointers);
    page
}

enum Value<'v> {
    Null,
    Integer(i64),
    Text(&'v str),
    Blob(&'v [u8]),
}

/// A record: the types of the columns, then their values (2.1).
fn record(columns: &[Value<'_>]) -> Vec<u8> {
    let (mut types, mut body) = (Vec::new(), Vec::new());
    for column in columns {
        match column {
            Value::Null => types.extend(varint(0)),
            Value::Integer(number) => {
                types.extend(varint(6));
                body.extend(number.to_be_bytes());
            }
            Value::Text(text) => {
                types.extend(varint(13 + 2 * text.len() as u64));
                body.extend(text.as_bytes());
            }
            Value::Blob(bytes) => {
                types.extend(varint(12 + 2 * bytes.len() as u64));
                body.extend(*bytes);
            }
        }
    }
    // The header's length counts itself; with so few columns it takes one byte.
    [varint(types.len() as u64 + 1), types, body].concat()
}

fn varint(number: u64) -> Vec<u8> {
    let mut groups = vec![(number & 0x7f) as u8];
    let mut rest = number >> 7;
    while rest > 0 {
        groups.push((rest & 0x7f) as u8 | 0x80);
        rest >>= 7;
    }
    groups.reverse();
    groups
}

/// A package's header: its index, sorted by tag, and the store.
fn header(package: &Package) -> Vec<u8> {
    const INT16: u32 = 3;
    const INT32: u32 = 4;
    const STRING: u32 = 6;
    const STRING_ARRAY: u32 = 8;
    let (epoch, version) = match package.version.split_once(':') {
        Some((epoch, version)) => (epoch.parse::<u32>().ok(), version),
        None => (None, package.version.as_str()),
    };
    let (version, release) = version.split_once('-').unwrap_or((version, "1"));
    let text = |text: &str| [text.as_bytes(), b"\0"].concat();
    let texts = |texts: &[&str]| texts.iter().flat_map(|it| text(it)).collect::<Vec<u8>>();
    let numbers = |numbers: &[u32]| {
        numbers.iter().flat_map(|number| number.to_be_bytes()).collect::<Vec<u8>>()
    };
    let mut directories: Vec<&str> = package.files.iter().map(|(path, _)| parted(path).0).collect();
    directories.sort_unstable();
    directories.dedup();
    let of_files = |number: &dyn Fn(&(String, u64)) -> u32| {
        numbers(&package.files.iter().map(number).collect::<Vec<_>>())
    };
    let home = |(path, _): &(String, u64)| {
        directories.iter().position(|directory| *directory == parted(path).0).unwrap_or(0) as u32
    };
    let count = package.files.len() as u32;
    let names: Vec<&str> = package.files.iter().map(|(path, _)| parted(path).1).collect();
    let modes = 0o100_755_u16.to_be_bytes().repeat(package.files.len());
    let mut tags: Vec<(u32, u32, u32, Vec<u8>)> = vec![
        (1000, STRING, 1, text(&package.name)),
        (1001, STRING, 1, text(version)),
        (1002, STRING, 1, text(release)),
    ];
    tags.extend(epoch.map(|epoch| (1003, INT32, 1, numbers(&[epoch]))));
    tags.push((1011, STRING, 1, text(&package.vendor)));
    tags.push((1022, STRING, 1, text(&package.arch)));
    if count > 0 {
        tags.extend([
            (1028, INT32, count, of_files(&|(_, size)| *size as u32)),
            (1030, INT16, count, modes),
            (1116, INT32, count, of_files(&home)),
            (1117, STRING_ARRAY, count, texts(&names)),
            (1118, STRING_ARRAY, directories.len() as u32, texts(&directories)),
        ]);
    }
    let (mut index, mut store) = (Vec::new(), Vec::new());
    for (tag, kind, count, value) in &tags {
        // Numbers stand at multiples of their size.
        let align = if *kind == INT16 { 2 } else { 4 };
        if [INT16, INT32].contains(kind) {
            store.resize(store.len().next_multiple_of(align), 0);
        }
        index.extend(numbers(&[*tag, *kind, store.len() as u32, *count]));
        store.extend(value);
    }
    [numbers(&[tags.len() as u32, store.len() as u32]), index, store].concat()
}

/// A path's directory, with its final slash, and its name.
fn parted(path: &str) -> (&str, &str) {
    path.split_at(path.rfind('/').map_or(0, |slash| slash + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Host;
    use crate::hosts::memory::Memory;
    use crate::parse::rpm_header::RpmHeader;
    use crate::parse::sqlite;

    fn packages() -> Vec<Package> {
        let package = |name: &str, files: &[(&str, u64)]| Package {
            name: name.to_owned(),
            version: "3:550.127.05-1.el9".to_owned(),
            arch: "x86_64".to_owned(),
            vendor: "NVIDIA".to_owned(),
            files: files.iter().map(|(path, size)| ((*path).to_owned(), *size)).collect(),
        };
        vec![
            package("nvidia-driver-libs", &[("/usr/lib64/libGLX_nvidia.so.550.127.05", 7)]),
            package("nvidia-driver", &[]),
            package("kernel", &[("/boot/vmlinuz", 300), ("/usr/lib64/x.so.1.1", 0)]),
        ]
    }

    #[test]
    fn its_own_reader_reads_it() {
        let host = Memory::default().file("/rpmdb", database(&packages()));
        let file = host.open("/rpmdb".as_ref()).unwrap();
        let database = sqlite::Database::open(file.as_ref()).unwrap();
        assert_eq!(database.find("Name_key_idx", b"kernel").unwrap(), [3]);
        assert_eq!(database.find("Basenames_key_idx", b"x.so.1.1").unwrap(), [3]);
        let read = database.row("Packages", 3, 1 << 20, |row| {
            let [_, sqlite::Value::Blob(header), ..] = row else { panic!() };
            let header = RpmHeader::parse(header).unwrap();
            let files: Vec<_> =
                header.files().map(|file| (file.directory.to_vec(), file.size)).collect();
            (header.package().unwrap(), files)
        });
        let (package, files) = read.unwrap().unwrap();
        assert_eq!(
            (package.name.as_str(), package.version.as_str()),
            ("kernel", "3:550.127.05-1.el9")
        );
        assert_eq!(package.origin.as_deref(), Some("NVIDIA"));
        assert_eq!(files, [(b"/boot/".to_vec(), 300), (b"/usr/lib64/".to_vec(), 0)]);
    }
}

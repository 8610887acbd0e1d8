use std::io::Read as _;

use proptest::prelude::*;

use super::*;
use crate::parse::in_memory::Bytes;

/// 105 packages, put in by rpm 4.18; `tests/data/README.md` says how.
fn sample() -> Vec<u8> {
    let packed = include_bytes!("../../../tests/data/rpmdb.sqlite.gz");
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut bytes).unwrap();
    bytes
}

/// Everything that rpm's reader asks of a database.
fn use_all(bytes: Vec<u8>) -> Result<(usize, usize, usize), SqliteError> {
    let file = Bytes(bytes);
    let database = Database::open(&file)?;
    let mut names = Vec::new();
    database.scan("Name", |_, row| {
        if let [Value::Text(_), Value::Integer(hnum), ..] = row {
            names.push(*hnum);
        }
    })?;
    let mut blobs = 0;
    for hnum in &names {
        let size = database.row("Packages", *hnum, 1 << 20, |row| match row {
            [_, Value::Blob(blob), ..] => blob.len(),
            _ => 0,
        })?;
        blobs += size.unwrap_or(0);
    }
    let found = database.find("Basenames_key_idx", b"libcuda.so.535.261.03")?.len();
    Ok((names.len(), blobs, found))
}

#[test]
fn reads_every_row_overflow_pages_and_an_index() {
    let (names, blobs, found) = use_all(sample()).unwrap();
    // As sqlite3 says: count(*) of Name, sum(length(blob)) of Packages, count(*) of Basenames with that key.
    assert_eq!((names, blobs, found), (105, 191_800, 2));
}

#[test]
fn finds_every_key_of_an_index_with_several_levels() {
    let file = Bytes(sample());
    let database = Database::open(&file).unwrap();
    let mut rows = Vec::new();
    database
        .scan("Basenames", |rowid, row| {
            if let Value::Text(key) = row[0] {
                rows.push((rowid, key.to_vec()));
            }
        })
        .unwrap();
    assert!(rows.len() > 260);
    for (rowid, key) in &rows {
        assert!(database.find("Basenames_key_idx", key).unwrap().contains(rowid));
    }
    assert_eq!(database.find("Basenames_key_idx", b"libcuda.so.535").unwrap(), Vec::<i64>::new());
    assert_eq!(database.find("Basenames_key_idx", b"~~~").unwrap(), Vec::<i64>::new());
    assert_eq!(database.row("Packages", 1 << 40, 64, |_| ()).unwrap(), None);
}

#[test]
fn says_what_is_wrong() {
    assert_eq!(use_all(b"Berkeley".to_vec()), Err(SqliteError::NotSqlite));
    let mut cut = sample();
    cut.truncate(9000);
    assert!(matches!(use_all(cut), Err(SqliteError::Damaged { .. })));
    let file = Bytes(sample());
    let database = Database::open(&file).unwrap();
    assert_eq!(database.find("Other", b""), Err(SqliteError::NoTable("Other")));
}

#[test]
fn splits_payloads_as_the_format_says() {
    assert_eq!(local_size(4061, 4096, true), 4061);
    assert_eq!(local_size(4062, 4096, true), 489);
    assert_eq!(local_size(1003, 4096, false), 489);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn survives_damage(places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..200)) {
        let mut bytes = sample();
        for (place, byte) in places {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        let _ = use_all(bytes);
    }

    #[test]
    fn survives_damage_of_page_headers(places in prop::collection::vec((any::<prop::sample::Index>(), 0usize..160, any::<u8>()), 1..40)) {
        let mut bytes = sample();
        for (page, offset, byte) in places {
            let place = page.index(bytes.len() / 4096) * 4096 + offset;
            bytes[place] = byte;
        }
        let _ = use_all(bytes);
    }

    #[test]
    fn survives_truncation_and_noise(noise in prop::collection::vec(any::<u8>(), 0..600), cut in any::<prop::sample::Index>()) {
        let mut bytes = sample();
        bytes.truncate(cut.index(bytes.len()));
        let _ = use_all(bytes);
        let mut page = b"SQLite format 3\0\x02\0".to_vec();
        page.extend(noise);
        let _ = use_all(page);
    }
}

//! Driver libraries that an rpm package lists and that are gone, or not as it brought them: of another size, or, if they
//! were written later, of another digest.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::doubt::Doubt;
use super::missing::{MOST, is_lasting};
use super::owners::spellings;
use super::rpm::header;
use crate::facts::{AlteredFile, Change, LibraryFile, MissingFile, Origin};
use crate::host::{Host, HostError, RandomRead};
use crate::parse::digest::Algorithm;
use crate::parse::rpm_header::RpmHeader;
use crate::parse::sqlite::{self, SqliteError, Value};

/// What is not as packages say.
#[derive(Default)]
pub(super) struct Verified {
    pub(super) missing: Vec<MissingFile>,
    pub(super) altered: Vec<AlteredFile>,
}

/// Compares the libraries of these packages with the disk; `here`: those that were looked at already.
pub(super) fn verify(
    host: &dyn Host,
    file: &dyn RandomRead,
    database: &str,
    packages: &HashSet<&str>,
    here: &[LibraryFile],
) -> Result<Verified, SqliteError> {
    let sqlite = sqlite::Database::open(file)?;
    let sizes: HashMap<&Path, u64> =
        here.iter().map(|file| (file.path.as_path(), file.size)).collect();
    let size = |path: &Path| -> Result<u64, HostError> {
        let known = spellings(path).iter().find_map(|path| sizes.get(Path::new(path)).copied());
        known.map_or_else(|| Ok(host.metadata(path)?.size), Ok)
    };
    let mut verified = Verified::default();
    let mut doubt = Doubt::default();
    for package in packages {
        for header in installed_once(&sqlite, package)? {
            let Ok(header) = RpmHeader::parse(&header) else { continue };
            let installed = header.installed_at().unwrap_or(0);
            let mut named = 0;
            for file in header.files() {
                let Some(path) = path_of(file.directory, file.name).filter(|_| named < MOST) else {
                    continue;
                };
                let (package, list) = ((*package).to_owned(), Origin::from(database));
                match size(&path) {
                    Ok(found) if found != file.size => {
                        let change = Change::Size { listed: file.size, found };
                        verified.altered.push(AlteredFile { path, package, list, change });
                    }
                    Ok(_)
                        if doubt.is_altered(host, &path, installed, Algorithm::Sha256, || {
                            file.sha256.map(|digest| String::from_utf8_lossy(digest).into_owned())
                        }) =>
                    {
                        let change = Change::Content;
                        verified.altered.push(AlteredFile { path, package, list, change });
                    }
                    Err(error) if error.is_absent() => {
                        verified.missing.push(MissingFile { path, package, list });
                    }
                    _ => continue,
                }
                named += 1;
            }
        }
    }
    verified.altered.sort();
    Ok(verified)
}

/// The headers of a package, one for each architecture. One that is there twice was upgraded by a transaction that did
/// not end: of which of them the files are, nobody knows.
fn installed_once(
    sqlite: &sqlite::Database<'_>,
    package: &str,
) -> Result<Vec<Vec<u8>>, SqliteError> {
    let mut by_arch: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
    for row in sqlite.find("Name_key_idx", package.as_bytes())? {
        let number = sqlite.row("Name", row, 4096, |row| match row {
            [_, Value::Integer(number), ..] => Some(*number),
            _ => None,
        })?;
        let Some(number) = number.flatten() else { continue };
        let bytes = header(sqlite, number)?;
        let arch = RpmHeader::parse(&bytes).and_then(|header| header.package());
        if let Ok(known) = arch {
            by_arch.entry(known.arch).or_default().push(bytes);
        }
    }
    let single = by_arch.into_values().filter(|headers| headers.len() == 1);
    Ok(single.flatten().collect())
}

/// The path of a file that is to be there.
fn path_of(directory: &[u8], name: &[u8]) -> Option<PathBuf> {
    let name = std::str::from_utf8(name).ok().filter(|name| is_lasting(name))?;
    let directory = std::str::from_utf8(directory).ok()?;
    Some(Path::new(directory).join(name))
}

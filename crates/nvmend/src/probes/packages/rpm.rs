//! Fedora's, Red Hat's and SUSE's packages, from the SQLite database that rpm keeps since 4.16; from the older ones by
//! the rpm program.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::Database;
use super::owners::spellings;
use super::rpm_files::{self, Verified};
use super::rpm_program::RpmProgram;
use crate::facts::{Datum, Gap, LibraryFile, Origin, Package, PackageManager};
use crate::host::{Host, RandomRead};
use crate::knowledge::packages::{classify, may_concern};
use crate::parse::rpm_header::{RpmHeader, RpmPackage};
use crate::parse::sqlite::{self, SqliteError, Value};

/// Where the database may lie: Fedora since 36 and SUSE, the older place, and image-based Fedora.
const DIRECTORIES: [&str; 3] = ["/usr/lib/sysimage/rpm", "/var/lib/rpm", "/usr/share/rpm"];
/// Enough of a header for everything but its list of files: the tags stand in order, and those come last.
const HEADER_START: usize = 64 << 10;
/// rpm itself accepts no larger header (`HEADER_DATA_MAX`); the kernel's own has a few MB.
const HEADER_WHOLE: usize = 32 << 20;
/// A machine has a few dozen packages of interest.
const MAX_PACKAGES: usize = 2000;

/// A database that is there and cannot be read.
pub(super) struct Unreadable {
    pub(super) path: String,
    pub(super) why: String,
}

/// An open database.
pub(super) struct RpmDatabase {
    path: String,
    access: Access,
}

/// How a database is read.
enum Access {
    Sqlite(Box<dyn RandomRead>),
    /// One in an older format, and that format's name.
    Program(RpmProgram, &'static str),
}

/// Finds the database; `None` when there is none.
pub(super) fn open(host: &dyn Host) -> Option<Result<RpmDatabase, Unreadable>> {
    DIRECTORIES.iter().find_map(|directory| open_in(host, directory))
}

fn open_in(host: &dyn Host, directory: &str) -> Option<Result<RpmDatabase, Unreadable>> {
    let path = format!("{directory}/rpmdb.sqlite");
    match host.open(Path::new(&path)) {
        Ok(file) => {
            let log = format!("{path}-wal");
            let pending = host.metadata(Path::new(&log)).map_or(0, |metadata| metadata.size);
            if pending > 0 {
                let why = format!(
                    "the database is in use: {pending} bytes of changes stand in {log} and are not read; try again when no package manager runs"
                );
                return Some(Err(Unreadable { path, why }));
            }
            return Some(Ok(RpmDatabase { path, access: Access::Sqlite(file) }));
        }
        Err(error) if error.is_absent() => {}
        Err(error) => return Some(Err(Unreadable { path, why: error.why.to_string() })),
    }
    for (name, format) in [("Packages", "Berkeley DB"), ("Packages.db", "rpm's own ndb")] {
        let path = format!("{directory}/{name}");
        match host.metadata(Path::new(&path)) {
            Ok(_) => {}
            Err(error) if error.is_absent() => continue,
            Err(error) => return Some(Err(Unreadable { path, why: error.why.to_string() })),
        }
        return Some(match RpmProgram::find(host, directory) {
            Some(program) => Ok(RpmDatabase { path, access: Access::Program(program, format) }),
            None => Err(Unreadable { path, why: needs_program(format) }),
        });
    }
    None
}

fn needs_program(format: &str) -> String {
    format!("a database in an older format ({format}) that only the rpm program reads")
}

impl RpmDatabase {
    /// Counts the packages, and reads those that concern the driver.
    pub(super) fn read(&self, host: &dyn Host) -> Database {
        let read = match &self.access {
            Access::Sqlite(file) => self.read_all(file.as_ref()).map_err(|error| error.to_string()),
            Access::Program(program, format) => program
                .packages(host)
                .map(|packages| self.read_answer(packages))
                .map_err(|error| format!("{}; {error}", needs_program(format))),
        };
        read.unwrap_or_else(|why| Database::unreadable(PackageManager::Rpm, &self.path, why))
    }

    fn read_answer(&self, packages: Vec<RpmPackage>) -> Database {
        let count = Datum::known(packages.len(), self.path.as_str());
        let mut database = Database::new(PackageManager::Rpm, count);
        let concerned = packages.into_iter().filter_map(|package| self.classified(package));
        database.packages = concerned.take(MAX_PACKAGES).collect();
        database
    }

    fn read_all(&self, file: &dyn RandomRead) -> Result<Database, SqliteError> {
        let sqlite = sqlite::Database::open(file)?;
        let mut count = 0;
        let mut numbers = Vec::new();
        sqlite.scan("Name", |_, row| {
            // Columns: key, hnum, idx. rpm keeps imported keys as packages of this name.
            if let [Value::Text(name), Value::Integer(number), ..] = row
                && *name != b"gpg-pubkey"
            {
                count += 1;
                if numbers.len() < MAX_PACKAGES && may_concern(&String::from_utf8_lossy(name)) {
                    numbers.push(*number);
                }
            }
        })?;
        let mut database =
            Database::new(PackageManager::Rpm, Datum::known(count, self.path.as_str()));
        for number in numbers {
            let package = sqlite.row("Packages", number, HEADER_START, |row| match row {
                [_, Value::Blob(header), ..] => self.package(header),
                _ => Err(Gap::new(
                    self.path.as_str(),
                    format!("package number {number} has no header"),
                )),
            })?;
            match package {
                Some(Ok(package)) => database.packages.extend(package),
                Some(Err(gap)) => database.gaps.push(gap),
                None => {
                    let why = format!("package number {number} is named, and is not there");
                    database.gaps.push(Gap::new(self.path.as_str(), why));
                }
            }
        }
        Ok(database)
    }

    fn package(&self, header: &[u8]) -> Result<Option<Package>, Gap> {
        let header = RpmHeader::parse(header).and_then(|header| header.package());
        let package = header.map_err(|error| Gap::new(self.path.as_str(), error))?;
        Ok(self.classified(package))
    }

    /// The package, if it concerns the driver.
    fn classified(&self, it: RpmPackage) -> Option<Package> {
        let what = classify(PackageManager::Rpm, &it.name, &it.version)?;
        Some(Package {
            manager: PackageManager::Rpm,
            name: it.name,
            version: it.version,
            driver_version: what.driver_version,
            arch: it.arch,
            state: "installed".to_owned(),
            held: false,
            origin: it.origin,
            origin_from: None,
            role: what.role,
            series: what.series,
            from: Origin::from(self.path.as_str()),
        })
    }

    /// The owners of these files, where a package owns them.
    pub(super) fn owners(
        &self,
        host: &dyn Host,
        paths: &[PathBuf],
    ) -> Result<Vec<(PathBuf, String)>, String> {
        match &self.access {
            Access::Sqlite(file) => {
                find_owners(file.as_ref(), paths).map_err(|error| error.to_string())
            }
            Access::Program(program, _) => program.owners(host, paths),
        }
    }
}

impl RpmDatabase {
    /// What is gone or altered of these packages' libraries. Asked of the SQLite database only: the program would have
    /// to be started once more.
    pub(super) fn verify(
        &self,
        host: &dyn Host,
        packages: &HashSet<&str>,
        here: &[LibraryFile],
    ) -> Result<Verified, Gap> {
        match &self.access {
            Access::Sqlite(file) => {
                rpm_files::verify(host, file.as_ref(), &self.path, packages, here)
                    .map_err(|error| Gap::new(self.path.as_str(), error))
            }
            Access::Program(..) => Ok(Verified::default()),
        }
    }
}

fn find_owners(
    file: &dyn RandomRead,
    paths: &[PathBuf],
) -> Result<Vec<(PathBuf, String)>, SqliteError> {
    let sqlite = sqlite::Database::open(file)?;
    let mut headers = HashMap::new();
    let mut owners = Vec::new();
    for path in paths {
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        for row in sqlite.find("Basenames_key_idx", name.as_bytes())? {
            let place = sqlite.row("Basenames", row, 4096, |row| match row {
                [_, Value::Integer(number), Value::Integer(position), ..] => {
                    Some((*number, u32::try_from(*position).ok()?))
                }
                _ => None,
            })?;
            let Some((number, position)) = place.flatten() else { continue };
            let header = match headers.entry(number) {
                std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
                std::collections::hash_map::Entry::Vacant(new) => {
                    new.insert(header(&sqlite, number)?)
                }
            };
            if let Some(owner) = owner(header, position, path) {
                owners.push((path.clone(), owner));
                break;
            }
        }
    }
    Ok(owners)
}

/// The whole header of a package.
pub(super) fn header(sqlite: &sqlite::Database<'_>, number: i64) -> Result<Vec<u8>, SqliteError> {
    let header = sqlite.row("Packages", number, HEADER_WHOLE, |row| match row {
        [_, Value::Blob(header), ..] => header.to_vec(),
        _ => Vec::new(),
    })?;
    Ok(header.unwrap_or_default())
}

/// The package's name, if its file of that number is this one.
fn owner(header: &[u8], position: u32, path: &Path) -> Option<String> {
    let header = RpmHeader::parse(header).ok()?;
    let (directory, name) = header.file(position)?;
    let listed = [directory, name].concat();
    let is_it = spellings(path).iter().any(|spelling| spelling.as_bytes() == listed);
    if is_it { header.package().ok().map(|package| package.name) } else { None }
}

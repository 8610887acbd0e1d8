//! Arch's packages.

use std::path::{Path, PathBuf};

use super::Database;
use super::owners::FileList;
use crate::facts::{Datum, Gap, Origin, Package, PackageManager};
use crate::host::{Host, HostError};
use crate::knowledge::packages::{classify, may_concern};
use crate::parse::pacman::{name_of_directory, parse_desc};

const LOCAL: &str = "/var/lib/pacman/local";

/// Reads the database; `None` when there is none.
pub(super) fn read(host: &dyn Host) -> Option<Database> {
    let entries = match host.list(Path::new(LOCAL)) {
        Ok(entries) => entries,
        Err(error) if error.is_absent() => return None,
        Err(error) => return Some(Database::unreadable(PackageManager::Pacman, LOCAL, error.why)),
    };
    let mut database = Database::new(PackageManager::Pacman, Datum::default());
    let mut count = 0;
    for entry in &entries {
        let Some(name) = name_of_directory(&entry.name) else { continue };
        count += 1;
        if !may_concern(name) {
            continue;
        }
        let path = PathBuf::from(format!("{LOCAL}/{}/desc", entry.name));
        match package(host, &path) {
            Ok(package) => database.packages.extend(package),
            Err(gap) => database.gaps.push(gap),
        }
    }
    database.count = Datum::known(count, LOCAL);
    Some(database)
}

fn package(host: &dyn Host, path: &Path) -> Result<Option<Package>, Gap> {
    let text = host.read(path, 1 << 20).map_err(|error| Gap::from(&error))?;
    let desc = parse_desc(&text).map_err(|error| Gap::new(path, error))?;
    let Some(what) = classify(PackageManager::Pacman, &desc.name, &desc.version) else {
        return Ok(None);
    };
    Ok(Some(Package {
        manager: PackageManager::Pacman,
        name: desc.name,
        version: desc.version,
        driver_version: what.driver_version,
        arch: desc.arch,
        state: "installed".to_owned(),
        held: false,
        origin: desc.packager,
        origin_from: None,
        role: what.role,
        series: what.series,
        from: Origin::from(path),
    }))
}

/// The packages' lists of files.
pub(super) fn file_lists(host: &dyn Host) -> Result<Vec<FileList>, HostError> {
    let entries = host.list(Path::new(LOCAL))?;
    let lists = entries.iter().filter_map(|entry| {
        let package = name_of_directory(&entry.name)?.to_owned();
        Some(FileList { package, path: PathBuf::from(format!("{LOCAL}/{}/files", entry.name)) })
    });
    Ok(lists.collect())
}

//! Debian's and Ubuntu's packages.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::Database;
use super::owners::FileList;
use crate::facts::{Datum, Origin, Package, PackageManager};
use crate::host::{Host, HostError};
use crate::knowledge::archives::origin_of_version;
use crate::knowledge::packages::{classify, may_concern, may_own_driver_files};
use crate::parse::dpkg::{Paragraph, check, paragraphs};

const STATUS: &str = "/var/lib/dpkg/status";
const INFO: &str = "/var/lib/dpkg/info";
/// A status file of 10,000 packages has about 20 MB.
const MAX_STATUS: u64 = 128 << 20;

/// Reads the database; `None` when there is none.
pub(super) fn read(host: &dyn Host) -> Option<Database> {
    let status = match host.read(Path::new(STATUS), MAX_STATUS) {
        Ok(status) => status,
        Err(error) if error.is_absent() => return None,
        Err(error) => return Some(Database::unreadable(PackageManager::Dpkg, STATUS, error.why)),
    };
    if let Err(error) = check(&status) {
        return Some(Database::unreadable(PackageManager::Dpkg, STATUS, error));
    }
    if status.trim_ascii().is_empty() && file_lists(host).is_ok_and(|lists| !lists.is_empty()) {
        let why = "damaged: empty, although packages are installed";
        return Some(Database::unreadable(PackageManager::Dpkg, STATUS, why));
    }
    let mut count = 0;
    let mut packages = Vec::new();
    let mut lines = Lines { text: &status, offset: 0, line: 1 };
    for paragraph in paragraphs(&status) {
        let Some(words) = paragraph.status() else { continue };
        count += usize::from(words.state == b"installed");
        if !words.has_files() {
            continue;
        }
        let name = text(&paragraph, "Package");
        if may_concern(&name) {
            packages.extend(package(&paragraph, name, &mut lines));
        }
    }
    Some(Database { packages, ..Database::new(PackageManager::Dpkg, Datum::known(count, STATUS)) })
}

fn package(paragraph: &Paragraph<'_>, name: String, lines: &mut Lines<'_>) -> Option<Package> {
    let words = paragraph.status()?;
    let version = text(paragraph, "Version");
    let what = classify(PackageManager::Dpkg, &name, &version)?;
    // "reinstreq" marks a package so broken that even removing it takes force; its state may still say "installed".
    let state =
        if words.state == b"installed" && words.error != b"ok" { words.error } else { words.state };
    Some(Package {
        manager: PackageManager::Dpkg,
        driver_version: what.driver_version,
        arch: text(paragraph, "Architecture"),
        state: String::from_utf8_lossy(state).into_owned(),
        held: words.want == b"hold",
        origin: origin_of_version(&version).map(str::to_owned),
        origin_from: None,
        role: what.role,
        series: what.series,
        from: Origin::line(Path::new(STATUS), lines.at(paragraph.offset())),
        name,
        version,
    })
}

fn text(paragraph: &Paragraph<'_>, field: &str) -> String {
    String::from_utf8_lossy(paragraph.field(field).unwrap_or_default()).into_owned()
}

/// Counts lines, forwards only.
struct Lines<'t> {
    text: &'t [u8],
    offset: usize,
    line: usize,
}

impl Lines<'_> {
    fn at(&mut self, offset: usize) -> usize {
        let passed = self.text.get(self.offset..offset).unwrap_or_default();
        self.line += memchr::memchr_iter(b'\n', passed).count();
        self.offset = offset;
        self.line
    }
}

/// Where the lists of packages that likely own driver files are, and those of `drivers`, by their names: the directory
/// of all lists need not be read for them. Of the two names that a list may have, one is there.
pub(super) fn likely_lists(installed: &[Package], drivers: &HashSet<&str>) -> Vec<FileList> {
    let is_wanted = |name: &str| may_own_driver_files(name) || drivers.contains(name);
    let packages = installed
        .iter()
        .filter(|package| package.manager == PackageManager::Dpkg && is_wanted(&package.name));
    let lists = packages.flat_map(|package| {
        let Package { name, arch, .. } = package;
        [format!("{INFO}/{name}:{arch}.list"), format!("{INFO}/{name}.list")]
            .map(|path| FileList { package: name.clone(), path: path.into() })
    });
    lists.collect()
}

/// The packages' lists of files.
pub(super) fn file_lists(host: &dyn Host) -> Result<Vec<FileList>, HostError> {
    let entries = host.list(Path::new(INFO))?;
    let lists = entries.into_iter().filter_map(|entry| {
        let package = entry.name.strip_suffix(".list")?;
        // NAME.list, or NAME:ARCH.list for packages of which several architectures may be installed.
        let name = package.split_once(':').map_or(package, |(name, _)| name).to_owned();
        Some(FileList { package: name, path: PathBuf::from(format!("{INFO}/{}", entry.name)) })
    });
    Ok(lists.collect())
}

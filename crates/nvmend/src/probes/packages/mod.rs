//! Packages that concern the driver, and who owns each driver file.

mod doubt;
mod dpkg;
mod missing;
mod owners;
mod pacman;
mod rpm;
mod rpm_files;
mod rpm_program;

use crate::facts::{
    Datum, Facts, Gap, LibraryPlace, Package, PackageDatabase, PackageManager, PackageRole,
    Packages,
};
use crate::host::Host;
use crate::knowledge::packages::{DUPLICATE, is_kept_once};
use crate::managers::locks;
use crate::parse::evr;
use crate::probe::{Found, Probe};

/// The package managers' databases. Sees all other facts: the files whose owner is asked for are there.
pub const PROBE: Probe = Probe { name: "packages", run };

/// What one manager's database gave.
struct Database {
    manager: PackageManager,
    /// Where it lies, and how many packages are installed in all.
    count: Datum<usize>,
    packages: Vec<Package>,
    gaps: Vec<Gap>,
}

impl Database {
    fn new(manager: PackageManager, count: Datum<usize>) -> Self {
        Self { manager, count, packages: Vec::new(), gaps: Vec::new() }
    }

    /// One that is there and cannot be read.
    fn unreadable(manager: PackageManager, path: &str, why: impl ToString) -> Self {
        let why = why.to_string();
        let gaps = vec![Gap::new(path, &why)];
        Self { gaps, ..Self::new(manager, Datum::unreadable(path, why)) }
    }
}

/// dpkg keeps with each package whether it is held; the other managers have files of their own for that.
fn mark_held(host: &dyn Host, database: &mut Database) {
    if database.manager == PackageManager::Dpkg || database.packages.is_empty() {
        return;
    }
    let locks = locks::read(host, database.manager);
    for package in &mut database.packages {
        package.held = locks.hold(&package.name, &package.version, &package.arch);
    }
}

/// rpm has no half-done packages: what an interrupted upgrade did not come to take away is there twice.
fn mark_duplicates(database: &mut Database) {
    if database.manager != PackageManager::Rpm {
        return;
    }
    let all: Vec<(String, String, String)> = database
        .packages
        .iter()
        .map(|it| (it.name.clone(), it.arch.clone(), it.version.clone()))
        .collect();
    for package in &mut database.packages {
        let is_newer = |(name, arch, version): &(String, String, String)| {
            *name == package.name
                && *arch == package.arch
                && evr::compare(version, &package.version).is_gt()
        };
        if is_kept_once(package.role, &package.name) && all.iter().any(is_newer) {
            DUPLICATE.clone_into(&mut package.state);
        }
    }
}

fn run(host: &dyn Host, known: &Facts) -> Found {
    let mut found: Vec<Database> = Vec::new();
    found.extend(dpkg::read(host));
    let rpm = rpm::open(host);
    match &rpm {
        Some(Ok(database)) => found.push(database.read(host)),
        Some(Err(unreadable)) => {
            found.push(Database::unreadable(PackageManager::Rpm, &unreadable.path, &unreadable.why))
        }
        None => {}
    }
    found.extend(pacman::read(host));
    for database in &mut found {
        mark_held(host, database);
        mark_duplicates(database);
    }

    let mut packages = Packages::default();
    let mut gaps = Vec::new();
    for database in found {
        packages
            .databases
            .push(PackageDatabase { manager: database.manager, count: database.count });
        packages.installed.extend(database.packages);
        gaps.extend(database.gaps);
    }
    packages.installed.sort_by(|a, b| {
        (&a.name, &a.arch, &a.version, a.manager).cmp(&(&b.name, &b.arch, &b.version, b.manager))
    });
    let rpm = rpm.as_ref().and_then(|database| database.as_ref().ok());
    // A package that is not installed whole has not laid out its files yet, or no more.
    let draws = known.libraries.files.iter().any(|file| {
        file.place == LibraryPlace::System
            && ["libGLX_nvidia", "libEGL_nvidia"].contains(&file.stem.as_str())
    });
    let drivers = packages
        .of_role(PackageRole::User)
        // What leads to the driver's graphics is of no concern where there are none.
        .chain(packages.of_role(PackageRole::Dispatch).filter(|_| draws))
        // Where no library was found, what hides them hides what is gone too.
        .filter(|package| package.is_installed() && !known.libraries.files.is_empty())
        .map(|package| package.name.as_str())
        .collect();
    let owners::Files { owners, verified } =
        owners::find(host, known, &packages, drivers, rpm, &mut gaps);
    (packages.owners, packages.missing, packages.altered) =
        (owners, verified.missing, verified.altered);
    Box::new(move |facts| {
        facts.packages = packages;
        facts.gaps.extend(gaps);
    })
}

#[cfg(test)]
mod tests;

//! A package of the driver is installed by its database, and files of it are gone or damaged.

use super::common::{libraries, loaded, with_all};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{Environment, Facts, LibraryFile, LibraryPlace, MissingFile, Ownership};

/// `missing-driver-files`.
pub const CAUSE: Cause = Cause {
    id: "missing-driver-files",
    severity: Severity::Error,
    find,
    remedies: &["reinstall-package"],
    explains: &["driver-library-missing", "broken-library-link", "display-stack-skew"],
};

fn find(facts: &Facts) -> Option<Finding> {
    // A container's files are the image's and the runtime's affair.
    if !matches!(facts.system.environment, Environment::Host | Environment::Chroot) {
        return None;
    }
    let gone = &facts.packages.missing;
    let damaged: Vec<(&LibraryFile, &str)> = damaged(facts).collect();
    let (path, package, state) = match (gone.first(), damaged.first()) {
        (Some(file), _) => (&file.path, file.package.as_str(), "gone"),
        (None, Some((file, package))) => (&file.path, *package, "damaged"),
        (None, None) => return None,
    };
    let severity = if facts.has_nothing_to_run() { Severity::Note } else { Severity::Error };
    let finding = Finding::certain()
        .severity(severity)
        .arg("package", package)
        .arg("path", path.display())
        .arg("state", state)
        .arg("count", gone.len() + damaged.len());
    let missing = gone.iter().take(5).flat_map(|MissingFile { path, package, list }| {
        [
            Evidence::new("claim-file-missing", path, path.display()),
            Evidence::new("claim-file-owner", list.clone(), path.display())
                .with("package", package),
        ]
    });
    let damaged = damaged.iter().take(5).flat_map(|(file, package)| {
        let claim = if file.size == 0 { "claim-file-empty" } else { "claim-file-damaged" };
        [
            Evidence::new(claim, &file.path, file.path.display()),
            Evidence::new("claim-file-owner", &file.path, file.path.display())
                .with("package", package),
        ]
    });
    Some(with_all(finding, missing.chain(damaged).chain(libraries(facts)).chain(loaded(facts))))
}

/// Packaged libraries that are empty, or no ELF files.
fn damaged(facts: &Facts) -> impl Iterator<Item = (&LibraryFile, &str)> {
    facts.libraries.files.iter().filter_map(|file| match facts.owner(&file.path) {
        // A file that may not be read has no known architecture either.
        Ownership::Package(package)
            if file.place == LibraryPlace::System
                && file.arch.is_none()
                && (file.size == 0 || is_known_damaged(facts, file)) =>
        {
            Some((file, package.as_str()))
        }
        _ => None,
    })
}

fn is_known_damaged(facts: &Facts, file: &LibraryFile) -> bool {
    let path = file.path.to_str().unwrap_or_default();
    facts.gaps.iter().any(|gap| gap.what == path && gap.why.starts_with("damaged"))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::facts::Gap;

    #[test]
    fn fires_on_a_file_that_is_gone() {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        library(&mut facts, "libcuda.so.1").exists = false;
        facts.packages.missing.push(MissingFile {
            path: "/usr/lib/libcuda.so.535.261.03".into(),
            package: "libcuda1".into(),
            list: "/var/lib/dpkg/info/libcuda1.list".into(),
        });
        assert!(find(&facts).is_some());
        assert_eq!(primary(&facts), "missing-driver-files");
    }

    #[test]
    fn fires_on_a_damaged_file_and_not_on_one_that_may_not_be_read() {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        own_library(&mut facts, "535.261.03", Ownership::Package("libcuda1".into()));
        facts.libraries.files[0].arch = None;
        assert!(find(&facts).is_none());
        let path = facts.libraries.files[0].path.clone();
        facts.gaps.push(Gap::new(&path, "damaged: not an ELF file"));
        assert!(find(&facts).is_some());
    }
}

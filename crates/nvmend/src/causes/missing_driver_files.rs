//! A package of the driver, or of libglvnd before it, is installed by its database, and files of it are gone, damaged
//! or altered.

use super::common::{libraries, loaded, with_all};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{
    AlteredFile, Change, Environment, Facts, LibraryFile, LibraryPlace, MissingFile, Ownership,
};

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
    let altered: Vec<&AlteredFile> = altered(facts).collect();
    let (path, package, state) = match (gone.first(), damaged.first(), altered.first()) {
        (Some(file), ..) => (&file.path, file.package.as_str(), "gone"),
        (None, Some((file, package)), _) => (&file.path, *package, "damaged"),
        (None, None, Some(file)) => (&file.path, file.package.as_str(), "altered"),
        (None, None, None) => return None,
    };
    let severity = match state {
        _ if facts.has_nothing_to_run() => Severity::Note,
        // Whole, though another: it may serve all the same. A change in place is often on purpose (patches of the
        // encoder's session limit keep the size).
        "altered" if altered.iter().all(|file| file.change == Change::Content) => Severity::Note,
        "altered" => Severity::Warning,
        _ => Severity::Error,
    };
    let finding = Finding::certain()
        .severity(severity)
        .arg("package", package)
        .arg("path", path.display())
        .arg("state", state)
        .arg("count", gone.len() + damaged.len() + altered.len());
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
    let altered = altered.iter().take(5).flat_map(|file| {
        let AlteredFile { path, package, list, change } = file;
        [
            match change {
                Change::Size { listed, found } => {
                    Evidence::new("claim-file-size", path, found).with("listed", listed)
                }
                Change::Content => Evidence::new("claim-file-content", path, path.display()),
            },
            Evidence::new("claim-file-owner", list.clone(), path.display())
                .with("package", package),
        ]
    });
    let files = missing.chain(damaged).chain(altered);
    Some(with_all(finding, files.chain(libraries(facts)).chain(loaded(facts))))
}

/// Files of another size than their package brought that are not damaged as well.
fn altered(facts: &Facts) -> impl Iterator<Item = &AlteredFile> {
    facts.packages.altered.iter().filter(|altered| {
        let is_damaged = |file: &LibraryFile| file.size == 0 || is_known_damaged(facts, file);
        facts.libraries.file(&altered.path).is_none_or(|file| !is_damaged(file))
    })
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
    fn an_altered_file_is_a_warning() {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        let path = facts.libraries.files[0].path.clone();
        facts.packages.altered.push(AlteredFile {
            path: path.clone(),
            package: "nvidia-driver-cuda-libs".into(),
            list: "/usr/lib/sysimage/rpm/rpmdb.sqlite".into(),
            change: Change::Size { listed: 2, found: 1 },
        });
        assert_eq!(find(&facts).unwrap().severity, Some(Severity::Warning));
        facts.packages.altered[0].change = Change::Content;
        assert_eq!(find(&facts).unwrap().severity, Some(Severity::Note));
        // Cut short, it serves nobody.
        own_library(&mut facts, "535.261.03", Ownership::Package("nvidia-driver-cuda-libs".into()));
        facts.libraries.files[0].arch = None;
        facts.gaps.push(Gap::new(&path, "damaged: cut short"));
        let found = find(&facts).unwrap();
        assert_eq!(found.severity, Some(Severity::Error));
        assert!(found.args.contains(&("count", "1".into())), "{:?}", found.args);
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

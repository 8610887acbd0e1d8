//! Driver libraries of 0 bytes that no package owns: mount points that a container runtime left behind, or a write
//! that was cut off.

use super::common::{libraries, loaded, owner, with_all};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{Facts, LibraryFile, LibraryPlace, Ownership};

/// `empty-library-file`.
pub const CAUSE: Cause = Cause {
    id: "empty-library-file",
    severity: Severity::Error,
    find,
    remedies: &["quarantine-libraries"],
    explains: &["broken-library-link", "package-version-skew", "driver-library-missing"],
};

fn find(facts: &Facts) -> Option<Finding> {
    let empty = || facts.libraries.files.iter().filter(|file| is_empty(facts, file));
    let picked = empty().find(|file| facts.is_picked(file));
    let file = picked.or_else(|| empty().next())?;
    let severity = match picked {
        _ if facts.has_nothing_to_run() => Severity::Note,
        Some(_) => Severity::Error,
        // ldconfig passes empty files over.
        None => Severity::Note,
    };
    let finding = Finding::certain()
        .severity(severity)
        .arg("path", file.path.display())
        .arg("count", empty().count())
        .arg("found", if picked.is_some() { "first" } else { "beside" });
    let files = empty()
        .take(5)
        .map(|file| Evidence::new("claim-file-empty", &file.path, file.path.display()));
    let evidence =
        files.chain(owner(facts, &file.path)).chain(libraries(facts)).chain(loaded(facts));
    Some(with_all(finding, evidence))
}

fn is_empty(facts: &Facts, file: &LibraryFile) -> bool {
    file.size == 0
        && !file.injected
        && file.place == LibraryPlace::System
        // One that a package owns is that package's to repair (`missing-driver-files`).
        && !matches!(facts.owner(&file.path), Ownership::Package(_))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn is_an_error_where_the_loader_takes_it_and_a_note_beside() {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        add_library(&mut facts, "/usr/lib/libcuda.so.470.82.01", "470.82.01");
        facts.libraries.files.last_mut().unwrap().size = 0;
        assert_eq!(find(&facts).unwrap().severity, Some(Severity::Note));
        facts.libraries.files[0].size = 0;
        assert_eq!(find(&facts).unwrap().severity, Some(Severity::Error));
        assert_eq!(primary(&facts), "empty-library-file");
    }

    #[test]
    fn is_not_a_leftover_too() {
        let mut facts = machine("535.261.03", "535.261.03", "550.54.14");
        own_library(&mut facts, "550.54.14", Ownership::Nobody);
        facts.libraries.files.iter_mut().for_each(|file| file.size = 0);
        assert_eq!(primary(&facts), "empty-library-file");
        assert!(!crate::diagnose::diagnose(&facts).names("leftover-libraries"));
    }

    #[test]
    fn files_with_content_and_packaged_files_are_none() {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        assert!(find(&facts).is_none());
        facts.libraries.files[0].size = 0;
        own_library(&mut facts, "535.261.03", Ownership::Package("libcuda1".into()));
        assert!(find(&facts).is_none());
    }
}

//! A driver library of another version that no package owns lies where the loader looks.

use super::common::{libraries, loaded, on_disk, owner, with_all};
use crate::diagnose::{Cause, Finding, Severity};
use crate::facts::{Environment, Facts, LibraryFile, LibraryPlace, Ownership};
use crate::version::DriverVersion;

/// `leftover-libraries`.
pub const CAUSE: Cause = Cause {
    id: "leftover-libraries",
    severity: Severity::Error,
    find,
    remedies: &["quarantine-libraries"],
    explains: &["display-stack-skew"],
};

fn find(facts: &Facts) -> Option<Finding> {
    // Which version is the right one, and who made a file, was not seen.
    if facts.lacks(&["kernels", "modules", "builders"]) {
        return None;
    }
    let right = facts.module_version()?;
    let picked = first_found(facts);
    let file =
        picked.or_else(|| leftovers(facts, right).max_by_key(|file| file.version.as_ref()))?;
    let version = file.version.as_ref()?;
    let severity = match picked {
        Some(_) if facts.has_nothing_to_run() => Severity::Note,
        Some(_) => Severity::Error,
        // ldconfig lets a name lead to the highest version: its next run brings this file up.
        None if version > right => Severity::Warning,
        None => Severity::Note,
    };
    let is_unowned = *facts.owner(&file.path) == Ownership::Nobody;
    let finding = if is_unowned { Finding::certain() } else { Finding::possible() };
    let count = leftovers(facts, right).count();
    let finding = finding
        .severity(severity)
        .arg("version", version)
        .arg("expected", right)
        .arg("path", file.path.display())
        .arg("count", count)
        .arg("found", if picked.is_some() { "first" } else { "beside" });
    let others: Vec<_> = leftovers(facts, right)
        .filter(|other| other.path != file.path)
        .take(5)
        .filter_map(|other| owner(facts, &other.path))
        .collect();
    let evidence = owner(facts, &file.path)
        .into_iter()
        .chain(libraries(facts))
        .chain(on_disk(facts))
        .chain(loaded(facts))
        .chain(others);
    Some(with_all(finding, evidence))
}

/// The leftover that a plain process gets. Where nobody can tell who owns it, only if libraries of the right
/// version lie beside it. One to which only a stale cache, or a link beside the right file, leads is not to blame
/// for being found (`broken-library-link`).
pub(super) fn first_found(facts: &Facts) -> Option<&LibraryFile> {
    let right = facts.module_version()?;
    if facts.stale_cache().is_some() || facts.misled_link().is_some() {
        return None;
    }
    let has_right = || {
        facts.libraries.files.iter().any(|file| {
            file.place == LibraryPlace::System
                && facts.is_native(file)
                && file.version.as_ref() == Some(right)
        })
    };
    facts
        .libraries
        .files
        .iter()
        .filter(|file| facts.is_picked(file) && is_stray(facts, file, right))
        .find(|file| match facts.owner(&file.path) {
            Ownership::Nobody => true,
            Ownership::Unknown(_) => has_right(),
            _ => false,
        })
}

fn leftovers<'f>(
    facts: &'f Facts,
    right: &'f DriverVersion,
) -> impl Iterator<Item = &'f LibraryFile> {
    facts.libraries.files.iter().filter(move |file| {
        is_stray(facts, file, right) && *facts.owner(&file.path) == Ownership::Nobody
    })
}

/// A driver library of another version in a place of the loader, which nothing but ownership can excuse.
fn is_stray(facts: &Facts, file: &LibraryFile, right: &DriverVersion) -> bool {
    let in_reach = file.place == LibraryPlace::System
        || (file.place == LibraryPlace::Other && facts.is_picked(file));
    let is_foreign = file.version.as_ref().is_some_and(|version| version != right);
    // What the .run installer put there is its own, and it keeps no package database.
    let of_runfile = facts.builders.runfile.value().is_some_and(|runfile| {
        runfile.installed
            && runfile.version.as_ref().is_none_or(|version| file.version.as_ref() == Some(version))
    });
    matches!(facts.system.environment, Environment::Host | Environment::Chroot)
        && in_reach
        && is_foreign
        && file.size > 0
        && !file.injected
        && !of_runfile
        && facts.is_native(file)
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::diagnose::Certainty;

    #[test]
    fn fires_on_an_unowned_library_that_the_loader_finds_first() {
        let mut facts = machine("390.129", "390.129", "415.27");
        own_library(&mut facts, "415.27", Ownership::Nobody);
        let found = find(&facts).unwrap();
        assert_eq!((found.severity, found.certainty), (Some(Severity::Error), Certainty::Certain));
        assert_eq!(primary(&facts), "leftover-libraries");
    }

    #[test]
    fn a_lower_unowned_file_beside_the_right_one_is_a_note() {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        add_library(&mut facts, "/usr/lib/libcuda.so.470.82.01", "470.82.01");
        own_library(&mut facts, "470.82.01", Ownership::Nobody);
        assert_eq!(find(&facts).unwrap().severity, Some(Severity::Note));
    }

    #[test]
    fn packaged_files_and_those_of_the_runfile_are_none() {
        let mut packaged = machine("535.261.03", "535.261.03", "550.54.14");
        own_library(&mut packaged, "550.54.14", Ownership::Package("libcuda1".into()));
        assert!(find(&packaged).is_none());
        let mut run = machine("535.261.03", "535.261.03", "550.54.14");
        own_library(&mut run, "550.54.14", Ownership::Nobody);
        runfile(&mut run, "550.54.14", true);
        assert!(find(&run).is_none());
    }

    #[test]
    fn the_rest_of_an_upgrade_under_a_running_module_is_none() {
        let mut facts = machine("535.216.03", "535.261.03", "535.261.03");
        own_library(&mut facts, "535.261.03", Ownership::Nobody);
        assert!(find(&facts).is_none());
    }
}

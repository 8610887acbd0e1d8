//! A variable of the environment makes programs load a driver library of another version than the system's.

use super::common::{chain, libraries, loaded, or_none, with_all};
use super::container_without_toolkit::follows_in_container;
use super::stub_library_loaded::{variable, variable_set};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{Environment, Facts, LibraryPlace, Lookup, LookupScope, ResolvedLibrary};

/// `library-path-override`.
pub const CAUSE: Cause = Cause {
    id: "library-path-override",
    severity: Severity::Error,
    find,
    remedies: &["correct-environment"],
    explains: &[],
};

fn find(facts: &Facts) -> Option<Finding> {
    // The loaded version says nothing of the libraries there.
    if matches!(facts.system.environment, Environment::Wsl | Environment::Jetson)
        || facts.has_nothing_to_run()
    {
        return None;
    }
    if super::conda_library_conflict::has_conflicting_library(facts) {
        return None;
    }
    let (lookup, library) = overriding_library(facts)?;
    let name = variable(&library.via)?;
    let wanted = wanted_version(facts, lookup);
    let finding = match library.version {
        Some(_) => Finding::certain(),
        // Elsewhere than the system's, and its version is not told: it may fit.
        None => Finding::possible().severity(Severity::Warning),
    };
    let finding = finding
        .arg("variable", name)
        .arg("library", &lookup.name)
        .arg("version", or_none(library.version.as_ref()))
        .arg("path", library.chain.end.display())
        .arg("expected", or_none(wanted))
        .evidence(
            Evidence::new(
                "claim-environment-library-version",
                chain(library),
                or_none(library.version.as_ref()),
            )
            .with("library", &lookup.name),
        );
    let evidence =
        variable_set(facts, &library.via).into_iter().chain(libraries(facts)).chain(loaded(facts));
    Some(follows_in_container(facts, with_all(finding, evidence)))
}

/// The version that would be right: L, else what a plain process gets.
fn wanted_version<'f>(
    facts: &'f Facts,
    lookup: &Lookup,
) -> Option<&'f crate::version::DriverVersion> {
    facts.loaded_version().map(|(version, _)| version).or_else(|| {
        facts
            .libraries
            .lookup(&lookup.name, &lookup.arch, LookupScope::Plain)
            .and_then(|plain| plain.found.value()?.version.as_ref())
    })
}

fn overriding_library(facts: &Facts) -> Option<(&Lookup, &ResolvedLibrary)> {
    facts.driver_libraries(LookupScope::Environment).find(|(lookup, library)| {
        let plain = facts
            .libraries
            .lookup(&lookup.name, &lookup.arch, LookupScope::Plain)
            .and_then(|plain| plain.found.value());
        // The same file as without the variable: whatever is wrong with it is not the variable's doing.
        let overrides = variable(&library.via).is_some()
            && plain.is_none_or(|plain| plain.chain.end != library.chain.end);
        let misfits = match (&library.version, wanted_version(facts, lookup)) {
            (Some(version), Some(wanted)) => version != wanted,
            // Nothing to compare it with, or it does not tell.
            (Some(_), None) => false,
            (None, _) => library.exists && library.place == LibraryPlace::Other,
        };
        overrides && misfits
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn fires_when_the_variable_leads_to_another_version() {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        environment(&mut facts, "/opt/old/lib", Some("470.82.01"), LibraryPlace::Other);
        assert!(find(&facts).is_some());
        assert_eq!(primary(&facts), "library-path-override");
    }

    #[test]
    fn the_loaded_version_from_elsewhere_is_right() {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        environment(&mut facts, "/opt/same/lib", Some("535.261.03"), LibraryPlace::Other);
        assert!(find(&facts).is_none());
        // It even mends a stale module.
        let mut stale = machine("535.216.03", "535.261.03", "535.261.03");
        environment(&mut stale, "/opt/old/lib", Some("535.216.03"), LibraryPlace::Other);
        assert!(find(&stale).is_none());
    }

    #[test]
    fn a_variable_that_changes_nothing_is_not_blamed() {
        let mut facts = machine("535.216.03", "535.261.03", "535.261.03");
        environment(&mut facts, "/usr/lib", Some("535.261.03"), LibraryPlace::System);
        assert!(find(&facts).is_none());
    }
}

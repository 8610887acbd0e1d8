//! Driver libraries for another architecture (32-bit programs) are of another version than the native ones.

use super::common::{chain, libraries, loaded, on_disk, owner, with_all};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{DECIDING_LIBRARIES, Facts, LibraryPlace, Lookup, LookupScope, ResolvedLibrary};
use crate::version::DriverVersion;

/// `foreign-arch-library-skew`.
pub const CAUSE: Cause = Cause {
    id: "foreign-arch-library-skew",
    severity: Severity::Error,
    find,
    remedies: &["align-packages"],
    explains: &[],
};

fn find(facts: &Facts) -> Option<Finding> {
    if !facts.judges_module() {
        return None;
    }
    let right = facts.module_version()?;
    let native = facts.library_version().map(|(version, _)| version);
    let (lookup, library, version) =
        foreign(facts).find(|(_, _, version)| *version != right && Some(*version) != native)?;
    let loaded_version = facts.loaded_version().map(|(version, _)| version);
    let severity = if facts.has_nothing_to_run() {
        Severity::Note
    } else if loaded_version == Some(version) {
        // Of the module that still runs: they work until it is replaced.
        Severity::Warning
    } else {
        Severity::Error
    };
    let finding = Finding::certain()
        .severity(severity)
        .arg("arch", &lookup.arch)
        .arg("version", version)
        .arg("expected", right)
        .arg("library", &lookup.name)
        .follows_from("half-installed-packages")
        .follows_from("mixed-driver-series")
        .follows_from("package-version-skew")
        .evidence(
            Evidence::new("claim-foreign-library-version", chain(library), version)
                .with("library", &lookup.name)
                .with("arch", &lookup.arch),
        );
    let evidence = owner(facts, &library.chain.end)
        .into_iter()
        .chain(libraries(facts))
        .chain(on_disk(facts))
        .chain(loaded(facts));
    Some(with_all(finding, evidence))
}

/// The deciding libraries of other architectures.
fn foreign(facts: &Facts) -> impl Iterator<Item = (&Lookup, &ResolvedLibrary, &DriverVersion)> {
    let native = facts.native_arch();
    facts.libraries.lookups.iter().filter_map(move |lookup| {
        let library = lookup.found.value()?;
        let is_wanted = lookup.scope == LookupScope::Plain
            && lookup.arch != native
            && DECIDING_LIBRARIES.contains(&lookup.name.as_str())
            && library.place == LibraryPlace::System;
        Some((lookup, library, library.version.as_ref()?)).filter(|_| is_wanted)
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    fn with_i386(loaded: &str, native: &str, version: &str) -> Facts {
        let mut facts = machine(loaded, native, native);
        let mut lookup = facts.libraries.lookups[0].clone();
        lookup.arch = "i386".into();
        facts.libraries.lookups.push(lookup);
        let last = facts.libraries.lookups.last_mut().unwrap();
        if let crate::facts::Datum::Known { value, .. } = &mut last.found {
            value.version = Some(version.parse().unwrap());
        }
        facts
    }

    #[test]
    fn fires_when_the_32_bit_libraries_stayed_behind() {
        let facts = with_i386("535.261.03", "535.261.03", "535.216.03");
        assert_eq!(find(&facts).unwrap().severity, Some(Severity::Error));
        assert_eq!(primary(&facts), "foreign-arch-library-skew");
    }

    #[test]
    fn warns_while_the_old_module_still_serves_them() {
        let facts = with_i386("535.216.03", "535.261.03", "535.216.03");
        assert_eq!(find(&facts).unwrap().severity, Some(Severity::Warning));
        assert_eq!(primary(&facts), "stale-module-loaded");
    }

    #[test]
    fn the_same_version_is_no_fault() {
        assert!(find(&with_i386("535.261.03", "535.261.03", "535.261.03")).is_none());
        assert!(find(&with_i386("535.216.03", "535.261.03", "535.261.03")).is_none());
    }
}

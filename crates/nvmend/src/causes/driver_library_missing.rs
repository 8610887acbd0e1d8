//! The module is there, and the libraries that programs ask for are not.

use super::common::{loaded, on_disk, with_all};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{Environment, Facts, LibraryPlace, LookupScope};

/// `driver-library-missing`.
pub const CAUSE: Cause = Cause {
    id: "driver-library-missing",
    severity: Severity::Error,
    find,
    remedies: &["install-driver-libraries"],
    explains: &[],
};

fn find(facts: &Facts) -> Option<Finding> {
    let module = facts.module_version()?;
    let is_hosts = facts.system.environment == Environment::Host && !facts.is_managed_elsewhere();
    // A system container that was given the device is to have the libraries as well.
    let is_hosts =
        is_hosts || (facts.system_container().is_some() && !facts.loaded.devices.is_empty());
    if !is_hosts
        || facts.has_nothing_to_run()
        || facts.is_passed_through()
        || facts.deciding_libraries(LookupScope::Plain).next().is_some()
        // They are there; the loader does not know of them (`broken-library-link`).
        || facts.stale_cache().is_some()
    {
        return None;
    }
    // Without any lookup nobody looked: no loader, or no directory that could be listed.
    let lookups = &facts.libraries.lookups;
    if lookups.is_empty() || lookups.iter().any(|lookup| lookup.found.is_unreadable()) {
        return None;
    }
    // A desktop that only draws may do without them (RPM Fusion packs libcuda and libnvidia-ml apart).
    let draws = facts
        .libraries
        .files
        .iter()
        .any(|file| file.place == LibraryPlace::System && file.size > 0);
    let severity = if draws { Severity::Note } else { Severity::Error };
    let finding = Finding::certain()
        .severity(severity)
        .arg("version", module)
        .arg("draws", if draws { "yes" } else { "no" })
        .evidence(Evidence::new(
            "claim-no-libraries",
            facts.libraries.cache.origin().cloned().unwrap_or("/etc/ld.so.cache".into()),
            crate::facts::DECIDING_LIBRARIES.join(", "),
        ));
    Some(with_all(finding, loaded(facts).into_iter().chain(on_disk(facts))))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::facts::Datum;

    #[test]
    fn fires_when_no_library_is_found() {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        facts.libraries.files.clear();
        for lookup in &mut facts.libraries.lookups {
            lookup.found = Datum::absent("/etc/ld.so.cache");
        }
        assert_eq!(find(&facts).unwrap().severity, Some(Severity::Error));
        assert_eq!(primary(&facts), "driver-library-missing");
    }

    #[test]
    fn libraries_that_nobody_looked_at_are_not_missing() {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        facts.libraries.files.clear();
        for lookup in &mut facts.libraries.lookups {
            lookup.found = Datum::unreadable("/etc/ld.so.cache", "not part of the capture");
        }
        assert!(find(&facts).is_none());
    }

    #[test]
    fn one_of_them_is_enough_not_to_fire() {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        facts.libraries.lookups[0].found = Datum::absent("/etc/ld.so.cache");
        assert!(find(&facts).is_none());
    }
}

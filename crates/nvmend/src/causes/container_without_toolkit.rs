//! A container on a machine with a driver, into which no driver library was put.

use super::common::{loaded, with_all};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{DECIDING_LIBRARIES, Environment, Facts, LookupScope};

/// `container-without-toolkit`.
pub const CAUSE: Cause = Cause {
    id: "container-without-toolkit",
    severity: Severity::Error,
    find,
    remedies: &["configure-container-toolkit"],
    explains: &["stub-library-loaded", "library-path-override", "cuda-newer-than-driver"],
};

fn find(facts: &Facts) -> Option<Finding> {
    let (version, _) = facts.loaded_version()?;
    let has_libraries = facts.driver_libraries(LookupScope::Plain).next().is_some()
        || facts.driver_libraries(LookupScope::Environment).next().is_some()
        || facts.libraries.files.iter().any(|file| file.injected);
    if facts.system.environment != Environment::Container || has_libraries {
        return None;
    }
    let cache = facts.libraries.cache.origin().cloned().unwrap_or("/etc/ld.so.cache".into());
    let signs = facts
        .system
        .environment_signs
        .iter()
        .map(|sign| Evidence::new("claim-environment-kind", sign.clone(), "container"));
    let finding = Finding::certain().arg("loaded", version).evidence(Evidence::new(
        "claim-no-libraries",
        cache,
        DECIDING_LIBRARIES.join(", "),
    ));
    Some(with_all(finding, loaded(facts).into_iter().chain(signs)))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn fires_in_a_container_without_libraries() {
        let mut facts = machine("535.261.03", "", "");
        facts.system.environment = Environment::Container;
        assert_eq!(primary(&facts), "container-without-toolkit");
    }

    #[test]
    fn does_not_fire_with_libraries_on_hosts_or_without_a_driver() {
        let mut served = machine("535.261.03", "", "535.261.03");
        served.system.environment = Environment::Container;
        assert!(find(&served).is_none());
        assert!(find(&machine("535.261.03", "535.261.03", "")).is_none());
        let mut plain = unloaded("", "");
        plain.system.environment = Environment::Container;
        assert!(find(&plain).is_none());
    }
}

//! The loader picks a CUDA toolkit's stub, which is for linking and can do nothing.

use super::common::{chain, libraries_in, with_all};
use super::container_without_toolkit::follows_in_container;
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{
    BARE_NAMES, DECIDING_LIBRARIES, Facts, LibraryPlace, Lookup, LookupScope, Origin,
    ResolvedLibrary, Via,
};

/// `stub-library-loaded`.
pub const CAUSE: Cause = Cause {
    id: "stub-library-loaded",
    severity: Severity::Error,
    find,
    remedies: &["correct-environment"],
    explains: &["driver-library-missing", "broken-library-link"],
};

fn find(facts: &Facts) -> Option<Finding> {
    if facts.has_nothing_to_run() {
        return None;
    }
    let is_bare = stub(facts, &DECIDING_LIBRARIES).is_none();
    let (scope, lookup, library) = stub(facts, &DECIDING_LIBRARIES).or_else(|| bare_stub(facts))?;
    let claim = match scope {
        LookupScope::Plain => "claim-library-version",
        LookupScope::Environment => "claim-environment-library-version",
    };
    let finding = Finding::certain()
        .arg("library", &lookup.name)
        .arg("path", library.chain.end.display())
        .arg("variable", variable(&library.via).unwrap_or(super::common::NONE))
        .arg("bare", if is_bare { "yes" } else { "no" })
        .evidence(
            Evidence::new(claim, chain(library), library.chain.end.display())
                .with("library", &lookup.name),
        );
    let right = libraries_in(facts, scope, claim).into_iter().filter(|_| is_bare);
    let finding = with_all(finding, variable_set(facts, &library.via).into_iter().chain(right));
    Some(follows_in_container(facts, finding))
}

/// A stub that programs get for one of these names.
fn stub<'f>(
    facts: &'f Facts,
    names: &'f [&str],
) -> Option<(LookupScope, &'f Lookup, &'f ResolvedLibrary)> {
    [LookupScope::Environment, LookupScope::Plain].into_iter().find_map(|scope| {
        let mut found = facts.libraries_named(names, scope);
        let (lookup, library) = found.find(|(_, library)| library.place == LibraryPlace::Stub)?;
        Some((scope, lookup, library))
    })
}

/// The same for the names without `.1`: the file of a stub has just that name, so that a directory of stubs on the
/// path serves these alone. Where the driver is not found by any name, its lack is the fault.
fn bare_stub(facts: &Facts) -> Option<(LookupScope, &Lookup, &ResolvedLibrary)> {
    stub(facts, &BARE_NAMES)
        .filter(|(scope, ..)| facts.driver_libraries(*scope).any(|(_, library)| library.exists))
}

/// The variable that makes the loader find a library, if one does.
pub(super) fn variable(via: &Via) -> Option<&'static str> {
    match via {
        Via::Preload => Some("LD_PRELOAD"),
        Via::LibraryPath(_) => Some("LD_LIBRARY_PATH"),
        Via::Cache(_) | Via::DefaultDirectory(_) => None,
    }
}

/// That variable, as evidence.
pub(super) fn variable_set(facts: &Facts, via: &Via) -> Option<Evidence> {
    let name = variable(via)?;
    let value = facts.system.variable(name)?;
    Some(Evidence::new("claim-variable-set", Origin::variable(name), value).with("name", name))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn fires_in_the_environment_that_leads_to_a_stub() {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        environment(&mut facts, "/usr/local/cuda/lib64/stubs", None, LibraryPlace::Stub);
        let found = find(&facts).unwrap();
        assert!(found.args.contains(&("variable", "LD_LIBRARY_PATH".into())));
        assert_eq!(primary(&facts), "stub-library-loaded");
    }

    #[test]
    fn fires_where_only_the_bare_name_leads_to_a_stub() {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        environment(&mut facts, "/usr/local/cuda/lib64/stubs", None, LibraryPlace::Stub);
        let of_environment = |lookup: &&mut Lookup| lookup.scope == LookupScope::Environment;
        for lookup in facts.libraries.lookups.iter_mut().filter(of_environment) {
            lookup.name = lookup.name.trim_end_matches(".1").into();
        }
        // The driver is not found at all: that is the fault.
        assert!(find(&facts).is_none());
        let plain = facts.libraries.lookups[0].clone();
        facts.libraries.lookups.push(Lookup { scope: LookupScope::Environment, ..plain });
        let found = find(&facts).unwrap();
        assert!(found.args.contains(&("bare", "yes".into())), "{:?}", found.args);
        assert_eq!(primary(&facts), "stub-library-loaded");
    }

    #[test]
    fn a_stub_that_nothing_leads_to_is_no_fault() {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        add_library(&mut facts, "/usr/local/cuda/lib64/stubs/libcuda.so", "535.261.03");
        facts.libraries.files.last_mut().unwrap().place = LibraryPlace::Stub;
        assert!(find(&facts).is_none());
    }
}

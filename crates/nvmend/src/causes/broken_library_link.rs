//! A name that programs ask for leads to nothing, to another version than its neighbours, or past the right file:
//! by a link, or by a stale cache of the loader.

use super::common::{NONE, chain, libraries, loaded, on_disk, or_none, with_all};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{BARE_NAMES, Facts, Lookup, LookupScope, ResolvedLibrary};

/// `broken-library-link`.
pub const CAUSE: Cause = Cause {
    id: "broken-library-link",
    severity: Severity::Error,
    find,
    remedies: &["relink-libraries"],
    explains: &["driver-library-missing"],
};

fn find(facts: &Facts) -> Option<Finding> {
    if !facts.judges_module() || facts.has_nothing_to_run() {
        return None;
    }
    let finding = stale_cache(facts)
        .or_else(|| misled_link(facts))
        // A file that nobody owns is what these names lead to: its removal comes first.
        .or_else(|| link_to_nothing(facts).map(|found| found.follows_from("leftover-libraries")))
        .or_else(|| different_links(facts).map(|found| found.follows_from("leftover-libraries")))?;
    Some(with_all(finding, libraries(facts).into_iter().chain(on_disk(facts)).chain(loaded(facts))))
}

/// The cache does not have the library that fits, and after `ldconfig` would.
fn stale_cache(facts: &Facts) -> Option<Finding> {
    let (lookup, fresh) = facts.stale_cache()?;
    let now = facts.libraries.lookup(&lookup.name, &lookup.arch, LookupScope::Plain);
    let now = now.and_then(|now| now.found.value());
    let cache = facts.libraries.cache.origin().cloned().unwrap_or("/etc/ld.so.cache".into());
    let entry = now.map_or(NONE.to_owned(), |library| library.chain.end.display().to_string());
    let gone = now.filter(|library| !library.exists).map(missing);
    let finding = Finding::certain()
        .arg("fault", "cache")
        .arg("library", &lookup.name)
        .arg("target", fresh.chain.end.display())
        .arg("version", or_none(fresh.version.as_ref()))
        .arg("other_library", NONE)
        .arg("other_version", or_none(now.and_then(|library| library.version.as_ref())))
        .evidence(Evidence::new("claim-cache-entry", cache, entry).with("library", &lookup.name));
    let fresh = Evidence::new("claim-after-ldconfig", chain(fresh), fresh.chain.end.display())
        .with("library", &lookup.name);
    Some(with_all(finding, gone.into_iter().chain([fresh])))
}

/// A link leads to an old library although the right one lies beside it.
fn misled_link(facts: &Facts) -> Option<Finding> {
    let (lookup, library, right) = facts.misled_link()?;
    let finding = names(lookup, library)
        .arg("fault", "beside")
        .arg("other_library", right.path.display())
        .arg("other_version", or_none(right.version.as_ref()))
        .evidence(link(library))
        .evidence(Evidence::new("claim-file-beside", &right.path, or_none(right.version.as_ref())));
    Some(finding)
}

fn link_to_nothing(facts: &Facts) -> Option<Finding> {
    let (lookup, library) =
        facts.driver_libraries(LookupScope::Plain).find(|(_, library)| !library.exists)?;
    let finding = names(lookup, library)
        .arg("fault", "gone")
        .arg("other_library", NONE)
        .arg("other_version", NONE)
        .evidence(link(library))
        .evidence(missing(library));
    Some(finding)
}

/// The two libraries are of different versions; or a bare name is of another than its name with `.1`.
fn different_links(facts: &Facts) -> Option<Finding> {
    let bare = || {
        facts.libraries_named(&BARE_NAMES, LookupScope::Plain).find_map(|(lookup, library)| {
            let full = format!("{}.1", lookup.name);
            let full = facts.libraries.lookup(&full, &lookup.arch, LookupScope::Plain)?;
            let right = full.found.value()?;
            let differs = library.version.is_some()
                && right.version.is_some()
                && library.version != right.version
                && library.place == right.place;
            differs.then_some([(lookup, library), (full, right)])
        })
    };
    let [(lookup, library), (other_lookup, other)] = facts.disagreeing_libraries().or_else(bare)?;
    let finding = names(lookup, library)
        .arg("fault", "differs")
        .arg("other_library", &other_lookup.name)
        .arg("other_version", or_none(other.version.as_ref()));
    let is_bare = BARE_NAMES.contains(&lookup.name.as_str());
    Some(if is_bare { finding.evidence(link(library)) } else { finding })
}

fn names(lookup: &Lookup, library: &ResolvedLibrary) -> Finding {
    Finding::certain()
        .arg("library", &lookup.name)
        .arg("target", library.chain.end.display())
        .arg("version", or_none(library.version.as_ref()))
}

fn link(library: &ResolvedLibrary) -> Evidence {
    Evidence::new("claim-link-target", chain(library), library.chain.end.display())
}

fn missing(library: &ResolvedLibrary) -> Evidence {
    Evidence::new("claim-file-missing", &library.chain.end, library.chain.end.display())
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn fires_on_a_dangling_name() {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        library(&mut facts, "libcuda.so.1").exists = false;
        assert!(find(&facts).is_some());
        assert_eq!(primary(&facts), "broken-library-link");
    }

    #[test]
    fn fires_when_the_two_libraries_differ() {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        library(&mut facts, "libnvidia-ml.so.1").version = Some("470.256.02".parse().unwrap());
        assert!(find(&facts).is_some());
    }

    #[test]
    fn fires_when_the_bare_name_is_of_another_version() {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        let mut bare = facts.libraries.lookups[1].clone();
        bare.name = "libnvidia-ml.so".into();
        facts.libraries.lookups.push(bare);
        assert!(find(&facts).is_none());
        library(&mut facts, "libnvidia-ml.so").version = Some("470.256.02".parse().unwrap());
        assert!(find(&facts).is_some());
        assert_eq!(primary(&facts), "broken-library-link");
    }

    #[test]
    fn a_cache_that_ldconfig_would_mend_is_stale() {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        let fresh = facts.libraries.lookups[0].clone();
        facts.libraries.after_ldconfig = vec![fresh];
        assert!(find(&facts).is_none(), "it would change nothing that matters");
        let old = machine("535.216.03", "535.216.03", "535.216.03").libraries.lookups[0].clone();
        facts.libraries.lookups[0] = old;
        let found = find(&facts).unwrap();
        assert!(found.args.contains(&("fault", "cache".into())), "{:?}", found.args);
        assert_eq!(primary(&facts), "broken-library-link");
        // What it would bring must fit the module.
        facts.libraries.after_ldconfig[0] = facts.libraries.lookups[0].clone();
        assert!(facts.stale_cache().is_none());
    }

    #[test]
    fn a_link_past_the_right_file_is_to_blame_where_nobody_knows_the_owner() {
        let mut facts = machine("535.261.03", "535.261.03", "535.216.03");
        for stem in ["libcuda", "libnvidia-ml"] {
            add_library(&mut facts, &format!("/usr/lib/{stem}.so.535.261.03"), "535.261.03");
            let link = format!("/usr/lib/{stem}.so.1");
            library(&mut facts, &format!("{stem}.so.1")).chain.links = vec![link.into()];
        }
        let found = find(&facts).unwrap();
        assert!(found.args.contains(&("fault", "beside".into())), "{:?}", found.args);
        assert_eq!(primary(&facts), "broken-library-link");
        own_library(&mut facts, "535.216.03", crate::facts::Ownership::Nobody);
        assert_eq!(primary(&facts), "leftover-libraries");
    }

    #[test]
    fn whole_links_are_no_fault() {
        assert!(find(&machine("535.216.03", "535.261.03", "535.261.03")).is_none());
    }
}

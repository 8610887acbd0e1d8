//! A name that programs ask for leads to nothing, or libcuda and libnvidia-ml lead to different versions.

use super::common::{NONE, chain, libraries, loaded, or_none, with_all};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{Facts, LookupScope};

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
    let dangling = facts.driver_libraries(LookupScope::Plain).find(|(_, library)| !library.exists);
    let pair = facts.disagreeing_libraries();
    let finding = match (dangling, pair) {
        (Some((lookup, library)), _) => Finding::certain()
            .arg("library", &lookup.name)
            .arg("target", library.chain.end.display())
            .arg("version", or_none(library.version.as_ref()))
            .arg("other_library", NONE)
            .arg("other_version", NONE)
            .evidence(Evidence::new(
                "claim-link-target",
                chain(library),
                library.chain.end.display(),
            ))
            .evidence(Evidence::new(
                "claim-file-missing",
                &library.chain.end,
                library.chain.end.display(),
            )),
        (None, Some([(lookup, library), (other_lookup, other)])) => Finding::certain()
            .arg("library", &lookup.name)
            .arg("target", library.chain.end.display())
            .arg("version", or_none(library.version.as_ref()))
            .arg("other_library", &other_lookup.name)
            .arg("other_version", or_none(other.version.as_ref())),
        (None, None) => return None,
    };
    Some(with_all(finding, libraries(facts).into_iter().chain(loaded(facts))))
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
    fn whole_links_are_no_fault() {
        assert!(find(&machine("535.216.03", "535.261.03", "535.261.03")).is_none());
    }
}

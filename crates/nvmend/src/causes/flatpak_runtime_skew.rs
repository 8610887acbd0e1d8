//! No NVIDIA runtime of Flatpak is of the loaded module's version, so that Flatpak's programs go without the driver.

use super::common::{loaded, with_all};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{Environment, Facts, FlatpakRuntime};

/// `flatpak-runtime-skew`.
pub const CAUSE: Cause = Cause {
    id: "flatpak-runtime-skew",
    severity: Severity::Error,
    find,
    remedies: &["update-flatpak"],
    explains: &[],
};

fn find(facts: &Facts) -> Option<Finding> {
    let (version, _) = facts.loaded_version()?;
    // With the variable, somebody chose the runtime (flatpak, `common/flatpak-utils.c`).
    if facts.system.environment != Environment::Host
        || facts.system.variable("FLATPAK_GL_DRIVERS").is_some()
    {
        return None;
    }
    let (is_32_bit, newest) = [false, true]
        .into_iter()
        .find_map(|is_32_bit| Some((is_32_bit, newest_unless_one_fits(facts, is_32_bit)?)))?;
    // Flatpak brought the runtime of the version that waits for the module.
    let finding = Finding::certain()
        .follows_from("stale-module-loaded")
        .follows_from("stale-initramfs")
        .follows_from("module-not-built")
        .arg("loaded", version)
        .arg("installed", &newest.version)
        .arg("bits", if is_32_bit { "32" } else { "64" })
        .evidence(Evidence::new("claim-flatpak-runtime", &newest.path, &newest.version));
    Some(with_all(finding, loaded(facts)))
}

/// The newest runtime for programs of this width, where there are some and none is of L.
fn newest_unless_one_fits(facts: &Facts, is_32_bit: bool) -> Option<&FlatpakRuntime> {
    let (loaded, _) = facts.loaded_version()?;
    let runtimes =
        || facts.consumers.flatpak.iter().filter(move |runtime| runtime.is_32_bit == is_32_bit);
    if runtimes().any(|runtime| runtime.version == *loaded) {
        return None;
    }
    runtimes().max_by_key(|runtime| &runtime.version)
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    fn with_runtimes(loaded: &str, disk: &str, runtimes: &[(&str, bool)]) -> Facts {
        let mut facts = machine(loaded, disk, disk);
        facts.consumers.flatpak = runtimes
            .iter()
            .map(|(version, is_32_bit)| FlatpakRuntime {
                path: "/var/lib/flatpak/runtime/x".into(),
                version: version.parse().unwrap(),
                is_32_bit: *is_32_bit,
            })
            .collect();
        facts
    }

    #[test]
    fn fires_when_no_runtime_is_of_the_loaded_version() {
        let facts = with_runtimes("580.95.05", "580.95.05", &[("575.64.05", false)]);
        assert_eq!(primary(&facts), "flatpak-runtime-skew");
    }

    #[test]
    fn programs_of_32_bits_have_their_own() {
        let both = [("580.95.05", false), ("575.64.05", true)];
        assert!(find(&with_runtimes("580.95.05", "580.95.05", &both)).is_some());
    }

    #[test]
    fn one_that_fits_is_enough_and_without_any_nobody_asked() {
        let old_and_new = [("575.64.05", false), ("580.95.05", false)];
        assert!(find(&with_runtimes("580.95.05", "580.95.05", &old_and_new)).is_none());
        assert!(find(&with_runtimes("580.95.05", "580.95.05", &[])).is_none());
    }

    #[test]
    fn an_old_module_comes_first() {
        let facts = with_runtimes("575.64.05", "580.95.05", &[("580.95.05", false)]);
        assert!(find(&facts).is_some());
        assert_eq!(primary(&facts), "stale-module-loaded");
    }
}

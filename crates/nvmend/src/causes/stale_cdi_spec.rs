//! A specification of the Container Device Interface names driver files that are gone, or of another version.

use super::common::{NONE, libraries, loaded, or_none, with_all};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{CdiFile, CdiSpec, Environment, Facts, LookupScope};

/// `stale-cdi-spec`.
pub const CAUSE: Cause = Cause {
    id: "stale-cdi-spec",
    severity: Severity::Error,
    find,
    remedies: &["regenerate-cdi"],
    explains: &[],
};

fn find(facts: &Facts) -> Option<Finding> {
    // Inside a container, its paths are another machine's.
    if matches!(facts.system.environment, Environment::Container | Environment::Chroot)
        || facts.has_nothing_to_run()
    {
        return None;
    }
    let (spec, file) = stale(facts).max_by_key(|(spec, _)| !is_overridden(facts, spec))?;
    let count = spec.files.iter().filter(|file| is_stale(facts, file)).count();
    // The module that still runs is older than what is on disk: the generator fails until that is settled.
    let finding = if is_overridden(facts, spec) {
        Finding::certain().severity(Severity::Note)
    } else {
        Finding::certain()
    };
    let finding = finding
        .follows_from("stale-module-loaded")
        .follows_from("stale-initramfs")
        .arg("path", spec.path.display())
        .arg("file", file.path.display())
        .arg("count", count)
        .arg("version", or_none(file.version.as_ref()))
        .arg("state", if file.exists { "other" } else { "gone" })
        .arg("used", if is_overridden(facts, spec) { "no" } else { "yes" })
        .arg(
            "driver",
            facts.loaded_version().map_or(NONE.into(), |(version, _)| version.to_string()),
        );
    let claim = if file.exists { "claim-cdi-other-version" } else { "claim-cdi-file-gone" };
    let evidence = [Evidence::new(claim, &spec.path, file.path.display())];
    Some(with_all(finding, evidence.into_iter().chain(loaded(facts)).chain(libraries(facts))))
}

/// Each stale specification with the file that shows it best.
fn stale(facts: &Facts) -> impl Iterator<Item = (&CdiSpec, &CdiFile)> {
    facts.consumers.cdi.iter().filter_map(|spec| {
        let files = spec.files.iter().filter(|file| is_stale(facts, file));
        // A library says more than firmware, and libcuda most.
        let file = files.max_by_key(|file| {
            let name = file.path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            (name.starts_with("libcuda.so"), file.version.is_some(), name.starts_with("lib"))
        })?;
        Some((spec, file))
    })
}

fn is_stale(facts: &Facts, file: &CdiFile) -> bool {
    // Only on a plain host does the loaded version say what the libraries must be.
    let is_host = facts.system.environment == Environment::Host;
    let Some(version) = file.version.as_ref().filter(|_| is_host && file.exists) else {
        return !file.exists;
    };
    // What equals the libraries but not the module waits for the module, as all programs do.
    let mut known = facts
        .loaded_version()
        .map(|(version, _)| version)
        .into_iter()
        .chain(
            facts
                .driver_libraries(LookupScope::Plain)
                .filter_map(|(_, library)| library.version.as_ref()),
        )
        .peekable();
    known.peek().is_some() && known.all(|known| known != version)
}

/// Whether a sound specification of the same kind, of higher priority, stands before this one.
fn is_overridden(facts: &Facts, spec: &CdiSpec) -> bool {
    let directory = spec.path.parent();
    facts.consumers.cdi.iter().skip_while(|other| other.path != spec.path).skip(1).any(|other| {
        other.path.parent() != directory
            && other.kind == spec.kind
            && !other.files.is_empty()
            && !other.files.iter().any(|file| is_stale(facts, file))
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    fn with_spec(facts: &mut Facts, path: &str, version: &str, exists: bool) {
        let file = CdiFile {
            path: format!("/usr/lib/libcuda.so.{version}").into(),
            version: version.parse().ok(),
            exists,
        };
        let spec = CdiSpec { path: path.into(), kind: "nvidia.com/gpu".into(), files: vec![file] };
        facts.consumers.cdi.push(spec);
    }

    fn healthy() -> Facts {
        machine("535.261.03", "535.261.03", "535.261.03")
    }

    #[test]
    fn fires_on_files_that_are_gone_or_of_another_version() {
        let mut gone = healthy();
        with_spec(&mut gone, "/etc/cdi/nvidia.yaml", "535.216.03", false);
        assert_eq!(primary(&gone), "stale-cdi-spec");
        assert_eq!(find(&gone).unwrap().severity, None);
        let mut other = healthy();
        with_spec(&mut other, "/etc/cdi/nvidia.yaml", "535.216.03", true);
        assert!(find(&other).is_some());
    }

    #[test]
    fn one_that_a_fresh_one_overrides_is_a_note() {
        let mut facts = healthy();
        with_spec(&mut facts, "/etc/cdi/nvidia.yaml", "535.216.03", false);
        with_spec(&mut facts, "/var/run/cdi/nvidia.yaml", "535.261.03", true);
        assert_eq!(find(&facts).unwrap().severity, Some(Severity::Note));
        // The other way round, the stale one wins.
        facts.consumers.cdi.clear();
        with_spec(&mut facts, "/etc/cdi/nvidia.yaml", "535.261.03", true);
        with_spec(&mut facts, "/var/run/cdi/nvidia.yaml", "535.216.03", false);
        assert_eq!(find(&facts).unwrap().severity, None);
    }

    #[test]
    fn a_reboot_clears_run_and_nothing_else() {
        let mut overridden = healthy();
        with_spec(&mut overridden, "/etc/cdi/nvidia.yaml", "535.216.03", false);
        with_spec(&mut overridden, "/var/run/cdi/nvidia.yaml", "535.261.03", true);
        let after = find(&crate::predict::reboot(&overridden)).unwrap();
        assert_eq!(after.severity, Some(Severity::Note));
        let mut facts = healthy();
        with_spec(&mut facts, "/run/cdi/nvidia.yaml", "535.216.03", false);
        assert!(find(&facts).is_some());
        assert!(find(&crate::predict::reboot(&facts)).is_none());
    }

    #[test]
    fn a_fresh_one_and_the_libraries_of_a_pending_reload_are_right() {
        let mut fresh = healthy();
        with_spec(&mut fresh, "/etc/cdi/nvidia.yaml", "535.261.03", true);
        assert!(find(&fresh).is_none());
        let mut pending = machine("535.216.03", "535.261.03", "535.261.03");
        with_spec(&mut pending, "/etc/cdi/nvidia.yaml", "535.261.03", true);
        assert!(find(&pending).is_none());
    }

    #[test]
    fn an_old_module_comes_first() {
        let mut facts = machine("535.216.03", "535.261.03", "535.261.03");
        with_spec(&mut facts, "/etc/cdi/nvidia.yaml", "535.216.03", false);
        assert!(find(&facts).is_some());
        assert_eq!(primary(&facts), "stale-module-loaded");
    }

    #[test]
    fn nothing_is_said_of_another_machines_paths() {
        let mut facts = healthy();
        facts.system.environment = Environment::Container;
        with_spec(&mut facts, "/etc/cdi/nvidia.yaml", "535.216.03", false);
        assert!(find(&facts).is_none());
    }
}

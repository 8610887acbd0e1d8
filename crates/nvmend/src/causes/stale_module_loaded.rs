//! The driver was upgraded under a running module: L is old, and everything on disk is new and fits together.

use super::common::{NONE, kernel, versions, with_all};
use crate::diagnose::{Cause, Finding, Severity};
use crate::facts::Facts;

/// `stale-module-loaded`.
pub const CAUSE: Cause = Cause {
    id: "stale-module-loaded",
    severity: Severity::Error,
    find,
    remedies: &["reload-modules", "reboot"],
    explains: &[],
};

fn find(facts: &Facts) -> Option<Finding> {
    // Then it is `stale-initramfs`.
    if facts.loads_from_elsewhere() {
        return None;
    }
    let (loaded, on_disk) = facts.replaced_module()?;
    let finding = match facts.module_written_since_boot() {
        Some(true) => Finding::certain(),
        _ => Finding::likely(),
    };
    let library = facts.library_version().map(|(version, _)| version.to_string());
    // Nothing that would clash with the module is known to be here.
    let finding = if library.is_none() { finding.severity(Severity::Warning) } else { finding };
    let finding = finding
        .arg("loaded", loaded)
        .arg("on_disk", on_disk)
        .arg("library", library.as_deref().unwrap_or(NONE));
    Some(with_all(finding, versions(facts).into_iter().chain(kernel(facts))))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::diagnose::Certainty;
    use crate::facts::{Datum, Environment, Ownership};

    #[test]
    fn fires_when_only_the_loaded_module_is_old() {
        let found = find(&machine("535.216.03", "535.261.03", "535.261.03")).unwrap();
        assert_eq!((found.severity, found.certainty), (None, Certainty::Likely));
    }

    #[test]
    fn is_certain_when_the_module_was_written_since_boot() {
        let mut facts = machine("535.216.03", "535.261.03", "535.261.03");
        facts.system.booted = Datum::known(1_000_000_000, "/proc/stat");
        own_module(&mut facts, Ownership::Builder("dkms".into()), 2_000_000_000);
        assert_eq!(find(&facts).unwrap().certainty, Certainty::Certain);
    }

    #[test]
    fn does_not_fire_when_the_disk_disagrees_with_itself_or_all_is_well() {
        assert!(find(&machine("535.216.03", "535.216.03", "535.261.03")).is_none());
        assert!(find(&machine("535.261.03", "535.261.03", "535.261.03")).is_none());
        let mut container = machine("535.216.03", "535.261.03", "535.261.03");
        container.system.environment = Environment::Container;
        assert!(find(&container).is_none());
    }

    #[test]
    fn fires_where_the_files_are_kept_elsewhere() {
        // The host's libraries, put into a container, are newer than the host's module.
        let mut container = machine("535.216.03", "", "535.261.03");
        container.system.environment = Environment::Container;
        for file in &mut container.libraries.files {
            file.injected = true;
        }
        assert_eq!(primary(&container), "stale-module-loaded");
        let mut nixos = machine("535.216.03", "535.216.03", "535.261.03");
        nixos.system.managed_by.push(("nixos".into(), "/etc/NIXOS".into()));
        assert_eq!(primary(&nixos), "stale-module-loaded");
    }

    #[test]
    fn is_a_warning_without_libraries() {
        let mut facts = machine("535.216.03", "535.261.03", "535.261.03");
        facts.libraries = Default::default();
        assert_eq!(find(&facts).unwrap().severity, Some(Severity::Warning));
    }
}

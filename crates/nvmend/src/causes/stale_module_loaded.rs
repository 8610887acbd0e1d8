//! The driver was upgraded under a running module: L is old, and everything on disk is new and fits together.

use super::common::{NONE, kernel, or_none, versions, with_all};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
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
    let Some((loaded, on_disk)) = facts.replaced_module() else { return unseen(facts) };
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

/// The same by L and U alone, where the module on disk was not looked at. That the libraries are the newer half is how
/// an upgrade under a running module looks; a module of the old version on disk would look no different.
fn unseen(facts: &Facts) -> Option<Finding> {
    let (loaded, library) = facts.mismatch_with_unseen_disk()?;
    // Cut where the two still agree, a version says nothing of the order.
    let library = library.filter(|library| !loaded.agrees_with_prefix(library.as_str()));
    if library.is_some_and(|library| library < loaded) {
        return None;
    }
    // A build that failed says more: the disk has no module of the new version.
    if facts.current_kernel().is_some_and(|(kernel, _)| facts.pending_build(kernel).is_some()) {
        return None;
    }
    let finding = Finding::possible()
        .arg("loaded", loaded)
        .arg("on_disk", NONE)
        .arg("library", or_none(library));
    // Most reports show only this line of modinfo: that there is a module for this kernel, not of which version.
    let built_for = facts.modules.reported.sourced().and_then(|(info, origin)| {
        Some(Evidence::new("claim-module-built-for", origin.clone(), info.vermagic.as_ref()?))
    });
    let evidence = versions(facts).into_iter().chain(kernel(facts)).chain(built_for);
    Some(with_all(finding, evidence))
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
    fn is_possible_where_the_disk_was_not_looked_at() {
        let of = |loaded, library| {
            let mut facts = machine(loaded, loaded, library);
            facts.modules = Default::default();
            facts.kernels.installed.clear();
            facts.kernels.directory = Datum::unreadable("/lib/modules", "not part of the capture");
            find(&facts).map(|found| found.certainty)
        };
        assert_eq!(of("535.216.03", "550.54.15"), Some(Certainty::Possible));
        assert_eq!(of("550.54.15", "535.216.03"), None, "packages that differ");
        assert_eq!(of("535.216.03", "535.216.03"), None);
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

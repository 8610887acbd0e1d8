//! Two nvidia modules of different versions for one kernel, and modprobe takes the one that does not fit.

use super::common::{libraries, loaded, on_disk, owner, severity_on_disk, with_all};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::Facts;

/// `shadowed-module`.
pub const CAUSE: Cause = Cause {
    id: "shadowed-module",
    severity: Severity::Error,
    find,
    remedies: &["quarantine-module", "remove-package"],
    explains: &["stale-module-loaded", "stale-initramfs"],
};

fn find(facts: &Facts) -> Option<Finding> {
    let (chosen, library) = facts.disk_mismatch()?;
    let (release, _) = facts.current_kernel()?;
    let chosen_file = facts.current_module_file()?;
    let fitting = facts.current_modules()?.files.iter().find(|file| {
        let is_core = file.info.value().is_some_and(|info| info.name == "nvidia");
        is_core && file.version() == Some(library)
    })?;
    let finding = Finding::certain()
        .severity(severity_on_disk(facts))
        .arg("chosen", chosen)
        .arg("chosen_path", chosen_file.path.display())
        .arg("fitting", library)
        .arg("fitting_path", fitting.path.display())
        .arg("kernel", release);
    let fitting = Evidence::new("claim-disk-version", &fitting.path, library)
        .with("module", "nvidia")
        .with("kernel", release);
    let evidence = on_disk(facts)
        .into_iter()
        .chain([fitting])
        .chain(owner(facts, &chosen_file.path))
        .chain(loaded(facts))
        .chain(libraries(facts));
    Some(with_all(finding, evidence))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn fires_when_the_fitting_module_is_passed_over() {
        let mut facts = machine("535.216.03", "535.216.03", "535.261.03");
        add_module_file(&mut facts, "/lib/modules/6.1.0-47-amd64/extra/nvidia.ko", "535.261.03");
        assert!(find(&facts).is_some());
        assert_eq!(primary(&facts), "shadowed-module");
    }

    #[test]
    fn two_modules_of_the_right_version_are_no_fault() {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        add_module_file(&mut facts, "/lib/modules/6.1.0-47-amd64/extra/nvidia.ko", "535.216.03");
        assert!(find(&facts).is_none());
    }
}

//! The kernel has no module of the libraries' version, and no builder knows how to make one.

use super::common::{
    NONE, kernel, libraries, loaded, on_disk_for, or_none, severity_on_disk, with_all,
};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{Datum, Facts, PackageRole, Resolution};

/// `module-missing-for-kernel`.
pub const CAUSE: Cause = Cause {
    id: "module-missing-for-kernel",
    severity: Severity::Error,
    find,
    remedies: &["install-module-package", "boot-other-kernel", "reboot"],
    explains: &["module-not-loaded", "nouveau-holds-gpu"],
};

fn find(facts: &Facts) -> Option<Finding> {
    if !facts.judges_module()
        || facts.is_managed_elsewhere()
        || facts.is_passed_through()
        || facts.lacks(&["builders"])
    {
        return None;
    }
    let (release, _) = facts.current_kernel()?;
    if facts.pending_build(release).is_some() || facts.module_may_be_unseen(release) {
        return None;
    }
    if facts.modules_are_unseen() {
        return found_none(facts, release);
    }
    let modules = facts.modules_of(release);
    let library = facts.library_version().map(|(version, _)| version);
    let elsewhere = match library {
        Some(version) => facts.other_kernel_with(version),
        None => facts.modules.kernels.iter().rev().find_map(|modules| {
            Some((modules.kernel.as_str(), facts.on_disk_version_for(&modules.kernel)?.1))
        }),
    };
    let has_module = modules.is_some_and(|modules| {
        // A line that blocks it, or a file that can't be read, is another fault.
        !matches!(
            modules.resolved.get("nvidia"),
            None | Some(Resolution::Missing | Resolution::Dangling { .. })
        )
    });
    // A module of another version counts as none only where another kernel shows that this one was passed over.
    let passed_over = facts.disk_mismatch().is_some()
        && elsewhere.is_some()
        && (super::shadowed_module::CAUSE.find)(facts).is_none();
    if has_module && !passed_over {
        return None;
    }
    let driver_is_wanted = library.is_some()
        || elsewhere.is_some()
        || facts.packages.of_role(PackageRole::Kernel).any(crate::facts::Package::is_installed);
    if !driver_is_wanted {
        return None;
    }
    let severity = match severity_on_disk(facts) {
        // A module of this very version is loaded, and the next kernel has its own: the rest of an upgrade that
        // replaced the running kernel's directory (Arch).
        Severity::Warning if elsewhere.is_some() => Severity::Note,
        severity => severity,
    };
    let place = format!("/lib/modules/{release}");
    let missing = match modules.and_then(|modules| modules.resolved.get("nvidia")) {
        Some(Resolution::Dangling { path }) => {
            Evidence::new("claim-file-missing", path, path.display())
        }
        _ => Evidence::new("claim-kernel-without-module", place.clone(), place)
            .with("kernel", release),
    };
    let finding = Finding::certain()
        .severity(severity)
        .arg("kernel", release)
        .arg("on_disk", or_none(facts.on_disk_version_for(release).map(|(version, _)| version)))
        .arg("version", or_none(library))
        .arg("other", elsewhere.as_ref().map_or(NONE, |(other, _)| other))
        .evidence(on_disk_for(facts, release).unwrap_or(missing));
    let other = elsewhere.map(|(other, origin)| {
        Evidence::new("claim-kernel-with-module", origin.clone(), origin.as_str())
            .with("kernel", other)
    });
    Some(with_all(
        finding,
        other.into_iter().chain(loaded(facts)).chain(libraries(facts)).chain(kernel(facts)),
    ))
}

/// By modinfo's word, where nobody looked at the modules themselves: it finds what modprobe would load.
fn found_none(facts: &Facts, release: &str) -> Option<Finding> {
    const UNSEEN: &str = "unseen";
    let Datum::Absent { looked_at } = &facts.modules.reported else { return None };
    let asked = looked_at.first()?;
    if !facts.loaded.driver.is_absent() || facts.has_gpu() != Some(true) {
        return None;
    }
    let missing = Evidence::new("claim-kernel-without-module", asked.clone(), asked.as_str())
        .with("kernel", release);
    let library = facts.library_version().map(|(version, _)| version);
    let finding = Finding::likely()
        .arg("kernel", release)
        .arg("on_disk", UNSEEN)
        .arg("version", or_none(library))
        .arg("other", UNSEEN)
        .evidence(missing);
    let evidence = loaded(facts).into_iter().chain(libraries(facts)).chain(kernel(facts));
    Some(with_all(finding, evidence))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn fires_when_the_module_came_prebuilt_for_other_kernels() {
        let mut facts = unloaded("", "535.261.03");
        add_kernel(&mut facts, "6.1.0-40-amd64", Some("535.261.03"));
        let found = find(&facts).unwrap();
        assert_eq!(found.severity, Some(Severity::Error));
        assert_eq!(primary(&facts), "module-missing-for-kernel");
    }

    #[test]
    fn yields_to_a_builder_and_to_a_module_that_is_there() {
        let mut facts = unloaded("", "535.261.03");
        dkms(&mut facts, "535.261.03", None);
        assert!(find(&facts).is_none());
        assert!(find(&unloaded("535.261.03", "535.261.03")).is_none());
    }

    #[test]
    fn is_a_note_when_the_running_kernel_was_merely_replaced() {
        let mut facts = machine("535.261.03", "", "535.261.03");
        add_kernel(&mut facts, "6.1.0-50-amd64", Some("535.261.03"));
        assert_eq!(find(&facts).unwrap().severity, Some(Severity::Note));
    }
}

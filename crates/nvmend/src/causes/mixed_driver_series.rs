//! Packages of two driver series are installed side by side, and the module and the libraries come from different ones.

use super::common::{libraries, loaded, on_disk, package, severity_on_disk, with_all};
use crate::diagnose::{Cause, Finding, Severity};
use crate::facts::{Facts, Package};

/// `mixed-driver-series`.
pub const CAUSE: Cause = Cause {
    id: "mixed-driver-series",
    severity: Severity::Error,
    find,
    remedies: &["purge-other-series"],
    explains: &[
        "package-version-skew",
        "module-missing-for-kernel",
        "broken-library-link",
        "stale-module-loaded",
        "stale-initramfs",
        "next-boot-mismatch",
    ],
};

fn find(facts: &Facts) -> Option<Finding> {
    if !facts.judges_module() {
        return None;
    }
    let (first, second) = two_series(facts)?;
    // Debian supports several series side by side: alternatives choose one. Only what they chose can be wrong.
    let severity = if facts.has_contradiction_on_disk() || chosen_series_has_no_module(facts) {
        severity_on_disk(facts)
    } else {
        Severity::Note
    };
    let version = |package: &Package| {
        package.driver_version.as_ref().map_or(String::new(), ToString::to_string)
    };
    let finding = Finding::certain()
        .severity(severity)
        .arg("first", version(first))
        .arg("first_package", &first.name)
        .arg("second", version(second))
        .arg("second_package", &second.name);
    let evidence = [package(first), package(second)]
        .into_iter()
        .chain(libraries(facts))
        .chain(on_disk(facts))
        .chain(loaded(facts));
    Some(with_all(finding, evidence))
}

/// Whether modprobe is led to a module of the chosen series that was never built, while another series' is there.
fn chosen_series_has_no_module(facts: &Facts) -> bool {
    facts
        .current_modules()
        .is_some_and(|modules| !modules.files.is_empty() && modules.loads("nvidia").is_none())
}

/// Two installed packages of different series: by their names, where these have one, and by their versions, since
/// names lie (`libnvidia-compute-470` at 510.54).
fn two_series(facts: &Facts) -> Option<(&Package, &Package)> {
    let mut packages = facts.driver_packages().filter(|package| package.driver_version.is_some());
    let first = packages.next()?;
    let second = packages.find(|package| {
        package.series != first.series && package.driver_version != first.driver_version
    })?;
    Some((first, second))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::facts::PackageRole;

    #[test]
    fn fires_when_alternatives_point_at_the_other_series() {
        let mut facts = machine("535.261.03", "535.261.03", "470.256.02");
        add_package(&mut facts, "nvidia-open-kernel-dkms", "535.261.03", PackageRole::Kernel, None);
        add_package(
            &mut facts,
            "libnvidia-tesla-470-ml1",
            "470.256.02",
            PackageRole::User,
            Some("tesla-470"),
        );
        assert_eq!(find(&facts).unwrap().severity, Some(Severity::Error));
        assert_eq!(primary(&facts), "mixed-driver-series");
    }

    #[test]
    fn is_a_note_while_alternatives_choose_well_and_nothing_for_removed_packages() {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        add_package(&mut facts, "libcuda1", "535.261.03", PackageRole::User, None);
        add_package(
            &mut facts,
            "libnvidia-tesla-470-ml1",
            "470.256.02",
            PackageRole::User,
            Some("tesla-470"),
        );
        assert_eq!(find(&facts).unwrap().severity, Some(Severity::Note));
        facts.packages.installed[1].state = "config-files".into();
        assert!(find(&facts).is_none());
    }
}

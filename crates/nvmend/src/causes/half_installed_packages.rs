//! The package manager has not finished with packages of the driver.

use super::common::{versions, with_all};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{Facts, Package, PackageRole};

/// `half-installed-packages`.
pub const CAUSE: Cause = Cause {
    id: "half-installed-packages",
    severity: Severity::Warning,
    find,
    remedies: &["finish-packages"],
    explains: &[
        "module-not-built",
        "module-missing-for-kernel",
        "package-version-skew",
        "driver-library-missing",
        "module-not-loaded",
    ],
};

fn find(facts: &Facts) -> Option<Finding> {
    let unfinished: Vec<&Package> =
        facts.packages.installed.iter().filter(|package| is_unfinished(package)).collect();
    let first = *unfinished.first()?;
    let all_fits = facts.may_work_now() && facts.disk_mismatch().is_none();
    let severity =
        if all_fits || facts.has_nothing_to_run() { Severity::Warning } else { Severity::Error };
    let finding = Finding::certain()
        .severity(severity)
        .arg("package", &first.name)
        .arg("state", &first.state)
        .arg("count", unfinished.len());
    let states = unfinished.into_iter().take(8).map(|package| {
        Evidence::new("claim-package-state", package.from.clone(), &package.state)
            .with("package", &package.name)
    });
    Some(with_all(finding, states.chain(versions(facts))))
}

/// Neither installed whole, nor removed with only its configuration left.
fn is_unfinished(package: &Package) -> bool {
    use PackageRole::{Companion, Firmware, Kernel, Meta, User};
    matches!(package.role, Kernel | User | Meta | Firmware | Companion)
        && !matches!(package.state.as_str(), "installed" | "config-files" | "not-installed")
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::facts::BuildOutcome;

    #[test]
    fn fires_on_an_unpacked_package_and_explains_the_missing_build() {
        let mut facts = machine("535.216.03", "535.216.03", "535.261.03");
        add_package(&mut facts, "nvidia-kernel-dkms", "535.261.03", PackageRole::Kernel, None);
        facts.packages.installed[0].state = "unpacked".into();
        dkms(&mut facts, "535.261.03", None);
        assert_eq!(find(&facts).unwrap().severity, Some(Severity::Error));
        assert_eq!(primary(&facts), "half-installed-packages");
    }

    #[test]
    fn follows_from_a_failed_build() {
        let mut facts = machine("535.216.03", "535.216.03", "535.261.03");
        add_package(&mut facts, "nvidia-kernel-dkms", "535.261.03", PackageRole::Kernel, None);
        facts.packages.installed[0].state = "half-configured".into();
        dkms(
            &mut facts,
            "535.261.03",
            Some(BuildOutcome::Failed { first_error: None, log: "/log".into() }),
        );
        assert_eq!(primary(&facts), "dkms-build-failed");
    }

    #[test]
    fn removed_packages_are_none() {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        add_package(&mut facts, "nvidia-utils-525", "525.78.01", PackageRole::User, Some("525"));
        facts.packages.installed[0].state = "config-files".into();
        assert!(find(&facts).is_none());
    }
}

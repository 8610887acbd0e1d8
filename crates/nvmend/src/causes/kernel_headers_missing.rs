//! A module must be built for a kernel whose headers are not installed.

use super::common::{kernel, versions, with_all};
use super::module_not_built::{describe, kernels_to_build_for, pending_on};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{Facts, Obstacle};

/// `kernel-headers-missing`.
pub const CAUSE: Cause = Cause {
    id: "kernel-headers-missing",
    severity: Severity::Error,
    find,
    remedies: &["install-headers", "boot-other-kernel"],
    explains: &[
        "module-not-built",
        "dkms-build-failed",
        "module-not-loaded",
        "nouveau-holds-gpu",
        "half-installed-packages",
        "next-boot-mismatch",
    ],
};

fn find(facts: &Facts) -> Option<Finding> {
    kernels_to_build_for(facts).into_iter().find_map(|(release, severity)| {
        let pending = pending_on(facts, release)?;
        if pending.obstacle != Obstacle::HeadersMissing {
            return None;
        }
        let build = format!("/lib/modules/{release}/build");
        let missing =
            Evidence::new("claim-headers-missing", build.clone(), build).with("kernel", release);
        let finding = describe(facts, Finding::certain().evidence(missing), &pending, release)
            .severity(severity);
        Some(with_all(finding, versions(facts).into_iter().chain(kernel(facts))))
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::facts::Datum;

    #[test]
    fn fires_when_the_build_needs_them() {
        let mut facts = machine("535.216.03", "535.216.03", "535.261.03");
        dkms(&mut facts, "535.261.03", None);
        facts.kernels.installed[0].headers = Datum::absent("build");
        assert!(find(&facts).is_some());
        assert_eq!(primary(&facts), "kernel-headers-missing");
    }

    #[test]
    fn does_not_fire_when_nothing_is_to_be_built() {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        facts.kernels.installed[0].headers = Datum::absent("build");
        dkms(&mut facts, "535.261.03", Some(crate::facts::BuildOutcome::Installed));
        assert!(find(&facts).is_none());
    }
}

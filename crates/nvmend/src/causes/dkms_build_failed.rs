//! DKMS or akmods tried to build the module and failed, and the log gives none of the reasons with a cause of their own.

use super::common::{NONE, kernel, versions, with_all};
use super::module_not_built::{describe, kernels_to_build_for, pending_on};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{Facts, Obstacle};

/// `dkms-build-failed`.
pub const CAUSE: Cause = Cause {
    id: "dkms-build-failed",
    severity: Severity::Error,
    find,
    remedies: &["build-module", "boot-other-kernel"],
    explains: &[
        "module-not-loaded",
        "nouveau-holds-gpu",
        "half-installed-packages",
        "next-boot-mismatch",
    ],
};

fn find(facts: &Facts) -> Option<Finding> {
    kernels_to_build_for(facts).into_iter().find_map(|(release, severity)| {
        let pending = pending_on(facts, release)?;
        let Obstacle::Failed { first_error, log } = pending.obstacle else { return None };
        let builder = pending.builder.name();
        let failure = Evidence::new("claim-build-failed", log, first_error.unwrap_or("?"))
            .with("builder", builder)
            .with("kernel", release);
        // The log may be older than a build that went well and was not looked at.
        let finding =
            if facts.modules_are_unseen() { Finding::likely() } else { Finding::certain() };
        let finding = describe(facts, finding.evidence(failure), &pending, release)
            .arg("log", log.display())
            .arg("reason", first_error.unwrap_or(NONE))
            .severity(severity);
        Some(with_all(finding, versions(facts).into_iter().chain(kernel(facts))))
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::facts::BuildOutcome;

    fn failed() -> Option<BuildOutcome> {
        Some(BuildOutcome::Failed {
            first_error: Some("error: implicit declaration".into()),
            log: "/log".into(),
        })
    }

    #[test]
    fn fires_instead_of_not_built() {
        let mut facts = machine("535.216.03", "535.216.03", "535.261.03");
        dkms(&mut facts, "535.261.03", failed());
        assert!(find(&facts).is_some());
        assert_eq!(primary(&facts), "dkms-build-failed");
    }

    #[test]
    fn ignores_failures_of_other_versions() {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        dkms(&mut facts, "470.256.02", failed());
        assert!(find(&facts).is_none());
    }

    #[test]
    fn warns_for_the_kernel_that_boots_next() {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        add_kernel(&mut facts, "6.1.0-50-amd64", None);
        facts.kernels.next_boot = crate::facts::Datum::known("6.1.0-50-amd64".into(), "/boot");
        dkms_for(&mut facts, "535.261.03", "6.1.0-50-amd64", failed());
        assert_eq!(find(&facts).unwrap().severity, Some(Severity::Warning));
    }
}

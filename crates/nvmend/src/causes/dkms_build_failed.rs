//! DKMS, akmods or the .run installer tried to build the module and failed, and the log gives none of the reasons with a cause of their own.

use super::common::{NONE, kernel, versions, with_all};
use super::module_not_built::{describe, kernels_to_build_for, pending_on};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{Builder, Facts, Obstacle};
use crate::parse::build_log::{BuildReason, is_about_running_kernel, reason};

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
    failed_build(facts, |reason| {
        !matches!(
            reason,
            Some(BuildReason::Compiler | BuildReason::KernelInterface | BuildReason::DiskFull)
        )
    })
}

/// The failed build whose reason is wanted, for K or else for B.
pub(super) fn failed_build(
    facts: &Facts,
    is_wanted: fn(Option<BuildReason>) -> bool,
) -> Option<Finding> {
    kernels_to_build_for(facts).into_iter().find_map(|(release, severity)| {
        let pending = pending_on(facts, release)?;
        let Obstacle::Failed { first_error, log } = pending.obstacle else { return None };
        if !is_wanted(first_error.map(|error| reason_on(facts, release, error))) {
            return None;
        }
        let builder = pending.builder.name();
        let failure = Evidence::new("claim-build-failed", log, first_error.unwrap_or("?"))
            .with("builder", builder)
            .with("kernel", release);
        // The log may be older than a build that went well and was not looked at, or than what was done since.
        let is_past = facts.modules_are_unseen() || pending.builder == Builder::Installer;
        // Without an error it may be that of a build still at work, or of one that was cut off.
        let finding =
            if is_past || first_error.is_none() { Finding::likely() } else { Finding::certain() };
        let finding = describe(facts, finding.evidence(failure), &pending, release)
            .arg("log", log.display())
            .arg("reason", first_error.unwrap_or(NONE))
            .severity(severity);
        Some(with_all(finding, versions(facts).into_iter().chain(kernel(facts))))
    })
}

/// Why the build for `release` failed. A check against the running kernel's compiler says nothing of another kernel's:
/// run again after the reboot, it may well pass.
fn reason_on(facts: &Facts, release: &str, error: &str) -> BuildReason {
    let is_running = facts.kernels.current().is_none_or(|(running, _)| running == release);
    if is_about_running_kernel(error) && !is_running { BuildReason::Other } else { reason(error) }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::diagnose::Certainty;
    use crate::facts::BuildOutcome;

    const KILLED: &str = "gcc: internal compiler error: Killed";

    #[test]
    fn fires_instead_of_not_built() {
        assert_eq!(primary(&with_failed_build(KILLED)), "dkms-build-failed");
    }

    #[test]
    fn a_log_without_an_error_is_no_certain_failure() {
        let mut facts = machine("535.216.03", "535.216.03", "535.261.03");
        let log = "/log".into();
        let cut_off = BuildOutcome::Failed { first_error: None, log };
        dkms(&mut facts, "535.261.03", Some(cut_off));
        assert_eq!(find(&facts).unwrap().certainty, Certainty::Likely);
    }

    #[test]
    fn ignores_failures_of_other_versions() {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        dkms(&mut facts, "470.256.02", failure(KILLED));
        assert!(find(&facts).is_none());
    }

    #[test]
    fn yields_to_a_reason_with_a_cause_of_its_own() {
        for (error, cause) in [
            ("x.c:1:2: error: implicit declaration of function 'f'", "driver-too-old-for-kernel"),
            ("cc: error: unrecognized command-line option '-fmin'", "dkms-compiler-mismatch"),
            ("ld: final link failed: No space left on device", "disk-full-for-build"),
        ] {
            let facts = with_failed_build(error);
            assert!(find(&facts).is_none());
            assert_eq!(primary(&facts), cause);
            assert_eq!(crate::diagnose::diagnose(&facts).findings.len(), 1);
        }
    }

    #[test]
    fn a_check_against_the_running_kernel_says_nothing_of_the_next() {
        let check = "*** Failed CC version check. Bailing out! ***";
        assert_eq!(primary(&with_failed_build(check)), "dkms-compiler-mismatch");
        let mut facts = machine("340.98", "340.98", "340.98");
        add_kernel(&mut facts, "4.8.12_1", None);
        facts.kernels.next_boot = crate::facts::Datum::known("4.8.12_1".into(), "/boot");
        dkms_for(&mut facts, "340.98", "4.8.12_1", failure(check));
        assert!(find(&facts).is_some());
        assert!(!crate::diagnose::diagnose(&facts).names("dkms-compiler-mismatch"));
    }

    #[test]
    fn fires_when_the_installer_failed_and_nothing_else_is_here() {
        for kernel in [None, Some(KERNEL)] {
            let mut facts = unloaded("", "");
            failed_run(&mut facts, "515.86.01", kernel);
            assert_eq!(find(&facts).unwrap().certainty, Certainty::Likely);
            assert_eq!(crate::diagnose::diagnose(&facts).findings.len(), 1);
        }
    }

    #[test]
    fn an_installer_that_failed_for_another_kernel_or_beside_another_driver_is_over() {
        let mut other = unloaded("", "");
        failed_run(&mut other, "515.86.01", Some("6.1.0-1-amd64"));
        assert_eq!(primary(&other), "driver-not-installed");
        let mut library = unloaded("", "535.261.03");
        failed_run(&mut library, "515.86.01", Some(KERNEL));
        assert!(find(&library).is_none());
        let mut packages = unloaded("", "");
        failed_run(&mut packages, "515.86.01", Some(KERNEL));
        let role = crate::facts::PackageRole::User;
        add_package(&mut packages, "libcuda1", "535.261.03", role, None);
        assert!(find(&packages).is_none());
    }

    #[test]
    fn warns_for_the_kernel_that_boots_next() {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        add_kernel(&mut facts, "6.1.0-50-amd64", None);
        facts.kernels.next_boot = crate::facts::Datum::known("6.1.0-50-amd64".into(), "/boot");
        dkms_for(&mut facts, "535.261.03", "6.1.0-50-amd64", failure(KILLED));
        assert_eq!(find(&facts).unwrap().severity, Some(Severity::Warning));
    }
}

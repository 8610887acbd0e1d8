//! The driver's sources are older than the interfaces of this kernel.

use super::dkms_build_failed::{CAUSE as BUILD_FAILED, failed_build};
use crate::diagnose::{Cause, Finding, Severity};
use crate::facts::Facts;
use crate::parse::build_log::BuildReason;

/// `driver-too-old-for-kernel`.
pub const CAUSE: Cause = Cause {
    id: "driver-too-old-for-kernel",
    severity: Severity::Error,
    find,
    remedies: &["upgrade-driver", "boot-other-kernel"],
    explains: BUILD_FAILED.explains,
};

fn find(facts: &Facts) -> Option<Finding> {
    failed_build(facts, |reason| reason == Some(BuildReason::KernelInterface))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::facts::BuildOutcome;

    fn failed(first_error: &str) -> Facts {
        let mut facts = machine("535.216.03", "535.216.03", "535.261.03");
        let first_error = Some(first_error.to_owned());
        let outcome = BuildOutcome::Failed { first_error, log: "/log".into() };
        dkms(&mut facts, "535.261.03", Some(outcome));
        facts
    }

    #[test]
    fn fires_by_the_first_error_of_the_log() {
        let facts = failed(
            "nvidia-drm-drv.c:95:5: error: 'struct drm_driver' has no member named 'lastclose'",
        );
        assert!(find(&facts).is_some());
        assert_eq!(primary(&facts), "driver-too-old-for-kernel");
    }

    #[test]
    fn leaves_other_failures_alone() {
        let facts = failed("fatal error: own.h: No such file or directory");
        assert!(find(&facts).is_none());
        assert_eq!(primary(&facts), "dkms-build-failed");
    }
}

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

    #[test]
    fn fires_by_the_first_error_of_the_log() {
        let ours =
            "nvidia-drm-drv.c:95:5: error: 'struct drm_driver' has no member named 'lastclose'";
        assert_eq!(primary(&with_failed_build(ours)), CAUSE.id);
        let other = "fatal error: own.h: No such file or directory";
        assert_eq!(primary(&with_failed_build(other)), BUILD_FAILED.id);
    }
}

//! The build of the module ran out of space.

use super::dkms_build_failed::{CAUSE as BUILD_FAILED, failed_build};
use crate::diagnose::{Cause, Finding, Severity};
use crate::facts::Facts;
use crate::parse::build_log::BuildReason;

/// `disk-full-for-build`.
pub const CAUSE: Cause = Cause {
    id: "disk-full-for-build",
    severity: Severity::Error,
    find,
    remedies: &["free-space", "build-module"],
    explains: BUILD_FAILED.explains,
};

fn find(facts: &Facts) -> Option<Finding> {
    failed_build(facts, |reason| reason == Some(BuildReason::DiskFull))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn fires_by_the_first_error_of_the_log() {
        let ours = "/usr/bin/ld: final link failed: No space left on device";
        assert_eq!(primary(&with_failed_build(ours)), CAUSE.id);
        let other = "fatal error: own.h: No such file or directory";
        assert_eq!(primary(&with_failed_build(other)), BUILD_FAILED.id);
    }
}

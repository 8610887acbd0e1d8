//! The module was to be built with another compiler than the kernel, and that one does not do.

use super::dkms_build_failed::{CAUSE as BUILD_FAILED, failed_build};
use crate::diagnose::{Cause, Finding, Severity};
use crate::facts::Facts;
use crate::parse::build_log::BuildReason;

/// `dkms-compiler-mismatch`.
pub const CAUSE: Cause = Cause {
    id: "dkms-compiler-mismatch",
    severity: Severity::Error,
    find,
    remedies: &["install-compiler", "boot-other-kernel"],
    explains: BUILD_FAILED.explains,
};

fn find(facts: &Facts) -> Option<Finding> {
    failed_build(facts, |reason| reason == Some(BuildReason::Compiler))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn fires_by_the_first_error_of_the_log() {
        let ours = "cc: error: unrecognized command-line option '-ftrivial-auto-var-init=zero'";
        assert_eq!(primary(&with_failed_build(ours)), CAUSE.id);
        let other = "warning: the compiler differs from the one used to build the kernel";
        assert_eq!(primary(&with_failed_build(other)), BUILD_FAILED.id);
    }
}

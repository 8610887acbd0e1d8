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
        let facts =
            failed("cc: error: unrecognized command-line option '-ftrivial-auto-var-init=zero'");
        assert!(find(&facts).is_some());
        assert_eq!(primary(&facts), "dkms-compiler-mismatch");
    }

    #[test]
    fn leaves_other_failures_alone() {
        let facts = failed("warning: the compiler differs from the one used to build the kernel");
        assert!(find(&facts).is_none());
        assert_eq!(primary(&facts), "dkms-build-failed");
    }
}

//! Whether a reboot helps: the machine now, held against the machine as [`predict::reboot`] says it would be.

use crate::diagnose::{Diagnosed, Diagnosis, Severity, diagnose};
use crate::facts::{Environment, Facts};
use crate::predict;

/// What a reboot would do.
#[derive(Clone)]
pub struct Outlook {
    /// In one word.
    pub effect: Effect,
    /// The kernel that boots next, where it is known.
    pub kernel: Option<String>,
    /// The errors that would hold after the reboot and follow from no other.
    pub errors: Vec<Diagnosed>,
}

/// What a reboot would do, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing fails now and nothing would after it.
    Harmless,
    /// Something fails now and nothing would after it.
    Helps,
    /// Something fails now and something would after it.
    DoesNotHelp,
    /// More would fail after it than now.
    Harms,
    /// Which kernel boots next is unknown.
    Unknown,
    /// There is nothing here to boot: a container, a chroot, an image, or a system whose driver comes from elsewhere.
    NotHere,
}

impl Outlook {
    /// What a reboot would make of the machine whose present diagnosis is `now`.
    pub fn of(facts: &Facts, now: &Diagnosis) -> Self {
        let kernel = facts.kernels.next_boot.value().cloned();
        if facts.system.environment != Environment::Host || facts.kernels.running.value().is_none()
        {
            return Self { effect: Effect::NotHere, kernel: None, errors: vec![] };
        }
        if kernel.is_none() {
            return Self { effect: Effect::Unknown, kernel, errors: vec![] };
        }
        let after = diagnose(&predict::reboot(facts));
        Self { effect: compare(now, &after), kernel, errors: root_errors(&after) }
    }
}

fn compare(now: &Diagnosis, after: &Diagnosis) -> Effect {
    let (before, then) = (root_errors(now), root_errors(after));
    let is_new = |found: &Diagnosed| !now.names(found.cause.id);
    match (before.is_empty(), then.is_empty()) {
        (true, true) => Effect::Harmless,
        (false, true) => Effect::Helps,
        (true, false) => Effect::Harms,
        // A fault in place of another is no worse than the first; one on top of it is.
        (false, false) if then.len() > before.len() && then.iter().any(is_new) => Effect::Harms,
        (false, false) => Effect::DoesNotHelp,
    }
}

fn root_errors(diagnosis: &Diagnosis) -> Vec<Diagnosed> {
    let is_root =
        |found: &&Diagnosed| found.severity == Severity::Error && found.because_of.is_empty();
    diagnosis.findings.iter().filter(is_root).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::{Cause, Finding};
    use crate::facts::Datum;
    use crate::reports::sample;

    macro_rules! cause {
        ($id:literal) => {{
            static CAUSE: Cause = Cause {
                id: $id,
                severity: Severity::Error,
                find: |_| None,
                remedies: &[],
                explains: &[],
            };
            Diagnosed {
                cause: &CAUSE,
                severity: Severity::Error,
                finding: Finding::certain(),
                because_of: vec![],
            }
        }};
    }

    fn with(findings: Vec<Diagnosed>) -> Diagnosis {
        Diagnosis { findings }
    }

    #[test]
    fn compares_the_errors_before_and_after() {
        let none = with(vec![]);
        let stale = with(vec![cause!("stale-module-loaded")]);
        let missing = with(vec![cause!("module-missing-for-kernel")]);
        let both = with(vec![cause!("stale-module-loaded"), cause!("module-missing-for-kernel")]);
        assert_eq!(compare(&none, &none), Effect::Harmless);
        assert_eq!(compare(&stale, &none), Effect::Helps);
        assert_eq!(compare(&stale, &stale), Effect::DoesNotHelp);
        assert_eq!(compare(&stale, &missing), Effect::DoesNotHelp);
        assert_eq!(compare(&both, &stale), Effect::DoesNotHelp);
        assert_eq!(compare(&stale, &both), Effect::Harms);
        assert_eq!(compare(&none, &missing), Effect::Harms);
    }

    #[test]
    fn says_so_where_nothing_boots_or_the_kernel_is_unknown() {
        let mut facts = sample::stale();
        facts.kernels.next_boot = Datum::absent("/boot");
        assert_eq!(Outlook::of(&facts, &with(vec![])).effect, Effect::Unknown);
        facts.system.environment = Environment::Container;
        assert_eq!(Outlook::of(&facts, &with(vec![])).effect, Effect::NotHere);
    }
}

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
    /// What would be wrong after the reboot and follows from nothing else: errors, or where nothing fails, warnings.
    pub faults: Vec<Diagnosed>,
}

/// What a reboot would do, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing is wrong now, and nothing would fail after it.
    Harmless,
    /// Something is wrong now, and nothing would be after it.
    Helps,
    /// Something is wrong now, and something would be after it.
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
            return Self { effect: Effect::NotHere, kernel: None, faults: vec![] };
        }
        if kernel.is_none() {
            return Self { effect: Effect::Unknown, kernel, faults: vec![] };
        }
        let after = diagnose(&predict::reboot(facts));
        let (effect, faults) = compare(now, &after);
        Self { effect, kernel, faults }
    }
}

/// The effect, and what would be wrong afterwards. Where nothing fails, now or then, warnings are what a reboot can help.
fn compare(now: &Diagnosis, after: &Diagnosis) -> (Effect, Vec<Diagnosed>) {
    let errors = [roots(now, Severity::Error), roots(after, Severity::Error)];
    let fails = errors.iter().any(|errors| !errors.is_empty());
    let [before, then] = if fails {
        errors
    } else {
        [roots(now, Severity::Warning), roots(after, Severity::Warning)]
    };
    let is_new = |found: &Diagnosed| !now.names(found.cause.id);
    let effect = match (before.is_empty(), then.is_empty()) {
        (true, true) => Effect::Harmless,
        (false, true) => Effect::Helps,
        (true, false) if fails => Effect::Harms,
        (true, false) => Effect::Harmless,
        // A fault in place of another is no worse than the first; one on top of it is.
        (false, false) if then.len() > before.len() && then.iter().any(is_new) => Effect::Harms,
        (false, false) => Effect::DoesNotHelp,
    };
    (effect, then)
}

/// The findings of that severity that follow from no other.
fn roots(diagnosis: &Diagnosis, severity: Severity) -> Vec<Diagnosed> {
    let is_root = |found: &&Diagnosed| found.severity == severity && found.because_of.is_empty();
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
        assert_eq!(compare(&none, &none).0, Effect::Harmless);
        assert_eq!(compare(&stale, &none).0, Effect::Helps);
        assert_eq!(compare(&stale, &stale).0, Effect::DoesNotHelp);
        assert_eq!(compare(&stale, &missing).0, Effect::DoesNotHelp);
        assert_eq!(compare(&both, &stale).0, Effect::DoesNotHelp);
        assert_eq!(compare(&stale, &both).0, Effect::Harms);
        assert_eq!(compare(&none, &missing).0, Effect::Harms);
    }

    #[test]
    fn where_nothing_fails_it_compares_the_warnings() {
        let mut warning = cause!("stale-module-loaded");
        warning.severity = Severity::Warning;
        let (none, warned) = (with(vec![]), with(vec![warning]));
        let failing = with(vec![cause!("module-missing-for-kernel")]);
        assert_eq!(compare(&warned, &none).0, Effect::Helps);
        assert_eq!(compare(&warned, &warned).0, Effect::DoesNotHelp);
        assert_eq!(compare(&warned, &failing).0, Effect::Harms);
        assert_eq!(compare(&failing, &warned).0, Effect::Helps);
        assert_eq!(compare(&none, &warned).0, Effect::Harmless);
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

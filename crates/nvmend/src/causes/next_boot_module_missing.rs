//! The kernel that boots next is another than the running one, and has no nvidia module.

use super::common::{kernel, on_disk, with_all};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{Environment, Facts, Obstacle, Resolution};

/// `next-boot-module-missing`.
pub const CAUSE: Cause = Cause {
    id: "next-boot-module-missing",
    severity: Severity::Warning,
    find,
    remedies: &["install-headers", "build-module", "boot-other-kernel"],
    explains: &[],
};

fn find(facts: &Facts) -> Option<Finding> {
    let (next, origin) = next_kernel(facts)?;
    let modules = facts.modules_of(next)?;
    let is_missing = matches!(
        modules.resolved.get("nvidia"),
        None | Some(Resolution::Missing | Resolution::Dangling { .. })
    );
    if !is_missing || facts.on_disk_version().is_none() || facts.module_may_be_unseen(next) {
        return None;
    }
    let needs_headers = facts
        .pending_build(next)
        .is_some_and(|pending| pending.obstacle == Obstacle::HeadersMissing);
    let remedies: &[&str] = if needs_headers {
        &["install-headers", "boot-other-kernel"]
    } else {
        &["build-module", "boot-other-kernel"]
    };
    let finding = Finding::certain().remedies(remedies).arg("kernel", next).evidence(
        Evidence::new("claim-kernel-without-module", format!("/lib/modules/{next}"), next)
            .with("kernel", next),
    );
    let chosen = Evidence::new("claim-kernel-next", origin.clone(), next);
    Some(with_all(finding, [chosen].into_iter().chain(kernel(facts)).chain(on_disk(facts))))
}

/// B, where it is another than the running K, on a machine that uses its own driver.
pub(super) fn next_kernel(facts: &Facts) -> Option<(&str, &crate::facts::Origin)> {
    let (running, _) = facts.kernels.current()?;
    let (next, origin) = facts.kernels.next_boot.sourced()?;
    let is_judged = facts.system.environment == Environment::Host
        && !facts.is_managed_elsewhere()
        && !facts.has_nothing_to_run();
    (is_judged && next != running).then_some((next.as_str(), origin))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::facts::Datum;

    #[test]
    fn fires_for_the_kernel_that_boots_next_only() {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        add_kernel(&mut facts, "6.1.0-50-amd64", None);
        assert!(find(&facts).is_none());
        facts.kernels.next_boot = Datum::known("6.1.0-50-amd64".into(), "/boot");
        assert!(find(&facts).is_some());
        assert_eq!(primary(&facts), "next-boot-module-missing");
    }
}

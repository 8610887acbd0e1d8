//! DKMS or akmods knows the version of the libraries and has not built it for this kernel.

use super::common::{
    kernel, on_disk, or_none, owning_packages, severity_on_disk, versions, with_all,
};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{Builder, Facts, Obstacle, PendingBuild};

/// `module-not-built`.
pub const CAUSE: Cause = Cause {
    id: "module-not-built",
    severity: Severity::Error,
    find,
    remedies: &["build-module"],
    explains: &["module-not-loaded", "nouveau-holds-gpu"],
};

fn find(facts: &Facts) -> Option<Finding> {
    let (release, _) = facts.current_kernel()?;
    let pending = pending_on(facts, release)?;
    // What came of the last build was not seen.
    if pending.obstacle != Obstacle::NotTried || facts.lacks(&["builders"]) {
        return None;
    }
    let finding =
        describe(facts, Finding::certain(), &pending, release).severity(severity_on_disk(facts));
    let evidence = versions(facts).into_iter().chain(kernel(facts)).chain(owning_packages(facts));
    Some(with_all(finding, evidence))
}

/// The build that `release` lacks, where modules are ours to judge.
pub(super) fn pending_on<'f>(facts: &'f Facts, release: &str) -> Option<PendingBuild<'f>> {
    facts.pending_build(release).filter(|_| facts.judges_module())
}

/// The kernels that count for a build: K, and B where it is another; with how bad it is that one lacks its module.
pub(super) fn kernels_to_build_for(facts: &Facts) -> Vec<(&str, Severity)> {
    let current = facts.current_kernel().map(|(release, _)| (release, severity_on_disk(facts)));
    let next = facts.kernels.next_boot.value().map(|release| (release.as_str(), Severity::Warning));
    let next = next.filter(|(release, _)| current.is_none_or(|(current, _)| current != *release));
    current.into_iter().chain(next).collect()
}

/// The arguments and the first evidence that all causes of a missing build share.
pub(super) fn describe(
    facts: &Facts,
    finding: Finding,
    pending: &PendingBuild<'_>,
    release: &str,
) -> Finding {
    let on_disk_version = facts.on_disk_version_for(release).map(|(version, _)| version);
    let unseen = facts.modules_are_unseen();
    let module = on_disk(facts).filter(|_| on_disk_version.is_some()).or_else(|| {
        let place = format!("/lib/modules/{release}");
        let missing = Evidence::new("claim-kernel-without-module", place.clone(), place);
        (!unseen).then(|| missing.with("kernel", release))
    });
    let finding = finding
        .arg("builder", pending.builder.name())
        .arg("version", pending.version)
        .arg("kernel", release)
        .arg("on_disk", if unseen { "unseen".to_owned() } else { or_none(on_disk_version) });
    let known = Evidence::new("claim-build-known", pending.known_from.clone(), pending.version)
        .with("builder", pending.builder.name());
    // The installer takes its sources away with it.
    let keeps_sources = pending.builder != Builder::Installer;
    with_all(finding, keeps_sources.then_some(known).into_iter().chain(module))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn fires_when_dkms_knows_the_version_and_built_nothing() {
        let mut facts = machine("535.216.03", "535.216.03", "535.261.03");
        dkms(&mut facts, "535.261.03", None);
        let found = find(&facts).unwrap();
        assert_eq!(found.severity, Some(Severity::Error));
        assert_eq!(primary(&facts), "module-not-built");
    }

    #[test]
    fn does_not_fire_when_built_or_unknown_to_dkms() {
        let mut built = machine("535.261.03", "535.261.03", "535.261.03");
        dkms(&mut built, "535.261.03", Some(crate::facts::BuildOutcome::Installed));
        assert!(find(&built).is_none());
        let mut unknown = machine("535.216.03", "535.216.03", "535.261.03");
        dkms(&mut unknown, "535.216.03", Some(crate::facts::BuildOutcome::Installed));
        assert!(find(&unknown).is_none());
    }
}

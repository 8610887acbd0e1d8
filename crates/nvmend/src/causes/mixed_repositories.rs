//! Driver packages of different origins are installed side by side, and don't fit together.

use super::common::{libraries, loaded, on_disk, package, severity_on_disk, with_all};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{Facts, Package};

/// `mixed-repositories`.
pub const CAUSE: Cause = Cause {
    id: "mixed-repositories",
    severity: Severity::Error,
    find,
    remedies: &["align-packages"],
    explains: &[
        "mixed-driver-series",
        "package-version-skew",
        "half-installed-packages",
        "module-missing-for-kernel",
        "broken-library-link",
        "foreign-arch-library-skew",
        "display-stack-skew",
        "stale-module-loaded",
        "next-boot-mismatch",
    ],
};

fn find(facts: &Facts) -> Option<Finding> {
    if !facts.judges_module() || facts.is_managed_elsewhere() {
        return None;
    }
    let (first, second) = two_origins(facts)?;
    // Packages of two origins at one version work; where the versions differ they are a trap even while the files
    // that count agree.
    let severity =
        if facts.has_contradiction_on_disk() { severity_on_disk(facts) } else { Severity::Warning };
    let (first_origin, second_origin) = (first.origin.as_deref()?, second.origin.as_deref()?);
    let finding = Finding::certain()
        .severity(severity)
        .arg("first", &first.name)
        .arg("first_origin", first_origin)
        .arg("second", &second.name)
        .arg("second_origin", second_origin);
    let origin = |package: &Package, origin: &str| {
        let from = package.origin_from.as_ref().unwrap_or(&package.from);
        Evidence::new("claim-package-origin", from.clone(), origin).with("package", &package.name)
    };
    let evidence = [
        origin(first, first_origin),
        package(first),
        origin(second, second_origin),
        package(second),
    ];
    Some(with_all(
        finding,
        evidence.into_iter().chain(libraries(facts)).chain(on_disk(facts)).chain(loaded(facts)),
    ))
}

/// Two packages of one series with known, different origins and different versions. An origin that nothing tells is
/// unknown: it may be the same.
fn two_origins(facts: &Facts) -> Option<(&Package, &Package)> {
    let known = || {
        facts
            .driver_packages()
            .filter(|package| package.origin.is_some() && package.driver_version.is_some())
    };
    known().find_map(|first| {
        let second = known().find(|second| {
            second.manager == first.manager
                && second.series == first.series
                && second.origin != first.origin
                && second.driver_version != first.driver_version
        })?;
        Some((first, second))
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::facts::PackageRole;

    fn half_and_half(library: &str, origins: [Option<&str>; 2]) -> Facts {
        let mut facts = machine("535.261.03", "535.261.03", library);
        add_package(&mut facts, "nvidia-kernel-dkms", "535.261.03", PackageRole::Kernel, None);
        add_package(&mut facts, "libcuda1", library, PackageRole::User, None);
        for (package, origin) in facts.packages.installed.iter_mut().zip(origins) {
            package.origin = origin.map(Into::into);
        }
        facts
    }

    #[test]
    fn explains_the_skew() {
        let facts = half_and_half("550.163.01", [Some("Debian"), Some("backports")]);
        assert!(find(&facts).is_some());
        assert_eq!(primary(&facts), "mixed-repositories");
    }

    #[test]
    fn an_unknown_origin_and_one_version_are_no_fault() {
        assert!(find(&half_and_half("550.163.01", [None, Some("backports")])).is_none());
        assert!(find(&half_and_half("535.261.03", [Some("Debian"), Some("backports")])).is_none());
    }
}

//! The kernel side and the user side of the driver are installed at different versions. It is also what names a
//! disagreement on disk that nothing more special explains.

use super::common::{
    NONE, libraries, loaded, on_disk, or_none, owner, package, severity_on_disk, with_all,
};
use crate::diagnose::{Cause, Finding, Severity};
use crate::facts::{Facts, LookupScope, Ownership, Package, PackageRole};

/// `package-version-skew`.
pub const CAUSE: Cause = Cause {
    id: "package-version-skew",
    severity: Severity::Error,
    find,
    remedies: &["align-packages"],
    explains: &["broken-library-link", "stale-module-loaded", "next-boot-mismatch"],
};

/// What names a disagreement on disk better than this cause does.
const BETTER_NAMES: &[&Cause] = &[
    &super::mixed_driver_series::CAUSE,
    &super::mixed_install_methods::CAUSE,
    &super::shadowed_module::CAUSE,
    &super::module_missing_for_kernel::CAUSE,
];

fn find(facts: &Facts) -> Option<Finding> {
    if !facts.judges_module() || facts.is_managed_elsewhere() {
        return None;
    }
    let pair = skewed_packages(facts);
    let user_side = facts.disagreeing_libraries().filter(|pair| {
        pair.iter()
            .all(|(_, library)| matches!(facts.owner(&library.chain.end), Ownership::Package(_)))
    });
    // A link that leads to nothing has only the version of its name, and one that leads past the right file is what is
    // to be mended (`broken-library-link`).
    let is_broken_link =
        facts.driver_libraries(LookupScope::Plain).any(|(_, library)| !library.exists)
            || facts.stale_cache().is_some()
            || facts.misled_link().is_some();
    let mismatch = facts.disk_mismatch().filter(|_| !is_broken_link);
    if pair.is_none() && user_side.is_none() && mismatch.is_none() {
        return unseen(facts);
    }
    let pending =
        facts.current_kernel().is_some_and(|(release, _)| facts.pending_build(release).is_some());
    let leftover = super::leftover_libraries::first_found(facts).is_some();
    if pending || leftover || BETTER_NAMES.iter().any(|cause| (cause.find)(facts).is_some()) {
        return None;
    }
    let library_is_packaged = facts
        .driver_libraries(LookupScope::Plain)
        .any(|(_, library)| matches!(facts.owner(&library.chain.end), Ownership::Package(_)));
    let finding = match (&pair, &user_side) {
        (None, None) if library_is_packaged => Finding::likely(),
        (None, None) => Finding::possible(),
        _ => Finding::certain(),
    };
    let kernel_version = mismatch
        .map(|(module, _)| module)
        .or(pair.and_then(|(kernel, _)| kernel.driver_version.as_ref()))
        .or(facts.module_version());
    let user_version = mismatch
        .map(|(_, library)| library)
        .or(pair.and_then(|(_, user)| user.driver_version.as_ref()))
        .or(user_side.and_then(|pair| {
            pair.into_iter().find_map(|(_, library)| {
                library.version.as_ref().filter(|version| Some(*version) != kernel_version)
            })
        }));
    let held =
        pair.and_then(|(kernel, user)| [kernel, user].into_iter().find(|package| package.held));
    let finding = finding
        .severity(severity_on_disk(facts))
        .arg("kernel_version", or_none(kernel_version))
        .arg("user_version", or_none(user_version))
        .arg("held", held.map_or(NONE, |package| package.name.as_str()))
        .arg("seen", "yes");
    let packages = pair.into_iter().flat_map(|(kernel, user)| [package(kernel), package(user)]);
    let hold = held.map(|package| {
        crate::diagnose::Evidence::new("claim-package-held", package.from.clone(), &package.version)
            .with("package", &package.name)
    });
    let owners = facts
        .driver_libraries(LookupScope::Plain)
        .filter_map(|(_, library)| owner(facts, &library.chain.end));
    let evidence = packages
        .chain(hold)
        .chain(on_disk(facts))
        .chain(libraries(facts))
        .chain(loaded(facts))
        .chain(owners);
    Some(with_all(finding, evidence))
}

/// The same by L and U alone, where neither the module on disk nor the packages were looked at: libraries that are
/// older than the running module are no upgrade that waits for a reboot.
fn unseen(facts: &Facts) -> Option<Finding> {
    let (loaded_version, library) = facts.mismatch_with_unseen_disk()?;
    let library = library.filter(|library| {
        *library < loaded_version && !loaded_version.agrees_with_prefix(library.as_str())
    })?;
    let finding = Finding::possible()
        .arg("kernel_version", loaded_version)
        .arg("user_version", library)
        .arg("held", NONE)
        .arg("seen", "no");
    Some(with_all(finding, loaded(facts).into_iter().chain(libraries(facts))))
}

/// A kernel-side and a user-side package of one series at different driver versions, where no package of the other
/// side has the same version.
fn skewed_packages(facts: &Facts) -> Option<(&Package, &Package)> {
    let of = |role| {
        facts
            .packages
            .of_role(role)
            .filter(|package| package.is_installed() && package.driver_version.is_some())
    };
    let user: Vec<&Package> = of(PackageRole::User).collect();
    // Debian keeps the proprietary and the open module's sources side by side: one that fits is enough.
    if of(PackageRole::Kernel)
        .any(|kernel| user.iter().any(|user| user.driver_version == kernel.driver_version))
    {
        return None;
    }
    of(PackageRole::Kernel).find_map(|kernel| {
        let user =
            user.iter().find(|user| user.series == kernel.series || user.series.is_none())?;
        Some((kernel, *user))
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::diagnose::Certainty;

    #[test]
    fn fires_on_a_half_upgraded_system() {
        let mut facts = machine("520.56.06", "520.56.06", "525.85.12");
        add_package(&mut facts, "nvidia-kernel-dkms", "520.56.06", PackageRole::Kernel, None);
        add_package(&mut facts, "libnvidia-ml1", "525.85.12", PackageRole::User, None);
        let found = find(&facts).unwrap();
        assert_eq!((found.certainty, found.severity), (Certainty::Certain, Some(Severity::Error)));
        assert_eq!(primary(&facts), "package-version-skew");
    }

    #[test]
    fn is_possible_where_packages_and_disk_were_not_looked_at() {
        let of = |loaded, library| {
            let mut facts = machine(loaded, loaded, library);
            facts.modules = Default::default();
            facts.kernels.directory =
                crate::facts::Datum::unreadable("/lib/modules", "not part of the capture");
            find(&facts).map(|found| found.certainty)
        };
        assert_eq!(of("595.45.04", "535.288.01"), Some(Certainty::Possible));
        assert_eq!(of("535.288.01", "595.45.04"), None, "an upgrade under a running module");
    }

    #[test]
    fn names_what_nothing_else_explains() {
        let mut facts = machine("560.35.03", "560.35.03", "555.58.02");
        assert_eq!(find(&facts).unwrap().certainty, Certainty::Possible);
        // An image-based system keeps its driver where others do.
        facts.system.managed_by.push(("ostree".into(), "/run/ostree-booted".into()));
        assert!(find(&facts).is_some());
    }

    #[test]
    fn is_a_warning_while_the_loaded_module_still_fits() {
        assert_eq!(
            find(&machine("535.216.03", "535.261.03", "535.216.03")).unwrap().severity,
            Some(Severity::Warning)
        );
    }

    #[test]
    fn aligned_packages_are_no_fault() {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        add_package(&mut facts, "nvidia-kernel-dkms", "535.261.03", PackageRole::Kernel, None);
        add_package(&mut facts, "libcuda1", "535.261.03", PackageRole::User, None);
        assert!(find(&facts).is_none());
        // Only the loaded module is old: that is another cause.
        assert!(find(&machine("535.216.03", "535.261.03", "535.261.03")).is_none());
    }
}

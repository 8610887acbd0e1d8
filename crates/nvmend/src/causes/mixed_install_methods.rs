//! A driver installed by NVIDIA's `.run` file, and on the same machine driver packages, or a module that neither of
//! them brought.

use super::common::{
    NONE, libraries, loaded, on_disk, or_none, owner, package, severity_on_disk, with_all,
};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{Facts, ModuleFile, Ownership, RunfileTrace};

/// `mixed-install-methods`.
pub const CAUSE: Cause = Cause {
    id: "mixed-install-methods",
    severity: Severity::Warning,
    find,
    remedies: &["uninstall-runfile", "remove-driver-packages"],
    explains: &[
        "leftover-libraries",
        "broken-library-link",
        "package-version-skew",
        "shadowed-module",
        "next-boot-mismatch",
        "missing-driver-files",
    ],
};

fn find(facts: &Facts) -> Option<Finding> {
    both_are_there(facts).or_else(|| installed_over_packages(facts))
}

/// By the installer's log alone, where nobody looked at the packages: which of the two was removed since, it can't tell.
fn installed_over_packages(facts: &Facts) -> Option<Finding> {
    let run = facts.builders.runfile.value()?.last_run.as_ref()?;
    let databases = &facts.packages.databases;
    let unseen = databases.iter().all(|database| database.count.is_unreadable());
    if !run.has_installed() || !run.over_packages || databases.is_empty() || !unseen {
        return None;
    }
    let said = Evidence::new("claim-over-packages", &run.log, or_none(run.version.as_ref()));
    let finding = Finding::possible()
        .arg("runfile", or_none(run.version.as_ref()))
        .arg("package", NONE)
        .arg("packaged", NONE)
        .evidence(said);
    let evidence = libraries(facts).into_iter().chain(loaded(facts));
    facts.judges_module().then(|| with_all(finding, evidence))
}

fn both_are_there(facts: &Facts) -> Option<Finding> {
    let (runfile, origin) =
        facts.builders.runfile.sourced().filter(|(runfile, _)| runfile.installed)?;
    let listed: Vec<_> = facts.driver_packages().take(4).collect();
    // Beside packages a module without an owner tells nothing: many builders leave none.
    let own_module = if listed.is_empty() { Some(built_by_hand(facts, runfile)?) } else { None };
    if !facts.judges_module() {
        return None;
    }
    let severity = if facts.has_contradiction_on_disk() {
        severity_on_disk(facts)
    } else if !facts.packages.missing.is_empty() && !facts.has_nothing_to_run() {
        Severity::Error
    } else {
        Severity::Warning
    };
    let packaged = own_module
        .and_then(ModuleFile::version)
        .or_else(|| listed.iter().find_map(|package| package.driver_version.as_ref()));
    let finding = Finding::certain()
        .severity(severity)
        .arg("runfile", or_none(runfile.version.as_ref()))
        .arg("package", listed.first().map_or(NONE, |package| package.name.as_str()))
        .arg("packaged", or_none(packaged));
    let signs = runfile.signs.first().unwrap_or(origin);
    let installed =
        Evidence::new("claim-runfile-installed", signs.clone(), or_none(runfile.version.as_ref()));
    let evidence = [installed]
        .into_iter()
        .chain(listed.into_iter().map(package))
        .chain(on_disk(facts))
        .chain(own_module.and_then(|module| owner(facts, &module.path)))
        .chain(libraries(facts))
        .chain(loaded(facts));
    Some(with_all(finding, evidence))
}

/// The module that `modprobe nvidia` would load, if someone built it by hand: no package owns it, no builder is known
/// for it, and it is of another version than the `.run` file's.
fn built_by_hand<'f>(facts: &'f Facts, runfile: &RunfileTrace) -> Option<&'f ModuleFile> {
    let file = facts.current_module_file()?;
    let (module, installed) = (file.version()?, runfile.version.as_ref()?);
    let is_own = module != installed && *facts.owner(&file.path) == Ownership::Nobody;
    is_own.then_some(file)
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::facts::PackageRole;

    #[test]
    fn fires_when_both_are_there() {
        let mut facts = machine("535.261.03", "535.261.03", "550.54.14");
        runfile(&mut facts, "550.54.14", true);
        add_package(
            &mut facts,
            "libnvidia-compute-535",
            "535.261.03",
            PackageRole::User,
            Some("535"),
        );
        assert_eq!(find(&facts).unwrap().severity, Some(Severity::Error));
        assert_eq!(primary(&facts), "mixed-install-methods");
    }

    #[test]
    fn fires_on_a_module_that_was_built_by_hand() {
        let mut facts = machine("570.124.06", "570.124.06", "570.124.04");
        runfile(&mut facts, "570.124.04", true);
        own_module(&mut facts, Ownership::Nobody, 0);
        assert_eq!(find(&facts).unwrap().severity, Some(Severity::Error));
        assert_eq!(primary(&facts), "mixed-install-methods");
        // Who owns it is not known.
        let path = facts.current_module_file().unwrap().path.clone();
        facts.packages.owners.remove(&path);
        assert!(find(&facts).is_none());
    }

    #[test]
    fn an_old_installer_log_is_no_fault() {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        add_package(
            &mut facts,
            "libnvidia-compute-535",
            "535.261.03",
            PackageRole::User,
            Some("535"),
        );
        runfile(&mut facts, "550.54.14", false);
        assert!(find(&facts).is_none());
    }

    #[test]
    fn a_runfile_alone_is_no_fault() {
        let mut facts = machine("550.54.14", "550.54.14", "550.54.14");
        runfile(&mut facts, "550.54.14", true);
        assert!(find(&facts).is_none());
    }
}

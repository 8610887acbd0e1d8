//! A variable of the environment, of this one or of a service, makes programs load a driver library of another version
//! than the system's.

use super::common::{NONE, chain, libraries, loaded, or_none, with_all};
use super::container_without_toolkit::follows_in_container;
use super::stub_library_loaded::{variable, variable_set};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{
    Environment, Facts, Holder, LibraryPlace, Lookup, LookupScope, ResolvedLibrary, UnitOverride,
};

/// `library-path-override`.
pub const CAUSE: Cause = Cause {
    id: "library-path-override",
    severity: Severity::Error,
    find,
    remedies: &["correct-environment"],
    explains: &[],
};

fn find(facts: &Facts) -> Option<Finding> {
    // The loaded version says nothing of the libraries there.
    if matches!(facts.system.environment, Environment::Wsl | Environment::Jetson)
        || facts.has_nothing_to_run()
    {
        return None;
    }
    if super::conda_library_conflict::has_conflicting_library(facts) {
        return None;
    }
    in_this_environment(facts).or_else(|| in_a_service(facts))
}

fn in_this_environment(facts: &Facts) -> Option<Finding> {
    let (lookup, library) = overriding_library(facts)?;
    let name = variable(&library.via)?;
    let wanted = wanted_version(facts, lookup);
    let finding = match library.version {
        Some(_) => Finding::certain(),
        // Elsewhere than the system's, and its version is not told: it may fit.
        None => Finding::possible().severity(Severity::Warning),
    };
    let finding = finding
        .arg("variable", name)
        .arg("library", &lookup.name)
        .arg("version", or_none(library.version.as_ref()))
        .arg("path", library.chain.end.display())
        .arg("expected", or_none(wanted))
        .arg("unit", NONE)
        .evidence(
            Evidence::new(
                "claim-environment-library-version",
                chain(library),
                or_none(library.version.as_ref()),
            )
            .with("library", &lookup.name),
        );
    let evidence =
        variable_set(facts, &library.via).into_iter().chain(libraries(facts)).chain(loaded(facts));
    Some(follows_in_container(facts, with_all(finding, evidence)))
}

/// A line of its unit leads a running service there.
fn in_a_service(facts: &Facts) -> Option<Finding> {
    let (driver, _) = facts.loaded_version()?;
    let found = wrong_overrides(facts).next()?;
    let name = found.library.path.file_name().unwrap_or_default().to_string_lossy();
    let finding = Finding::certain()
        .arg("variable", &found.variable)
        .arg("library", name.split(".so").next().unwrap_or_default())
        .arg("version", &found.library.version)
        .arg("path", found.library.path.display())
        .arg("expected", driver)
        .arg("unit", &found.unit);
    let lines = wrong_overrides(facts).take(5).map(|found| {
        Evidence::new("claim-unit-variable", found.from.clone(), &found.value)
            .with("name", &found.variable)
            .with("unit", &found.unit)
    });
    Some(with_all(finding, lines.chain(loaded(facts)).chain(libraries(facts))))
}

/// Lines of units that lead to another version than both the loaded module's and what programs without them get.
/// `cuda-compat` is newer on purpose.
pub(crate) fn wrong_overrides(facts: &Facts) -> impl Iterator<Item = &UnitOverride> {
    let fits = |found: &UnitOverride| {
        let version = Some(&found.library.version);
        version == facts.loaded_version().map(|(version, _)| version)
            || version == facts.library_version().map(|(version, _)| version)
    };
    let is_compat = |found: &UnitOverride| {
        let mut parts = found.library.path.iter();
        parts.any(|part| part.to_string_lossy().contains("compat"))
    };
    facts.holders.overrides.iter().filter(move |found| !fits(found) && !is_compat(found))
}

/// Whether such a line leads this service to its library.
pub(super) fn is_led_by_unit(facts: &Facts, holder: &Holder) -> bool {
    let unit = holder.service();
    wrong_overrides(facts).any(|found| Some(&found.unit) == unit.as_ref())
}

/// The version that would be right: L, else what a plain process gets.
fn wanted_version<'f>(
    facts: &'f Facts,
    lookup: &Lookup,
) -> Option<&'f crate::version::DriverVersion> {
    facts.loaded_version().map(|(version, _)| version).or_else(|| {
        facts
            .libraries
            .lookup(&lookup.name, &lookup.arch, LookupScope::Plain)
            .and_then(|plain| plain.found.value()?.version.as_ref())
    })
}

fn overriding_library(facts: &Facts) -> Option<(&Lookup, &ResolvedLibrary)> {
    facts.driver_libraries(LookupScope::Environment).find(|(lookup, library)| {
        let plain = facts
            .libraries
            .lookup(&lookup.name, &lookup.arch, LookupScope::Plain)
            .and_then(|plain| plain.found.value());
        // The same file as without the variable: whatever is wrong with it is not the variable's doing.
        let overrides = variable(&library.via).is_some()
            && plain.is_none_or(|plain| plain.chain.end != library.chain.end);
        let misfits = match (&library.version, wanted_version(facts, lookup)) {
            (Some(version), Some(wanted)) => version != wanted,
            // Nothing to compare it with, or it does not tell.
            (Some(_), None) => false,
            (None, _) => library.exists && library.place == LibraryPlace::Other,
        };
        overrides && misfits
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::facts::{Datum, MappedLibrary};

    #[test]
    fn fires_when_the_variable_leads_to_another_version() {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        environment(&mut facts, "/opt/old/lib", Some("470.82.01"), LibraryPlace::Other);
        assert!(find(&facts).is_some());
        assert_eq!(primary(&facts), "library-path-override");
    }

    #[test]
    fn the_loaded_version_from_elsewhere_is_right() {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        environment(&mut facts, "/opt/same/lib", Some("535.261.03"), LibraryPlace::Other);
        assert!(find(&facts).is_none());
        // It even mends a stale module.
        let mut stale = machine("535.216.03", "535.261.03", "535.261.03");
        environment(&mut stale, "/opt/old/lib", Some("535.216.03"), LibraryPlace::Other);
        assert!(find(&stale).is_none());
    }

    #[test]
    fn fires_when_a_units_line_leads_a_service_there() {
        let found = |version: &str, path: &str| {
            let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
            let version: crate::version::DriverVersion = version.parse().unwrap();
            let library = MappedLibrary { path: path.into(), version, deleted: false };
            facts.holders.overrides.push(UnitOverride {
                unit: "exporter.service".into(),
                variable: "LD_LIBRARY_PATH".into(),
                value: "/opt/old".into(),
                element: "/opt/old".into(),
                from: "/etc/systemd/system/exporter.service:3".into(),
                library: library.clone(),
            });
            let holder = Holder {
                pid: 7,
                name: "exporter".into(),
                devices: vec![],
                libraries: vec![library],
                cgroup: Some("/system.slice/exporter.service".into()),
            };
            facts.holders.processes = Datum::known(vec![holder], "/proc");
            facts
        };
        let wrong = found("470.82.01", "/opt/old/libnvidia-ml.so.470.82.01");
        let diagnosis = crate::diagnose::diagnose(&wrong);
        assert_eq!(primary(&wrong), "library-path-override");
        let process = diagnosis.findings.iter();
        let mut process = process.filter(|found| found.cause.id == "process-holds-old-libraries");
        assert_eq!(process.next().unwrap().because_of, ["library-path-override"]);
        assert!(find(&found("535.261.03", "/opt/old/libnvidia-ml.so.535.261.03")).is_none());
        assert!(find(&found("580.65.06", "/usr/local/cuda/compat/libcuda.so.580.65.06")).is_none());
    }

    #[test]
    fn a_variable_that_changes_nothing_is_not_blamed() {
        let mut facts = machine("535.216.03", "535.261.03", "535.261.03");
        environment(&mut facts, "/usr/lib", Some("535.261.03"), LibraryPlace::System);
        assert!(find(&facts).is_none());
    }
}

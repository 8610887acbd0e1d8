//! Running processes map driver libraries that fit neither the loaded module nor what new programs get.

use super::common::{libraries, loaded, with_all};
use super::library_path_override::is_led_by_unit;
use super::{service_skew, snap_runtime_skew};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{Environment, Facts, Holder, MappedLibrary};

/// `process-holds-old-libraries`.
pub const CAUSE: Cause = Cause {
    id: "process-holds-old-libraries",
    severity: Severity::Error,
    find,
    remedies: &["restart-service", "restart-processes"],
    explains: &[],
};

fn find(facts: &Facts) -> Option<Finding> {
    if facts.system.environment != Environment::Host {
        return None;
    }
    let (driver, _) = facts.loaded_version()?;
    let old: Vec<(&Holder, &MappedLibrary)> = old(facts).collect();
    let (first, library) = *old.first()?;
    let are_services = old.iter().all(|(holder, _)| holder.service().is_some());
    let finding = Finding::certain()
        .remedies(if are_services { &["restart-service"] } else { &["restart-processes"] })
        .arg("name", &first.name)
        .arg("pid", first.pid)
        .arg("version", &library.version)
        .arg("driver", driver)
        .arg("count", old.len());
    let are_led = old.iter().all(|(holder, _)| is_led_by_unit(facts, holder));
    let finding = if are_led { finding.follows_from("library-path-override") } else { finding };
    let evidence = old.iter().take(8).map(|(holder, library)| {
        Evidence::new(
            "claim-process-libraries",
            format!("/proc/{}/maps", holder.pid),
            library.path.display(),
        )
        .with("name", &holder.name)
        .with("pid", holder.pid)
    });
    Some(with_all(finding, evidence.chain(loaded(facts)).chain(libraries(facts))))
}

/// The processes that hold old libraries.
pub(crate) fn old(facts: &Facts) -> impl Iterator<Item = (&Holder, &MappedLibrary)> {
    let processes = facts.holders.processes.value().map_or(&[][..], Vec::as_slice);
    processes.iter().filter_map(|holder| Some((holder, old_library(facts, holder)?)))
}

/// A library of a version that the loaded module turns away. Those of the module's own version, deleted or not, are
/// right; those that every new program gets too are another cause's affair; `cuda-compat` is newer on purpose.
fn old_library<'f>(facts: &Facts, holder: &'f Holder) -> Option<&'f MappedLibrary> {
    let (driver, _) = facts.loaded_version()?;
    // `service-skew` and `snap-runtime-skew` name these, and what to do with them.
    let is_named_elsewhere = service_skew::unit(holder).is_some()
        || holder.libraries.iter().any(snap_runtime_skew::is_of_snap);
    if is_named_elsewhere {
        return None;
    }
    let current = facts.library_version().map(|(version, _)| version);
    let is_own = |library: &&MappedLibrary| library.version == *driver;
    if holder.libraries.iter().any(|library| is_own(&library)) {
        return None;
    }
    holder.libraries.iter().find(|library| {
        let is_compat = library
            .path
            .components()
            .any(|part| part.as_os_str().to_str().is_some_and(|part| part.contains("compat")));
        Some(&library.version) != current && !is_compat
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::facts::Datum;

    fn held(loaded: &str, library: &str, path: &str) -> Facts {
        let mut facts = machine(loaded, library, library);
        let mapped = MappedLibrary {
            path: path.into(),
            version: crate::version::DriverVersion::from_library_name(path).unwrap(),
            deleted: true,
        };
        let holder = Holder {
            pid: 700,
            name: "dcgm".into(),
            devices: vec![],
            libraries: vec![mapped],
            cgroup: None,
        };
        facts.holders.processes = Datum::known(vec![holder], "/proc");
        facts
    }

    #[test]
    fn fires_on_what_outlived_a_reload() {
        let facts = held("535.261.03", "535.261.03", "/usr/lib/libnvidia-ml.so.535.216.03");
        assert!(find(&facts).is_some());
        assert_eq!(primary(&facts), "process-holds-old-libraries");
    }

    #[test]
    fn libraries_of_the_module_or_of_every_new_program_are_no_fault() {
        let old = "/usr/lib/libnvidia-ml.so.535.216.03";
        assert!(find(&held("535.216.03", "535.261.03", old)).is_none());
        let new = "/usr/lib/libnvidia-ml.so.535.261.03";
        assert!(find(&held("535.216.03", "535.261.03", new)).is_none());
        let compat = "/usr/local/cuda-13.0/compat/libcuda.so.580.65.06";
        assert!(find(&held("535.261.03", "535.261.03", compat)).is_none());
    }
}

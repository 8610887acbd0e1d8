//! A service of the driver runs with libraries of another version than the loaded module's.

use super::common::{libraries, loaded, with_all};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{Facts, Holder, MappedLibrary};

/// `service-skew`.
pub const CAUSE: Cause = Cause {
    id: "service-skew",
    severity: Severity::Error,
    find,
    remedies: &["restart-service"],
    explains: &[],
};

/// What the kernel shows of a service's name (15 characters, proc_pid_comm(5)), and the service's unit.
const SERVICES: [(&str, &str); 8] = [
    ("nvidia-persiste", "nvidia-persistenced"),
    ("nv-hostengine", "nvidia-dcgm"),
    ("nv-fabricmanage", "nvidia-fabricmanager"),
    ("nvidia-vgpud", "nvidia-vgpud"),
    ("nvidia-vgpu-mgr", "nvidia-vgpu-mgr"),
    ("nvidia-gridd", "nvidia-gridd"),
    ("nvidia-powerd", "nvidia-powerd"),
    ("nvidia-imex", "nvidia-imex"),
];

fn find(facts: &Facts) -> Option<Finding> {
    let (version, _) = facts.loaded_version()?;
    let (holder, library, service) = skewed(facts).next()?;
    let mut names: Vec<&str> = skewed(facts).map(|(_, _, service)| service).collect();
    names.sort_unstable();
    names.dedup();
    // Started since the upgrade, it got the new libraries, and waits for the module as every program does.
    let finding = Finding::certain()
        .follows_from("stale-module-loaded")
        .follows_from("stale-initramfs")
        .arg("service", service)
        .arg("services", names.join(", "))
        .arg("version", &library.version)
        .arg("loaded", version)
        .arg("state", if library.deleted { "deleted" } else { "there" })
        .evidence(process(holder, library));
    let others = skewed(facts).skip(1).take(5).map(|(holder, library, _)| process(holder, library));
    Some(with_all(finding, others.chain(loaded(facts)).chain(libraries(facts))))
}

/// The unit of a service of the driver; `None` for any other program.
pub(super) fn unit(holder: &Holder) -> Option<&'static str> {
    SERVICES.iter().find(|(comm, _)| *comm == holder.name).map(|(_, unit)| *unit)
}

/// Services that map no library of L, and one of another version. L's own, though its file is gone, works, and
/// cuda-compat is newer on purpose.
fn skewed(facts: &Facts) -> impl Iterator<Item = (&Holder, &MappedLibrary, &'static str)> {
    let loaded = facts.loaded_version().map(|(version, _)| version);
    let processes = facts.holders.processes.value().map_or(&[][..], Vec::as_slice);
    processes.iter().filter_map(move |holder| {
        let service = unit(holder)?;
        if holder.libraries.iter().any(|library| Some(&library.version) == loaded) {
            return None;
        }
        let is_compat = |library: &&MappedLibrary| {
            library.path.iter().any(|part| part.to_string_lossy().contains("compat"))
        };
        let library = holder.libraries.iter().find(|library| !is_compat(library))?;
        Some((holder, library, service))
    })
}

fn process(holder: &Holder, library: &MappedLibrary) -> Evidence {
    Evidence::new("claim-process-libraries", &library.path, &library.version)
        .with("name", &holder.name)
        .with("pid", holder.pid)
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::facts::Datum;

    fn with_service(facts: &mut Facts, name: &str, version: &str) {
        let library = MappedLibrary {
            path: format!("/usr/lib/libnvidia-ml.so.{version}").into(),
            version: version.parse().unwrap(),
            deleted: true,
        };
        let holder = Holder {
            pid: 9,
            name: name.into(),
            devices: vec![],
            libraries: vec![library],
            cgroup: None,
        };
        facts.holders.processes = Datum::known(vec![holder], "/proc");
    }

    #[test]
    fn fires_on_a_service_with_older_libraries() {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        with_service(&mut facts, "nv-hostengine", "535.216.03");
        assert_eq!(primary(&facts), "service-skew");
    }

    #[test]
    fn the_modules_own_libraries_though_deleted_and_other_programs_are_none() {
        let mut facts = machine("535.216.03", "535.261.03", "535.261.03");
        with_service(&mut facts, "nvidia-persiste", "535.216.03");
        assert!(find(&facts).is_none());
        with_service(&mut facts, "python", "535.261.03");
        assert!(find(&facts).is_none());
    }

    #[test]
    fn an_old_module_comes_first() {
        let mut facts = machine("535.216.03", "535.261.03", "535.261.03");
        with_service(&mut facts, "nvidia-persiste", "535.261.03");
        assert!(find(&facts).is_some());
        assert_eq!(primary(&facts), "stale-module-loaded");
    }
}

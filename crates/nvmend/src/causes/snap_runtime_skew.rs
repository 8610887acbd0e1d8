//! Snaps get driver libraries of another version than the loaded module's.

use std::path::Path;

use super::common::{loaded, with_all};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{Environment, Facts, Holder, LookupScope, MappedLibrary};

/// `snap-runtime-skew`.
pub const CAUSE: Cause = Cause {
    id: "snap-runtime-skew",
    severity: Severity::Error,
    find,
    remedies: &["refresh-snap"],
    explains: &[],
};

/// Where snap-confine puts the system's driver libraries in a snap's own mounts (snapcore/snapd,
/// `cmd/snap-confine/mount-support-nvidia.c`).
const SNAP: &str = "/var/lib/snapd/lib";

fn find(facts: &Facts) -> Option<Finding> {
    let (version, _) = facts.loaded_version()?;
    if facts.system.environment != Environment::Host {
        return None;
    }
    let finding = if let Some((holder, library)) = mapped(facts) {
        // It was started before an upgrade and the reload that followed, and keeps its mounts.
        Finding::likely()
            .arg("what", "process")
            .arg("version", &library.version)
            .arg("name", &holder.name)
            .evidence(
                Evidence::new("claim-process-libraries", &library.path, &library.version)
                    .with("name", &holder.name)
                    .with("pid", holder.pid),
            )
    } else {
        // Files that lie there for good; whether a snap gets them, its own mounts would tell.
        let fits = facts.consumers.snap.iter().any(|library| library.version == *version);
        let library = facts.consumers.snap.first().filter(|_| !fits)?;
        Finding::possible()
            .severity(Severity::Warning)
            .arg("what", "files")
            .arg("version", &library.version)
            .arg("name", "snapd")
            .evidence(Evidence::new("claim-snap-library", &library.path, &library.version))
    };
    let finding = finding.follows_from("stale-module-loaded").arg("loaded", version);
    Some(with_all(finding, loaded(facts)))
}

/// A process that maps a library of snap's directory that the module would turn away. One that waits for the module,
/// as the system's own libraries do, is not snap's matter.
fn mapped(facts: &Facts) -> Option<(&Holder, &MappedLibrary)> {
    let (loaded, _) = facts.loaded_version()?;
    let system = facts.library_version_in(LookupScope::Plain).map(|(version, _)| version);
    let processes = facts.holders.processes.value()?;
    processes.iter().find_map(|holder| {
        let library = holder.libraries.iter().find(|library| {
            is_of_snap(library) && library.version != *loaded && Some(&library.version) != system
        })?;
        Some((holder, library))
    })
}

/// Whether a snap has it from snapd.
pub(super) fn is_of_snap(library: &MappedLibrary) -> bool {
    library.path.starts_with(Path::new(SNAP))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::facts::{Datum, SharedLibrary};

    fn with_process(version: &str) -> Facts {
        let mut facts = machine("550.144.03", "550.144.03", "550.144.03");
        let library = MappedLibrary {
            path: format!("/var/lib/snapd/lib/gl/libnvidia-glcore.so.{version}").into(),
            version: version.parse().unwrap(),
            deleted: false,
        };
        let holder = Holder {
            pid: 9,
            name: "firefox".into(),
            devices: vec![],
            libraries: vec![library],
            cgroup: None,
        };
        facts.holders.processes = Datum::known(vec![holder], "/proc");
        facts
    }

    #[test]
    fn fires_on_a_snap_that_kept_old_libraries() {
        assert_eq!(find(&with_process("550.120")).unwrap().severity, None);
        assert_eq!(primary(&with_process("550.120")), "snap-runtime-skew");
    }

    #[test]
    fn files_of_another_version_are_a_possibility() {
        let mut facts = machine("550.144.03", "550.144.03", "550.144.03");
        let library = |version: &str| SharedLibrary {
            path: "/var/lib/snapd/lib/gl/libnvidia-glcore.so".into(),
            version: version.parse().unwrap(),
        };
        facts.consumers.snap = vec![library("550.120")];
        assert_eq!(find(&facts).unwrap().severity, Some(Severity::Warning));
        facts.consumers.snap.push(library("550.144.03"));
        assert!(find(&facts).is_none());
    }

    #[test]
    fn the_loaded_version_is_right() {
        assert!(find(&with_process("550.144.03")).is_none());
    }
}

//! A container's image carries driver libraries of another version than the host's module.

use super::common::{libraries, loaded, owner, with_all};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{Environment, Facts, LibraryFile, LibraryPlace};
use crate::version::DriverVersion;

/// `container-baked-driver-libs`.
pub const CAUSE: Cause = Cause {
    id: "container-baked-driver-libs",
    severity: Severity::Error,
    find,
    remedies: &["remove-from-image"],
    explains: &["broken-library-link", "leftover-libraries", "cuda-newer-than-driver"],
};

fn find(facts: &Facts) -> Option<Finding> {
    let (host, _) = facts.loaded_version()?;
    // A system container keeps its own driver as a machine does (`container-userland-skew`).
    if facts.system.environment != Environment::Container || facts.system_container().is_some() {
        return None;
    }
    let (file, version) = image_library(facts, host)?;
    let is_picked = facts.is_picked(file);
    let severity = if is_picked {
        Severity::Error
    } else if version > host {
        // ldconfig, which the container toolkit runs at each start, prefers the highest version.
        Severity::Warning
    } else {
        Severity::Note
    };
    let finding = Finding::certain()
        .severity(severity)
        .arg("version", version)
        .arg("host", host)
        .arg("path", file.path.display())
        .arg("count", image_libraries(facts, host).count())
        .arg("found", if is_picked { "first" } else { "beside" })
        .evidence(Evidence::new("claim-baked-library", &file.path, version));
    let evidence =
        loaded(facts).into_iter().chain(libraries(facts)).chain(owner(facts, &file.path));
    Some(with_all(finding, evidence))
}

/// The container's own library of another version than the host's: the one that programs get, else the newest.
pub(super) fn image_library<'f>(
    facts: &'f Facts,
    host: &'f DriverVersion,
) -> Option<(&'f LibraryFile, &'f DriverVersion)> {
    let picked = image_libraries(facts, host).find(|file| facts.is_picked(file));
    let newest = || image_libraries(facts, host).max_by_key(|file| file.version.as_ref());
    let file = picked.or_else(newest)?;
    Some((file, file.version.as_ref()?))
}

fn image_libraries<'f>(
    facts: &'f Facts,
    host: &'f DriverVersion,
) -> impl Iterator<Item = &'f LibraryFile> {
    facts.libraries.files.iter().filter(move |file| {
        file.place == LibraryPlace::System
            && !file.injected
            // What an older driver was mounted on is left behind empty, and no loader takes it.
            && file.size > 0
            && facts.is_native(file)
            && file.version.as_ref().is_some_and(|version| version != host)
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn fires_on_the_images_own_library() {
        let mut facts = machine("595.58.03", "", "580.126.20");
        facts.system.environment = Environment::Container;
        assert_eq!(find(&facts).unwrap().severity, Some(Severity::Error));
        assert_eq!(primary(&facts), "container-baked-driver-libs");
    }

    #[test]
    fn injected_libraries_and_the_hosts_version_are_right() {
        let mut injected = machine("595.58.03", "", "595.58.03");
        injected.system.environment = Environment::Container;
        for file in &mut injected.libraries.files {
            file.injected = true;
        }
        assert!(find(&injected).is_none());
        let mut same = machine("595.58.03", "", "595.58.03");
        same.system.environment = Environment::Container;
        assert!(find(&same).is_none());
    }

    #[test]
    fn empty_mount_points_of_an_older_driver_are_no_libraries() {
        let mut facts = machine("595.58.03", "", "595.58.03");
        facts.system.environment = Environment::Container;
        add_library(&mut facts, "/usr/lib/libcuda.so.580.126.20", "580.126.20");
        assert!(find(&facts).is_some());
        facts.libraries.files.last_mut().unwrap().size = 0;
        assert!(find(&facts).is_none());
    }
}

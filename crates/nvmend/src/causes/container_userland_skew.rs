//! A system container (LXC, nspawn) keeps driver libraries of its own, of another version than the host's module.

use super::common::{libraries, loaded, owner, with_all};
use super::container_baked_driver_libs::image_library;
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::Facts;

/// `container-userland-skew`.
pub const CAUSE: Cause = Cause {
    id: "container-userland-skew",
    severity: Severity::Error,
    find,
    remedies: &["install-driver-libraries"],
    explains: &["broken-library-link", "leftover-libraries", "cuda-newer-than-driver"],
};

fn find(facts: &Facts) -> Option<Finding> {
    let kind = facts.system_container()?;
    let (host, _) = facts.loaded_version()?;
    let (file, version) = image_library(facts, host).filter(|(file, _)| facts.is_picked(file))?;
    let source = facts.system.environment_signs.last()?.clone();
    let finding = Finding::certain()
        .arg("version", version)
        .arg("host", host)
        .arg("kind", kind)
        .evidence(Evidence::new("claim-environment-kind", source, kind));
    let evidence =
        libraries(facts).into_iter().chain(loaded(facts)).chain(owner(facts, &file.path));
    Some(with_all(finding, evidence))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::facts::Environment;

    fn lxc(host: &str, library: &str) -> Facts {
        let mut facts = machine(host, "", library);
        facts.system.environment = Environment::Container;
        facts.system.environment_signs = vec!["/run/systemd/container".into()];
        facts.system.container = Some("lxc".into());
        facts
    }

    #[test]
    fn fires_on_a_userland_of_another_version() {
        // The vGPU guest's driver in a container of the host (nvidiavgpuarchive/index issue 1).
        assert_eq!(primary(&lxc("570.148.06", "570.148.08")), "container-userland-skew");
    }

    #[test]
    fn the_hosts_version_and_images_are_none() {
        assert!(find(&lxc("570.148.06", "570.148.06")).is_none());
        let mut image = lxc("570.148.06", "570.148.08");
        image.system.container = Some("docker".into());
        assert!(find(&image).is_none());
        assert_eq!(primary(&image), "container-baked-driver-libs");
    }
}

//! A container on a machine with a driver, into which no driver library was put; or a host whose container engines can't
//! put any in.

use super::common::{NONE, loaded, with_all};
use super::container_engines::cannot_serve;
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{DECIDING_LIBRARIES, Environment, Facts, LookupScope, Origin};

/// `container-without-toolkit`.
pub const CAUSE: Cause = Cause {
    id: "container-without-toolkit",
    severity: Severity::Error,
    find,
    remedies: &["configure-container-toolkit"],
    // What a container's programs find instead says so itself: on a host it is a fault of its own.
    explains: &[],
};

fn find(facts: &Facts) -> Option<Finding> {
    in_container(facts).or_else(|| cannot_serve(facts))
}

/// Says that a finding, in a container, follows from what its runtime did not put in.
pub(super) fn follows_in_container(facts: &Facts, finding: Finding) -> Finding {
    match facts.system.environment {
        Environment::Container => finding.follows_from(CAUSE.id),
        _ => finding,
    }
}

fn in_container(facts: &Facts) -> Option<Finding> {
    let (version, _) = facts.loaded_version()?;
    let has_libraries = facts.driver_libraries(LookupScope::Plain).next().is_some()
        || facts.driver_libraries(LookupScope::Environment).next().is_some()
        || facts.libraries.files.iter().any(|file| file.injected);
    // A system container keeps its own driver as a machine does (`driver-library-missing`).
    if facts.system.environment != Environment::Container
        || facts.system_container().is_some()
        || has_libraries
        || facts.lacks(&["libraries"])
    {
        return None;
    }
    let wants = wants_gpu(facts);
    let cache = facts.libraries.cache.origin().cloned().unwrap_or("/etc/ld.so.cache".into());
    let signs = facts
        .system
        .environment_signs
        .iter()
        .map(|sign| Evidence::new("claim-environment-kind", sign.clone(), "container"));
    // A container that never asked for a GPU lacks nothing.
    let finding = match wants {
        Some(_) => Finding::certain(),
        None => Finding::possible().severity(Severity::Note),
    };
    let finding = finding
        .arg("loaded", version)
        .arg("state", "container")
        .arg("engine", NONE)
        .arg("name", NONE)
        .arg("path", NONE)
        .evidence(Evidence::new("claim-no-libraries", cache, DECIDING_LIBRARIES.join(", ")));
    Some(with_all(finding, wants.into_iter().chain(loaded(facts)).chain(signs)))
}

/// What shows that programs in this container are to use a GPU.
fn wants_gpu(facts: &Facts) -> Option<Evidence> {
    let asks = |name| {
        let value = facts.system.variable(name)?;
        (!matches!(value, "void" | "none")).then(|| {
            Evidence::new("claim-variable-set", Origin::variable(name), value).with("name", name)
        })
    };
    // NVIDIA's own images set these; the toolkit acts on them (nvidia-container-toolkit, "environment variables").
    ["NVIDIA_VISIBLE_DEVICES", "NVIDIA_DRIVER_CAPABILITIES", "NVIDIA_REQUIRE_CUDA"]
        .into_iter()
        .find_map(asks)
        .or_else(|| {
            let device = facts.loaded.devices.first()?;
            Some(Evidence::new("claim-device-node", "/dev", format!("/dev/{device}")))
        })
        .or_else(|| {
            let cuda = facts.cuda.installations.first()?;
            let evidence = Evidence::new("claim-cuda-version", cuda.from.clone(), cuda.version);
            Some(evidence.with("name", cuda.directory.display()))
        })
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn fires_in_a_container_without_libraries() {
        let mut facts = machine("535.261.03", "", "");
        facts.system.environment = Environment::Container;
        let unasked = find(&facts).unwrap();
        assert_eq!(unasked.severity, Some(Severity::Note), "a container without need of a GPU");
        facts.loaded.devices = vec!["nvidiactl".to_owned()];
        assert_eq!(primary(&facts), "container-without-toolkit");
        assert_eq!(find(&facts).unwrap().severity, None);
    }

    #[test]
    fn does_not_fire_with_libraries_on_hosts_or_without_a_driver() {
        let mut served = machine("535.261.03", "", "535.261.03");
        served.system.environment = Environment::Container;
        assert!(find(&served).is_none());
        assert!(find(&machine("535.261.03", "535.261.03", "")).is_none());
        let mut plain = unloaded("", "");
        plain.system.environment = Environment::Container;
        assert!(find(&plain).is_none());
    }
}

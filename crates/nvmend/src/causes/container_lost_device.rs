//! A container has the GPU open although systemd's device rules name none, so that a reload of systemd's units takes
//! the GPU away: "Failed to initialize NVML: Unknown Error". Seen from the host only.

use super::common::{loaded, with_all};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{Facts, UnruledContainer};

/// `container-lost-device`.
pub const CAUSE: Cause = Cause {
    id: "container-lost-device",
    severity: Severity::Error,
    find,
    remedies: &["recreate-container"],
    explains: &[],
};

fn find(facts: &Facts) -> Option<Finding> {
    let lost = facts.consumers.unruled.iter().find(|container| is_lost(facts, container));
    let container = lost.or(facts.consumers.unruled.first())?;
    let count = facts
        .consumers
        .unruled
        .iter()
        .filter(|container| lost.is_none() || is_lost(facts, container))
        .count();
    // What is open stays open. Whether the runtime set the rules by another way cannot be seen in files.
    let finding = match lost {
        Some(_) => Finding::likely(),
        None => Finding::possible().severity(Severity::Note),
    };
    let finding = finding
        .arg("container", short(&container.scope))
        .arg("count", count)
        .arg("state", if lost.is_some() { "lost" } else { "exposed" })
        .evidence(
            Evidence::new("claim-unruled-scope", &container.rules, &container.scope)
                .with("name", &container.process)
                .with("pid", container.pid),
        );
    let reload = facts.consumers.units_reloaded.sourced().filter(|_| lost.is_some());
    let reload =
        reload.map(|(_, from)| Evidence::new("claim-units-reloaded", from.clone(), from.as_str()));
    Some(with_all(finding, reload.into_iter().chain(loaded(facts))))
}

/// Whether systemd has set its own rules since the container started.
fn is_lost(facts: &Facts, container: &UnruledContainer) -> bool {
    // Both times are whole seconds.
    facts
        .consumers
        .units_reloaded
        .value()
        .is_some_and(|reloaded| *reloaded > container.started.saturating_add(1))
}

/// `docker-80155e39bfcf…64 digits….scope` as people know it: `docker-80155e39bfcf`.
fn short(scope: &str) -> String {
    let name = scope.trim_end_matches(".scope");
    match name.rsplit_once('-') {
        Some((runtime, id)) => format!("{runtime}-{}", id.chars().take(12).collect::<String>()),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::facts::Datum;

    fn with_container(reloaded: i64) -> Facts {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        facts.consumers.unruled.push(UnruledContainer {
            scope: "docker-80155e39bfcf9f921e4ab7df9b4e835f.scope".into(),
            rules: "/run/systemd/transient/docker-80155e39bfcf.scope.d/50-DeviceAllow.conf".into(),
            started: 1000,
            pid: 7,
            process: "python".into(),
        });
        facts.consumers.units_reloaded = Datum::known(reloaded, "/run/systemd/generator");
        facts
    }

    #[test]
    fn fires_when_systemd_reloaded_after_the_container_started() {
        let facts = with_container(2000);
        assert_eq!(primary(&facts), "container-lost-device");
        assert_eq!(find(&facts).unwrap().severity, None);
    }

    #[test]
    fn before_that_it_is_a_note() {
        assert_eq!(find(&with_container(500)).unwrap().severity, Some(Severity::Note));
    }

    #[test]
    fn is_silent_without_such_a_container() {
        assert!(find(&machine("535.261.03", "535.261.03", "535.261.03")).is_none());
    }

    #[test]
    fn names_a_container_as_people_do() {
        assert_eq!(
            short("cri-containerd-d254b91e9b76d5e6a1b7.scope"),
            "cri-containerd-d254b91e9b76"
        );
    }
}

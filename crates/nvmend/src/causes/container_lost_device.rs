//! systemd takes the GPU away from a container when it reloads its units, or has taken it: "Failed to initialize NVML:
//! Unknown Error". Seen from the host only.

use super::common::{loaded, with_all};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{ContainerScope, Facts};

/// `container-lost-device`.
pub const CAUSE: Cause = Cause {
    id: "container-lost-device",
    severity: Severity::Error,
    find,
    remedies: &["recreate-container"],
    explains: &[],
};

fn find(facts: &Facts) -> Option<Finding> {
    let scopes = &facts.consumers.scopes;
    let lost = scopes.iter().find(|container| is_lost(facts, container));
    let container = lost.or(scopes.first())?;
    let count =
        scopes.iter().filter(|container| lost.is_none() || is_lost(facts, container)).count();
    // What is open stays open. With cgroup v2, whether the runtime set the rules by another way can't be seen in files.
    let finding = match lost {
        Some(lost) if lost.opens_gpu.value().is_some() => Finding::certain(),
        Some(_) => Finding::likely(),
        None => Finding::possible().severity(Severity::Note),
    };
    let finding = finding
        .arg("container", short(&container.scope))
        .arg("count", count)
        .arg("state", if lost.is_some() { "lost" } else { "exposed" })
        .arg("rules", if container.rules_name_gpu { "named" } else { "left-out" });
    let rules = (!container.rules_name_gpu).then_some(container.holder.as_ref()).flatten();
    let rules = rules.map(|(pid, name)| {
        Evidence::new("claim-unruled-scope", &container.rules, &container.scope)
            .with("name", name)
            .with("pid", pid)
    });
    let closed = container.opens_gpu.sourced().filter(|(opens, _)| !**opens);
    let closed =
        closed.map(|(_, from)| Evidence::new("claim-device-list", from.clone(), &container.scope));
    let link = facts.consumers.unlinked_device.as_ref().filter(|_| !container.rules_name_gpu);
    let link = link.map(|link| Evidence::new("claim-char-link", "/dev/char", link.display()));
    let reload = facts.consumers.units_reloaded.sourced();
    let reload = reload
        .filter(|(reloaded, _)| lost.is_some() && is_after_start(**reloaded, container))
        .map(|(_, from)| Evidence::new("claim-units-reloaded", from.clone(), from.as_str()));
    let evidence = closed.into_iter().chain(rules).chain(link).chain(reload).chain(loaded(facts));
    Some(with_all(finding, evidence))
}

/// Whether the kernel keeps the container from the GPU; where it does not show that, whether systemd has set its own
/// rules since the container started.
fn is_lost(facts: &Facts, container: &ContainerScope) -> bool {
    match container.opens_gpu.value() {
        Some(opens) => !opens,
        None => facts
            .consumers
            .units_reloaded
            .value()
            .is_some_and(|reloaded| is_after_start(*reloaded, container)),
    }
}

/// Both times are whole seconds.
fn is_after_start(reloaded: i64, container: &ContainerScope) -> bool {
    reloaded > container.started.saturating_add(1)
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
    use crate::diagnose::Certainty;
    use crate::facts::Datum;

    fn with_container(reloaded: i64) -> Facts {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        facts.consumers.scopes.push(ContainerScope {
            scope: "docker-80155e39bfcf9f921e4ab7df9b4e835f.scope".into(),
            rules: "/run/systemd/transient/docker-80155e39bfcf.scope.d/50-DeviceAllow.conf".into(),
            rules_name_gpu: false,
            started: 1000,
            opens_gpu: Datum::absent("/sys/fs/cgroup/devices"),
            holder: Some((7, "python".into())),
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
    fn what_the_kernel_shows_counts_more_than_times() {
        let of = |opens| {
            let mut facts = with_container(2000);
            facts.consumers.scopes[0].opens_gpu = Datum::known(opens, "devices.list");
            let found = find(&facts).unwrap();
            (found.certainty, found.severity)
        };
        assert_eq!(of(false), (Certainty::Certain, None));
        assert_eq!(of(true), (Certainty::Possible, Some(Severity::Note)));
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

//! The host's side of `container-without-toolkit`: container engines that cannot hand the GPU to a container.

use super::common::{NONE, loaded, with_all};
use crate::diagnose::{Evidence, Finding, Severity};
use crate::facts::{ContainerEngine, ContainerEngines, Environment, Facts};

/// That containers of this host get no GPU, where something shows that they are meant to.
pub(super) fn cannot_serve(facts: &Facts) -> Option<Finding> {
    let is_host = facts.system.environment == Environment::Host;
    if !is_host || facts.has_nothing_to_run() || facts.loaded_version().is_none() {
        return None;
    }
    let engines = &facts.consumers.engines;
    let finding = broken_runtime(facts, engines)
        .or_else(|| missing_setting(facts, engines))
        .or_else(|| unconfigured(facts, engines))?;
    let finding = finding.arg("loaded", facts.loaded_version()?.0);
    Some(with_all(finding, loaded(facts)))
}

/// A configured runtime of NVIDIA's that cannot be run.
fn broken_runtime(facts: &Facts, engines: &ContainerEngines) -> Option<Finding> {
    let broken = |engine: &'_ ContainerEngine| engine.broken.clone();
    let (engine, broken) = engines
        .installed
        .iter()
        .filter_map(|engine| Some((engine, broken(engine)?)))
        .max_by_key(|(_, broken)| broken.is_default)?;
    // Containers get the GPU by another way, or none asks for this one: it is a leftover.
    let is_served = !broken.is_default && (has_way(engine) || has_cdi(facts));
    // A default that is not in the file may be in the daemon's options.
    let (state, finding) = match broken.program {
        Some(_) => ("gone", Finding::certain()),
        None => ("undefined", Finding::likely()),
    };
    let finding = if is_served { finding.severity(Severity::Note) } else { finding };
    let program = broken.program.as_deref().unwrap_or(NONE);
    let claim = if broken.is_default { "claim-default-runtime" } else { "claim-runtime" };
    let evidence =
        Evidence::new(claim, broken.from.clone(), &broken.name).with("engine", &engine.name);
    let gone = broken
        .program
        .as_ref()
        .map(|program| Evidence::new("claim-runtime-gone", broken.from.clone(), program));
    let finding = finding
        .arg("state", state)
        .arg("engine", &engine.name)
        .arg("name", &broken.name)
        .arg("path", program)
        .evidence(evidence);
    Some(with_all(finding, gone))
}

/// A setting of the toolkit that leads nowhere: its hook fails, and with it the start of each GPU container.
fn missing_setting(facts: &Facts, engines: &ContainerEngines) -> Option<Finding> {
    let missing = engines.missing_settings.first().filter(|_| engines.toolkit.value().is_some())?;
    let finding = Finding::likely();
    let finding = if has_cdi(facts) { finding.severity(Severity::Note) } else { finding };
    let source = missing.from.clone();
    Some(
        finding
            .arg("state", "setting")
            .arg("engine", NONE)
            .arg("name", &missing.setting)
            .arg("path", missing.path.display())
            .evidence(
                Evidence::new("claim-toolkit-setting", source, missing.path.display())
                    .with("name", &missing.setting),
            ),
    )
}

/// The toolkit is installed, so containers are meant to get the GPU, and no engine of this host knows it.
fn unconfigured(facts: &Facts, engines: &ContainerEngines) -> Option<Finding> {
    let (_, toolkit) = engines.toolkit.sourced()?;
    let engine = engines.installed.first()?;
    let knows_nothing = engines.installed.iter().all(|engine| engine.way.is_absent());
    if !knows_nothing || has_cdi(facts) || facts.is_managed_elsewhere() {
        return None;
    }
    let names: Vec<&str> = engines.installed.iter().map(|engine| engine.name.as_str()).collect();
    let program = &engine.program;
    // Whether anybody wants a GPU in a container here, only the installed toolkit tells.
    let finding = Finding::likely()
        .severity(Severity::Note)
        .arg("state", "unconfigured")
        .arg("engine", names.join(", "))
        .arg("name", NONE)
        .arg("path", NONE)
        .evidence(Evidence::new("claim-toolkit", toolkit.clone(), toolkit.as_str()));
    let engine =
        Evidence::new("claim-engine", program, program.display()).with("engine", &engine.name);
    Some(with_all(finding, [engine]))
}

fn has_way(engine: &ContainerEngine) -> bool {
    engine.way.value().is_some()
}

fn has_cdi(facts: &Facts) -> bool {
    !facts.consumers.cdi.is_empty()
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::facts::{BrokenRuntime, CdiSpec, Datum, MissingSetting};

    fn with_engine(way: Datum<String>, broken: Option<BrokenRuntime>) -> Facts {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        let name = "Docker".to_owned();
        let engine = ContainerEngine { name, program: "/usr/bin/dockerd".into(), way, broken };
        facts.consumers.engines.installed.push(engine);
        facts
    }

    fn with_toolkit(mut facts: Facts) -> Facts {
        facts.consumers.engines.toolkit = Datum::known((), "/usr/bin/nvidia-ctk");
        facts
    }

    fn unserved() -> Facts {
        with_engine(Datum::absent("/etc/docker/daemon.json"), None)
    }

    fn served() -> Facts {
        with_engine(
            Datum::known("nvidia-container-runtime".into(), "/etc/docker/daemon.json"),
            None,
        )
    }

    fn broken(is_default: bool) -> Option<BrokenRuntime> {
        let program = Some("nvidia-container-runtime".into());
        let from = "/etc/docker/daemon.json".into();
        Some(BrokenRuntime { name: "nvidia".into(), program, is_default, from })
    }

    fn with_cdi(mut facts: Facts) -> Facts {
        let (path, kind) = ("/etc/cdi/nvidia.yaml".into(), "nvidia.com/gpu".into());
        facts.consumers.cdi.push(CdiSpec { path, kind, files: vec![] });
        facts
    }

    fn severity(facts: &Facts) -> Option<Severity> {
        cannot_serve(facts)?.severity
    }

    #[test]
    fn a_runtime_that_is_gone_breaks_what_has_no_other_way() {
        let facts = with_engine(Datum::absent("/etc/docker/daemon.json"), broken(false));
        assert_eq!(primary(&facts), "container-without-toolkit");
        assert_eq!(severity(&facts), None);
        assert_eq!(severity(&with_cdi(facts)), Some(Severity::Note));
        // As the default, it breaks every container.
        let facts = with_engine(Datum::absent("/etc/docker/daemon.json"), broken(true));
        assert!(cannot_serve(&with_cdi(facts.clone())).is_some());
        assert_eq!(severity(&with_cdi(facts)), None);
    }

    #[test]
    fn a_toolkit_that_no_engine_knows_is_a_note() {
        assert_eq!(severity(&with_toolkit(unserved())), Some(Severity::Note));
        assert!(cannot_serve(&with_toolkit(served())).is_none());
        assert!(cannot_serve(&with_cdi(with_toolkit(unserved()))).is_none());
        let mut unread = with_toolkit(unserved());
        unread.consumers.engines.installed[0].way =
            Datum::unreadable("/etc/docker/daemon.json", "damaged");
        assert!(cannot_serve(&unread).is_none());
    }

    #[test]
    fn a_setting_that_leads_nowhere_breaks_the_hook() {
        let mut facts = with_toolkit(served());
        facts.consumers.engines.missing_settings.push(MissingSetting {
            setting: "root".into(),
            path: "/run/nvidia/driver".into(),
            from: "/etc/nvidia-container-runtime/config.toml".into(),
        });
        assert_eq!(primary(&facts), "container-without-toolkit");
        assert_eq!(severity(&with_cdi(facts)), Some(Severity::Note));
    }

    #[test]
    fn a_host_that_shows_no_wish_for_gpu_containers_is_well() {
        assert!(cannot_serve(&unserved()).is_none());
        assert!(cannot_serve(&machine("535.261.03", "535.261.03", "535.261.03")).is_none());
        assert!(cannot_serve(&with_toolkit(machine("1.0", "1.0", "1.0"))).is_none());
    }
}

//! Tells the container engine of NVIDIA's runtime, and restarts it. The toolkit itself comes from NVIDIA's repository,
//! which a person adds.

use std::path::Path;

use super::rebuild_initramfs::is_like;
use crate::facts::{ContainerEngine, Environment, Facts};
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::Step;
use crate::steps::{ByHand, Product, Regenerate, StartService, StopService};

pub(super) const REMEDY: Remedy = Remedy { id: "configure-container-toolkit", steps };

/// Engines that `nvidia-ctk runtime configure` knows: name, its name to it, configuration, unit.
const ENGINES: [(&str, &str, &str, &str); 3] = [
    ("Docker", "docker", "/etc/docker/daemon.json", "docker.service"),
    ("containerd", "containerd", "/etc/containerd/config.toml", "containerd.service"),
    ("CRI-O", "crio", "/etc/crio/crio.conf", "crio.service"),
];

fn steps(facts: &Facts, _context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    if facts.system.environment == Environment::Container {
        let act = ByHand::new("toolkit-on-the-host")
            .command("nvidia-ctk runtime configure --runtime=docker")
            .command("systemctl restart docker")
            .command("docker run --gpus all IMAGE");
        return Ok(vec![Step::ByHand(act)]);
    }
    let engines = &facts.consumers.engines;
    let lacks = |engine: &&ContainerEngine| engine.broken.is_some() || engine.way.is_absent();
    let engine = engines.installed.iter().find(lacks).or(engines.installed.first());
    let engine = engine.ok_or(Hindrance::new("no-engine"))?;
    let known = ENGINES.iter().find(|(name, ..)| *name == engine.name);
    let (_, runtime, file, unit) = known.ok_or(Hindrance::new("no-engine"))?;
    if engines.toolkit.value().is_none() {
        return Ok(vec![Step::ByHand(install(facts, runtime, unit))]);
    }
    if let Some(setting) = engines.missing_settings.first() {
        let act = ByHand::new("toolkit-setting")
            .with("name", &setting.setting)
            .with("path", setting.path.display())
            .with("file", setting.from.as_str());
        return Ok(vec![Step::ByHand(act)]);
    }
    let engine = (*runtime).to_owned();
    let unit = (*unit).to_owned();
    let outputs = vec![Path::new(file).to_owned()];
    Ok(vec![
        Step::StopService(StopService { unit: unit.clone(), pids: vec![], reload: false }),
        Step::Regenerate(Regenerate { product: Product::EngineRuntime { engine }, outputs }),
        Step::StartService(StartService { unit, reload: false }),
    ])
}

/// Where the toolkit's repository is not there yet, NVIDIA's page says how to add it.
fn install(facts: &Facts, runtime: &str, unit: &str) -> ByHand {
    let install = if is_like(facts, "debian") || is_like(facts, "ubuntu") {
        "apt-get install nvidia-container-toolkit"
    } else if is_like(facts, "suse") {
        "zypper install nvidia-container-toolkit"
    } else if is_like(facts, "arch") {
        "pacman -S nvidia-container-toolkit"
    } else {
        "dnf install nvidia-container-toolkit"
    };
    ByHand::new("install-toolkit")
        .command(install)
        .command(format!("nvidia-ctk runtime configure --runtime={runtime}"))
        .command(format!("systemctl restart {unit}"))
}

//! Loads the modules from disk, where nothing is wrong with them.

use crate::facts::{Environment, Facts};
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::Step;
use crate::steps::LoadModules;

pub(super) const REMEDY: Remedy = Remedy { id: "load-module", steps };

fn steps(facts: &Facts, _context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    if facts.system.environment != Environment::Host {
        return Err(Hindrance::new("not-a-host"));
    }
    Ok(vec![load(facts)?])
}

/// The step that loads all of the set that is on disk, as a boot would.
pub(super) fn load(facts: &Facts) -> Result<Step, Hindrance> {
    let (version, _) = facts.on_disk_version().ok_or(Hindrance::new("no-module-on-disk"))?;
    let modules = facts.current_modules();
    let modules = ["nvidia", "nvidia_modeset", "nvidia_drm", "nvidia_uvm"]
        .into_iter()
        .filter(|name| modules.is_some_and(|modules| modules.loads(name).is_some()))
        .map(str::to_owned)
        .collect();
    Ok(Step::LoadModules(LoadModules { modules, version: version.to_string(), unless: None }))
}

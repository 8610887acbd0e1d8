//! Reloads the modules without a reboot: stops what holds them, unloads, loads, starts what was stopped.

use super::load_module;
use super::stopping::Stopping;
use crate::facts::{Environment, Facts, Holder};
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::{Step, UNLOAD_ORDER};
use crate::steps::{BindConsole, UnbindConsole, UnloadModules};

pub(super) const REMEDY: Remedy = Remedy { id: "reload-modules", steps };

fn steps(facts: &Facts, context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    if facts.system.environment != Environment::Host {
        return Err(Hindrance::new("not-a-host"));
    }
    if let Some((manager, origin)) = facts.system.managed_by.first() {
        let hindrance = Hindrance::new("managed-elsewhere");
        return Err(hindrance.with("manager", manager).with("origin", origin.as_str()));
    }
    let (loaded, _) = facts.loaded_version().ok_or(Hindrance::new("nothing-loaded"))?;
    if facts.loaded.mig_instances > 0 {
        let count = facts.loaded.mig_instances;
        return Err(Hindrance::new("mig-instances").with("count", count));
    }
    if facts.holders.processes.is_unreadable() || facts.holders.hidden > 0 {
        return Err(Hindrance::new("holders-hidden").with("count", facts.holders.hidden));
    }
    let load = load_module::load(facts)?;
    let processes = facts.holders.processes.value();
    let holders = processes.map_or(&[][..], Vec::as_slice);
    let holders: Vec<&Holder> = holders.iter().filter(is_holding).collect();
    if let Some((module, by)) = held_by_module(facts) {
        return Err(Hindrance::new("held-by-module").with("module", module).with("by", by));
    }
    let console = facts.holders.console.as_ref().filter(|_| is_held(facts, "nvidia_drm"));
    let nobody_is_seen = processes.is_some() && holders.is_empty() && console.is_none();
    if let Some(module) =
        UNLOAD_ORDER.into_iter().find(|name| nobody_is_seen && is_held(facts, name))
    {
        // A guest's virtual GPU, or something of the kernel's.
        return Err(Hindrance::new("held-unseen").with("module", module));
    }

    let mut stopping = Stopping::of(&holders, facts.holders.display_manager.as_deref());
    if !context.allowed.gpu_jobs_stop && stopping.interrupts_work() {
        return Err(Hindrance::new("gpu-jobs-run").with("jobs", stopping.work()));
    }
    stopping.add_dependents(context.machine)?;
    let mut steps = stopping.stop();
    steps.extend(
        console.map(|console| Step::UnbindConsole(UnbindConsole { console: console.clone() })),
    );
    let on_disk = facts.on_disk_version().map(|(version, _)| version);
    steps.push(Step::UnloadModules(UnloadModules {
        modules: UNLOAD_ORDER
            .into_iter()
            .filter(|name| facts.loaded.module(name).is_some())
            .map(str::to_owned)
            .collect(),
        version: loaded.to_string(),
        replaced_by: on_disk.filter(|on_disk| *on_disk != loaded).map(ToString::to_string),
        // Whether it does is seen from the whole plan.
        returns: false,
    }));
    steps.push(load);
    steps
        .extend(console.map(|console| Step::BindConsole(BindConsole { console: console.clone() })));
    steps.extend(stopping.start());
    Ok(steps)
}

/// Whether it keeps the module from being unloaded. logind opens displays for a session and closes them with it
/// (org.freedesktop.login1(5), `TakeDevice`): it is never stopped, which would end every session.
fn is_holding(holder: &&Holder) -> bool {
    !holder.devices.is_empty() && holder.name != "systemd-logind"
}

/// A module that nvmend does not unload, and which depends on one that it would: it is another maker's, and whether it
/// comes back with the new driver is not known.
fn held_by_module(facts: &Facts) -> Option<(&str, &str)> {
    facts
        .loaded
        .modules
        .iter()
        .filter(|module| UNLOAD_ORDER.contains(&module.name.as_str()))
        .find_map(|module| {
            let is_foreign = |name: &&String| facts.loaded.module(name).is_none();
            let by = module.used_by.iter().find(is_foreign)?;
            Some((module.name.as_str(), by.as_str()))
        })
}

/// Whether more refers to the module than other modules.
fn is_held(facts: &Facts, module: &str) -> bool {
    facts.loaded.module(module).is_some_and(|module| {
        module.references.is_some_and(|count| count as usize > module.used_by.len())
    })
}

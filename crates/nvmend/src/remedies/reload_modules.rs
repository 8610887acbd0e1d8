//! Reloads the modules without a reboot: stops what holds them, unloads, loads, starts what was stopped.

use super::load_module;
use crate::facts::{Environment, Facts, Holder};
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::{Step, UNLOAD_ORDER};
use crate::steps::{EndProcess, StartService, StopService, UnloadModules};

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
    if facts.holders.processes.is_unreadable() || facts.holders.hidden > 0 {
        return Err(Hindrance::new("holders-hidden").with("count", facts.holders.hidden));
    }
    let holders = facts.holders.processes.value().map_or(&[][..], Vec::as_slice);
    let holders: Vec<&Holder> =
        holders.iter().filter(|holder| !holder.devices.is_empty()).collect();
    let mut units: Vec<String> = holders.iter().filter_map(|holder| holder.service()).collect();
    units.sort();
    units.dedup();
    let jobs: Vec<&&Holder> = holders.iter().filter(|holder| holder.service().is_none()).collect();
    if !jobs.is_empty() && !context.allowed.gpu_jobs_stop {
        let names: Vec<String> =
            jobs.iter().map(|job| format!("{} ({})", job.name, job.pid)).collect();
        return Err(Hindrance::new("gpu-jobs-run").with("jobs", names.join(", ")));
    }
    let load = load_module::load(facts)?;
    let pids = |unit: &String| {
        let of_unit = holders.iter().filter(|holder| holder.service().as_ref() == Some(unit));
        of_unit.map(|holder| holder.pid).collect()
    };
    let mut steps: Vec<Step> = units
        .iter()
        .map(|unit| Step::StopService(StopService { unit: unit.clone(), pids: pids(unit) }))
        .collect();
    steps.extend(
        jobs.iter()
            .map(|job| Step::EndProcess(EndProcess { pid: job.pid, name: job.name.clone() })),
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
    }));
    steps.push(load);
    steps.extend(units.into_iter().rev().map(|unit| Step::StartService(StartService { unit })));
    Ok(steps)
}

//! What must stop so that nobody holds the driver, and is started again afterwards.

use std::collections::{BTreeMap, BTreeSet};

use crate::enquire::Enquire;
use crate::facts::{Container, Holder, Keeper};
use crate::remedy::Hindrance;
use crate::step::Step;
use crate::steps::{EndProcess, StartContainer, StartService, StopContainer, StopService};

/// Programs that are named where they stand in the way.
const MOST_NAMED: usize = 8;
/// Engines that nvmend can ask to stop a container and start it again; the containers of others end like programs.
const ENGINES: [&str; 2] = ["docker", "podman"];

/// Services, containers and programs, sorted.
#[derive(Default)]
pub(super) struct Stopping<'h> {
    /// In the order of stopping, each with its processes.
    services: Vec<(String, Vec<u32>)>,
    containers: BTreeMap<Container, Vec<&'h Holder>>,
    programs: Vec<&'h Holder>,
    /// Whether units change in the meantime.
    reload: bool,
}

impl<'h> Stopping<'h> {
    /// Who keeps these processes. A display manager goes where what it shows goes: it would show it again at once.
    pub fn of(holders: &[&'h Holder], display_manager: Option<&str>) -> Self {
        let mut services: BTreeMap<String, Vec<u32>> = BTreeMap::new();
        let mut stopping = Self::default();
        for holder in holders {
            let keeper = holder.keeper();
            let manager = display_manager.filter(|_| match keeper {
                Keeper::Greeter => true,
                Keeper::Person => holder.shows_pictures(),
                _ => false,
            });
            if let Some(manager) = manager {
                services.entry(manager.to_owned()).or_default().push(holder.pid);
            }
            match keeper {
                Keeper::Service(unit) => services.entry(unit).or_default().push(holder.pid),
                Keeper::Container(container) => {
                    stopping.containers.entry(container).or_default().push(holder);
                }
                Keeper::Greeter if manager.is_some() => {}
                Keeper::Greeter | Keeper::Person => stopping.programs.push(holder),
            }
        }
        stopping.services = services.into_iter().collect();
        stopping
    }

    /// Lets systemd read its units anew before it starts them again.
    #[must_use]
    pub fn reloading(self) -> Self {
        Self { reload: true, ..self }
    }

    /// Whether anything would end that does not come back by itself.
    pub fn interrupts_work(&self) -> bool {
        !self.programs.is_empty() || !self.containers.is_empty()
    }

    /// That, named: `python3 (1234), docker 4f2c9d6b1e7a (ollama 2345)`.
    pub fn work(&self) -> String {
        let programs =
            self.programs.iter().map(|program| format!("{} ({})", program.name, program.pid));
        let containers = self.containers.iter().map(|(container, holders)| {
            let inside = holders.iter().map(|holder| format!("{} {}", holder.name, holder.pid));
            let inside: Vec<String> = inside.take(MOST_NAMED).collect();
            format!("{} {} ({})", container.engine, container.name, inside.join(", "))
        });
        let all: Vec<String> = programs.chain(containers).collect();
        let named = all.iter().take(MOST_NAMED).cloned().collect::<Vec<_>>().join(", ");
        if all.len() > MOST_NAMED { format!("{named} … ({})", all.len()) } else { named }
    }

    /// Adds the services that systemd would stop along, and not start again.
    pub fn add_dependents(&mut self, machine: &dyn Enquire) -> Result<(), Hindrance> {
        let mut ordered: Vec<(String, Vec<u32>)> = vec![];
        let mut known: BTreeSet<String> = BTreeSet::new();
        let of_holders: BTreeMap<String, Vec<u32>> = self.services.drain(..).collect();
        for (unit, pids) in &of_holders {
            for dependent in machine.stops_with(unit)? {
                if known.insert(dependent.clone()) {
                    let pids = of_holders.get(&dependent).cloned().unwrap_or_default();
                    ordered.push((dependent, pids));
                }
            }
            if known.insert(unit.clone()) {
                ordered.push((unit.clone(), pids.clone()));
            }
        }
        self.services = ordered;
        Ok(())
    }

    /// The steps that stop it all.
    pub fn stop(&self) -> Vec<Step> {
        let reload = self.reload;
        let services = self.services.iter().map(|(unit, pids)| {
            Step::StopService(StopService { unit: unit.clone(), pids: pids.clone(), reload })
        });
        let containers = self.asked().map(|(container, holders)| {
            Step::StopContainer(StopContainer {
                engine: container.engine.to_owned(),
                name: container.name.clone(),
                pids: holders.iter().map(|holder| holder.pid).collect(),
            })
        });
        let in_others = self.containers.iter().filter(|(container, _)| !is_asked(container));
        let programs = in_others.flat_map(|(_, holders)| holders).chain(&self.programs);
        let programs = programs.map(|program| {
            Step::EndProcess(EndProcess { pid: program.pid, name: program.name.clone() })
        });
        services.chain(containers).chain(programs).collect()
    }

    /// The steps that start again what can be: the last that was stopped first.
    pub fn start(&self) -> Vec<Step> {
        let (services, reload) = (self.services.iter().rev(), self.reload);
        let services = services
            .map(|(unit, _)| Step::StartService(StartService { unit: unit.clone(), reload }));
        let containers = self.asked().map(|(container, _)| {
            let (engine, name) = (container.engine.to_owned(), container.name.clone());
            Step::StartContainer(StartContainer { engine, name })
        });
        services.chain(containers).collect()
    }

    fn asked(&self) -> impl Iterator<Item = (&Container, &Vec<&'h Holder>)> {
        self.containers.iter().filter(|(container, _)| is_asked(container))
    }
}

fn is_asked(container: &Container) -> bool {
    ENGINES.contains(&container.engine) && !container.is_rootless
}

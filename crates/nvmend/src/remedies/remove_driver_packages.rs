//! Removes every driver package, where another driver is to stay: that of a `.run` file, or that of Windows.

use super::driver_set::{belongs, fulfil};
use crate::enquire::{PackageName, Request, Wish};
use crate::facts::{Environment, Facts};
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::Step;

pub(super) const REMEDY: Remedy = Remedy { id: "remove-driver-packages", steps };

fn steps(facts: &Facts, context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    let runfile = facts.builders.runfile.value().is_some_and(|runfile| runfile.installed);
    if facts.system.environment != Environment::Wsl && !runfile {
        return Err(Hindrance::new("no-other-driver"));
    }
    let package = facts.driver_packages().next().ok_or(Hindrance::new("no-driver-packages"))?;
    let manager = package.manager;
    let of_manager = facts.packages.installed.iter().filter(|it| it.manager == manager);
    let going: Vec<PackageName> =
        of_manager.filter(|package| belongs(package)).map(PackageName::from).collect();
    fulfil(facts, context, Request::new(manager, Wish::Remove(going)))
}

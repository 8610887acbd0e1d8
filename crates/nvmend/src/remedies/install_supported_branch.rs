//! Replaces the driver by one that supports the GPU, in one transaction.

use super::driver_set::{belongs, fulfil, manager};
use super::install_driver::driver;
use crate::enquire::{PackageName, Request, Wish};
use crate::facts::Facts;
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::Step;

pub(super) const REMEDY: Remedy = Remedy { id: "install-supported-branch", steps };

fn steps(facts: &Facts, context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    let manager = manager(facts)?;
    let install = driver(facts, context, manager)?;
    let stays = |name: &str| install.iter().any(|wanted| wanted.package.name == name);
    let remove: Vec<PackageName> = facts
        .packages
        .installed
        .iter()
        .filter(|package| package.manager == manager && belongs(package) && !stays(&package.name))
        .map(PackageName::from)
        .collect();
    fulfil(facts, context, Request::new(manager, Wish::Replace { install, remove }))
}

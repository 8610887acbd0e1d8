//! The whole driver anew, the distribution's way: what people do by removing `nvidia*` and installing again. What a `.run`
//! file installed goes by its own uninstaller, other series by exact names; the packages are brought to one version, and
//! those that were at it already are unpacked again; what no package owns is moved aside. CUDA toolkits, the container
//! toolkit and its configuration stay.
//!
//! No cause asks for it, since less always helps; a person may.

use std::collections::BTreeSet;

use super::driver_set::{fulfil, is_drivers, manager};
use super::{
    align_packages, install_driver, purge_other_series, quarantine_libraries, uninstall_runfile,
};
use crate::enquire::{PackageName, Request, Wish};
use crate::facts::{Facts, Package};
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::{Step, predict};

pub(super) const REMEDY: Remedy = Remedy { id: "reinstall-driver", steps };

fn steps(facts: &Facts, context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    let manager = manager(facts)?;
    let mut way = Way { facts: facts.clone(), steps: vec![] };
    way.take(&uninstall_runfile::REMEDY, context, &["no-runfile"])?;
    way.take(&purge_other_series::REMEDY, context, &["nothing-to-change", "no-driver-packages"])?;
    way.take(&align_packages::REMEDY, context, &["nothing-to-change", "no-driver-packages"])?;

    let changed: BTreeSet<&str> = way.changed().collect();
    let is_of_driver = |package: &&Package| package.manager == manager && is_drivers(package);
    let again: Vec<PackageName> = way
        .facts
        .packages
        .installed
        .iter()
        .filter(is_of_driver)
        .filter(|package| !changed.contains(package.name.as_str()))
        .map(PackageName::from)
        .collect();
    if !again.is_empty() {
        let new = fulfil(&way.facts, context, Request::new(manager, Wish::Reinstall(again)))?;
        way.add(new);
    } else if changed.is_empty() {
        way.take(&install_driver::REMEDY, context, &[])?;
    }
    way.take(
        &quarantine_libraries::REMEDY,
        context,
        &["nothing-to-move", "wanted-version-unknown"],
    )?;
    Ok(way.steps)
}

/// The steps so far, and the machine after them.
struct Way {
    facts: Facts,
    steps: Vec<Step>,
}

impl Way {
    fn add(&mut self, new: Vec<Step>) {
        self.facts = predict(&self.facts, &new);
        self.steps.extend(new);
    }

    /// The steps of another remedy, if it has any here; `none`: what it says where it has none.
    fn take(
        &mut self,
        remedy: &Remedy,
        context: &Context<'_>,
        none: &[&str],
    ) -> Result<(), Hindrance> {
        match (remedy.steps)(&self.facts, context) {
            Ok(new) => self.add(new),
            Err(hindrance) if none.contains(&hindrance.why) => {}
            Err(hindrance) => return Err(hindrance),
        }
        Ok(())
    }

    /// The packages that come in another version, and so in new files.
    fn changed(&self) -> impl Iterator<Item = &str> {
        let transactions = self.steps.iter().filter_map(|step| match step {
            Step::ChangePackages(change) => Some(change),
            _ => None,
        });
        transactions.flat_map(|change| &change.changes).map(|change| change.name.as_str())
    }
}

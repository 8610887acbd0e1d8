//! Removes the packages of the driver series that does not stay, each by its exact name. Their configuration stays.

use super::driver_set::{fulfil, living, manager};
use crate::enquire::{PackageName, Request, Wish};
use crate::facts::{Facts, Package};
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::Step;

pub(super) const REMEDY: Remedy = Remedy { id: "purge-other-series", steps };

fn steps(facts: &Facts, context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    let manager = manager(facts)?;
    let living = living(facts)?;
    // Names lie, and so may the series in them (`libnvidia-compute-470` at 510.54): what has the living version stays.
    let is_living = |package: &Package| {
        package.driver_version.is_some()
            && living.packages.iter().any(|own| own.driver_version == package.driver_version)
    };
    let goes = |package: &&Package| {
        package.manager == manager
            && package.series.as_deref() != living.name
            && (package.series.is_some() || package.driver_version.is_some())
            && super::driver_set::belongs(package)
            && !is_living(package)
    };
    let going: Vec<PackageName> =
        facts.packages.installed.iter().filter(goes).map(PackageName::from).collect();
    if going.is_empty() {
        return Err(Hindrance::new("nothing-to-change"));
    }
    let keep = living.names();
    fulfil(facts, context, Request { keep, ..Request::new(manager, Wish::Remove(going)) })
}

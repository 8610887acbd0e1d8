//! Installs a newer driver version, in one transaction: of the same series where the repositories have one.

use super::driver_set::{align, drives, living, manager, offers_of};
use crate::facts::Facts;
use crate::knowledge::packages::driver_version;
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::Step;
use crate::version::DriverVersion;

pub(super) const REMEDY: Remedy = Remedy { id: "upgrade-driver", steps };

fn steps(facts: &Facts, context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    let manager = manager(facts)?;
    let living = living(facts)?;
    let installed = living.packages.iter().filter_map(|package| package.driver_version.as_ref());
    let installed = installed.max().ok_or(Hindrance::new("wanted-version-unknown"))?;
    let offers = offers_of(context, manager, living.packages.iter().copied())?;
    let mut newer: Vec<DriverVersion> = offers
        .iter()
        .flat_map(|offer| offer.candidate.iter().chain(&offer.versions))
        .filter_map(|version| driver_version(version))
        .filter(|version| version > installed && drives(facts, version))
        .collect();
    newer.sort();
    newer.dedup();
    let mut first = Hindrance::new("nothing-newer").with("version", installed);
    for version in newer.iter().rev() {
        match align(facts, context, &living.packages, &offers, version) {
            Ok(steps) => return Ok(steps),
            Err(hindrance) => first = hindrance,
        }
    }
    Err(first)
}

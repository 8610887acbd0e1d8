//! Brings all packages of the living series to one version, in one transaction.

use std::collections::BTreeMap;

use super::driver_set::{align, drives, living, manager, offers_of};
use crate::enquire::Offer;
use crate::facts::{Facts, Package};
use crate::knowledge::packages::driver_version;
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::Step;
use crate::version::DriverVersion;

pub(super) const REMEDY: Remedy = Remedy { id: "align-packages", steps };

fn steps(facts: &Facts, context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    let manager = manager(facts)?;
    let living = living(facts)?;
    let offers = offers_of(context, manager, living.packages.iter().copied())?;
    let mut first = None;
    for version in candidates(facts, &living.packages, &offers) {
        match align(facts, context, &living.packages, &offers, &version) {
            Ok(steps) => return Ok(steps),
            Err(hindrance) => {
                first.get_or_insert(hindrance);
            }
        }
    }
    Err(first.unwrap_or(Hindrance::new("nothing-to-change")))
}

/// Versions to bring all to, best first: the module's own, which needs no build; what the repositories would install
/// now; then what most packages have.
fn candidates(facts: &Facts, packages: &[&Package], offers: &[Offer]) -> Vec<DriverVersion> {
    let mut count: BTreeMap<&DriverVersion, usize> = BTreeMap::new();
    for version in packages.iter().filter_map(|package| package.driver_version.as_ref()) {
        *count.entry(version).or_default() += 1;
    }
    let mut present: Vec<(&DriverVersion, usize)> = count.into_iter().collect();
    present.sort_by(|a, b| b.1.cmp(&a.1).then(b.0.cmp(a.0)));
    let module = facts.module_version().filter(|version| {
        let is_packaged = present.iter().any(|(present, _)| present == version);
        is_packaged || facts.builders.dkms.iter().any(|module| module.version == **version)
    });
    let newest =
        offers.iter().filter_map(|offer| driver_version(offer.candidate.as_deref()?)).max();
    let present = present.into_iter().map(|(version, _)| version.clone());
    let mut all: Vec<DriverVersion> = Vec::new();
    for version in module.cloned().into_iter().chain(newest).chain(present) {
        if drives(facts, &version) && !all.contains(&version) {
            all.push(version);
        }
    }
    all
}

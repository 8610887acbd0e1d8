//! Removes the package whose files stand in the way: a module that shadows the right one, a `cuda-compat` that this
//! machine cannot use.

use std::collections::BTreeSet;

use super::driver_set::{fulfil, manager};
use crate::enquire::{PackageName, Request, Wish};
use crate::facts::{Facts, LibraryPlace, Ownership};
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::Step;

pub(super) const REMEDY: Remedy = Remedy { id: "remove-package", steps };

fn steps(facts: &Facts, context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    let manager = manager(facts)?;
    let mut names: BTreeSet<&str> = BTreeSet::new();
    if let (Some((chosen, library)), Some(file)) =
        (facts.disk_mismatch(), facts.current_module_file())
        && chosen != library
        && let Ownership::Package(name) = facts.owner(&file.path)
    {
        names.insert(name);
    }
    for lookup in &facts.libraries.lookups {
        if let Some(found) = lookup.found.value()
            && found.place == LibraryPlace::CudaCompat
            && let Ownership::Package(name) = facts.owner(&found.chain.end)
        {
            names.insert(name);
        }
    }
    let going: Vec<PackageName> = facts
        .packages
        .installed
        .iter()
        .filter(|package| package.manager == manager && names.contains(package.name.as_str()))
        .map(PackageName::from)
        .collect();
    if going.is_empty() {
        return Err(Hindrance::new("nothing-to-change"));
    }
    fulfil(facts, context, Request::new(manager, Wish::Remove(going)))
}

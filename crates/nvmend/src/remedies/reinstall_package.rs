//! Installs packages again whose files are gone or damaged, at the same version.

use std::collections::BTreeSet;

use super::driver_set::{fulfil, manager};
use crate::enquire::{PackageName, Request, Wish};
use crate::facts::{Facts, LibraryPlace, Ownership};
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::Step;

pub(super) const REMEDY: Remedy = Remedy { id: "reinstall-package", steps };

fn steps(facts: &Facts, context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    let manager = manager(facts)?;
    let damaged = facts.libraries.files.iter().filter_map(|file| {
        // A file that may not be read has no known architecture either; that is no damage.
        let is_damaged = file.arch.is_none()
            && (file.size == 0
                || facts.gaps.iter().any(|gap| {
                    gap.what == file.path.to_string_lossy() && gap.why.starts_with("damaged")
                }));
        match facts.owner(&file.path) {
            Ownership::Package(name) if is_damaged && file.place == LibraryPlace::System => {
                Some(name.as_str())
            }
            _ => None,
        }
    });
    let gone = facts.packages.missing.iter().map(|file| file.package.as_str());
    let altered = facts.packages.altered.iter().map(|file| file.package.as_str());
    let names: BTreeSet<&str> = gone.chain(altered).chain(damaged).collect();
    let again: Vec<PackageName> = facts
        .packages
        .installed
        .iter()
        .filter(|package| package.manager == manager && names.contains(package.name.as_str()))
        .map(PackageName::from)
        .collect();
    if again.is_empty() {
        return Err(Hindrance::new("nothing-to-change"));
    }
    fulfil(facts, context, Request::new(manager, Wish::Reinstall(again)))
}

//! Moves a module that no package owns out of the kernel's directory.

use super::quarantine_libraries::to_quarantine;
use super::rebuild_initramfs::rebuild;
use crate::facts::{Facts, Ownership};
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::Step;
use crate::steps::{Product, Regenerate, index_files};

pub(super) const REMEDY: Remedy = Remedy { id: "quarantine-module", steps };

fn steps(facts: &Facts, context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    let (library, _) = facts.library_version().ok_or(Hindrance::new("wanted-version-unknown"))?;
    let (kernel, _) = facts.current_kernel().ok_or(Hindrance::new("not-a-host"))?;
    let modules = facts.current_modules().ok_or(Hindrance::new("no-module-on-disk"))?;
    let going: Vec<_> = modules
        .files
        .iter()
        .filter(|file| file.version().is_some_and(|version| version != library))
        .filter(|file| facts.packages.owners.get(&file.path) == Some(&Ownership::Nobody))
        .map(|file| file.linked_from.as_ref().unwrap_or(&file.path))
        .collect();
    if going.is_empty() {
        return Err(Hindrance::new("nothing-to-move"));
    }
    let image = rebuild(facts, context, kernel)?;
    let kernel = kernel.to_owned();
    let outputs = index_files(&kernel);
    let mut steps: Vec<Step> =
        going.into_iter().map(|path| Step::MoveFile(to_quarantine(path))).collect();
    steps.push(Step::Regenerate(Regenerate { product: Product::ModuleIndex { kernel }, outputs }));
    // One that was made while modprobe took the wrong module holds that, if it holds any.
    steps.extend(image);
    Ok(steps)
}

//! Moves libraries that no package owns out of the loader's sight.

use std::path::{Path, PathBuf};

use crate::facts::{Facts, LibraryFile, LibraryPlace, Ownership};
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::Step;
use crate::steps::{MoveFile, Product, Regenerate};

pub(super) const REMEDY: Remedy = Remedy { id: "quarantine-libraries", steps };

/// Where what stands in the way is moved to; undo brings it back from here.
pub(super) const QUARANTINE: &str = "/var/lib/nvmend/quarantine";

fn steps(facts: &Facts, _context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    let wanted = facts
        .loaded_version()
        .map(|(version, _)| version.clone())
        .or_else(|| facts.on_disk_version().map(|(version, _)| version.clone()))
        .ok_or(Hindrance::new("wanted-version-unknown"))?;
    let goes = |file: &&LibraryFile| {
        let is_other = file.version.as_ref().is_some_and(|version| *version != wanted);
        file.place == LibraryPlace::System
            && !file.injected
            && (file.size == 0 || is_other)
            && facts.packages.owners.get(&file.path) == Some(&Ownership::Nobody)
    };
    let going: Vec<&LibraryFile> = facts.libraries.files.iter().filter(goes).collect();
    if going.is_empty() {
        return Err(Hindrance::new("nothing-to-move"));
    }
    let mut outputs = vec![PathBuf::from("/etc/ld.so.cache")];
    for file in &going {
        let directory = file.path.parent().unwrap_or(Path::new("/"));
        outputs.push(directory.join(format!("{}.so.1", file.stem)));
    }
    outputs.sort();
    outputs.dedup();
    let mut steps: Vec<Step> =
        going.iter().map(|file| Step::MoveFile(to_quarantine(&file.path))).collect();
    steps.push(Step::Regenerate(Regenerate { product: Product::LoaderCache, outputs }));
    Ok(steps)
}

/// The step that moves a file to its place in the quarantine, which is its path below it.
pub(super) fn to_quarantine(path: &Path) -> MoveFile {
    let below = path.strip_prefix("/").unwrap_or(path);
    MoveFile { from: path.to_owned(), to: Path::new(QUARANTINE).join(below) }
}

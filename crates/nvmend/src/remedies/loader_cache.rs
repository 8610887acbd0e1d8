//! The step that lets ldconfig make the loader's cache, and its links, anew.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::facts::{Facts, LibraryPlace};
use crate::step::Step;
use crate::steps::{Product, Regenerate};

/// That step. ldconfig sets the links by SONAME in the loader's directories, and takes away those that lead nowhere
/// (glibc, `elf/ldconfig.c`, "Remove stale symlinks"): of the driver's libraries, all of these can change.
pub(super) fn refresh(facts: &Facts) -> Step {
    let mut outputs = BTreeSet::from([PathBuf::from("/etc/ld.so.cache")]);
    for file in facts.libraries.files.iter().filter(|file| file.place == LibraryPlace::System) {
        let directory = file.path.parent().unwrap_or(Path::new("/"));
        // SONAMEs of the driver's libraries end in 0, 1 or, of newer ones, 2.
        outputs.extend(
            ["so.0", "so.1", "so.2"].map(|end| directory.join(format!("{}.{end}", file.stem))),
        );
    }
    // A name can be a file itself: what ldconfig finds there it leaves.
    let files = &facts.libraries.files;
    outputs.retain(|path| !files.iter().any(|file| file.path == *path));
    let outputs = outputs.into_iter().collect();
    Step::Regenerate(Regenerate { product: Product::LoaderCache, outputs })
}

//! Moves libraries that no package owns out of the loader's sight: empty ones, and those of another version than the
//! driver's, of every architecture.

use std::path::Path;

use super::loader_cache;
use crate::facts::{Facts, LibraryFile, LibraryPlace, Ownership};
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::Step;
use crate::steps::MoveFile;
use crate::version::DriverVersion;

pub(super) const REMEDY: Remedy = Remedy { id: "quarantine-libraries", steps };

/// Where what stands in the way is moved to; undo brings it back from here.
pub(super) const QUARANTINE: &str = "/var/lib/nvmend/quarantine";

fn steps(facts: &Facts, _context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    let wanted = wanted_version(facts);
    let is_other = |file: &LibraryFile| {
        let version = file.version.as_ref();
        version.is_some_and(|version| wanted.is_some_and(|wanted| version != wanted))
    };
    let in_reach = |file: &LibraryFile| {
        file.place == LibraryPlace::System
            || (file.place == LibraryPlace::Other && facts.is_picked(file))
    };
    let goes = |file: &&LibraryFile| {
        in_reach(file)
            && !file.injected
            && (file.size == 0 || is_other(file))
            && !is_of_runfile(facts, file)
            && *facts.owner(&file.path) == Ownership::Nobody
    };
    let going: Vec<&LibraryFile> = facts.libraries.files.iter().filter(goes).collect();
    if going.is_empty() {
        let unknown = facts.libraries.files.iter().find(|file| {
            let unknown = matches!(facts.owner(&file.path), Ownership::Unknown(_));
            unknown && in_reach(file) && (file.size == 0 || is_other(file))
        });
        return Err(match (unknown, wanted) {
            (Some(file), _) => Hindrance::new("owner-unknown").with("path", file.path.display()),
            (None, None) => Hindrance::new("wanted-version-unknown"),
            (None, Some(_)) => Hindrance::new("nothing-to-move"),
        });
    }
    let moves = going.iter().map(|file| Step::MoveFile(to_quarantine(&file.path)));
    Ok(moves.chain([loader_cache::refresh(facts)]).collect())
}

/// The version that belongs here: the module's; where there is none, that of the libraries that packages own, if they
/// are of one mind.
fn wanted_version(facts: &Facts) -> Option<&DriverVersion> {
    facts.module_version().or_else(|| {
        let is_packaged = |file: &&LibraryFile| {
            matches!(facts.owner(&file.path), Ownership::Package(_))
                && file.place == LibraryPlace::System
        };
        let files = facts.libraries.files.iter().filter(is_packaged);
        let mut versions = files.filter_map(|file| file.version.as_ref());
        let first = versions.next()?;
        versions.all(|version| version == first).then_some(first)
    })
}

/// What an installed `.run` driver put there is its own.
fn is_of_runfile(facts: &Facts, file: &LibraryFile) -> bool {
    facts.builders.runfile.value().is_some_and(|runfile| {
        let version = runfile.version.as_ref();
        runfile.installed && version.is_none_or(|version| file.version.as_ref() == Some(version))
    })
}

/// The step that moves a file to its place in the quarantine, which is its path below it.
pub(super) fn to_quarantine(path: &Path) -> MoveFile {
    let below = path.strip_prefix("/").unwrap_or(path);
    MoveFile { from: path.to_owned(), to: Path::new(QUARANTINE).join(below) }
}

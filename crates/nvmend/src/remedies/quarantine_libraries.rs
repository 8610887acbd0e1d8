//! Moves libraries that no package owns out of the loader's sight: empty ones, and those of another version than the
//! driver's, of every architecture.

use std::path::{Path, PathBuf};

use super::loader_cache;
use crate::facts::{Facts, LibraryFile, LibraryPlace, Ownership};
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::Step;
use crate::steps::{MoveFile, SetLink};
use crate::version::DriverVersion;

pub(super) const REMEDY: Remedy = Remedy { id: "quarantine-libraries", steps };

/// Where what stands in the way is moved to; undo brings it back from here.
pub(super) const QUARANTINE: &str = "/var/lib/nvmend/quarantine";

fn steps(facts: &Facts, context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
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
    let links = alternatives(facts, context, &going).into_iter().map(Step::SetLink);
    Ok(moves.chain(links).chain([loader_cache::refresh(facts)]).collect())
}

/// Where Debian's alternatives have a name, ldconfig has replaced their link by one to the file that goes, and would leave
/// none (`/etc/alternatives/nvidia--libcuda.so.1-x86_64-linux-gnu`): they get it back.
fn alternatives(facts: &Facts, context: &Context<'_>, going: &[&LibraryFile]) -> Vec<SetLink> {
    let directory = Path::new("/etc/alternatives");
    let kept = context.machine.names(directory);
    let mut links: Vec<SetLink> = vec![];
    for file in going {
        let Some(here) = file.path.parent() else { continue };
        let stays = |other: &&LibraryFile| {
            other.stem == file.stem
                && other.path.parent() == Some(here)
                && !going.iter().any(|going| going.path == other.path)
        };
        let name = format!("{}.so.1", file.stem);
        let end = here.file_name().unwrap_or_default().to_string_lossy();
        let end = format!("--{name}-{end}");
        let kept = kept.iter().find(|kept| kept.ends_with(&end));
        if let Some(kept) = kept.filter(|_| !facts.libraries.files.iter().any(|of| stays(&of))) {
            links.push(SetLink { path: here.join(name), target: directory.join(kept) });
        }
    }
    // Where ldconfig hasn't run since, they still have it.
    let lookups = facts.libraries.lookups.iter().filter_map(|lookup| lookup.found.value());
    let chains: Vec<&[PathBuf]> = lookups.map(|found| found.chain.links.as_slice()).collect();
    let is_there = |link: &SetLink| {
        let leads_on = |hop: &[PathBuf]| hop == [link.path.clone(), link.target.clone()];
        chains.iter().any(|chain| chain.windows(2).any(leads_on))
    };
    links.retain(|link| !is_there(link));
    links.sort_by(|a, b| a.path.cmp(&b.path));
    links.dedup();
    links
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

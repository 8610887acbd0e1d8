//! Lets the names that programs ask for lead to the libraries that fit the module again: by ldconfig where its cache is
//! all that is old, by the links themselves where these are wrong.

use std::path::{Path, PathBuf};

use super::loader_cache;
use crate::facts::{
    BARE_NAMES, DECIDING_LIBRARIES, Environment, Facts, LibraryFile, Lookup, LookupScope,
    ResolvedLibrary,
};
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::Step;
use crate::steps::{ByHand, SetLink};

pub(super) const REMEDY: Remedy = Remedy { id: "relink-libraries", steps };

fn steps(facts: &Facts, _context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    if facts.system.environment == Environment::Container && facts.system_container().is_none() {
        return Err(Hindrance::new("not-a-host"));
    }
    if facts.stale_cache().is_some() {
        return Ok(vec![loader_cache::refresh(facts)]);
    }
    let wanted = facts.module_version().or(facts.library_version().map(|(version, _)| version));
    let wanted = wanted.ok_or(Hindrance::new("wanted-version-unknown"))?;
    let is_wrong = |library: &ResolvedLibrary| {
        !library.exists || library.version.as_ref().is_some_and(|version| version != wanted)
    };
    let fits = |file: &LibraryFile| file.version.as_ref() == Some(wanted) && file.size > 0;
    let mut links: Vec<SetLink> = vec![];
    let mut is_outranked = false;
    for name in DECIDING_LIBRARIES.iter().chain(&BARE_NAMES) {
        let of_name = |lookup: &&Lookup| lookup.scope == LookupScope::Plain && lookup.name == *name;
        for lookup in facts.libraries.lookups.iter().filter(of_name) {
            let Some(library) = lookup.found.value().filter(|library| is_wrong(library)) else {
                continue;
            };
            // The last one leads to the file; those before lead to it.
            let Some(link) = library.chain.links.last() else { continue };
            if link.starts_with("/etc/alternatives") {
                return Ok(vec![Step::ByHand(choose_alternative(link))]);
            }
            let stem = name.split(".so").next().unwrap_or_default();
            let beside = |file: &&LibraryFile| {
                file.stem == stem
                    && file.path.parent() == link.parent()
                    && file.arch.as_deref().is_none_or(|arch| arch == lookup.arch)
            };
            let right = facts.libraries.files.iter().filter(beside).find(|file| fits(file));
            let Some(right) = right else {
                let hindrance = Hindrance::new("no-right-library").with("library", name);
                return Err(hindrance.with("version", wanted));
            };
            is_outranked |= facts
                .libraries
                .files
                .iter()
                .filter(beside)
                .any(|file| file.version.as_ref().is_some_and(|version| version > wanted));
            links.push(SetLink { path: link.clone(), target: target(right, name) });
        }
    }
    links.dedup();
    if links.is_empty() {
        return Err(Hindrance::new("no-wrong-link"));
    }
    let mut steps: Vec<Step> = links.into_iter().map(Step::SetLink).collect();
    // ldconfig would let the name lead to the higher version again.
    if !is_outranked {
        steps.push(loader_cache::refresh(facts));
    }
    Ok(steps)
}

/// As packages write it: the bare name leads to the one by SONAME, that to the file.
fn target(right: &LibraryFile, name: &str) -> PathBuf {
    let file = right.path.file_name().map_or_else(|| right.path.clone(), PathBuf::from);
    if BARE_NAMES.contains(&name) { PathBuf::from(format!("{name}.1")) } else { file }
}

/// Debian's alternatives keep these links, and all that go with them.
fn choose_alternative(link: &Path) -> ByHand {
    ByHand::new("alternatives")
        .with("path", link.display())
        .command("update-alternatives --auto nvidia")
        .command("update-alternatives --auto glx")
        .command("ldconfig")
}

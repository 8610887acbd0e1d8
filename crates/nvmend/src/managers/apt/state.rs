//! What dpkg and apt have written down of the packages.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::commands::command;
use crate::enquire::DEADLINE;
use crate::host::{Host, Output};
use crate::parse::apt;
use crate::parse::dpkg::paragraphs;
use crate::steps::PackageChange;

pub(super) const STATUS: &str = "/var/lib/dpkg/status";
pub(super) const MARKS: &str = "/var/lib/apt/extended_states";
/// A status file of 10,000 packages has about 20 MB.
pub(super) const MOST: u64 = 128 << 20;

/// The changes of a simulation, with the architectures that it leaves out.
pub(super) fn read_changes(host: &dyn Host, output: &Output) -> Result<Vec<PackageChange>, String> {
    let found = apt::changes(&output.stdout).map_err(|error| error.to_string())?;
    let status = host.read(Path::new(STATUS), MOST).unwrap_or_default();
    let arch_of = |name: &str, version: Option<&str>| {
        let paragraph = paragraphs(&status).find(|paragraph| {
            paragraph.field("Package") == Some(name.as_bytes())
                && paragraph.field("Version") == version.map(str::as_bytes)
        })?;
        Some(String::from_utf8_lossy(paragraph.field("Architecture")?).into_owned())
    };
    let mut changes = Vec::new();
    for change in found {
        let arch = change.arch.or_else(|| arch_of(&change.name, change.from.as_deref()));
        let arch = arch.ok_or_else(|| format!("{}: of an unknown architecture", change.name))?;
        changes.push(PackageChange { name: change.name, arch, from: change.from, to: change.to });
    }
    changes.sort();
    Ok(changes)
}

/// Whether the package is as it shall be after the change.
pub(super) fn is_done(host: &dyn Host, change: &PackageChange) -> bool {
    let state = state(host, &change.name, &change.arch);
    match &change.to {
        // Installed again: nothing shows whether it was.
        Some(_) if change.from == change.to => false,
        Some(to) => state.is_some_and(|(state, version)| state == "installed" && version == *to),
        None => state.is_none_or(|(state, _)| state == "config-files"),
    }
}

/// dpkg's word for the state of a package, and its version. `None`: unknown to dpkg, or purged.
pub(super) fn state(host: &dyn Host, name: &str, arch: &str) -> Option<(String, String)> {
    let status = host.read(Path::new(STATUS), MOST).ok()?;
    paragraphs(&status).find_map(|paragraph| {
        let field = |name| Some(String::from_utf8_lossy(paragraph.field(name)?).into_owned());
        let is_it = paragraph.field("Package") == Some(name.as_bytes())
            && paragraph.field("Architecture") == Some(arch.as_bytes());
        let words = paragraph.status().filter(|words| is_it && words.state != b"not-installed")?;
        let state = if words.error == b"ok" { words.state } else { words.error };
        Some((String::from_utf8_lossy(state).into_owned(), field("Version").unwrap_or_default()))
    })
}

/// Names of the packages that were installed for others' sake.
pub(super) fn automatic(host: &dyn Host) -> BTreeSet<String> {
    let marks = host.read(Path::new(MARKS), MOST).unwrap_or_default();
    let is_marked = |value: &&[u8]| *value == b"1";
    paragraphs(&marks)
        .filter(|paragraph| paragraph.field("Auto-Installed").as_ref().is_some_and(is_marked))
        .filter_map(|paragraph| {
            Some(String::from_utf8_lossy(paragraph.field("Package")?).into_owned())
        })
        .collect()
}

/// What the administrator chose among alternatives; what was chosen for him is chosen anew.
pub(super) fn chosen_alternatives(host: &dyn Host) -> Vec<(String, PathBuf)> {
    let words = vec!["--get-selections".to_owned()];
    let Ok(output) = host.run(&command(host, "update-alternatives", words, DEADLINE)) else {
        return vec![];
    };
    let chosen = output.stdout.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let (name, mode, path) = (words.next()?, words.next()?, words.next()?);
        (mode == "manual").then(|| (name.to_owned(), PathBuf::from(path)))
    });
    chosen.collect()
}

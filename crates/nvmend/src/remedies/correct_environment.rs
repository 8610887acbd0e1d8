//! Takes the wrong directory off the loader's path. A line of ld.so.conf is the machine's, and is edited. A variable's line
//! is shown with the file that it stands in: whatever runs keeps the variable until its user logs in anew, so that an
//! edit could not be verified.

use std::path::{Path, PathBuf};

use super::edit::{change_lines, file_and_line};
use super::{loader_cache, quoted};
use crate::facts::{
    BARE_NAMES, DECIDING_LIBRARIES, Environment, Facts, LibraryPlace, LookupScope, ResolvedLibrary,
    Via,
};
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::Step;
use crate::steps::ByHand;

pub(super) const REMEDY: Remedy = Remedy { id: "correct-environment", steps };

fn steps(facts: &Facts, context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    let is_wrong = |library: &ResolvedLibrary| {
        matches!(library.place, LibraryPlace::Stub | LibraryPlace::CudaCompat)
            || (library.place != LibraryPlace::System
                && library.version.as_ref() != facts.module_version())
    };
    let found = |scope| {
        let deciding = facts.libraries_named(&DECIDING_LIBRARIES, scope);
        let mut named = deciding.chain(facts.libraries_named(&BARE_NAMES, scope));
        named.find(|(_, library)| is_wrong(library)).map(|(_, library)| library)
    };
    if let Some((name, part)) = found(LookupScope::Environment).and_then(variable) {
        return Ok(of_variable(facts, context, name, part));
    }
    // Its files are its image's.
    if facts.system.environment == Environment::Container && facts.system_container().is_none() {
        return Err(Hindrance::new("not-a-host"));
    }
    let library = found(LookupScope::Plain).ok_or(Hindrance::new("no-line"))?;
    let first = library.chain.links.first().unwrap_or(&library.chain.end);
    let directory = first.parent().unwrap_or(first);
    // All programs need what else is there.
    if context.machine.names(directory).iter().any(|name| name == "libc.so.6") {
        return Err(Hindrance::new("system-directory").with("path", directory.display()));
    }
    of_configuration(facts, context, directory)
}

/// The variable by which the loader came to a library, and the part of it that did.
fn variable(library: &ResolvedLibrary) -> Option<(&'static str, Option<&Path>)> {
    match &library.via {
        Via::Preload => Some(("LD_PRELOAD", None)),
        Via::LibraryPath(directory) => Some(("LD_LIBRARY_PATH", Some(directory))),
        Via::Cache(_) | Via::DefaultDirectory(_) => None,
    }
}

/// A line that names the directory, in ld.so.conf or what it includes.
fn of_configuration(
    facts: &Facts,
    context: &Context<'_>,
    directory: &Path,
) -> Result<Vec<Step>, Hindrance> {
    let included = Path::new("/etc/ld.so.conf.d");
    let files = context.machine.names(included).into_iter().map(|name| included.join(name));
    for file in [PathBuf::from("/etc/ld.so.conf")].into_iter().chain(files) {
        let Ok((path, text)) = context.machine.text(&file) else { continue };
        let is_it = |line: &str| {
            let named = Path::new(line.trim().trim_end_matches('/'));
            named.is_absolute()
                && (named == directory
                    || context.machine.directory(named).as_deref() == Some(directory))
        };
        if !text.lines().any(is_it) {
            continue;
        }
        let change = |_: usize, line: &str| is_it(line).then(|| format!("# nvmend: {line}"));
        let mut edit = change_lines(path, &text, change, vec![]);
        edit.unsearched.push(directory.to_owned());
        return Ok(vec![Step::WriteFile(edit), loader_cache::refresh(facts)]);
    }
    Err(Hindrance::new("no-line"))
}

/// The lines of the usual files that set a variable; where none does, the variable itself.
fn of_variable(
    facts: &Facts,
    context: &Context<'_>,
    name: &'static str,
    part: Option<&Path>,
) -> Vec<Step> {
    let value = facts.system.variable(name).unwrap_or_default();
    let part = part.map(|part| part.display().to_string());
    let elements = value.split(':').filter(|element| !element.is_empty());
    let rest: Vec<&str> =
        elements.filter(|element| part.as_deref().is_some_and(|part| *element != part)).collect();
    let now = if rest.is_empty() {
        format!("unset {name}")
    } else {
        format!("export {name}={}", quoted(&rest.join(":")))
    };
    let lines = setting_lines(context, name, part.as_deref());
    if lines.is_empty() {
        let act = ByHand::new("variable").with("name", name).with("value", value);
        return vec![Step::ByHand(act.command(now))];
    }
    let show = |(origin, line): (String, String)| {
        let act = ByHand::new("variable-line").with("name", name).with("file", &origin);
        let act = act.with("value", line.trim());
        let file = file_and_line(&origin).map_or(origin.as_str(), |(file, _)| file);
        let editor = if file.starts_with("/etc/") { "sudoedit" } else { "\"${EDITOR:-vi}\"" };
        Step::ByHand(act.command(format!("{editor} {}", quoted(file))).command(now.clone()))
    };
    lines.into_iter().map(show).collect()
}

/// Files that set variables for all users.
const OF_ALL: [&str; 5] =
    ["/etc/environment", "/etc/profile", "/etc/bash.bashrc", "/etc/bashrc", "/etc/zsh/zshenv"];
/// Directories of such files.
const DIRECTORIES: [&str; 2] = ["/etc/profile.d", "/etc/environment.d"];
/// Files in a user's directory.
const OF_USER: [&str; 7] =
    [".bashrc", ".bash_profile", ".profile", ".zshrc", ".zshenv", ".zprofile", ".pam_environment"];
/// Lines that are shown; more than a few would not be read.
const MOST_LINES: usize = 5;

/// Where the usual files set a variable, for all users and for the one who asks: the line's place and text.
fn setting_lines(context: &Context<'_>, name: &str, part: Option<&str>) -> Vec<(String, String)> {
    let mut files: Vec<PathBuf> = OF_ALL.map(PathBuf::from).to_vec();
    for directory in DIRECTORIES.map(Path::new) {
        files.extend(context.machine.names(directory).into_iter().map(|name| directory.join(name)));
    }
    let home = context.machine.variable("HOME").map(PathBuf::from);
    let user = context.machine.variable("SUDO_USER").map(|name| Path::new("/home").join(name));
    let mut homes: Vec<PathBuf> = home.into_iter().chain(user).collect();
    homes.dedup();
    files.extend(homes.iter().flat_map(|home| OF_USER.map(|name| home.join(name))));
    let mut found = vec![];
    for file in files {
        let Ok((_, text)) = context.machine.text(&file) else { continue };
        for (at, line) in text.lines().enumerate() {
            let sets = line.contains(name) && line.contains('=') && !line.trim().starts_with('#');
            if sets && part.is_none_or(|part| line.contains(part)) {
                found.push((format!("{}:{}", file.display(), at + 1), line.to_owned()));
            }
        }
    }
    found.truncate(MOST_LINES);
    found
}

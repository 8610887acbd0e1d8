//! Takes the wrong directory off the loader's path. What is the machine's own is edited: a line of ld.so.conf, of a unit
//! in `/etc/systemd/system`, of `/etc/environment` and `environment.d`, which are lists of variables and nothing else.
//!
//! Any other line is shown with the file that it stands in: one of a user, as it is that user's; one of `profile.d` and
//! the like, as it is part of a program, that without it may be none any more, and then nobody can log in; one of a
//! package, as it comes back; one of an `EnvironmentFile=`, as passwords stand there, that must not get into plans.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::edit::{change_lines, file_and_line};
use super::stopping::Stopping;
use super::{loader_cache, quoted};
use crate::causes::library_path_override::wrong_overrides;
use crate::facts::{
    BARE_NAMES, DECIDING_LIBRARIES, Environment, Facts, Holder, LibraryPlace, LookupScope,
    ResolvedLibrary, UnitOverride, Variable, Via,
};
use crate::parse::settings::{elements, without};
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::Step;
use crate::steps::{ByHand, WriteFile};

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
    let mut steps = of_services(facts, context)?;
    if let Some((name, part)) = found(LookupScope::Environment).and_then(variable) {
        steps.extend(of_variable(facts, context, name, part));
    }
    if !steps.is_empty() {
        // A person's acts come after what nvmend does.
        steps.sort_by_key(|step| matches!(step, Step::ByHand(_)));
        return Ok(steps);
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

/// The variable by which the loader came to a library, and the element of it that did.
fn variable(library: &ResolvedLibrary) -> Option<(&'static str, &Path)> {
    match &library.via {
        Via::Preload => {
            let named = library.chain.links.first().unwrap_or(&library.chain.end);
            Some(("LD_PRELOAD", named))
        }
        Via::LibraryPath(directory) => Some(("LD_LIBRARY_PATH", directory)),
        Via::Cache(_) | Via::DefaultDirectory(_) => None,
    }
}

/// Where systemd has the units of whoever runs the machine (systemd.unit(5)).
const UNITS: &str = "/etc/systemd/system/";

/// The lines of units that lead services elsewhere, and these services started anew.
fn of_services(facts: &Facts, context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    let mut files: BTreeMap<&str, Vec<(usize, &UnitOverride)>> = BTreeMap::new();
    for found in wrong_overrides(facts) {
        let (file, line) = file_and_line(found.from.as_str()).ok_or(Hindrance::new("no-line"))?;
        files.entry(file).or_default().push((line, found));
    }
    let (mut writes, mut by_hand, mut units) = (vec![], vec![], vec![]);
    for (file, lines) in files {
        match edit_unit(context, file, &lines) {
            Some(edit) => {
                writes.push(Step::WriteFile(edit));
                units.extend(lines.iter().map(|(_, found)| found.unit.clone()));
            }
            None => by_hand.extend(lines.iter().map(|(_, found)| show_unit(file, found))),
        }
    }
    if writes.is_empty() {
        return Ok(by_hand);
    }
    // systemd reads all its units anew.
    if let Some(container) = facts.consumers.scopes.first() {
        return Err(Hindrance::new("container-loses-gpu").with("name", &container.scope));
    }
    let processes = facts.holders.processes.value().map_or(&[][..], Vec::as_slice);
    let is_of_units = |holder: &&Holder| holder.service().is_some_and(|unit| units.contains(&unit));
    let holders: Vec<&Holder> = processes.iter().filter(is_of_units).collect();
    let mut stopping = Stopping::of(&holders, None).reloading();
    stopping.add_dependents(context.machine)?;
    let start = stopping.start();
    Ok([stopping.stop(), writes, start, by_hand].concat())
}

/// The step that takes the elements out of these lines, where the file is the machine's own.
fn edit_unit(
    context: &Context<'_>,
    file: &str,
    lines: &[(usize, &UnitOverride)],
) -> Option<WriteFile> {
    let (path, text) = context.machine.text(Path::new(file)).ok()?;
    if !path.starts_with(UNITS) {
        return None;
    }
    let change = |number: usize, line: &str| {
        let here = lines.iter().filter(|(at, _)| *at == number);
        here.fold(None, |edited: Option<String>, (_, found)| {
            let line = edited.as_deref().unwrap_or(line);
            without(line, &found.variable, &found.element).or(edited)
        })
    };
    let changed = (1..).zip(text.lines()).filter(|(at, line)| change(*at, line).is_some()).count();
    let mut numbers: Vec<usize> = lines.iter().map(|(at, _)| *at).collect();
    numbers.dedup();
    if changed != numbers.len() {
        return None;
    }
    let mut edit = change_lines(path, &text, change, vec![]);
    edit.corrected = lines.iter().map(|(_, found)| found.from.clone()).collect();
    Some(edit)
}

fn show_unit(file: &str, found: &UnitOverride) -> Step {
    let act =
        ByHand::new("unit-line").with("name", &found.variable).with("file", found.from.as_str());
    let act = act.with("value", &found.value);
    let unit = quoted(&found.unit);
    let act = if file.starts_with("/etc/") {
        act.command(format!("sudoedit {}", quoted(file)))
    } else {
        act.command(format!("systemctl edit {unit}"))
    };
    Step::ByHand(act.command(format!("systemctl restart {unit}")))
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

/// The lines of the usual files that set a variable, edited where all of them are the machine's own; where there are none,
/// the variable itself.
fn of_variable(facts: &Facts, context: &Context<'_>, name: &'static str, part: &Path) -> Vec<Step> {
    let value = facts.system.variable(name).unwrap_or_default();
    let part = part.display().to_string();
    let part = part.trim_end_matches('/');
    let rest: Vec<&str> =
        elements(value).filter(|element| element.trim_end_matches('/') != part).collect();
    let rest = rest.join(":");
    let now = if rest.is_empty() {
        format!("unset {name}")
    } else {
        format!("export {name}={}", quoted(&rest))
    };
    let lines = setting_lines(context, name, part);
    let after = Variable { name: name.to_owned(), value: rest };
    if let Some(edits) = edit_variables(context, &lines, part, &after) {
        return edits;
    }
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

/// The steps that take the element out of all these lines, if each is the machine's own.
fn edit_variables(
    context: &Context<'_>,
    lines: &[(String, String)],
    part: &str,
    after: &Variable,
) -> Option<Vec<Step>> {
    let mut files: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (origin, line) in lines {
        let (file, number) = file_and_line(origin)?;
        let is_list = file == "/etc/environment"
            || (file.starts_with("/etc/environment.d/") && file.ends_with(".conf"));
        if !is_list || without(line, &after.name, part).is_none() {
            return None;
        }
        files.entry(file).or_default().push(number);
    }
    let edit = |(file, numbers): (&str, Vec<usize>)| {
        let (path, text) = context.machine.text(Path::new(file)).ok()?;
        let change = |number: usize, line: &str| {
            let is_it = numbers.contains(&number);
            without(line, &after.name, part).filter(|_| is_it)
        };
        let mut edit = change_lines(path, &text, change, vec![]);
        edit.variables = vec![after.clone()];
        edit.path.starts_with("/etc").then_some(Step::WriteFile(edit))
    };
    let edits: Option<Vec<Step>> = files.into_iter().map(edit).collect();
    edits.filter(|edits| !edits.is_empty())
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
fn setting_lines(context: &Context<'_>, name: &str, part: &str) -> Vec<(String, String)> {
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
            if sets && line.contains(part) {
                found.push((format!("{}:{}", file.display(), at + 1), line.to_owned()));
            }
        }
    }
    found.truncate(MOST_LINES);
    found
}

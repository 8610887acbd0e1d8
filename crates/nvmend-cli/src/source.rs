//! Which machine is meant: this one, a file tree, one saved in a file, an example.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use clap::ArgMatches;
use nvmend::examples;
use nvmend::facts::Facts;
use nvmend::host::Host;
use nvmend::hosts::capture::CaptureError;
use nvmend::hosts::live::Live;
use nvmend::hosts::saved::{self, SavedError};
use nvmend::hosts::sysroot::Sysroot;
use nvmend::words::Words;

use crate::exit::Failure;

/// Opens the machine that the arguments name.
pub fn open(matches: &ArgMatches, words: &Words) -> Result<Arc<dyn Host>, Failure> {
    let root = matches.get_one::<std::path::PathBuf>("root");
    let from = matches.get_one::<std::path::PathBuf>("from");
    let example = matches.get_one::<String>("example");
    let given: Vec<&str> =
        [("--root", root.is_some()), ("--from", from.is_some()), ("--example", example.is_some())]
            .into_iter()
            .filter_map(|(name, given)| given.then_some(name))
            .collect();
    if let [first, second, ..] = given[..] {
        let args = [("first", first.to_owned()), ("second", second.to_owned())];
        return Err(Failure::usage(words.cli("error-two-machines", &args)));
    }
    let env = variables(matches, words)?;
    if !env.is_empty() && root.is_none() {
        return Err(Failure::usage(words.cli("error-env-without-root", &[])));
    }
    if let Some(root) = root {
        return open_root(root, env, words);
    }
    if let Some(from) = from {
        return open_saved(from, words);
    }
    if let Some(name) = example {
        return open_example(name, words);
    }
    let live = Live::open().map_err(|error| Failure::undetermined(error.to_string()))?;
    Ok(Arc::new(live))
}

/// Whether another machine than this one is meant.
pub fn is_elsewhere(matches: &ArgMatches) -> bool {
    elsewhere(matches).is_some()
}

/// Refuses a command that changes a machine for any but this one.
pub fn refuse_elsewhere(matches: &ArgMatches, command: &str, words: &Words) -> Result<(), Failure> {
    match elsewhere(matches) {
        Some(option) => {
            let args = [("command", command.to_owned()), ("option", format!("--{option}"))];
            Err(Failure::usage(words.cli("error-only-here", &args))
                .hint(words.cli("hint-only-here", &[])))
        }
        None => Ok(()),
    }
}

fn elsewhere(matches: &ArgMatches) -> Option<&'static str> {
    let is_given =
        |name: &&str| matches.value_source(name) == Some(clap::parser::ValueSource::CommandLine);
    ["root", "from", "example", "env"].into_iter().find(is_given)
}

/// Refuses `--deep` for what is no running machine, nor a capture that may hold its answers, nor is now.
pub fn refuse_deep(matches: &ArgMatches, words: &Words) -> Result<(), Failure> {
    let given = |name: &str| {
        matches.try_contains_id(name).unwrap_or(false)
            && matches.value_source(name) == Some(clap::parser::ValueSource::CommandLine)
    };
    match ["root", "example", "after"].into_iter().find(|name| given(name)) {
        Some(name) => {
            let option = ("option", format!("--{name}"));
            Err(Failure::usage(words.cli("error-deep-not-here", &[option])))
        }
        None => Ok(()),
    }
}

/// Refuses `--deep` for a capture that was taken without it.
pub fn refuse_unanswered(
    matches: &ArgMatches,
    facts: &Facts,
    words: &Words,
) -> Result<(), Failure> {
    match matches.get_one::<std::path::PathBuf>("from") {
        Some(file) if facts.deep.answers.is_unreadable() => {
            let path = ("path", file.display().to_string());
            Err(Failure::usage(words.cli("error-deep-not-captured", &[path]))
                .hint(words.cli("hint-deep-not-captured", &[])))
        }
        _ => Ok(()),
    }
}

/// The names of the examples, one a line.
pub fn examples() -> String {
    examples::names().map(|name| format!("{name}\n")).collect()
}

fn open_root(
    root: &Path,
    env: BTreeMap<String, String>,
    words: &Words,
) -> Result<Arc<dyn Host>, Failure> {
    let tree = Sysroot::open(root, env).map_err(|error| {
        let path = ("path", root.display().to_string());
        let failure = if error.is_absent() {
            Failure::usage(words.cli("error-root-absent", &[path]))
        } else {
            Failure::usage(words.cli("error-root", &[path, ("why", error.why.to_string())]))
        };
        failure.hint(words.cli("hint-root", &[]))
    })?;
    Ok(Arc::new(tree))
}

fn open_saved(file: &Path, words: &Words) -> Result<Arc<dyn Host>, Failure> {
    let machine = saved::open(file).map_err(|error| {
        let path = ("path", file.display().to_string());
        let why = ("why", error.to_string());
        match error {
            SavedError::Io(error) | SavedError::Capture(CaptureError::Io(error)) => {
                match error.kind() {
                    ErrorKind::NotFound => Failure::usage(words.cli("error-from-absent", &[path])),
                    _ => Failure::usage(words.cli("error-from-unreadable", &[path, why])),
                }
            }
            SavedError::Capture(CaptureError::UnknownSchema { .. }) => {
                Failure::usage(words.cli("error-from-schema", &[path, why]))
                    .hint(words.cli("hint-from-schema", &[]))
            }
            SavedError::Unknown | SavedError::Capture(CaptureError::NotACapture(_)) => {
                Failure::usage(words.cli("error-from-format", &[path]))
                    .hint(words.cli("hint-from-format", &[]))
            }
            SavedError::Damaged(_) | SavedError::TooLarge | SavedError::Capture(_) => {
                Failure::usage(words.cli("error-from-damaged", &[path, why]))
                    .hint(words.cli("hint-from-damaged", &[]))
            }
        }
    })?;
    Ok(Arc::new(machine))
}

fn open_example(name: &str, words: &Words) -> Result<Arc<dyn Host>, Failure> {
    let machine = examples::open(name).map_err(|_| {
        Failure::usage(words.cli("error-unknown-example", &[("name", name.to_owned())]))
            .hint(words.cli("hint-examples", &[]))
    })?;
    Ok(Arc::new(machine))
}

/// The environment to judge, from `--env NAME=VALUE`.
fn variables(matches: &ArgMatches, words: &Words) -> Result<BTreeMap<String, String>, Failure> {
    matches
        .get_many::<String>("env")
        .unwrap_or_default()
        .map(|text| match text.split_once('=') {
            Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
            _ => Err(Failure::usage(words.cli("error-env", &[("text", text.clone())]))),
        })
        .collect()
}

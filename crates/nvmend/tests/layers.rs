#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "this test reads the source itself"
)]
//! Holds the layers apart: what a folder must not know, it must not name.

use std::fs;
use std::path::{Path, PathBuf};

/// (place, names that must not stand there, why)
const RULES: &[(&str, &[&str], &str)] = &[
    (
        "causes",
        &["crate::host", "crate::hosts", "crate::probe", "crate::words", "crate::report"],
        "causes are pure questions to the facts",
    ),
    (
        "parse",
        &["crate::hosts", "crate::facts::Facts", "crate::probe", "crate::causes", "dyn Host"],
        "parsers turn bytes into values",
    ),
    (
        "knowledge",
        &["crate::host", "crate::hosts", "crate::probe", "crate::causes"],
        "tables know nothing of a machine",
    ),
    (
        "facts",
        &["crate::hosts", "crate::probe", "crate::parse", "crate::causes", "crate::words"],
        "facts are plain data",
    ),
    (
        "predict.rs",
        &["crate::host", "crate::hosts", "crate::probe", "crate::causes"],
        "predictions are pure",
    ),
    (
        "diagnose.rs",
        &["crate::host", "crate::hosts", "crate::probe", "crate::words"],
        "diagnosis is pure",
    ),
    (
        "probes",
        &["crate::hosts", "crate::causes", "crate::diagnose", "crate::words", "crate::report"],
        "probes read a machine through `Host` and judge nothing",
    ),
    ("reports", &["crate::host::", "crate::hosts", "crate::probe"], "renderings see the report"),
    (
        "remedies",
        &["crate::host", "crate::hosts", "crate::host_mut", "crate::probe", "crate::apply"],
        "remedies turn facts into steps, and ask through `Enquire`",
    ),
    (
        "steps",
        &["crate::hosts", "crate::probe", "crate::causes", "crate::diagnose::diagnose"],
        "steps change a machine through `HostMut` and judge nothing",
    ),
    ("plan.rs", &["crate::host", "crate::hosts", "crate::probe"], "plans are made of facts"),
    ("apply.rs", &["crate::hosts", "crate::probe", "crate::words"], "what is applied is a plan"),
    (
        "hosts",
        &["crate::facts", "crate::probe", "crate::causes", "crate::report"],
        "hosts answer questions and know no reasons",
    ),
];

/// Modules that are compiled for tests only.
const TEST_FILES: &[&str] =
    &["causes/testing.rs", "reports/sample.rs", "parse/in_memory.rs", "tests.rs"];

/// Where `unsafe` is allowed.
const UNSAFE: &[&str] = &["hosts/live.rs"];

#[test]
fn layers_do_not_reach_up() {
    let mut broken = Vec::new();
    for (place, forbidden, why) in RULES {
        for (file, text) in sources(place) {
            for name in *forbidden {
                if let Some(line) = product_lines(&text).find(|line| names(line, name)) {
                    broken.push(format!("{}: {} ({why})", file.display(), line.trim()));
                }
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// Who only looks never holds what can change a machine.
#[test]
fn only_what_applies_can_change_a_machine() {
    const MAY: &[&str] = &["apply.rs", "lock.rs", "journal.rs", "step.rs", "host_mut.rs"];
    for (file, text) in sources("") {
        let is_there = |place: &str| file.ends_with(place);
        let may = MAY.iter().any(|place| is_there(place))
            || file.components().any(|part| {
                matches!(part.as_os_str().to_str(), Some("hosts" | "managers" | "steps"))
            });
        let found = product_lines(&text).find(|line| names(line, "HostMut"));
        assert!(may || found.is_none(), "{}: {found:?}", file.display());
    }
}

#[test]
fn unsafe_stands_in_one_place() {
    for (file, text) in sources("") {
        let allowed = UNSAFE.iter().any(|place| file.ends_with(place));
        let found = product_lines(&text).find(|line| names(line, "unsafe"));
        assert!(allowed || found.is_none(), "{}: {found:?}", file.display());
    }
}

#[test]
fn the_library_prints_nothing() {
    for (file, text) in sources("") {
        for name in ["println!", "eprintln!", "print!", "dbg!"] {
            let found = product_lines(&text).find(|line| names(line, name));
            assert!(found.is_none(), "{}: {found:?}", file.display());
        }
    }
}

/// The lines before the file's tests, without comments.
fn product_lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .take_while(|line| !line.starts_with("#[cfg(test)]"))
        .filter(|line| !line.trim_start().starts_with("//"))
}

/// Whether `name` stands in the line as a path or word of its own: `crate::host` is not in `crate::hosts`.
fn names(line: &str, name: &str) -> bool {
    line.match_indices(name).any(|(at, _)| {
        let after = line[at + name.len()..].chars().next();
        let before = line[..at].chars().next_back();
        let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        !is_part(before) && (name.ends_with("::") || !is_part(after))
    })
}

fn sources(place: &str) -> Vec<(PathBuf, String)> {
    let start = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(place);
    let mut found = Vec::new();
    let mut pending = vec![start.clone()];
    while let Some(path) = pending.pop() {
        if path.is_dir() {
            pending.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if TEST_FILES.iter().any(|name| path.ends_with(name)) {
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
    assert!(!found.is_empty(), "nothing at {}", start.display());
    found
}

//! Lists the word files and the example machines into tables, so that a new cause needs no further line for its
//! words, and a machine becomes an example by one line of its own.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a build script talks to cargo and reads the repository"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let repository = Path::new(&env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../..");
    write("words.rs", &words(&repository.join("locales"))?)?;
    write("machines.rs", &machines(&repository.join("machines"))?)
}

/// Rows of (language, file without its ending, text).
fn words(locales: &Path) -> io::Result<String> {
    println!("cargo::rerun-if-changed={}", locales.display());
    let mut table = String::from("&[\n");
    for language in entries(locales)? {
        // A changed directory does not tell of a new file below it.
        println!("cargo::rerun-if-changed={}", language.join("causes").display());
        for file in entries(&language)?.into_iter().chain(entries(&language.join("causes"))?) {
            if file.extension().is_none_or(|extension| extension != "ftl") {
                continue;
            }
            let name = file.strip_prefix(&language).unwrap_or(&file).with_extension("");
            let tag = language.file_name().unwrap_or_default();
            let row = (tag.to_string_lossy(), name.to_string_lossy(), file.canonicalize()?);
            let _ = writeln!(table, "({:?}, {:?}, include_str!({:?})),", row.0, row.1, row.2);
        }
    }
    table.push_str("]\n");
    Ok(table)
}

/// Rows of (name, description, whether it is an example), of the examples and the machines they start from.
fn machines(folder: &Path) -> io::Result<String> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut described = BTreeMap::new();
    let mut wanted = Vec::new();
    for machine in entries(folder)? {
        let (description, truth) = (machine.join("machine.toml"), machine.join("truth.toml"));
        println!("cargo::rerun-if-changed={}", description.display());
        println!("cargo::rerun-if-changed={}", truth.display());
        let (Ok(text), Some(name)) = (fs::read_to_string(&description), machine.file_name()) else {
            continue;
        };
        let name = name.to_string_lossy().into_owned();
        let is_example = fs::read_to_string(&truth)
            .is_ok_and(|truth| truth.lines().any(|line| line.trim() == "example = true"));
        if is_example {
            wanted.push(name.clone());
        }
        let base = text
            .lines()
            .find_map(|line| line.strip_prefix("base = "))
            .map(|base| base.split('"').nth(1).unwrap_or_default().to_owned());
        described.insert(name, (description.canonicalize()?, base, is_example));
    }
    let mut built_in = BTreeMap::new();
    while let Some(name) = wanted.pop() {
        let Some((path, base, is_example)) = described.get(&name) else { continue };
        wanted.extend(base.clone().filter(|base| !built_in.contains_key(base)));
        built_in.insert(name, (path, is_example));
    }
    let mut table = String::from("&[\n");
    for (name, (path, is_example)) in built_in {
        let _ = writeln!(table, "({name:?}, include_str!({path:?}), {is_example}),");
    }
    table.push_str("]\n");
    Ok(table)
}

fn write(name: &str, text: &str) -> io::Result<()> {
    fs::write(Path::new(&env::var("OUT_DIR").unwrap_or_default()).join(name), text)
}

/// The entries of a directory, sorted; none where there is no such directory.
fn entries(directory: &Path) -> io::Result<Vec<PathBuf>> {
    if !directory.is_dir() {
        return Ok(Vec::new());
    }
    let mut paths: Vec<PathBuf> =
        fs::read_dir(directory)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    paths.sort();
    Ok(paths)
}

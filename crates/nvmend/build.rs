//! Lists the word files into a table, so that a new cause needs no further line for its words.
#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a build script talks to cargo and reads the repository")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let locales = Path::new(&env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../../locales");
    println!("cargo::rerun-if-changed={}", locales.display());
    let mut table = String::from("&[\n");
    for language in entries(&locales)? {
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
    fs::write(Path::new(&env::var("OUT_DIR").unwrap_or_default()).join("words.rs"), table)
}

/// The entries of a directory, sorted; none where there is no such directory.
fn entries(directory: &Path) -> io::Result<Vec<PathBuf>> {
    if !directory.is_dir() {
        return Ok(Vec::new());
    }
    let mut paths: Vec<PathBuf> = fs::read_dir(directory)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    paths.sort();
    Ok(paths)
}

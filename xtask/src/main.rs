//! `cargo xtask docs` writes the documents that are made from the code; `cargo xtask docs --check` fails where they
//! are not current.
#![allow(
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a tool of the repository: it reads and writes docs/, no machine"
)]

mod documents;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    match arguments[..] {
        ["docs"] => write(&folder),
        ["docs", "--check"] => check(&folder),
        _ => {
            eprintln!("usage: cargo xtask docs [--check]");
            ExitCode::from(2)
        }
    }
}

fn write(folder: &Path) -> ExitCode {
    let made = fs::create_dir_all(folder).and_then(|()| {
        documents::all().into_iter().try_for_each(|(name, text)| fs::write(folder.join(name), text))
    });
    match made {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("docs/ cannot be written: {error}");
            ExitCode::FAILURE
        }
    }
}

fn check(folder: &Path) -> ExitCode {
    let mut code = ExitCode::SUCCESS;
    for (name, text) in documents::all() {
        if fs::read_to_string(folder.join(&name)).ok().as_ref() != Some(&text) {
            eprintln!("docs/{name} is not current: run `cargo xtask docs`");
            code = ExitCode::FAILURE;
        }
    }
    code
}

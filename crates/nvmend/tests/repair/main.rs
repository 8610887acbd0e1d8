#![allow(clippy::disallowed_methods, reason = "this test reads the repository's own folders")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking, in its helpers too"
)]
//! Repairs on the machines of `machines/`: what would be done, that it helps as predicted, and that it leaves the
//! machine as it was wherever it is interrupted. The programs are mocks (`programs.rs`); real ones run in `testbeds/`.

mod crash;
mod plans;
mod programs;
mod reload;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use nvmend::enquire::{Enquire, Machine, Request, Wish};
use nvmend::facts::Facts;
use nvmend::host::Host;
use nvmend::hosts::machine;
use nvmend::hosts::memory::Memory;
use nvmend::plan::{Planning, plan};
use nvmend::probe::probe;
use nvmend::remedy::{Allowed, Hindrance};
use nvmend::steps::{ChangePackages, PackageChange};

/// The names of all described machines, sorted.
fn names() -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| folder().join(name).join("machine.toml").exists())
        .collect();
    names.sort();
    names
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../machines")
}

fn memory(name: &str) -> Memory {
    let text_of =
        |name: &str| std::fs::read_to_string(folder().join(name).join("machine.toml")).ok();
    machine::make(name, &text_of).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn facts(memory: &Memory) -> Facts {
    let host: Arc<dyn Host> = Arc::new(memory.clone());
    probe(&host, Duration::from_secs(60))
}

/// A machine whose package manager does just what it is asked: a mock.
struct Agreeable<'m>(&'m Memory, &'m Facts);

impl Enquire for Agreeable<'_> {
    fn simulate(&self, request: &Request) -> Result<ChangePackages, Hindrance> {
        let installed = |name: &str, arch: Option<&str>| {
            self.1.packages.installed.iter().find(|package| {
                package.name == name && arch.is_none_or(|arch| package.arch == arch)
            })
        };
        let native = || "native".to_owned();
        let same = |name: &String, arch: &String| {
            installed(name, Some(arch)).map(|package| package.version.clone())
        };
        let changes = match &request.wish {
            Wish::Finish => vec![],
            Wish::Install(wanted) => wanted
                .iter()
                .map(|(name, arch, version)| {
                    let old = installed(name, arch.as_deref());
                    PackageChange {
                        name: name.clone(),
                        arch: old.map_or_else(native, |package| package.arch.clone()),
                        from: old.map(|package| package.version.clone()),
                        to: version.clone().or_else(|| Some("newest".to_owned())),
                    }
                })
                .collect(),
            Wish::Remove(going) => going
                .iter()
                .map(|(name, arch)| PackageChange {
                    name: name.clone(),
                    arch: arch.clone(),
                    from: same(name, arch),
                    to: None,
                })
                .collect(),
            Wish::Reinstall(again) => again
                .iter()
                .map(|(name, arch)| PackageChange {
                    name: name.clone(),
                    arch: arch.clone(),
                    from: same(name, arch),
                    to: same(name, arch),
                })
                .collect(),
        };
        let finish = request.wish == Wish::Finish;
        let program = "mock".to_owned();
        Ok(ChangePackages { manager: request.manager, program, changes, finish })
    }

    fn text(&self, path: &Path) -> Result<(PathBuf, String), Hindrance> {
        Machine { host: self.0 }.text(path)
    }

    fn stops_with(&self, _unit: &str) -> Result<Vec<String>, Hindrance> {
        Ok(vec![])
    }
}

fn planning(memory: &Memory, facts: &Facts, allowed: &Allowed) -> Planning {
    plan(facts, allowed, &[], &Agreeable(memory, facts), None)
}

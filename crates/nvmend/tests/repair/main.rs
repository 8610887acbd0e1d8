#![allow(clippy::disallowed_methods, reason = "this test reads the repository's own folders")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking, in its helpers too"
)]
//! Repairs on the machines of `machines/`: what would be done, that it helps as predicted, and that it leaves the
//! machine as it was wherever it is interrupted. The programs are mocks (`programs.rs`); real ones run in `testbeds/`.

mod arch;
mod asked;
mod crash;
mod environment;
mod headers;
mod plans;
mod programs;
mod reboots;
mod reload;
mod runfile;
mod samples;
mod undoing;
mod waiting;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use nvmend::apply::Session;
use nvmend::enquire::{Enquire, Machine, Offer, PackageName, Request, Wanted, Wish};
use nvmend::facts::{Facts, ImageKind, Kernels, Package, PackageManager};
use nvmend::host::Host;
use nvmend::hosts::machine;
use nvmend::hosts::memory::Memory;
use nvmend::hosts::session::InSession;
use nvmend::hosts::simulated::Simulated;
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

impl Agreeable<'_> {
    fn installed(&self, wanted: &PackageName) -> Option<&Package> {
        let arch = |package: &Package| wanted.is(&package.name, &package.arch);
        self.1.packages.installed.iter().find(|package| arch(package))
    }

    fn change(&self, package: &PackageName, to: Option<String>) -> PackageChange {
        let old = self.installed(package);
        let native = || package.arch.clone().unwrap_or_else(|| "native".to_owned());
        PackageChange {
            name: package.name.clone(),
            arch: old.map_or_else(native, |package| package.arch.clone()),
            from: old.map(|package| package.version.clone()),
            to,
        }
    }

    /// Every version that some package of the driver has here, newest first: all packages are to be had at each.
    fn versions(&self) -> Vec<String> {
        let installed = self.1.packages.installed.iter();
        let mut versions: Vec<_> = installed
            .filter_map(|package| Some((package.driver_version.clone()?, package.version.clone())))
            .collect();
        versions.sort();
        versions.dedup_by(|a, b| a.0 == b.0);
        versions.into_iter().rev().map(|(_, version)| version).collect()
    }
}

impl Enquire for Agreeable<'_> {
    fn simulate(&self, request: &Request) -> Result<ChangePackages, Hindrance> {
        let newest =
            || self.versions().first().cloned().unwrap_or_else(|| "580.95.05-1".to_owned());
        let install = |wanted: &Vec<Wanted>| -> Vec<PackageChange> {
            let to = |wanted: &Wanted| wanted.version.clone().unwrap_or_else(newest);
            wanted.iter().map(|wanted| self.change(&wanted.package, Some(to(wanted)))).collect()
        };
        let remove = |going: &Vec<PackageName>| -> Vec<PackageChange> {
            going.iter().map(|package| self.change(package, None)).collect()
        };
        let changes = match &request.wish {
            Wish::Finish => vec![],
            Wish::Install(wanted) => install(wanted),
            Wish::Remove(going) => remove(going),
            Wish::Replace { install: coming, remove: going } => {
                [install(coming), remove(going)].concat()
            }
            Wish::Reinstall(again) => again
                .iter()
                .map(|package| {
                    let same = self.installed(package).map(|package| package.version.clone());
                    self.change(package, same)
                })
                .collect(),
        };
        Ok(ChangePackages {
            manager: request.manager,
            program: "mock".to_owned(),
            changes,
            finish: request.wish == Wish::Finish,
            automatic: vec![],
            irretrievable: vec![],
        })
    }

    fn offers(
        &self,
        _manager: PackageManager,
        names: &[PackageName],
    ) -> Result<Vec<Offer>, Hindrance> {
        let versions = self.versions();
        let offer = |package: &PackageName| {
            let mut versions = versions.clone();
            versions.extend(self.1.packages.installed.iter().map(|p| p.version.clone()));
            Offer { package: package.clone(), candidate: versions.first().cloned(), versions }
        };
        Ok(names.iter().map(offer).collect())
    }

    fn text(&self, path: &Path) -> Result<(PathBuf, String), Hindrance> {
        Machine { host: self.0 }.text(path)
    }

    fn names(&self, directory: &Path) -> Vec<String> {
        Machine { host: self.0 }.names(directory)
    }

    fn size(&self, path: &Path) -> Option<u64> {
        Machine { host: self.0 }.size(path)
    }

    fn runfile_checksum(&self, path: &Path) -> Option<u32> {
        Machine { host: self.0 }.runfile_checksum(path)
    }

    fn directory(&self, path: &Path) -> Option<PathBuf> {
        Machine { host: self.0 }.directory(path)
    }

    /// Described machines have few of their programs.
    fn has_program(&self, _name: &str) -> bool {
        true
    }

    fn free_space(&self, path: &Path) -> Option<u64> {
        Machine { host: self.0 }.free_space(path)
    }

    fn variable(&self, name: &str) -> Option<String> {
        Machine { host: self.0 }.variable(name)
    }

    fn images(&self, kernels: &Kernels, release: &str) -> Vec<(PathBuf, ImageKind)> {
        Machine { host: self.0 }.images(kernels, release)
    }

    fn stops_with(&self, _unit: &str) -> Result<Vec<String>, Hindrance> {
        Ok(vec![])
    }
}

fn planning(memory: &Memory, facts: &Facts, allowed: &Allowed) -> Planning {
    plan(facts, allowed, &[], &Agreeable(memory, facts), None)
}

/// What a run has on a simulated machine, whose clock stands still.
fn with<T>(host: &Arc<Simulated>, run: impl FnOnce(&Session<'_>) -> T) -> T {
    let probed: Arc<dyn Host> = host.clone();
    run(&Session {
        host: host.as_ref(),
        clock: &|| "2026-11-24T12:00:00Z".to_owned(),
        probe: &|set| probe(&InSession::of(&probed, set), Duration::from_secs(60)),
        stopped: &|| false,
    })
}

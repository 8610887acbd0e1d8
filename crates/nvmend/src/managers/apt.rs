//! apt and dpkg: Debian, Ubuntu and what is made from them.
//!
//! apt-get does what is wanted, since it fetches and orders; dpkg alone takes it back, from archives that were kept:
//! the state before may be one that apt refuses to make.

mod commands;
mod state;

use std::path::{Path, PathBuf};
use std::time::Duration;

use self::commands::{
    PATIENCE, ask, change_words, command, join, lock_option, qualified, when_unlocked, wish_words,
};
use self::state::{automatic, chosen_alternatives, is_done, read_changes, state};
use super::{Manager, failed, spare};
use crate::enquire::{DEADLINE, Offer, PackageName, Request, Wish};
use crate::facts::PackageManager;
use crate::host::{Command, End, Host};
use crate::host_mut::{HostMut, Place};
use crate::lock::Lock;
use crate::parse::apt::{self};
use crate::remedy::Hindrance;
use crate::step::{Keep, StepError};
use crate::steps::{
    ChangePackages, HoldPackages, KeptPackage, PackageChange, RestorePackages, execute_command,
};

pub(super) struct Apt;

/// Downloads, and DKMS builds for every kernel.
const LONG: Duration = Duration::from_secs(2 * 3600);
const LISTS: &str = "/var/lib/apt/lists";

impl Manager for Apt {
    fn program(&self) -> &'static str {
        "apt-get"
    }

    fn locks(&self) -> &'static [Lock] {
        &[
            Lock::Record("/var/lib/dpkg/lock-frontend"),
            Lock::Record("/var/lib/dpkg/lock"),
            Lock::Record("/var/lib/apt/lists/lock"),
            Lock::Record("/var/cache/apt/archives/lock"),
        ]
    }

    fn offers(&self, host: &dyn Host, names: &[PackageName]) -> Result<Vec<Offer>, Hindrance> {
        let has_lists = host
            .list(Path::new(LISTS))
            .is_ok_and(|entries| entries.iter().any(|entry| entry.name.contains("_Packages")));
        if !has_lists {
            return Err(Hindrance::new("no-package-lists"));
        }
        let words = ["policy".to_owned()].into_iter().chain(names.iter().map(qualified));
        let output = ask(host, "apt-cache", words.collect())?;
        let offers = apt::policies(&output.stdout).into_iter().map(|policy| {
            let (name, arch) = match policy.name.split_once(':') {
                Some((name, arch)) => (name.to_owned(), Some(arch.to_owned())),
                None => (policy.name, None),
            };
            Offer {
                package: PackageName { name, arch },
                candidate: policy.candidate,
                versions: policy.versions,
            }
        });
        Ok(offers.collect())
    }

    fn simulate(&self, host: &dyn Host, request: &Request) -> Result<ChangePackages, Hindrance> {
        let output = ask(host, "apt-get", wish_words(request))?;
        let changes = read_changes(host, &output).map_err(|why| failed("apt-get", why))?;
        let finish = request.wish == Wish::Finish;
        if changes.is_empty() && !finish {
            return Err(match &request.wish {
                // "Reinstallation of X is not possible, it cannot be downloaded" is no error of apt's.
                Wish::Reinstall(again) => Hindrance::new("packages-not-available")
                    .with("packages", join(again.iter()))
                    .with("why", "the installed version is in no repository"),
                _ => Hindrance::new("nothing-to-change"),
            });
        }
        spare(request, &changes)?;
        let marked = automatic(host);
        let wished = request.wish.packages();
        let automatic = changes
            .iter()
            .filter(|change| match &change.from {
                None => !wished.iter().any(|package| package.is(&change.name, &change.arch)),
                Some(_) => change.to.is_some() && marked.contains(&change.name),
            })
            .map(|change| PackageName::new(&change.name, Some(&change.arch)))
            .collect();
        Ok(ChangePackages {
            manager: PackageManager::Dpkg,
            program: self.program().to_owned(),
            irretrievable: self.irretrievable(host, &changes),
            changes,
            finish,
            automatic,
        })
    }

    fn change(
        &self,
        host: &dyn HostMut,
        step: &ChangePackages,
        progress: &mut dyn FnMut(&str),
    ) -> Result<(), StepError> {
        if step.finish {
            let words = ["--configure", "-a", "--force-confold"].map(str::to_owned).to_vec();
            let finished = when_unlocked(host, &command(host, "dpkg", words, LONG), progress);
            // What lacks a dependency cannot be configured before apt has brought it.
            if step.changes.is_empty() {
                return finished.map(drop);
            }
        }
        if step.changes.is_empty() {
            return Ok(());
        }
        let words = change_words(step);
        let simulation =
            command(host, "apt-get", [words.clone(), vec!["-s".into()]].concat(), DEADLINE);
        let output = host.run(&simulation)?;
        let found =
            if output.end == End::Status(0) { read_changes(host, &output) } else { Ok(vec![]) };
        let left = step.changes.iter().filter(|change| !is_done(host, change)).cloned();
        let is_as_planned = found.is_ok_and(|found| found == left.collect::<Vec<_>>());
        if output.end == End::Status(0) && !is_as_planned {
            return Err(StepError::OtherTransaction { program: "apt-get".to_owned() });
        }
        execute_command(host, &command(host, "apt-get", words, LONG), progress)?;
        self.mark(host, "auto", step.automatic.iter(), progress)
    }

    fn keep_former(
        &self,
        host: &dyn HostMut,
        keep: &Keep<'_>,
        changes: &[PackageChange],
    ) -> Result<RestorePackages, StepError> {
        let marked = automatic(host);
        let mut restore = RestorePackages {
            manager: PackageManager::Dpkg,
            program: self.program().to_owned(),
            purge: vec![],
            remove: vec![],
            install: vec![],
            alternatives: chosen_alternatives(host),
        };
        for change in changes.iter().filter(|change| change.from != change.to) {
            let Some(from) = &change.from else {
                let is_known = state(host, &change.name, &change.arch).is_some();
                let list = if is_known { &mut restore.remove } else { &mut restore.purge };
                list.push(change.clone());
                continue;
            };
            restore.install.push(KeptPackage {
                change: change.clone(),
                archive: keep_archive(host, keep, change, from)?,
                automatic: marked.contains(&change.name),
            });
        }
        Ok(restore)
    }

    fn restore(
        &self,
        host: &dyn HostMut,
        step: &RestorePackages,
        progress: &mut dyn FnMut(&str),
    ) -> Result<(), StepError> {
        for (verb, going) in [("--purge", &step.purge), ("--remove", &step.remove)] {
            let going: Vec<String> = going
                .iter()
                .filter(|change| state(host, &change.name, &change.arch).is_some())
                .map(|change| qualified(&PackageName::new(&change.name, Some(&change.arch))))
                .collect();
            if going.is_empty() {
                continue;
            }
            let words = ["--force-depends", "--force-remove-reinstreq", verb];
            let words = words.map(str::to_owned).into_iter().chain(going).collect();
            when_unlocked(host, &command(host, "dpkg", words, LONG), progress)?;
        }
        let left = || step.install.iter().filter(|kept| !is_done(host, &kept.change.back()));
        if left().next().is_some() {
            let words = [
                "--force-depends",
                "--force-breaks",
                "--force-downgrade",
                "--force-confold",
                "--auto-deconfigure",
                "--install",
            ];
            let archives = left().map(|kept| kept.archive.display().to_string());
            let words = words.map(str::to_owned).into_iter().chain(archives).collect();
            when_unlocked(host, &command(host, "dpkg", words, LONG), progress)?;
        }
        // A package that goes takes the choice of it with it, and brings it not back.
        let now = chosen_alternatives(host);
        for (name, path) in step.alternatives.iter().filter(|chosen| !now.contains(chosen)) {
            let words = ["--set".to_owned(), name.clone(), path.display().to_string()].to_vec();
            execute_command(host, &command(host, "update-alternatives", words, LONG), progress)?;
        }
        for (mark, wanted) in [("auto", true), ("manual", false)] {
            let packages = step.install.iter().filter(|kept| kept.automatic == wanted);
            let names: Vec<PackageName> = packages
                .map(|kept| PackageName::new(&kept.change.name, Some(&kept.change.arch)))
                .collect();
            self.mark(host, mark, names.iter(), progress)?;
        }
        Ok(())
    }

    fn hold(
        &self,
        host: &dyn HostMut,
        step: &HoldPackages,
        progress: &mut dyn FnMut(&str),
    ) -> Result<(), StepError> {
        let verb = if step.hold { "hold" } else { "unhold" };
        self.mark(host, verb, step.packages.iter(), progress)
    }

    fn installed(&self, host: &dyn Host, package: &PackageName) -> Option<String> {
        let arch = package.arch.as_deref().unwrap_or("all");
        let (state, version) = state(host, &package.name, arch)?;
        (state == "installed").then_some(version)
    }
}

impl Apt {
    /// Names of the packages whose installed version cannot be had any more: neither from a repository nor from
    /// apt's own store.
    fn irretrievable(&self, host: &dyn Host, changes: &[PackageChange]) -> Vec<String> {
        let former = |change: &&PackageChange| change.from.is_some() && change.from != change.to;
        let former: Vec<&PackageChange> = changes.iter().filter(former).collect();
        if former.is_empty() {
            return vec![];
        }
        let names: Vec<PackageName> = former
            .iter()
            .map(|change| PackageName::new(&change.name, Some(&change.arch)))
            .collect();
        let offers = self.offers(host, &names).unwrap_or_default();
        let is_had = |change: &&PackageChange| {
            let version = change.from.as_deref().unwrap_or_default();
            let is_offered = offers.iter().any(|offer| {
                offer.package.is(&change.name, &change.arch)
                    && offer.versions.iter().any(|offered| offered == version)
            });
            is_offered || host.metadata(&in_store(change, version)).is_ok()
        };
        former
            .into_iter()
            .filter(|change| !is_had(change))
            .map(|change| change.name.clone())
            .collect()
    }

    /// `apt-mark auto|manual|hold|unhold`.
    fn mark<'p>(
        &self,
        host: &dyn HostMut,
        verb: &str,
        packages: impl Iterator<Item = &'p PackageName>,
        progress: &mut dyn FnMut(&str),
    ) -> Result<(), StepError> {
        let mut words = vec![lock_option(), verb.to_owned()];
        words.extend(packages.map(qualified));
        if words.len() == 2 {
            return Ok(());
        }
        execute_command(host, &command(host, "apt-mark", words, PATIENCE), progress).map(drop)
    }
}

/// Where apt keeps an archive that it has fetched; an epoch's colon is written %3a.
fn in_store(change: &PackageChange, version: &str) -> PathBuf {
    let version = version.replace(':', "%3a");
    PathBuf::from(format!("/var/cache/apt/archives/{}_{version}_{}.deb", change.name, change.arch))
}

/// Puts the archive of an installed version into the run's directory.
fn keep_archive(
    host: &dyn HostMut,
    keep: &Keep<'_>,
    change: &PackageChange,
    version: &str,
) -> Result<PathBuf, StepError> {
    let stored = in_store(change, version);
    let name = stored.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let kept = keep.directory.join(format!("{}-{name}", keep.number));
    let package = qualified(&PackageName::new(&change.name, Some(&change.arch)));
    let words = ["download", "--print-uris"].map(str::to_owned).into_iter();
    let words = words.chain([format!("{package}={version}")]).collect();
    let output = host.run(&command(host, "apt-get", words, DEADLINE))?;
    let archive = apt::archives(&output.stdout).into_iter().next();
    let has_hash = |place: &Path| {
        let hash = archive.as_ref().and_then(|archive| archive.hash.strip_prefix("SHA256:"));
        match (host.place(place), hash) {
            (Ok(Place::File { digest }), Some(hash)) => digest == hash,
            (Ok(Place::File { .. }), None) => true,
            _ => false,
        }
    };
    if has_hash(&stored) {
        host.copy(&stored, &kept)?;
        return Ok(kept);
    }
    let Some(archive) = &archive else {
        return Err(StepError::NoArchive { package, version: version.to_owned() });
    };
    let helper = Path::new("/usr/lib/apt/apt-helper");
    let words = [
        "-oAPT::Sandbox::User=root",
        "download-file",
        &archive.uri,
        &kept.display().to_string(),
        &archive.hash,
    ];
    let mut fetch = Command::new(helper, words, LONG);
    fetch.environment = command(host, "apt-get", vec![], LONG).environment;
    execute_command(host, &fetch, &mut |line| (keep.progress)(line))?;
    Ok(kept)
}

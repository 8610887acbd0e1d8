//! apt and dpkg: Debian, Ubuntu and what is made from them.
//!
//! apt-get does what is wanted, since it fetches and orders; dpkg alone takes it back, from archives that were kept:
//! the state before may be one that apt refuses to make.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{Manager, spare};
use crate::enquire::{DEADLINE, Offer, PackageName, Request, Wanted, Wish};
use crate::facts::PackageManager;
use crate::host::{Command, End, Failure, Host, HostError, Output};
use crate::host_mut::{HostMut, Place};
use crate::lock::Lock;
use crate::parse::apt::{self, Refusal};
use crate::parse::dpkg::paragraphs;
use crate::remedy::Hindrance;
use crate::step::{Keep, StepError};
use crate::steps::{
    ChangePackages, HoldPackages, KeptPackage, PackageChange, RestorePackages, execute_command,
    program,
};

pub(super) struct Apt;

/// Downloads, and DKMS builds for every kernel.
const LONG: Duration = Duration::from_secs(2 * 3600);
/// How long another program's lock is waited for.
const PATIENCE: Duration = Duration::from_secs(600);
/// How often it is tried meanwhile.
const GLANCE: Duration = Duration::from_secs(2);
const STATUS: &str = "/var/lib/dpkg/status";
const MARKS: &str = "/var/lib/apt/extended_states";
const LISTS: &str = "/var/lib/apt/lists";
/// A status file of 10,000 packages has about 20 MB.
const MOST: u64 = 128 << 20;

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

/// The command of apt-get that would answer a wish. Nothing is locked or changed by it, and no root is needed.
fn wish_words(request: &Request) -> Vec<String> {
    let mut words = vec!["-s".to_owned()];
    words.extend(common_words());
    if request.unheld {
        words.push("--allow-change-held-packages".to_owned());
    }
    match &request.wish {
        Wish::Finish => words.extend(["-f".to_owned(), "install".to_owned()]),
        Wish::Install(wanted) => {
            words.push("install".to_owned());
            words.extend(wanted.iter().map(wanted_word));
        }
        Wish::Remove(going) => {
            words.push("remove".to_owned());
            words.extend(going.iter().map(qualified));
        }
        Wish::Replace { install, remove } => {
            words.push("install".to_owned());
            words.extend(install.iter().map(wanted_word));
            words.extend(remove.iter().map(|package| format!("{}-", qualified(package))));
        }
        Wish::Reinstall(again) => {
            words.extend(["--reinstall".to_owned(), "install".to_owned()]);
            words.extend(again.iter().map(qualified));
        }
    }
    words
}

/// The command of apt-get that does a transaction: every package with its version.
fn change_words(step: &ChangePackages) -> Vec<String> {
    let mut words = common_words();
    if step.changes.iter().any(|change| change.from.is_some() && change.from == change.to) {
        words.push("--reinstall".to_owned());
    }
    if step.changes.iter().all(|change| change.to.is_some()) {
        words.push("--no-remove".to_owned());
    }
    words.push("install".to_owned());
    words.extend(step.changes.iter().map(|change| {
        let name = qualified(&PackageName::new(&change.name, Some(&change.arch)));
        match &change.to {
            Some(version) => format!("{name}={version}"),
            None => format!("{name}-"),
        }
    }));
    words
}

fn common_words() -> Vec<String> {
    let words = [
        "-y",
        "--no-install-recommends",
        "--allow-downgrades",
        "-oDpkg::Options::=--force-confold",
        "-oDpkg::Use-Pty=0",
        "-oAPT::Get::Show-User-Simulation-Note=false",
    ];
    words.map(str::to_owned).into_iter().chain([lock_option()]).collect()
}

/// apt waits by itself, and says for whom (from 1.9.11 on).
fn lock_option() -> String {
    format!("-oDPkg::Lock::Timeout={}", PATIENCE.as_secs())
}

fn wanted_word(wanted: &Wanted) -> String {
    let name = qualified(&wanted.package);
    wanted.version.as_ref().map_or(name.clone(), |version| format!("{name}={version}"))
}

/// `NAME:ARCH`; packages of no architecture have none to be named.
fn qualified(package: &PackageName) -> String {
    match package.arch.as_deref() {
        None | Some("all") => package.name.clone(),
        Some(arch) => format!("{}:{arch}", package.name),
    }
}

fn join<'p>(packages: impl Iterator<Item = &'p PackageName>) -> String {
    packages.map(|package| package.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// A command that asks nothing and restarts nothing on its own account.
fn command(host: &dyn Host, name: &str, words: Vec<String>, deadline: Duration) -> Command {
    const QUIET: [(&str, &str); 5] = [
        ("DEBIAN_FRONTEND", "noninteractive"),
        ("NEEDRESTART_SUSPEND", "1"),
        ("APT_LISTCHANGES_FRONTEND", "none"),
        ("APT_LISTBUGS_FRONTEND", "none"),
        ("UCF_FORCE_CONFFOLD", "1"),
    ];
    let mut command = Command::new(program(host, name), words, deadline);
    command.environment = QUIET.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    command
}

/// Runs a program that changes nothing.
fn ask(host: &dyn Host, name: &str, words: Vec<String>) -> Result<Output, Hindrance> {
    let command = command(host, name, words, DEADLINE);
    let output = host.run(&command).map_err(|error| match error.why {
        Failure::Unsupported | Failure::NotFound => Hindrance::new("no-simulation"),
        why => failed(name, why),
    })?;
    match output.end {
        End::Status(0) => Ok(output),
        End::Deadline => Err(failed(name, "it did not end in time")),
        _ => Err(match apt::refusal(&output.stdout, &output.stderr) {
            Some(Refusal::Held(packages)) => {
                Hindrance::new("packages-held").with("packages", packages.join(", "))
            }
            Some(Refusal::NotAvailable(why)) => {
                Hindrance::new("packages-not-available").with("packages", "").with("why", why)
            }
            Some(Refusal::Unmet(why)) => Hindrance::new("packages-unmet").with("why", why),
            Some(Refusal::Locked(why) | Refusal::Other(why)) => failed(name, why),
            None => failed(name, "it failed and did not say why"),
        }),
    }
}

fn failed(program: &str, why: impl ToString) -> Hindrance {
    Hindrance::new("package-manager-failed").with("program", program).with("why", why)
}

/// Runs dpkg, which does not wait for locks, once nobody else has it.
fn when_unlocked(
    host: &dyn HostMut,
    command: &Command,
    progress: &mut dyn FnMut(&str),
) -> Result<Output, StepError> {
    let tries = PATIENCE.as_secs() / GLANCE.as_secs();
    for _ in 0..tries {
        match execute_command(host, command, progress) {
            Err(StepError::Program { first_error: Some(why), .. }) if is_locked(&why) => {
                host.sleep(GLANCE);
            }
            result => return result,
        }
    }
    Err(StepError::Host(HostError::new(Path::new("/var/lib/dpkg/lock-frontend"), Failure::Busy)))
}

/// dpkg 1.19 and later name the lock and its holder (`lib/dpkg/dbmodify.c`).
fn is_locked(why: &str) -> bool {
    why.contains("lock was locked by another process")
        || why.contains("is locked by another process")
}

/// The changes of a simulation, with the architectures that it leaves out.
fn read_changes(host: &dyn Host, output: &Output) -> Result<Vec<PackageChange>, String> {
    let found = apt::changes(&output.stdout).map_err(|error| error.to_string())?;
    let status = host.read(Path::new(STATUS), MOST).unwrap_or_default();
    let arch_of = |name: &str, version: Option<&str>| {
        let paragraph = paragraphs(&status).find(|paragraph| {
            paragraph.field("Package") == Some(name.as_bytes())
                && paragraph.field("Version") == version.map(str::as_bytes)
        })?;
        Some(String::from_utf8_lossy(paragraph.field("Architecture")?).into_owned())
    };
    let mut changes = Vec::new();
    for change in found {
        let arch = change.arch.or_else(|| arch_of(&change.name, change.from.as_deref()));
        let arch = arch.ok_or_else(|| format!("{}: of an unknown architecture", change.name))?;
        changes.push(PackageChange { name: change.name, arch, from: change.from, to: change.to });
    }
    changes.sort();
    Ok(changes)
}

/// Whether the package is as it shall be after the change.
fn is_done(host: &dyn Host, change: &PackageChange) -> bool {
    let state = state(host, &change.name, &change.arch);
    match &change.to {
        // Installed again: nothing shows whether it was.
        Some(_) if change.from == change.to => false,
        Some(to) => state.is_some_and(|(state, version)| state == "installed" && version == *to),
        None => state.is_none_or(|(state, _)| state == "config-files"),
    }
}

/// dpkg's word for the state of a package, and its version. `None`: unknown to dpkg, or purged.
fn state(host: &dyn Host, name: &str, arch: &str) -> Option<(String, String)> {
    let status = host.read(Path::new(STATUS), MOST).ok()?;
    paragraphs(&status).find_map(|paragraph| {
        let field = |name| Some(String::from_utf8_lossy(paragraph.field(name)?).into_owned());
        let is_it = paragraph.field("Package") == Some(name.as_bytes())
            && paragraph.field("Architecture") == Some(arch.as_bytes());
        let words = paragraph.status().filter(|words| is_it && words.state != b"not-installed")?;
        let state = if words.error == b"ok" { words.state } else { words.error };
        Some((String::from_utf8_lossy(state).into_owned(), field("Version").unwrap_or_default()))
    })
}

/// Names of the packages that were installed for others' sake.
fn automatic(host: &dyn Host) -> BTreeSet<String> {
    let marks = host.read(Path::new(MARKS), MOST).unwrap_or_default();
    let is_marked = |value: &&[u8]| *value == b"1";
    paragraphs(&marks)
        .filter(|paragraph| paragraph.field("Auto-Installed").as_ref().is_some_and(is_marked))
        .filter_map(|paragraph| {
            Some(String::from_utf8_lossy(paragraph.field("Package")?).into_owned())
        })
        .collect()
}

/// What the administrator chose among alternatives; what was chosen for him is chosen anew.
fn chosen_alternatives(host: &dyn Host) -> Vec<(String, PathBuf)> {
    let words = vec!["--get-selections".to_owned()];
    let Ok(output) = host.run(&command(host, "update-alternatives", words, DEADLINE)) else {
        return vec![];
    };
    let chosen = output.stdout.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let (name, mode, path) = (words.next()?, words.next()?, words.next()?);
        (mode == "manual").then(|| (name.to_owned(), PathBuf::from(path)))
    });
    chosen.collect()
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
    execute_command(host, &fetch, &mut |_| {})?;
    Ok(kept)
}

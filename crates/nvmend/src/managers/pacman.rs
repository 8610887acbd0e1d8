//! pacman: Arch and what is made from it.
//!
//! Arch knows one state only, that of its repositories: a partial upgrade is not supported
//! (wiki.archlinux.org/title/System_maintenance), so none is ever planned. What is wanted is reached by bringing the
//! whole system to the repositories as they were last synchronised, or it is refused.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{LONG, Manager, asked, failed, locks, spare};
use crate::enquire::{DEADLINE, Offer, PackageName, Request, Wanted, Wish};
use crate::facts::PackageManager;
use crate::host::{Command, End, Failure, Host, HostError, Output, read_text};
use crate::host_mut::HostMut;
use crate::lock::{self, Lock};
use crate::parse::pacman::{name_of_directory, parse_desc};
use crate::parse::pacman_transaction::{
    FORMAT, is_ignored, offered, replaced, targets, with_ignored, without_ignored,
};
use crate::remedy::Hindrance;
use crate::step::{Keep, StepError};
use crate::steps::{
    ChangePackages, HoldPackages, KeptPackage, PackageChange, RestorePackages, execute_command,
    program,
};

pub(super) struct Pacman;

const LOCAL: &str = "/var/lib/pacman/local";
const LOCK: Lock = Lock::Open("/var/lib/pacman/db.lck");
const CACHE: &str = "/var/cache/pacman/pkg";

/// An installed package.
struct Installed {
    name: String,
    version: String,
    arch: String,
}

impl Manager for Pacman {
    fn program(&self) -> &'static str {
        "pacman"
    }

    fn locks(&self) -> &'static [Lock] {
        &[LOCK]
    }

    fn offers(&self, host: &dyn Host, names: &[PackageName]) -> Result<Vec<Offer>, Hindrance> {
        // It ends with 1 where it doesn't know one of them.
        let words = ["-Si"].into_iter().chain(names.iter().map(|package| package.name.as_str()));
        let output = asked(host, &command(host, words, DEADLINE))?;
        let mut offers: Vec<Offer> = Vec::new();
        for (name, version, arch) in offered(&output.stdout) {
            // The first repository of pacman.conf counts.
            if offers.iter().all(|offer| offer.package.name != name) {
                offers.push(Offer {
                    package: PackageName { name, arch: Some(arch) },
                    candidate: Some(version.clone()),
                    versions: vec![version],
                });
            }
        }
        Ok(offers)
    }

    fn simulate(&self, host: &dyn Host, request: &Request) -> Result<ChangePackages, Hindrance> {
        let installed = installed(host).map_err(|error| failed("pacman", error))?;
        if !request.unheld {
            refuse_held(host, request, &installed)?;
        }
        let changes = match &request.wish {
            Wish::Finish => vec![],
            Wish::Remove(going) => {
                let words = ["-R"].into_iter().chain(going.iter().map(|it| it.name.as_str()));
                let output = self.ask(host, words)?;
                removals(&output, &installed)
            }
            Wish::Reinstall(again) => {
                let again = installed
                    .iter()
                    .filter(|it| again.iter().any(|asked| asked.is(&it.name, &it.arch)));
                let again: Vec<PackageChange> = again.map(|it| change(it, true, true)).collect();
                let lost = again.iter().find(|it| self.archive(host, it).is_none());
                if let Some(lost) = lost {
                    let hindrance = Hindrance::new("packages-not-available");
                    return Err(hindrance
                        .with("packages", &lost.name)
                        .with("why", "not in pacman's cache"));
                }
                again
            }
            Wish::Install(wanted) => self.upgrade(host, wanted, request.unheld, &installed)?,
            Wish::Replace { install, remove } => {
                let changes = self.upgrade(host, install, request.unheld, &installed)?;
                let goes = |asked: &PackageName| {
                    changes.iter().any(|it| it.to.is_none() && it.name == asked.name)
                };
                if let Some(stays) = remove.iter().find(|asked| !goes(asked)) {
                    let why = format!("{} would stay", stays.name);
                    return Err(Hindrance::new("packages-unmet").with("why", why));
                }
                changes
            }
        };
        if changes.is_empty() {
            return Err(Hindrance::new("nothing-to-change"));
        }
        spare(request, &changes)?;
        let is_former = |it: &&PackageChange| it.from.is_some() && it.from != it.to;
        let lost = changes.iter().filter(is_former).filter(|it| self.archive(host, it).is_none());
        Ok(ChangePackages {
            manager: PackageManager::Pacman,
            program: self.program().to_owned(),
            irretrievable: lost.map(|it| it.name.clone()).collect(),
            changes,
            finish: false,
            // pacman keeps the reason for which a package was installed.
            automatic: vec![],
        })
    }

    fn change(
        &self,
        host: &dyn HostMut,
        step: &ChangePackages,
        progress: &mut dyn FnMut(&str),
    ) -> Result<(), StepError> {
        let now = installed(host)?;
        let is_done = |it: &PackageChange| match &it.to {
            to if *to == it.from => false,
            to => version_of(&now, &it.name) == to.as_deref(),
        };
        let left: Vec<&PackageChange> = step.changes.iter().filter(|it| !is_done(it)).collect();
        if left.is_empty() {
            return Ok(());
        }
        let words: Vec<String> = if left.iter().all(|it| it.to.is_none()) {
            ["-R".to_owned()].into_iter().chain(left.iter().map(|it| it.name.clone())).collect()
        } else if left.iter().all(|it| it.from == it.to) {
            let archives = left.iter().filter_map(|it| self.archive(host, it));
            let archives = archives.map(|path| path.display().to_string());
            ["-U".to_owned()].into_iter().chain(archives).collect()
        } else {
            let words =
                upgrade_words(left.iter().filter(|it| it.to.is_some()).map(|it| it.name.as_str()));
            let output = host.run(&command(host, print(&words), DEADLINE))?;
            let mut found = upgrades(&output, &now);
            found.retain(|it| it.from != it.to);
            if output.end != End::Status(0) || found.iter().collect::<Vec<_>>() != left {
                return Err(StepError::OtherTransaction { program: self.program().to_owned() });
            }
            words
        };
        when_unlocked(host, &command(host, &words, LONG), progress)
    }

    fn keep_former(
        &self,
        host: &dyn HostMut,
        keep: &Keep<'_>,
        changes: &[PackageChange],
    ) -> Result<RestorePackages, StepError> {
        let mut restore = RestorePackages {
            manager: PackageManager::Pacman,
            program: self.program().to_owned(),
            purge: vec![],
            remove: vec![],
            install: vec![],
            alternatives: vec![],
        };
        for it in changes.iter().filter(|it| it.from != it.to) {
            let Some(from) = &it.from else {
                restore.remove.push(it.clone());
                continue;
            };
            let archive = self.archive(host, it).ok_or_else(|| StepError::NoArchive {
                package: it.name.clone(),
                version: from.clone(),
            })?;
            let name = archive.file_name().unwrap_or_default();
            let kept = keep.directory.join(format!("{}-packages", keep.number)).join(name);
            host.copy(&archive, &kept)?;
            restore.install.push(KeptPackage {
                change: it.clone(),
                archive: kept,
                automatic: is_automatic(host, &it.name, from),
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
        let now = installed(host)?;
        let going = step.remove.iter().chain(&step.purge);
        let going: Vec<&str> = going
            .filter(|it| {
                version_of(&now, &it.name).is_some_and(|now| it.to.as_deref() == Some(now))
            })
            .map(|it| it.name.as_str())
            .collect();
        if !going.is_empty() {
            let words = ["-Rdd"].into_iter().chain(going);
            when_unlocked(host, &command(host, words, LONG), progress)?;
        }
        let coming = step
            .install
            .iter()
            .filter(|kept| version_of(&now, &kept.change.name) != kept.change.from.as_deref());
        let coming: Vec<&KeptPackage> = coming.collect();
        if !coming.is_empty() {
            let archives = coming.iter().map(|kept| kept.archive.display().to_string());
            let words = ["-Udd".to_owned()].into_iter().chain(archives);
            when_unlocked(host, &command(host, words, LONG), progress)?;
        }
        let lost = coming.iter().filter(|kept| kept.automatic && kept.change.to.is_none());
        let lost: Vec<&str> = lost.map(|kept| kept.change.name.as_str()).collect();
        if !lost.is_empty() {
            let words = ["-D", "--asdeps"].into_iter().chain(lost);
            when_unlocked(host, &command(host, words, LONG), progress)?;
        }
        Ok(())
    }

    /// pacman has no command for it: its `IgnorePkg` lines are edited.
    fn hold(
        &self,
        host: &dyn HostMut,
        step: &HoldPackages,
        _progress: &mut dyn FnMut(&str),
    ) -> Result<(), StepError> {
        let conf = read_text(host, locks::PACMAN)?;
        let names: Vec<&str> = step.packages.iter().map(|package| package.name.as_str()).collect();
        let ignored = crate::parse::pacman_transaction::ignored(&conf);
        let text = if step.hold {
            let new: Vec<&str> =
                names.into_iter().filter(|name| !is_ignored(&ignored, name)).collect();
            if new.is_empty() {
                return Ok(());
            }
            with_ignored(&conf, &new)
        } else {
            let pattern = || Failure::Io("held by a pattern that is for others too".to_owned());
            let text = without_ignored(&conf, &names);
            text.ok_or_else(|| HostError::new(Path::new(locks::PACMAN), pattern()))?
        };
        Ok(host.write(Path::new(locks::PACMAN), text.as_bytes(), 0o644)?)
    }

    fn installed(&self, host: &dyn Host, package: &PackageName) -> Option<String> {
        let installed = installed(host).ok()?;
        version_of(&installed, &package.name).map(str::to_owned)
    }
}

impl Pacman {
    /// The upgrade of the whole system that also brings what is wanted, or why it would not.
    fn upgrade(
        &self,
        host: &dyn Host,
        wanted: &[Wanted],
        unheld: bool,
        installed: &[Installed],
    ) -> Result<Vec<PackageChange>, Hindrance> {
        // What is named is installed also where IgnorePkg would leave it out.
        let named = wanted.iter().map(|it| it.package.name.as_str());
        let named = named.filter(|name| unheld || version_of(installed, name).is_none());
        let output = self.ask(host, upgrade_words(named))?;
        let mut changes = upgrades(&output, installed);
        changes.retain(|it| it.from != it.to);
        let after = |name: &str| {
            let change = changes.iter().find(|it| it.name == name && it.to.is_some());
            change.map_or_else(|| version_of(installed, name), |change| change.to.as_deref())
        };
        let is_met = |it: &&Wanted| {
            let after = after(&it.package.name);
            it.version.as_deref().map_or(after.is_some(), |version| after == Some(version))
        };
        let unmet: Vec<&str> =
            wanted.iter().filter(|it| !is_met(it)).map(|it| it.package.name.as_str()).collect();
        if unmet.is_empty() {
            return Ok(changes);
        }
        Err(Hindrance::new("partial-upgrade").with("packages", unmet.join(", ")))
    }

    fn ask<W: Into<String>>(
        &self,
        host: &dyn Host,
        words: impl IntoIterator<Item = W>,
    ) -> Result<Output, Hindrance> {
        let words: Vec<String> = words.into_iter().map(Into::into).collect();
        let output = asked(host, &command(host, print(&words), DEADLINE))?;
        if output.end == End::Status(0) {
            return Ok(output);
        }
        let errors = || output.stderr.lines().filter_map(|line| line.strip_prefix("error: "));
        let detail = output.stdout.lines().chain(output.stderr.lines());
        let detail = detail.filter_map(|line| line.strip_prefix(":: ")).next();
        if let Some(missing) = errors().find(|error| error.starts_with("target not found")) {
            let hindrance = Hindrance::new("packages-not-available");
            return Err(hindrance.with("packages", "").with("why", missing));
        }
        Err(match (detail, errors().next()) {
            (Some(why), _) => Hindrance::new("packages-unmet").with("why", why),
            (None, Some(why)) => failed("pacman", why),
            (None, None) => failed("pacman", "it failed and did not say why"),
        })
    }

    /// The archive of the installed version: in pacman's own cache.
    fn archive(&self, host: &dyn Host, it: &PackageChange) -> Option<PathBuf> {
        let version = it.from.as_deref()?;
        let endings = ["zst", "xz", "gz", "bz2", "lz4"];
        let path = |ending: &&str| {
            let name = format!("{}-{version}-{}.pkg.tar.{ending}", it.name, it.arch);
            Some(Path::new(CACHE).join(name)).filter(|path| host.metadata(path).is_ok())
        };
        endings.iter().find_map(path)
    }
}

/// `-Su`, and what is to be installed with it.
fn upgrade_words<'n>(names: impl Iterator<Item = &'n str>) -> Vec<String> {
    ["-Su"].into_iter().chain(names).map(str::to_owned).collect()
}

/// The same command, which then only prints what it would do.
fn print(words: &[String]) -> Vec<String> {
    let print = ["--print", "--print-format", FORMAT].map(str::to_owned);
    let (verb, rest) = words.split_at(words.len().min(1));
    verb.iter().cloned().chain(print).chain(rest.iter().cloned()).collect()
}

/// What an upgrade would change, from what it prints.
fn upgrades(output: &Output, installed: &[Installed]) -> Vec<PackageChange> {
    let mut changes: Vec<PackageChange> = targets(&output.stdout)
        .into_iter()
        .map(|target| {
            let old = installed.iter().find(|it| it.name == target.name);
            PackageChange {
                arch: target.arch.or_else(|| old.map(|it| it.arch.clone())).unwrap_or_default(),
                from: old.map(|it| it.version.clone()),
                to: Some(target.version),
                name: target.name,
            }
        })
        .collect();
    let gone = replaced(&output.stdout);
    let gone = installed.iter().filter(|it| gone.contains(&it.name));
    changes.extend(gone.map(|it| change(it, true, false)));
    changes.sort();
    changes
}

fn removals(output: &Output, installed: &[Installed]) -> Vec<PackageChange> {
    let targets = targets(&output.stdout);
    let gone = installed.iter().filter(|it| targets.iter().any(|target| target.name == it.name));
    let mut changes: Vec<PackageChange> = gone.map(|it| change(it, true, false)).collect();
    changes.sort();
    changes
}

fn change(it: &Installed, from: bool, to: bool) -> PackageChange {
    PackageChange {
        name: it.name.clone(),
        arch: it.arch.clone(),
        from: from.then(|| it.version.clone()),
        to: to.then(|| it.version.clone()),
    }
}

fn refuse_held(
    host: &dyn Host,
    request: &Request,
    installed: &[Installed],
) -> Result<(), Hindrance> {
    let locks = locks::read(host, PackageManager::Pacman);
    let asked = request.wish.packages();
    let is_held = |it: &&Installed| {
        asked.iter().any(|asked| asked.name == it.name)
            && locks.hold(&it.name, &it.version, &it.arch)
    };
    let held: Vec<&str> = installed.iter().filter(is_held).map(|it| it.name.as_str()).collect();
    if held.is_empty() {
        return Ok(());
    }
    Err(Hindrance::new("packages-held").with("packages", held.join(", ")))
}

fn installed(host: &dyn Host) -> Result<Vec<Installed>, HostError> {
    let entries = host.list(Path::new(LOCAL))?;
    let package = |directory: &str| {
        name_of_directory(directory)?;
        let desc = host.read(&Path::new(LOCAL).join(directory).join("desc"), 1 << 20).ok()?;
        let desc = parse_desc(&desc).ok()?;
        Some(Installed { name: desc.name, version: desc.version, arch: desc.arch })
    };
    Ok(entries.iter().filter_map(|entry| package(&entry.name)).collect())
}

fn version_of<'i>(installed: &'i [Installed], name: &str) -> Option<&'i str> {
    installed.iter().find(|it| it.name == name).map(|it| it.version.as_str())
}

/// `%REASON%` is 1 where a package is there for others' sake (pacman `lib/libalpm/be_local.c`).
fn is_automatic(host: &dyn Host, name: &str, version: &str) -> bool {
    let desc = Path::new(LOCAL).join(format!("{name}-{version}")).join("desc");
    read_text(host, desc).is_ok_and(|text| text.contains("%REASON%\n1\n"))
}

/// Runs pacman, which does not wait for its lock, once nobody else has it.
fn when_unlocked(
    host: &dyn HostMut,
    command: &Command,
    progress: &mut dyn FnMut(&str),
) -> Result<(), StepError> {
    lock::wait(host, &[LOCK], &|| false, &mut |path, holder| {
        progress(&format!("{path} is held by {holder}"));
    })?;
    execute_command(host, command, progress).map(drop)
}

/// A command that asks nothing.
fn command<W: Into<String>>(
    host: &dyn Host,
    words: impl IntoIterator<Item = W>,
    deadline: Duration,
) -> Command {
    let always = ["--noconfirm", "--noprogressbar", "--color=never"].map(str::to_owned).into_iter();
    let words = words.into_iter().map(Into::into);
    Command::new(program(host, "pacman"), always.chain(words), deadline)
}

//! zypper: openSUSE and SUSE Linux Enterprise.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use super::{LONG, Manager, PATIENCE, asked, failed, locks, rpm, spare};
use crate::enquire::{DEADLINE, Offer, PackageName, Request, Wanted, Wish};
use crate::facts::PackageManager;
use crate::host::{Command, End, Host, Output, read_text};
use crate::host_mut::HostMut;
use crate::lock::Lock;
use crate::parse::evr;
use crate::parse::zypper::{self, Refusal};
use crate::remedy::Hindrance;
use crate::step::{Keep, StepError};
use crate::steps::{
    ChangePackages, HoldPackages, PackageChange, RestorePackages, execute_command, program,
};

pub(super) struct Zypper;

/// Names of what was installed for others' sake only (libzypp `target/SolvIdentFile.cc`).
const AUTOMATIC: &str = "/var/lib/zypp/AutoInstalled";

impl Manager for Zypper {
    fn program(&self) -> &'static str {
        "zypper"
    }

    fn locks(&self) -> &'static [Lock] {
        &[Lock::Pid("/run/zypp.pid"), Lock::Pid("/var/run/zypp.pid"), rpm::LOCKS[0], rpm::LOCKS[1]]
    }

    fn offers(&self, host: &dyn Host, names: &[PackageName]) -> Result<Vec<Offer>, Hindrance> {
        let words = ["search", "--details", "--match-exact", "--type", "package"];
        let words = words.map(str::to_owned).into_iter();
        let words = words.chain(names.iter().map(|package| spec(package, None)));
        let output = asked(host, &looking(host, words))?;
        let mut offers: Vec<Offer> = Vec::new();
        for found in zypper::found(&output.stdout) {
            match offers.iter_mut().find(|offer| offer.package.is(&found.name, &found.arch)) {
                Some(offer) => offer.versions.push(found.version),
                None => offers.push(Offer {
                    package: PackageName::new(&found.name, Some(&found.arch)),
                    candidate: None,
                    versions: vec![found.version],
                }),
            }
        }
        for offer in &mut offers {
            offer.versions.sort_by(|a, b| evr::compare(b, a));
            offer.versions.dedup();
            offer.candidate = offer.versions.first().cloned();
        }
        Ok(offers)
    }

    /// zypper has no way to leave locks out, so what is held stays a hindrance also where it may be released.
    fn simulate(&self, host: &dyn Host, request: &Request) -> Result<ChangePackages, Hindrance> {
        let installed = rpm::installed(host)?;
        locks::refuse_held(host, PackageManager::Rpm, request, &installed)?;
        let left = rpm::duplicates(&installed);
        let finish = request.wish == Wish::Finish;
        let words = dry(match &request.wish {
            Wish::Finish if left.is_empty() => return Err(Hindrance::new("nothing-to-change")),
            Wish::Finish => change_words(&left),
            _ => wish_words(request),
        });
        let changes = read(&asked(host, &looking(host, words))?)?;
        if changes.is_empty() {
            return Err(Hindrance::new("nothing-to-change"));
        }
        spare(request, &changes)?;
        if finish {
            rpm::check_finish("zypper", &changes, &left)?;
        }
        let automatic = marked(host);
        let is_automatic =
            |change: &&PackageChange| change.to.is_some() && automatic.contains(&change.name);
        let automatic = changes.iter().filter(is_automatic);
        Ok(ChangePackages {
            manager: PackageManager::Rpm,
            program: self.program().to_owned(),
            automatic: automatic
                .map(|change| PackageName::new(&change.name, Some(&change.arch)))
                .collect(),
            irretrievable: if finish { vec![] } else { self.irretrievable(host, &changes) },
            changes,
            finish,
        })
    }

    fn change(
        &self,
        host: &dyn HostMut,
        step: &ChangePackages,
        progress: &mut dyn FnMut(&str),
    ) -> Result<(), StepError> {
        let other = || StepError::OtherTransaction { program: "zypper".to_owned() };
        let (_, left) = rpm::left(host, step)?;
        if left.is_empty() {
            return Ok(());
        }
        let words = change_words(&left);
        let output = host.run(&looking(host, dry(words.clone())))?;
        if read(&output).is_ok_and(|found| found != left) {
            return Err(other());
        }
        let output = host.execute(&plain(host, words, LONG), progress)?;
        ended(output)
    }

    fn keep_former(
        &self,
        host: &dyn HostMut,
        keep: &Keep<'_>,
        changes: &[PackageChange],
    ) -> Result<RestorePackages, StepError> {
        let automatic = marked(host);
        let is_automatic = |change: &PackageChange| automatic.contains(&change.name);
        rpm::keep_former(host, keep, self.program(), changes, &is_automatic, &|former, into| {
            let into = into.display().to_string();
            let words = ["--pkg-cache-dir", &into, "download"].map(str::to_owned).into_iter();
            let specs = former.iter().map(|change| full_spec(change, change.from.as_deref()));
            let output = asked_mut(host, &command(host, words.chain(specs), LONG))?;
            // What lies in a local directory is not fetched, only found.
            for archive in zypper::downloaded(&output.stdout) {
                let archive = Path::new(&archive);
                let kept = Path::new(&into).join(archive.file_name().unwrap_or_default());
                if !archive.starts_with(&into) {
                    host.copy(archive, &kept)?;
                }
            }
            Ok(())
        })
    }

    fn restore(
        &self,
        host: &dyn HostMut,
        step: &RestorePackages,
        progress: &mut dyn FnMut(&str),
    ) -> Result<(), StepError> {
        rpm::restore(host, step, progress)
    }

    fn hold(
        &self,
        host: &dyn HostMut,
        step: &HoldPackages,
        progress: &mut dyn FnMut(&str),
    ) -> Result<(), StepError> {
        let verb = if step.hold { "addlock" } else { "removelock" };
        let names = step.packages.iter().map(|package| package.name.clone());
        let words = [verb.to_owned()].into_iter().chain(names).collect();
        execute_command(host, &plain(host, words, LONG), progress).map(drop)
    }

    fn installed(&self, host: &dyn Host, package: &PackageName) -> Option<String> {
        rpm::version(host, package)
    }
}

impl Zypper {
    /// Names of the packages whose installed version no repository has.
    fn irretrievable(&self, host: &dyn Host, changes: &[PackageChange]) -> Vec<String> {
        let former: Vec<&PackageChange> = changes
            .iter()
            .filter(|change| change.from.is_some() && change.from != change.to)
            .collect();
        if former.is_empty() {
            return vec![];
        }
        let names: Vec<PackageName> = former
            .iter()
            .map(|change| PackageName::new(&change.name, Some(&change.arch)))
            .collect();
        let offers = self.offers(host, &names).unwrap_or_default();
        let is_offered = |change: &&PackageChange| {
            let mut of_it =
                offers.iter().filter(|offer| offer.package.is(&change.name, &change.arch));
            of_it.any(|offer| {
                offer.versions.iter().any(|version| Some(version) == change.from.as_ref())
            })
        };
        former.into_iter().filter(|change| !is_offered(change)).map(|it| it.name.clone()).collect()
    }
}

/// The command that would answer a wish, other than to finish.
fn wish_words(request: &Request) -> Vec<String> {
    let coming = |wanted: &[Wanted]| -> Vec<String> {
        wanted.iter().map(|it| spec(&it.package, it.version.as_deref())).collect()
    };
    let named = |packages: &[PackageName], sign: &str| -> Vec<String> {
        packages.iter().map(|package| format!("{sign}{}", spec(package, None))).collect()
    };
    match &request.wish {
        Wish::Finish => vec![],
        Wish::Install(wanted) => [install_words(false), coming(wanted)].concat(),
        Wish::Replace { install, remove } => {
            [install_words(false), coming(install), named(remove, "!")].concat()
        }
        Wish::Remove(going) => [vec!["remove".to_owned()], named(going, "")].concat(),
        Wish::Reinstall(again) => [install_words(true), named(again, "")].concat(),
    }
}

/// The command that does a transaction: every package with its version.
fn change_words(changes: &[PackageChange]) -> Vec<String> {
    let is_again = |change: &PackageChange| change.to.is_some() && change.from == change.to;
    let (going, coming): (Vec<&PackageChange>, Vec<&PackageChange>) =
        changes.iter().partition(|change| change.to.is_none());
    let specs = |changes: &[&PackageChange], sign: &str| -> Vec<String> {
        let spec = |it: &&PackageChange| full_spec(it, it.to.as_deref().or(it.from.as_deref()));
        changes.iter().map(|it| format!("{sign}{}", spec(it))).collect()
    };
    if coming.is_empty() {
        return [vec!["remove".to_owned()], specs(&going, "")].concat();
    }
    let again = changes.iter().any(is_again);
    [install_words(again), specs(&coming, ""), specs(&going, "!")].concat()
}

fn install_words(again: bool) -> Vec<String> {
    let words = ["install", "--no-recommends", "--oldpackage", "--allow-vendor-change"];
    let force = again.then_some("--force");
    words.into_iter().chain(force).map(str::to_owned).collect()
}

/// The same command, which then only says what it would do.
fn dry(mut words: Vec<String>) -> Vec<String> {
    let at = words.len().min(1);
    words.splice(at..at, ["--dry-run", "--details"].map(str::to_owned));
    words
}

/// `NAME.ARCH=[EPOCH:]VERSION-RELEASE`. With the architecture, for names that end like one (`kmod-nvidia-….x86_64`).
fn spec(package: &PackageName, version: Option<&str>) -> String {
    let arch = package.arch.as_deref().map(|arch| format!(".{arch}")).unwrap_or_default();
    let version = version.map(|version| format!("={version}")).unwrap_or_default();
    format!("{}{arch}{version}", package.name)
}

fn full_spec(change: &PackageChange, version: Option<&str>) -> String {
    spec(&PackageName::new(&change.name, Some(&change.arch)), version)
}

/// What zypper would change.
fn read(output: &Output) -> Result<Vec<PackageChange>, Hindrance> {
    let changes = zypper::changes(&output.stdout).filter(|_| output.end == End::Status(0));
    let Some(changes) = changes else {
        return Err(match zypper::refusal(&output.stdout) {
            // By its own list, which was looked at before, nothing was held that was asked for.
            Some(Refusal::Held(why) | Refusal::Unmet(why)) => {
                Hindrance::new("packages-unmet").with("why", why)
            }
            Some(Refusal::NotAvailable(why)) => {
                Hindrance::new("packages-not-available").with("packages", "").with("why", why)
            }
            Some(Refusal::Other(why)) => failed("zypper", why),
            None => failed("zypper", "it failed and did not say why"),
        });
    };
    let change = |it: zypper::Change| PackageChange {
        name: it.name,
        arch: it.arch,
        from: it.from,
        to: it.to,
    };
    let mut changes: Vec<PackageChange> = changes.into_iter().map(change).collect();
    changes.sort();
    Ok(changes)
}

/// Statuses above 100 say that all went well and something is to be told: a reboot or a restart is needed (zypper(8)).
fn ended(output: Output) -> Result<(), StepError> {
    if matches!(output.end, End::Status(0 | 100 | 102 | 103)) {
        return Ok(());
    }
    let lines = || output.stderr.lines().chain(output.stdout.lines()).map(str::trim);
    let marks = ["Problem:", "error:", "Error:", "No provider", "is locked"];
    let first = lines().find(|line| marks.iter().any(|mark| line.contains(mark)));
    let first = first.or_else(|| lines().find(|line| !line.is_empty()));
    Err(StepError::Program {
        program: "zypper".to_owned(),
        end: output.end,
        first_error: first.map(|line| line.chars().take(400).collect()),
    })
}

fn asked_mut(host: &dyn HostMut, command: &Command) -> Result<Output, StepError> {
    execute_command(host, command, &mut |_| {})
}

/// Names of what was installed for others' sake.
fn marked(host: &dyn Host) -> BTreeSet<String> {
    let text = read_text(host, AUTOMATIC).unwrap_or_default();
    let names = text.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    names.map(str::to_owned).collect()
}

/// A command that only looks, and so needs no lock: root's waits for one unless told not to (libzypp
/// `zypp/zypp_detail/ZYppReadOnlyHack.h`).
fn looking(host: &dyn Host, words: impl IntoIterator<Item = String>) -> Command {
    let mut command = command(host, words, DEADLINE);
    command.environment.push(("ZYPP_READONLY_HACK".to_owned(), "1".to_owned()));
    command
}

fn command(
    host: &dyn Host,
    words: impl IntoIterator<Item = String>,
    deadline: Duration,
) -> Command {
    let words = ["--xmlout".to_owned()].into_iter().chain(words);
    plain(host, words.collect(), deadline)
}

/// A command that asks nothing, and waits for whoever has libzypp's lock.
fn plain(host: &dyn Host, words: Vec<String>, deadline: Duration) -> Command {
    let words = ["--non-interactive".to_owned()].into_iter().chain(words);
    let mut command = Command::new(program(host, "zypper"), words, deadline);
    let patience = PATIENCE.as_secs().to_string();
    command.environment = vec![("ZYPP_LOCK_TIMEOUT".to_owned(), patience)];
    command
}

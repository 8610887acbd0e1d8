//! dnf, of both generations: Fedora, RHEL and its kin, Amazon Linux.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use super::{LONG, Manager, asked, failed, locks, rpm, spare};
use crate::enquire::{DEADLINE, Offer, PackageName, Request, Wanted, Wish};
use crate::facts::PackageManager;
use crate::host::{Command, FileKind, Host, Output, follow};
use crate::host_mut::HostMut;
use crate::lock::Lock;
use crate::parse::dnf::{self, Fate, Refusal, Row, is_word, without_zero_epoch};
use crate::parse::evr;
use crate::parse::rpm_header::RpmPackage;
use crate::remedy::Hindrance;
use crate::step::{Keep, StepError};
use crate::steps::{
    ChangePackages, HoldPackages, PackageChange, RestorePackages, execute_command, program,
};

pub(super) struct Dnf;

impl Manager for Dnf {
    fn program(&self) -> &'static str {
        "dnf"
    }

    fn locks(&self) -> &'static [Lock] {
        &[
            Lock::Pid("/var/lib/dnf/rpmdb_lock.pid"),
            Lock::Pid("/var/cache/dnf/download_lock.pid"),
            Lock::Pid("/var/cache/dnf/metadata_lock.pid"),
            // dnf 5 (libdnf5 `conf/const.hpp`).
            Lock::Record("/run/dnf/rpmtransaction.lock"),
            rpm::LOCKS[0],
            rpm::LOCKS[1],
        ]
    }

    fn offers(&self, host: &dyn Host, names: &[PackageName]) -> Result<Vec<Offer>, Hindrance> {
        // dnf 5 ends no line by itself; dnf 4 ends one more.
        let words = ["repoquery", "--showduplicates", "--qf", "%{name}\t%{evr}\t%{arch}\n"];
        let words = words.map(str::to_owned).into_iter();
        let words = words.chain(names.iter().map(|package| spec(package, None)));
        let output = asked(host, &command(host, words, DEADLINE))?;
        let mut offers: Vec<Offer> = Vec::new();
        for line in output.stdout.lines() {
            let mut parts = line.split('\t');
            let (Some(name), Some(version), Some(arch)) =
                (parts.next(), parts.next(), parts.next())
            else {
                continue;
            };
            let version = without_zero_epoch(version);
            if ![name, version, arch].into_iter().all(is_word) {
                continue;
            }
            match offers.iter_mut().find(|offer| offer.package.is(name, arch)) {
                Some(offer) => offer.versions.push(version.to_owned()),
                None => offers.push(Offer {
                    package: PackageName::new(name, Some(arch)),
                    candidate: None,
                    versions: vec![version.to_owned()],
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

    fn simulate(&self, host: &dyn Host, request: &Request) -> Result<ChangePackages, Hindrance> {
        let installed = rpm::installed(host)?;
        let left = rpm::duplicates(&installed);
        let finish = request.wish == Wish::Finish;
        let words = match &request.wish {
            Wish::Finish if left.is_empty() => return Err(Hindrance::new("nothing-to-change")),
            Wish::Finish => change_words(&left),
            _ => wish_words(request),
        };
        if !(request.unheld && can_ignore_locks(host)) {
            locks::refuse_held(host, PackageManager::Rpm, request, &installed)?;
        }
        let words = if request.unheld {
            [vec!["--disableplugin=versionlock".to_owned()], words].concat()
        } else {
            words
        };
        let output = asked(host, &command(host, assuming_no(words), DEADLINE))?;
        let changes = read(&output, &installed)?;
        if changes.is_empty() {
            return Err(Hindrance::new("nothing-to-change"));
        }
        spare(request, &changes)?;
        if finish {
            rpm::check_finish("dnf", &changes, &left)?;
        }
        let is_going = |asked: &PackageName| {
            let mut going = changes.iter().filter(|change| change.to.is_none());
            going.any(|change| asked.is(&change.name, &change.arch))
        };
        if let Some(stays) = request.wish.removals().iter().find(|asked| !is_going(asked)) {
            let why = format!("{} would stay", stays.name);
            return Err(Hindrance::new("packages-unmet").with("why", why));
        }
        Ok(ChangePackages {
            manager: PackageManager::Rpm,
            program: self.program().to_owned(),
            automatic: marked(host, &changes),
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
        let other = || StepError::OtherTransaction { program: "dnf".to_owned() };
        let (installed, left) = rpm::left(host, step)?;
        if !left.is_empty() {
            let words = change_words(&left);
            let output = host.run(&command(host, assuming_no(words.clone()), DEADLINE))?;
            if read(&output, &installed).is_ok_and(|found| found != left) {
                return Err(other());
            }
            let words = ["-y".to_owned()].into_iter().chain(words);
            execute_command(host, &command(host, words, LONG), progress)?;
        }
        if step
            .changes
            .iter()
            .any(|change| change.name.starts_with("akmod-") && change.to.is_some())
        {
            await_akmods(host, progress)?;
        }
        mark_automatic(host, &step.automatic, progress)
    }

    fn keep_former(
        &self,
        host: &dyn HostMut,
        keep: &Keep<'_>,
        changes: &[PackageChange],
    ) -> Result<RestorePackages, StepError> {
        let automatic = marked(host, changes);
        let is_automatic = |change: &PackageChange| {
            automatic.iter().any(|package| package.is(&change.name, &change.arch))
        };
        rpm::keep_former(host, keep, self.program(), changes, &is_automatic, &|former, into| {
            let into = into.display().to_string();
            // dnf 4 has `download` in a plugin that may not be there.
            let words = if is_dnf5(host) {
                ["-y", "download", "--destdir", &into].map(str::to_owned).to_vec()
            } else {
                ["-y", "reinstall", "--downloadonly", "--downloaddir", &into]
                    .map(str::to_owned)
                    .to_vec()
            };
            let specs = former.iter().map(|change| full_spec(change, change.from.as_deref()));
            let words = words.into_iter().chain(specs);
            let mut progress = |line: &str| (keep.progress)(line);
            execute_command(host, &command(host, words, LONG), &mut progress).map(drop)
        })
    }

    fn restore(
        &self,
        host: &dyn HostMut,
        step: &RestorePackages,
        progress: &mut dyn FnMut(&str),
    ) -> Result<(), StepError> {
        rpm::restore(host, step, progress)?;
        let automatic = step.install.iter().filter(|kept| kept.automatic);
        let automatic: Vec<PackageName> = automatic
            .map(|kept| PackageName::new(&kept.change.name, Some(&kept.change.arch)))
            .collect();
        mark_automatic(host, &automatic, progress)
    }

    fn hold(
        &self,
        host: &dyn HostMut,
        step: &HoldPackages,
        progress: &mut dyn FnMut(&str),
    ) -> Result<(), StepError> {
        let verb = if step.hold { "add" } else { "delete" };
        let words = ["-y", "versionlock", verb].map(str::to_owned).into_iter();
        let words = words.chain(step.packages.iter().map(|package| package.name.clone()));
        execute_command(host, &command(host, words, LONG), progress).map(drop)
    }

    fn installed(&self, host: &dyn Host, package: &PackageName) -> Option<String> {
        rpm::version(host, package)
    }
}

impl Dnf {
    /// Names of the packages whose installed version can be had neither from a repository nor from akmods' store.
    fn irretrievable(&self, host: &dyn Host, changes: &[PackageChange]) -> Vec<String> {
        let former: Vec<&PackageChange> = changes
            .iter()
            .filter(|change| change.from.is_some() && change.from != change.to)
            .filter(|change| rpm::built(host, change).is_none())
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

fn is_dnf5(host: &dyn Host) -> bool {
    follow(host, Path::new("/usr/bin/dnf")).is_ok_and(|chain| chain.end.ends_with("dnf5"))
}

/// dnf 4's locks are a plugin's, which can be left out; dnf 5's are its own.
fn can_ignore_locks(host: &dyn Host) -> bool {
    !is_dnf5(host)
}

/// The command that would answer a wish, other than to finish.
fn wish_words(request: &Request) -> Vec<String> {
    let install = |wanted: &[Wanted]| {
        let specs = wanted.iter().map(|it| spec(&it.package, it.version.as_deref()));
        ["install", "--allowerasing"].map(str::to_owned).into_iter().chain(specs).collect()
    };
    let named = |verb: &str, packages: &[PackageName]| {
        let specs = packages.iter().map(|package| spec(package, None));
        [verb.to_owned()].into_iter().chain(specs).collect()
    };
    match &request.wish {
        Wish::Finish => vec![],
        Wish::Install(wanted) => install(wanted),
        // What goes, goes because what comes is in conflict with it; whether it does is seen in the answer.
        Wish::Replace { install: wanted, .. } => install(wanted),
        Wish::Remove(going) => named("remove", going),
        Wish::Reinstall(again) => named("reinstall", again),
    }
}

/// The command that does a transaction: every package with its version.
fn change_words(changes: &[PackageChange]) -> Vec<String> {
    let coming: Vec<&PackageChange> = changes.iter().filter(|change| change.to.is_some()).collect();
    let specs = |changes: &[&PackageChange]| -> Vec<String> {
        let specs = changes.iter().map(|it| full_spec(it, it.to.as_deref().or(it.from.as_deref())));
        specs.collect()
    };
    if coming.is_empty() {
        let going: Vec<&PackageChange> = changes.iter().collect();
        return [vec!["remove".to_owned()], specs(&going)].concat();
    }
    let verb = if coming.iter().all(|change| change.from == change.to) {
        vec!["reinstall".to_owned()]
    } else {
        ["install", "--allowerasing"].map(str::to_owned).to_vec()
    };
    [verb, specs(&coming)].concat()
}

fn assuming_no(words: Vec<String>) -> impl Iterator<Item = String> {
    ["--assumeno".to_owned()].into_iter().chain(words)
}

/// `NAME-[EPOCH:]VERSION-RELEASE.ARCH`, as far as it is known.
fn spec(package: &PackageName, version: Option<&str>) -> String {
    let mut text = package.name.clone();
    for (mark, part) in [('-', version), ('.', package.arch.as_deref())] {
        if let Some(part) = part {
            text.push(mark);
            text.push_str(part);
        }
    }
    text
}

fn full_spec(change: &PackageChange, version: Option<&str>) -> String {
    spec(&PackageName::new(&change.name, Some(&change.arch)), version)
}

/// What dnf would change. It ends with 1 after a table too: nobody agreed to it.
fn read(output: &Output, installed: &[RpmPackage]) -> Result<Vec<PackageChange>, Hindrance> {
    if !dnf::is_resolved(&output.stdout) {
        return Err(match dnf::refusal(&output.stdout, &output.stderr) {
            Some(Refusal::NotAvailable(why)) => {
                Hindrance::new("packages-not-available").with("packages", "").with("why", why)
            }
            Some(Refusal::Unmet(why)) => Hindrance::new("packages-unmet").with("why", why),
            Some(Refusal::Other(why)) => failed("dnf", why),
            None => failed("dnf", "it failed and did not say why"),
        });
    }
    let rows = dnf::rows(&output.stdout).map_err(|error| failed("dnf", error))?;
    let mut changes: Vec<PackageChange> =
        rows.iter().flat_map(|row| changes_of(row, installed)).collect();
    changes.sort();
    changes.dedup();
    Ok(changes)
}

/// A package that takes the place of one of another architecture is two changes.
fn changes_of(row: &Row, installed: &[RpmPackage]) -> Vec<PackageChange> {
    let change = |arch: &str, from: Option<&String>, to: Option<&String>| PackageChange {
        name: row.name.clone(),
        arch: arch.to_owned(),
        from: from.cloned(),
        to: to.cloned(),
    };
    let new = Some(&row.version);
    match row.fate {
        Fate::Comes => vec![change(&row.arch, None, new)],
        Fate::Again => vec![change(&row.arch, new, new)],
        Fate::Goes => vec![change(&row.arch, new, None)],
        Fate::Replaces => {
            let named = || installed.iter().filter(|package| package.name == row.name);
            let same = named().find(|package| package.arch == row.arch);
            match (same, named().next()) {
                (Some(old), _) => vec![change(&row.arch, Some(&old.version), new)],
                (None, Some(old)) => {
                    vec![change(&row.arch, None, new), change(&old.arch, Some(&old.version), None)]
                }
                (None, None) => vec![change(&row.arch, None, new)],
            }
        }
    }
}

/// Those that are installed for others' sake only.
fn marked(host: &dyn Host, changes: &[PackageChange]) -> Vec<PackageName> {
    let names: BTreeSet<&str> = changes.iter().map(|change| change.name.as_str()).collect();
    let words = ["repoquery", "--installed", "--qf", "%{name}\t%{arch}\t%{reason}\n"];
    let words = words.into_iter().chain(names);
    let Ok(output) = asked(host, &command(host, words.map(str::to_owned), DEADLINE)) else {
        return vec![];
    };
    let automatic = output.stdout.lines().filter_map(|line| {
        let mut parts = line.split('\t');
        let (name, arch, reason) = (parts.next()?, parts.next()?, parts.next()?);
        let reason = reason.to_ascii_lowercase();
        (reason.contains("dependency")).then(|| PackageName::new(name, Some(arch)))
    });
    let of_change = |package: &PackageName| {
        changes.iter().any(|change| change.to.is_some() && package.is(&change.name, &change.arch))
    };
    automatic.filter(of_change).collect()
}

fn mark_automatic(
    host: &dyn HostMut,
    packages: &[PackageName],
    progress: &mut dyn FnMut(&str),
) -> Result<(), StepError> {
    if packages.is_empty() {
        return Ok(());
    }
    let verb = if is_dnf5(host) { "dependency" } else { "remove" };
    let words = ["-y", "mark", verb].map(str::to_owned).into_iter();
    let words = words.chain(packages.iter().map(|package| spec(package, None)));
    execute_command(host, &command(host, words, LONG), progress).map(drop)
}

/// RPM Fusion's packages start the build in the background and are done (akmods `akmods-posttrans`). What follows,
/// a reload or a reboot, needs the module: the same build is run to its end here, or found to be done.
fn await_akmods(host: &dyn HostMut, progress: &mut dyn FnMut(&str)) -> Result<(), StepError> {
    let kernels = host.list(Path::new("/lib/modules")).unwrap_or_default();
    let kernels = kernels.into_iter().filter(|entry| entry.kind == FileKind::Directory);
    for kernel in kernels.map(|entry| entry.name) {
        let headers = Path::new("/lib/modules").join(&kernel).join("build");
        if host.metadata(&headers).is_ok() {
            progress(&format!("akmods --kernels {kernel}"));
            let words = ["--kernels", &kernel, "--akmod", "nvidia"];
            let command = Command::new(program(host, "akmods"), words, LONG);
            execute_command(host, &command, progress)?;
        }
    }
    Ok(())
}

/// A command that draws in nothing more than it must. The table is as wide as its words: dnf 5 cuts them to the
/// terminal's width, for which it takes `COLUMNS` where there is none.
fn command(
    host: &dyn Host,
    words: impl IntoIterator<Item = String>,
    deadline: Duration,
) -> Command {
    const ALWAYS: [&str; 2] =
        ["--setopt=install_weak_deps=False", "--setopt=clean_requirements_on_remove=False"];
    let words = ALWAYS.map(str::to_owned).into_iter().chain(words);
    let mut command = Command::new(program(host, "dnf"), words, deadline);
    command.environment = vec![("COLUMNS".to_owned(), "1000".to_owned())];
    command
}

//! What apt's programs are told, and how they are run.

use std::path::Path;
use std::time::Duration;

use super::super::failed;
use crate::enquire::{DEADLINE, PackageName, Request, Wanted, Wish};
use crate::host::{Command, End, Failure, Host, HostError, Output};
use crate::host_mut::HostMut;
use crate::parse::apt::{self, Refusal};
use crate::remedy::Hindrance;
use crate::step::StepError;
use crate::steps::{ChangePackages, execute_command, program};

/// How long another program's lock is waited for.
pub(super) const PATIENCE: Duration = Duration::from_secs(600);
/// How often it is tried meanwhile.
const GLANCE: Duration = Duration::from_secs(2);

/// The command of apt-get that would answer a wish. Nothing is locked or changed by it, and no root is needed.
pub(super) fn wish_words(request: &Request) -> Vec<String> {
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
pub(super) fn change_words(step: &ChangePackages) -> Vec<String> {
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

pub(super) fn common_words() -> Vec<String> {
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
pub(super) fn lock_option() -> String {
    format!("-oDPkg::Lock::Timeout={}", PATIENCE.as_secs())
}

pub(super) fn wanted_word(wanted: &Wanted) -> String {
    let name = qualified(&wanted.package);
    wanted.version.as_ref().map_or(name.clone(), |version| format!("{name}={version}"))
}

/// `NAME:ARCH`; packages of no architecture have none to be named.
pub(super) fn qualified(package: &PackageName) -> String {
    match package.arch.as_deref() {
        None | Some("all") => package.name.clone(),
        Some(arch) => format!("{}:{arch}", package.name),
    }
}

pub(super) fn join<'p>(packages: impl Iterator<Item = &'p PackageName>) -> String {
    packages.map(|package| package.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// A command that asks nothing and restarts nothing on its own account.
pub(super) fn command(
    host: &dyn Host,
    name: &str,
    words: Vec<String>,
    deadline: Duration,
) -> Command {
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
pub(super) fn ask(host: &dyn Host, name: &str, words: Vec<String>) -> Result<Output, Hindrance> {
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

/// Runs dpkg, which does not wait for locks, once nobody else has it.
pub(super) fn when_unlocked(
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
pub(super) fn is_locked(why: &str) -> bool {
    why.contains("lock was locked by another process")
        || why.contains("is locked by another process")
}

//! The package managers: one file each. What they would do, and doing it, is theirs; what is wanted of them, and what
//! becomes of the driver by it, is in `remedies/` and `steps/`.

mod apt;
mod dnf;
pub(crate) mod locks;
mod pacman;
mod rpm;
mod zypper;

use std::path::Path;
use std::time::Duration;

use crate::enquire::{Offer, PackageName, Request, Wish};
use crate::facts::{PackageManager, PackageRole};
use crate::host::{Command, End, Failure, Host, Output, read_text};
use crate::host_mut::HostMut;
use crate::knowledge::packages;
use crate::lock::Lock;
use crate::parse::os_release;
use crate::remedy::Hindrance;
use crate::step::{Keep, StepError};
use crate::steps::{ChangePackages, HoldPackages, PackageChange, RestorePackages};

/// A program that installs packages from repositories.
pub(crate) trait Manager: Sync {
    /// Its name: the `program` of [`ChangePackages`].
    fn program(&self) -> &'static str;
    /// What it has locked while it works, and every other program that changes the same packages.
    fn locks(&self) -> &'static [Lock];
    /// What the repositories have of these packages; nothing is said of those that they don't know.
    fn offers(&self, host: &dyn Host, names: &[PackageName]) -> Result<Vec<Offer>, Hindrance>;
    /// The whole transaction that a wish would come to.
    fn simulate(&self, host: &dyn Host, request: &Request) -> Result<ChangePackages, Hindrance>;
    /// Does exactly that transaction. Waits for the manager's lock, and says so.
    fn change(
        &self,
        host: &dyn HostMut,
        step: &ChangePackages,
        progress: &mut dyn FnMut(&str),
    ) -> Result<(), StepError>;
    /// Keeps the archives of the versions that are installed now, so that no repository is needed to go back.
    fn keep_former(
        &self,
        host: &dyn HostMut,
        keep: &Keep<'_>,
        changes: &[PackageChange],
    ) -> Result<RestorePackages, StepError>;
    /// Brings the kept versions back, whatever the manager thinks of how they go together: so they stood.
    fn restore(
        &self,
        host: &dyn HostMut,
        step: &RestorePackages,
        progress: &mut dyn FnMut(&str),
    ) -> Result<(), StepError>;
    /// Holds packages at their version, or lets go of them.
    fn hold(
        &self,
        host: &dyn HostMut,
        step: &HoldPackages,
        progress: &mut dyn FnMut(&str),
    ) -> Result<(), StepError>;
    /// The version of a package that is installed whole.
    fn installed(&self, host: &dyn Host, package: &PackageName) -> Option<String>;
}

/// Every manager.
const ALL: &[&dyn Manager] = &[&apt::Apt, &dnf::Dnf, &zypper::Zypper, &pacman::Pacman];

/// Downloads, and builds of modules for every kernel.
const LONG: Duration = Duration::from_secs(2 * 3600);
/// How long another program's lock is waited for.
const PATIENCE: Duration = Duration::from_secs(600);

/// The one that keeps the packages of this family on this machine.
pub(crate) fn of(
    host: &dyn Host,
    manager: PackageManager,
) -> Result<&'static dyn Manager, Hindrance> {
    match manager {
        PackageManager::Dpkg => Ok(&apt::Apt),
        PackageManager::Pacman => Ok(&pacman::Pacman),
        PackageManager::Rpm => {
            let os = read_text(host, "/etc/os-release")
                .or_else(|_| read_text(host, "/usr/lib/os-release"));
            let os = os.ok().and_then(|text| os_release::parse(&text));
            let is_suse = os.is_some_and(|os| {
                [&os.id]
                    .into_iter()
                    .chain(&os.id_like)
                    .any(|id| id.contains("suse") || id == "sles")
            });
            Ok(if is_suse { &zypper::Zypper } else { &dnf::Dnf })
        }
    }
}

/// Systems that are changed as a whole image, and not in place: the command that a person gives for a wish.
pub(crate) fn refuse_image(host: &dyn Host, request: &Request) -> Result<(), Hindrance> {
    let is_there = |path: &str| host.metadata(Path::new(path)).is_ok();
    let names: Vec<&str> =
        request.wish.packages().into_iter().map(|package| package.name.as_str()).collect();
    let names = names.join(" ");
    // ostree-prepare-root(1) makes the file on every boot of such a system.
    let command = if is_there("/run/ostree-booted") {
        match &request.wish {
            Wish::Remove(_) => format!("rpm-ostree uninstall {names}"),
            _ => "rpm-ostree upgrade".to_owned(),
        }
    } else if is_there("/usr/sbin/transactional-update") && is_read_only(host) {
        match &request.wish {
            Wish::Remove(_) => format!("transactional-update pkg remove {names}"),
            Wish::Reinstall(_) => format!("transactional-update pkg install --force {names}"),
            _ => format!("transactional-update pkg install {names}"),
        }
    } else {
        return Ok(());
    };
    Err(Hindrance::new("image-based").with("command", command))
}

/// Whether the root file system is mounted read-only.
fn is_read_only(host: &dyn Host) -> bool {
    let mounts = read_text(host, "/proc/mounts").unwrap_or_default();
    mounts.lines().any(|line| {
        let words: Vec<&str> = line.split(' ').collect();
        matches!(words[..], [_, "/", _, options, ..] if options.split(',').any(|it| it == "ro"))
    })
}

/// Runs a program that changes nothing, to its end; whether that was a good one is for the caller to say.
fn asked(host: &dyn Host, command: &Command) -> Result<Output, Hindrance> {
    let name = command.program.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let output = host.run(command).map_err(|error| match error.why {
        Failure::Unsupported | Failure::NotFound => Hindrance::new("no-simulation"),
        why => failed(&name, why),
    })?;
    match output.end {
        End::Deadline => Err(failed(&name, "it did not end in time")),
        End::Signal(signal) => Err(failed(&name, format!("it was ended by signal {signal}"))),
        End::Status(_) => Ok(output),
    }
}

fn failed(program: &str, why: impl ToString) -> Hindrance {
    Hindrance::new("package-manager-failed").with("program", program).with("why", why)
}

/// The one of that name, which a plan or a journal holds.
pub(crate) fn named(program: &str) -> Result<&'static dyn Manager, StepError> {
    let found = ALL.iter().find(|manager| manager.program() == program);
    found.copied().ok_or_else(|| StepError::UnknownManager { program: program.to_owned() })
}

/// Refuses a transaction that would take away what must survive: whatever does not concern the driver, CUDA's
/// toolkits, the container toolkit, kernels and their headers, and what the request says is to stay. What was itself
/// asked to go may go.
pub(crate) fn spare(request: &Request, changes: &[PackageChange]) -> Result<(), Hindrance> {
    let asked = request.wish.removals();
    let is_spared = |change: &&PackageChange| {
        let is_asked = asked.iter().any(|package| package.is(&change.name, &change.arch));
        change.to.is_none()
            && !is_asked
            && (request.keep.contains(&change.name) || stays(request.manager, change))
    };
    let lost: Vec<&str> =
        changes.iter().filter(is_spared).map(|change| change.name.as_str()).collect();
    if lost.is_empty() {
        return Ok(());
    }
    Err(Hindrance::new("would-remove").with("packages", lost.join(", ")))
}

fn stays(manager: PackageManager, change: &PackageChange) -> bool {
    use PackageRole::{Builder, Container, Cuda, CudaCompat, KernelHeaders, KernelImage};
    let version = change.from.as_deref().unwrap_or_default();
    packages::classify(manager, &change.name, version).is_none_or(|package| {
        matches!(
            package.role,
            Builder | Container | Cuda | CudaCompat | KernelHeaders | KernelImage
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::enquire::Wish;

    fn gone(name: &str) -> PackageChange {
        PackageChange {
            name: name.into(),
            arch: "amd64".into(),
            from: Some("535.261.03-1".into()),
            to: None,
        }
    }

    #[test]
    fn what_must_survive_is_named() {
        let wish = Wish::Remove(vec![PackageName::new("nvidia-smi", Some("amd64"))]);
        let mut request = Request::new(PackageManager::Dpkg, wish);
        let of = |request: &Request, names: &[&str]| {
            let changes: Vec<_> = names.iter().map(|name| gone(name)).collect();
            spare(request, &changes).map_err(|hindrance| hindrance.args[0].1.clone())
        };
        assert_eq!(of(&request, &["nvidia-smi", "nvidia-driver"]), Ok(()));
        assert_eq!(
            of(&request, &["nvidia-smi", "nvidia-container-toolkit", "cuda-toolkit-12-4", "gdm3"]),
            Err("nvidia-container-toolkit, cuda-toolkit-12-4, gdm3".to_owned())
        );
        assert!(of(&request, &["linux-image-6.1.0-47-amd64"]).is_err());
        request.keep.push("libcuda1".into());
        assert_eq!(of(&request, &["libcuda1"]), Err("libcuda1".to_owned()));
        request.wish = Wish::Remove(vec![PackageName::new("cuda-compat-12-4", None)]);
        assert_eq!(of(&request, &["cuda-compat-12-4"]), Ok(()));
    }
}

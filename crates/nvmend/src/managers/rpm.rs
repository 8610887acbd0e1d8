//! What dnf and zypper have in common: the rpm database, and rpm itself, which takes back.
//!
//! rpm alone brings former versions back, from archives that were kept: the state before may be one that a resolver
//! refuses to make. `dnf history undo` and its like take whatever the repositories have by then.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{LONG, asked, failed};
use crate::enquire::{DEADLINE, PackageName};
use crate::facts::PackageManager;
use crate::host::{Command, End, FileKind, Host};
use crate::host_mut::HostMut;
use crate::knowledge::packages;
use crate::lock::Lock;
use crate::parse::evr;
use crate::parse::rpm_header::RpmPackage;
use crate::parse::rpm_query::{self, PACKAGES};
use crate::remedy::Hindrance;
use crate::step::{Keep, StepError};
use crate::steps::{
    ChangePackages, KeptPackage, PackageChange, RestorePackages, execute_command, program,
};

/// Where akmods keeps the packages that it built; no repository has them.
const BUILT: &str = "/var/cache/akmods/nvidia";

/// rpm's own (rpm `lib/rpmlock.c`), where Fedora and SUSE keep its database now, and where others do.
pub(super) const LOCKS: [Lock; 2] =
    [Lock::Record("/usr/lib/sysimage/rpm/.rpm.lock"), Lock::Record("/var/lib/rpm/.rpm.lock")];

/// Every installed package.
pub(super) fn installed(host: &dyn Host) -> Result<Vec<RpmPackage>, Hindrance> {
    let output = asked(host, &command(host, ["-qa", "--qf", PACKAGES], DEADLINE))?;
    match output.end {
        End::Status(0) => Ok(rpm_query::packages(&output.stdout).collect()),
        _ => Err(failed("rpm", first_line(&output.stderr))),
    }
}

/// What an interrupted upgrade of the driver left beside the newer version of the same package.
pub(super) fn duplicates(installed: &[RpmPackage]) -> Vec<PackageChange> {
    let is_left = |it: &&RpmPackage| {
        let role = packages::classify(PackageManager::Rpm, &it.name, &it.version).map(|it| it.role);
        let mut others = installed.iter().filter(|other| {
            other.name == it.name && other.arch == it.arch && other.version != it.version
        });
        role.is_some_and(|role| packages::is_kept_once(role, &it.name))
            && others.any(|other| evr::compare(&other.version, &it.version).is_gt())
    };
    let change = |it: &RpmPackage| PackageChange {
        name: it.name.clone(),
        arch: it.arch.clone(),
        from: Some(it.version.clone()),
        to: None,
    };
    let mut left: Vec<PackageChange> = installed.iter().filter(is_left).map(change).collect();
    left.sort();
    left
}

/// Refuses to finish what would come to more than taking these away.
pub(super) fn check_finish(
    program: &str,
    changes: &[PackageChange],
    left: &[PackageChange],
) -> Result<(), Hindrance> {
    let more = changes.iter().find(|change| !left.contains(change));
    match more {
        Some(more) => Err(failed(program, format!("{more} would go with it"))),
        None => Ok(()),
    }
}

/// The version of one package.
pub(super) fn version(host: &dyn Host, package: &PackageName) -> Option<String> {
    let output =
        host.run(&command(host, ["-q", "--qf", PACKAGES, &package.name], DEADLINE)).ok()?;
    let mut found = rpm_query::packages(&output.stdout);
    found.find(|found| package.is(&found.name, &found.arch)).map(|found| found.version)
}

/// Whether that version of it is there.
pub(super) fn has(installed: &[RpmPackage], change: &PackageChange, version: &str) -> bool {
    installed.iter().any(|package| {
        package.name == change.name && package.arch == change.arch && package.version == version
    })
}

/// Whether the package is as it shall be after the change.
pub(super) fn is_done(installed: &[RpmPackage], change: &PackageChange) -> bool {
    match (&change.from, &change.to) {
        // Installed again: nothing shows whether it was.
        (from, Some(to)) => from != &change.to && has(installed, change, to),
        (Some(from), None) => !has(installed, change, from),
        (None, None) => true,
    }
}

/// What of a step is not done yet; the installed packages with it.
pub(super) fn left(
    host: &dyn HostMut,
    step: &ChangePackages,
) -> Result<(Vec<RpmPackage>, Vec<PackageChange>), StepError> {
    let other = |_| StepError::OtherTransaction { program: step.program.clone() };
    let installed = installed(host).map_err(other)?;
    let left = step.changes.iter().filter(|change| !is_done(&installed, change));
    let left = left.cloned().collect();
    Ok((installed, left))
}

/// Brings the archives of the installed versions, as far as repositories have them, into a directory or below it.
pub(super) type Fetch<'f> = &'f dyn Fn(&[&PackageChange], &Path) -> Result<(), StepError>;

/// Puts the archives of the installed versions into the run's directory.
pub(super) fn keep_former(
    host: &dyn HostMut,
    keep: &Keep<'_>,
    program: &str,
    changes: &[PackageChange],
    is_automatic: &dyn Fn(&PackageChange) -> bool,
    fetch: Fetch<'_>,
) -> Result<RestorePackages, StepError> {
    let directory = keep.directory.join(format!("{}-packages", keep.number));
    let changes: Vec<&PackageChange> =
        changes.iter().filter(|change| change.from != change.to).collect();
    let former = || changes.iter().copied().filter(|change| change.from.is_some());
    for change in former() {
        if let Some(built) = built(host, change) {
            host.copy(&built, &directory.join(built.file_name().unwrap_or_default()))?;
        }
    }
    let lacking: Vec<&PackageChange> =
        former().filter(|change| built(host, change).is_none()).collect();
    if !lacking.is_empty() {
        fetch(&lacking, &directory)?;
    }
    let kept = archives(host, &directory);
    let install = former().map(|change| {
        let of_it = kept.iter().find(|(_, package)| {
            has(std::slice::from_ref(package), change, change.from.as_deref().unwrap_or_default())
        });
        let (archive, _) = of_it.ok_or_else(|| StepError::NoArchive {
            package: change.name.clone(),
            version: change.from.clone().unwrap_or_default(),
        })?;
        let automatic = is_automatic(change);
        Ok(KeptPackage { change: change.clone(), archive: archive.clone(), automatic })
    });
    Ok(RestorePackages {
        manager: PackageManager::Rpm,
        program: program.to_owned(),
        install: install.collect::<Result<_, StepError>>()?,
        purge: vec![],
        alternatives: vec![],
        remove: changes.iter().copied().filter(|change| change.from.is_none()).cloned().collect(),
    })
}

/// Takes a transaction back.
pub(super) fn restore(
    host: &dyn HostMut,
    step: &RestorePackages,
    progress: &mut dyn FnMut(&str),
) -> Result<(), StepError> {
    let now = installed(host).unwrap_or_default();
    let going: Vec<String> = step
        .purge
        .iter()
        .chain(&step.remove)
        .filter_map(|change| Some((change, change.to.as_deref()?)))
        .filter(|(change, version)| has(&now, change, version))
        .map(|(change, version)| full_name(&change.name, version, &change.arch))
        .collect();
    if !going.is_empty() {
        let words = ["-e", "--nodeps"].map(str::to_owned).into_iter().chain(going);
        execute_command(host, &command(host, words, LONG), progress)?;
    }
    let coming: Vec<String> = step
        .install
        .iter()
        .filter(|kept| !has(&now, &kept.change, kept.change.from.as_deref().unwrap_or_default()))
        .map(|kept| kept.archive.display().to_string())
        .collect();
    if !coming.is_empty() {
        // They were installed here before, so whether they are signed is no question any more.
        let words = ["-U", "--oldpackage", "--replacepkgs", "--replacefiles", "--nodeps"];
        let words = words.map(str::to_owned).into_iter().chain(coming);
        execute_command(host, &command(host, words, LONG), progress)?;
    }
    Ok(())
}

/// The archive that akmods keeps of a package that it built.
pub(super) fn built(host: &dyn Host, change: &PackageChange) -> Option<PathBuf> {
    let name = full_name(&change.name, change.from.as_deref()?, &change.arch);
    let path = Path::new(BUILT).join(format!("{name}.rpm"));
    host.metadata(&path).is_ok().then_some(path)
}

/// `NAME-VERSION-RELEASE.ARCH`: rpm knows packages and archives by that name, without the epoch.
fn full_name(name: &str, version: &str, arch: &str) -> String {
    let bare = version.split_once(':').map_or(version, |(_, version)| version);
    format!("{name}-{bare}.{arch}")
}

/// The archives below a directory, with what they hold.
fn archives(host: &dyn Host, directory: &Path) -> Vec<(PathBuf, RpmPackage)> {
    let mut found = Vec::new();
    let mut pending = vec![(directory.to_owned(), 0)];
    while let Some((directory, depth)) = pending.pop() {
        for entry in host.list(&directory).unwrap_or_default() {
            let path = directory.join(&entry.name);
            if entry.kind == FileKind::Directory && depth < 4 {
                pending.push((path, depth + 1));
            } else if entry.name.ends_with(".rpm") {
                let words = ["-qp", "--qf", PACKAGES, &path.display().to_string()];
                let Ok(output) = host.run(&command(host, words, DEADLINE)) else { continue };
                let package = rpm_query::packages(&output.stdout).next();
                found.extend(package.map(|package| (path, package)));
            }
        }
    }
    found
}

fn command<A: Into<String>>(
    host: &dyn Host,
    words: impl IntoIterator<Item = A>,
    deadline: Duration,
) -> Command {
    Command::new(program(host, "rpm"), words, deadline)
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or("it failed and did not say why").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_twice_is_the_older_one_of_what_may_be_there_once() {
        let package = |name: &str, version: &str, arch: &str| RpmPackage {
            name: name.to_owned(),
            version: version.to_owned(),
            arch: arch.to_owned(),
            origin: None,
        };
        let installed = [
            package("nvidia-driver-libs", "3:535.216.03-1.el9", "x86_64"),
            package("nvidia-driver-libs", "3:535.261.03-1.el9", "x86_64"),
            package("nvidia-driver-libs", "3:535.216.03-1.el9", "i686"),
            package("nvidia-driver-cuda", "3:535.261.03-1.el9", "x86_64"),
            // Several kernels, and what is for them; and what is no concern of ours.
            package("kernel-core", "5.14.0-427.el9", "x86_64"),
            package("kernel-core", "5.14.0-503.el9", "x86_64"),
            package("kmod-nvidia", "3:535.216.03-1.el9", "x86_64"),
            package("kmod-nvidia", "3:535.261.03-1.el9", "x86_64"),
            package("bash", "5.1-1.el9", "x86_64"),
            package("bash", "5.2-1.el9", "x86_64"),
        ];
        let left: Vec<String> = duplicates(&installed).iter().map(ToString::to_string).collect();
        assert_eq!(left, ["-nvidia-driver-libs 3:535.216.03-1.el9"]);
    }
}

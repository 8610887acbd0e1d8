//! DKMS' tree. Part of the builders' probe.
//!
//! The layout is dkms(8)'s, "Directories": `NAME/VERSION/KERNEL/ARCH/module/*.ko` is a built module,
//! `NAME/kernel-KERNEL-ARCH` a link to it once it is installed, `NAME/VERSION/build/make.log` the log of a build that
//! failed or is going on. `dkms status` says nothing of failures, so the tree is read.

use std::path::{Path, PathBuf};

use crate::facts::{BuildOutcome, Datum, DkmsBuild, DkmsModule, Gap};
use crate::host::{Entry, FileKind, Host, HostError, follow, read_text};
use crate::parse::{build_log, dkms};
use crate::version::DriverVersion;

const TREE: &str = "/var/lib/dkms";
const SOURCES: &str = "/usr/src";
/// Far more names, versions or kernels than any machine has.
const MOST: usize = 256;
/// A log that is larger is not searched; a whole successful build writes about 1 MiB.
const LARGEST_LOG: u64 = 64 << 20;

/// NVIDIA's modules in the tree, and sources that DKMS has not taken in; sorted by name and version.
pub(super) fn modules(host: &dyn Host, gaps: &mut Vec<Gap>) -> Vec<DkmsModule> {
    let mut modules = Vec::new();
    for entry in list(host, Path::new(TREE), gaps)
        .into_iter()
        .filter(|entry| is_driver(&entry.name))
        .take(MOST)
    {
        modules.extend(versions(host, &entry.name, gaps));
    }
    for module in sources(host, gaps) {
        if !modules.iter().any(|known| known.name == module.name && known.version == module.version)
        {
            modules.push(module);
        }
    }
    modules.sort_by(|left, right| (&left.name, &left.version).cmp(&(&right.name, &right.version)));
    modules
}

/// Whether it is a name of the driver's: `nvidia`, `nvidia-current-open`, …; nvidia-fs is GPUDirect Storage.
fn is_driver(name: &str) -> bool {
    name == "nvidia" || (name.starts_with("nvidia-") && !name.starts_with("nvidia-fs"))
}

/// The entries of a directory; that it isn't there is no gap.
fn list(host: &dyn Host, directory: &Path, gaps: &mut Vec<Gap>) -> Vec<Entry> {
    host.list(directory).unwrap_or_else(|error| {
        gap_unless_absent(&error, gaps);
        Vec::new()
    })
}

fn gap_unless_absent(error: &HostError, gaps: &mut Vec<Gap>) {
    if !error.is_absent() {
        gaps.push(Gap::from(error));
    }
}

/// One name of the tree, with all its versions.
fn versions(host: &dyn Host, name: &str, gaps: &mut Vec<Gap>) -> Vec<DkmsModule> {
    let directory = Path::new(TREE).join(name);
    let entries = list(host, &directory, gaps);
    let links: Vec<(String, PathBuf)> = entries
        .iter()
        .filter(|entry| entry.kind == FileKind::Link && entry.name.starts_with("kernel-"))
        .take(MOST)
        .filter_map(|entry| {
            Some((entry.name.clone(), host.read_link(&directory.join(&entry.name)).ok()?))
        })
        .collect();
    let versions =
        entries.iter().filter_map(|entry| entry.name.parse::<DriverVersion>().ok()).take(MOST);
    versions
        .map(|version| {
            let directory = directory.join(version.as_str());
            let builds = builds(host, &directory, &links, gaps);
            DkmsModule { name: name.to_owned(), source: source(host, &directory), version, builds }
        })
        .collect()
}

/// The source tree; one without `dkms.conf` makes all of DKMS stop ("Could not locate dkms.conf file").
fn source(host: &dyn Host, directory: &Path) -> Datum<PathBuf> {
    let link = directory.join("source");
    let configuration = link.join("dkms.conf");
    match host.metadata(&configuration) {
        Ok(_) => match follow(host, &link) {
            Ok(chain) => Datum::known(chain.end, &link),
            Err(error) => Datum::unreadable(&link, error.why),
        },
        Err(error) => Datum::read(Err(error), &configuration),
    }
}

/// One per kernel, by kernel. `links` are those of all versions of the name.
fn builds(
    host: &dyn Host,
    directory: &Path,
    links: &[(String, PathBuf)],
    gaps: &mut Vec<Gap>,
) -> Vec<DkmsBuild> {
    let mut builds = Vec::new();
    let kernels = list(host, directory, gaps);
    let kernels =
        kernels.iter().filter(|entry| entry.kind == FileKind::Directory && entry.name != "build");
    for kernel in kernels.take(MOST) {
        for arch in list(host, &directory.join(&kernel.name), gaps).into_iter().take(8) {
            let built = directory.join(&kernel.name).join(&arch.name);
            let modules = host.list(&built.join("module"));
            let has_module = modules
                .as_ref()
                .is_ok_and(|files| files.iter().any(|file| file.name.contains(".ko")));
            let installed = links.iter().find(|(_, target)| ends_alike(target, &built));
            let outcome = match installed {
                _ if !has_module => {
                    let log = built.join("log/make.log");
                    if host.metadata(&log).is_err() {
                        continue;
                    }
                    match (failed(host, log, gaps), modules) {
                        // Its modules were not looked at; DKMS moves here the logs of builds that ended well.
                        (BuildOutcome::Failed { first_error: None, .. }, Err(error))
                            if !error.is_absent() =>
                        {
                            gaps.push(Gap::from(&error));
                            BuildOutcome::Built
                        }
                        (failure, _) => failure,
                    }
                }
                Some(_) => BuildOutcome::Installed,
                None => BuildOutcome::Built,
            };
            builds.push(DkmsBuild { kernel: kernel.name.clone(), outcome, from: (&built).into() });
        }
    }
    // A later build for the same kernel that failed leaves the earlier one's modules in place.
    let log = directory.join("build/make.log");
    if let Some(kernel) = kernel_of(host, &log, gaps)
        && !builds.iter().any(|build| build.kernel == kernel)
    {
        builds.push(DkmsBuild { kernel, from: (&log).into(), outcome: failed(host, log, gaps) });
    }
    builds.sort_by(|left, right| left.kernel.cmp(&right.kernel));
    builds
}

/// Whether a link's target, relative or not, is that build: `VERSION/KERNEL/ARCH` at its end.
fn ends_alike(target: &Path, built: &Path) -> bool {
    let end = |path: &Path| {
        path.components().rev().take(3).map(|part| part.as_os_str().to_owned()).collect::<Vec<_>>()
    };
    end(target) == end(built)
}

/// The kernel that a log in `build/` is about.
fn kernel_of(host: &dyn Host, log: &Path, gaps: &mut Vec<Gap>) -> Option<String> {
    let mut head = [0; 1024];
    match host.open(log) {
        Ok(file) => match file.read_at(0, &mut head) {
            Ok(count) => dkms::kernel_of_log(head.get(..count)?),
            Err(error) => {
                gaps.push(Gap::new(log, error));
                None
            }
        },
        Err(error) => {
            gap_unless_absent(&error, gaps);
            None
        }
    }
}

/// A failed build, with what its log says of why.
pub(super) fn failed(host: &dyn Host, log: PathBuf, gaps: &mut Vec<Gap>) -> BuildOutcome {
    let first_error = match host.read(&log, LARGEST_LOG) {
        Ok(text) => build_log::first_error(&text),
        Err(error) => {
            gaps.push(Gap::from(&error));
            None
        }
    };
    BuildOutcome::Failed { first_error, log }
}

/// Sources in `/usr/src` with a `dkms.conf`.
fn sources(host: &dyn Host, gaps: &mut Vec<Gap>) -> Vec<DkmsModule> {
    let named = list(host, Path::new(SOURCES), gaps).into_iter().filter_map(|entry| {
        let (name, version) = entry.name.rsplit_once('-')?;
        let version: DriverVersion = version.parse().ok()?;
        is_driver(name).then(|| (name.to_owned(), version, Path::new(SOURCES).join(&entry.name)))
    });
    named
        .take(MOST)
        .filter_map(|(name, version, directory)| {
            // Sources that are no DKMS source have none.
            let text = read_text(host, directory.join("dkms.conf")).ok()?;
            let configuration = dkms::configuration(&text);
            Some(DkmsModule {
                name: configuration.name.filter(|name| is_driver(name)).unwrap_or(name),
                version: configuration.version.unwrap_or(version),
                source: Datum::known(directory.clone(), &directory),
                builds: Vec::new(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hosts::memory::Memory;

    const NAME: &str = "/var/lib/dkms/nvidia-current-open";

    fn read(host: &Memory) -> (Vec<DkmsModule>, Vec<Gap>) {
        let mut gaps = Vec::new();
        (modules(host, &mut gaps), gaps)
    }

    fn debian() -> Memory {
        Memory::default()
            .file("/var/lib/dkms/mok.pub", "")
            .link(&format!("{NAME}/535.261.03/source"), "/usr/src/nvidia-current-open-535.261.03")
            .file("/usr/src/nvidia-current-open-535.261.03/dkms.conf", "PACKAGE_NAME=\"nvidia-current-open\"\n")
            .link(&format!("{NAME}/kernel-6.1.0-47-amd64-x86_64"), "535.261.03/6.1.0-47-amd64/x86_64")
            .file(&format!("{NAME}/535.261.03/6.1.0-47-amd64/x86_64/module/nvidia-current-open.ko"), "")
            .file(&format!("{NAME}/535.261.03/6.1.0-47-amd64/x86_64/log/make.log"), "DKMS make.log\n")
            .file(&format!("{NAME}/535.261.03/6.12.95+deb12-amd64/x86_64/module/nvidia-current-open.ko.xz"), "")
            .file(
                &format!("{NAME}/535.261.03/build/make.log"),
                "DKMS make.log for nvidia-current-open-535.261.03 for kernel 6.1.0-50-amd64 (x86_64)\n\
                 Mon Nov 23 09:02:44 UTC 2026\nfatal error: drm/drm_plane.h: No such file\n",
            )
    }

    #[test]
    fn tells_installed_built_and_failed_apart() {
        let (modules, gaps) = read(&debian());
        let [module] = modules.as_slice() else { panic!("{modules:?}") };
        assert_eq!(
            (module.name.as_str(), module.version.as_str()),
            ("nvidia-current-open", "535.261.03")
        );
        assert_eq!(
            module.source.value(),
            Some(&PathBuf::from("/usr/src/nvidia-current-open-535.261.03"))
        );
        let outcomes: Vec<(&str, &BuildOutcome)> =
            module.builds.iter().map(|build| (build.kernel.as_str(), &build.outcome)).collect();
        let failed = BuildOutcome::Failed {
            first_error: Some("fatal error: drm/drm_plane.h: No such file".to_owned()),
            log: format!("{NAME}/535.261.03/build/make.log").into(),
        };
        assert_eq!(
            outcomes,
            [
                ("6.1.0-47-amd64", &BuildOutcome::Installed),
                ("6.1.0-50-amd64", &failed),
                ("6.12.95+deb12-amd64", &BuildOutcome::Built),
            ]
        );
        assert_eq!(gaps, []);
    }

    #[test]
    fn a_link_to_another_version_is_not_this_versions() {
        let host = debian().link(
            &format!("{NAME}/kernel-6.12.95+deb12-amd64-x86_64"),
            &format!("{NAME}/550.1.2/6.12.95+deb12-amd64/x86_64"),
        );
        let (modules, _) = read(&host);
        assert_eq!(modules[0].builds[2].outcome, BuildOutcome::Built);
    }

    #[test]
    fn a_tree_without_source_is_broken() {
        let mut host = debian();
        host.remove("/usr/src/nvidia-current-open-535.261.03");
        assert!(read(&host).0[0].source.is_absent());
    }

    #[test]
    fn finds_sources_that_dkms_has_not_taken_in() {
        let host = debian()
            .file(
                "/usr/src/nvidia-580.95.05/dkms.conf",
                "PACKAGE_NAME=\"nvidia\"\nPACKAGE_VERSION=\"580.95.05\"\n",
            )
            .file("/usr/src/nvidia-fs-2.17.5/dkms.conf", "PACKAGE_NAME=\"nvidia-fs\"\n")
            .file("/usr/src/linux-headers-6.1.0-47-amd64/Makefile", "");
        let names: Vec<String> = read(&host)
            .0
            .into_iter()
            .map(|module| format!("{}/{}", module.name, module.version))
            .collect();
        assert_eq!(names, ["nvidia/580.95.05", "nvidia-current-open/535.261.03"]);
    }

    #[test]
    fn a_log_that_cannot_be_read_is_a_gap_and_still_a_failure() {
        let host = debian().denied(&format!("{NAME}/535.261.03/build/make.log"));
        assert_eq!(read(&host).1.len(), 1);
        assert_eq!(read(&Memory::default().denied(TREE)).1.len(), 1);
    }
}

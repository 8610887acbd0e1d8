//! akmods' cache. Part of the builders' probe.
//!
//! `/var/cache/akmods/NAME/` holds, for each try, `VERSION-RELEASE-for-KERNEL.log`, or `….failed.log` when it failed,
//! and for a success the package `kmod-NAME-KERNEL-VERSION-RELEASE.ARCH.rpm` (akmods' script).

use std::path::Path;

use crate::facts::{AkmodBuild, BuildOutcome, Gap};
use crate::host::Host;
use crate::version::DriverVersion;

use super::dkms::failed;

const CACHE: &str = "/var/cache/akmods";
/// More results than a cache keeps.
const MOST: usize = 512;

/// One per version and kernel, sorted by these.
pub(super) fn builds(host: &dyn Host, gaps: &mut Vec<Gap>) -> Vec<AkmodBuild> {
    let mut builds: Vec<AkmodBuild> = Vec::new();
    let names = host.list(Path::new(CACHE)).unwrap_or_else(|error| {
        if !error.is_absent() {
            gaps.push(Gap::from(&error));
        }
        Vec::new()
    });
    for name in
        names.into_iter().map(|entry| entry.name).filter(|name| name.starts_with("nvidia")).take(16)
    {
        let directory = Path::new(CACHE).join(&name);
        let files = host.list(&directory).unwrap_or_default();
        let succeeded = files.iter().filter_map(|file| package(&file.name, &name));
        builds.extend(succeeded.take(MOST).map(|(version, kernel)| {
            let outcome = outcome_of_package(host, &name, &kernel);
            AkmodBuild { version, kernel, outcome }
        }));
        for file in files.iter().take(MOST) {
            let Some((version, kernel)) = failed_log(&file.name) else { continue };
            // A package made since then proves that it worked in the end.
            if !builds.iter().any(|build| build.version == version && build.kernel == kernel) {
                let outcome = failed(host, directory.join(&file.name), gaps);
                builds.push(AkmodBuild { version, kernel, outcome });
            }
        }
    }
    builds
        .sort_by(|left, right| (&left.version, &left.kernel).cmp(&(&right.version, &right.kernel)));
    builds.dedup_by(|left, right| left.version == right.version && left.kernel == right.kernel);
    builds
}

/// Its modules go into `extra/NAME` of the kernel's directory.
fn outcome_of_package(host: &dyn Host, name: &str, kernel: &str) -> BuildOutcome {
    let installed = ["/usr/lib/modules", "/lib/modules"]
        .iter()
        .any(|root| host.metadata(&Path::new(root).join(kernel).join("extra").join(name)).is_ok());
    if installed { BuildOutcome::Installed } else { BuildOutcome::Built }
}

/// `590.44.01-1-for-6.17.10-300.fc43.aarch64.failed.log`.
fn failed_log(file: &str) -> Option<(DriverVersion, String)> {
    let (version, kernel) = file.strip_suffix(".failed.log")?.split_once("-for-")?;
    Some((without_release(version)?, kernel.to_owned()))
}

/// `kmod-nvidia-6.17.10-300.fc43.x86_64-590.44.01-1.fc43.x86_64.rpm`.
fn package(file: &str, name: &str) -> Option<(DriverVersion, String)> {
    let rest =
        file.strip_suffix(".rpm")?.strip_prefix("kmod-")?.strip_prefix(name)?.strip_prefix('-')?;
    let (rest, _release) = rest.rsplit_once('-')?;
    let (kernel, version) = rest.rsplit_once('-')?;
    Some((version.parse().ok()?, kernel.to_owned()))
}

/// `3:590.44.01-1` without epoch and release.
fn without_release(version: &str) -> Option<DriverVersion> {
    let version = version.split_once('-').map_or(version, |(version, _)| version);
    version.rsplit(':').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hosts::memory::Memory;

    #[test]
    fn reads_successes_and_failures() {
        let directory = "/var/cache/akmods/nvidia";
        let log = format!("{directory}/590.44.01-1-for-6.17.10-300.fc43.x86_64.failed.log");
        let host = Memory::default()
            .file("/var/cache/akmods/akmods.log", "")
            .file(
                &format!(
                    "{directory}/kmod-nvidia-6.17.8-300.fc43.x86_64-590.44.01-1.fc43.x86_64.rpm"
                ),
                "",
            )
            .file(&format!("{directory}/590.44.01-1-for-6.17.8-300.fc43.x86_64.failed.log"), "old")
            .file(&log, "+ make\nnv.c:1:2: error: implicit declaration of function 'x'\n")
            .file(
                &format!(
                    "{directory}/kmod-nvidia-6.16.1-1.fc43.x86_64-580.95.05-1.fc43.x86_64.rpm"
                ),
                "",
            )
            .dir("/usr/lib/modules/6.17.8-300.fc43.x86_64/extra/nvidia");
        let mut gaps = Vec::new();
        let found: Vec<(String, String, BuildOutcome)> = builds(&host, &mut gaps)
            .into_iter()
            .map(|build| (build.version.to_string(), build.kernel, build.outcome))
            .collect();
        let first_error = Some("nv.c:1:2: error: implicit declaration of function 'x'".to_owned());
        assert_eq!(
            found,
            [
                ("580.95.05".to_owned(), "6.16.1-1.fc43.x86_64".to_owned(), BuildOutcome::Built),
                (
                    "590.44.01".to_owned(),
                    "6.17.10-300.fc43.x86_64".to_owned(),
                    BuildOutcome::Failed { first_error, log: log.into() }
                ),
                (
                    "590.44.01".to_owned(),
                    "6.17.8-300.fc43.x86_64".to_owned(),
                    BuildOutcome::Installed
                ),
            ]
        );
        assert_eq!(gaps, []);
    }
}

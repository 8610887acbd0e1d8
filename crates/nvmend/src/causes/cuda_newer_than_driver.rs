//! A CUDA toolkit or runtime needs a newer driver than the one that runs, every kind of compatibility counted.

use super::common::{loaded, or_none, with_all};
use super::container_without_toolkit::follows_in_container;
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{CudaInstallation, CudaKind, Environment, Facts, LibraryPlace, LookupScope};
use crate::knowledge::cuda::{
    ForwardCompatibility, Serves, forward_compatibility, highest_cuda, serves,
};
use crate::version::DriverVersion;

/// `cuda-newer-than-driver`.
pub const CAUSE: Cause = Cause {
    id: "cuda-newer-than-driver",
    severity: Severity::Error,
    find,
    remedies: &["upgrade-driver", "choose-older-cuda", "use-cuda-compat"],
    explains: &[],
};

/// The source that the tables name.
const TABLE: &str = "CUDA Toolkit Release Notes";

fn find(facts: &Facts) -> Option<Finding> {
    let driver = driver_that_runs(facts)?;
    let toolkits = || facts.cuda.installations.iter().filter(|cuda| cuda.kind == CudaKind::Toolkit);
    let misfits = || {
        facts
            .cuda
            .installations
            .iter()
            .filter(|cuda| cuda.kind != CudaKind::Compat)
            // What an active environment brings is a cause of its own.
            .filter(|cuda| {
                !(cuda.active && cuda.kind != CudaKind::Toolkit && in_environment(facts))
            })
            .filter_map(|cuda| Some((cuda, needed_driver(facts, cuda)?)))
    };
    let is_used = |cuda: &CudaInstallation| {
        cuda.active || (cuda.kind == CudaKind::Toolkit && toolkits().count() == 1)
    };
    let (cuda, needs) = misfits().find(|(cuda, _)| is_used(cuda)).or_else(|| misfits().next())?;
    let severity =
        if is_used(cuda) && !facts.has_nothing_to_run() { Severity::Error } else { Severity::Note };
    let kind = match cuda.kind {
        CudaKind::Conda => "conda",
        CudaKind::Wheel => "wheel",
        _ => "toolkit",
    };
    let highest = highest_cuda(driver.branch());
    let mut finding = Finding::certain()
        .severity(severity)
        .arg("cuda", cuda.version)
        .arg("kind", kind)
        .arg("path", cuda.directory.display())
        .arg("driver", driver)
        .arg("needs", or_none(needs.as_ref()))
        .arg("highest", or_none(highest))
        .evidence(
            Evidence::new("claim-cuda-version", cuda.from.clone(), cuda.version).with("name", kind),
        );
    if let Some(needs) = needs {
        finding = finding.evidence(Evidence::new("claim-cuda-needed-driver", TABLE, needs));
    }
    if let Some(highest) = highest {
        finding = finding.evidence(Evidence::new("claim-cuda-supported", TABLE, highest));
    }
    Some(follows_in_container(facts, with_all(finding, loaded(facts))))
}

/// The driver that programs would meet: L; where nothing is loaded, what would be.
pub(super) fn driver_that_runs(facts: &Facts) -> Option<&DriverVersion> {
    if matches!(facts.system.environment, Environment::Wsl | Environment::Jetson) {
        return None;
    }
    facts
        .loaded_version()
        .or(facts.library_version().map(|(version, _)| (version, &NOWHERE)))
        .map(|(version, _)| version)
}

static NOWHERE: crate::facts::Origin = crate::facts::Origin(String::new());

/// The driver that an installation needs if the one that runs does not serve it, forward compatibility counted. The
/// inner `None`: newer than the tables.
pub(super) fn needed_driver(
    facts: &Facts,
    cuda: &CudaInstallation,
) -> Option<Option<DriverVersion>> {
    let driver = driver_that_runs(facts)?;
    match serves(driver, cuda.version) {
        Serves::No { needs } if !is_carried_by_compat(facts, driver, cuda) => Some(needs),
        _ => None,
    }
}

/// Whether `cuda-compat` brings a libcuda new enough: one that is in use, or that a container runtime puts to use.
fn is_carried_by_compat(facts: &Facts, driver: &DriverVersion, cuda: &CudaInstallation) -> bool {
    let in_use = facts.system.environment == Environment::Container
        || [LookupScope::Environment, LookupScope::Plain].into_iter().any(|scope| {
            facts
                .deciding_libraries(scope)
                .any(|(_, library)| library.place == LibraryPlace::CudaCompat)
        });
    in_use
        && facts.cuda.installations.iter().any(|compat| {
            compat.kind == CudaKind::Compat
                && compat.version >= cuda.version
                && forward_compatibility(compat.version, driver.branch())
                    == Some(ForwardCompatibility::Compatible)
        })
}

fn in_environment(facts: &Facts) -> bool {
    ["CONDA_PREFIX", "VIRTUAL_ENV"].into_iter().any(|name| facts.system.variable(name).is_some())
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn fires_on_the_only_toolkit_and_on_the_active_one() {
        let mut only = machine("470.256.02", "470.256.02", "470.256.02");
        cuda(&mut only, CudaKind::Toolkit, "12.4", false);
        assert_eq!(find(&only).unwrap().severity, Some(Severity::Error));
        assert_eq!(primary(&only), "cuda-newer-than-driver");
    }

    #[test]
    fn is_a_note_for_an_inactive_one_beside_another() {
        let mut facts = machine("470.256.02", "470.256.02", "470.256.02");
        cuda(&mut facts, CudaKind::Toolkit, "11.4", true);
        cuda(&mut facts, CudaKind::Toolkit, "12.4", false);
        assert_eq!(find(&facts).unwrap().severity, Some(Severity::Note));
    }

    #[test]
    fn minor_version_and_forward_compatibility_serve() {
        let mut minor = machine("535.261.03", "535.261.03", "535.261.03");
        cuda(&mut minor, CudaKind::Toolkit, "12.6", true);
        assert!(find(&minor).is_none());
        let mut forward = machine("535.261.03", "535.261.03", "535.261.03");
        cuda(&mut forward, CudaKind::Toolkit, "13.0", true);
        assert!(find(&forward).is_some());
        cuda(&mut forward, CudaKind::Compat, "13.0", false);
        environment(
            &mut forward,
            "/usr/local/cuda/compat",
            Some("580.65.06"),
            LibraryPlace::CudaCompat,
        );
        assert!(find(&forward).is_none());
    }
}

//! An active conda environment or venv brings driver libraries, or a CUDA, that the loaded driver does not go with.

use std::path::Path;

use super::common::{NONE, loaded, or_none, with_all};
use super::cuda_newer_than_driver::{driver_that_runs, needed_driver};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{
    CudaInstallation, CudaKind, DECIDING_LIBRARIES, Facts, LibraryFile, LibraryPlace, Origin,
};

/// `conda-library-conflict`.
pub const CAUSE: Cause = Cause {
    id: "conda-library-conflict",
    severity: Severity::Error,
    find,
    remedies: &["correct-conda"],
    explains: &["library-path-override"],
};

fn find(facts: &Facts) -> Option<Finding> {
    let (variable, prefix) = active_environment(facts)?;
    if facts.has_nothing_to_run() {
        return None;
    }
    let driver = driver_that_runs(facts);
    let finding = if let Some(file) = conflicting_library(facts, prefix) {
        // A program of the environment finds it by its RUNPATH, whatever LD_LIBRARY_PATH says.
        Finding::likely()
            .arg("what", "library")
            .arg("version", or_none(file.version.as_ref()))
            .arg("path", file.path.display())
            .evidence(Evidence::new(
                "claim-conda-library",
                &file.path,
                or_none(file.version.as_ref()),
            ))
    } else {
        let (cuda, needs) = conflicting_cuda(facts)?;
        let finding = Finding::certain()
            .arg("what", "cuda")
            .arg("version", cuda.version)
            .arg("path", cuda.directory.display())
            .evidence(
                Evidence::new("claim-cuda-version", cuda.from.clone(), cuda.version)
                    .with("name", "conda"),
            );
        match &needs {
            Some(needs) => finding.evidence(Evidence::new(
                "claim-cuda-needed-driver",
                "CUDA Toolkit Release Notes",
                needs,
            )),
            None => finding,
        }
    };
    let finding = finding
        .arg("prefix", prefix)
        .arg("driver", driver.map_or(NONE.to_owned(), ToString::to_string))
        .evidence(
            Evidence::new("claim-variable-set", Origin::variable(variable), prefix)
                .with("name", variable),
        );
    Some(with_all(finding, loaded(facts)))
}

/// Whether the active environment brings a driver library that does not fit.
pub(super) fn has_conflicting_library(facts: &Facts) -> bool {
    active_environment(facts)
        .is_some_and(|(_, prefix)| conflicting_library(facts, prefix).is_some())
}

fn active_environment(facts: &Facts) -> Option<(&'static str, &str)> {
    ["CONDA_PREFIX", "VIRTUAL_ENV"]
        .into_iter()
        .find_map(|variable| Some((variable, facts.system.variable(variable)?)))
}

fn conflicting_library<'f>(facts: &'f Facts, prefix: &str) -> Option<&'f LibraryFile> {
    let driver = facts.loaded_version().map(|(version, _)| version)?;
    facts.libraries.files.iter().find(|file| {
        matches!(file.place, LibraryPlace::Conda | LibraryPlace::Wheel)
            && file.path.starts_with(Path::new(prefix))
            && DECIDING_LIBRARIES
                .iter()
                .any(|name| name.split(".so").next() == Some(file.stem.as_str()))
            && file.version.as_ref().is_some_and(|version| version != driver)
    })
}

fn conflicting_cuda(
    facts: &Facts,
) -> Option<(&CudaInstallation, Option<crate::version::DriverVersion>)> {
    facts
        .cuda
        .installations
        .iter()
        .filter(|cuda| cuda.active && matches!(cuda.kind, CudaKind::Conda | CudaKind::Wheel))
        .find_map(|cuda| Some((cuda, needed_driver(facts, cuda)?)))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    fn with_conda() -> Facts {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        set_variable(&mut facts, "CONDA_PREFIX", "/opt/conda");
        facts
    }

    #[test]
    fn fires_on_a_driver_library_of_the_environment() {
        let mut facts = with_conda();
        add_library(&mut facts, "/opt/conda/lib/libcuda.so.470.82.01", "470.82.01");
        facts.libraries.files.last_mut().unwrap().place = LibraryPlace::Conda;
        assert!(find(&facts).is_some());
        assert_eq!(primary(&facts), "conda-library-conflict");
    }

    #[test]
    fn fires_on_a_cuda_that_the_driver_does_not_serve() {
        let mut facts = with_conda();
        cuda(&mut facts, CudaKind::Conda, "13.0", true);
        assert!(find(&facts).is_some());
    }

    #[test]
    fn does_not_fire_on_one_that_it_serves_or_in_an_inactive_environment() {
        let mut served = with_conda();
        cuda(&mut served, CudaKind::Conda, "12.1", true);
        assert!(find(&served).is_none());
        let mut inactive = machine("535.261.03", "535.261.03", "535.261.03");
        cuda(&mut inactive, CudaKind::Conda, "13.0", false);
        assert!(find(&inactive).is_none());
    }
}

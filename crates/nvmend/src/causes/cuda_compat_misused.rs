//! The loader finds a `cuda-compat` library first, on a machine that it cannot serve (errors 803 and 804).

use super::common::{chain, libraries, loaded, or_none, with_all};
use super::gpu_support::{gpu_evidence, name};
use super::stub_library_loaded::{variable, variable_set};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{
    CudaKind, Environment, Facts, LibraryPlace, Lookup, LookupScope, PciDevice, ResolvedLibrary,
};
use crate::knowledge::cuda::{ForwardCompatibility, forward_compatibility, highest_cuda};

/// `cuda-compat-misused`.
pub const CAUSE: Cause = Cause {
    id: "cuda-compat-misused",
    severity: Severity::Error,
    find,
    remedies: &["correct-environment", "remove-package"],
    explains: &["library-path-override", "broken-library-link"],
};

fn find(facts: &Facts) -> Option<Finding> {
    if matches!(facts.system.environment, Environment::Wsl | Environment::Jetson)
        || facts.has_nothing_to_run()
    {
        return None;
    }
    let (driver, _) = facts.loaded_version()?;
    let (scope, lookup, library) = found_first(facts)?;
    let consumer = consumer_gpu(facts);
    let reason = match (&library.version, consumer) {
        (Some(version), _) if version == driver => return None,
        // Nothing newer than what the driver brings itself, and made for older modules.
        (Some(version), _) if version.branch() <= driver.branch() => "older",
        (_, Some(_)) => "consumer",
        (Some(_), None) if is_refused(facts, library, driver.branch()) => "older",
        _ => return None,
    };
    let claim = match scope {
        LookupScope::Plain => "claim-library-version",
        LookupScope::Environment => "claim-environment-library-version",
    };
    let finding = Finding::certain()
        .arg("path", library.chain.end.display())
        .arg("version", or_none(library.version.as_ref()))
        .arg("driver", driver)
        .arg("reason", reason)
        .arg("gpu", or_none(consumer.map(name)))
        .evidence(
            Evidence::new(claim, chain(library), or_none(library.version.as_ref()))
                .with("library", &lookup.name),
        );
    let file = facts.libraries.file(&library.chain.end).filter(|file| file.injected);
    let injected = file.map(|file| {
        Evidence::new("claim-compat-injected", "/proc/self/mountinfo", file.path.display())
    });
    let evidence = variable_set(facts, &library.via)
        .into_iter()
        .chain(injected)
        .chain(consumer.map(|device| gpu_evidence(facts, device)))
        .chain(loaded(facts))
        .chain(libraries(facts).into_iter().filter(|_| variable(&library.via).is_some()));
    Some(with_all(finding, evidence))
}

fn found_first(facts: &Facts) -> Option<(LookupScope, &Lookup, &ResolvedLibrary)> {
    [LookupScope::Environment, LookupScope::Plain].into_iter().find_map(|scope| {
        let (lookup, library) = facts
            .deciding_libraries(scope)
            .find(|(_, library)| library.place == LibraryPlace::CudaCompat)?;
        Some((scope, lookup, library))
    })
}

/// A GPU of the GeForce line, which forward compatibility does not serve (CUDA Compatibility, "Forward
/// Compatibility": data-centre GPUs, some RTX boards, Jetson). Where several are there, all must be of that line.
fn consumer_gpu(facts: &Facts) -> Option<&PciDevice> {
    let gpus = facts.bus.gpus();
    let is_consumer =
        |gpu: &PciDevice| gpu.name.as_deref().is_some_and(|name| name.contains("GeForce"));
    gpus.iter().all(is_consumer).then(|| gpus.first()).flatten()
}

/// Whether the table says that this package does not go with this branch of the module.
fn is_refused(facts: &Facts, library: &ResolvedLibrary, branch: u32) -> bool {
    let package = facts
        .cuda
        .installations
        .iter()
        .find(|cuda| {
            cuda.kind == CudaKind::Compat && library.chain.end.starts_with(&cuda.directory)
        })
        .map(|cuda| cuda.version)
        .or_else(|| highest_cuda(library.version.as_ref()?.branch()));
    package.and_then(|package| forward_compatibility(package, branch))
        == Some(ForwardCompatibility::NotCompatible)
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    fn with_compat(driver: &str, compat: &str, gpu: &str) -> Facts {
        let mut facts = machine(driver, driver, driver);
        environment(&mut facts, "/usr/local/cuda/compat", Some(compat), LibraryPlace::CudaCompat);
        if let crate::facts::Datum::Known { value, .. } = &mut facts.bus.gpus {
            value[0].name = Some(gpu.into());
        }
        facts
    }

    #[test]
    fn fires_when_it_is_older_than_the_driver_and_on_geforce() {
        let older = with_compat("580.65.06", "535.54.03", "NVIDIA H100 80GB HBM3");
        assert!(find(&older).is_some());
        assert_eq!(primary(&older), "cuda-compat-misused");
        let consumer = with_compat("535.261.03", "580.65.06", "NVIDIA GeForce RTX 4090");
        assert!(find(&consumer).is_some());
    }

    #[test]
    fn a_newer_one_on_a_data_centre_gpu_is_what_it_is_for() {
        assert!(find(&with_compat("535.261.03", "580.65.06", "NVIDIA H100 80GB HBM3")).is_none());
    }
}

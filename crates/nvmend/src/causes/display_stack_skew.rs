//! What X, OpenGL, EGL and Vulkan load of the driver is of another version than the rest, or gone.

use std::path::Path;

use super::common::{chain, libraries, loaded, owner, with_all};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{Environment, Facts, LookupScope, Manifest, Origin};
use crate::version::DriverVersion;

/// `display-stack-skew`.
pub const CAUSE: Cause = Cause {
    id: "display-stack-skew",
    severity: Severity::Error,
    find,
    remedies: &["align-packages"],
    explains: &[],
};

fn find(facts: &Facts) -> Option<Finding> {
    if facts.system.environment != Environment::Host
        || facts.is_managed_elsewhere()
        || facts.has_nothing_to_run()
        || facts.disagreeing_libraries().is_some()
    {
        return None;
    }
    // Judged against the libraries that compute programs get: where these are wrong too, it is not the display's fault.
    let (right, _) = facts.library_version()?;
    if facts.module_version().is_some_and(|module| module != right) {
        return None;
    }
    if let Some((path, source, version)) = odd_file(facts, right) {
        let finding = Finding::certain()
            .arg("what", "version")
            .arg("path", path.display())
            .arg("version", &version)
            .arg("expected", right)
            .evidence(Evidence::new("claim-display-file", source, version));
        let evidence = owner(facts, path).into_iter().chain(libraries(facts)).chain(loaded(facts));
        return Some(with_all(finding, evidence));
    }
    let manifest = manifest_to_nothing(facts)?;
    let finding = Finding::certain()
        .severity(Severity::Warning)
        .arg("what", "manifest")
        .arg("path", manifest.path.display())
        .arg("version", &manifest.library)
        .arg("expected", right)
        .evidence(Evidence::new("claim-manifest", &manifest.path, &manifest.library));
    Some(with_all(finding, libraries(facts).into_iter().chain(loaded(facts))))
}

/// A graphics library that programs get, or the X server's module, of another version.
fn odd_file<'f>(
    facts: &'f Facts,
    right: &DriverVersion,
) -> Option<(&'f Path, Origin, DriverVersion)> {
    let arch = facts.native_arch();
    let library = facts.libraries.lookups.iter().find_map(|lookup| {
        let library = lookup.found.value()?;
        let is_wanted = lookup.scope == LookupScope::Plain
            && lookup.arch == arch
            && ["libGLX_nvidia.so.0", "libEGL_nvidia.so.0"].contains(&lookup.name.as_str());
        let version = library.version.as_ref().filter(|version| is_wanted && *version != right)?;
        Some((library.chain.end.as_path(), chain(library), version.clone()))
    });
    library.or_else(|| {
        // Several series may lie side by side: one that fits is enough.
        let among_libraries = facts
            .libraries
            .files
            .iter()
            .filter(|file| file.stem == "libglxserver_nvidia" && facts.is_native(file))
            .map(|file| &file.path);
        let modules = || {
            facts.display.x_modules.iter().chain(among_libraries.clone()).filter_map(|path| {
                let name = path.file_name()?.to_str()?;
                Some((path.as_path(), DriverVersion::from_library_name(name)?))
            })
        };
        if modules().any(|(_, version)| version == *right) {
            return None;
        }
        modules().next().map(|(path, version)| (path, Origin::from(path), version))
    })
}

/// A manifest whose library is nowhere.
fn manifest_to_nothing(facts: &Facts) -> Option<&Manifest> {
    let arch = facts.native_arch();
    facts.display.manifests.iter().find(|manifest| match manifest.exists {
        Some(exists) => !exists,
        // Of the names that were looked up only; those for 32-bit programs are named so (RPM Fusion).
        None => {
            let name = manifest.path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let is_foreign = name.contains("i686") || name.contains("i386");
            let is_asked = ["libGLX_nvidia.so.0", "libEGL_nvidia.so.0"];
            let is_found = facts.libraries.lookup(&manifest.library, arch, LookupScope::Plain);
            !is_foreign && is_asked.contains(&manifest.library.as_str()) && is_found.is_none()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    fn with_glx(version: &str) -> Facts {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        let mut lookup = facts.libraries.lookups[0].clone();
        lookup.name = "libGLX_nvidia.so.0".into();
        facts.libraries.lookups.push(lookup);
        library(&mut facts, "libGLX_nvidia.so.0").version = Some(version.parse().unwrap());
        facts
    }

    #[test]
    fn fires_on_an_old_glx_library_and_x_module() {
        let facts = with_glx("535.216.03");
        assert!(find(&facts).is_some());
        assert_eq!(primary(&facts), "display-stack-skew");
        let mut facts = with_glx("535.261.03");
        facts.display.x_modules = vec!["/usr/lib/xorg/libglxserver_nvidia.so.535.216.03".into()];
        assert!(find(&facts).is_some());
    }

    #[test]
    fn fires_on_a_manifest_that_leads_nowhere() {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        facts.display.manifests.push(Manifest {
            path: "/usr/share/vulkan/icd.d/nvidia_icd.json".into(),
            library: "libGLX_nvidia.so.0".into(),
            exists: None,
        });
        assert_eq!(find(&facts).unwrap().severity, Some(Severity::Warning));
    }

    #[test]
    fn all_of_one_version_is_no_fault_and_a_skew_of_all_is_another() {
        let mut facts = with_glx("535.261.03");
        facts.display.x_modules = vec![
            "/usr/lib/nvidia/tesla-470/libglxserver_nvidia.so.470.256.02".into(),
            "/usr/lib/nvidia/current/libglxserver_nvidia.so.535.261.03".into(),
            "/usr/lib64/xorg/modules/extensions/libglxserver_nvidia.so".into(),
        ];
        assert!(find(&facts).is_none());
        let mut skewed = with_glx("535.216.03");
        skewed.modules.kernels.clear();
        skewed.loaded.driver = crate::facts::Datum::known(
            crate::facts::LoadedDriver {
                version: "535.216.03".parse().unwrap(),
                flavour: None,
                readings: vec![],
            },
            "/sys/module/nvidia/version",
        );
        assert!(find(&skewed).is_none());
    }
}

//! A Linux driver is installed in WSL, over the libraries that Windows provides.

use super::common::{chain, or_none, owner, with_all};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{
    DECIDING_LIBRARIES, Environment, Facts, LibraryFile, LibraryPlace, LookupScope,
};

/// `wsl-linux-driver-installed`.
pub const CAUSE: Cause = Cause {
    id: "wsl-linux-driver-installed",
    severity: Severity::Error,
    find,
    remedies: &["remove-driver-packages", "uninstall-runfile"],
    explains: &[
        "broken-library-link",
        "mixed-driver-series",
        "mixed-install-methods",
        "package-version-skew",
        "dkms-build-failed",
        "kernel-headers-missing",
        "module-not-built",
    ],
};

fn find(facts: &Facts) -> Option<Finding> {
    if facts.system.environment != Environment::Wsl {
        return None;
    }
    let linux = || facts.libraries.files.iter().filter(|file| is_linux(facts, file));
    let picked = linux().find(|file| facts.is_picked(file));
    let file = picked.or_else(|| linux().next())?;
    // Unused it does no harm, until the next run of ldconfig, or a program that looks there by itself.
    let severity = if picked.is_some() { Severity::Error } else { Severity::Warning };
    let finding = Finding::certain()
        .severity(severity)
        .arg("version", or_none(file.version.as_ref()))
        .arg("path", file.path.display())
        .arg("found", if picked.is_some() { "first" } else { "beside" })
        .evidence(Evidence::new("claim-linux-library", &file.path, or_none(file.version.as_ref())));
    let lookups = facts.deciding_libraries(LookupScope::Plain).map(|(lookup, library)| {
        Evidence::new("claim-library-version", chain(library), library.chain.end.display())
            .with("library", &lookup.name)
    });
    let signs = facts
        .system
        .environment_signs
        .iter()
        .map(|sign| Evidence::new("claim-environment-kind", sign.clone(), "wsl"));
    Some(with_all(finding, owner(facts, &file.path).into_iter().chain(lookups).chain(signs)))
}

/// A library that Windows provides too, in the system's own directories, with a Linux driver's version in its name.
fn is_linux(facts: &Facts, file: &LibraryFile) -> bool {
    file.place == LibraryPlace::System
        && facts.is_native(file)
        && file.version.is_some()
        && DECIDING_LIBRARIES.iter().any(|name| name.split(".so").next() == Some(&file.stem))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    fn wsl(library: &str) -> Facts {
        let mut facts = unloaded("", library);
        facts.system.environment = Environment::Wsl;
        facts.bus.gpus = Default::default();
        facts
    }

    #[test]
    fn fires_on_a_linux_drivers_library() {
        let facts = wsl("535.183.01");
        assert_eq!(find(&facts).unwrap().severity, Some(Severity::Error));
        assert_eq!(primary(&facts), "wsl-linux-driver-installed");
    }

    #[test]
    fn one_that_is_not_used_is_a_warning() {
        let mut facts = wsl("");
        add_library(&mut facts, "/usr/lib/x86_64-linux-gnu/libcuda.so.535.183.01", "535.183.01");
        assert_eq!(find(&facts).unwrap().severity, Some(Severity::Warning));
    }

    #[test]
    fn what_windows_provides_is_right_and_elsewhere_it_is_no_question() {
        let mut windows = wsl("535.183.01");
        for file in &mut windows.libraries.files {
            file.place = LibraryPlace::Wsl;
        }
        assert!(find(&windows).is_none());
        assert!(find(&machine("535.183.01", "535.183.01", "535.183.01")).is_none());
    }
}

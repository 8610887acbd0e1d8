//! The modules of the set (nvidia, nvidia_modeset, nvidia_drm, nvidia_uvm) are of different versions.

use super::common::{loaded, on_disk, severity_on_disk, with_all};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{Datum, Facts, LogEventKind, ModuleFile};
use crate::version::DriverVersion;

/// `mixed-module-set`.
pub const CAUSE: Cause = Cause {
    id: "mixed-module-set",
    severity: Severity::Error,
    find,
    remedies: &["build-module", "reload-modules"],
    explains: &[],
};

/// What leaves a set mixed on its way: one module of the set was replaced, or comes from elsewhere.
const REASONS: [&str; 9] = [
    "half-installed-packages",
    "mixed-install-methods",
    "mixed-repositories",
    "mixed-driver-series",
    "package-version-skew",
    "module-not-built",
    "shadowed-module",
    "stale-initramfs",
    "stale-module-loaded",
];

fn find(facts: &Facts) -> Option<Finding> {
    if !facts.judges_module() {
        return None;
    }
    let refused = facts.log.first(&LogEventKind::ModuleSetMismatch);
    let in_kernel = odd_one_loaded(facts);
    let on_disk_too = odd_one_on_disk(facts);
    let (finding, module, version, core) = match (&in_kernel, &on_disk_too) {
        (Some((module, version, core)), _) => (Finding::certain(), *module, *version, *core),
        (None, Some((module, file, core))) => {
            let severity =
                if refused.is_some() { Severity::Error } else { severity_on_disk(facts) };
            (Finding::certain().severity(severity), *module, file.version()?, *core)
        }
        // The log alone: what was refused then may have been put right since.
        (None, None) => {
            let (core, _) = facts.loaded_version()?;
            let event = refused?;
            let named =
                ["nvidia_uvm", "nvidia_drm", "nvidia_modeset"].into_iter().find(|name| {
                    event.line.contains(&name.replace('_', "-")) || event.line.contains(name)
                })?;
            if facts.loaded.module(named).is_some() {
                return None;
            }
            let version = facts.current_modules()?.loads(named)?.version()?;
            if version == core {
                return None;
            }
            (Finding::likely(), named, version, core)
        }
    };
    let mut finding = finding
        .arg("module", module)
        .arg("version", version)
        .arg("core", core)
        .arg("place", if in_kernel.is_some() || on_disk_too.is_none() { "kernel" } else { "disk" });
    // Where the files are of one mind, something else brought another version in.
    for reason in REASONS {
        let only_in_kernel = reason.starts_with("stale");
        if !only_in_kernel || on_disk_too.is_none() {
            finding = finding.follows_from(reason);
        }
    }
    let odd = in_kernel.map(|(module, version, _)| {
        Evidence::new("claim-loaded-version", format!("/sys/module/{module}/version"), version)
            .with("module", module)
    });
    let odd_file = on_disk_too.and_then(|(module, file, _)| {
        Some(
            Evidence::new("claim-disk-version", &file.path, file.version()?)
                .with("module", module)
                .with("kernel", facts.current_kernel()?.0),
        )
    });
    let said =
        refused.map(|event| Evidence::new("claim-log-line", event.from.clone(), &event.line));
    let evidence =
        odd.into_iter().chain(odd_file).chain(loaded(facts)).chain(on_disk(facts)).chain(said);
    Some(with_all(finding, evidence))
}

/// A loaded module of the set that is not of the core's version.
fn odd_one_loaded(facts: &Facts) -> Option<(&str, &DriverVersion, &DriverVersion)> {
    let (core, _) = facts.loaded_version()?;
    facts.loaded.modules.iter().find_map(|module| {
        let Datum::Known { value, .. } = &module.version else { return None };
        (module.name.starts_with("nvidia") && value != core).then_some((
            module.name.as_str(),
            value,
            core,
        ))
    })
}

/// A module that modprobe would load beside a core of another version.
fn odd_one_on_disk(facts: &Facts) -> Option<(&str, &ModuleFile, &DriverVersion)> {
    let modules = facts.current_modules()?;
    let core = modules.loads("nvidia")?.version()?;
    modules.resolved.keys().find_map(|name| {
        let file = modules.loads(name)?;
        (file.version()? != core).then_some((name.as_str(), file, core))
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn fires_on_files_of_different_builds() {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        add_module(&mut facts, "nvidia_uvm", "535.216.03");
        let found = find(&facts).unwrap();
        assert_eq!(found.severity, Some(Severity::Warning));
        assert_eq!(primary(&facts), "mixed-module-set");
    }

    #[test]
    fn fires_in_the_kernel_and_follows_from_an_upgrade() {
        let mut facts = machine("535.216.03", "535.261.03", "535.261.03");
        add_loaded(&mut facts, "nvidia_uvm", "535.261.03");
        assert_eq!(find(&facts).unwrap().severity, None);
        assert_eq!(primary(&facts), "stale-module-loaded");
        let diagnosis = crate::diagnose::diagnose(&facts);
        assert!(!diagnosis.findings[1].because_of.is_empty());
    }

    #[test]
    fn a_set_of_one_version_is_no_fault() {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        add_module(&mut facts, "nvidia_uvm", "535.261.03");
        add_loaded(&mut facts, "nvidia_uvm", "535.261.03");
        assert!(find(&facts).is_none());
        log(
            &mut facts,
            LogEventKind::ModuleSetMismatch,
            "nvidia_uvm: Unknown symbol nvUvm (err -2)",
        );
        assert!(find(&facts).is_none());
    }
}

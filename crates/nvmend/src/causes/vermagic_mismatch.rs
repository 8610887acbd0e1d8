//! The module on disk was built for another kernel than the one that it lies with.

use super::common::{kernel, loaded, on_disk, with_all};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{Environment, Facts, LogEventKind, ModuleFile};

/// `vermagic-mismatch`.
pub const CAUSE: Cause = Cause {
    id: "vermagic-mismatch",
    severity: Severity::Error,
    find,
    remedies: &["build-module", "boot-other-kernel"],
    explains: &["module-not-loaded", "nouveau-holds-gpu"],
};

fn find(facts: &Facts) -> Option<Finding> {
    if facts.system.environment != Environment::Host || facts.has_gpu() == Some(false) {
        return None;
    }
    let (release, _) = facts.kernels.current()?;
    let file = facts.current_module_file()?;
    let built_for = file.info.value()?.built_for();
    let is_loaded = facts.loaded.driver.value().is_some();
    let refused = facts.log.first(&LogEventKind::BuiltForOtherKernel);
    let is_foreign = built_for.is_some_and(|built_for| built_for != release) && !is_shared(file);
    let finding = match refused {
        Some(_) if !is_loaded && facts.loaded.driver.is_absent() => Finding::certain(),
        _ if !is_foreign => return None,
        _ if !is_loaded => Finding::likely(),
        // It is loaded, so this kernel takes it: with symbol versions the release alone does not count.
        _ if facts.loaded_version().map(|(version, _)| version) == file.version() => return None,
        _ => Finding::possible().severity(Severity::Warning),
    };
    let finding = finding
        .arg("kernel", release)
        .arg("built_for", built_for.unwrap_or(super::common::NONE))
        .arg("path", file.path.display());
    let said =
        refused.map(|event| Evidence::new("claim-log-line", event.from.clone(), &event.line));
    let built = file.info.value()?.vermagic.as_ref();
    let built = built.map(|vermagic| Evidence::new("claim-module-built-for", &file.path, vermagic));
    let evidence = said
        .into_iter()
        .chain(built)
        .chain(kernel(facts))
        .chain(on_disk(facts))
        .chain(loaded(facts));
    Some(with_all(finding, evidence))
}

/// A module that is built for one kernel and linked to the compatible ones, on purpose (weak-modules of RHEL and SUSE).
fn is_shared(file: &ModuleFile) -> bool {
    [Some(&file.path), file.linked_from.as_ref()]
        .into_iter()
        .flatten()
        .any(|path| path.components().any(|part| part.as_os_str() == "weak-updates"))
        || file.linked_from.is_some()
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::diagnose::Certainty;
    use crate::facts::Datum;

    fn built_for(mut facts: Facts, vermagic: &str) -> Facts {
        if let Datum::Known { value, .. } = &mut facts.modules.kernels[0].files[0].info {
            value.vermagic = Some(vermagic.into());
        }
        facts
    }

    #[test]
    fn fires_on_a_module_of_another_kernel() {
        let facts = built_for(unloaded("535.261.03", "535.261.03"), "6.1.0-40-amd64 SMP");
        assert_eq!(find(&facts).unwrap().certainty, Certainty::Likely);
        assert_eq!(primary(&facts), "vermagic-mismatch");
    }

    #[test]
    fn fires_on_the_kernels_word() {
        let mut facts = unloaded("535.261.03", "535.261.03");
        let line = "nvidia: disagrees about version of symbol module_layout";
        log(&mut facts, LogEventKind::BuiltForOtherKernel, line);
        assert_eq!(find(&facts).unwrap().certainty, Certainty::Certain);
    }

    #[test]
    fn what_is_loaded_or_shared_is_no_fault() {
        let loaded = machine("535.261.03", "535.261.03", "535.261.03");
        assert!(find(&built_for(loaded, "6.1.0-40-amd64 SMP")).is_none());
        let mut shared = built_for(unloaded("535.261.03", "535.261.03"), "6.1.0-40-amd64 SMP");
        shared.modules.kernels[0].files[0].linked_from =
            Some("/lib/modules/6.1.0-47-amd64/weak-updates/nvidia.ko".into());
        assert!(find(&shared).is_none());
        assert!(
            find(&built_for(unloaded("535.261.03", "535.261.03"), "6.1.0-47-amd64 SMP")).is_none()
        );
    }
}

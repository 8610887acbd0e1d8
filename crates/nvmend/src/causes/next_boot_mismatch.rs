//! The kernel that boots next is another than the running one, and its module does not fit the libraries.

use super::common::{kernel, libraries, on_disk_for, with_all};
use super::next_boot_module_missing::next_kernel;
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::Facts;

/// `next-boot-mismatch`.
pub const CAUSE: Cause = Cause {
    id: "next-boot-mismatch",
    severity: Severity::Warning,
    find,
    remedies: &["build-module", "align-packages"],
    explains: &[],
};

fn find(facts: &Facts) -> Option<Finding> {
    let (next, origin) = next_kernel(facts)?;
    let (module, _) = facts.on_disk_version_for(next)?;
    let (library, _) = facts.library_version()?;
    if module == library {
        return None;
    }
    let finding = Finding::certain()
        .arg("kernel", next)
        .arg("module", module)
        .arg("library", library)
        .evidence(Evidence::new("claim-kernel-next", origin.clone(), next));
    let evidence =
        on_disk_for(facts, next).into_iter().chain(libraries(facts)).chain(kernel(facts));
    Some(with_all(finding, evidence))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::facts::Datum;

    #[test]
    fn fires_when_only_the_running_kernel_got_the_new_module() {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        add_kernel(&mut facts, "6.1.0-50-amd64", Some("535.216.03"));
        facts.kernels.next_boot = Datum::known("6.1.0-50-amd64".into(), "/boot");
        assert!(find(&facts).is_some());
        assert_eq!(primary(&facts), "next-boot-mismatch");
        let mut fits = machine("535.261.03", "535.261.03", "535.261.03");
        add_kernel(&mut fits, "6.1.0-50-amd64", Some("535.261.03"));
        fits.kernels.next_boot = Datum::known("6.1.0-50-amd64".into(), "/boot");
        assert!(find(&fits).is_none());
    }
}

//! The loaded module is older than a disk that has not changed since boot: it came from somewhere else, most likely
//! the initramfs. The image itself is not read.

use super::common::{NONE, kernel, versions, with_all};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::Facts;

/// `stale-initramfs`.
pub const CAUSE: Cause = Cause {
    id: "stale-initramfs",
    severity: Severity::Error,
    find,
    remedies: &["rebuild-initramfs"],
    explains: &[],
};

fn find(facts: &Facts) -> Option<Finding> {
    if !facts.loads_from_elsewhere() {
        return None;
    }
    let (loaded, on_disk) = facts.replaced_module()?;
    let (kernel_release, _) = facts.kernels.current()?;
    let library = facts.library_version().map(|(version, _)| version.to_string());
    let mut finding = Finding::likely()
        .arg("loaded", loaded)
        .arg("on_disk", on_disk)
        .arg("library", library.as_deref().unwrap_or(NONE))
        .arg("kernel", kernel_release);
    if library.is_none() {
        finding = finding.severity(Severity::Warning);
    }
    let times = facts.system.booted.sourced().zip(facts.current_module_file()).map(
        |((booted, origin), file)| {
            let hours = booted.saturating_sub(file.modified) / 3600;
            Evidence::new("claim-unchanged-since-boot", origin.clone(), file.path.display())
                .with("hours", hours)
        },
    );
    Some(with_all(finding, versions(facts).into_iter().chain(times).chain(kernel(facts))))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::facts::{Datum, Ownership};

    #[test]
    fn fires_when_the_disk_was_new_before_boot() {
        let mut facts = machine("535.216.03", "535.261.03", "535.261.03");
        facts.system.booted = Datum::known(2_000_000_000, "/proc/stat");
        own_module(&mut facts, Ownership::Nobody, 1_000_000_000);
        assert!(find(&facts).is_some());
        assert_eq!(primary(&facts), "stale-initramfs");
    }

    #[test]
    fn does_not_trust_the_times_of_packaged_files() {
        let mut facts = machine("535.216.03", "535.261.03", "535.261.03");
        facts.system.booted = Datum::known(2_000_000_000, "/proc/stat");
        own_module(&mut facts, Ownership::Package("linux-modules-nvidia".into()), 1_000_000_000);
        assert!(find(&facts).is_none());
        assert_eq!(primary(&facts), "stale-module-loaded");
    }
}

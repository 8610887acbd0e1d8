//! What the next boot would load does not fit the libraries: the module of another kernel, or an old one that an
//! initramfs still holds.

use super::common::{initramfs, kernel, libraries, on_disk_for, with_all};
use super::next_boot_module_missing::next_kernel;
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{Facts, Origin};

/// `next-boot-mismatch`.
pub const CAUSE: Cause = Cause {
    id: "next-boot-mismatch",
    severity: Severity::Warning,
    find,
    remedies: &["build-module", "rebuild-initramfs", "align-packages"],
    explains: &[],
};

fn find(facts: &Facts) -> Option<Finding> {
    let (next, origin) = next_kernel(facts).or_else(|| same_kernel(facts))?;
    let (library, _) = facts.library_version()?;
    let in_image = facts.initramfs_version(next).map(|(version, _)| version);
    let on_disk = facts.on_disk_version_for(next).map(|(version, _)| version);
    let module = in_image.or(on_disk)?;
    if module == library {
        return None;
    }
    let finding = Finding::certain()
        .arg("kernel", next)
        .arg("module", module)
        .arg("library", library)
        .arg("place", if in_image.is_some() { "initramfs" } else { "disk" })
        .evidence(Evidence::new("claim-kernel-next", origin.clone(), next));
    let evidence = initramfs(facts, next, "nvidia").into_iter().chain(on_disk_for(facts, next));
    Some(with_all(finding, evidence.chain(libraries(facts)).chain(kernel(facts))))
}

/// B where it is K and works now: the old module was replaced by hand, and its image brings it back.
fn same_kernel(facts: &Facts) -> Option<(&str, &Origin)> {
    let (running, _) = facts.kernels.current()?;
    let (next, origin) = facts.kernels.next_boot.sourced()?;
    let comes_back = facts.initramfs_version(running).is_some() && facts.works_now();
    (next == running && comes_back).then_some((next.as_str(), origin))
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

    #[test]
    fn an_old_image_comes_before_the_right_module_on_disk() {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        add_kernel(&mut facts, "6.1.0-50-amd64", Some("535.261.03"));
        facts.kernels.next_boot = Datum::known("6.1.0-50-amd64".into(), "/boot");
        image(&mut facts, KERNEL, &[("nvidia", "535.216.03")]);
        assert!(find(&facts).is_none(), "that image is not booted next");
        image(&mut facts, "6.1.0-50-amd64", &[("nvidia", "535.216.03")]);
        let found = find(&facts).unwrap();
        assert!(found.args.contains(&("place", "initramfs".into())));
        assert_eq!(primary(&facts), "next-boot-mismatch");
    }

    #[test]
    fn the_running_kernels_own_old_image_counts_where_all_works_now() {
        let mut facts = machine("535.261.03", "535.261.03", "535.261.03");
        image(&mut facts, KERNEL, &[("nvidia", "535.216.03")]);
        assert_eq!(primary(&facts), "next-boot-mismatch");
        let mut stale = machine("535.216.03", "535.261.03", "535.261.03");
        image(&mut stale, KERNEL, &[("nvidia", "535.216.03")]);
        assert!(find(&stale).is_none(), "that is stale-initramfs");
    }
}

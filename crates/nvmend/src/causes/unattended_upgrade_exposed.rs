//! Packages are upgraded here without anyone asking, and the driver is among them while it is in use.

use super::common::{loaded, package, with_all};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{
    ArchiveField, Environment, Facts, Package, PackageManager, UnattendedUpgrades, UpgradeSource,
};
use crate::knowledge::archives::{Archive, upgrades_of};
use crate::parse::{glob, python_pattern};

/// `unattended-upgrade-exposed`.
pub const CAUSE: Cause = Cause {
    id: "unattended-upgrade-exposed",
    // Nothing is wrong yet.
    severity: Severity::Note,
    find,
    remedies: &["hold-driver"],
    explains: &[],
};

fn find(facts: &Facts) -> Option<Finding> {
    if facts.system.environment != Environment::Host || facts.is_managed_elsewhere() {
        return None;
    }
    // What nobody can use is nobody's loss.
    if !facts.works_now() {
        return None;
    }
    let (upgrades, origin) = facts.upgrades.sourced()?;
    let driver = || {
        facts.driver_packages().filter(|package| {
            package.manager == upgrades.manager && package.driver_version.is_some()
        })
    };
    let (exposed, source) = driver().find_map(|package| {
        let source = source_of(facts, package, upgrades)?;
        (!package.held && !is_excluded(package, upgrades)).then_some((package, source))
    })?;
    let finding = Finding::certain()
        .arg("program", &upgrades.program)
        .arg("package", &exposed.name)
        .evidence(Evidence::new("claim-upgrades-on", origin.clone(), &upgrades.program));
    let source = source
        .map(|source| Evidence::new("claim-upgrade-source", source.from.clone(), &source.text));
    // Holds of only some packages look like protection, and are none.
    let held = driver().filter(|package| package.held).take(2).map(|package| {
        Evidence::new("claim-package-held", package.from.clone(), &package.version)
            .with("package", &package.name)
    });
    let evidence = source.into_iter().chain([package(exposed)]).chain(held).chain(loaded(facts));
    Some(with_all(finding, evidence))
}

/// The source through which a newer version of the package may come, `Some(None)` where every repository is one. An
/// origin that is not known may be any: unknown is unknown.
#[allow(
    clippy::option_option,
    reason = "whether there is one, and whether it is named, are two questions"
)]
fn source_of<'f>(
    facts: &Facts,
    package: &Package,
    upgrades: &'f UnattendedUpgrades,
) -> Option<Option<&'f UpgradeSource>> {
    if upgrades.manager == PackageManager::Rpm {
        return Some(None);
    }
    let codename = facts.system.os.value().map_or("", |os| os.codename.as_str());
    let archives = upgrades_of(package.origin.as_deref()?);
    let fits =
        |source: &&UpgradeSource| archives.iter().any(|archive| allows(source, archive, codename));
    upgrades.sources.iter().find(fits).map(Some)
}

fn allows(source: &UpgradeSource, archive: &Archive, codename: &str) -> bool {
    let fits = |pattern: &str, value: &str| {
        let value = value.replace('@', codename);
        pattern == "*" || (!value.is_empty() && glob::matches(pattern, &value))
    };
    source.fields.iter().all(|(field, pattern)| match field {
        ArchiveField::Origin => fits(pattern, archive.origin),
        ArchiveField::Label => fits(pattern, archive.label),
        ArchiveField::Suite => fits(pattern, archive.suite),
        ArchiveField::Codename => fits(pattern, archive.codename),
        ArchiveField::Component => {
            archive.components.iter().any(|component| fits(pattern, component))
        }
        ArchiveField::Other => false,
    })
}

/// Whether the program leaves the package alone, or may do so.
fn is_excluded(package: &Package, upgrades: &UnattendedUpgrades) -> bool {
    upgrades.excluded.iter().any(|excluded| {
        let pattern = excluded.pattern.as_str();
        match upgrades.manager {
            PackageManager::Dpkg => {
                python_pattern::matches_start(pattern, &package.name) != Some(false)
            }
            // A lock names a version too: `nvidia-driver-3:550.54.14-1.fc41.*`.
            _ => {
                glob::matches(pattern, &package.name)
                    || pattern
                        .strip_prefix(package.name.as_str())
                        .and_then(|rest| rest.strip_prefix('-'))
                        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::facts::{Datum, ExcludedPackages, Os, PackageRole};

    fn exposed(origin: &str, fields: &[(ArchiveField, &str)]) -> Facts {
        let mut facts = machine("535.183.01", "535.183.01", "535.183.01");
        let os = Os { id: "ubuntu".into(), codename: "jammy".into(), ..Os::default() };
        facts.system.os = Datum::known(os, "/etc/os-release");
        for name in ["libnvidia-compute-535", "nvidia-utils-535"] {
            add_package(&mut facts, name, "535.183.01", PackageRole::User, Some("535"));
        }
        for package in &mut facts.packages.installed {
            package.origin = Some(origin.to_owned());
        }
        let fields = fields.iter().map(|(field, pattern)| (*field, (*pattern).to_owned()));
        let source = UpgradeSource {
            fields: fields.collect(),
            text: "source".into(),
            from: "50unattended-upgrades:2".into(),
        };
        let upgrades = UnattendedUpgrades {
            program: "unattended-upgrades".into(),
            manager: PackageManager::Dpkg,
            sources: vec![source],
            excluded: vec![],
        };
        facts.upgrades = Datum::known(upgrades, "20auto-upgrades:2");
        facts
    }

    fn ubuntu(suite: &str) -> Facts {
        exposed("Ubuntu", &[(ArchiveField::Origin, "Ubuntu"), (ArchiveField::Suite, suite)])
    }

    fn exclude(facts: &mut Facts, pattern: &str) {
        if let Datum::Known { value, .. } = &mut facts.upgrades {
            let from = "50unattended-upgrades:9".into();
            value.excluded.push(ExcludedPackages { pattern: pattern.into(), from });
        }
    }

    #[test]
    fn fires_where_an_allowed_archive_brings_drivers() {
        assert!(find(&ubuntu("jammy-security")).is_some());
        assert!(find(&ubuntu("jammy-updates")).is_some());
        assert!(find(&ubuntu("*")).is_some());
        use ArchiveField::{Codename, Label, Origin, Suite};
        let debian =
            |label| exposed("Debian", &[(Origin, "Debian"), (Codename, "jammy"), (Label, label)]);
        assert!(find(&debian("Debian")).is_some(), "point releases");
        assert!(find(&debian("Debian-Security")).is_none());
        assert!(find(&exposed("Debian", &[(Origin, "Debian"), (Suite, "stable")])).is_none());
        let ppa = [(Origin, "LP-PPA-graphics-drivers"), (Suite, "jammy")];
        assert!(find(&exposed("graphics-drivers PPA", &ppa)).is_some());
    }

    #[test]
    fn other_archives_and_unknown_origins_bring_none() {
        assert!(find(&ubuntu("jammy")).is_none(), "never changes");
        assert!(find(&ubuntu("noble-security")).is_none());
        let mut unknown = ubuntu("jammy-security");
        unknown.packages.installed.iter_mut().for_each(|package| package.origin = None);
        assert!(find(&unknown).is_none());
        let site = [(ArchiveField::Origin, "Ubuntu"), (ArchiveField::Other, "x")];
        assert!(find(&exposed("Ubuntu", &site)).is_none());
    }

    #[test]
    fn only_holds_of_all_packages_protect() {
        let mut facts = ubuntu("jammy-security");
        facts.packages.installed[0].held = true;
        let found = find(&facts).unwrap();
        assert!(found.evidence.iter().any(|evidence| evidence.claim == "claim-package-held"));
        facts.packages.installed[1].held = true;
        assert!(find(&facts).is_none());
    }

    #[test]
    fn patterns_protect_from_the_start_of_the_name() {
        let mut facts = ubuntu("jammy-security");
        exclude(&mut facts, "nvidia");
        assert!(find(&facts).is_some(), "libnvidia-compute-535 is not meant");
        exclude(&mut facts, "libnvidia");
        assert!(find(&facts).is_none());
        let mut unclear = ubuntu("jammy-security");
        exclude(&mut unclear, "(lib)?nvidia");
        assert!(find(&unclear).is_none());
    }

    #[test]
    fn a_driver_that_is_not_loaded_is_nobodys_loss() {
        let mut facts = ubuntu("jammy-security");
        facts.loaded.driver = Datum::absent("/sys/module/nvidia/version");
        assert!(find(&facts).is_none());
    }
}

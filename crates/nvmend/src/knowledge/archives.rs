//! Archives of Debian packages: what their Release files say of themselves, and which of them bring drivers.
//!
//! Sources: `InRelease` of archive.ubuntu.com, deb.debian.org, ppa.launchpadcontent.net/graphics-drivers and
//! developer.download.nvidia.com (Origin, Label, Suite, Codename); deb-src "Release" fields: wiki.debian.org/DebianRepository/Format.

/// Origins of packages, in the words that people know.
const UBUNTU: &str = "Ubuntu";
const DEBIAN: &str = "Debian";
const BACKPORTS: &str = "backports";
const GRAPHICS_PPA: &str = "graphics-drivers PPA";
const NVIDIA: &str = "NVIDIA";

/// An archive that brings drivers, by the fields of its Release file. In each, `@` stands for the codename of the
/// distribution's release; an empty one is not known.
pub struct Archive {
    /// `Origin`.
    pub origin: &'static str,
    /// `Label`.
    pub label: &'static str,
    /// `Suite`.
    pub suite: &'static str,
    /// `Codename`.
    pub codename: &'static str,
    /// The components that drivers are in.
    pub components: &'static [&'static str],
}

const fn archive(
    origin: &'static str,
    label: &'static str,
    suite: &'static str,
    codename: &'static str,
    components: &'static [&'static str],
) -> Archive {
    Archive { origin, label, suite, codename, components }
}

/// The archives through which drivers of that origin are upgraded within a release. Ubuntu's release pocket never
/// changes once it is out; Debian's does, with every point release. Debian's security archive has no non-free drivers.
pub fn upgrades_of(origin: &str) -> &'static [Archive] {
    const OF_UBUNTU: &[&str] = &["restricted", "multiverse"];
    const OF_DEBIAN: &[&str] = &["non-free", "contrib", "non-free-firmware"];
    match origin {
        UBUNTU => {
            const {
                &[
                    archive("Ubuntu", "Ubuntu", "@-updates", "@", OF_UBUNTU),
                    archive("Ubuntu", "Ubuntu", "@-security", "@", OF_UBUNTU),
                ]
            }
        }
        // Its suite is stable, oldstable, …, which changes while the codename stays.
        DEBIAN => {
            const {
                &[
                    archive("Debian", "Debian", "", "@", OF_DEBIAN),
                    archive("Debian", "Debian", "", "@-updates", OF_DEBIAN),
                ]
            }
        }
        BACKPORTS => {
            const { &[archive("Debian Backports", "Debian Backports", "", "@-backports", OF_DEBIAN)] }
        }
        GRAPHICS_PPA => const { &[archive("LP-PPA-graphics-drivers", "", "@", "@", &["main"])] },
        NVIDIA => const { &[archive("NVIDIA", "NVIDIA CUDA", "", "", &[])] },
        _ => &[],
    }
}

/// Where a Debian package comes from, as far as its version's suffix tells.
pub fn origin_of_version(version: &str) -> Option<&'static str> {
    // The graphics-drivers PPA marks its builds ~gpu22.04.1; Debian's backports are ~bpo12+1.
    if version.contains("~gpu") {
        Some(GRAPHICS_PPA)
    } else if version.contains("~bpo") {
        Some(BACKPORTS)
    // The archives mark what goes to a release after it: 0ubuntu0.22.04.1, ~deb12u1. NVIDIA's own repositories don't.
    } else if version.contains("ubuntu0.") {
        Some(UBUNTU)
    } else if version.contains("~deb") || version.contains("+deb") {
        Some(DEBIAN)
    } else {
        None
    }
}

/// An archive's name as the origin of a package, by its Release file: the same names as those that a version's suffix
/// tells ([`origin_of_version`]).
pub fn name(origin: &str, label: &str, suite: &str) -> Option<String> {
    let name = match origin {
        "LP-PPA-graphics-drivers" => GRAPHICS_PPA,
        "Debian Backports" => BACKPORTS,
        "Debian" if suite.ends_with("-backports") => BACKPORTS,
        "Ubuntu" => UBUNTU,
        "Debian" => DEBIAN,
        "" => label,
        other => other,
    };
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_suffixes() {
        for (version, origin) in [
            ("550.107.02-0ubuntu0~gpu22.04.1", Some("graphics-drivers PPA")),
            ("535.216.03-2~bpo12+1", Some("backports")),
            ("535.183.01-0ubuntu0.22.04.1", Some("Ubuntu")),
            ("535.161.07-1~deb12u1", Some("Debian")),
            ("560.35.03-1", None),
        ] {
            assert_eq!(origin_of_version(version), origin);
        }
    }

    #[test]
    fn archives_have_the_names_that_versions_give_them() {
        assert_eq!(name("Ubuntu", "Ubuntu", "jammy-updates").as_deref(), Some("Ubuntu"));
        assert_eq!(name("Debian", "Debian", "stable").as_deref(), Some("Debian"));
        assert_eq!(name("Debian", "Debian", "stable-backports").as_deref(), Some("backports"));
        assert_eq!(
            name("LP-PPA-graphics-drivers", "NVIDIA Graphics Drivers", "jammy").as_deref(),
            Some("graphics-drivers PPA")
        );
        assert_eq!(name("", "local", "").as_deref(), Some("local"));
        assert_eq!(name("", "", "stable"), None);
        assert!(upgrades_of("Ubuntu").iter().all(|archive| archive.suite.contains('@')));
        assert!(upgrades_of("somebody").is_empty());
    }
}

//! Which driver a CUDA version needs, and which CUDA version a driver serves.
//!
//! Sources: table "CUDA Toolkit and Corresponding Driver Versions" of the CUDA Toolkit Release Notes, editions up to
//! 13.3 Update 1 (docs.nvidia.com/cuda/cuda-toolkit-release-notes); CUDA Compatibility guide, "Minor Version
//! Compatibility" and "Forward Compatibility" (docs.nvidia.com/deploy/cuda-compatibility, edition of September 2026).

use crate::facts::CudaVersion;
use crate::version::DriverVersion;

/// The drivers that a CUDA version runs on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MinimumDriver {
    /// The oldest that it runs on in full: the one it was released with.
    pub full: Option<DriverVersion>,
    /// The oldest that it runs on by minor-version compatibility (CUDA 11 and later): features that need a newer
    /// driver return errors, and PTX may not compile.
    pub by_minor_compatibility: Option<DriverVersion>,
}

/// Whether a driver serves a CUDA version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Serves {
    /// In full.
    Yes,
    /// By minor-version compatibility.
    ByMinorCompatibility,
    /// Not at all.
    No {
        /// The oldest driver that would; `None` where the CUDA version is newer than the table.
        needs: Option<DriverVersion>,
    },
    /// Driver or CUDA version is not in the table, and no rule tells.
    Unknown,
}

/// What `cuda-compat` of one CUDA version does on a kernel module of one branch. Data-centre GPUs, some
/// workstation GPUs and Jetson only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForwardCompatibility {
    /// Supported.
    Compatible,
    /// The module is of the package's own branch: nothing gained.
    NotApplicable,
    /// The module is newer than the package's libcuda, which refuses it (error 803 or 804).
    NotCompatible,
}

/// First release of each CUDA version and the driver it came with; newest first. 9.1: the table says 390.46 today, but
/// 9.1 was released with 387.26. 12.8: no public driver is older than 570.86. 13.4: from the driver in `cuda-compat-13-4`.
const RELEASES: &[(u32, u32, &str)] = &[
    (13, 4, "615.31"),
    (13, 3, "610.43.02"),
    (13, 2, "595.45.04"),
    (13, 1, "590.44.01"),
    (13, 0, "580.65.06"),
    (12, 9, "575.51.03"),
    (12, 8, "570.26"),
    (12, 6, "560.28.03"),
    (12, 5, "555.42.02"),
    (12, 4, "550.54.14"),
    (12, 3, "545.23.06"),
    (12, 2, "535.54.03"),
    (12, 1, "530.30.02"),
    (12, 0, "525.60.13"),
    (11, 8, "520.61.05"),
    (11, 7, "515.43.04"),
    (11, 6, "510.39.01"),
    (11, 5, "495.29.05"),
    (11, 4, "470.42.01"),
    (11, 3, "465.19.01"),
    (11, 2, "460.27.03"),
    (11, 1, "455.23"),
    (11, 0, "450.36.06"),
    (10, 2, "440.33"),
    (10, 1, "418.39"),
    (10, 0, "410.48"),
    (9, 2, "396.26"),
    (9, 1, "387.26"),
    (9, 0, "384.81"),
    (8, 0, "367.48"),
    (7, 5, "352.31"),
    (7, 0, "346.46"),
];

/// Oldest driver of each major version's minor-version compatibility. The guide's upper bounds ("< 580" for 12.x) are
/// no bounds: newer drivers run older CUDA.
const MINOR_COMPATIBILITY: &[(u32, &str)] =
    &[(13, "580.65.06"), (12, "525.60.13"), (11, "450.80.02")];

/// CUDA version that each driver branch reports, oldest first.
const REPORTED: &[(u32, u32, u32)] = &[
    (384, 9, 0),
    (390, 9, 1),
    (396, 9, 2),
    (410, 10, 0),
    (415, 10, 0),
    (418, 10, 1),
    (440, 10, 2),
    (450, 11, 0),
    (455, 11, 1),
    (460, 11, 2),
    (465, 11, 3),
    (470, 11, 4),
    (495, 11, 5),
    (510, 11, 6),
    (515, 11, 7),
    (520, 11, 8),
    (525, 12, 0),
    (530, 12, 1),
    (535, 12, 2),
    (545, 12, 3),
    (550, 12, 4),
    (555, 12, 5),
    (560, 12, 6),
    (565, 12, 7),
    (570, 12, 8),
    (575, 12, 9),
    (580, 13, 0),
    (590, 13, 1),
    (595, 13, 2),
    (610, 13, 3),
    (615, 13, 4),
];

/// Branches of the kernel module that the forward-compatibility table has columns for.
const FORWARD_COLUMNS: [u32; 7] = [535, 570, 580, 590, 595, 610, 615];

/// The drivers that `cuda` runs on; `None` for a major version newer, or a version older, than the table.
pub fn minimum_driver(cuda: CudaVersion) -> Option<MinimumDriver> {
    let release =
        RELEASES.iter().find(|(major, minor, _)| (*major, *minor) == (cuda.major, cuda.minor));
    let minor = MINOR_COMPATIBILITY.iter().find(|(major, _)| *major == cuda.major);
    if release.is_none() && minor.is_none() {
        return None;
    }
    Some(MinimumDriver {
        full: release.and_then(|(_, _, driver)| driver.parse().ok()),
        by_minor_compatibility: minor.and_then(|(_, driver)| driver.parse().ok()),
    })
}

/// Whether `driver` serves programs of `cuda`.
pub fn serves(driver: &DriverVersion, cuda: CudaVersion) -> Serves {
    let reported = highest_cuda(driver.branch());
    let Some(minimum) = minimum_driver(cuda) else {
        return match reported {
            Some(highest) if highest >= cuda => Serves::Yes,
            // A driver of a known branch cannot serve a major version that came after it.
            Some(highest) if highest.major < cuda.major => Serves::No { needs: None },
            _ => Serves::Unknown,
        };
    };
    let reaches =
        |bound: &Option<DriverVersion>| bound.as_ref().is_some_and(|bound| driver >= bound);
    if reaches(&minimum.full) {
        Serves::Yes
    } else if reaches(&minimum.by_minor_compatibility) {
        Serves::ByMinorCompatibility
    } else {
        let bounds = [minimum.full, minimum.by_minor_compatibility];
        Serves::No { needs: bounds.into_iter().flatten().min() }
    }
}

/// The CUDA version that drivers of a branch report; `None` for an unknown branch.
pub fn highest_cuda(branch: u32) -> Option<CudaVersion> {
    let (_, major, minor) = REPORTED.iter().find(|(known, ..)| *known == branch)?;
    Some(CudaVersion { major: *major, minor: *minor })
}

/// What `cuda-compat` of `package` does on a module of `branch`; `None` where the table has no such row or column.
pub fn forward_compatibility(package: CudaVersion, branch: u32) -> Option<ForwardCompatibility> {
    let version = (package.major, package.minor);
    let (own, ..) = REPORTED.iter().find(|(_, major, minor)| (*major, *minor) == version)?;
    // 12.7 had no public toolkit and no compat package.
    if !((12, 2)..=(13, 4)).contains(&version)
        || version == (12, 7)
        || !FORWARD_COLUMNS.contains(&branch)
    {
        return None;
    }
    Some(match branch.cmp(own) {
        std::cmp::Ordering::Less => ForwardCompatibility::Compatible,
        std::cmp::Ordering::Equal => ForwardCompatibility::NotApplicable,
        std::cmp::Ordering::Greater => ForwardCompatibility::NotCompatible,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn driver(text: &str) -> DriverVersion {
        text.parse().unwrap()
    }

    fn cuda(text: &str) -> CudaVersion {
        text.parse().unwrap()
    }

    #[test]
    fn serves_in_full_by_minor_compatibility_or_not() {
        assert_eq!(serves(&driver("550.54.14"), cuda("12.4")), Serves::Yes);
        assert_eq!(serves(&driver("580.65.06"), cuda("11.8")), Serves::Yes);
        assert_eq!(serves(&driver("535.261.03"), cuda("12.6")), Serves::ByMinorCompatibility);
        assert_eq!(
            serves(&driver("470.256.02"), cuda("12.0")),
            Serves::No { needs: Some(driver("525.60.13")) }
        );
        assert_eq!(
            serves(&driver("390.157"), cuda("10.2")),
            Serves::No { needs: Some(driver("440.33")) }
        );
        assert_eq!(
            serves(&driver("570.211.01"), cuda("13.0")),
            Serves::No { needs: Some(driver("580.65.06")) }
        );
        // 11.0 came out before the drivers of its minor-version compatibility.
        assert_eq!(serves(&driver("450.51.06"), cuda("11.0")), Serves::Yes);
    }

    #[test]
    fn newer_versions_are_judged_by_rule() {
        assert_eq!(serves(&driver("615.71.09"), cuda("13.7")), Serves::ByMinorCompatibility);
        assert_eq!(
            serves(&driver("575.64.05"), cuda("13.7")),
            Serves::No { needs: Some(driver("580.65.06")) }
        );
        assert_eq!(serves(&driver("700.10"), cuda("12.4")), Serves::Yes);
        assert_eq!(serves(&driver("580.65.06"), cuda("14.0")), Serves::No { needs: None });
        assert_eq!(serves(&driver("700.10"), cuda("14.0")), Serves::Unknown);
        assert_eq!(minimum_driver(cuda("14.0")), None);
    }

    #[test]
    fn each_branch_serves_what_it_reports() {
        for (branch, major, minor) in REPORTED {
            let newest = driver(&format!("{branch}.999"));
            let version = CudaVersion { major: *major, minor: *minor };
            assert!(
                matches!(serves(&newest, version), Serves::Yes | Serves::ByMinorCompatibility),
                "{branch} reports {version}"
            );
        }
        assert_eq!(highest_cuda(620), None);
    }

    #[test]
    fn forward_compatibility_follows_the_guide() {
        use ForwardCompatibility::*;
        assert_eq!(forward_compatibility(cuda("12.6"), 535), Some(Compatible));
        assert_eq!(forward_compatibility(cuda("12.6"), 570), Some(NotCompatible));
        assert_eq!(forward_compatibility(cuda("12.8"), 570), Some(NotApplicable));
        assert_eq!(forward_compatibility(cuda("13.4"), 610), Some(Compatible));
        assert_eq!(forward_compatibility(cuda("12.7"), 535), None);
        assert_eq!(forward_compatibility(cuda("13.0"), 550), None);
        assert_eq!(forward_compatibility(cuda("14.0"), 580), None);
    }
}

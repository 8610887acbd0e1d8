//! Which DCGM (Data Center GPU Manager) goes with which driver.
//!
//! Its diagnostics carry parts for each major version of CUDA and refuse a driver of one that they don't know
//! ("Detected unsupported Cuda version"). Sources: 12 since 3.1 (NVIDIA/DCGM issue 59); 13 not before 4 (DCGM User Guide,
//! "Getting Started": `datacenter-gpu-manager-4-cuda13`; table of tracks in Canonical's hardware-observer, "DCGM":
//! DCGM 3 knows CUDA 10 to 12; GoogleCloudPlatform/cluster-toolkit pull request 5821). Which of DCGM 4's packages is
//! the right one hangs on the GPU too (NVIDIA/DCGM issue 254), so that is not judged here.

use super::cuda::{Serves, serves};
use crate::facts::CudaVersion;
use crate::version::DriverVersion;

/// Major version of CUDA, and the first DCGM that knows it, newest first.
const FIRST: [(u32, (u32, u32)); 2] = [(13, (4, 0)), (12, (3, 1))];

/// What a DCGM lacks for a driver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooOld {
    /// The major version of CUDA that comes with the driver.
    pub cuda: u32,
    /// The first DCGM that knows it, major and minor.
    pub needs: (u32, u32),
}

/// The package that carries DCGM's programs: one up to version 3, since then several.
pub fn is_package(name: &str) -> bool {
    name == "datacenter-gpu-manager"
        || (name.starts_with("datacenter-gpu-manager-") && name.ends_with("-core"))
}

/// Whether DCGM of this package version (`1:3.3.9`) is too old for `driver`.
pub fn too_old(version: &str, driver: &DriverVersion) -> Option<TooOld> {
    let is_served = |cuda| {
        matches!(
            serves(driver, CudaVersion { major: cuda, minor: 0 }),
            Serves::Yes | Serves::ByMinorCompatibility
        )
    };
    let (cuda, needs) = FIRST.into_iter().find(|(cuda, _)| is_served(*cuda))?;
    let version = version.split_once(':').map_or(version, |(_epoch, version)| version);
    let mut parts = version.split(['.', '-']).map_while(|part| part.parse::<u32>().ok());
    let own = (parts.next()?, parts.next().unwrap_or(0));
    (own < needs).then_some(TooOld { cuda, needs })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needs(version: &str, driver: &str) -> Option<(u32, u32)> {
        too_old(version, &driver.parse().unwrap()).map(|found| found.needs)
    }

    #[test]
    fn dcgm_3_knows_cuda_12_and_no_newer() {
        assert_eq!(needs("1:3.3.9", "580.65.06"), Some((4, 0)));
        assert_eq!(needs("1:3.3.9", "700.10"), Some((4, 0)));
        assert_eq!(needs("1:3.3.9", "575.57.08"), None);
        assert_eq!(needs("3.0.4-1", "525.60.13"), Some((3, 1)));
        assert_eq!(needs("3.0.4-1", "470.256.02"), None);
        assert_eq!(needs("1:4.4.1-1", "580.65.06"), None);
        assert_eq!(needs("unknown", "580.65.06"), None);
    }

    #[test]
    fn knows_the_packages() {
        assert!(
            is_package("datacenter-gpu-manager") && is_package("datacenter-gpu-manager-4-core")
        );
        assert!(!is_package("datacenter-gpu-manager-4-cuda13"));
        assert!(!is_package("datacenter-gpu-manager-exporter"));
    }
}

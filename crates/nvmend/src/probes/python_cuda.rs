//! CUDA runtimes in conda environments and Python packages, by the names of their records. Part of the probe of CUDA.

use std::path::{Path, PathBuf};

use crate::facts::{CudaInstallation, CudaKind, CudaVersion, Origin};
use crate::host::{FileKind, Host};
use crate::parse::cuda_version;

use super::cuda::resolved;

/// Directories that conda's installers suggest.
const CONDA_NAMES: [&str; 5] = ["miniconda3", "anaconda3", "miniforge3", "mambaforge", ".conda"];
/// Homes, environments and Python versions that are looked at; a shared machine has more, and one check must stay cheap.
const MOST: usize = 64;

/// Runtimes of conda and of wheels.
pub(super) fn find(host: &dyn Host) -> Vec<CudaInstallation> {
    let active_conda = active(host, "CONDA_PREFIX");
    let active_venv = active(host, "VIRTUAL_ENV");
    let mut environments: Vec<PathBuf> =
        conda_roots(host).iter().flat_map(|root| environments(host, root)).collect();
    environments.extend(active_conda.clone());
    environments.sort();
    environments.dedup();
    let mut found: Vec<CudaInstallation> = environments
        .into_iter()
        .filter_map(|directory| {
            let (version, from) = conda_runtime(host, &directory)?;
            let active = active_conda.as_ref() == Some(&directory);
            Some(CudaInstallation { kind: CudaKind::Conda, version, directory, from, active })
        })
        .collect();
    let nothing_active = active_conda.is_none() && active_venv.is_none();
    for (prefix, active) in prefixes(active_venv, active_conda, nothing_active) {
        for directory in package_directories(host, &prefix) {
            if let Some((version, from)) = wheel(host, &directory) {
                found.push(CudaInstallation {
                    kind: CudaKind::Wheel,
                    version,
                    directory,
                    from,
                    active,
                });
            }
        }
    }
    found
}

fn active(host: &dyn Host, variable: &str) -> Option<PathBuf> {
    let value = host.env(variable).filter(|value| value.starts_with('/'))?;
    resolved(host, Path::new(&value))
}

/// Where Python looks for packages, and whether the judged environment's `python3` does. A venv hides the others.
fn prefixes(
    venv: Option<PathBuf>,
    conda: Option<PathBuf>,
    nothing_active: bool,
) -> Vec<(PathBuf, bool)> {
    let conda_counts = venv.is_none();
    let mut prefixes: Vec<(PathBuf, bool)> =
        venv.into_iter().map(|prefix| (prefix, true)).collect();
    prefixes.extend(conda.map(|prefix| (prefix, conda_counts)));
    prefixes.extend(["/usr/local", "/usr"].map(|prefix| (PathBuf::from(prefix), nothing_active)));
    prefixes
}

fn conda_roots(host: &dyn Host) -> Vec<PathBuf> {
    let homes = host.list(Path::new("/home")).unwrap_or_default().into_iter().take(MOST);
    let homes = homes
        .filter(|entry| entry.kind != FileKind::File)
        .map(|entry| Path::new("/home").join(entry.name));
    let homes = homes.chain([PathBuf::from("/root")]);
    let in_homes = homes.flat_map(|home| CONDA_NAMES.map(|name| home.join(name)));
    let shared =
        ["/opt/conda", "/opt/miniconda3", "/opt/anaconda3", "/opt/miniforge3"].map(PathBuf::from);
    // A home of another user is closed, and that is as it should be: no gap.
    in_homes.chain(shared).filter(|root| host.metadata(root).is_ok()).take(MOST).collect()
}

/// The root itself and those below `envs`.
fn environments(host: &dyn Host, root: &Path) -> Vec<PathBuf> {
    let below = root.join("envs");
    let named = host
        .list(&below)
        .unwrap_or_default()
        .into_iter()
        .take(MOST)
        .map(|entry| below.join(entry.name));
    [root.to_owned()].into_iter().chain(named).filter_map(|path| resolved(host, &path)).collect()
}

/// By the name of a record in `conda-meta`: the runtime itself, else what only says which CUDA it was made for.
fn conda_runtime(host: &dyn Host, environment: &Path) -> Option<(CudaVersion, Origin)> {
    let directory = environment.join("conda-meta");
    let records = host.list(&directory).ok()?;
    ["cuda-cudart-", "cudatoolkit-", "cuda-runtime-", "cuda-version-"].iter().find_map(|package| {
        records.iter().find_map(|record| {
            let rest = record.name.strip_suffix(".json")?.strip_prefix(package)?;
            let version = rest.split('-').next()?.parse().ok()?;
            Some((version, Origin::from(&directory.join(&record.name))))
        })
    })
}

/// `lib/python3.12/site-packages`; `dist-packages` on Debian.
fn package_directories(host: &dyn Host, prefix: &Path) -> Vec<PathBuf> {
    let lib = prefix.join("lib");
    let entries = host.list(&lib).unwrap_or_default();
    let pythons = entries.iter().filter(|entry| entry.name.starts_with("python3")).take(MOST);
    pythons
        .flat_map(|python| {
            ["site-packages", "dist-packages"].map(|packages| lib.join(&python.name).join(packages))
        })
        .filter_map(|path| resolved(host, &path))
        .collect()
}

/// By the name of a package's record (PyPA, "Recording installed projects"): the runtime's own, else PyTorch's, which
/// carries the CUDA version it was built with in its own.
fn wheel(host: &dyn Host, directory: &Path) -> Option<(CudaVersion, Origin)> {
    let entries = host.list(directory).ok()?;
    let by = |version_of: fn(&str) -> Option<CudaVersion>| {
        entries.iter().find_map(|entry| {
            let version = version_of(entry.name.strip_suffix(".dist-info")?)?;
            Some((version, Origin::from(&directory.join(&entry.name))))
        })
    };
    by(cuda_version::of_wheel).or_else(|| by(cuda_version::of_torch))
}

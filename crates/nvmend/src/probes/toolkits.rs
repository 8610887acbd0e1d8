//! CUDA toolkits and `cuda-compat` of the system. Part of the probe of CUDA.

use std::path::{Path, PathBuf};

use crate::facts::{CudaInstallation, CudaKind, CudaVersion, Gap, Origin};
use crate::host::{Host, read_text};
use crate::parse::cuda_version;

use super::cuda::resolved;

/// More toolkits than any machine has.
const MOST: usize = 64;
/// `cuda.h` defines its version near its beginning.
const START_OF_HEADER: usize = 64 << 10;

/// Toolkits below `/usr/local` (NVIDIA's packages and installer), in `/opt/cuda` (Arch), in `/usr/lib/cuda` (Debian).
pub(super) fn find(host: &dyn Host, gaps: &mut Vec<Gap>) -> Vec<CudaInstallation> {
    let nvcc = first_nvcc(host);
    let mut directories = Vec::new();
    match host.list(Path::new("/usr/local")) {
        Ok(entries) => {
            let names = entries
                .into_iter()
                .map(|entry| entry.name)
                .filter(|name| name == "cuda" || name.starts_with("cuda-"));
            directories.extend(names.take(MOST).map(|name| Path::new("/usr/local").join(name)));
        }
        Err(error) if error.is_absent() => {}
        Err(error) => gaps.push(Gap::from(&error)),
    }
    directories.extend(["/opt/cuda", "/usr/lib/cuda"].map(PathBuf::from));
    let mut directories: Vec<PathBuf> =
        directories.iter().filter_map(|path| resolved(host, path)).collect();
    directories.sort();
    directories.dedup();
    directories
        .iter()
        .flat_map(|directory| in_directory(host, directory, nvcc.as_deref()))
        .collect()
}

/// What one directory holds: a toolkit, `cuda-compat`, both, or neither.
fn in_directory(host: &dyn Host, directory: &Path, nvcc: Option<&Path>) -> Vec<CudaInstallation> {
    let mut found = Vec::new();
    let version = version(host, directory);
    if let Some((version, from)) = version.clone() {
        let active = nvcc
            .is_some_and(|nvcc| nvcc.starts_with(directory) || is_distributions(directory, nvcc))
            || is_named_by(host, &["CUDA_HOME", "CUDA_PATH"], directory, true)
            || is_named_by(host, &["LD_LIBRARY_PATH"], directory, false);
        found.push(CudaInstallation {
            kind: CudaKind::Toolkit,
            version,
            directory: directory.to_owned(),
            from,
            active,
        });
    }
    let compat = directory.join("compat");
    if host
        .list(&compat)
        .is_ok_and(|files| files.iter().any(|file| file.name.starts_with("libcuda.so")))
    {
        let named = named_version(directory).map(|version| (version, Origin::from(&compat)));
        if let Some((version, from)) = named.or(version) {
            let active = is_named_by(host, &["LD_LIBRARY_PATH"], &compat, true);
            found.push(CudaInstallation {
                kind: CudaKind::Compat,
                version,
                directory: compat,
                from,
                active,
            });
        }
    }
    found
}

/// Debian spreads its toolkit over `/usr`: its nvcc lies in no directory of the toolkit's own.
fn is_distributions(directory: &Path, nvcc: &Path) -> bool {
    directory == Path::new("/usr/lib/cuda")
        && (nvcc == Path::new("/usr/bin/nvcc") || nvcc.starts_with("/usr/lib/nvidia-cuda-toolkit"))
}

/// Whether a path in one of these variables leads to `directory`, or, unless `exactly`, to its libraries.
fn is_named_by(host: &dyn Host, variables: &[&str], directory: &Path, exactly: bool) -> bool {
    let values = variables.iter().filter_map(|name| host.env(name));
    values.into_iter().any(|value| {
        value.split(':').filter(|part| part.starts_with('/')).take(256).any(|part| {
            resolved(host, Path::new(part)).is_some_and(|path| {
                path == directory
                    || (!exactly
                        && path
                            .strip_prefix(directory)
                            .is_ok_and(|rest| !rest.starts_with("compat")))
            })
        })
    })
}

/// The compiler that a shell would start.
fn first_nvcc(host: &dyn Host) -> Option<PathBuf> {
    let path = host.env("PATH")?;
    let directories = path.split(':').filter(|part| part.starts_with('/')).take(256);
    directories.into_iter().find_map(|directory| resolved(host, &Path::new(directory).join("nvcc")))
}

/// The version and where it stands: the files that releases brought in turn, then the header, then the runtime's name.
fn version(host: &dyn Host, directory: &Path) -> Option<(CudaVersion, Origin)> {
    let of_file = |name: &str, parse: fn(&str) -> Option<CudaVersion>| {
        let path = directory.join(name);
        let version = parse(&read_text(host, &path).ok()?)?;
        Some((version, Origin::from(&path)))
    };
    of_file("version.json", cuda_version::of_json)
        .or_else(|| of_file("version.txt", cuda_version::of_text))
        .or_else(|| headers(directory).iter().find_map(|path| of_header(host, path)))
        .or_else(|| libraries(directory).iter().find_map(|path| of_runtime(host, path)))
        .or_else(|| {
            let has_compiler = host.metadata(&directory.join("bin/nvcc")).is_ok();
            has_compiler.then(|| Some((named_version(directory)?, directory.into())))?
        })
}

fn headers(directory: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> =
        ["targets/x86_64-linux/include", "targets/sbsa-linux/include", "include"]
            .iter()
            .map(|place| directory.join(place).join("cuda.h"))
            .collect();
    if directory == Path::new("/usr/lib/cuda") {
        paths.push(PathBuf::from("/usr/include/cuda.h"));
    }
    paths
}

fn libraries(directory: &Path) -> Vec<PathBuf> {
    ["targets/x86_64-linux/lib", "targets/sbsa-linux/lib", "lib64"]
        .iter()
        .map(|place| directory.join(place))
        .collect()
}

fn of_header(host: &dyn Host, path: &Path) -> Option<(CudaVersion, Origin)> {
    let mut bytes = vec![0; START_OF_HEADER];
    let count = host.open(path).ok()?.read_at(0, &mut bytes).ok()?;
    Some((cuda_version::of_header(bytes.get(..count)?)?, path.into()))
}

/// By the name of `libcudart.so.12.4.127`.
fn of_runtime(host: &dyn Host, directory: &Path) -> Option<(CudaVersion, Origin)> {
    let files = host.list(directory).ok()?;
    files.iter().find_map(|file| {
        let version =
            file.name.strip_prefix("libcudart.so.").filter(|version| version.contains('.'))?;
        Some((version.parse().ok()?, Origin::from(&directory.join(&file.name))))
    })
}

/// 12.4 of `/usr/local/cuda-12.4`.
fn named_version(directory: &Path) -> Option<CudaVersion> {
    directory.file_name()?.to_str()?.strip_prefix("cuda-")?.parse().ok()
}

//! CUDA toolkits and runtimes: of the system, of conda, of Python packages.

use std::path::{Path, PathBuf};

use crate::facts::{Cuda, CudaInstallation, Facts};
use crate::host::{Host, follow};
use crate::probe::{Found, Probe};

use super::{python_cuda, toolkits};

/// Reads version files and names of directories; opens no library.
pub const PROBE: Probe = Probe { name: "cuda", run };

fn run(host: &dyn Host, _known: &Facts) -> Found {
    let mut gaps = Vec::new();
    let mut installations: Vec<CudaInstallation> = toolkits::find(host, &mut gaps);
    installations.extend(python_cuda::find(host));
    installations.sort_by(|left, right| {
        (&left.directory, left.kind, left.version).cmp(&(
            &right.directory,
            right.kind,
            right.version,
        ))
    });
    installations.dedup_by(|left, right| {
        left.directory == right.directory
            && left.kind == right.kind
            && left.version == right.version
    });
    Box::new(move |facts| {
        facts.cuda = Cuda { installations };
        facts.gaps.extend(gaps);
    })
}

/// A directory with every link followed, if it is there.
pub(super) fn resolved(host: &dyn Host, path: &Path) -> Option<PathBuf> {
    let end = follow(host, path).ok()?.end;
    host.metadata(&end).is_ok().then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::CudaKind;
    use crate::hosts::memory::Memory;

    fn found(host: &Memory) -> Vec<(CudaKind, String, String, bool)> {
        let mut facts = Facts::default();
        run(host, &Facts::default())(&mut facts);
        assert_eq!(facts.gaps, []);
        let installations = facts.cuda.installations.into_iter();
        installations
            .map(|one| {
                (one.kind, one.version.to_string(), one.directory.display().to_string(), one.active)
            })
            .collect()
    }

    fn row(
        kind: CudaKind,
        version: &str,
        directory: &str,
        active: bool,
    ) -> (CudaKind, String, String, bool) {
        (kind, version.to_owned(), directory.to_owned(), active)
    }

    #[test]
    fn a_toolkit_counts_once_whatever_links_lead_to_it() {
        let host = Memory::default()
            .link("/usr/local/cuda", "/etc/alternatives/cuda")
            .link("/etc/alternatives/cuda", "/usr/local/cuda-12.4")
            .file(
                "/usr/local/cuda-12.4/version.json",
                r#"{"cuda": {"name": "CUDA SDK", "version": "12.4.1"}}"#,
            )
            .file("/usr/local/cuda-12.4/bin/nvcc", "")
            .file("/usr/local/cuda-12.4/compat/libcuda.so.550.54.15", "")
            .file("/usr/local/cuda-11.0/version.txt", "CUDA Version 11.0.228\n")
            .file("/usr/local/cuda-13.0/compat/libcuda.so.580.95.05", "")
            .env("PATH", "/usr/bin:/usr/local/cuda/bin")
            .env("LD_LIBRARY_PATH", "/usr/local/cuda-13.0/compat");
        assert_eq!(
            found(&host),
            [
                row(CudaKind::Toolkit, "11.0", "/usr/local/cuda-11.0", false),
                row(CudaKind::Toolkit, "12.4", "/usr/local/cuda-12.4", true),
                row(CudaKind::Compat, "12.4", "/usr/local/cuda-12.4/compat", false),
                row(CudaKind::Compat, "13.0", "/usr/local/cuda-13.0/compat", true),
            ]
        );
    }

    #[test]
    fn finds_the_toolkit_of_the_distribution() {
        let host = Memory::default()
            .dir("/usr/lib/cuda")
            .file("/usr/include/cuda.h", "/* … */\n#define CUDA_VERSION 11080\n")
            .file("/usr/bin/nvcc", "")
            .env("PATH", "/usr/bin");
        assert_eq!(found(&host), [row(CudaKind::Toolkit, "11.8", "/usr/lib/cuda", true)]);
    }

    #[test]
    fn finds_runtimes_of_conda_and_marks_the_active_one() {
        let host = Memory::default()
            .file("/home/ann/miniconda3/conda-meta/python-3.11.8-h955ad1f_0.json", "")
            .file("/home/ann/miniconda3/envs/old/conda-meta/cudatoolkit-11.8.0-h6a678d5_0.json", "")
            .file(
                "/home/ann/miniconda3/envs/new/conda-meta/cuda-cudart-12.4.127-he02047a_2.json",
                "",
            )
            .file("/home/ann/miniconda3/envs/new/conda-meta/cuda-version-12.6-h7480c83_3.json", "")
            .denied("/home/bob")
            .env("CONDA_PREFIX", "/home/ann/miniconda3/envs/new");
        assert_eq!(
            found(&host),
            [
                row(CudaKind::Conda, "12.4", "/home/ann/miniconda3/envs/new", true),
                row(CudaKind::Conda, "11.8", "/home/ann/miniconda3/envs/old", false),
            ]
        );
    }

    #[test]
    fn finds_wheels_by_their_names() {
        let system = "/usr/local/lib/python3.10/dist-packages";
        let venv = "/srv/venv/lib/python3.12/site-packages";
        let host = || {
            Memory::default()
                .dir(&format!("{system}/nvidia_cuda_runtime_cu12-12.1.105.dist-info"))
                .dir(&format!("{venv}/nvidia_cuda_runtime-13.0.88.dist-info"))
        };
        assert_eq!(found(&host()), [row(CudaKind::Wheel, "12.1", system, true)]);
        assert_eq!(
            found(&host().env("VIRTUAL_ENV", "/srv/venv")),
            [row(CudaKind::Wheel, "13.0", venv, true), row(CudaKind::Wheel, "12.1", system, false)]
        );
        let torch = Memory::default().dir(&format!("{system}/torch-2.1.0+cu118.dist-info"));
        assert_eq!(found(&torch), [row(CudaKind::Wheel, "11.8", system, true)]);
    }

    #[test]
    fn a_damaged_version_file_is_passed_over_for_the_next() {
        let host = Memory::default()
            .file("/opt/cuda/version.json", "{")
            .file("/opt/cuda/targets/x86_64-linux/include/cuda.h", "#define CUDA_VERSION 13010\n");
        assert_eq!(found(&host), [row(CudaKind::Toolkit, "13.1", "/opt/cuda", false)]);
    }
}

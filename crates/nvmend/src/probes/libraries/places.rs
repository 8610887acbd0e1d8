//! Where driver libraries can lie, and what sort of place each is.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::facts::{Gap, LibraryPlace};
use crate::host::{FileKind, Host, read_text};
use crate::parse::glob;
use crate::parse::ld_so_conf::{self, ConfLine};

/// Directories that some loader searches without being told, or that distributions install libraries in.
pub(super) const SYSTEM: [&str; 11] = [
    "/lib/x86_64-linux-gnu",
    "/usr/lib/x86_64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
    "/usr/lib/i386-linux-gnu",
    "/lib64",
    "/usr/lib64",
    "/lib",
    "/usr/lib",
    "/usr/lib32",
    "/usr/local/lib",
    "/usr/local/lib64",
];

/// Below these everything is the system's, unless it is one of the special places.
const SYSTEM_ROOTS: [&str; 8] = [
    "/lib",
    "/lib32",
    "/lib64",
    "/usr/lib",
    "/usr/lib32",
    "/usr/lib64",
    "/usr/local/lib",
    "/usr/local/lib64",
];

/// Drivers in a root of their own: NixOS, NVIDIA's GPU operator, Container-Optimized OS (cos-gpu-installer's own
/// directory, and where GKE mounts it), and the volume that nvidia-docker 1 and some Kubernetes device plugins mount.
/// `/var/lib/nvidia` itself is also where the `.run` installer keeps its record.
const DRIVER_ROOTS: [&str; 6] = [
    "/run/opengl-driver",
    "/run/opengl-driver-32",
    "/run/nvidia/driver",
    "/home/kubernetes/bin/nvidia",
    "/var/lib/nvidia/lib64",
    "/usr/local/nvidia",
];

/// The library directories below [`DRIVER_ROOTS`].
pub(super) const DRIVER_DIRECTORIES: [&str; 10] = [
    "/run/opengl-driver/lib",
    "/run/opengl-driver-32/lib",
    "/run/nvidia/driver/usr/lib/x86_64-linux-gnu",
    "/run/nvidia/driver/usr/lib/aarch64-linux-gnu",
    "/run/nvidia/driver/usr/lib64",
    "/run/nvidia/driver/usr/lib",
    "/home/kubernetes/bin/nvidia/lib64",
    "/var/lib/nvidia/lib64",
    "/usr/local/nvidia/lib64",
    "/usr/local/nvidia/lib",
];

/// Names of the directories that conda's installers make.
const CONDA: [&str; 6] =
    ["anaconda", "miniconda", "miniforge", "mambaforge", "micromamba", "conda"];

/// Toolkits, Python versions and packages that are looked into.
const MANY: usize = 64;

/// What sort of place a path lies in.
pub(super) struct Places {
    /// Directories that the loader is told of, by their true paths.
    pub(super) told: BTreeSet<PathBuf>,
    /// The active conda environment.
    pub(super) conda: Option<PathBuf>,
}

impl Places {
    /// Of a library's own path, and where that says nothing, of the path under which it was found.
    pub(super) fn of(&self, end: &Path, found: &Path) -> LibraryPlace {
        match self.of_path(end) {
            LibraryPlace::Other => self.of_path(found),
            place => place,
        }
    }

    fn of_path(&self, path: &Path) -> LibraryPlace {
        let parts: Vec<&str> = path.iter().filter_map(|part| part.to_str()).collect();
        let has = |wanted: &dyn Fn(&str) -> bool| parts.iter().any(|part| wanted(part));
        let below = |roots: &[&str]| roots.iter().any(|root| path.starts_with(root));
        let compat = parts.windows(2).any(|pair| {
            matches!(pair, [above, "compat"] if above.starts_with("cuda"))
                || pair.iter().any(|part| part.starts_with("cuda-compat"))
        });
        if has(&|part| part == "stubs") {
            LibraryPlace::Stub
        } else if compat {
            LibraryPlace::CudaCompat
        } else if below(&["/usr/lib/wsl"]) {
            LibraryPlace::Wsl
        } else if has(&|part| part == "site-packages" || part == "dist-packages") {
            LibraryPlace::Wheel
        } else if self.conda.as_ref().is_some_and(|conda| path.starts_with(conda))
            || has(&|part| {
                CONDA.contains(
                    &part
                        .trim_start_matches('.')
                        .trim_end_matches(|end: char| end.is_ascii_digit()),
                )
            })
        {
            LibraryPlace::Conda
        } else if below(&DRIVER_ROOTS) {
            LibraryPlace::DriverRoot
        } else if below(&SYSTEM_ROOTS)
            || path.parent().is_some_and(|directory| self.told.contains(directory))
        {
            LibraryPlace::System
        } else {
            LibraryPlace::Other
        }
    }
}

/// The directories of `ld.so.conf` and the files that it includes, in order.
pub(super) fn configured(host: &dyn Host, gaps: &mut Vec<Gap>) -> Vec<PathBuf> {
    /// Far more than any machine has.
    const FILES: usize = 500;
    let mut directories = Vec::new();
    let mut seen = BTreeSet::new();
    // What is still to do, last first: an include stands for the lines of its files.
    let mut pending =
        vec![(PathBuf::from("/etc"), ConfLine::Include("/etc/ld.so.conf".to_owned()))];
    while let Some((here, line)) = pending.pop() {
        let pattern = match line {
            ConfLine::Directory(path) => {
                directories.push(PathBuf::from(path));
                continue;
            }
            ConfLine::Include(pattern) => here.join(pattern),
        };
        let mut below = Vec::new();
        for file in expand(host, &pattern) {
            if seen.len() >= FILES || !seen.insert(file.clone()) {
                continue;
            }
            match read_text(host, &file) {
                Ok(text) => {
                    let above = file.parent().unwrap_or(Path::new("/"));
                    below.extend(
                        ld_so_conf::parse(&text)
                            .into_iter()
                            .map(|(_, line)| (above.to_owned(), line)),
                    );
                }
                Err(error) if error.is_absent() => {}
                Err(error) => gaps.push(Gap::from(&error)),
            }
        }
        pending.extend(below.into_iter().rev());
    }
    directories
}

/// The files that a pattern means; only its last component may hold `*` and `?`.
fn expand(host: &dyn Host, pattern: &Path) -> Vec<PathBuf> {
    let (Some(directory), Some(name)) =
        (pattern.parent(), pattern.file_name().and_then(|name| name.to_str()))
    else {
        return vec![];
    };
    if !name.contains(['*', '?']) {
        return vec![pattern.to_owned()];
    }
    let entries = host.list(directory).unwrap_or_default();
    let named = entries
        .into_iter()
        .filter(|entry| entry.kind != FileKind::Directory && !entry.name.starts_with('.'));
    named
        .filter(|entry| glob::matches(name, &entry.name))
        .map(|entry| directory.join(entry.name))
        .collect()
}

/// The places where toolkits and environments keep libraries of the driver's names.
pub(super) fn of_toolkits(host: &dyn Host, conda: Option<&Path>) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut roots: Vec<PathBuf> =
        directories(host, Path::new("/usr/local"), |name| name.starts_with("cuda"));
    roots.push("/opt/cuda".into());
    for root in roots {
        found.push(root.join("compat"));
        found.extend(["lib64", "lib64/stubs"].map(|below| root.join(below)));
        for target in directories(host, &root.join("targets"), |_| true) {
            found.extend([target.join("lib"), target.join("lib/stubs")]);
        }
    }
    if let Some(conda) = conda {
        found.extend(["lib", "lib/stubs", "cuda-compat"].map(|below| conda.join(below)));
    }
    let environments = [conda.map(Path::to_owned), host.env("VIRTUAL_ENV").map(PathBuf::from)];
    for environment in environments.into_iter().flatten().filter(|path| path.is_absolute()) {
        for python in directories(host, &environment.join("lib"), |name| name.starts_with("python"))
        {
            let packages = python.join("site-packages/nvidia");
            found.extend(
                directories(host, &packages, |_| true)
                    .into_iter()
                    .map(|package| package.join("lib")),
            );
        }
    }
    found
}

/// The directories, and links that may lead to one, of a directory.
fn directories(host: &dyn Host, above: &Path, wanted: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let entries = host.list(above).unwrap_or_default();
    let kinds = [FileKind::Directory, FileKind::Link];
    let named =
        entries.into_iter().filter(|entry| kinds.contains(&entry.kind) && wanted(&entry.name));
    named.take(MANY).map(|entry| above.join(entry.name)).collect()
}

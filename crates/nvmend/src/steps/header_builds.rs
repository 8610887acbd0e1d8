//! The modules that DKMS builds while headers are installed: dpkg knows nothing of them, so that they would stay when the
//! headers go again.

use std::collections::BTreeSet;
use std::path::Path;

use super::unbuild_module::{
    TREE, UnbuildModule, build_files, has_tree, index_link, installed, is_built,
};
use super::{ModuleBuilder, PackageChange, Restore, index_files};
use crate::facts::PackageManager;
use crate::host::{FileKind, Host};
use crate::host_mut::HostMut;
use crate::step::{Keep, Step, StepError};
use crate::version::DriverVersion;

/// What takes out the builds that come with the headers among `changes`, and afterwards brings back what they replaced.
///
/// Debian's packages of headers run DKMS for their kernel (dkms `kernel_install.d_dkms`, `/etc/kernel/header_postinst.d`).
/// Arch's hooks take the builds out again with the headers; on the others nothing is built with them.
pub(super) fn take_out(
    host: &dyn HostMut,
    keep: &Keep<'_>,
    manager: PackageManager,
    changes: &[PackageChange],
) -> Result<(Vec<Step>, Vec<Step>), StepError> {
    if manager != PackageManager::Dpkg {
        return Ok(Default::default());
    }
    let (mut out, mut replaced) = (vec![], BTreeSet::new());
    let modules = modules(host);
    for kernel in kernels_of(host, changes) {
        let unbuilt =
            modules.iter().filter(|(module, version)| !is_built(host, module, version, &kernel));
        let before = out.len();
        for (module, version) in unbuilt {
            let mut there = installed(host, &kernel);
            there.extend(build_files(host, module, version, &kernel));
            there.extend(index_link(host, module, &kernel));
            replaced.extend(there.iter().cloned());
            out.push(Step::UnbuildModule(UnbuildModule {
                builder: ModuleBuilder::Dkms,
                module: module.clone(),
                version: version.clone(),
                kernel: kernel.clone(),
                was_known: has_tree(host, module, version),
                was_built: false,
                former: None,
                there,
            }));
        }
        if out.len() > before {
            replaced.extend(index_files(&kernel));
        }
    }
    let kept = replaced.iter().enumerate().map(|(part, path)| keep.path(path, part));
    let kept: Vec<Restore> = kept.collect::<Result<_, _>>()?;
    Ok((out, kept.into_iter().map(Step::Restore).collect()))
}

/// The kernels whose headers come, as their package is named: `linux-headers-6.1.0-47-amd64`.
fn kernels_of(host: &dyn Host, changes: &[PackageChange]) -> Vec<String> {
    let kernels = directories(host, Path::new("/lib/modules"));
    let comes = |kernel: &String| {
        let ending = format!("-headers-{kernel}");
        let mut coming = changes.iter().filter(|change| change.from.is_none());
        coming.any(|change| change.name.ends_with(&ending))
    };
    kernels.into_iter().filter(comes).collect()
}

/// What DKMS would build: the modules of which it has a source, with their versions. A version that is written otherwise
/// than a driver's is another maker's, whose modules are left alone.
fn modules(host: &dyn Host) -> Vec<(String, DriverVersion)> {
    let tree = Path::new(TREE);
    let versions = |module: String| {
        let versions = directories(host, &tree.join(&module)).into_iter();
        let versions = versions.filter_map(|version| version.parse().ok());
        versions.map(|version| (module.clone(), version)).collect::<Vec<_>>()
    };
    directories(host, tree).into_iter().flat_map(versions).collect()
}

fn directories(host: &dyn Host, path: &Path) -> Vec<String> {
    let entries = host.list(path).unwrap_or_default().into_iter();
    entries.filter(|entry| entry.kind == FileKind::Directory).map(|entry| entry.name).collect()
}

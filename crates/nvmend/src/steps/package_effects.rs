//! What becomes of the driver when packages change: files go with their package's version, and modules are built of
//! sources (`package_builds.rs`). Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::package_builds::{
    bring_headers, bring_module, bring_prebuilt, bring_ready_made, take_module,
};
use super::{MoveFile, PackageChange, regenerate};
use crate::facts::{
    ConfigLine, ConfigVerb, Datum, Facts, KernelModules, LibraryFile, LibraryPlace, Lookup,
    LookupScope, Origin, Ownership, Package, PackageManager, PackageRole, ResolvedLibrary, Via,
};
use crate::host::LinkChain;
use crate::knowledge::{archives, library_packages, packages};
use crate::parse::modinfo::base_name;
use crate::step::Action;
use crate::version::DriverVersion;

pub(super) fn origin() -> Origin {
    Origin("after the package transaction".to_owned())
}

/// What was half done is done.
pub(super) fn finish(facts: &mut Facts, manager: PackageManager) {
    let unfinished = |package: &&mut Package| {
        package.manager == manager
            && !matches!(package.state.as_str(), "installed" | "config-files" | "not-installed")
    };
    remove_duplicates(facts, manager);
    let mut versions = Vec::new();
    for package in facts.packages.installed.iter_mut().filter(unfinished) {
        "installed".clone_into(&mut package.state);
        if package.role == PackageRole::Kernel {
            versions.extend(package.driver_version.clone().map(|it| (package.name.clone(), it)));
        }
    }
    for (name, version) in versions {
        bring_module(facts, &name, &version);
    }
}

/// What is there in a newer version too goes, with the files that carry its version.
fn remove_duplicates(facts: &mut Facts, manager: PackageManager) {
    let is_left =
        |package: &Package| package.manager == manager && package.state == packages::DUPLICATE;
    let installed = std::mem::take(&mut facts.packages.installed);
    let (left, kept): (Vec<Package>, Vec<Package>) = installed.into_iter().partition(is_left);
    facts.packages.installed = kept;
    for package in left {
        let Some(version) = package.driver_version else { continue };
        let owned = facts.packages.owners.iter().filter(|(path, owner)| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            **owner == Ownership::Package(package.name.clone()) && name.contains(version.as_str())
        });
        let gone: Vec<PathBuf> = owned.map(|(path, _)| path.clone()).collect();
        gone.iter().for_each(|path| remove_file(facts, path));
    }
}

/// One package changes.
pub(super) fn change(facts: &mut Facts, manager: PackageManager, change: &PackageChange) {
    let (old, new) = replace_package(facts, manager, change);
    let version =
        |package: &Option<Package>| package.as_ref().and_then(|p| p.driver_version.clone());
    let (before, after) = (version(&old), version(&new));
    let Some(role) = old.as_ref().or(new.as_ref()).map(|package| package.role) else { return };
    match role {
        PackageRole::Kernel => {
            if let Some(before) = before.as_ref().filter(|_| before != after) {
                take_module(facts, &change.name, before);
            }
            if let Some(after) = &after {
                bring_module(facts, &change.name, after);
                let is_ready = manager != PackageManager::Dpkg && old.is_none();
                let kernel = facts.current_kernel().map(|(kernel, _)| kernel.to_owned());
                if let Some(kernel) = kernel.filter(|_| is_ready) {
                    bring_ready_made(facts, &change.name, after, &kernel);
                }
            } else if change.to.is_some() {
                bring_prebuilt(facts, &change.name);
            }
        }
        PackageRole::Firmware => change_firmware(facts, before.as_ref(), after.as_ref()),
        PackageRole::KernelHeaders if change.to.is_some() => bring_headers(facts, &change.name),
        _ => {}
    }
    change_files(facts, change, before.as_ref(), after.as_ref());
    if let (None, Some(after), Some(new)) = (&old, &after, &new) {
        bring_libraries(facts, new, after);
    }
    if change.from == change.to {
        mend_files(facts, &change.name);
    }
}

/// The last of it: `ldconfig` and `depmod` have run.
pub(super) fn settle(facts: &mut Facts) {
    facts.packages.installed.sort_by(|a, b| (&a.name, &a.arch).cmp(&(&b.name, &b.arch)));
    facts.libraries.files.sort_by(|a, b| a.path.cmp(&b.path));
    regenerate::refresh_lookups(facts);
    let kernels: Vec<String> =
        facts.modules.kernels.iter().map(|modules| modules.kernel.clone()).collect();
    kernels.iter().for_each(|kernel| regenerate::refresh_index(facts, kernel));
}

/// Where Debian's alternatives led modprobe to the series that went, they choose among those that stay. Where these have
/// one module of a name, it is reached by a line like that of their `nvidia-modprobe.conf`; among more, it is not known.
pub(super) fn choose_remaining(facts: &mut Facts) {
    let led = |modules: &KernelModules| modules.loads("nvidia").is_some();
    if facts.current_modules().is_none_or(led) {
        return;
    }
    let mut files: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in facts.modules.kernels.iter().flat_map(|modules| &modules.files) {
        let Some(info) = file.info.value() else { continue };
        let name = base_name(&file.path.to_string_lossy()).to_owned();
        files.entry(info.name.clone()).or_default().insert(name);
    }
    let lines = files.into_iter().filter_map(|(name, mut files)| {
        let file = files.pop_first().filter(|_| files.is_empty())?;
        let rest = format!("modprobe -i {file}");
        Some(ConfigLine { verb: ConfigVerb::Install, name, rest, from: origin() })
    });
    // The first line is the one that counts.
    facts.modules.config.splice(..0, lines);
    settle(facts);
}

/// The package itself: as it was, and as it is.
fn replace_package(
    facts: &mut Facts,
    manager: PackageManager,
    change: &PackageChange,
) -> (Option<Package>, Option<Package>) {
    let is_it = |package: &Package| {
        package.manager == manager && package.name == change.name && package.arch == change.arch
    };
    let old = facts.packages.installed.iter().find(|package| is_it(package)).cloned();
    facts.packages.installed.retain(|package| !is_it(package));
    let new = change.to.as_ref().and_then(|version| {
        let seen = packages::classify(manager, &change.name, version)?;
        Some(Package {
            manager,
            name: change.name.clone(),
            version: version.clone(),
            driver_version: seen.driver_version,
            arch: change.arch.clone(),
            state: "installed".to_owned(),
            held: old.as_ref().is_some_and(|old| old.held),
            origin: archives::origin_of_version(version).map(str::to_owned),
            origin_from: None,
            role: seen.role,
            series: seen.series,
            from: origin(),
        })
    });
    facts.packages.installed.extend(new.clone());
    (old, new)
}

/// Files that carry the version in their names get the new one; those of a removed package go.
fn change_files(
    facts: &mut Facts,
    change: &PackageChange,
    before: Option<&DriverVersion>,
    after: Option<&DriverVersion>,
) {
    let owned: Vec<PathBuf> = facts
        .packages
        .owners
        .iter()
        .filter(|(_, owner)| **owner == Ownership::Package(change.name.clone()))
        .map(|(path, _)| path.clone())
        .filter(|path| is_of_arch(facts, path, change))
        .collect();
    for path in owned {
        match (before, after) {
            (Some(before), Some(after)) if before != after => {
                rename_version(facts, &path, before.as_str(), after);
            }
            (_, None) if change.to.is_none() => remove_file(facts, &path),
            _ => {}
        }
    }
    if let (Some(before), Some(after)) = (before, after) {
        let owners = facts.packages.owners.clone();
        for path in &mut facts.display.x_modules {
            let is_ours = owners
                .get(path)
                .is_none_or(|owner| *owner == Ownership::Package(change.name.clone()));
            if let Some(renamed) = renamed(path, before.as_str(), after).filter(|_| is_ours) {
                *path = renamed;
            }
        }
    }
}

/// Whether a file belongs to the package of that architecture: of dpkg's and rpm's, several may have one name.
fn is_of_arch(facts: &Facts, path: &Path, change: &PackageChange) -> bool {
    let is_other = |package: &Package| package.name == change.name && package.arch != change.arch;
    if !facts.packages.installed.iter().any(is_other) {
        return true;
    }
    let library = facts.libraries.file(path).and_then(|file| file.arch.as_deref());
    library.is_none_or(|library| elf_arch(facts, &change.arch) == library)
}

/// The kernel's word for a package's architecture.
fn elf_arch(facts: &Facts, arch: &str) -> String {
    match arch {
        "amd64" | "x86_64" => "x86_64",
        "i386" | "i686" => "i386",
        "arm64" | "aarch64" => "aarch64",
        _ => facts.native_arch(),
    }
    .to_owned()
}

fn renamed(path: &Path, before: &str, after: &DriverVersion) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?;
    name.contains(before).then(|| path.with_file_name(name.replace(before, after.as_str())))
}

/// A file whose name has the version gets the new one, in every place that speaks of it.
fn rename_version(facts: &mut Facts, path: &Path, before: &str, after: &DriverVersion) {
    for modules in &mut facts.modules.kernels {
        for file in modules.files.iter_mut().filter(|file| file.path == *path) {
            if let Datum::Known { value, .. } = &mut file.info {
                value.version = Some(after.clone());
            }
        }
    }
    let Some(renamed) = renamed(path, before, after) else { return };
    if let Some(owner) = facts.packages.owners.remove(path) {
        facts.packages.owners.insert(renamed.clone(), owner);
    }
    for file in facts.libraries.files.iter_mut().filter(|file| file.path == *path) {
        file.path.clone_from(&renamed);
        file.version = Some(after.clone());
    }
    for lookup in &mut facts.libraries.lookups {
        if let Datum::Known { value, .. } = &mut lookup.found
            && value.chain.end == *path
        {
            value.chain.end.clone_from(&renamed);
            value.version = Some(after.clone());
            value.exists = true;
        }
    }
}

pub(super) fn remove_file(facts: &mut Facts, path: &Path) {
    MoveFile { from: path.to_owned(), to: PathBuf::new() }.predict(facts);
}

/// A package that was not there brings the libraries that programs ask for.
fn bring_libraries(facts: &mut Facts, package: &Package, version: &DriverVersion) {
    let is_lib32 = package.name.starts_with("lib32-");
    let arch = if is_lib32 { "i386".to_owned() } else { elf_arch(facts, &package.arch) };
    for stem in library_packages::carried(package.manager, &package.name) {
        let directory = match (package.manager, arch.as_str()) {
            (PackageManager::Dpkg, "i386") => "/usr/lib/i386-linux-gnu".to_owned(),
            (PackageManager::Dpkg, arch) => format!("/usr/lib/{arch}-linux-gnu"),
            (PackageManager::Rpm, "i386") => "/usr/lib".to_owned(),
            (PackageManager::Rpm, _) => "/usr/lib64".to_owned(),
            (PackageManager::Pacman, "i386") => "/usr/lib32".to_owned(),
            (PackageManager::Pacman, _) => "/usr/lib".to_owned(),
        };
        let path = PathBuf::from(format!("{directory}/{stem}.so.{version}"));
        let name = format!("{stem}.so.1");
        facts.libraries.files.push(LibraryFile {
            path: path.clone(),
            stem: (*stem).to_owned(),
            version: Some(version.clone()),
            arch: Some(arch.clone()),
            size: 1,
            place: LibraryPlace::System,
            injected: false,
        });
        facts.packages.owners.insert(path.clone(), Ownership::Package(package.name.clone()));
        let found = ResolvedLibrary {
            chain: LinkChain { links: vec![Path::new(&directory).join(&name)], end: path },
            version: Some(version.clone()),
            via: Via::Cache(directory.into()),
            place: LibraryPlace::System,
            exists: true,
        };
        let is_it = |lookup: &&mut Lookup| {
            lookup.scope == LookupScope::Plain && lookup.name == name && lookup.arch == arch
        };
        let found = Datum::known(found, origin());
        match facts.libraries.lookups.iter_mut().find(is_it) {
            Some(lookup) if lookup.found.value().is_some_and(|old| old.exists) => {}
            Some(lookup) => lookup.found = found,
            None => facts.libraries.lookups.push(Lookup {
                name,
                arch: arch.clone(),
                scope: LookupScope::Plain,
                found,
            }),
        }
    }
}

/// What was gone or damaged of a package is there again.
fn mend_files(facts: &mut Facts, package: &str) {
    let native = facts.native_arch().to_owned();
    let is_ours = |owner: &Ownership| matches!(owner, Ownership::Package(name) if name == package);
    for file in &mut facts.libraries.files {
        if file.arch.is_none() && facts.packages.owners.get(&file.path).is_some_and(is_ours) {
            file.arch = Some(native.clone());
            file.size = file.size.max(1);
            facts.gaps.retain(|gap| gap.what != file.path.to_string_lossy());
        }
    }
    facts.packages.altered.retain(|file| file.package != package);
    let (back, left) =
        std::mem::take(&mut facts.packages.missing).into_iter().partition(|f| f.package == package);
    facts.packages.missing = left;
    let back: Vec<crate::facts::MissingFile> = back;
    for file in back {
        let name = file.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let stem = name.split(".so").next().unwrap_or_default().to_owned();
        for lookup in &mut facts.libraries.lookups {
            let Datum::Known { value, .. } = &mut lookup.found else { continue };
            value.exists |= value.chain.end == file.path;
        }
        facts.packages.owners.insert(file.path.clone(), Ownership::Package(package.to_owned()));
        let version = DriverVersion::from_library_name(&name);
        let arch = if file.path.to_string_lossy().contains("i386") { "i386" } else { &native };
        // Libraries that only their links were missed of, and now lead to a file again.
        if facts.libraries.lookup(&format!("{stem}.so.1"), arch, LookupScope::Plain).is_none()
            && ["libcuda", "libnvidia-ml"].contains(&stem.as_str())
        {
            let directory = file.path.parent().unwrap_or(Path::new("/")).to_owned();
            let found = ResolvedLibrary {
                chain: LinkChain {
                    links: vec![directory.join(format!("{stem}.so.1"))],
                    end: file.path.clone(),
                },
                version: version.clone(),
                via: Via::Cache(directory),
                place: LibraryPlace::System,
                exists: true,
            };
            facts.libraries.lookups.push(Lookup {
                name: format!("{stem}.so.1"),
                arch: arch.to_owned(),
                scope: LookupScope::Plain,
                found: Datum::known(found, origin()),
            });
        }
        facts.libraries.files.push(LibraryFile {
            version,
            arch: Some(arch.to_owned()),
            stem,
            path: file.path,
            size: 1,
            place: LibraryPlace::System,
            injected: false,
        });
    }
}

/// The firmware of a version comes and goes with its package. Other versions may lie beside it, each in a directory
/// of its own.
fn change_firmware(
    facts: &mut Facts,
    before: Option<&DriverVersion>,
    after: Option<&DriverVersion>,
) {
    let mut there = facts.firmware.gsp.value().cloned().unwrap_or_default();
    there.retain(|version| Some(version) != before);
    there.extend(after.cloned());
    there.sort();
    there.dedup();
    facts.firmware.gsp = Datum::known(there, origin());
    if after.is_some() {
        use crate::facts::LogEventKind;
        if let Datum::Known { value, .. } = &mut facts.log.events {
            value.retain(|event| event.kind != LogEventKind::FirmwareMissing);
        }
    }
}

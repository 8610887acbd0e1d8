//! Facts made by hand for the unit tests of causes: one running kernel, one GPU.

use std::path::PathBuf;

use crate::diagnose::diagnose;
use crate::facts::*;
use crate::host::LinkChain;

pub(super) const KERNEL: &str = "6.1.0-47-amd64";
const LIBRARIES: &str = "/usr/lib";

/// A machine with L, D(K) and U; an empty text stands for none.
pub(super) fn machine(loaded: &str, on_disk: &str, library: &str) -> Facts {
    let mut facts = unloaded(on_disk, library);
    if let Ok(version) = loaded.parse() {
        let driver = LoadedDriver { version, flavour: None, readings: vec![] };
        facts.loaded.driver = Datum::known(driver, "/sys/module/nvidia/version");
        gpu(&mut facts, Some("nvidia"));
    }
    facts
}

/// The same with no module loaded.
pub(super) fn unloaded(on_disk: &str, library: &str) -> Facts {
    let mut facts = Facts::default();
    facts.kernels.running = Datum::known(KERNEL.into(), "/proc/sys/kernel/osrelease");
    facts.kernels.next_boot = Datum::known(KERNEL.into(), "/boot");
    facts.loaded.driver = Datum::absent("/sys/module/nvidia/version");
    add_kernel(&mut facts, KERNEL, Some(on_disk).filter(|version| !version.is_empty()));
    gpu(&mut facts, None);
    for name in DECIDING_LIBRARIES {
        let stem = name.trim_end_matches(".so.1");
        let found = if library.is_empty() {
            Datum::absent("/etc/ld.so.cache")
        } else {
            let path = format!("{LIBRARIES}/{stem}.so.{library}");
            add_library(&mut facts, &path, library);
            Datum::known(
                resolved(&path, Some(library), Via::Cache(LIBRARIES.into()), LibraryPlace::System),
                "/etc/ld.so.cache",
            )
        };
        facts.libraries.lookups.push(Lookup {
            name: name.into(),
            arch: "x86_64".into(),
            scope: LookupScope::Plain,
            found,
        });
    }
    facts
}

fn resolved(path: &str, version: Option<&str>, via: Via, place: LibraryPlace) -> ResolvedLibrary {
    ResolvedLibrary {
        chain: LinkChain { links: vec![], end: path.into() },
        version: version.map(|version| version.parse().unwrap()),
        via,
        place,
        exists: true,
    }
}

pub(super) fn primary(facts: &Facts) -> &'static str {
    diagnose(facts).primary().map_or("nothing", |found| found.cause.id)
}

pub(super) fn gpu(facts: &mut Facts, driver: Option<&str>) {
    let gpu = PciDevice {
        address: "0000:01:00.0".into(),
        device: 0x2684,
        driver: driver.map(Into::into),
        name: None,
    };
    facts.bus.gpus = Datum::known(vec![gpu], "/sys/bus/pci/devices");
}

pub(super) fn add_kernel(facts: &mut Facts, release: &str, module: Option<&str>) {
    facts.kernels.installed.push(Kernel {
        release: release.into(),
        directory: format!("/lib/modules/{release}").into(),
        image: Datum::absent("/boot"),
        headers: Datum::known(format!("/usr/src/linux-headers-{release}").into(), "build"),
    });
    let mut modules = KernelModules {
        kernel: release.into(),
        files: vec![],
        resolved: [("nvidia".to_owned(), Resolution::Missing)].into(),
        index: Datum::known((), "modules.dep"),
    };
    if let Some(version) = module {
        let path = PathBuf::from(format!("/lib/modules/{release}/updates/dkms/nvidia.ko"));
        modules.resolved.insert("nvidia".into(), Resolution::File { path: path.clone(), by: None });
        modules.files.push(module_file(path, version));
    }
    facts.modules.kernels.push(modules);
}

pub(super) fn add_module_file(facts: &mut Facts, path: &str, version: &str) {
    facts.modules.kernels[0].files.push(module_file(path.into(), version));
}

fn module_file(path: PathBuf, version: &str) -> ModuleFile {
    let info = ModuleInfo {
        name: "nvidia".into(),
        version: Some(version.parse().unwrap()),
        signature: Datum::absent(&path),
        ..Default::default()
    };
    ModuleFile {
        info: Datum::known(info, &path),
        path,
        linked_from: None,
        modified: 0,
        compressed: false,
    }
}

pub(super) fn own_module(facts: &mut Facts, owner: Ownership, modified: i64) {
    let file = &mut facts.modules.kernels[0].files[0];
    // Not in a directory of DKMS, so that only the owner tells.
    file.path = format!("/lib/modules/{KERNEL}/kernel/nvidia.ko").into();
    file.modified = modified;
    facts.packages.owners.insert(file.path.clone(), owner);
    let found = Resolution::File { path: file.path.clone(), by: None };
    facts.modules.kernels[0].resolved.insert("nvidia".into(), found);
}

pub(super) fn sign(facts: &mut Facts, signer: &str) {
    if let Datum::Known { value, .. } = &mut facts.modules.kernels[0].files[0].info {
        value.signature = Datum::known(Signature { signer: Some(signer.into()) }, "nvidia.ko");
    }
}

pub(super) fn add_library(facts: &mut Facts, path: &str, version: &str) {
    let name = path.rsplit('/').next().unwrap();
    facts.libraries.files.push(LibraryFile {
        path: path.into(),
        stem: name.split(".so").next().unwrap().into(),
        version: Some(version.parse().unwrap()),
        arch: Some("x86_64".into()),
        size: 1000,
        place: LibraryPlace::System,
        injected: false,
    });
}

/// Says who owns every library of a version.
pub(super) fn own_library(facts: &mut Facts, version: &str, owner: Ownership) {
    for file in &facts.libraries.files {
        if file.version.as_ref().is_some_and(|found| found.as_str() == version) {
            facts.packages.owners.insert(file.path.clone(), owner.clone());
        }
    }
}

/// An image of that kernel that was read, with these modules.
pub(super) fn image(facts: &mut Facts, kernel: &str, modules: &[(&str, &str)]) {
    let modules = modules.iter().map(|(name, version)| {
        let path = format!("usr/lib/modules/{kernel}/updates/{name}.ko");
        let mut file = module_file(path.into(), version);
        if let Datum::Known { value, .. } = &mut file.info {
            value.name = (*name).into();
        }
        file
    });
    let content = ImageContent { modules: modules.collect(), ..Default::default() };
    add_image(facts, kernel, Datum::known(content, "/boot"));
}

/// An image that was needed and could not be read.
pub(super) fn unreadable_image(facts: &mut Facts, kernel: &str) {
    add_image(facts, kernel, Datum::unreadable("/boot", "permission denied"));
}

fn add_image(facts: &mut Facts, kernel: &str, content: Datum<ImageContent>) {
    facts.initramfs.images.push(Image {
        kernel: kernel.into(),
        path: format!("/boot/initrd.img-{kernel}").into(),
        kind: ImageKind::Boot,
        modified: 0,
        content,
    });
}

pub(super) fn loaded_module(facts: &mut Facts, name: &str, version: &str) {
    facts.loaded.modules.push(LoadedModule {
        name: name.into(),
        version: Datum::known(version.parse().unwrap(), "/sys/module"),
        references: None,
        used_by: vec![],
        state: None,
    });
}

/// A module of the running kernel that modprobe would load.
pub(super) fn add_set_module(facts: &mut Facts, name: &str, version: &str) {
    let path = PathBuf::from(format!("/lib/modules/{KERNEL}/updates/dkms/{name}.ko"));
    let modules = &mut facts.modules.kernels[0];
    modules.files.push(module_file(path.clone(), version));
    modules.resolved.insert(name.into(), Resolution::File { path, by: None });
}

pub(super) fn config(facts: &mut Facts, verb: ConfigVerb, name: &str) {
    let from = "/etc/modprobe.d/nvidia.conf:1".into();
    facts.modules.config.push(ConfigLine { verb, name: name.into(), rest: String::new(), from });
}

/// What a plain process gets for a name.
pub(super) fn library<'f>(facts: &'f mut Facts, name: &str) -> &'f mut ResolvedLibrary {
    let lookup = facts.libraries.lookups.iter_mut().find(|lookup| lookup.name == name).unwrap();
    match &mut lookup.found {
        Datum::Known { value, .. } => value,
        _ => panic!("{name} is not found"),
    }
}

pub(super) fn set_variable(facts: &mut Facts, name: &str, value: &str) {
    facts.system.variables.push(Variable { name: name.into(), value: value.into() });
}

/// An LD_LIBRARY_PATH whose directory holds libcuda.
pub(super) fn environment(
    facts: &mut Facts,
    directory: &str,
    version: Option<&str>,
    place: LibraryPlace,
) {
    set_variable(facts, "LD_LIBRARY_PATH", directory);
    let path = format!("{directory}/libcuda.so.{}", version.unwrap_or("1"));
    facts.libraries.lookups.push(Lookup {
        name: "libcuda.so.1".into(),
        arch: "x86_64".into(),
        scope: LookupScope::Environment,
        found: Datum::known(
            resolved(&path, version, Via::LibraryPath(directory.into()), place),
            &PathBuf::from(directory),
        ),
    });
}

pub(super) fn add_package(
    facts: &mut Facts,
    name: &str,
    version: &str,
    role: PackageRole,
    series: Option<&str>,
) {
    facts.packages.installed.push(Package {
        manager: PackageManager::Dpkg,
        name: name.into(),
        version: format!("{version}-1"),
        driver_version: Some(version.parse().unwrap()),
        arch: "amd64".into(),
        state: "installed".into(),
        held: false,
        origin: None,
        origin_from: None,
        role,
        series: series.map(Into::into),
        from: "/var/lib/dpkg/status".into(),
    });
}

pub(super) fn dkms(facts: &mut Facts, version: &str, outcome: Option<BuildOutcome>) {
    dkms_for(facts, version, KERNEL, outcome);
}

/// A machine whose libraries were upgraded, and DKMS could not build their module: with that first error of its log.
pub(super) fn with_failed_build(first_error: &str) -> Facts {
    let mut facts = machine("535.216.03", "535.216.03", "535.261.03");
    dkms(&mut facts, "535.261.03", failure(first_error));
    facts
}

pub(super) fn failure(first_error: &str) -> Option<BuildOutcome> {
    let first_error = Some(first_error.to_owned());
    Some(BuildOutcome::Failed { first_error, log: "/log".into() })
}

pub(super) fn dkms_for(
    facts: &mut Facts,
    version: &str,
    kernel: &str,
    outcome: Option<BuildOutcome>,
) {
    let builds = outcome.into_iter().map(|outcome| DkmsBuild {
        kernel: kernel.into(),
        outcome,
        from: "/var/lib/dkms/nvidia".into(),
    });
    facts.builders.dkms.push(DkmsModule {
        name: "nvidia".into(),
        version: version.parse().unwrap(),
        source: Datum::known("/usr/src/nvidia".into(), "/var/lib/dkms/nvidia/source"),
        builds: builds.collect(),
    });
}

pub(super) fn runfile(facts: &mut Facts, version: &str, installed: bool) {
    let trace = RunfileTrace {
        version: Some(version.parse().unwrap()),
        signs: vec!["/var/lib/nvidia/log".into()],
        installed,
        last_run: None,
        record: None,
    };
    facts.builders.runfile = Datum::known(trace, "/var/lib/nvidia/log");
}

/// The installer's log of a run that could not build for that kernel.
pub(super) fn failed_run(facts: &mut Facts, version: &str, kernel: Option<&str>) {
    let log = PathBuf::from("/var/log/nvidia-installer.log");
    let run = InstallerRun {
        version: Some(version.parse().unwrap()),
        kernel: kernel.map(Into::into),
        over_packages: false,
        outcome: Some(BuildOutcome::Failed { first_error: None, log: log.clone() }),
        log: log.clone(),
    };
    let trace = RunfileTrace {
        version: run.version.clone(),
        signs: vec![Origin::from(&log)],
        installed: false,
        last_run: Some(run),
        record: None,
    };
    facts.builders.runfile = Datum::known(trace, &log);
}

pub(super) fn log(facts: &mut Facts, kind: LogEventKind, line: &str) {
    let event = LogEvent { kind, line: line.into(), from: "/dev/kmsg".into() };
    facts.log.events = Datum::known(vec![event], "/dev/kmsg");
}

pub(super) fn cuda(facts: &mut Facts, kind: CudaKind, version: &str, active: bool) {
    facts.cuda.installations.push(CudaInstallation {
        kind,
        version: version.parse().unwrap(),
        directory: format!("/usr/local/cuda-{version}").into(),
        from: "version.json".into(),
        active,
    });
}

/// Another GPU in the place of the one.
pub(super) fn set_gpu(facts: &mut Facts, device: u16) {
    if let Datum::Known { value, .. } = &mut facts.bus.gpus {
        value[0].device = device;
    }
}

/// The licence of the module on disk, which tells its flavour.
pub(super) fn set_licence(facts: &mut Facts, licence: &str) {
    if let Datum::Known { value, .. } = &mut facts.modules.kernels[0].files[0].info {
        value.license = Some(licence.into());
    }
}

/// Another module of the set, as modprobe would load it.
pub(super) fn add_module(facts: &mut Facts, name: &str, version: &str) {
    let path = PathBuf::from(format!("/lib/modules/{KERNEL}/updates/dkms/{name}.ko"));
    let mut file = module_file(path.clone(), version);
    if let Datum::Known { value, .. } = &mut file.info {
        value.name = name.into();
    }
    let modules = &mut facts.modules.kernels[0];
    modules.files.push(file);
    modules.resolved.insert(name.into(), Resolution::File { path, by: None });
}

/// Another loaded module.
pub(super) fn add_loaded(facts: &mut Facts, name: &str, version: &str) {
    facts.loaded.modules.push(LoadedModule {
        name: name.into(),
        version: Datum::known(version.parse().unwrap(), "/sys/module"),
        references: Some(0),
        used_by: vec![],
        state: Some("live".into()),
    });
}

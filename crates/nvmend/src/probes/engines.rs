//! Container engines: whether they know NVIDIA's container toolkit, and whether what they know is there. Part of the
//! consumers' probe.
//!
//! Docker hands out GPUs by the toolkit's hook alone if it finds it (moby, `daemon/nvidia_linux.go`), else by a runtime
//! of its configuration; containerd and CRI-O by a runtime; Podman and CRI-O by a hook's description; all by CDI.

use std::io::Read;
use std::path::{Path, PathBuf};

use crate::facts::{
    BrokenRuntime, ContainerEngine, ContainerEngines, Datum, Gap, MissingSetting, Origin,
};
use crate::host::{Failure, Host, HostError, RandomRead, Stream};
use crate::parse::container_config::{
    Config, DockerConfig, NvidiaRuntimes, ToolkitConfig, is_nvidia_runtime,
};

/// Where packages install programs, and where people do.
const PROGRAMS: [&str; 2] = ["/usr/bin", "/usr/local/bin"];
/// Where else systemd's services look for a program that is named without a directory (systemd.exec(5)).
const OTHER_PROGRAMS: [&str; 4] = ["/usr/local/sbin", "/usr/sbin", "/sbin", "/bin"];
const DOCKER: &str = "/etc/docker/daemon.json";
const TOOLKIT: &str = "/etc/nvidia-container-runtime/config.toml";
/// libnvidia-container's hook for Podman and CRI-O, as older toolkits' packages brought it.
const HOOK_DESCRIPTIONS: [&str; 2] = [
    "/usr/share/containers/oci/hooks.d/oci-nvidia-hook.json",
    "/etc/containers/oci/hooks.d/oci-nvidia-hook.json",
];
/// Configuration is written by hand or by `nvidia-ctk`.
const LARGEST: u64 = 256 << 10;
/// More drop-ins than a directory has.
const MOST: usize = 64;

/// The engines and the toolkit of a host.
pub(super) fn engines(host: &dyn Host, gaps: &mut Vec<Gap>) -> ContainerEngines {
    let engines = [docker(host, gaps), containerd(host, gaps), crio(host, gaps), podman(host)];
    let installed: Vec<ContainerEngine> = engines.into_iter().flatten().collect();
    if installed.is_empty() {
        return ContainerEngines::default();
    }
    let tools =
        ["nvidia-ctk", "nvidia-container-runtime"].map(|name| installed_program(host, name));
    let toolkit = match tools {
        [Place::At(path), _] | [_, Place::At(path)] => Datum::known((), &path),
        [Place::Unknown, _] | [_, Place::Unknown] => Datum::default(),
        [Place::Nowhere, Place::Nowhere] => Datum::absent("/usr/bin/nvidia-ctk"),
    };
    ContainerEngines { installed, toolkit, missing_settings: missing_settings(host, gaps) }
}

fn docker(host: &dyn Host, gaps: &mut Vec<Gap>) -> Option<ContainerEngine> {
    let Place::At(program) = installed_program(host, "dockerd") else { return None };
    let mut engine = ContainerEngine {
        name: "Docker".to_owned(),
        program,
        way: Datum::absent(DOCKER),
        broken: None,
    };
    match read::<DockerConfig>(host, Path::new(DOCKER), gaps) {
        Datum::Known { value: config, from } => {
            let default = config.default_runtime.as_deref();
            let nvidia = config.runtimes.iter().filter_map(|(name, runtime)| {
                let program = runtime.path.as_ref().filter(|path| is_nvidia_runtime(path))?;
                Some((name, program))
            });
            for (name, program) in nvidia {
                engine.take(host, name, program, default == Some(name), &from);
            }
            // The one name that NVIDIA's documentation gives it; any other may be a shim that containerd finds.
            if default == Some("nvidia") && !config.runtimes.contains_key("nvidia") {
                let name = "nvidia".to_owned();
                engine.broken = Some(BrokenRuntime { name, program: None, is_default: true, from });
            }
        }
        Datum::Unreadable { at, why } => engine.way = Datum::Unreadable { at, why },
        Datum::Absent { .. } => {}
    }
    if let Place::At(hook) = installed_program(host, "nvidia-container-runtime-hook") {
        engine.way = Datum::known(hook.display().to_string(), &hook);
    }
    Some(engine)
}

/// containerd is judged where a kubelet uses it: under Docker, its own configuration plays no part.
fn containerd(host: &dyn Host, gaps: &mut Vec<Gap>) -> Option<ContainerEngine> {
    let Place::At(_) = installed_program(host, "kubelet") else { return None };
    let files = ["/etc/containerd/config.toml"];
    of_toml(host, "containerd", &files, "/etc/containerd/conf.d", gaps)
}

fn crio(host: &dyn Host, gaps: &mut Vec<Gap>) -> Option<ContainerEngine> {
    let files = ["/etc/crio/crio.conf"];
    let mut engine = of_toml(host, "crio", &files, "/etc/crio/crio.conf.d", gaps)?;
    engine.name = "CRI-O".to_owned();
    engine.take_hook(host);
    Some(engine)
}

fn podman(host: &dyn Host) -> Option<ContainerEngine> {
    let Place::At(program) = installed_program(host, "podman") else { return None };
    let way = Datum::absent(HOOK_DESCRIPTIONS[0]);
    let mut engine = ContainerEngine { name: "Podman".to_owned(), program, way, broken: None };
    engine.take_hook(host);
    Some(engine)
}

/// An engine whose configuration is TOML, in files and in a directory of drop-ins.
fn of_toml(
    host: &dyn Host,
    name: &str,
    files: &[&str],
    drop_ins: &str,
    gaps: &mut Vec<Gap>,
) -> Option<ContainerEngine> {
    let Place::At(program) = installed_program(host, name) else { return None };
    let way = Datum::absent(files.first().copied().unwrap_or(drop_ins));
    let mut engine = ContainerEngine { name: name.to_owned(), program, way, broken: None };
    let entries = host.list(Path::new(drop_ins)).unwrap_or_default().into_iter();
    let entries = entries.map(|entry| Path::new(drop_ins).join(entry.name)).take(MOST);
    for path in files.iter().map(PathBuf::from).chain(entries) {
        match read(host, &path, gaps) {
            Datum::Known { value: NvidiaRuntimes(programs), from } => {
                for program in programs {
                    engine.take(host, &program, &program, false, &from);
                }
            }
            Datum::Unreadable { at, why } if engine.way.is_absent() => {
                engine.way = Datum::Unreadable { at, why };
            }
            _ => {}
        }
    }
    Some(engine)
}

impl ContainerEngine {
    /// Takes in a runtime that the configuration names.
    fn take(
        &mut self,
        host: &dyn Host,
        name: &str,
        program: &str,
        is_default: bool,
        from: &Origin,
    ) {
        if search(host, program) != Place::Nowhere {
            self.way = Datum::known(program.to_owned(), from.clone());
        } else if self.broken.as_ref().is_none_or(|broken| !broken.is_default) {
            let (name, program) = (name.to_owned(), Some(program.to_owned()));
            self.broken = Some(BrokenRuntime { name, program, is_default, from: from.clone() });
        }
    }

    /// Takes in the hook's description, if it is there.
    fn take_hook(&mut self, host: &dyn Host) {
        if let Some(path) =
            HOOK_DESCRIPTIONS.iter().find(|path| host.metadata(Path::new(path)).is_ok())
        {
            self.way = Datum::known((*path).to_owned(), *path);
        }
    }
}

fn missing_settings(host: &dyn Host, gaps: &mut Vec<Gap>) -> Vec<MissingSetting> {
    let config = read::<ToolkitConfig>(host, Path::new(TOOLKIT), gaps);
    let Datum::Known { value: config, from } = config else { return vec![] };
    let settings = [("root", config.root), ("ldconfig", config.ldconfig)];
    let named = settings.into_iter().filter_map(|(name, path)| Some((name, PathBuf::from(path?))));
    named
        .filter(|(_, path)| host.metadata(path).is_err_and(|error| error.is_absent()))
        .map(|(setting, path)| MissingSetting {
            setting: setting.to_owned(),
            path,
            from: from.clone(),
        })
        .collect()
}

/// What a configuration file says. A damaged one is a gap: the engine does not start with it.
fn read<C: Config>(host: &dyn Host, path: &Path, gaps: &mut Vec<Gap>) -> Datum<C> {
    // A capture keeps no more than this.
    let keep = |file: &dyn RandomRead| {
        let config = C::parse(&whole(file)?).map_err(|error| error.to_string())?;
        Ok(config.kept())
    };
    let read = host.extract(path, &keep).and_then(|kept| {
        let damaged = |error| HostError::new(path, Failure::Io(format!("{error}")));
        C::parse(&kept).map_err(damaged)
    });
    if let Err(error) = &read {
        // Configuration that only root may read matters little, and a capture of an older nvmend was not asked.
        let is_gap =
            !matches!(error.why, Failure::NotFound | Failure::NotPermitted | Failure::NotCaptured);
        gaps.extend(is_gap.then(|| Gap::from(error)));
    }
    Datum::read(read, path)
}

/// The whole of a small file.
fn whole(file: &dyn RandomRead) -> Result<Vec<u8>, String> {
    let mut text = Vec::new();
    let mut limited = Stream::new(file).take(LARGEST + 1);
    limited.read_to_end(&mut text).map_err(|error| error.to_string())?;
    match text.len() as u64 > LARGEST {
        true => Err(Failure::TooLarge { limit: LARGEST }.to_string()),
        false => Ok(text),
    }
}

/// Where a program is.
#[derive(Debug, PartialEq, Eq)]
enum Place {
    At(PathBuf),
    Nowhere,
    /// Some place could not be looked at.
    Unknown,
}

/// Looks for a program where packages install it.
fn installed_program(host: &dyn Host, name: &str) -> Place {
    first_of(host, PROGRAMS.iter().map(|directory| Path::new(directory).join(name)))
}

/// Looks for a program that a configuration names, by its path or by its name alone.
fn search(host: &dyn Host, program: &str) -> Place {
    let directories = PROGRAMS.iter().chain(&OTHER_PROGRAMS);
    match Path::new(program) {
        path if path.is_absolute() => first_of(host, [path.to_owned()]),
        name => first_of(host, directories.map(|directory| Path::new(directory).join(name))),
    }
}

fn first_of(host: &dyn Host, paths: impl IntoIterator<Item = PathBuf>) -> Place {
    let mut place = Place::Nowhere;
    for path in paths {
        match host.metadata(&path) {
            Ok(_) => return Place::At(path),
            Err(error) if error.is_absent() => {}
            Err(_) => place = Place::Unknown,
        }
    }
    place
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hosts::memory::Memory;

    const CONFIG: &str = r#"{"default-runtime": "nvidia", "runtimes": {"nvidia": {"path": "nvidia-container-runtime"}}}"#;
    const CONTAINERD: &str = "[plugins.cri.runtimes.nvidia.options]\nBinaryName = \"/usr/bin/nvidia-container-runtime\"\n";

    fn found(host: &Memory) -> (ContainerEngines, Vec<Gap>) {
        let mut gaps = vec![];
        (engines(host, &mut gaps), gaps)
    }

    fn with_docker() -> Memory {
        Memory::default().file("/usr/bin/dockerd", "")
    }

    #[test]
    fn a_host_without_engines_has_none_and_no_gap() {
        let (engines, gaps) = found(&Memory::default());
        assert_eq!((engines, gaps), (ContainerEngines::default(), vec![]));
    }

    #[test]
    fn docker_knows_a_runtime_or_finds_the_hook() {
        let (engines, _) = found(&with_docker());
        assert!(engines.installed[0].way.is_absent() && engines.installed[0].broken.is_none());
        let configured =
            with_docker().file(DOCKER, CONFIG).file("/usr/bin/nvidia-container-runtime", "");
        let (engines, gaps) = found(&configured);
        assert_eq!(
            engines.installed[0].way,
            Datum::known("nvidia-container-runtime".to_owned(), DOCKER)
        );
        assert!(engines.installed[0].broken.is_none() && gaps.is_empty());
        assert!(engines.toolkit.value().is_some());
        let hooked = with_docker().file("/usr/bin/nvidia-container-runtime-hook", "");
        assert!(found(&hooked).0.installed[0].way.value().is_some());
    }

    #[test]
    fn a_runtime_whose_program_is_gone_is_broken() {
        let (engines, _) = found(&with_docker().file(DOCKER, CONFIG));
        let broken = engines.installed[0].broken.as_ref().unwrap();
        assert!(broken.is_default && broken.program.is_some());
        let (engines, _) = found(&with_docker().file(DOCKER, r#"{"default-runtime": "nvidia"}"#));
        assert_eq!(engines.installed[0].broken.as_ref().unwrap().program, None);
        let (engines, _) = found(&with_docker().file(DOCKER, r#"{"default-runtime": "crun"}"#));
        assert_eq!(engines.installed[0].broken, None);
    }

    #[test]
    fn a_damaged_configuration_is_a_gap_and_says_nothing() {
        let (engines, gaps) = found(&with_docker().file(DOCKER, "{\"runtimes\": {"));
        assert!(engines.installed[0].way.is_unreadable());
        assert_eq!(gaps.len(), 1);
        assert_eq!(gaps[0].what, DOCKER);
        assert_eq!(found(&with_docker().denied(DOCKER)).1, vec![]);
    }

    #[test]
    fn containerd_counts_where_a_kubelet_is() {
        let host = Memory::default()
            .file("/usr/bin/containerd", "")
            .file("/etc/containerd/config.toml", "version = 2\n")
            .file("/etc/containerd/conf.d/99-nvidia.toml", CONTAINERD);
        assert_eq!(found(&host).0.installed, []);
        let node = host.file("/usr/bin/kubelet", "");
        assert!(found(&node).0.installed[0].broken.is_some());
        let node = node.file("/usr/bin/nvidia-container-runtime", "");
        let (engines, _) = found(&node);
        assert!(engines.installed[0].broken.is_none());
        assert!(engines.installed[0].way.value().is_some());
    }

    #[test]
    fn podman_and_crio_take_the_hooks_description() {
        let host = Memory::default().file("/usr/bin/podman", "").file("/usr/bin/crio", "");
        let ways = |host: &Memory| {
            let (engines, _) = found(host);
            engines.installed.iter().filter(|engine| engine.way.value().is_some()).count()
        };
        assert_eq!(ways(&host), 0);
        assert_eq!(ways(&host.file(HOOK_DESCRIPTIONS[0], "{}")), 2);
    }

    #[test]
    fn settings_of_the_toolkit_that_lead_nowhere() {
        let text = "[nvidia-container-cli]\nldconfig = \"@/sbin/ldconfig.real\"\nroot = \"/run/nvidia/driver\"\n";
        let host = with_docker().file(TOOLKIT, text).file("/sbin/ldconfig.real", "");
        let (engines, _) = found(&host);
        let [missing] = engines.missing_settings.as_slice() else { panic!("{engines:?}") };
        assert_eq!(missing.setting, "root");
        assert_eq!(found(&host.dir("/run/nvidia/driver")).0.missing_settings, []);
    }
}

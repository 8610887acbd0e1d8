//! Specifications of the Container Device Interface. Part of the consumers' probe.

use std::path::{Path, PathBuf};

use crate::facts::{CdiFile, CdiSpec, Gap};
use crate::host::{Failure, Host, HostError};
use crate::knowledge::libraries::driver_library;
use crate::parse::cdi;
use crate::version::DriverVersion;

/// Lowest priority first (container-device-interface, `pkg/cdi/spec-dirs.go`).
const STATIC: &str = "/etc/cdi";
/// `/var/run` is `/run`, except in trees that were put together by hand.
const DYNAMIC: [&str; 2] = ["/var/run/cdi", "/run/cdi"];
/// More specifications than a machine has.
const MOST: usize = 32;
/// One of eight GPUs with all their partitions has a few hundred KiB.
const LARGEST: u64 = 4 << 20;

/// The specifications for NVIDIA GPUs.
pub(super) fn specs(host: &dyn Host, gaps: &mut Vec<Gap>) -> Vec<CdiSpec> {
    let mut found = Vec::new();
    for directory in [STATIC].into_iter().chain(DYNAMIC) {
        let directory = Path::new(directory);
        let entries = match host.list(directory) {
            Ok(entries) => entries,
            Err(error) => {
                note(&error, gaps);
                continue;
            }
        };
        let names = entries.into_iter().map(|entry| entry.name);
        let names = names.filter(|name| name.ends_with(".yaml") || name.ends_with(".json"));
        for name in names.take(MOST) {
            found.extend(spec(host, directory.join(name), gaps));
        }
        if directory == Path::new(DYNAMIC[0]) {
            break;
        }
    }
    found
}

fn spec(host: &dyn Host, path: PathBuf, gaps: &mut Vec<Gap>) -> Option<CdiSpec> {
    let text = match host.read(&path, LARGEST) {
        Ok(text) => text,
        Err(error) => {
            note(&error, gaps);
            return None;
        }
    };
    let spec = match cdi::parse(&text) {
        Ok(spec) => spec,
        Err(error) => {
            gaps.push(Gap::new(&path, error));
            return None;
        }
    };
    // `nvidia.com/gpu`, and what the device plugin and the toolkit's container put before it.
    if !spec.kind.ends_with("nvidia.com/gpu") {
        return None;
    }
    let files = spec.host_paths.iter().filter_map(|path| file(host, path)).collect();
    Some(CdiSpec { path, kind: spec.kind, files })
}

/// A driver file. Sockets and device nodes come and go with what is running, and say nothing of versions.
fn file(host: &dyn Host, path: &str) -> Option<CdiFile> {
    let name = path.rsplit('/').next()?;
    let version = match driver_library(name) {
        Some(library) => DriverVersion::from_library_name(name).filter(|_| library.carries_version),
        None => Some(firmware_version(path)?),
    };
    let missing = host.metadata(Path::new(path)).is_err_and(|error| error.is_absent());
    Some(CdiFile { path: path.into(), version, exists: !missing })
}

/// `/lib/firmware/nvidia/560.35.03/gsp_ga10x.bin`.
fn firmware_version(path: &str) -> Option<DriverVersion> {
    let (_, rest) = path.split_once("/firmware/nvidia/")?;
    rest.split('/').next()?.parse().ok()
}

fn note(error: &HostError, gaps: &mut Vec<Gap>) {
    // A capture that an older nvmend took was not asked.
    if !error.is_absent() && error.why != Failure::NotCaptured {
        gaps.push(Gap::from(error));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hosts::memory::Memory;

    const SPEC: &str = "kind: nvidia.com/gpu\nmounts:\n- hostPath: /usr/lib/libcuda.so.560.35.03\n- hostPath: /usr/lib/libnvidia-egl-gbm.so.1.1.1\n\
        - hostPath: /run/nvidia-persistenced/socket\n- hostPath: /usr/bin/nvidia-smi\n- hostPath: /lib/firmware/nvidia/560.35.03/gsp_ga10x.bin\n";

    #[test]
    fn finds_driver_files_and_whether_they_are_there() {
        let host = Memory::default()
            .file("/etc/cdi/nvidia.yaml", SPEC)
            .file("/etc/cdi/notes.txt", SPEC)
            .file("/run/cdi/other.json", r#"{"kind": "vendor.com/net", "hostPath": "/x"}"#)
            .file("/usr/lib/libcuda.so.560.35.03", "");
        let mut gaps = vec![];
        let specs = specs(&host, &mut gaps);
        let [spec] = specs.as_slice() else { panic!("{specs:?}") };
        let files: Vec<(&str, Option<&str>, bool)> = spec
            .files
            .iter()
            .map(|file| {
                let name = file.path.file_name().unwrap().to_str().unwrap();
                (name, file.version.as_ref().map(DriverVersion::as_str), file.exists)
            })
            .collect();
        assert_eq!(
            files,
            [
                ("gsp_ga10x.bin", Some("560.35.03"), false),
                ("libcuda.so.560.35.03", Some("560.35.03"), true),
                ("libnvidia-egl-gbm.so.1.1.1", None, false)
            ]
        );
        assert_eq!(gaps, []);
    }

    #[test]
    fn a_directory_that_is_a_link_is_read_once() {
        let host = Memory::default().link("/var/run", "/run").file("/run/cdi/nvidia.yaml", SPEC);
        assert_eq!(specs(&host, &mut vec![]).len(), 1);
    }

    #[test]
    fn damaged_and_unreadable_are_gaps_and_absent_is_none() {
        let mut gaps = vec![];
        assert_eq!(specs(&Memory::default(), &mut gaps), []);
        assert_eq!(gaps, []);
        let host = Memory::default().file("/etc/cdi/a.yaml", "\0\0").denied("/etc/cdi/b.yaml");
        assert_eq!(specs(&host, &mut gaps), []);
        assert_eq!(gaps.len(), 2);
    }
}

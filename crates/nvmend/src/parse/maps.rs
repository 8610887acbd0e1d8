//! `/proc/<pid>/maps`: which driver libraries a process has mapped (proc_pid_maps(5)).

use std::path::PathBuf;

use crate::facts::MappedLibrary;
use crate::knowledge::libraries::driver_library;
use crate::version::DriverVersion;

/// The driver libraries of a process, sorted, once each. Libraries of the driver are those that carry its version in
/// their name.
pub fn driver_libraries(maps: &[u8]) -> Vec<MappedLibrary> {
    let mut found = Vec::new();
    let mut last: &[u8] = &[];
    for at in memchr::memmem::find_iter(maps, b".so.") {
        let Some(path) = path_around(maps, at) else { continue };
        // The mappings of one file follow each other.
        if path == last {
            continue;
        }
        last = path;
        found.extend(mapped_library(path));
    }
    found.sort();
    found.dedup();
    found
}

/// The path of the line that holds the byte `at`: everything from the first slash, as the five fields before hold none.
fn path_around(maps: &[u8], at: usize) -> Option<&[u8]> {
    let start = memchr::memrchr(b'\n', maps.get(..at)?).map_or(0, |newline| newline + 1);
    let line = maps.get(start..)?;
    let line = line.get(..memchr::memchr(b'\n', line).unwrap_or(line.len()))?;
    line.get(memchr::memchr(b'/', line)?..)
}

fn mapped_library(path: &[u8]) -> Option<MappedLibrary> {
    let (path, deleted) = match path.strip_suffix(b" (deleted)") {
        Some(path) => (path, true),
        None => (path, false),
    };
    let path = std::str::from_utf8(path).ok()?;
    let name = path.rsplit('/').next()?;
    driver_library(name).filter(|library| library.carries_version)?;
    let version = DriverVersion::from_library_name(name)?;
    Some(MappedLibrary { path: PathBuf::from(path), version, deleted })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MAPS: &str = "\
55d0c7a00000-55d0c7a02000 r--p 00000000 fd:01 1048602                    /usr/bin/my tool\n\
7f1c24000000-7f1c24021000 rw-p 00000000 00:00 0 \n\
7f1c28000000-7f1c281c0000 r--p 00000000 fd:01 2097301                    /usr/lib/x86_64-linux-gnu/libcuda.so.535.216.01 (deleted)\n\
7f1c281c0000-7f1c29000000 r-xp 001c0000 fd:01 2097301                    /usr/lib/x86_64-linux-gnu/libcuda.so.535.216.01 (deleted)\n\
7f1c2a000000-7f1c2a100000 r-xp 00000000 fd:01 2097399                    /opt/my libs/libnvidia-ml.so.535.261.03\n\
7f1c2b000000-7f1c2b100000 r-xp 00000000 fd:01 2097400                    /usr/local/cuda/lib64/libcudart.so.12.4.127\n\
7f1c2c000000-7f1c2c100000 r-xp 00000000 fd:01 2097401                    /usr/lib/x86_64-linux-gnu/libnvidia-egl-gbm.so.1.1.1\n\
7ffd1a000000-7ffd1a021000 rw-p 00000000 00:00 0                          [stack]\n";

    #[test]
    fn finds_driver_libraries_once_and_sees_which_are_deleted() {
        let library = |path: &str, version: &str, deleted| MappedLibrary {
            path: path.into(),
            version: version.parse().unwrap(),
            deleted,
        };
        assert_eq!(
            driver_libraries(MAPS.as_bytes()),
            [
                library("/opt/my libs/libnvidia-ml.so.535.261.03", "535.261.03", false),
                library("/usr/lib/x86_64-linux-gnu/libcuda.so.535.216.01", "535.216.01", true),
            ]
        );
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200), cut in 0_usize..900) {
            let _ = driver_libraries(&bytes);
            let _ = driver_libraries(&MAPS.as_bytes()[..cut.min(MAPS.len())]);
        }
    }
}

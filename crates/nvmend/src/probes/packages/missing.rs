//! Driver libraries that an installed package lists and that are gone: looked for in the lists that are read anyway.
//! dpkg and pacman record no sizes; a library that was cut short is found by its ELF header.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::owners::{FileList, spellings};
use crate::facts::{MissingFile, Origin};
use crate::host::Host;
use crate::knowledge::libraries::{driver_library, is_dispatch_file};
use crate::parse::dpkg::{diversions, paths};
use crate::version::DriverVersion;

/// Files of one package that are named.
pub(super) const MOST: usize = 8;

const DIVERSIONS: &str = "/var/lib/dpkg/diversions";
/// Those of glx-diversions take 20 KiB.
const MAX_DIVERSIONS: u64 = 4 << 20;

/// Whether a file of this name is to be there as its package brought it. Only names with a version of their own count:
/// links are made by ldconfig and by alternatives, and come and go.
pub(super) fn is_lasting(name: &str) -> bool {
    driver_library(name).is_some_and(|library| library.carries_version)
        && DriverVersion::from_library_name(name).is_some()
        || is_dispatch_file(name)
}

pub(super) struct Missing<'f> {
    /// Names of the installed packages that carry driver libraries, or what leads to these.
    pub(super) drivers: HashSet<&'f str>,
    /// The library files that were found: nobody is asked for these again.
    pub(super) here: HashSet<&'f Path>,
    pub(super) found: Vec<MissingFile>,
}

impl Missing<'_> {
    /// Looks for the libraries of one list.
    pub(super) fn look(&mut self, host: &dyn Host, list: &FileList, content: &[u8]) {
        if !self.drivers.contains(list.package.as_str()) {
            return;
        }
        let gone = paths(content).filter_map(|line| {
            memchr::memmem::find(line, b".so.")?;
            let line = std::str::from_utf8(line).ok()?;
            if !is_lasting(line.rsplit('/').next()?) {
                return None;
            }
            // pacman leaves the first slash out.
            let path = Path::new("/").join(line.trim_start_matches('/'));
            let is_here = spellings(&path).iter().any(|path| self.here.contains(Path::new(path)))
                || !matches!(host.metadata(&path), Err(error) if error.is_absent());
            (!is_here).then_some(path)
        });
        let gone: Vec<PathBuf> = gone.take(MOST).collect();
        self.found.extend(gone.into_iter().map(|path| MissingFile {
            path,
            package: list.package.clone(),
            list: Origin::from(&list.path),
        }));
    }

    /// What is gone, without what dpkg put elsewhere: Debian's glx-diversions moves Mesa's and libglvnd's files.
    pub(super) fn finish(mut self, host: &dyn Host) -> Vec<MissingFile> {
        self.found.sort();
        self.found.dedup();
        if self.found.is_empty() {
            return self.found;
        }
        let text = host.read(Path::new(DIVERSIONS), MAX_DIVERSIONS).unwrap_or_default();
        let moved: HashMap<&[u8], (&[u8], &[u8])> =
            diversions(&text).map(|it| (it.from, (it.to, it.by))).collect();
        self.found.retain(|file| {
            let spelled = spellings(&file.path);
            let moved = spelled.iter().find_map(|path| moved.get(path.as_bytes()));
            let to = moved.filter(|(_, by)| *by != file.package.as_bytes()).map(|(to, _)| *to);
            let to = to.and_then(|to| std::str::from_utf8(to).ok());
            to.is_none_or(
                |to| matches!(host.metadata(Path::new(to)), Err(error) if error.is_absent()),
            )
        });
        self.found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hosts::memory::Memory;

    #[test]
    fn finds_what_is_gone_and_asks_for_nothing_that_was_found() {
        let list = FileList { package: "libcuda1".into(), path: "/info/libcuda1.list".into() };
        let content = b"/.\n/usr/lib/libcuda.so.1\n/usr/lib/libcuda.so.535.261.03\n\
            /lib/libnvidia-ml.so.535.261.03\nusr/lib/libnvidia-ptxjitcompiler.so.535.261.03\n\
            /usr/lib/libnvidia-egl-gbm.so.1.1.1\n/usr/share/doc/libcuda1\n";
        let host = Memory::default().file("/usr/lib/libnvidia-ptxjitcompiler.so.535.261.03", "");
        let here = HashSet::from([Path::new("/usr/lib/libnvidia-ml.so.535.261.03")]);
        let mut missing = Missing { drivers: HashSet::from(["libcuda1"]), here, found: vec![] };
        missing.look(&host, &list, content);
        let found: Vec<_> = missing.found.iter().map(|file| file.path.as_path()).collect();
        assert_eq!(found, [Path::new("/usr/lib/libcuda.so.535.261.03")]);

        let divert = format!("{}\n/diverted/libcuda\nlibglvnd0\n", found[0].display());
        let diverted = host.clone().file(DIVERSIONS, divert).file("/diverted/libcuda", "");
        let of = |host: &Memory| {
            let (drivers, here) = (missing.drivers.clone(), missing.here.clone());
            Missing { drivers, here, found: missing.found.clone() }.finish(host).len()
        };
        assert_eq!((of(&host), of(&diverted)), (1, 0));

        missing.found.clear();
        missing.drivers.clear();
        missing.look(&host, &list, content);
        assert_eq!(missing.found, []);
    }
}

//! Driver libraries that an installed package lists and that are gone: looked for in the lists that are read anyway.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::owners::{FileList, spellings};
use crate::facts::{MissingFile, Origin};
use crate::host::Host;
use crate::knowledge::libraries::driver_library;
use crate::parse::dpkg::paths;
use crate::version::DriverVersion;

/// Files of one package that are named.
const MOST: usize = 8;

pub(super) struct Missing<'f> {
    /// Names of the installed packages that carry driver libraries.
    pub(super) drivers: HashSet<&'f str>,
    /// The library files that were found: nobody is asked for these again.
    pub(super) here: HashSet<&'f Path>,
    pub(super) found: Vec<MissingFile>,
}

impl Missing<'_> {
    /// Looks for the libraries of one list. Only names with the driver's version count: links are made by ldconfig
    /// and by alternatives, and come and go.
    pub(super) fn look(&mut self, host: &dyn Host, list: &FileList, content: &[u8]) {
        if !self.drivers.contains(list.package.as_str()) {
            return;
        }
        let gone = paths(content).filter_map(|line| {
            memchr::memmem::find(line, b".so.")?;
            let line = std::str::from_utf8(line).ok()?;
            let name = line.rsplit('/').next()?;
            driver_library(name).filter(|library| library.carries_version)?;
            DriverVersion::from_library_name(name)?;
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

        missing.found.clear();
        missing.drivers.clear();
        missing.look(&host, &list, content);
        assert_eq!(missing.found, []);
    }
}

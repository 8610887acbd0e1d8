//! Driver libraries that an installed package lists and that are gone, or were written later with another content:
//! looked for in the lists that are read anyway. dpkg and pacman record no sizes; a library that was cut short is found
//! by its ELF header.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::doubt::Doubt;
use super::owners::{FileList, spellings};
use super::rpm_files::Verified;
use crate::facts::{AlteredFile, Change, MissingFile, Origin};
use crate::host::Host;
use crate::knowledge::libraries::{driver_library, is_dispatch_file};
use crate::parse::digest::Algorithm;
use crate::parse::dpkg::{diversions, md5sums, paths};
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
    pub(super) altered: Vec<MissingFile>,
    pub(super) doubt: Doubt,
}

/// The longest, of kernel headers, have 3 MB.
const MAX_SUMS: u64 = 16 << 20;

impl Missing<'_> {
    /// Looks for the libraries of one list.
    pub(super) fn look(&mut self, host: &dyn Host, list: &FileList, content: &[u8]) {
        if !self.drivers.contains(list.package.as_str()) {
            return;
        }
        let lasting = paths(content).filter_map(|line| {
            memchr::memmem::find(line, b".so.")?;
            let line = std::str::from_utf8(line).ok()?;
            // pacman leaves the first slash out.
            is_lasting(line.rsplit('/').next()?)
                .then(|| Path::new("/").join(line.trim_start_matches('/')))
        });
        let is_here = |path: &PathBuf| {
            spellings(path).iter().any(|path| self.here.contains(Path::new(path)))
                || !matches!(host.metadata(path), Err(error) if error.is_absent())
        };
        let (here, gone): (Vec<PathBuf>, Vec<PathBuf>) = lasting.partition(is_here);
        let named = |path| {
            let (package, list) = (list.package.clone(), Origin::from(&list.path));
            MissingFile { path, package, list }
        };
        self.found.extend(gone.into_iter().take(MOST).map(named));
        // Written by dpkg when it unpacks the package; pacman's digests stand in an archive, and are not read.
        let sums = list.path.with_extension("md5sums");
        if list.path.extension().is_none_or(|extension| extension != "list") || here.is_empty() {
            return;
        }
        let Ok(installed) = host.metadata(&list.path).map(|list| list.modified) else { return };
        for path in here {
            let listed = || {
                let text = host.read(&sums, MAX_SUMS).ok()?;
                let name = path.to_str()?.trim_start_matches('/').as_bytes();
                md5sums(&text).find(|(path, _)| *path == name).map(|(_, digest)| digest.to_owned())
            };
            if self.doubt.is_altered(host, &path, installed, Algorithm::Md5, listed) {
                self.altered.push(named(path));
            }
        }
    }

    /// What is gone, without what dpkg put elsewhere: Debian's glx-diversions moves Mesa's and libglvnd's files.
    pub(super) fn finish(mut self, host: &dyn Host) -> Verified {
        for files in [&mut self.found, &mut self.altered] {
            files.sort();
            files.dedup();
        }
        if self.found.is_empty() && self.altered.is_empty() {
            return Verified::default();
        }
        let text = host.read(Path::new(DIVERSIONS), MAX_DIVERSIONS).unwrap_or_default();
        let moved: HashMap<&[u8], (&[u8], &[u8])> =
            diversions(&text).map(|it| (it.from, (it.to, it.by))).collect();
        let moved_to = |file: &MissingFile| {
            let spelled = spellings(&file.path);
            let moved = spelled.iter().find_map(|path| moved.get(path.as_bytes()));
            let to = moved.filter(|(_, by)| *by != file.package.as_bytes()).map(|(to, _)| *to);
            to.and_then(|to| std::str::from_utf8(to).ok())
        };
        let is_gone = |path: &Path| matches!(host.metadata(path), Err(error) if error.is_absent());
        self.found.retain(|file| moved_to(file).is_none_or(|to| is_gone(Path::new(to))));
        // What lies there then is another package's.
        self.altered.retain(|file| moved_to(file).is_none());
        let altered = self.altered.into_iter().map(|MissingFile { path, package, list }| {
            AlteredFile { path, package, list, change: Change::Content }
        });
        Verified { missing: self.found, altered: altered.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hosts::memory::Memory;

    fn missing_of<'f>(drivers: &[&'f str], here: HashSet<&'f Path>) -> Missing<'f> {
        let drivers = drivers.iter().copied().collect();
        Missing { drivers, here, found: vec![], altered: vec![], doubt: Doubt::default() }
    }

    #[test]
    fn a_file_that_was_written_later_is_held_against_its_digest() {
        const DAY: i64 = 86_400;
        let list =
            FileList { package: "libcuda1".into(), path: "/info/libcuda1:amd64.list".into() };
        let path = "/usr/lib/libcuda.so.535.261.03";
        let altered = |content: &str, written: i64| {
            // The digest of "abc".
            let sums = "900150983cd24fb0d6963f7d28e17f72  usr/lib/libcuda.so.535.261.03\n";
            let host = Memory::default()
                .file("/info/libcuda1:amd64.list", path)
                .file("/info/libcuda1:amd64.md5sums", sums)
                .file(path, content)
                .modified("/info/libcuda1:amd64.list", 1_700_000_000)
                .modified(path, 1_700_000_000 + written);
            let mut missing = missing_of(&["libcuda1"], HashSet::new());
            missing.look(&host, &list, path.as_bytes());
            missing.finish(&host).altered.len()
        };
        assert_eq!(altered("other", DAY), 1);
        assert_eq!(altered("abc", DAY), 0, "written anew, and the same");
        assert_eq!(altered("other", -DAY), 0, "no doubt, no digest");
    }

    #[test]
    fn finds_what_is_gone_and_asks_for_nothing_that_was_found() {
        let list = FileList { package: "libcuda1".into(), path: "/info/libcuda1.list".into() };
        let content = b"/.\n/usr/lib/libcuda.so.1\n/usr/lib/libcuda.so.535.261.03\n\
            /lib/libnvidia-ml.so.535.261.03\nusr/lib/libnvidia-ptxjitcompiler.so.535.261.03\n\
            /usr/lib/libnvidia-egl-gbm.so.1.1.1\n/usr/share/doc/libcuda1\n";
        let host = Memory::default().file("/usr/lib/libnvidia-ptxjitcompiler.so.535.261.03", "");
        let here = HashSet::from([Path::new("/usr/lib/libnvidia-ml.so.535.261.03")]);
        let mut missing = missing_of(&["libcuda1"], here);
        missing.look(&host, &list, content);
        let found: Vec<_> = missing.found.iter().map(|file| file.path.as_path()).collect();
        assert_eq!(found, [Path::new("/usr/lib/libcuda.so.535.261.03")]);

        let divert = format!("{}\n/diverted/libcuda\nlibglvnd0\n", found[0].display());
        let diverted = host.clone().file(DIVERSIONS, divert).file("/diverted/libcuda", "");
        let of = |host: &Memory| {
            let mut of = missing_of(&["libcuda1"], missing.here.clone());
            of.found = missing.found.clone();
            of.finish(host).missing.len()
        };
        assert_eq!((of(&host), of(&diverted)), (1, 0));

        missing.found.clear();
        missing.drivers.clear();
        missing.look(&host, &list, content);
        assert_eq!(missing.found, []);
    }
}

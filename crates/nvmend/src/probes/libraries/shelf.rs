//! The driver libraries that are there: every directory listed once, every file looked at once.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use super::places::Places;
use crate::facts::{DECIDING_LIBRARIES, Gap, LibraryFile, LibraryPlace};
use crate::host::{Entry, Failure, FileKind, Host, HostError, LinkChain, RandomRead};
use crate::knowledge::libraries::{DriverLibrary, driver_library};
use crate::parse::{elf, mounts};
use crate::probes::links::Links;
use crate::version::DriverVersion;

/// Directories that are listed at most, whatever the configuration says.
const DIRECTORIES: usize = 2_000;
/// Library files that are looked at, at most.
const FILES: usize = 10_000;

/// Everything found.
pub(super) struct Shelf<'h> {
    host: &'h dyn Host,
    links: Links<'h>,
    places: Places,
    /// Libraries that are mount points, and where each comes from as far as that is told.
    mounted: HashMap<PathBuf, Option<PathBuf>>,
    /// By true path.
    pub(super) files: BTreeMap<PathBuf, LibraryFile>,
    /// By the true path of the directory, then by name.
    names: HashMap<PathBuf, BTreeMap<String, LinkChain>>,
    /// What was asked of [`Self::is_directory`]: every lookup asks for the same few.
    directories: RefCell<HashMap<String, bool>>,
    pub(super) gaps: Vec<Gap>,
}

impl<'h> Shelf<'h> {
    pub(super) fn new(host: &'h dyn Host, conda: Option<PathBuf>, told: &[PathBuf]) -> Self {
        let links = Links::new(host);
        let told = told.iter().filter_map(|directory| links.directory(directory).ok()).collect();
        let places = Places { told, conda };
        let (files, names) = (BTreeMap::new(), HashMap::new());
        let (mounted, directories) = (mounted(host), RefCell::default());
        Self { host, links, places, mounted, files, names, directories, gaps: vec![] }
    }

    /// Why it can't be told whether what a name leads to is there.
    pub(super) fn unseen(&self, chain: &LinkChain) -> Option<HostError> {
        let mut ways = chain.links.first().into_iter().chain([&chain.end]);
        let is_unseen = |error: &HostError| !error.is_absent() && error.why != Failure::NotCaptured;
        ways.find_map(|path| self.host.metadata(path).err().filter(is_unseen))
    }

    /// Takes in the driver libraries of a directory, and of those below it in which distributions keep them
    /// (`nvidia/current`, `nvidia/tesla-470`, `nvidia-384`, `vdpau`), `levels` deep.
    pub(super) fn take(&mut self, directory: &Path, levels: usize) {
        let Ok(home) = self.links.directory(directory) else { return };
        if self.names.len() >= DIRECTORIES || self.names.contains_key(&home) {
            return;
        }
        self.names.insert(home.clone(), BTreeMap::new());
        let entries = match self.host.list(&home) {
            Ok(entries) => entries,
            Err(error) => {
                if !error.is_absent() {
                    self.gaps.push(Gap::from(&error));
                }
                return;
            }
        };
        let is_ours = home.ends_with("nvidia");
        for entry in entries {
            let keeps_ours = is_ours || entry.name.starts_with("nvidia") || entry.name == "vdpau";
            match entry.kind {
                FileKind::Directory if levels > 0 && keeps_ours => {
                    self.take(&home.join(&entry.name), levels - 1);
                }
                FileKind::File | FileKind::Link => {
                    if let Some(library) = driver_library(&entry.name) {
                        self.add(directory, &home, entry, library);
                    }
                }
                _ => {}
            }
        }
    }

    /// Takes in one name; `home` is the true path of `directory`.
    fn add(&mut self, directory: &Path, home: &Path, entry: Entry, library: DriverLibrary) {
        if self.files.len() >= FILES {
            return;
        }
        let path = home.join(&entry.name);
        let chain = match entry.kind {
            FileKind::Link => self.links.follow(&path),
            _ => Ok(LinkChain { links: vec![], end: path }),
        };
        match chain {
            Ok(chain) => {
                self.look_at(&chain.end, library, &directory.join(&entry.name));
                self.names.entry(home.to_owned()).or_default().insert(entry.name, chain);
            }
            Err(error) => self.gaps.push(Gap::from(&error)),
        }
    }

    /// Takes in the file at the end of a name, if one is there.
    fn look_at(&mut self, path: &Path, library: DriverLibrary, found: &Path) {
        if self.files.contains_key(path) {
            return;
        }
        let decides =
            DECIDING_LIBRARIES.iter().any(|name| name.split('.').next() == Some(library.stem));
        let opened = self.host.open(path);
        let size = match &opened {
            Ok(file) => file.size(),
            // A dangling link is no gap: it is what the loader finds too.
            Err(error) if error.is_absent() => return,
            Err(error) => match self.host.metadata(path) {
                Ok(metadata) if metadata.kind == FileKind::File => {
                    self.gaps.push(Gap::from(error));
                    metadata.size
                }
                // Docker makes a directory of a file that is to be mounted and is not there.
                Ok(_) => {
                    if decides {
                        self.gaps.push(Gap::from(error));
                    }
                    return;
                }
                Err(error) => return self.gaps.push(Gap::from(&error)),
            },
        };
        let file = opened.ok().filter(|_| size > 0);
        let arch = file.as_deref().and_then(|file| self.arch(path, file));
        let mount = self.mounted.get(path);
        // libnvidia-container and the toolkit's `mount` mode put the image's own cuda-compat beside the host's libraries.
        let source = mount.and_then(Option::as_deref);
        let is_compat = |path| self.places.of(path, path) == LibraryPlace::CudaCompat;
        let place = match source {
            Some(source) if is_compat(source) => LibraryPlace::CudaCompat,
            _ => self.places.of(path, found),
        };
        let injected = mount.is_some();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let carried = DriverVersion::from_library_name(name).filter(|_| library.carries_version);
        if decides && size == 0 {
            self.gaps.push(Gap::new(path, "damaged: empty"));
        }
        let tells = decides && arch.is_some() && place != LibraryPlace::Stub;
        let inside = match file.as_deref().filter(|_| tells && carried.is_none()) {
            Some(file) => inside(file),
            None => Inside::default(),
        };
        let version = carried.or(inside.version);
        let place = if inside.is_stub { LibraryPlace::Stub } else { place };
        let file = LibraryFile {
            path: path.to_owned(),
            stem: library.stem.to_owned(),
            version,
            arch: arch.map(str::to_owned),
            size,
            place,
            injected,
        };
        self.files.insert(path.to_owned(), file);
    }

    fn arch(&mut self, path: &Path, file: &dyn RandomRead) -> Option<&'static str> {
        let mut start = [0; elf::HEADER];
        // Older captures have only its beginning.
        let read = file
            .read_at(0, &mut start)
            .or_else(|_| file.read_at(0, &mut start[..elf::IDENTIFICATION]));
        match read {
            Ok(count) => {
                let start = start.get(..count).unwrap_or_default();
                let arch = elf::machine(start);
                let is_cut = elf::end_of_sections(start).is_some_and(|end| end > file.size());
                match arch {
                    None => self.gaps.push(Gap::new(path, "damaged: not an ELF file")),
                    Some(_) if is_cut => self.gaps.push(Gap::new(path, "damaged: cut short")),
                    Some(_) => return arch,
                }
                None
            }
            Err(error) => {
                self.gaps.push(Gap::new(path, error));
                None
            }
        }
    }

    /// What stands under that name in that directory, and the file at its end if it is there.
    pub(super) fn get(
        &self,
        directory: &Path,
        name: &str,
    ) -> Option<(&LinkChain, Option<&LibraryFile>)> {
        let home = self.links.directory(directory).ok()?;
        let chain = self.names.get(&home)?.get(name)?;
        Some((chain, self.files.get(&chain.end)))
    }

    /// What sort of place a path is that leads to nothing.
    pub(super) fn place_of_nothing(&self, chain: &LinkChain, found: &Path) -> LibraryPlace {
        self.places.of(&chain.end, found)
    }

    /// Whether the directory is there.
    pub(super) fn is_directory(&self, path: &str) -> bool {
        let mut known = self.directories.borrow_mut();
        if let Some(known) = known.get(path) {
            return *known;
        }
        let metadata = self.host.metadata(Path::new(path));
        let is = metadata.is_ok_and(|metadata| metadata.kind == FileKind::Directory);
        known.insert(path.to_owned(), is);
        is
    }
}

/// Driver libraries that are mount points of their own, and what is mounted there: container runtimes mount each file
/// by itself.
fn mounted(host: &dyn Host) -> HashMap<PathBuf, Option<PathBuf>> {
    let tables = ["/proc/self/mountinfo", "/proc/1/mountinfo", "/proc/mounts"];
    // A host of many containers has thousands of lines; beyond the limit it is no container itself.
    let table = tables.iter().find_map(|table| host.read(Path::new(table), 8 << 20).ok());
    let table = table.unwrap_or_default();
    mounts::parse(&String::from_utf8_lossy(&table))
        .filter(|mount| {
            driver_library(mount.point.rsplit('/').next().unwrap_or_default()).is_some()
        })
        .map(|mount| (mount.point.into(), mount.root.map(PathBuf::from)))
        .collect()
}

/// What a library without a version in its name says inside.
#[derive(Default)]
struct Inside {
    version: Option<DriverVersion>,
    /// It warns that it is NVML's stub, wherever it lies: conda packages put it among an environment's libraries.
    is_stub: bool,
}

/// Looks for the text `nvidia id: NVIDIA … 535.261.03 …` (open-gpu-kernel-modules, `utils.mk`, `GENERATE_NVIDSTRING`;
/// the closed libraries carry one like it), and for the warning that NVML's stub prints. In the constants only, and
/// not without end.
fn inside(file: &dyn RandomRead) -> Inside {
    const MARK: &[u8] = b"nvidia id:";
    const STUB: &[u8] = b"You should always run with libnvidia-ml.so that is installed with your";
    const LIMIT: u64 = 8 << 20;
    const CHUNK: u64 = 256 << 10;
    /// The mark and its text, where they cross the end of a chunk.
    const OVERLAP: u64 = 512;
    let mut inside = Inside::default();
    let Ok(Some(constants)) = elf::find_section(file, ".rodata") else { return inside };
    let mut at = 0;
    while at < constants.length.min(LIMIT) {
        let length = (constants.length - at).min(CHUNK + OVERLAP);
        let Some(start) = constants.offset.checked_add(at) else { break };
        let Ok(bytes) = elf::read_exactly(file, start, length) else { break };
        for mark in memchr::memmem::find_iter(&bytes, MARK) {
            let rest = bytes.get(mark + MARK.len()..).unwrap_or_default();
            let text = rest.split(|byte| *byte == 0).next().unwrap_or_default();
            let text = String::from_utf8_lossy(text.get(..OVERLAP as usize).unwrap_or(text));
            if let Some(version) = DriverVersion::find_in(&text) {
                return Inside { version: Some(version), is_stub: false };
            }
        }
        inside.is_stub |= memchr::memmem::find(&bytes, STUB).is_some();
        at += CHUNK;
    }
    inside
}

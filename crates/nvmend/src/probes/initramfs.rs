//! The driver's modules in initramfs images. Reading one means to decompress it, so it is read only when a question
//! needs it:
//!
//! - Of the running kernel K, when a loaded module is of another version than the file on disk: did it come from the
//!   image? Equal versions need no image: wherever the module came from, it is the right one. Nor does a file that
//!   came after this boot: that is why it is not loaded.
//! - Of K, when another driver holds the GPU although the disk bars it: does the image lack that line?
//! - Of the kernel that boots next, when something shows that this machine puts the driver into its images (their
//!   configuration, or K's image) and an image is older than the module on disk: does it hold the old one? An image
//!   that was made after the module arrived was made from it. Without such a sign the tools put no NVIDIA module into
//!   an image by themselves.
//!
//! The module's time is that of its file or of the directory that it lies in, whichever is later: a package's files
//! keep the time at which it was built, but installing them changes the directory.

mod hints;
mod places;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::facts::{
    ConfigVerb, Datum, Environment, Facts, Gap, Image, ImageContent, ImageKind, Initramfs, Kernel,
    KernelModules, ModuleFile,
};
use crate::host::{Host, HostError};
use crate::knowledge::modules::{MODULES, driver_module};
use crate::parse::{initramfs, modinfo, modprobe_conf};
use crate::probe::{Found, Probe};

use super::modules::is_compressed;

/// The images that a question needs.
pub const PROBE: Probe = Probe { name: "initramfs", run };

fn run(host: &dyn Host, known: &Facts) -> Found {
    let mut reader =
        Reader { host, known, images: vec![], gaps: vec![], extracts: BTreeMap::new() };
    if known.system.environment == Environment::Host {
        reader.ask();
    }
    let Reader { images, gaps, .. } = reader;
    Box::new(move |facts| {
        facts.gaps.extend(gaps);
        for image in &images {
            if let Datum::Unreadable { why, .. } = &image.content {
                facts.gaps.push(Gap::new(&image.path, why));
            }
        }
        facts.initramfs = Initramfs { images };
    })
}

/// The images that there are for a kernel, whether or not a question needs what they hold.
pub(crate) fn images(
    host: &dyn Host,
    kernel: &Kernel,
    installed: &[Kernel],
) -> Vec<(PathBuf, ImageKind)> {
    let mut found = places::find(host, kernel, installed, &mut vec![]);
    found.retain(|(path, _)| !host.metadata(path).is_err_and(|error| error.is_absent()));
    found
}

struct Reader<'k> {
    host: &'k dyn Host,
    known: &'k Facts,
    images: Vec<Image>,
    gaps: Vec<Gap>,
    /// Each file is read once, also where it may belong to two kernels.
    extracts: BTreeMap<PathBuf, Result<Vec<u8>, HostError>>,
}

impl Reader<'_> {
    fn ask(&mut self) {
        let Some(running) = self.known.kernels.running.value() else { return };
        if is_nouveau_there_all_the_same(self.known) {
            // A line that is missing is known to be when all was seen.
            self.read(running, &[], i64::MAX);
        } else if let Some(modules) = self
            .known
            .modules_of(running)
            .filter(|modules| differs(self.known, modules) && !self.arrived_since_boot(modules))
        {
            let loaded = self.known.loaded.modules.iter().map(|module| module.name.as_str());
            let wanted: Vec<&str> = loaded.filter(|name| modules.loads(name).is_some()).collect();
            self.read(running, &wanted, i64::MAX);
        }
        let Some(next) = self.known.kernels.next_boot.value() else { return };
        if self.images.iter().any(|image| image.kernel == *next) {
            return;
        }
        let Some(modules) = self.known.modules_of(next) else { return };
        let Some(core) = modules.loads(MODULES[0]) else { return };
        let held = self.images.iter().filter_map(|image| image.content.value());
        let is_held = held.map(|content| content.modules.len()).any(|count| count > 0);
        if is_held || hints::find(self.host).is_some() {
            let wanted: Vec<&str> =
                MODULES.into_iter().filter(|name| modules.loads(name).is_some()).collect();
            self.read(next, &wanted, self.arrival(core));
        }
    }

    /// Whether the module on disk came after this boot: then the older one is loaded for that reason, wherever it
    /// came from.
    fn arrived_since_boot(&self, modules: &KernelModules) -> bool {
        let core = modules.loads(MODULES[0]);
        let booted = self.known.system.booted.value();
        core.zip(booted).is_some_and(|(core, booted)| self.arrival(core) >= *booted)
    }

    /// When a module's file came to where it is.
    fn arrival(&self, file: &ModuleFile) -> i64 {
        let standing = [Some(&file.path), file.linked_from.as_ref()];
        let directories = standing.into_iter().flatten().filter_map(|path| path.parent());
        let times = directories.filter_map(|directory| self.host.metadata(directory).ok());
        times.map(|metadata| metadata.modified).fold(file.modified, i64::max)
    }

    /// Reads the images of a kernel that are older than that, until they have shown the wanted modules; of none
    /// wanted, to the end.
    fn read(&mut self, release: &str, wanted: &[&str], older_than: i64) {
        let installed = &self.known.kernels.installed;
        let Some(kernel) = self.known.kernels.get(release) else { return };
        for (path, kind) in places::find(self.host, kernel, installed, &mut self.gaps) {
            let modified = match self.host.metadata(&path) {
                Ok(metadata) => metadata.modified,
                // A link that leads nowhere.
                Err(error) if error.is_absent() => continue,
                Err(_) => 0,
            };
            if modified > older_than {
                continue;
            }
            let extract = match self.extracts.get(&path) {
                Some(extract) => extract.clone(),
                None => {
                    let extract = self.extract(&path, release, wanted);
                    self.extracts.insert(path.clone(), extract.clone());
                    extract
                }
            };
            let Some(content) = content(&path, kind, release, modified, extract) else { continue };
            self.images.push(Image { kernel: release.to_owned(), path, kind, modified, content });
        }
    }

    fn extract(&self, path: &Path, release: &str, wanted: &[&str]) -> Result<Vec<u8>, HostError> {
        let kernels = [&self.known.kernels.running, &self.known.kernels.next_boot];
        let wants = |named: &str| {
            kernels.iter().any(|kernel| kernel.value().is_some_and(|kernel| kernel == named))
        };
        let is_enough = |found: &[String]| {
            let has = |name: &&&str| {
                found.iter().any(|path| is_of(path, release) && driver_module(path) == Some(**name))
            };
            !wanted.is_empty() && wanted.iter().filter(has).count() == wanted.len()
        };
        self.host.extract(path, &|file| {
            initramfs::extract(file, &wants, &is_enough).map_err(|error| error.to_string())
        })
    }
}

/// Whether a loaded module is of another version than the file that modprobe would load.
fn differs(known: &Facts, modules: &KernelModules) -> bool {
    let on_disk = |name: &str| modules.loads(name).and_then(ModuleFile::version);
    let core = known.loaded_version().map(|(version, _)| (MODULES[0], version));
    let others = known.loaded.modules.iter();
    let others = others.filter_map(|module| Some((module.name.as_str(), module.version.value()?)));
    core.into_iter()
        .chain(others)
        .any(|(name, loaded)| on_disk(name).is_some_and(|on_disk| on_disk != loaded))
}

/// Whether nouveau is bound to a GPU although the configuration on disk bars it. The kernel's command line counts in
/// the initramfs too, so a line of that says nothing about the image.
fn is_nouveau_there_all_the_same(known: &Facts) -> bool {
    let is_bound = known.bus.gpus().iter().any(|gpu| gpu.driver.as_deref() == Some("nouveau"));
    let bars = |line: &&crate::facts::ConfigLine| {
        line.verb == ConfigVerb::Blacklist && line.name == "nouveau"
    };
    let (mut on_disk, mut everywhere) = (false, false);
    for line in known.modules.config.iter().filter(bars) {
        let is_parameter = known.kernels.command_line.origin() == Some(&line.from);
        on_disk |= !is_parameter;
        everywhere |= is_parameter;
    }
    is_bound && on_disk && !everywhere
}

/// Whether a path inside an image is in the modules' directory of that kernel.
fn is_of(path: &str, release: &str) -> bool {
    let (_, below) = path.split_once("lib/modules/").unwrap_or_default();
    below.strip_prefix(release).is_some_and(|rest| rest.starts_with('/'))
}

/// What an extract tells; `None` when it is of another kernel.
fn content(
    image: &Path,
    kind: ImageKind,
    release: &str,
    modified: i64,
    extract: Result<Vec<u8>, HostError>,
) -> Option<Datum<ImageContent>> {
    let extract = match extract {
        Ok(extract) => extract,
        Err(error) => return Some(Datum::unreadable(image, error.why)),
    };
    let (files, named) = match initramfs::contents(&extract) {
        Ok(contents) => contents,
        Err(error) => return Some(Datum::unreadable(image, error)),
    };
    if kind == ImageKind::Unified && named.is_some_and(|named| named != release) {
        return None;
    }
    let mut content = ImageContent::default();
    for (path, bytes) in files {
        let at = PathBuf::from(format!("{}: {path}", image.display()));
        if initramfs::is_config(&path) {
            content.config.extend(modprobe_conf::parse(&String::from_utf8_lossy(&bytes), &at));
        } else if !is_of(&path, release) {
        } else if initramfs::is_module(&path, "nouveau") {
            content.nouveau = Some(path.into());
        } else if driver_module(&path).is_some() {
            let info = modinfo::scan(bytes.as_slice(), false, modinfo::SECTION_LIMIT)
                .and_then(|scanned| modinfo::parse(&scanned.section, &path));
            let info = match info {
                Ok(info) => Datum::known(info, &at),
                Err(why) => Datum::unreadable(&at, why),
            };
            let path = PathBuf::from(path);
            let compressed = is_compressed(&path);
            content.modules.push(ModuleFile {
                path,
                linked_from: None,
                info,
                modified,
                compressed,
            });
        }
    }
    Some(Datum::known(content, image))
}

#[cfg(test)]
mod tests;

//! What the initramfs images bring: modules that are loaded before the disk's.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{ConfigLine, ConfigVerb, Datum, Facts, ModuleFile, Origin};
use crate::version::DriverVersion;

/// The images that a question needed. None were looked at where none did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Initramfs {
    /// The images, kernel by kernel.
    pub images: Vec<Image>,
}

/// One image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// Release of the kernel that it is booted with.
    pub kernel: String,
    /// The file.
    pub path: PathBuf,
    /// What sort of file.
    pub kind: ImageKind,
    /// Last change, in seconds since 1970.
    pub modified: i64,
    /// What it holds; unreadable when it is damaged or this user may not read it.
    pub content: Datum<ImageContent>,
}

/// Where an image lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImageKind {
    /// In `/boot`, where the tools write it.
    Boot,
    /// The copy that systemd-boot boots, in a directory of the kernel's.
    LoaderCopy,
    /// In a unified kernel image.
    Unified,
}

/// What an image holds of the driver, as far as it was read: it is left when the question is answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageContent {
    /// Modules of the driver, with their paths inside the image.
    pub modules: Vec<ModuleFile>,
    /// The path of nouveau inside the image.
    pub nouveau: Option<PathBuf>,
    /// Lines of modprobe's configuration inside the image that are about nvidia, nouveau or nova.
    pub config: Vec<ConfigLine>,
}

impl ImageContent {
    /// The module of that kernel name.
    pub fn module(&self, name: &str) -> Option<&ModuleFile> {
        let is_it = |file: &&ModuleFile| file.info.value().is_some_and(|info| info.name == name);
        self.modules.iter().find(is_it)
    }
}

impl Image {
    /// The version of a module in it, and where that stands: `image: path inside`.
    pub fn version(&self, module: &str) -> Option<(&DriverVersion, Origin)> {
        let file = self.content.value()?.module(module)?;
        Some((file.version()?, self.inside(&file.path)))
    }

    /// A path inside the image, as people can look it up.
    pub fn inside(&self, path: &std::path::Path) -> Origin {
        Origin(format!("{}: {}", self.path.display(), path.display()))
    }
}

impl Facts {
    /// The images of one kernel that were looked at.
    pub fn images_of(&self, kernel: &str) -> impl Iterator<Item = &Image> {
        self.initramfs.images.iter().filter(move |image| image.kernel == kernel)
    }

    /// The image of `kernel` that counts for a module: of several, the one that holds what is loaded, as that was
    /// booted; else the first that holds the module.
    pub fn image_with_module(&self, kernel: &str, module: &str) -> Option<&Image> {
        let loaded = match self.loaded.module(module) {
            Some(loaded) if loaded.version.value().is_some() => loaded.version.value(),
            _ => self.loaded_version().map(|(version, _)| version),
        };
        let holding = || self.images_of(kernel).filter(|image| image.version(module).is_some());
        let booted = holding().find(|image| image.version(module).map(|found| found.0) == loaded);
        booted.or_else(|| holding().next())
    }

    /// I(k): version of the module in the initramfs of kernel `kernel`, where an image was read and holds one.
    pub fn initramfs_version(&self, kernel: &str) -> Option<(&DriverVersion, Origin)> {
        self.image_with_module(kernel, "nvidia")?.version("nvidia")
    }

    /// The module that is loaded when `kernel` boots: the one in its initramfs, which comes first, else the disk's.
    pub fn loads_at_boot(&self, kernel: &str, module: &str) -> Option<&ModuleFile> {
        let in_image = self
            .image_with_module(kernel, module)
            .and_then(|image| image.content.value()?.module(module))
            .filter(|file| file.version().is_some());
        in_image.or_else(|| self.modules_of(kernel)?.loads(module))
    }

    /// Whether L came from an image of the running kernel. `None` where no image tells.
    pub fn came_from_image(&self) -> Option<bool> {
        let (running, _) = self.kernels.current()?;
        let (loaded, _) = self.loaded_version()?;
        let holds_it = self.initramfs_version(running).is_some_and(|(found, _)| found == loaded);
        (holds_it || self.images_were_read(running)).then_some(holds_it)
    }

    /// Where nouveau stands in each image of `kernel`, if every one of them holds it and bars it not. Which of several
    /// is booted, nobody knows, so none without the others.
    pub fn images_with_nouveau(&self, kernel: &str) -> Option<Vec<Origin>> {
        let lets_it_in = |image: &Image| {
            let content = image.content.value()?;
            let bars =
                |line: &ConfigLine| line.name == "nouveau" && line.verb != ConfigVerb::Options;
            let nouveau = content.nouveau.as_ref()?;
            (!content.config.iter().any(bars)).then(|| image.inside(nouveau))
        };
        let found: Option<Vec<Origin>> = self.images_of(kernel).map(lets_it_in).collect();
        found.filter(|found| !found.is_empty())
    }

    /// Whether every image of `kernel` that was found could be read, and there was one.
    fn images_were_read(&self, kernel: &str) -> bool {
        let mut images = self.images_of(kernel).peekable();
        images.peek().is_some() && images.all(|image| image.content.value().is_some())
    }
}

//! Files that programs make from other files: the loader's cache, the index of modules, initramfs images.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::execute;
use crate::diagnose::Arg;
use crate::facts::{Datum, Facts, LibraryFile, LibraryPlace, Resolution};
use crate::host_mut::HostMut;
use crate::step::{Action, Keep, Step, StepError};

/// Lets a program make its files anew. What it may change is kept before; the way back restores exactly that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Regenerate {
    /// What.
    pub product: Product,
    /// Every path that the program may change.
    pub outputs: Vec<PathBuf>,
}

/// What is made from other files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Product {
    /// `/etc/ld.so.cache` and the links by SONAME, by `ldconfig`.
    LoaderCache,
    /// `modules.dep` and its neighbours of one kernel, by `depmod`.
    ModuleIndex {
        /// The kernel's release.
        kernel: String,
    },
    /// The initramfs of one kernel, by the distribution's program.
    Initramfs {
        /// The kernel's release.
        kernel: String,
        /// `update-initramfs`, `dracut` or `mkinitcpio`.
        program: String,
    },
}

impl Action for Regenerate {
    fn id(&self) -> &'static str {
        match self.product {
            Product::LoaderCache => "refresh-loader-cache",
            Product::ModuleIndex { .. } => "refresh-module-index",
            Product::Initramfs { .. } => "rebuild-initramfs",
        }
    }

    fn args(&self) -> Vec<Arg> {
        match &self.product {
            Product::LoaderCache => vec![],
            Product::ModuleIndex { kernel } => vec![("kernel", kernel.clone())],
            Product::Initramfs { kernel, program } => {
                vec![("kernel", kernel.clone()), ("program", program.clone())]
            }
        }
    }

    fn inverse(&self, _host: &dyn HostMut, keep: &Keep<'_>) -> Result<Vec<Step>, StepError> {
        let kept = self.outputs.iter().enumerate();
        kept.map(|(part, path)| Ok(Step::Restore(keep.path(path, part)?))).collect()
    }

    fn predict(&self, facts: &mut Facts) {
        match &self.product {
            Product::LoaderCache => refresh_lookups(facts),
            Product::ModuleIndex { kernel } => refresh_index(facts, kernel),
            Product::Initramfs { kernel, .. } => refresh_images(facts, kernel),
        }
    }

    fn run(&self, host: &dyn HostMut, progress: &mut dyn FnMut(&str)) -> Result<(), StepError> {
        const SHORT: Duration = Duration::from_secs(120);
        const LONG: Duration = Duration::from_secs(900);
        match &self.product {
            Product::LoaderCache => execute(host, "ldconfig", &[], SHORT, progress),
            Product::ModuleIndex { kernel } => {
                execute(host, "depmod", &["-a", kernel], SHORT, progress)
            }
            Product::Initramfs { kernel, program } => {
                let arguments: &[&str] = match program.as_str() {
                    "update-initramfs" => &["-u", "-k", kernel],
                    "mkinitcpio" => &["-P"],
                    _ => &["--force", "--kver", kernel],
                };
                execute(host, program, arguments, LONG, progress)
            }
        }
        .map(drop)
    }
}

/// What the loader finds once its cache and links are made from the files that are there: of each name, in the
/// directory where it was found, the newest version.
fn refresh_lookups(facts: &mut Facts) {
    let files = facts.libraries.files.clone();
    for lookup in &mut facts.libraries.lookups {
        let Datum::Known { value: found, .. } = &mut lookup.found else { continue };
        let directory = found.chain.end.parent().unwrap_or(Path::new("/"));
        let stem = lookup.name.trim_end_matches(".so.1");
        let fits = |file: &&LibraryFile| {
            file.stem == stem
                && file.size > 0
                && file.arch.as_deref().is_none_or(|arch| arch == lookup.arch)
                && file.place != LibraryPlace::Stub
        };
        let here = files.iter().filter(fits).filter(|file| file.path.parent() == Some(directory));
        let newest = |files: &mut dyn Iterator<Item = &LibraryFile>| -> Option<LibraryFile> {
            files.max_by(|a, b| a.version.cmp(&b.version)).cloned()
        };
        let system = |file: &&LibraryFile| file.place == LibraryPlace::System;
        let best = newest(&mut here.clone())
            .or_else(|| newest(&mut files.iter().filter(fits).filter(system)));
        let Some(best) = best else { continue };
        if best.path != found.chain.end || !found.exists {
            found.chain.end = best.path.clone();
            found.version = best.version.clone();
            found.place = best.place;
            found.exists = true;
        }
    }
}

/// What modprobe finds once the index is made from the files that are there. depmod's order is not needed where one
/// file of a name is left; where several are, the choice stays what it was, if that file is there.
fn refresh_index(facts: &mut Facts, kernel: &str) {
    let Some(modules) = facts.modules.kernels.iter_mut().find(|modules| modules.kernel == kernel)
    else {
        return;
    };
    for (name, resolution) in &mut modules.resolved {
        let is_there = |path: &Path| modules.files.iter().any(|file| file.path == path);
        let by = match resolution {
            Resolution::File { path, .. } if is_there(path) => continue,
            Resolution::Blocked { .. } | Resolution::Outside { .. } => continue,
            Resolution::File { by, .. } => by.clone(),
            Resolution::Dangling { .. } | Resolution::Missing => None,
        };
        let of_name =
            modules.files.iter().find(|file| file.info.value().is_some_and(|i| i.name == *name));
        *resolution = match of_name {
            Some(file) => Resolution::File { path: file.path.clone(), by },
            None => Resolution::Missing,
        };
    }
    modules.index = Datum::known((), "after depmod");
}

/// The image then holds what is on disk, of the modules that it held.
fn refresh_images(facts: &mut Facts, kernel: &str) {
    let Some(on_disk) = facts.modules_of(kernel).cloned() else { return };
    let config = facts.modules.config.clone();
    for image in facts.initramfs.images.iter_mut().filter(|image| image.kernel == kernel) {
        let Datum::Known { value: content, .. } = &mut image.content else { continue };
        content.modules.retain_mut(|module| {
            let name = module.info.value().map(|info| info.name.clone());
            match name.and_then(|name| on_disk.loads(&name)) {
                Some(file) => {
                    module.info = file.info.clone();
                    true
                }
                None => false,
            }
        });
        content.config.clone_from(&config);
    }
}

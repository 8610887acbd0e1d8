//! Files that programs make from other files: the loader's cache, the index of modules, initramfs images.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::execute;
use crate::diagnose::Arg;
use crate::facts::{
    CdiFile, Datum, Facts, Image, ImageContent, ImageKind, LibraryFile, LibraryPlace, Lookup,
    LookupScope,
};
use crate::host::read_text;
use crate::host_mut::HostMut;
use crate::modprobe::resolve_again;
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
        /// `update-initramfs`, `dracut`, `mkinitcpio` or `kernel-install`.
        program: String,
    },
    /// A specification of the Container Device Interface, by `nvidia-ctk`; the one output is it.
    CdiSpec,
    /// A container engine's configuration with NVIDIA's runtime in it, by `nvidia-ctk`.
    EngineRuntime {
        /// Its name to `nvidia-ctk`: `docker`, `containerd`, `crio`.
        engine: String,
    },
}

impl Regenerate {
    /// Files beside the outputs: those that the program takes away itself, unless it is interrupted, and a former image where
    /// it is set up to keep one (update-initramfs of initramfs-tools 0.142). mkinitcpio writes to `.tmp` where there is room
    /// for it (`build_image`, since v32). dracut copies onto the image itself, from where it has made it.
    fn temporaries(&self) -> Vec<PathBuf> {
        let ends: &[&str] = match &self.product {
            Product::Initramfs { program, .. } if program == "update-initramfs" => {
                &[".new", ".dpkg-bak", ".bak"]
            }
            Product::Initramfs { program, .. } if program == "mkinitcpio" => &[".tmp"],
            _ => &[],
        };
        let beside = |output: &PathBuf, end: &&str| {
            let name = output.file_name().unwrap_or_default().to_string_lossy();
            output.with_file_name(format!("{name}{end}"))
        };
        let outputs = self.outputs.iter();
        outputs.flat_map(|output| ends.iter().map(move |end| beside(output, end))).collect()
    }

    fn output(&self) -> String {
        self.outputs.first().map_or_else(String::new, |path| path.display().to_string())
    }
}

impl Action for Regenerate {
    fn id(&self) -> &'static str {
        match self.product {
            Product::LoaderCache => "refresh-loader-cache",
            Product::ModuleIndex { .. } => "refresh-module-index",
            Product::Initramfs { .. } => "rebuild-initramfs",
            Product::CdiSpec => "generate-cdi",
            Product::EngineRuntime { .. } => "configure-runtime",
        }
    }

    fn args(&self) -> Vec<Arg> {
        match &self.product {
            Product::LoaderCache => vec![],
            Product::ModuleIndex { kernel } => vec![("kernel", kernel.clone())],
            Product::Initramfs { kernel, program } => {
                vec![("kernel", kernel.clone()), ("program", program.clone())]
            }
            Product::CdiSpec => vec![("path", self.output())],
            Product::EngineRuntime { engine } => {
                vec![("engine", engine.clone()), ("path", self.output())]
            }
        }
    }

    fn inverse(&self, _host: &dyn HostMut, keep: &Keep<'_>) -> Result<Vec<Step>, StepError> {
        let paths = self.outputs.iter().cloned().chain(self.temporaries());
        let kept = paths.enumerate();
        kept.map(|(part, path)| Ok(Step::Restore(keep.path(&path, part)?))).collect()
    }

    fn predict(&self, facts: &mut Facts) {
        match &self.product {
            Product::LoaderCache => refresh_lookups(facts),
            Product::ModuleIndex { kernel } => refresh_index(facts, kernel),
            Product::Initramfs { kernel, .. } => refresh_images(facts, kernel, &self.outputs),
            Product::CdiSpec => refresh_cdi(facts, &self.outputs),
            Product::EngineRuntime { engine } => {
                for known in &mut facts.consumers.engines.installed {
                    if known.name.replace('-', "").eq_ignore_ascii_case(engine) {
                        known.way = Datum::known("nvidia".to_owned(), self.output());
                        known.broken = None;
                    }
                }
            }
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
                let package = read_text(host, format!("/usr/lib/modules/{kernel}/pkgbase")).ok();
                let arguments = initramfs_arguments(program, kernel, package.as_deref());
                let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
                execute(host, program, &arguments, LONG, progress)
            }
            Product::CdiSpec => {
                let output = self.output();
                let format = if output.ends_with(".json") { "json" } else { "yaml" };
                let format = format!("--format={format}");
                let output = format!("--output={output}");
                execute(host, "nvidia-ctk", &["cdi", "generate", &format, &output], SHORT, progress)
            }
            Product::EngineRuntime { engine } => {
                let runtime = format!("--runtime={engine}");
                execute(host, "nvidia-ctk", &["runtime", "configure", &runtime], SHORT, progress)
            }
        }
        .map(drop)
    }
}

/// What the loader finds once its cache and links are made from the files that are there: what the probe foresaw; else,
/// of each name by SONAME, in the directory where it was found, the newest version.
pub(super) fn refresh_lookups(facts: &mut Facts) {
    let files = facts.libraries.files.clone();
    let foreseen = std::mem::take(&mut facts.libraries.after_ldconfig);
    for lookup in &mut facts.libraries.lookups {
        let same = |other: &&Lookup| other.name == lookup.name && other.arch == lookup.arch;
        if lookup.scope == LookupScope::Plain
            && let Some(fresh) = foreseen.iter().find(same)
            && fresh
                .found
                .value()
                .is_some_and(|found| files.iter().any(|file| file.path == found.chain.end))
        {
            lookup.found.clone_from(&fresh.found);
            continue;
        }
        let Datum::Known { value: found, .. } = &mut lookup.found else { continue };
        // Development links are no matter of ldconfig's.
        if lookup.name.ends_with(".so") {
            continue;
        }
        let directory = found.chain.end.parent().unwrap_or(Path::new("/"));
        let stem = lookup.name.split(".so").next().unwrap_or_default();
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
        match best {
            Some(best) if best.path != found.chain.end || !found.exists => {
                found.chain.end = best.path.clone();
                found.version = best.version.clone();
                found.place = best.place;
                found.exists = true;
            }
            Some(_) => {}
            None if found.exists => {}
            // It takes the link away that leads nowhere.
            None => lookup.found = Datum::absent("/etc/ld.so.cache"),
        }
    }
    follow_bare_names(facts);
}

/// Development links that lead on by the name with `.1`.
fn follow_bare_names(facts: &mut Facts) {
    let named = facts.libraries.lookups.clone();
    for lookup in facts.libraries.lookups.iter_mut().filter(|lookup| lookup.name.ends_with(".so")) {
        let full = format!("{}.1", lookup.name);
        let Datum::Known { value: found, .. } = &mut lookup.found else { continue };
        let leads_on = found.chain.links.iter().any(|link| link.ends_with(&full));
        let by_soname = named.iter().find(|other| {
            other.name == full && other.arch == lookup.arch && other.scope == lookup.scope
        });
        if let Some(end) = by_soname.and_then(|other| other.found.value()).filter(|_| leads_on) {
            found.chain.end.clone_from(&end.chain.end);
            found.version.clone_from(&end.version);
            found.exists = end.exists;
        }
    }
}

/// How each program is asked for the image of one kernel. mkinitcpio knows kernels by Arch's packages; without one it
/// can only write all.
pub(crate) fn initramfs_arguments(
    program: &str,
    kernel: &str,
    package: Option<&str>,
) -> Vec<String> {
    let image = format!("/usr/lib/modules/{kernel}/vmlinuz");
    let arguments: &[&str] = match (program, package) {
        ("update-initramfs", _) => &["-u", "-k", kernel],
        ("mkinitcpio", Some(package)) => &["-p", package.trim()],
        ("mkinitcpio", None) => &["-P"],
        ("kernel-install", _) => &["add", kernel, &image],
        _ => &["--force", "--kver", kernel],
    };
    arguments.iter().map(|argument| (*argument).to_owned()).collect()
}

/// What modprobe finds once the index is made from the files that are there.
pub(super) fn refresh_index(facts: &mut Facts, kernel: &str) {
    resolve_again(facts, kernel);
    if let Some(modules) = facts.modules.kernels.iter_mut().find(|of| of.kernel == kernel) {
        modules.index = Datum::known((), "after depmod");
    }
}

/// Of the modules that an image held it then holds those on disk. Of one that was not read, it is known only that it
/// holds no others.
fn refresh_images(facts: &mut Facts, kernel: &str, outputs: &[PathBuf]) {
    let Some(on_disk) = facts.modules_of(kernel).cloned() else { return };
    let config = facts.modules.config.clone();
    facts.initramfs.images.retain(|image| {
        let is_read = image.content.value().is_some();
        image.kernel != kernel || is_read || !outputs.contains(&image.path)
    });
    let images = || facts.initramfs.images.iter().filter(|image| image.kernel == kernel);
    let unread = outputs.iter().filter(|path| !images().any(|image| image.path == **path));
    let unread: Vec<Image> = unread
        .map(|path| Image {
            kernel: kernel.to_owned(),
            path: path.clone(),
            kind: ImageKind::Boot,
            modified: i64::MAX,
            content: Datum::known(ImageContent::default(), "after it was made anew"),
        })
        .collect();
    for image in &mut facts.initramfs.images {
        if image.kernel != kernel || !outputs.contains(&image.path) {
            continue;
        }
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
    facts.initramfs.images.extend(unread);
}

/// The specification then names the libraries that programs get.
fn refresh_cdi(facts: &mut Facts, outputs: &[PathBuf]) {
    let libraries = facts.driver_libraries(LookupScope::Plain).map(|(_, library)| CdiFile {
        path: library.chain.end.clone(),
        version: library.version.clone(),
        exists: library.exists,
    });
    let files: Vec<CdiFile> = libraries.collect();
    for spec in facts.consumers.cdi.iter_mut().filter(|spec| outputs.contains(&spec.path)) {
        spec.files.clone_from(&files);
    }
}

/// The files that depmod writes for one kernel (kmod `depmod.c`).
pub(crate) fn index_files(kernel: &str) -> Vec<PathBuf> {
    const NAMES: [&str; 12] = [
        "modules.dep",
        "modules.dep.bin",
        "modules.alias",
        "modules.alias.bin",
        "modules.symbols",
        "modules.symbols.bin",
        "modules.builtin.bin",
        "modules.builtin.alias.bin",
        "modules.softdep",
        "modules.devname",
        "modules.weakdep",
        "modules.builtin.modinfo.bin",
    ];
    NAMES.iter().map(|name| PathBuf::from(format!("/lib/modules/{kernel}/{name}"))).collect()
}

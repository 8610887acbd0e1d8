//! Rebuilds the initramfs of the kernels whose image holds another module, or other configuration, than the disk.

use std::path::PathBuf;

use crate::facts::{Facts, Image, ImageKind};
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::Step;
use crate::steps::{Product, Regenerate};

pub(super) const REMEDY: Remedy = Remedy { id: "rebuild-initramfs", steps };

fn steps(facts: &Facts, _context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    let (running, _) = facts.current_kernel().ok_or(Hindrance::new("not-a-host"))?;
    let next = facts.kernels.next_boot.value().map(String::as_str);
    let mut kernels = vec![running];
    kernels.extend(next.filter(|next| *next != running));
    let steps: Vec<Step> =
        kernels.into_iter().filter_map(|kernel| rebuild(facts, kernel)).collect();
    if steps.is_empty() { Err(Hindrance::new("no-image")) } else { Ok(steps) }
}

/// The step that rebuilds the image of `kernel`, where there is one that the distribution's program writes.
pub(super) fn rebuild(facts: &Facts, kernel: &str) -> Option<Step> {
    let of_kernel = |image: &&Image| image.kernel == kernel && image.kind != ImageKind::Unified;
    let images: Vec<&Image> = facts.initramfs.images.iter().filter(of_kernel).collect();
    let outputs: Vec<PathBuf> = images.iter().map(|image| image.path.clone()).collect();
    if outputs.is_empty() {
        return None;
    }
    let product =
        Product::Initramfs { kernel: kernel.to_owned(), program: program(facts).to_owned() };
    Some(Step::Regenerate(Regenerate { product, outputs }))
}

/// The program that writes images on this distribution.
fn program(facts: &Facts) -> &'static str {
    let os = facts.system.os.value();
    let is = |wanted: &str| {
        os.is_some_and(|os| os.id == wanted || os.id_like.iter().any(|like| like == wanted))
    };
    if is("debian") || is("ubuntu") {
        "update-initramfs"
    } else if is("arch") {
        "mkinitcpio"
    } else {
        "dracut"
    }
}

/// The files that depmod writes for one kernel (kmod `depmod.c`).
pub(super) fn index_files(kernel: &str) -> Vec<PathBuf> {
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

//! Rebuilds the initramfs of the kernels whose image holds another module, or other configuration, than the disk.

use std::path::{Path, PathBuf};

use super::space;
use crate::facts::{Environment, Facts, Image, ImageKind};
use crate::knowledge::modules::MODULES;
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::Step;
use crate::steps::{ByHand, Product, Regenerate, initramfs_arguments};

pub(super) const REMEDY: Remedy = Remedy { id: "rebuild-initramfs", steps };

fn steps(facts: &Facts, context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    if facts.system.environment != Environment::Host {
        return Err(Hindrance::new("not-a-host"));
    }
    let running = facts.kernels.running.value();
    let next = facts.kernels.next_boot.value();
    let mut kernels: Vec<&String> = running.into_iter().chain(next).collect();
    kernels.dedup();
    let mut steps = vec![];
    for kernel in kernels.into_iter().filter(|kernel| is_concerned(facts, kernel)) {
        let of_kernel = rebuild(facts, context, kernel)?;
        if of_kernel.is_empty() {
            steps.push(without_image(facts, context, kernel));
        }
        steps.extend(of_kernel);
    }
    if steps.is_empty() { Err(Hindrance::new("no-image")) } else { Ok(steps) }
}

/// Whether an image of `kernel` holds what the disk no longer has; where none could be read, whether what is loaded came
/// from one all the same.
fn is_concerned(facts: &Facts, kernel: &str) -> bool {
    let is_old = |image: &Image, name: &str| {
        let on_disk = facts.modules_of(kernel).and_then(|modules| modules.loads(name)?.version());
        image.version(name).is_some_and(|(inside, _)| Some(inside) != on_disk)
    };
    let mut images = facts.images_of(kernel);
    let is_running = facts.kernels.running.value().is_some_and(|running| running == kernel);
    images.any(|image| MODULES.iter().any(|name| is_old(image, name)))
        || facts.images_with_nouveau(kernel).is_some()
        || (is_running && facts.loads_from_elsewhere())
}

/// The steps that rebuild the images of `kernel`, by the program that writes them on this distribution; those that wait
/// for a person where that program is not known well enough. None where the kernel has no image.
pub(super) fn rebuild(
    facts: &Facts,
    context: &Context<'_>,
    kernel: &str,
) -> Result<Vec<Step>, Hindrance> {
    let mut images = context.machine.images(&facts.kernels, kernel);
    for image in facts.images_of(kernel) {
        if !images.iter().any(|(path, _)| *path == image.path) {
            images.push((image.path.clone(), image.kind));
        }
    }
    let Some((first, _)) = images.first() else { return Ok(vec![]) };
    let of_kind = |kind| images.iter().any(|(_, of)| *of == kind);
    let program = program(facts, context);
    let by_hand = |command: String| {
        let act = ByHand::new("rebuild-initramfs").with("kernel", kernel).command(command);
        Ok(vec![Step::ByHand(act)])
    };
    if first.starts_with("/boot/ostree") {
        return by_hand("rpm-ostree initramfs --enable".to_owned());
    }
    let is_dracut = program == "dracut";
    if of_kind(ImageKind::LoaderCopy) && is_dracut && is_like(facts, "suse") {
        // It makes an image of a new name, which is not known before, and an entry that leads there.
        return by_hand(format!("sdbootutil --no-reuse-initrd add-kernel {kernel}"));
    }
    if of_kind(ImageKind::Unified) && program != "mkinitcpio" {
        let image = format!("/usr/lib/modules/{kernel}/vmlinuz");
        return by_hand(format!("kernel-install add {kernel} {image}"));
    }
    let mut outputs: Vec<PathBuf> = images.iter().map(|(path, _)| path.clone()).collect();
    let copies = images.iter().filter(|(_, kind)| *kind == ImageKind::LoaderCopy);
    outputs.extend(copies.flat_map(|(path, _)| loader_files(context, path, kernel)));
    let program = if program == "mkinitcpio" {
        outputs = preset_images(facts, context, kernel).unwrap_or(outputs);
        program
    } else if of_kind(ImageKind::LoaderCopy) && is_dracut {
        // It runs dracut, and copies what that made.
        "kernel-install"
    } else {
        program
    };
    space::check(context, &outputs)?;
    let product = Product::Initramfs { kernel: kernel.to_owned(), program: program.to_owned() };
    Ok(vec![Step::Regenerate(Regenerate { product, outputs })])
}

/// Where no image was found although one must be there: the command, for a person who knows where it is.
fn without_image(facts: &Facts, context: &Context<'_>, kernel: &str) -> Step {
    let program = program(facts, context);
    let act = ByHand::new("rebuild-initramfs").with("kernel", kernel);
    let arguments = initramfs_arguments(program, kernel, None).join(" ");
    Step::ByHand(act.command(format!("{program} {arguments}")))
}

/// Every image that mkinitcpio writes for the kernel's preset, unified ones too.
fn preset_images(facts: &Facts, context: &Context<'_>, kernel: &str) -> Option<Vec<PathBuf>> {
    let directory = &facts.kernels.get(kernel)?.directory;
    let (_, package) = context.machine.text(&directory.join("pkgbase")).ok()?;
    let preset = Path::new("/etc/mkinitcpio.d").join(format!("{}.preset", package.trim()));
    let (_, text) = context.machine.text(&preset).ok()?;
    // `default_image="/boot/initramfs-linux.img"`, `fallback_uki="/efi/EFI/Linux/arch-linux-fallback.efi"`
    // (mkinitcpio, `hook.preset`).
    let outputs: Vec<PathBuf> = text
        .lines()
        .filter_map(|line| line.trim().split_once('='))
        .filter(|(name, _)| name.ends_with("_image") || name.ends_with("_uki"))
        .map(|(_, value)| PathBuf::from(value.trim_matches(['"', '\''])))
        .filter(|path| path.is_absolute())
        .collect();
    (!outputs.is_empty()).then_some(outputs)
}

/// What kernel-install writes besides the image, for systemd-boot: `TOKEN/KERNEL/linux`, `loader/entries/TOKEN-KERNEL.conf`.
fn loader_files(context: &Context<'_>, image: &Path, kernel: &str) -> Vec<PathBuf> {
    let Some(directory) = image.parent() else { return vec![] };
    let beside = context.machine.names(directory);
    let beside =
        beside.iter().filter(|name| name.starts_with("linux") || name.starts_with("vmlinu"));
    let mut files: Vec<PathBuf> = beside.map(|name| directory.join(name)).collect();
    let token = directory.parent();
    if let Some((token, partition)) =
        token.and_then(|token| Some((token.file_name()?, token.parent()?)))
    {
        let entry = format!("{}-{kernel}.conf", token.to_string_lossy());
        files.push(partition.join("loader/entries").join(entry));
    }
    files
}

/// The program that writes images: the distribution's own, where it is there; else the one that is.
fn program(facts: &Facts, context: &Context<'_>) -> &'static str {
    let usual = if is_like(facts, "debian") || is_like(facts, "ubuntu") {
        "update-initramfs"
    } else if is_like(facts, "arch") {
        "mkinitcpio"
    } else {
        "dracut"
    };
    let others = ["update-initramfs", "dracut", "mkinitcpio"];
    let is_there = |name: &&str| context.machine.has_program(name);
    [usual].into_iter().chain(others).find(is_there).unwrap_or(usual)
}

/// Whether the distribution is this one, or one like it.
pub(super) fn is_like(facts: &Facts, wanted: &str) -> bool {
    let os = facts.system.os.value();
    os.is_some_and(|os| os.id == wanted || os.id_like.iter().any(|like| like == wanted))
}

//! Boots, once, an installed kernel for which a module of the libraries' version is there. Which entry of the boot
//! loader's that is, a person sees best; the commands are given.

use std::path::Path;

use super::quoted;
use super::rebuild_initramfs::is_like;
use crate::facts::{Environment, Facts};
use crate::parse::boot;
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::Step;
use crate::steps::ByHand;

pub(super) const REMEDY: Remedy = Remedy { id: "boot-other-kernel", steps };

/// Where GRUB's generated menu lies.
const MENUS: [&str; 2] = ["/boot/grub/grub.cfg", "/boot/grub2/grub.cfg"];

fn steps(facts: &Facts, context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    if facts.system.environment != Environment::Host {
        return Err(Hindrance::new("not-a-host"));
    }
    let kernel = fitting_kernel(facts).ok_or(Hindrance::new("no-other-kernel"))?;
    let act = ByHand::new("boot-other-kernel").with("kernel", &kernel);
    let act = match command(facts, context, &kernel) {
        Some(command) => act.command(command).command("systemctl reboot"),
        None => act,
    };
    Ok(vec![Step::ByHand(act)])
}

/// The newest kernel but the one that boots next for which the disk has the libraries' version; where they are of none,
/// any module.
fn fitting_kernel(facts: &Facts) -> Option<String> {
    let library = facts.library_version().map(|(version, _)| version);
    let next = facts.kernels.next_boot.value();
    let mut kernels = facts.kernels.installed.iter().rev().map(|kernel| &kernel.release);
    let fits = |kernel: &&String| {
        let on_disk = facts.on_disk_version_for(kernel).map(|(version, _)| version);
        Some(*kernel) != next && on_disk.is_some() && (library.is_none() || on_disk == library)
    };
    kernels.find(fits).cloned()
}

fn command(facts: &Facts, context: &Context<'_>, kernel: &str) -> Option<String> {
    let machine = context.machine;
    for loader in ["/boot/efi/loader", "/boot/loader", "/efi/loader"] {
        if machine.size(&Path::new(loader).join("loader.conf")).is_none() {
            continue;
        }
        let entries = machine.names(&Path::new(loader).join("entries"));
        let entry = entries.into_iter().find(|name| name.contains(kernel));
        return entry.map(|entry| format!("bootctl set-oneshot {}", quoted(&entry)));
    }
    if is_like(facts, "fedora") || is_like(facts, "rhel") {
        // With its entries after the Boot Loader Specification there is no menu to look into.
        return Some(format!("grubby --set-default /boot/vmlinuz-{kernel}"));
    }
    let menu = MENUS.iter().find_map(|path| machine.text(Path::new(path)).ok())?.1;
    let entry = boot::grub_entry(&menu, kernel)?;
    let program = if is_like(facts, "suse") { "grub2-reboot" } else { "grub-reboot" };
    Some(format!("{program} {}", quoted(&entry)))
}

//! Bars nouveau (and nova) by a file of our own, takes it out of the initramfs, and reboots: a driver that drives the
//! screen can't be unloaded safely.

use std::path::PathBuf;

use super::reboot;
use super::rebuild_initramfs::rebuild;
use crate::facts::{ConfigLine, ConfigVerb, Environment, Facts, Origin};
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::{Step, predict};
use crate::steps::WriteFile;

pub(super) const REMEDY: Remedy = Remedy { id: "blacklist-nouveau", steps };

/// Sorts before none of modprobe.d's own names; a blacklist counts wherever it stands.
const FILE: &str = "/etc/modprobe.d/nvmend-nouveau.conf";
/// The kernel's drivers that claim NVIDIA's GPUs.
const BARRED: [&str; 2] = ["nouveau", "nova_core"];

fn steps(facts: &Facts, context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    if facts.system.environment != Environment::Host {
        return Err(Hindrance::new("not-a-host"));
    }
    let next = facts.kernels.next_boot.value().ok_or(Hindrance::new("next-kernel-unknown"))?;
    let mut steps = vec![];
    let is_barred = |name: &str| {
        let lines = &mut facts.modules.config.iter();
        lines.any(|line| line.verb == ConfigVerb::Blacklist && line.name == name)
    };
    // nova claims what nouveau leaves, on kernels that have it.
    let holder = facts.bus.gpus().iter().find_map(|gpu| gpu.driver.as_deref());
    let is_enough = holder == Some("nouveau") && is_barred("nouveau");
    if !is_enough && !BARRED.iter().all(|name| is_barred(name)) {
        let lines: Vec<String> = BARRED.iter().map(|name| format!("blacklist {name}")).collect();
        let content = format!(
            "# Written by nvmend: the NVIDIA driver gets the GPU, not the kernel's own drivers.\n{}\n",
            lines.join("\n")
        );
        let config = BARRED.iter().enumerate().map(|(at, name)| ConfigLine {
            verb: ConfigVerb::Blacklist,
            name: (*name).to_owned(),
            rest: String::new(),
            from: Origin(format!("{FILE}:{}", at + 2)),
        });
        steps.push(Step::WriteFile(WriteFile {
            path: PathBuf::from(FILE),
            content,
            difference: lines.iter().map(|line| format!("+{line}")).collect(),
            mode: 0o644,
            config: config.collect(),
            ..WriteFile::default()
        }));
    }
    // An image that bars it already need not be made anew.
    let is_barred_in_images = steps.is_empty()
        && facts.images_of(next).next().is_some()
        && facts.images_with_nouveau(next).is_none();
    if !is_barred_in_images {
        steps.extend(rebuild(&predict(facts, &steps), context, next)?);
    }
    steps.extend((reboot::REMEDY.steps)(facts, context)?);
    Ok(steps)
}

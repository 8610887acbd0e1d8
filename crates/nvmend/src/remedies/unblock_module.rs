//! Takes back the configuration lines that keep the modules from loading. Only those lines; the rest of their files
//! stays.

use std::collections::BTreeMap;

use super::edit::{comment_out, file_and_line};
use super::load_module::load;
use super::rebuild_initramfs::rebuild;
use crate::facts::{ConfigLine, ConfigVerb, Facts};
use crate::knowledge::modules::MODULES;
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::{Step, predict};
use crate::steps::ByHand;

pub(super) const REMEDY: Remedy = Remedy { id: "unblock-module", steps };

fn steps(facts: &Facts, context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    let mut files: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut of_kernel = None;
    for line in facts.modules.config.iter().filter(|line| blocks(line)) {
        match file_and_line(line.from.as_str()) {
            Some((file, number)) => files.entry(file).or_default().push(number),
            None => of_kernel = Some(line),
        }
    }
    if files.is_empty() && of_kernel.is_none() {
        return Err(Hindrance::new("no-line"));
    }
    let mut steps = vec![];
    for (file, numbers) in files {
        steps.push(Step::WriteFile(comment_out(facts, context, file, &numbers)?));
    }
    if let Some(line) = of_kernel {
        steps.push(Step::ByHand(remove_parameter(line)));
        return Ok(steps);
    }
    // An image that has the line too would bar the module until the disk's configuration counts.
    if let Some(kernel) = facts.kernels.next_boot.value()
        && facts.images_of(kernel).any(|image| {
            image.content.value().is_some_and(|content| content.config.iter().any(blocks))
        })
    {
        steps.extend(rebuild(facts, context, kernel)?);
    }
    steps.extend(load(&predict(facts, &steps)));
    Ok(steps)
}

/// Whether modprobe refuses a module of the set because of this line.
fn blocks(line: &ConfigLine) -> bool {
    const NOTHING: [&str; 4] = ["/bin/false", "/bin/true", "/usr/bin/false", "/usr/bin/true"];
    MODULES.contains(&line.name.as_str())
        && match line.verb {
            ConfigVerb::Blacklist => true,
            ConfigVerb::Install => NOTHING.contains(&line.rest.trim()),
            ConfigVerb::Alias => matches!(line.rest.trim(), "off" | "null"),
            ConfigVerb::Options => false,
        }
}

/// The kernel's command line belongs to the boot loader, and is read anew at the next boot only.
fn remove_parameter(line: &ConfigLine) -> ByHand {
    ByHand::new("kernel-parameter")
        .with("name", &line.name)
        .with("file", "/etc/default/grub")
        .command("grep -rn nvidia /etc/default/grub /etc/default/grub.d /etc/kernel/cmdline")
}

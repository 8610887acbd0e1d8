//! Frees space for a build: what may go, only a person knows.

use super::rebuild_initramfs::is_like;
use crate::facts::Facts;
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::Step;
use crate::steps::ByHand;

pub(super) const REMEDY: Remedy = Remedy { id: "free-space", steps };

fn steps(facts: &Facts, _context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    let act = ByHand::new("free-space").command("df -h /boot /var /tmp /lib/modules");
    let act = act.command("journalctl --vacuum-size=200M");
    let clean: &[&str] = if is_like(facts, "debian") || is_like(facts, "ubuntu") {
        &["apt-get clean", "apt-get autoremove --purge"]
    } else if is_like(facts, "suse") {
        &["zypper clean", "zypper purge-kernels"]
    } else if is_like(facts, "arch") {
        &["pacman -Sc"]
    } else {
        &["dnf clean packages", "dnf remove --oldinstallonly"]
    };
    Ok(vec![Step::ByHand(clean.iter().fold(act, |act, command| act.command(*command)))])
}

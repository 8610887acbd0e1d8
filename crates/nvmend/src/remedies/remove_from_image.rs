//! Takes driver libraries out of a container's image: a change to how the image is made.

use super::quoted;
use super::rebuild_initramfs::is_like;
use crate::facts::{Facts, LibraryFile, LibraryPlace, Ownership};
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::Step;
use crate::steps::ByHand;

pub(super) const REMEDY: Remedy = Remedy { id: "remove-from-image", steps };

fn steps(facts: &Facts, _context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    let is_baked = |file: &&LibraryFile| {
        file.place == LibraryPlace::System
            && !file.injected
            && file.version.as_ref() != facts.loaded_version().map(|(version, _)| version)
    };
    let baked: Vec<&LibraryFile> = facts.libraries.files.iter().filter(is_baked).collect();
    let first = baked.first().ok_or(Hindrance::new("nothing-to-move"))?;
    let mut act = ByHand::new("remove-from-image").with("path", first.path.display());
    let mut packages: Vec<&String> = baked
        .iter()
        .filter_map(|file| match facts.owner(&file.path) {
            Ownership::Package(name) => Some(name),
            _ => None,
        })
        .collect();
    packages.sort();
    packages.dedup();
    if packages.is_empty() {
        let files = baked.iter().take(5);
        act = files.fold(act, |act, file| {
            act.command(format!("RUN rm {}", quoted(&file.path.to_string_lossy())))
        });
    } else {
        let names: Vec<String> = packages.into_iter().map(|name| quoted(name)).collect();
        let remove = if is_like(facts, "debian") || is_like(facts, "ubuntu") {
            "apt-get purge -y"
        } else if is_like(facts, "arch") {
            "pacman -R --noconfirm"
        } else if is_like(facts, "suse") {
            "zypper --non-interactive remove"
        } else {
            "dnf remove -y"
        };
        act = act.command(format!("RUN {remove} {}", names.join(" ")));
    }
    Ok(vec![Step::ByHand(act.command("RUN ldconfig"))])
}

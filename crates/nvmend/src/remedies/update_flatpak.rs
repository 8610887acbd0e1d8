//! Installs Flatpak's runtime of the loaded module's version, beside those that are there.

use std::path::Path;

use super::quoted;
use crate::facts::{Environment, Facts, FlatpakRuntime};
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::Step;
use crate::steps::{ByHand, InstallFlatpak};

pub(super) const REMEDY: Remedy = Remedy { id: "update-flatpak", steps };

/// The remote that NVIDIA's runtimes come from (flathub/org.freedesktop.Platform.GL.nvidia).
const REMOTE: &str = "flathub";

fn steps(facts: &Facts, context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    if facts.system.environment != Environment::Host {
        return Err(Hindrance::new("not-a-host"));
    }
    let (version, _) = facts.loaded_version().ok_or(Hindrance::new("nothing-loaded"))?;
    let lacking = [false, true].into_iter().filter_map(|is_32_bit| {
        let mut of_width = facts.consumers.flatpak.iter().filter(|of| of.is_32_bit == is_32_bit);
        let newest = of_width.clone().max_by_key(|runtime| &runtime.version)?;
        (!of_width.any(|runtime| runtime.version == *version)).then_some(newest)
    });
    let (mut runtimes, mut adds, mut of_user) = (vec![], vec![], false);
    for like in lacking {
        let gl = if like.is_32_bit { "GL32" } else { "GL" };
        let dashed = version.as_str().replace('.', "-");
        let name = format!("org.freedesktop.Platform.{gl}.nvidia-{dashed}");
        of_user |= !like.path.starts_with("/var/lib/flatpak");
        let path = like.path.with_file_name(&name);
        adds.push(FlatpakRuntime { path, version: version.clone(), is_32_bit: like.is_32_bit });
        runtimes.push(match branch(context, &like.path) {
            Some(branch) => format!("{name}//{branch}"),
            None => name,
        });
    }
    if runtimes.is_empty() {
        return Err(Hindrance::new("nothing-to-install"));
    }
    if of_user || !context.machine.has_program("flatpak") {
        let scope = if of_user { "--user" } else { "--system" };
        let act = ByHand::new("install-flatpak").with("version", version);
        let install = |act: ByHand, name: &String| {
            act.command(format!("flatpak install {scope} {REMOTE} {}", quoted(name)))
        };
        return Ok(vec![Step::ByHand(runtimes.iter().fold(act, install))]);
    }
    let remote = REMOTE.to_owned();
    Ok(vec![Step::InstallFlatpak(InstallFlatpak { remote, runtimes, adds })])
}

/// The branch of an installed runtime: `NAME/ARCH/BRANCH`.
fn branch(context: &Context<'_>, path: &Path) -> Option<String> {
    let archs = context.machine.names(path);
    archs.iter().find_map(|arch| context.machine.names(&path.join(arch)).pop())
}

//! Installs cuda-compat where it can serve: data-centre GPUs, and a driver branch that it is made for.

use super::rebuild_initramfs::is_like;
use crate::facts::Facts;
use crate::knowledge::cuda::{ForwardCompatibility, forward_compatibility, highest_cuda};
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::Step;
use crate::steps::ByHand;

pub(super) const REMEDY: Remedy = Remedy { id: "use-cuda-compat", steps };

fn steps(facts: &Facts, _context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    let (version, _) = facts.loaded_version().ok_or(Hindrance::new("nothing-loaded"))?;
    let highest = highest_cuda(version.branch());
    let wanted = facts.cuda.installations.iter().map(|of| of.version);
    let wanted = wanted.filter(|cuda| highest.is_none_or(|highest| *cuda > highest)).max();
    let wanted = wanted.ok_or(Hindrance::new("no-cuda-known"))?;
    let is_consumer = |name: Option<&str>| name.is_none_or(|name| name.contains("GeForce"));
    let serves = forward_compatibility(wanted, version.branch());
    if facts.bus.gpus().iter().any(|gpu| is_consumer(gpu.name.as_deref()))
        || serves.is_none_or(|serves| serves == ForwardCompatibility::NotCompatible)
    {
        return Err(Hindrance::new("no-forward-compatibility").with("wanted", wanted));
    }
    let package = format!("cuda-compat-{}-{}", wanted.major, wanted.minor);
    let install = if is_like(facts, "debian") || is_like(facts, "ubuntu") {
        format!("apt-get install {package}")
    } else {
        format!("dnf install {package}")
    };
    let act = ByHand::new("use-cuda-compat").with("wanted", wanted).with("name", &package);
    let path = format!("export LD_LIBRARY_PATH=/usr/local/cuda-{wanted}/compat:$LD_LIBRARY_PATH");
    Ok(vec![Step::ByHand(act.command(install).command(path))])
}

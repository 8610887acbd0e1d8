//! Resets a GPU that hangs: only once nothing uses it any more, and not every GPU can.

use crate::facts::{Environment, Facts};
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::Step;
use crate::steps::ByHand;

pub(super) const REMEDY: Remedy = Remedy { id: "reset-gpu", steps };

fn steps(facts: &Facts, _context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    if facts.system.environment != Environment::Host {
        return Err(Hindrance::new("not-a-host"));
    }
    let act = ByHand::new("reset-gpu").command("fuser -v /dev/nvidia*");
    let gpus = facts.bus.gpus().iter();
    let act = gpus
        .fold(act, |act, gpu| act.command(format!("nvidia-smi --gpu-reset -i {}", gpu.address)));
    Ok(vec![Step::ByHand(act)])
}

//! Brings a vGPU guest and its host together: both drivers come from NVIDIA's licensing portal, by a person's account.

use crate::facts::Facts;
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::Step;
use crate::steps::ByHand;

pub(super) const REMEDY: Remedy = Remedy { id: "align-vgpu", steps };

fn steps(facts: &Facts, _context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    let version = facts.module_version().ok_or(Hindrance::new("no-module-on-disk"))?;
    let act = ByHand::new("align-vgpu").with("version", version);
    Ok(vec![Step::ByHand(act.command("nvidia-smi vgpu"))])
}

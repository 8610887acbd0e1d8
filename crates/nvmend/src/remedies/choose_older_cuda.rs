//! Uses a CUDA that the driver serves: which one, the program's owner must decide.

use crate::facts::Facts;
use crate::knowledge::cuda::highest_cuda;
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::Step;
use crate::steps::ByHand;

pub(super) const REMEDY: Remedy = Remedy { id: "choose-older-cuda", steps };

fn steps(facts: &Facts, _context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    let version = facts.module_version().ok_or(Hindrance::new("no-module-on-disk"))?;
    let highest = highest_cuda(version.branch()).ok_or(Hindrance::new("no-cuda-known"))?;
    let act = ByHand::new("choose-older-cuda").with("version", version).with("wanted", highest);
    Ok(vec![Step::ByHand(act)])
}

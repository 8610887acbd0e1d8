//! What to look at where the hardware is the fault: a person's eyes and hands.

use crate::facts::Facts;
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::Step;
use crate::steps::ByHand;

pub(super) const REMEDY: Remedy = Remedy { id: "check-hardware", steps };

fn steps(facts: &Facts, _context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    let act = ByHand::new("check-hardware");
    let act = match facts.bus.gpus().first() {
        Some(gpu) => act.command(format!("lspci -vv -s {}", gpu.address)),
        None => act.command("lspci -d 10de:"),
    };
    Ok(vec![Step::ByHand(act.command("journalctl -k -g 'NVRM|Xid|AER'"))])
}

//! Lets snapd hand out the libraries of the loaded module again: it does so when the snap starts.

use crate::facts::Facts;
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::Step;
use crate::steps::ByHand;

pub(super) const REMEDY: Remedy = Remedy { id: "refresh-snap", steps };

fn steps(_facts: &Facts, _context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    let act = ByHand::new("refresh-snap").command("snap list").command("snap restart NAME");
    Ok(vec![Step::ByHand(act.command("snap refresh"))])
}

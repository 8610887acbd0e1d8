//! Starts containers anew whose devices systemd has closed: they are their users'.

use crate::facts::Facts;
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::Step;
use crate::steps::ByHand;

pub(super) const REMEDY: Remedy = Remedy { id: "recreate-container", steps };

fn steps(facts: &Facts, _context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    let scopes = facts.consumers.scopes.iter();
    let ids: Vec<&str> = scopes
        .filter_map(|scope| scope.scope.trim_end_matches(".scope").rsplit_once('-'))
        .map(|(_, id)| id.get(..12).unwrap_or(id))
        .collect();
    let mut act = ByHand::new("recreate-container").with("name", ids.join(", "));
    if facts.consumers.unlinked_device.is_some() {
        // runc leaves a device out of systemd's rules that has no link there (nvidia-container-toolkit issue 48).
        act = act.command("nvidia-ctk system create-dev-char-symlinks --create-all");
    }
    act = ids.iter().fold(act, |act, id| act.command(format!("docker restart {id}")));
    Ok(vec![Step::ByHand(act)])
}

//! Lets the package manager finish what was interrupted.

use super::driver_set::{fulfil, manager};
use crate::enquire::{Request, Wish};
use crate::facts::Facts;
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::Step;

pub(super) const REMEDY: Remedy = Remedy { id: "finish-packages", steps };

fn steps(facts: &Facts, context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    fulfil(facts, context, Request::new(manager(facts)?, Wish::Finish))
}

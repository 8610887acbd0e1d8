//! TO BE WRITTEN

use crate::facts::Facts;
use crate::host::Host;
use crate::probe::{Found, Probe};

/// TO BE WRITTEN
pub const PROBE: Probe = Probe { name: "packages", run };

fn run(_host: &dyn Host, _known: &Facts) -> Found {
    Box::new(move |_facts| {})
}

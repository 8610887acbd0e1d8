//! What takes driver files by a way of its own: container engines, CDI specifications, Flatpak, snap, the fabric manager. Each is a file of
//! its own; together they are one probe, because on most machines each is one path that is not there.

use crate::facts::{Consumers, Facts};
use crate::host::Host;
use crate::probe::{Found, Probe};

use super::{cdi, engines, fabric, flatpak, snap};

/// Reads container engines' configuration, CDI's directories, `/var/lib/flatpak`, `/var/lib/snapd/lib` and what the fabric manager left.
pub const PROBE: Probe = Probe { name: "consumers", run };

fn run(host: &dyn Host, _known: &Facts) -> Found {
    let mut gaps = Vec::new();
    let consumers = Consumers {
        engines: engines::engines(host, &mut gaps),
        cdi: cdi::specs(host, &mut gaps),
        flatpak: flatpak::runtimes(host),
        snap: snap::libraries(host),
        nvswitches: fabric::switches(host),
        fabric_refusal: fabric::refusal(host),
        ..Consumers::default()
    };
    Box::new(move |facts| {
        facts.consumers = consumers;
        facts.gaps.extend(gaps);
    })
}

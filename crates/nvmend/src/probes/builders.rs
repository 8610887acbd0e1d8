//! Who builds or installs modules besides the package manager: DKMS, akmods, the .run installer.

use crate::facts::{Builders, Facts};
use crate::host::Host;
use crate::probe::{Found, Probe};

use super::{akmods, dkms, runfile};

/// Reads DKMS' tree, akmods' cache and the traces of the .run installer.
pub const PROBE: Probe = Probe { name: "builders", run };

fn run(host: &dyn Host, _known: &Facts) -> Found {
    let mut gaps = Vec::new();
    let builders = Builders {
        dkms: dkms::modules(host, &mut gaps),
        akmods: akmods::builds(host, &mut gaps),
        runfile: runfile::trace(host),
    };
    Box::new(move |facts| {
        facts.builders = builders;
        facts.gaps.extend(gaps);
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hosts::memory::Memory;

    #[test]
    fn a_machine_without_builders_has_none_and_no_gaps() {
        let mut facts = Facts::default();
        run(&Memory::default(), &Facts::default())(&mut facts);
        assert!(facts.builders.dkms.is_empty() && facts.builders.akmods.is_empty());
        assert!(facts.builders.runfile.is_absent());
        assert_eq!(facts.gaps, []);
    }
}

//! The probes: one source of evidence each. This list is the table of contents.

mod akmods;
mod builders;
mod bus;
mod cdi;
mod consumers;
mod cuda;
pub mod deep;
mod display;
mod dkms;
mod engines;
mod fabric;
mod firmware;
mod flatpak;
mod holders;
pub(crate) mod initramfs;
mod kernels;
mod libraries;
mod links;
mod loaded;
mod log;
mod modules;
mod next_boot;
mod packages;
mod python_cuda;
mod reported;
mod repositories;
mod runfile;
mod scopes;
mod security;
mod snap;
mod system;
mod toolkits;
mod units;
pub(crate) mod upgrades;

use crate::probe::Probe;

/// Stages follow each other; the probes of one stage run side by side and see the facts of the stages before.
pub const STAGES: &[&[&Probe]] = &[
    &[
        &system::PROBE,
        &kernels::PROBE,
        &loaded::PROBE,
        &libraries::PROBE,
        &builders::PROBE,
        &security::PROBE,
        &bus::PROBE,
        &cuda::PROBE,
        &consumers::PROBE,
        &log::PROBE,
        &firmware::PROBE,
        &display::PROBE,
    ],
    // Needs the kernels; who holds what needs the loaded modules, what is said of libraries their lack.
    &[&modules::PROBE, &holders::PROBE, &reported::PROBE],
    // Needs every driver file that was found, to say who owns it; and who holds the device or maps libraries; whether an
    // image must be read hangs on the modules.
    &[&packages::PROBE, &scopes::PROBE, &initramfs::PROBE, &units::PROBE],
    // Need the packages.
    &[&repositories::PROBE, &upgrades::PROBE],
];

#[cfg(test)]
mod tests {
    use super::STAGES;

    /// Merging two branches that both change the list can leave a stage of each.
    #[test]
    fn no_probe_runs_twice() {
        let mut names: Vec<&str> =
            STAGES.iter().copied().flatten().map(|probe| probe.name).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}

//! The GPU does not answer on the bus any more, or could not be initialised: hardware, not versions.

use super::gpu_fault::{on_the_drivers_word, said};
use crate::diagnose::{Cause, Finding, Severity};
use crate::facts::{Facts, LogEvent, LogEventKind};

/// `gpu-fell-off-bus`.
pub const CAUSE: Cause = Cause {
    id: "gpu-fell-off-bus",
    severity: Severity::Error,
    find,
    remedies: &["check-hardware", "reboot"],
    explains: &["gpu-firmware-fault"],
};

/// What names the reason why a GPU could not be initialised better than this cause does.
const BETTER_NAMES: &[&Cause] = &[
    &super::gpu_unsupported_by_branch::CAUSE,
    &super::needs_open_module::CAUSE,
    &super::needs_proprietary_module::CAUSE,
    &super::nouveau_holds_gpu::CAUSE,
    &super::gsp_firmware_missing::CAUSE,
    &super::gpu_firmware_fault::CAUSE,
    &super::vgpu_guest_host_skew::CAUSE,
];

fn find(facts: &Facts) -> Option<Finding> {
    if let Some(event) = said(facts, &LogEventKind::FellOffBus) {
        let finding = Finding::certain().arg("state", "lost");
        return Some(on_the_drivers_word(facts, finding, event));
    }
    let event = not_initialised(facts)?;
    // The message names no reason; a defect of this very driver version is conceivable too.
    let finding = Finding::possible().arg("state", "dead");
    Some(on_the_drivers_word(facts, finding, event))
}

/// That the driver could not initialise a GPU, and nothing else that is known says why.
fn not_initialised(facts: &Facts) -> Option<&LogEvent> {
    let event = said(facts, &LogEventKind::NotInitialised)?;
    let is_named = BETTER_NAMES.iter().any(|cause| (cause.find)(facts).is_some());
    (!is_named && !works_meanwhile(facts) && !facts.lacks(&["bus"])).then_some(event)
}

/// Whether the only GPU is open in some process: a GPU that is not initialised can't be (open-gpu-kernel-modules,
/// `nv.c`: `nv_open_device` fails with it).
fn works_meanwhile(facts: &Facts) -> bool {
    let is_gpu = |device: &String| {
        let number = device.strip_prefix("/dev/nvidia").unwrap_or_default();
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    };
    let holders = facts.holders.processes.value().map_or(&[][..], Vec::as_slice);
    facts.bus.gpus().len() == 1 && holders.iter().any(|holder| holder.devices.iter().any(is_gpu))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::facts::{Datum, Holder};

    const FAILED: &str = "NVRM: GPU 0000:01:00.0: RmInitAdapter failed! (0x22:0x56:884)";

    fn healthy() -> Facts {
        machine("535.261.03", "535.261.03", "535.261.03")
    }

    #[test]
    fn fires_on_the_drivers_word_though_all_versions_are_alike() {
        let mut facts = healthy();
        assert!(find(&facts).is_none());
        log(
            &mut facts,
            LogEventKind::FellOffBus,
            "NVRM: Xid (PCI:0000:05:00): 79, GPU has fallen off the bus.",
        );
        assert!(find(&facts).is_some());
        assert_eq!(primary(&facts), "gpu-fell-off-bus");
    }

    #[test]
    fn fires_on_a_gpu_that_cannot_be_initialised_unless_something_says_why() {
        let mut facts = healthy();
        log(&mut facts, LogEventKind::NotInitialised, FAILED);
        assert_eq!(primary(&facts), "gpu-fell-off-bus");
        let mut flavour = facts.clone();
        set_gpu(&mut flavour, 0x2b85);
        set_licence(&mut flavour, "NVIDIA");
        assert!(find(&flavour).is_none());
    }

    #[test]
    fn a_gpu_that_is_in_use_has_been_initialised_since() {
        let mut facts = healthy();
        log(&mut facts, LogEventKind::NotInitialised, FAILED);
        let mut hold = |device: &str| {
            let devices = vec![device.to_owned()];
            let holder =
                Holder { pid: 9, name: "python".into(), devices, libraries: vec![], cgroup: None };
            facts.holders.processes = Datum::known(vec![holder], "/proc");
            find(&facts).is_none()
        };
        assert!(hold("/dev/nvidia0"));
        assert!(!hold("/dev/nvidiactl") && !hold("/dev/nvidia-uvm"));
    }

    #[test]
    fn another_event_is_none() {
        let mut facts = healthy();
        log(&mut facts, LogEventKind::NoDevice, "NVRM: No NVIDIA GPU found.");
        assert!(find(&facts).is_none());
    }
}

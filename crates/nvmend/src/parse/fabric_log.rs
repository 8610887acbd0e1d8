//! The fabric manager's log: whether it turned the driver's version away.
//!
//! "fabric manager NVIDIA GPU driver interface version 530.30.02 don't match with driver version 530.41.03. Please
//! update with matching NVIDIA driver package." (NVIDIA/gpu-operator issue 544)

use memchr::memmem;

use crate::version::DriverVersion;

const REFUSAL: &[u8] = b"interface version ";
const SUCCESS: &[u8] = b"Successfully configured";

/// The manager's and the driver's version in the last refusal; `None` when the manager has succeeded since.
pub fn refusal(log: &[u8]) -> Option<(DriverVersion, DriverVersion)> {
    let at = memmem::rfind(log, REFUSAL)?;
    let rest = log.get(at + REFUSAL.len()..)?;
    if memmem::find(rest, SUCCESS).is_some() {
        return None;
    }
    let line = rest.split(|byte| *byte == b'\n').next()?;
    let line = std::str::from_utf8(line).ok()?;
    let (manager, driver) = line.split_once(" don't match with driver version ")?;
    Some((manager.trim().parse().ok()?, DriverVersion::find_in(driver)?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LOG: &str = "[Aug 12 2023 08:04:24] [ERROR] [tid 9] fabric manager NVIDIA GPU driver interface version 530.30.02 don't match with driver version 530.41.03. Please update with matching NVIDIA driver package.\n";

    #[test]
    fn reads_the_last_refusal() {
        let versions = |text: &str| {
            refusal(text.as_bytes()).map(|(manager, driver)| format!("{manager} {driver}"))
        };
        assert_eq!(versions(LOG).as_deref(), Some("530.30.02 530.41.03"));
        let newer = LOG.replace("530.30.02", "530.41.02");
        assert_eq!(versions(&format!("{LOG}{newer}")).as_deref(), Some("530.41.02 530.41.03"));
    }

    #[test]
    fn a_refusal_before_a_success_is_over() {
        let later = format!("{LOG}[INFO] Successfully configured all the available NVSwitches.\n");
        assert_eq!(refusal(later.as_bytes()), None);
        assert_eq!(refusal(b""), None);
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..100), cut in 0_usize..250) {
            let _ = refusal(&bytes);
            let _ = refusal(&LOG.as_bytes()[..cut.min(LOG.len())]);
        }
    }
}

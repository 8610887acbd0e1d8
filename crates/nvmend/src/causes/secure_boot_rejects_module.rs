//! The kernel refuses the module for its signature.

use super::common::{loaded, on_disk, with_all};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{Environment, Facts, LogEventKind, ModuleFile};

/// `secure-boot-rejects-module`.
pub const CAUSE: Cause = Cause {
    id: "secure-boot-rejects-module",
    severity: Severity::Error,
    find,
    remedies: &["enrol-key", "use-signed-modules"],
    explains: &["module-not-loaded", "nouveau-holds-gpu"],
};

/// Common names of keys that are made on the machine itself and are of no use until they are enrolled: DKMS' own
/// (`dkms.in`, "DKMS module signing key") and Ubuntu's (`update-secureboot-policy`).
const LOCAL_KEYS: [&str; 2] = ["DKMS module signing key", "Secure Boot Module Signature key"];

fn find(facts: &Facts) -> Option<Finding> {
    if facts.system.environment != Environment::Host
        || !facts.loaded.driver.is_absent()
        || facts.has_gpu() == Some(false)
    {
        return None;
    }
    let rejected =
        facts.log.events().iter().find(|event| event.kind == LogEventKind::SignatureRejected);
    let enforcement = facts.security.enforces_signatures();
    let file = facts.current_module_file();
    let signer = file.and_then(signer);
    let finding = match (rejected, enforcement, file) {
        // The kernel does not always say which module it refused.
        (Some(event), _, _) if event.line.contains("nvidia") || file.is_none_or(is_doubtful) => {
            Finding::certain()
        }
        (Some(_), _, _) => Finding::likely(),
        (None, Some((_, true)), Some(file)) if is_unsigned(file) => Finding::likely(),
        (None, Some(_), Some(file)) if is_unsigned(file) || has_unknown_key(facts, file) => {
            Finding::likely()
        }
        _ => return None,
    };
    let state = match (file.map(is_unsigned), signer) {
        (_, Some(_)) => "signed",
        (Some(true), None) => "unsigned",
        _ => "unknown",
    };
    let kernel = facts.current_kernel().map_or("", |(release, _)| release);
    let finding = finding
        .arg("kernel", kernel)
        .arg("signature", state)
        .arg("signer", signer.unwrap_or(super::common::NONE));
    let said =
        rejected.map(|event| Evidence::new("claim-log-line", event.from.clone(), &event.line));
    let secure_boot = facts.security.secure_boot.sourced().map(|(on, origin)| {
        Evidence::new("claim-secure-boot", origin.clone(), if *on { "on" } else { "off" })
    });
    let lockdown = facts.security.lockdown.sourced().map(|(level, origin)| {
        Evidence::new("claim-lockdown", origin.clone(), format!("{level:?}").to_lowercase())
    });
    let module = file.filter(|file| file.info.value().is_some()).map(|file| match signer {
        Some(signer) => Evidence::new("claim-module-signer", &file.path, signer),
        None => Evidence::new("claim-module-unsigned", &file.path, file.path.display())
            .with("kernel", kernel),
    });
    let evidence = said
        .into_iter()
        .chain(module)
        .chain(secure_boot)
        .chain(lockdown)
        .chain(loaded(facts))
        .chain(on_disk(facts));
    Some(with_all(finding, evidence))
}

fn is_unsigned(file: &ModuleFile) -> bool {
    file.info.value().is_some_and(|info| info.signature.is_absent())
}

fn signer(file: &ModuleFile) -> Option<&str> {
    file.info.value()?.signature.value()?.signer.as_deref()
}

/// Unsigned, or signed by a key that was made on the machine.
fn is_doubtful(file: &ModuleFile) -> bool {
    is_unsigned(file)
        || signer(file).is_some_and(|signer| LOCAL_KEYS.iter().any(|key| signer.contains(key)))
}

/// Signed by a key of this machine that is not among the enrolled ones. Keys built into the kernel are in no list.
fn has_unknown_key(facts: &Facts, file: &ModuleFile) -> bool {
    signer(file).zip(facts.security.enrolled_keys.value()).is_some_and(|(signer, enrolled)| {
        is_doubtful(file) && !enrolled.iter().any(|key| key == signer)
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::diagnose::Certainty;
    use crate::facts::{Datum, Lockdown};

    fn locked_down() -> Facts {
        let mut facts = unloaded("535.261.03", "535.261.03");
        facts.security.secure_boot = Datum::known(true, "efivars");
        facts.security.lockdown = Datum::known(Lockdown::Integrity, "lockdown");
        facts
    }

    #[test]
    fn fires_on_the_kernels_word_and_on_an_unsigned_module() {
        let mut facts = unloaded("535.261.03", "535.261.03");
        log(&mut facts, LogEventKind::SignatureRejected, "Loading of unsigned module is rejected");
        assert_eq!(find(&facts).unwrap().certainty, Certainty::Certain);
        assert_eq!(find(&locked_down()).unwrap().certainty, Certainty::Likely);
        assert_eq!(primary(&locked_down()), "secure-boot-rejects-module");
    }

    #[test]
    fn fires_on_a_key_that_is_not_enrolled() {
        let mut facts = locked_down();
        sign(&mut facts, "DKMS module signing key");
        facts.security.enrolled_keys =
            Datum::known(vec!["Debian Secure Boot CA".into()], "MokListRT");
        assert!(find(&facts).is_some());
        facts.security.enrolled_keys =
            Datum::known(vec!["DKMS module signing key".into()], "MokListRT");
        assert!(find(&facts).is_none());
    }

    #[test]
    fn does_not_fire_when_signed_loaded_or_not_enforced() {
        let mut signed = locked_down();
        sign(&mut signed, "Canonical Ltd. Kernel Module Signing");
        assert!(find(&signed).is_none());
        let mut loose = locked_down();
        loose.security.lockdown = Datum::known(Lockdown::None, "lockdown");
        assert!(find(&loose).is_none());
        let mut loaded = machine("535.261.03", "535.261.03", "535.261.03");
        loaded.security = locked_down().security;
        assert!(find(&loaded).is_none());
    }
}

//! Secure Boot, lockdown, signature enforcement, enrolled keys.

use std::path::{Path, PathBuf};

use crate::facts::{Datum, Facts, Gap, Lockdown, Origin, Security};
use crate::host::{Failure, Host, HostError, read_text};
use crate::parse::der::subject_common_name;
use crate::parse::efi;
use crate::probe::{Found, Probe};

/// Reads EFI variables and the kernel's switches.
pub const PROBE: Probe = Probe { name: "security", run };

/// Variables of the UEFI specification (EFI_GLOBAL_VARIABLE).
const SECURE_BOOT: &str =
    "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
/// shim's variables bear its own GUID.
const SHIM: &str = "605dab50-e046-4300-abb6-3dd810dd8b23";
const LOCKDOWN: &str = "/sys/kernel/security/lockdown";
const SIG_ENFORCE: &str = "/sys/module/module/parameters/sig_enforce";

fn run(host: &dyn Host, _known: &Facts) -> Found {
    let mut gaps = Vec::new();
    let secure_boot = flag(host, Path::new(SECURE_BOOT), &mut gaps);
    let on = secure_boot.value() == Some(&true);
    let security = Security {
        validation_disabled: flag(host, &shim_variable("MokSBStateRT"), &mut gaps),
        lockdown: lockdown(host, on, &mut gaps),
        signatures_enforced: signatures_enforced(host),
        enrolled_keys: enrolled_keys(host, on, &mut gaps),
        secure_boot,
    };
    Box::new(move |facts| {
        facts.security = security;
        facts.gaps.extend(gaps);
    })
}

fn shim_variable(name: &str) -> PathBuf {
    PathBuf::from(format!("/sys/firmware/efi/efivars/{name}-{SHIM}"))
}

/// A variable of one byte; damage is a gap.
fn flag(host: &dyn Host, path: &Path, gaps: &mut Vec<Gap>) -> Datum<bool> {
    match host.read(path, 4096) {
        Ok(bytes) => match efi::flag(&bytes) {
            Ok(value) => Datum::known(value, path),
            Err(error) => {
                gaps.push(Gap::new(path, error));
                Datum::unreadable(path, error)
            }
        },
        Err(error) => Datum::read(Err(error), path),
    }
}

/// `none [integrity] confidentiality`: the level in force stands in brackets (Linux, `security/lockdown/lockdown.c`).
///
/// Some kernels let only root read it. That is a gap only with Secure Boot on, as only then is it likely to be more than none.
fn lockdown(host: &dyn Host, secure_boot: bool, gaps: &mut Vec<Gap>) -> Datum<Lockdown> {
    let text = match read_text(host, LOCKDOWN) {
        Ok(text) => text,
        Err(error) => {
            if secure_boot && !error.is_absent() {
                gaps.push(Gap::from(&error));
            }
            return Datum::read(Err(error), LOCKDOWN);
        }
    };
    let in_brackets = text.split_once('[').and_then(|(_, rest)| rest.split_once(']'));
    match in_brackets.map(|(level, _)| level) {
        Some("none") => Datum::known(Lockdown::None, LOCKDOWN),
        Some("integrity") => Datum::known(Lockdown::Integrity, LOCKDOWN),
        Some("confidentiality") => Datum::known(Lockdown::Confidentiality, LOCKDOWN),
        _ => {
            let why = "no known lockdown level in brackets";
            gaps.push(Gap::new(LOCKDOWN, why));
            Datum::unreadable(LOCKDOWN, why)
        }
    }
}

/// The switch as the kernel has it, which the command line's `module.sig_enforce` has turned on already; the command
/// line itself only where the kernel does not show it.
fn signatures_enforced(host: &dyn Host) -> Datum<bool> {
    match read_text(host, SIG_ENFORCE) {
        Ok(text) => Datum::known(text.trim() == "Y", SIG_ENFORCE),
        Err(error) => {
            let command_line = read_text(host, "/proc/cmdline").unwrap_or_default();
            let asked = command_line.split_whitespace().any(|word| {
                matches!(
                    word,
                    "module.sig_enforce"
                        | "module.sig_enforce=1"
                        | "module.sig_enforce=y"
                        | "module.sig_enforce=Y"
                )
            });
            if asked {
                Datum::known(true, "/proc/cmdline")
            } else {
                Datum::read(Err(error), SIG_ENFORCE)
            }
        }
    }
}

/// The certificates in `MokListRT`. shim splits a long list over `MokListRT1`, `MokListRT2`, …
fn enrolled_keys(host: &dyn Host, secure_boot: bool, gaps: &mut Vec<Gap>) -> Datum<Vec<String>> {
    let first = shim_variable("MokListRT");
    // Since Linux 5.11 the kernel keeps shim's own copy, whole and without attributes, for root only.
    let copy = Path::new("/sys/firmware/efi/mok-variables/MokListRT");
    let (list, from) = match list_of_keys(host, &first) {
        Ok(list) => (list, first),
        Err(error) => match host.read(copy, 1 << 20) {
            Ok(list) => (list, copy.to_owned()),
            Err(_) => {
                if secure_boot && !error.is_absent() {
                    gaps.push(Gap::from(&error));
                }
                return Datum::read(Err(error), &first);
            }
        },
    };
    match efi::certificates(&list) {
        Ok(certificates) => {
            let names = certificates.into_iter().filter_map(subject_common_name).collect();
            Datum::known(names, Origin::from(&from))
        }
        Err(error) => {
            gaps.push(Gap::new(&from, error));
            Datum::unreadable(&from, error)
        }
    }
}

fn list_of_keys(host: &dyn Host, first: &Path) -> Result<Vec<u8>, HostError> {
    let mut list = Vec::new();
    let further = (1..10).map(|number| shim_variable(&format!("MokListRT{number}")));
    for path in std::iter::once(first.to_owned()).chain(further) {
        let variable = match host.read(&path, 1 << 20) {
            Ok(variable) => variable,
            Err(error) if list.is_empty() => return Err(error),
            Err(_) => break,
        };
        let content = efi::content(&variable)
            .map_err(|error| HostError::new(&path, Failure::Io(error.to_string())))?;
        list.extend_from_slice(content);
        if content.is_empty() {
            break;
        }
    }
    Ok(list)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hosts::memory::Memory;
    use crate::parse::der::tests::certificate;
    use crate::parse::efi::tests::list;

    fn facts(host: Memory) -> Facts {
        let mut facts = Facts::default();
        run(&host, &Facts::default())(&mut facts);
        facts
    }

    fn on() -> Memory {
        Memory::default().file(SECURE_BOOT, [6, 0, 0, 0, 1])
    }

    fn variable(name: &str) -> String {
        shim_variable(name).display().to_string()
    }

    #[test]
    fn no_efi_is_absent_without_gaps() {
        let facts = facts(Memory::default());
        let security = facts.security;
        assert!(security.secure_boot.is_absent() && security.lockdown.is_absent());
        assert!(security.enrolled_keys.is_absent() && security.signatures_enforced.is_absent());
        assert_eq!(facts.gaps, []);
    }

    #[test]
    fn reads_switches_and_enrolled_keys() {
        let attributes = vec![6, 0, 0, 0];
        let facts = facts(
            on().file(LOCKDOWN, "none [integrity] confidentiality\n")
                .file(SIG_ENFORCE, "N\n")
                .file(&variable("MokSBStateRT"), [6, 0, 0, 0, 1])
                .file(
                    &variable("MokListRT"),
                    [attributes.clone(), list(&certificate("CA", "Vendor"))].concat(),
                )
                .file(
                    &variable("MokListRT1"),
                    [attributes, list(&certificate("Me", "DKMS module signing key"))].concat(),
                ),
        );
        assert_eq!(facts.security.secure_boot.value(), Some(&true));
        assert_eq!(facts.security.lockdown.value(), Some(&Lockdown::Integrity));
        assert_eq!(facts.security.signatures_enforced.value(), Some(&false));
        assert_eq!(facts.security.validation_disabled.value(), Some(&true));
        let keys = facts.security.enrolled_keys.value().unwrap();
        assert_eq!(keys, &["Vendor", "DKMS module signing key"]);
    }

    #[test]
    fn the_command_line_tells_where_the_switch_is_not_shown() {
        let enforced = |host| facts(host).security.signatures_enforced;
        let host = || {
            Memory::default().file("/proc/cmdline", "root=/dev/sda1 module.sig_enforce=1 quiet\n")
        };
        assert_eq!(enforced(host()), Datum::known(true, "/proc/cmdline"));
        assert_eq!(enforced(host().file(SIG_ENFORCE, "N\n")).value(), Some(&false));
    }

    #[test]
    fn a_hidden_lockdown_matters_only_with_secure_boot() {
        assert_eq!(facts(on().denied(LOCKDOWN)).gaps.len(), 1);
        let off = facts(Memory::default().denied(LOCKDOWN));
        assert!(off.security.lockdown.is_unreadable());
        assert_eq!(off.gaps, []);
    }

    #[test]
    fn damage_is_a_gap() {
        let facts = facts(
            Memory::default()
                .file(SECURE_BOOT, [6, 0])
                .file(&variable("MokListRT"), [6, 0, 0, 0, 1, 2]),
        );
        assert!(
            facts.security.secure_boot.is_unreadable()
                && facts.security.enrolled_keys.is_unreadable()
        );
        assert_eq!(facts.gaps.len(), 2);
    }
}

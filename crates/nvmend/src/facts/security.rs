//! What stands between a module file and the kernel: Secure Boot, lockdown, signature enforcement.

use serde::{Deserialize, Serialize};

use super::Datum;

/// The kernel's rules for modules.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Security {
    /// Secure Boot is on. Absent: no EFI.
    pub secure_boot: Datum<bool>,
    /// The lockdown level.
    pub lockdown: Datum<Lockdown>,
    /// `sig_enforce`: unsigned modules are refused.
    pub signatures_enforced: Datum<bool>,
    /// shim's own switch: Secure Boot is on, but shim does not check (`MokSBStateRT`).
    pub validation_disabled: Datum<bool>,
    /// Common names of the subjects of the enrolled machine owner keys (`MokListRT`).
    pub enrolled_keys: Datum<Vec<String>>,
}

/// The kernel's lockdown level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lockdown {
    /// Off.
    None,
    /// Unsigned modules are refused.
    Integrity,
    /// And reading kernel memory too.
    Confidentiality,
}

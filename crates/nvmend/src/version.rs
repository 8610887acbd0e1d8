//! Driver versions: the exact text, and the order of releases.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The version of one NVIDIA driver release, for example `535.216.03`.
///
/// Two to four numeric parts. The text is kept exactly: leading zeros matter (`610.43.02` is not
/// `610.43.2`), and the driver itself compares versions as text. Ordering is by the numbers
/// (`550.90` < `550.107`), then by the text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(with = "String"))]
#[serde(try_from = "String", into = "String")]
pub struct DriverVersion(String);

/// The text is not a driver version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a driver version (two to four numbers with dots): {0:?}")]
pub struct NotAVersion(pub String);

impl DriverVersion {
    /// The exact text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The release branch, for example 535.
    pub fn branch(&self) -> u32 {
        self.parts().next().unwrap_or(0)
    }

    fn parts(&self) -> impl Iterator<Item = u32> + '_ {
        self.0.split('.').map(|part| part.parse().unwrap_or(0))
    }

    /// Whether this version agrees with one that was cut to its first parts, as the line
    /// `NVML library version: 535.261` is.
    pub fn agrees_with_prefix(&self, cut: &str) -> bool {
        self.0 == cut || self.0.strip_prefix(cut).is_some_and(|rest| rest.starts_with('.'))
    }

    /// The first driver version that stands in `text` as a word of its own, bounded by anything
    /// but digits, dots and letters: `NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.129.03  Thu …`.
    pub fn find_in(text: &str) -> Option<Self> {
        text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '.'))
            .map(|word| word.trim_matches('.'))
            .filter(|word| word.split('.').next().is_some_and(|first| first.len() >= 2))
            .find_map(|word| word.parse().ok())
    }

    /// The version that a library's file name carries after `.so.`, if it is a driver version:
    /// three digits before the first dot, so that `libnvidia-egl-gbm.so.1.1.1` has none.
    pub fn from_library_name(name: &str) -> Option<Self> {
        let (_, suffix) = name.split_once(".so.")?;
        let version: Self = suffix.parse().ok()?;
        (version.0.find('.') >= Some(2)).then_some(version)
    }
}

impl FromStr for DriverVersion {
    type Err = NotAVersion;

    fn from_str(text: &str) -> Result<Self, NotAVersion> {
        let count = text.split('.').count();
        let numeric = text.split('.').all(|part| {
            (1..=5).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        });
        if numeric && (2..=4).contains(&count) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAVersion(text.chars().take(64).collect()))
        }
    }
}

impl TryFrom<String> for DriverVersion {
    type Error = NotAVersion;
    fn try_from(text: String) -> Result<Self, NotAVersion> {
        text.parse()
    }
}

impl From<DriverVersion> for String {
    fn from(version: DriverVersion) -> Self {
        version.0
    }
}

impl fmt::Display for DriverVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Ord for DriverVersion {
    fn cmp(&self, other: &Self) -> Ordering {
        self.parts().cmp(other.parts()).then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for DriverVersion {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn v(text: &str) -> DriverVersion {
        text.parse().unwrap()
    }

    #[test]
    fn orders_by_numbers_and_keeps_the_text() {
        assert!(v("550.90") < v("550.107"));
        assert!(v("580.142") < v("580.159.03"));
        assert_ne!(v("610.43.02"), v("610.43.2"));
        assert_eq!(v("440.48.02").to_string(), "440.48.02");
    }

    #[test]
    fn refuses_what_is_no_version() {
        for text in ["", "535", "TempVersion", "1.2.3.4.5", "535.", "535.1a", "535..1"] {
            assert!(text.parse::<DriverVersion>().is_err(), "{text}");
        }
    }

    #[test]
    fn reads_library_names() {
        let of = DriverVersion::from_library_name;
        assert_eq!(of("libcuda.so.535.261.03"), Some(v("535.261.03")));
        assert_eq!(of("libcuda.so.1"), None);
        assert_eq!(of("libnvidia-egl-gbm.so.1.1.1"), None);
        assert_eq!(of("libcuda.so"), None);
    }

    #[test]
    fn compares_a_cut_version_as_a_prefix() {
        assert!(v("535.261.03").agrees_with_prefix("535.261"));
        assert!(!v("535.261.03").agrees_with_prefix("535.26"));
    }

    #[test]
    fn finds_a_version_in_a_sentence() {
        let line = "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.126.09  Release Build  (dvs-builder@U22-I3-AM02-24-3)  Wed Jan  7 22:51:36 UTC 2026";
        assert_eq!(DriverVersion::find_in(line), Some(v("580.126.09")));
        assert_eq!(DriverVersion::find_in("no version here"), None);
    }
}

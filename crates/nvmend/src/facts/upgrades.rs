//! Upgrades that the machine makes by itself.

use serde::{Deserialize, Serialize};

use super::{Origin, PackageManager};

/// A program that upgrades packages without being asked, and is turned on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnattendedUpgrades {
    /// Its name: `unattended-upgrades`, `dnf-automatic`.
    pub program: String,
    /// Whose packages it upgrades.
    pub manager: PackageManager,
    /// The archives that it may take packages from. Empty: every one that the package manager knows.
    pub sources: Vec<UpgradeSource>,
    /// The packages that it leaves alone: Python's regular expressions for APT, patterns of fnmatch(3) for dnf.
    pub excluded: Vec<ExcludedPackages>,
}

/// Archives that packages may be taken from: all that fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpgradeSource {
    /// Fields of a Release file that must fit, each with a pattern of fnmatch(3).
    pub fields: Vec<(ArchiveField, String)>,
    /// As it is written.
    pub text: String,
    /// File and line.
    pub from: Origin,
}

/// A field by which unattended-upgrades knows an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ArchiveField {
    /// `Origin`.
    Origin,
    /// `Label`.
    Label,
    /// `Suite`.
    Suite,
    /// `Codename`.
    Codename,
    /// The component.
    Component,
    /// Anything else, the host name for one: nothing here tells whether it fits.
    Other,
}

/// Packages that are left alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExcludedPackages {
    /// The pattern, for names.
    pub pattern: String,
    /// File and line.
    pub from: Origin,
}

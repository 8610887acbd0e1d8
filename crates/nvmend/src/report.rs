//! The report: the one public, versioned model of what was found. Every rendering is made from it.
//!
//! Fields of schema 1 are never removed and never given another meaning. Texts in `title`, `explanation` and `claim`
//! follow the language of the words; nothing else does.

mod making;

use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::diagnose::{Certainty, Severity};
use crate::facts::{AskedLibrary, Environment, Flavour};
use crate::host::Failure;
use crate::verdict::Verdict;

/// The schema that this program writes.
pub const SCHEMA: u32 = 1;

/// What was found on one machine at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Report {
    /// Version of this model; always 1.
    pub schema: u32,
    /// Who wrote it.
    pub tool: Tool,
    /// When (RFC 3339, UTC).
    pub time: String,
    /// The machine.
    pub host: HostSummary,
    /// Its state in one word.
    pub verdict: Verdict,
    /// The versions that must agree.
    pub versions: Versions,
    /// What is wrong; the first is the primary cause.
    pub findings: Vec<ReportedFinding>,
    /// What the driver's libraries say when they are asked themselves; only after `check --deep`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<ReportedAnswer>,
    /// What could not be read.
    pub gaps: Vec<ReportedGap>,
    /// What would repair it; null from a check, which asks no package manager: `nvmend plan` tells.
    pub plan: Option<PlanSummary>,
}

/// The program that wrote a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Tool {
    /// `nvmend`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// The machine that a report is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HostSummary {
    /// The distribution; null where `os-release` is missing.
    pub os: Option<OsSummary>,
    /// Release of the running kernel; null in a chroot or image.
    pub kernel: Option<String>,
    /// Architecture in the kernel's words.
    pub arch: Option<String>,
    /// What kind of environment it is.
    pub environment: Environment,
    /// NVIDIA GPUs on the PCI bus.
    pub gpus: Vec<GpuSummary>,
}

/// A distribution, as `os-release` names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OsSummary {
    /// `ID`.
    pub id: String,
    /// `VERSION_ID`; empty on rolling releases.
    pub version: String,
    /// `PRETTY_NAME`.
    pub name: String,
}

/// One GPU.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GpuSummary {
    /// Its PCI address, `0000:01:00.0`.
    pub pci: String,
    /// Vendor and device id, `10de:2684`.
    pub id: String,
    /// The marketing name, where the tables know it.
    pub name: Option<String>,
}

/// The versions that must agree; null where there is none or it is unknown (`gaps` tells which).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Versions {
    /// The loaded `nvidia` module.
    pub loaded: Option<String>,
    /// Which of NVIDIA's two kernel modules is loaded, else on disk.
    pub flavour: Option<Flavour>,
    /// The module that modprobe would load on the running kernel (in a chroot: on the kernel that boots next).
    pub on_disk: Option<String>,
    /// The module in the initramfs of the running kernel; null also where no image had to be read.
    pub initramfs: Option<String>,
    /// What a plain process gets for libcuda, else libnvidia-ml.
    pub libraries: Option<String>,
    /// The same after the next boot.
    pub next_boot: NextBoot,
}

/// The versions after the next boot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NextBoot {
    /// The kernel that boots next; null where that is unknown or not this system's to choose (a container).
    pub kernel: Option<String>,
    /// The module that will be loaded there.
    pub module: Option<String>,
    /// The libraries that a plain process will get.
    pub libraries: Option<String>,
}

/// A cause that holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReportedFinding {
    /// Its stable id.
    pub cause: String,
    /// How bad.
    pub severity: Severity,
    /// Whether it stands on its own.
    pub role: Role,
    /// Ids of the present causes that it follows from.
    pub because_of: Vec<String>,
    /// How sure.
    pub certainty: Certainty,
    /// One sentence.
    pub title: String,
    /// What it means on this machine.
    pub explanation: String,
    /// What speaks for it, most telling first.
    pub evidence: Vec<ReportedEvidence>,
    /// Ids of the remedies that serve, least disruptive first.
    pub remedies: Vec<String>,
}

/// The place of a finding among the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// A cause of its own: what must be repaired.
    Root,
    /// Follows from another, and goes when that one does.
    Consequence,
}

/// One thing that speaks for a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReportedEvidence {
    /// What it shows.
    pub claim: String,
    /// A path within the machine, or another origin.
    pub source: String,
    /// What was read there.
    pub value: String,
}

/// Something that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReportedGap {
    /// A path within the machine, or a probe.
    pub what: String,
    /// Why.
    pub why: String,
}

/// What one of the driver's libraries says when a program starts to use it. One that gave no answer is a gap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReportedAnswer {
    /// Which library.
    pub library: AskedLibrary,
    /// Its file.
    pub path: String,
    /// `nvmlReturn_t` of `nvmlInit_v2`, or `CUresult` of `cuInit`; 0 is success.
    pub code: i32,
    /// The code's name in NVIDIA's headers, where the tables know it.
    pub name: Option<String>,
    /// The library's own words.
    pub says: Option<String>,
    /// The driver's version, as the library reads it.
    pub driver_version: Option<String>,
    /// NVML's own version, or the newest CUDA version that libcuda serves.
    pub library_version: Option<String>,
}

/// What would repair a machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlanSummary {
    /// Id of its first remedy.
    pub remedy: String,
    /// Ids of all its remedies, in order.
    pub remedies: Vec<String>,
    /// What it interrupts.
    pub disruption: Disruption,
    /// Its steps, in order.
    pub steps: Vec<StepSummary>,
    /// The machine after it.
    pub predicted: Predicted,
}

/// What a plan interrupts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Disruption {
    /// Nothing.
    None,
    /// A service restarts.
    ServiceRestart,
    /// Programs that use a GPU stop.
    GpuJobsStop,
    /// The machine reboots.
    Reboot,
}

/// One step of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StepSummary {
    /// Id of the step.
    pub step: String,
    /// What it does.
    pub does: String,
    /// How it is taken back; null where that is not possible.
    pub undo: Option<String>,
}

/// A machine as it would be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Predicted {
    /// Its state.
    pub verdict: Verdict,
    /// Its versions.
    pub versions: Versions,
}

impl Report {
    /// The primary cause, if anything is wrong.
    pub fn primary(&self) -> Option<&ReportedFinding> {
        self.findings.first()
    }
}

impl ReportedGap {
    /// Whether root could have read it.
    pub fn needs_root(&self) -> bool {
        self.why == Failure::NotPermitted.to_string()
    }

    /// The message (of `report.ftl`) that says the reason in words, where it is one of the common ones; `None` for the
    /// system's own words and for what is wrong with a certain format.
    pub fn reason(&self) -> Option<&'static str> {
        let known = [
            (Failure::NotFound, "reason-not-found"),
            (Failure::NotPermitted, "reason-not-permitted"),
            (Failure::WrongKind, "reason-wrong-kind"),
            (Failure::LinkLoop, "reason-link-loop"),
            (Failure::NotCaptured, "reason-not-captured"),
            (Failure::Unsupported, "reason-unsupported"),
        ];
        let found = known.into_iter().find(|(failure, _)| self.why == failure.to_string());
        found.map(|(_, message)| message)
    }
}

/// A time in RFC 3339, in UTC and whole seconds.
pub fn rfc3339(time: SystemTime) -> String {
    let time = jiff::Timestamp::try_from(time).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    format!("{time:.0}")
}

#[cfg(test)]
mod tests;

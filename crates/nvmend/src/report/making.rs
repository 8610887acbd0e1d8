//! How a report is made: from the facts, their diagnosis, and the words.

use super::{
    GpuSummary, HostSummary, NextBoot, OsSummary, Report, ReportedAnswer, ReportedEvidence,
    ReportedFinding, ReportedGap, Role, SCHEMA, Tool, Versions,
};
use crate::diagnose::{Diagnosed, Diagnosis};
use crate::facts::{Facts, Gap, LibraryAnswer, LibraryOutcome, PciDevice};
use crate::knowledge::codes;
use crate::predict;
use crate::verdict::{Verdict, unexplained_refusals};
use crate::words::Words;

impl Report {
    /// The report on a machine. `time` is when it was read, as [`super::rfc3339`] writes it.
    pub fn new(facts: &Facts, diagnosis: &Diagnosis, words: &Words, time: String) -> Self {
        Self {
            schema: SCHEMA,
            tool: Tool::this(),
            time,
            host: HostSummary::of(facts),
            verdict: Verdict::of(facts, diagnosis),
            versions: Versions::of(facts),
            findings: diagnosis
                .findings
                .iter()
                .map(|found| ReportedFinding::of(found, words))
                .collect(),
            answers: facts.deep.answers().iter().filter_map(ReportedAnswer::of).collect(),
            gaps: facts
                .gaps
                .iter()
                .chain(&unexplained_refusals(facts, diagnosis))
                .map(ReportedGap::of)
                .collect(),
            plan: None,
        }
    }
}

impl Tool {
    /// This program.
    pub fn this() -> Self {
        Self { name: "nvmend".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }
    }
}

impl HostSummary {
    fn of(facts: &Facts) -> Self {
        let os = facts.system.os.value().map(|os| OsSummary {
            id: os.id.clone(),
            version: os.version.clone(),
            name: os.name.clone(),
        });
        Self {
            os,
            kernel: facts.kernels.running.value().cloned(),
            arch: facts.system.arch.value().cloned(),
            environment: facts.system.environment,
            gpus: facts.bus.gpus().iter().map(GpuSummary::of).collect(),
        }
    }
}

impl GpuSummary {
    fn of(gpu: &PciDevice) -> Self {
        Self {
            pci: gpu.address.clone(),
            id: format!("10de:{:04x}", gpu.device),
            name: gpu.name.clone(),
        }
    }
}

impl Versions {
    /// The versions of a machine.
    pub fn of(facts: &Facts) -> Self {
        let on_disk_flavour = || {
            facts
                .current_module_file()
                .and_then(|file| file.info.value())
                .and_then(|info| info.flavour())
        };
        Self {
            loaded: facts.loaded_version().map(|(version, _)| version.to_string()),
            flavour: facts
                .loaded
                .driver
                .value()
                .and_then(|driver| driver.flavour)
                .or_else(on_disk_flavour),
            on_disk: facts.on_disk_version().map(|(version, _)| version.to_string()),
            initramfs: facts
                .current_kernel()
                .and_then(|(kernel, _)| facts.initramfs_version(kernel))
                .map(|(version, _)| version.to_string()),
            libraries: facts.library_version().map(|(version, _)| version.to_string()),
            next_boot: NextBoot::of(facts),
        }
    }
}

impl NextBoot {
    /// The versions after the next boot of this machine.
    pub fn of(facts: &Facts) -> Self {
        let kernel = facts.kernels.next_boot.value().filter(|_| facts.judges_module()).cloned();
        let module = kernel.as_ref().and_then(|kernel| next_module(facts, kernel));
        let libraries = facts.library_version().map(|(version, _)| version.to_string());
        Self { libraries: libraries.filter(|_| kernel.is_some()), kernel, module }
    }
}

/// What will be loaded on `kernel`: what the prediction loads; in an image, which runs nothing, what modprobe would.
fn next_module(facts: &Facts, kernel: &str) -> Option<String> {
    if facts.kernels.running.value().is_some() {
        return predict::reboot(facts).loaded_version().map(|(version, _)| version.to_string());
    }
    let info = facts.modules_of(kernel)?.loads("nvidia")?.info.value()?;
    info.version.as_ref().map(ToString::to_string)
}

impl ReportedFinding {
    fn of(found: &Diagnosed, words: &Words) -> Self {
        let evidence = found.finding.evidence.iter().map(|evidence| ReportedEvidence {
            claim: words.claim(found.cause.id, evidence),
            source: evidence.source.as_str().to_owned(),
            value: evidence.value.clone(),
        });
        Self {
            cause: found.cause.id.to_owned(),
            severity: found.severity,
            role: if found.because_of.is_empty() { Role::Root } else { Role::Consequence },
            because_of: found.because_of.iter().map(|id| (*id).to_owned()).collect(),
            certainty: found.finding.certainty,
            title: words.title(found),
            explanation: words.explanation(found),
            evidence: evidence.collect(),
            remedies: found.remedies().iter().map(|id| (*id).to_owned()).collect(),
        }
    }
}

impl ReportedAnswer {
    fn of(answer: &LibraryAnswer) -> Option<Self> {
        let LibraryOutcome::Answered { code, text, driver_version, library_version } =
            &answer.outcome
        else {
            return None;
        };
        Some(Self {
            library: answer.library,
            path: answer.path.display().to_string(),
            code: *code,
            name: codes::name(answer.library, *code).map(str::to_owned),
            says: text.clone(),
            driver_version: driver_version.clone(),
            library_version: library_version.clone(),
        })
    }
}

impl ReportedGap {
    fn of(gap: &Gap) -> Self {
        Self { what: gap.what.clone(), why: gap.why.clone() }
    }
}

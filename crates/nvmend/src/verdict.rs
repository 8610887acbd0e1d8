//! The verdict: what the findings, and what could not be read, come to in one word.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::diagnose::{Diagnosis, Severity};
use crate::facts::{
    AskedLibrary, DECIDING_LIBRARIES, Datum, Environment, Facts, Gap, LibraryAnswer, LibraryPlace,
    LookupScope,
};
use crate::knowledge::codes;
use crate::outlook::{Effect, Outlook};

/// A machine's state in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Loaded module, module on disk and libraries are of one version, and stay so.
    Aligned,
    /// Some program fails now.
    Broken,
    /// Works now, and will not after the next reboot or upgrade.
    AtRisk,
    /// What is needed to tell could not be read.
    Unknown,
    /// Nothing here to align: no GPU, no driver, or one that is not the machine's own to keep.
    NotApplicable,
}

impl Verdict {
    /// The verdict on a machine.
    ///
    /// Errors come first, whatever else is unknown. Where there is nothing to align, warnings about a driver that
    /// serves no GPU put nothing at risk. "Aligned" is said only when everything that decides was read; that something
    /// works, or is not here at all, only when every probe on which that rests has answered.
    pub fn of(facts: &Facts, diagnosis: &Diagnosis) -> Self {
        let has = |severity| diagnosis.findings.iter().any(|found| found.severity == severity);
        if has(Severity::Error) {
            Self::Broken
        } else if nothing_to_align(facts) {
            Self::NotApplicable
        } else if refusals(facts).next().is_some() || works_unseen(facts) {
            Self::Unknown
        } else if has(Severity::Warning) || Outlook::of(facts, diagnosis).effect == Effect::Harms {
            Self::AtRisk
        } else if is_undetermined(facts) {
            Self::Unknown
        } else {
            Self::Aligned
        }
    }
}

/// The libraries that refuse to work where no finding says that anything fails now: gaps in what was read.
pub(crate) fn unexplained_refusals(facts: &Facts, diagnosis: &Diagnosis) -> Vec<Gap> {
    if diagnosis.has_errors() || nothing_to_align(facts) {
        return Vec::new();
    }
    let gap = |(answer, code, text): (&LibraryAnswer, i32, &str)| {
        let name = codes::name(answer.library, code).unwrap_or_default();
        let why = format!("it says “{text}” ({name} {code}), and nothing that was read says why");
        Gap::new(&answer.path, why)
    };
    refusals(facts).map(gap).collect()
}

/// Those of the libraries that a plain program gets that refuse to work, with their code and words.
fn refusals(facts: &Facts) -> impl Iterator<Item = (&LibraryAnswer, i32, &str)> {
    facts.driver_libraries(LookupScope::Plain).filter_map(|(_, library)| {
        let answer = facts.deep.answer(&library.chain.end)?;
        let (code, text) = answer.code()?;
        // An empty CUDA_VISIBLE_DEVICES is enough for libcuda to see no device.
        let is_fine =
            code == 0 || (answer.library == AskedLibrary::Cuda && code == codes::NO_DEVICE);
        (!is_fine).then_some((answer, code, text))
    })
}

/// Whether nobody looked at what shows whether it works now: without a loaded module, also who would build one.
fn works_unseen(facts: &Facts) -> bool {
    facts.lacks_what_decides()
        || libraries_missed(facts)
        || (facts.lacks(&["builders"]) && facts.loaded_version().is_none() && facts.judges_module())
}

/// Whether there is no driver to keep in step with a GPU here.
fn nothing_to_align(facts: &Facts) -> bool {
    if facts.lacks_what_decides() {
        return false;
    }
    match facts.system.environment {
        // Their driver comes with the board's software or from Windows; its version says nothing of the libraries.
        Environment::Jetson | Environment::Wsl => true,
        _ if facts.has_gpu() == Some(false) || facts.is_passed_through() => true,
        // Whether a GPU is to have a driver is its owner's choice (`driver-not-installed` is a note).
        _ => {
            !facts.has_driver()
                && !facts.bus.gpus.is_unreadable()
                && !missed(facts)
                && !facts.lacks(&["packages", "builders", "kernel log"])
        }
    }
}

/// Whether something that decides could not be read, or the numbers differ and no cause says why.
fn is_undetermined(facts: &Facts) -> bool {
    missed(facts)
        || differs_unexplained(facts)
        || (!facts.has_driver()
            && (facts.bus.gpus.is_unreadable()
                || facts.lacks(&["packages", "builders", "kernel log"])))
        // Whether it should be loaded.
        || (facts.loaded.driver.is_absent()
            && facts.system.environment == Environment::Host
            && facts.bus.gpus.is_unreadable()
            && !facts.bus.gpus.is_not_captured())
}

/// Whether what decides could not be read: the kernel, the loaded version, the module that stands for it, the libraries.
fn missed(facts: &Facts) -> bool {
    let running = facts.system.environment != Environment::Chroot;
    let loaded_missed = running && !is_settled(&facts.loaded.driver);
    let module_missed = facts.judges_module()
        && ((facts.modules_are_unseen()
            && facts.on_disk_version().is_none()
            && !facts.programs_are_served())
            || facts.current_module_file().is_some_and(|file| file.info.is_unreadable())
            || facts
                .current_kernel()
                .is_some_and(|(kernel, _)| facts.module_may_be_unseen(kernel)));
    let library_missed = facts
        .deciding_libraries(LookupScope::Plain)
        .any(|(_, library)| !library.exists || !is_library(facts, &library.chain.end));
    facts.kernels.running.is_unreadable()
        || libraries_missed(facts)
        || loaded_missed
        || module_missed
        || library_missed
        || facts.lacks_what_decides()
}

/// Whether it could not be seen what a plain program gets for a deciding name.
fn libraries_missed(facts: &Facts) -> bool {
    let mut lookups = facts.libraries.lookups.iter().filter(|lookup| {
        lookup.scope == LookupScope::Plain
            && lookup.arch == facts.native_arch()
            && DECIDING_LIBRARIES.contains(&lookup.name.as_str())
    });
    lookups.any(|lookup| lookup.found.is_unreadable() && !lookup.found.is_not_captured())
}

/// Whether a file could be read as an ELF file; its name may carry a version all the same.
fn is_library(facts: &Facts, path: &Path) -> bool {
    let file = facts.libraries.files.iter().find(|file| file.path == path);
    file.is_none_or(|file| file.arch.is_some())
}

/// Read, or looked for and not there. Absence with no place looked at means that nobody looked.
fn is_settled<T>(datum: &Datum<T>) -> bool {
    match datum {
        Datum::Known { .. } => true,
        Datum::Absent { looked_at } => !looked_at.is_empty(),
        Datum::Unreadable { .. } => false,
    }
}

/// Whether the module in use differs from the one on disk, or a deciding library from the module it would talk to. A
/// cause names that; where none does, "aligned" would still be wrong.
fn differs_unexplained(facts: &Facts) -> bool {
    let on_disk = facts.on_disk_version().map(|(version, _)| version);
    let running = facts.system.environment != Environment::Chroot;
    let module = if running { facts.loaded_version().map(|(version, _)| version) } else { on_disk };
    let keeps_modules =
        facts.system.environment == Environment::Host && !facts.is_managed_elsewhere();
    let Some(module) = module else {
        // A GPU and a driver, and nothing loaded: not aligned, whatever the reason.
        return keeps_modules && facts.has_gpu() == Some(true) && facts.has_driver();
    };
    // Where the running kernel has no module on disk any more, `module-missing-for-kernel` says how bad that is.
    let differs_on_disk = keeps_modules && on_disk.is_some_and(|on_disk| on_disk != module);
    let differs_in_libraries = facts
        .deciding_libraries(LookupScope::Plain)
        // cuda-compat is of another version on purpose.
        .filter(|(_, library)| library.place != LibraryPlace::CudaCompat)
        .any(|(_, library)| library.version.as_ref().is_some_and(|version| version != module));
    differs_on_disk || differs_in_libraries
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::{Cause, Diagnosed, Finding};
    use crate::facts::{LibraryOutcome, PciDevice};
    use crate::reports::sample;

    static CAUSE: Cause = Cause {
        id: "stale-module-loaded",
        severity: Severity::Error,
        find: |_| None,
        remedies: &[],
        explains: &[],
    };

    fn found(severity: Severity) -> Diagnosis {
        let finding = Finding::certain();
        Diagnosis {
            findings: vec![Diagnosed { cause: &CAUSE, severity, finding, because_of: vec![] }],
        }
    }

    fn verdict(facts: &Facts) -> Verdict {
        Verdict::of(facts, &Diagnosis::default())
    }

    #[test]
    fn findings_decide_by_their_severity() {
        let facts = sample::aligned();
        assert_eq!(Verdict::of(&facts, &found(Severity::Error)), Verdict::Broken);
        assert_eq!(Verdict::of(&facts, &found(Severity::Warning)), Verdict::AtRisk);
        assert_eq!(Verdict::of(&facts, &found(Severity::Note)), Verdict::Aligned);
    }

    #[test]
    fn nothing_to_align_without_gpu_or_driver() {
        let mut facts = sample::aligned();
        facts.bus.gpus = Datum::known(vec![], "/sys/bus/pci/devices");
        assert_eq!(verdict(&facts), Verdict::NotApplicable);
        assert_eq!(Verdict::of(&facts, &found(Severity::Warning)), Verdict::NotApplicable);
        assert_eq!(Verdict::of(&facts, &found(Severity::Error)), Verdict::Broken);
        let empty = Facts {
            loaded: crate::facts::Loaded {
                driver: Datum::absent("/sys/module/nvidia"),
                ..Default::default()
            },
            ..Facts::default()
        };
        assert_eq!(verdict(&empty), Verdict::NotApplicable);
        let with_gpu = Facts { bus: sample::aligned().bus, ..empty };
        assert_eq!(verdict(&with_gpu), Verdict::NotApplicable);
    }

    #[test]
    fn jetson_and_wsl_bring_their_own() {
        for environment in [Environment::Jetson, Environment::Wsl] {
            let mut facts = sample::aligned();
            facts.system.environment = environment;
            facts.loaded.driver = Datum::absent("/sys/module/nvidia");
            assert_eq!(verdict(&facts), Verdict::NotApplicable);
        }
    }

    #[test]
    fn what_decides_must_have_been_read() {
        let mut masked = sample::aligned();
        masked.loaded.driver =
            Datum::unreadable("/proc/driver/nvidia/version", "permission denied");
        assert_eq!(verdict(&masked), Verdict::Unknown);

        let mut unasked = sample::aligned();
        unasked.loaded.driver = Datum::default();
        assert_eq!(verdict(&unasked), Verdict::Unknown);

        let mut unseen = sample::aligned();
        unseen.kernels.directory = Datum::unreadable("/lib/modules", "not part of the capture");
        unseen.modules = Default::default();
        assert_eq!(verdict(&unseen), Verdict::Unknown);

        let mut hung = sample::aligned();
        hung.gaps.push(Gap::new("libraries", "no answer in time"));
        assert_eq!(verdict(&hung), Verdict::Unknown);

        let mut small = sample::aligned();
        small.gaps.push(Gap::new("/proc/1/maps", "permission denied"));
        assert_eq!(verdict(&small), Verdict::Aligned);
    }

    #[test]
    fn a_difference_without_a_cause_is_never_called_aligned() {
        assert_eq!(verdict(&sample::stale()), Verdict::Unknown);
        let mut without_module = sample::aligned();
        without_module.modules = Default::default();
        assert_ne!(verdict(&without_module), Verdict::Aligned);
        let mut unloaded = sample::aligned();
        unloaded.loaded.driver = Datum::absent("/sys/module/nvidia");
        assert_eq!(verdict(&unloaded), Verdict::Unknown);
    }

    #[test]
    fn a_library_that_refuses_is_never_called_aligned() {
        let mut facts = sample::aligned();
        let answer = |path: &str, code| LibraryAnswer {
            path: path.into(),
            library: AskedLibrary::Nvml,
            outcome: LibraryOutcome::Answered {
                code,
                text: Some("Driver/library version mismatch".into()),
                driver_version: None,
                library_version: None,
            },
        };
        let picked = "/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.535.216.03";
        let none = Diagnosis::default();
        facts.deep.answers = Datum::known(vec![answer(picked, 18)], "nvmlInit");
        assert_eq!(verdict(&facts), Verdict::Unknown);
        let gaps = unexplained_refusals(&facts, &none);
        assert!(gaps[0].why.contains("LIB_RM_VERSION_MISMATCH 18"), "{gaps:?}");
        // A finding says why.
        assert_eq!(Verdict::of(&facts, &found(Severity::Error)), Verdict::Broken);
        assert_eq!(unexplained_refusals(&facts, &found(Severity::Error)), []);
        // It works, or it is one that no program gets.
        for answer in [answer(picked, 0), answer("/opt/libnvidia-ml.so.1", 18)] {
            facts.deep.answers = Datum::known(vec![answer], "nvmlInit");
            assert_eq!(verdict(&facts), Verdict::Aligned);
            assert_eq!(unexplained_refusals(&facts, &none), []);
        }
    }

    #[test]
    fn an_image_is_judged_by_what_lies_in_it() {
        let mut facts = sample::aligned();
        facts.system.environment = Environment::Chroot;
        facts.kernels.running = Datum::absent("/proc/sys/kernel/osrelease");
        facts.loaded.driver = Datum::default();
        facts.bus.gpus = Datum::default();
        assert_eq!(verdict(&facts), Verdict::Aligned);
        let mut skewed = sample::stale();
        skewed.system.environment = Environment::Chroot;
        skewed.loaded.driver = Datum::default();
        skewed.bus.gpus = Datum::known(
            vec![PciDevice { address: "0000:01:00.0".into(), device: 1, driver: None, name: None }],
            "/sys",
        );
        assert_eq!(
            verdict(&skewed),
            Verdict::Aligned,
            "its module on disk and its libraries agree"
        );
    }
}

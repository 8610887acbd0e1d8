#![allow(clippy::unwrap_used, reason = "a test that cannot go on")]
//! Bug reports of three layouts: what they hold becomes facts, what they lack becomes gaps.

use std::sync::Arc;
use std::time::Duration;

use nvmend::diagnose::{Certainty, Diagnosis, diagnose};
use nvmend::facts::{BuildOutcome, Environment, Facts};
use nvmend::host::Host;
use nvmend::hosts::capture;
use nvmend::hosts::recorder::Recorder;
use nvmend::hosts::saved::{self, SavedError};
use nvmend::probe::probe;
use nvmend::verdict::Verdict;
use proptest::prelude::*;

const OF_2011: &str = include_str!("data/bug-reports/2011-mismatch.log");
const OF_2020: &str = include_str!("data/bug-reports/2020-old-mismatch.log");
const OF_2025: &str = include_str!("data/bug-reports/2025-mismatch.log");

fn facts(content: impl AsRef<[u8]>) -> Facts {
    let host: Arc<dyn Host> = Arc::new(saved::read(content.as_ref()).unwrap());
    probe(&host, Duration::from_secs(60))
}

fn verdict(facts: &Facts) -> (Verdict, Diagnosis) {
    let diagnosis = diagnose(facts);
    (Verdict::of(facts, &diagnosis), diagnosis)
}

/// The primary cause and how sure it is, of a machine that is broken.
fn broken(facts: &Facts) -> (&'static str, Certainty) {
    let (verdict, diagnosis) = verdict(facts);
    assert_eq!(verdict, Verdict::Broken);
    let primary = diagnosis.primary().unwrap();
    (primary.cause.id, primary.finding.certainty)
}

fn versions(facts: &Facts) -> [Option<&str>; 3] {
    [
        facts.loaded_version().map(|(version, _)| version.as_str()),
        facts.on_disk_version().map(|(version, _)| version.as_str()),
        facts.library_version().map(|(version, _)| version.as_str()),
    ]
}

fn gap(facts: &Facts, start: &str) -> bool {
    facts.gaps.iter().any(|gap| gap.what.starts_with(start) && gap.why == "not part of the capture")
}

/// What a saved machine says nothing of is no more known from a capture of it.
#[test]
fn a_capture_of_a_saved_machine_has_its_gaps() {
    let (of_dkms, has_nul) = ("450.80.02/5.4.0", "450.80.02/5\0.4.0");
    let damaged = OF_2020.replace(of_dkms, has_nul);
    assert_ne!(damaged, OF_2020);
    for content in [OF_2011, OF_2020, OF_2025, &damaged, "[     4.101] NVRM: x\n"] {
        let recorder = Recorder::new(Arc::new(saved::read(content.as_bytes()).unwrap()));
        let recorder = Arc::new(recorder);
        let host: Arc<dyn Host> = recorder.clone();
        let seen = probe(&host, Duration::from_secs(60));
        let archive = capture::write(recorder.recorded(), None).unwrap();
        let again = facts(archive);
        assert_eq!(again.gaps, seen.gaps);
    }
}

#[test]
fn a_mismatch_of_2025_is_broken_and_not_more_than_possible() {
    let facts = facts(OF_2025);
    assert_eq!(versions(&facts), [Some("535.183.01"), None, Some("550.54.15")]);
    assert_eq!(broken(&facts), ("stale-module-loaded", Certainty::Possible));
    assert_eq!(facts.system.environment, Environment::Host);
    assert_eq!(facts.system.os.value().unwrap().version, "24.04");
    assert_eq!(facts.system.arch.value().unwrap(), "x86_64");
    assert_eq!(facts.kernels.running.value().unwrap(), "6.8.0-45-generic");
    let [gpu] = facts.bus.gpus() else { panic!("{:?}", facts.bus) };
    assert_eq!((gpu.device, gpu.driver.as_deref()), (0x2684, Some("nvidia")));
}

#[test]
fn what_a_report_lacks_is_said_in_a_few_gaps() {
    let facts = facts(OF_2025);
    for start in
        ["kernels (/lib/modules", "libraries (/etc/ld.so.cache", "packages (", "builders ("]
    {
        assert!(gap(&facts, start), "{start}: {:#?}", facts.gaps);
    }
    assert!(facts.gaps.len() <= 9, "{:#?}", facts.gaps);
    assert!(facts.builders.runfile.is_unreadable(), "the installer's own record was not shown");
}

#[test]
fn a_mismatch_of_2011_is_known_by_the_kernels_words() {
    let facts = facts(OF_2011);
    assert_eq!(versions(&facts), [Some("270.41.06"), None, Some("280.13")]);
    assert_eq!(broken(&facts), ("stale-module-loaded", Certainty::Possible));
    assert_eq!(facts.system.arch.value().unwrap(), "i386");
    assert_eq!(facts.bus.gpus()[0].driver.as_deref(), Some("nvidia"));
}

#[test]
fn mismatches_of_earlier_boots_are_over() {
    let facts = facts(OF_2020);
    assert_eq!(versions(&facts), [Some("450.80.02"), None, Some("450.80.02")]);
    assert_eq!(facts.log.events(), []);
    let (verdict, diagnosis) = verdict(&facts);
    assert!(!diagnosis.has_errors(), "{:?}", diagnosis.primary().map(|found| found.cause.id));
    // The module on disk was not shown; that programs are served now, nvidia-smi said itself.
    assert_eq!(verdict, Verdict::Aligned);
}

#[test]
fn build_logs_stay_with_their_driver_and_kernel() {
    let facts = facts(OF_2020);
    let builds: Vec<_> = facts
        .builders
        .dkms
        .iter()
        .flat_map(|module| module.builds.iter().map(move |build| (module.version.as_str(), build)))
        .collect();
    let [(old, failed), (new, built)] = builds[..] else { panic!("{builds:?}") };
    assert_eq!((old, failed.kernel.as_str()), ("440.100", "5.8.0-29-generic"));
    assert!(matches!(failed.outcome, BuildOutcome::Failed { first_error: Some(_), .. }));
    assert_eq!((new, built.kernel.as_str()), ("450.80.02", "5.4.0-56-generic"));
    assert_eq!(built.outcome, BuildOutcome::Built);
    assert!(facts.builders.dkms.iter().all(|module| module.source.is_unreadable()));
}

#[test]
fn a_failed_build_of_the_new_version_is_the_cause() {
    let rule = "_".repeat(44);
    let log = |version: &str, kernel: &str| {
        format!(
            "{rule}\n\n*** /var/lib/dkms/nvidia/{version}/build/make.log\nDKMS make.log for nvidia-{version} for kernel {kernel} (x86_64)\nnv.c:1:2: error: implicit declaration of function 'x'\n\n"
        )
    };
    let of = |version, kernel| facts(format!("{OF_2025}{}", log(version, kernel)));
    let ours = of("550.54.15", "6.8.0-45-generic");
    assert_eq!(broken(&ours), ("driver-too-old-for-kernel", Certainty::Likely));
    // Of another kernel, and of another driver.
    assert_eq!(broken(&of("550.54.15", "6.11.0-1-generic")).0, "stale-module-loaded");
    assert_eq!(broken(&of("535.183.01", "6.8.0-45-generic")).0, "stale-module-loaded");
}

#[test]
fn libraries_older_than_the_module_are_no_upgrade_that_waits() {
    let text = OF_2025.replace("550.54", "470.82").replace("470.82.15", "470.82.01");
    assert_eq!(broken(&facts(text)), ("package-version-skew", Certainty::Possible));
}

#[test]
fn nvml_may_name_no_version_and_only_the_last_part_may_differ() {
    let silent = OF_2025.replace("NVML library version: 550.54\n", "").replace("API mismatch", "x");
    let found = facts(&silent);
    assert_eq!(versions(&found)[2], None);
    assert_eq!(broken(&found), ("stale-module-loaded", Certainty::Possible));
    let near = OF_2025.replace("550.54.15", "535.183.06").replace("550.54", "535.183");
    assert_eq!(versions(&facts(&near))[2], Some("535.183.06"));
    assert_eq!(broken(&facts(&near)).0, "stale-module-loaded");
}

#[test]
fn no_module_and_nouveau_on_the_gpu() {
    let text = OF_2020
        .replace("Kernel driver in use: nvidia", "Kernel driver in use: nouveau")
        .replace("nvidia 19722240", "nouveau 19722240")
        .replace(
            "*** /proc/driver/nvidia/./version\n",
            "*** /proc/driver/nvidia/./version does not exist\n",
        );
    let found = facts(text.replace("Driver Version  ", "x"));
    assert!(found.loaded.driver.is_absent(), "{:?}", found.loaded.driver);
    assert_eq!(found.bus.gpus()[0].driver.as_deref(), Some("nouveau"));
}

#[test]
fn a_kernel_log_alone_is_a_machine() {
    let log = "[    0.000000] Linux version 6.8.0-45-generic (buildd@x) (gcc)\n\
        [    0.000000] Command line: root=/dev/sda1 ro\n\
        [    5.000000] NVRM: loading NVIDIA UNIX x86_64 Kernel Module  535.183.01  Sun May 12 19:39:15 UTC 2024\n\
        [   60.000000] NVRM: API mismatch: the client has the version 550.54.15, but\n\
        [   60.000000] NVRM: this kernel module has the version 535.183.01.  Please\n";
    let found = facts(log);
    assert_eq!(found.kernels.running.value().unwrap(), "6.8.0-45-generic");
    assert_eq!(found.kernels.command_line.value().unwrap(), "root=/dev/sda1 ro");
    assert_eq!(versions(&found), [Some("535.183.01"), None, Some("550.54.15")]);
    assert_eq!(broken(&found), ("stale-module-loaded", Certainty::Possible));

    let tail: String = log.lines().skip(3).map(|line| format!("{line}\n")).collect();
    let found = facts(tail);
    assert_eq!(found.system.environment, Environment::Host);
    assert_eq!(broken(&found).0, "stale-module-loaded");

    let quiet: String = log.lines().take(3).map(|line| format!("{line}\n")).collect();
    assert_eq!(verdict(&facts(quiet)).0, Verdict::Unknown);
}

#[test]
fn an_installers_log_alone_is_a_trace() {
    let found = facts(
        "nvidia-installer log file '/var/log/nvidia-installer.log'\ncreation time: Mon Nov  3 10:00:00 2025\ninstaller version: 580.95.05\n",
    );
    let trace = found.builders.runfile.value().unwrap();
    assert_eq!(trace.version.as_ref().unwrap().as_str(), "580.95.05");
    assert!(!trace.installed);
    assert_eq!(verdict(&found).0, Verdict::Unknown);
}

#[test]
fn an_installers_log_alone_tells_what_was_done() {
    let log = |rest: &str| {
        format!(
            "nvidia-installer log file '/var/log/nvidia-installer.log'\ninstaller version: 580.95.05\n\n\
             nvidia-installer command line:\n    ./nvidia-installer\n\n-> Installing NVIDIA driver version 580.95.05.\n\
             -> Kernel source path: '/lib/modules/6.17.0-5-generic/build'\n{rest}"
        )
    };
    const DONE: &str = "-> Installation of the NVIDIA Accelerated Graphics Driver for Linux-x86_64 (version: 580.95.05) is now complete.\n";
    let done = facts(log(DONE));
    assert_eq!(done.kernels.running.value().unwrap(), "6.17.0-5-generic");
    assert_eq!(versions(&done), [None, None, Some("580.95.05")]);
    assert_eq!(verdict(&done).0, Verdict::Unknown);

    let failed = "   nv.c:1:2: error: implicit declaration of function 'x'\nERROR: Unable to build the nvidia kernel module.\n";
    assert_eq!(broken(&facts(log(failed))), ("driver-too-old-for-kernel", Certainty::Likely));

    let over = "-> The NVIDIA driver appears to have been installed previously using a different installer. To prevent\n";
    let (verdict, diagnosis) = verdict(&facts(log(&format!("{over}{DONE}"))));
    let primary = diagnosis.primary().unwrap();
    assert_eq!(primary.cause.id, "mixed-install-methods");
    assert_eq!((verdict, primary.finding.certainty), (Verdict::AtRisk, Certainty::Possible));
}

/// Of an earlier day: what the report shows of today counts.
#[test]
fn an_installers_log_in_a_report_stands_for_nothing_that_was_seen() {
    let rule = "_".repeat(44);
    let log = format!(
        "{rule}\n\n*** /var/log/nvidia-installer.log\nnvidia-installer log file '/var/log/nvidia-installer.log'\n\
         installer version: 390.157\n-> Installation of the driver is now complete.\n\n"
    );
    let text = OF_2025.replace("*** /var/log/nvidia-installer.log does not exist\n", "");
    let found = facts(format!("{text}{log}"));
    assert!(found.builders.runfile.value().unwrap().last_run.as_ref().unwrap().has_installed());
    assert_eq!(versions(&found), [Some("535.183.01"), None, Some("550.54.15")]);
}

#[test]
fn what_modinfo_prints_stands_for_the_module_on_disk() {
    let line = facts(OF_2025);
    let info = line.modules.reported.value().unwrap();
    assert_eq!((info.built_for(), &info.version), (Some("6.8.0-45-generic"), &None));

    let of = |version: &str| {
        let whole = format!("version:        {version}\nlicense:        NVIDIA\nvermagic:");
        facts(OF_2025.replacen("vermagic:", &whole, 1))
    };
    let upgraded = of("550.54.15");
    assert_eq!(versions(&upgraded)[1], Some("550.54.15"));
    assert_eq!(broken(&upgraded), ("stale-module-loaded", Certainty::Likely));
    // A reload would bring back what is there: the disk does not agree with itself.
    assert_ne!(broken(&of("535.183.01")).0, "stale-module-loaded");
}

#[test]
fn where_modinfo_finds_nothing_there_is_no_module() {
    let unloaded = OF_2020
        .replace("nvidia 19722240", "drm 19722240")
        .replace(
            "*** /proc/driver/nvidia/./version\n",
            "*** /proc/driver/nvidia/./version does not exist\n",
        )
        .replace("NVRM: loading", "x")
        .replace("Driver Version  ", "x");
    let rule = "_".repeat(44);
    let asked = format!("{unloaded}\n{rule}\n\n/usr/sbin/modinfo nvidia | grep vermagic\n\n\n");
    assert_eq!(broken(&facts(asked)), ("module-missing-for-kernel", Certainty::Likely));
    assert_ne!(verdict(&facts(unloaded)).0, Verdict::Broken);
}

#[test]
fn packed_reports_and_foreign_line_ends_give_the_same() {
    use std::io::Write;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    // The script packs each section by itself: the file is many gzip members in a row.
    let (start, end) = OF_2025.split_at(1000);
    packed.write_all(start.as_bytes()).unwrap();
    let mut packed = packed.finish().unwrap();
    let mut second = flate2::write::GzEncoder::new(&mut packed, flate2::Compression::fast());
    second.write_all(end.as_bytes()).unwrap();
    second.finish().unwrap();
    let plain = facts(OF_2025);
    assert_eq!(facts(&packed), plain);
    let foreign = facts(OF_2025.replace('\n', "\r\n"));
    assert_eq!(versions(&foreign), versions(&plain));
    assert_eq!(broken(&foreign), broken(&plain));

    let cut = &packed[..packed.len() - 20];
    assert!(matches!(saved::read(cut), Err(SavedError::Damaged(_))));
}

#[test]
fn other_files_are_refused() {
    for content in
        [&b""[..], b"hello\n", b"[1] a footnote. And more.\n", b"\x7fELF\0\0", b"see kernel: 6.8\n"]
    {
        assert!(matches!(saved::read(content), Err(SavedError::Unknown)), "{content:?}");
    }
    assert!(matches!(saved::read(b"\x28\xb5\x2f\xfdrest"), Err(SavedError::Capture(_))));
}

#[test]
fn a_cut_report_is_read_as_far_as_it_goes() {
    for length in (0..OF_2025.len()).step_by(97) {
        let Some(text) = OF_2025.get(..length) else { continue };
        if let Ok(machine) = saved::read(text.as_bytes()) {
            let host: Arc<dyn Host> = Arc::new(machine);
            let found = probe(&host, Duration::from_secs(60));
            let failed = found.gaps.iter().find(|gap| gap.why.contains("defect"));
            assert_eq!(failed, None, "cut at {length}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Sections in any order, cut and mixed with anything.
    #[test]
    fn no_report_makes_a_probe_fail(
        parts in prop::collection::vec((0..40_usize, 0..3_usize, ".{0,40}"), 1..20)
    ) {
        let rule = "_".repeat(44);
        let mut text = format!("{rule}\n\nStart of NVIDIA bug report log file\n");
        for (section, report, noise) in parts {
            let report = [OF_2011, OF_2020, OF_2025][report];
            let section = report.split(rule.as_str()).nth(section).unwrap_or_default();
            let cut: String = section.chars().take(section.len() * 2 / 3).collect();
            text.push_str(&format!("\n{rule}{section}{noise}\n{rule}{cut}{noise}"));
        }
        let found = facts(text);
        let failed = found.gaps.iter().find(|gap| gap.why.contains("defect"));
        prop_assert_eq!(failed, None);
    }
}

//! A machine that does not answer: a wedged driver's `/proc` and `/sys`, a file system whose server has gone.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use nvmend::diagnose::diagnose;
use nvmend::facts::Facts;
use nvmend::host::{Entry, Host, HostError, HostKind, KernelLogText, Metadata, RandomRead};
use nvmend::hosts::memory::Memory;
use nvmend::probe::probe;
use nvmend::verdict::Verdict;

use crate::machine::machine;

/// A machine below one of whose directories nothing ever answers.
struct Wedged {
    machine: Memory,
    below: &'static str,
}

impl Wedged {
    fn ask(&self, path: &Path) -> &Memory {
        if path.starts_with(self.below) {
            loop {
                std::thread::park();
            }
        }
        &self.machine
    }
}

impl Host for Wedged {
    fn kind(&self) -> HostKind {
        self.machine.kind()
    }
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, HostError> {
        self.ask(path).read(path, limit)
    }
    fn open(&self, path: &Path) -> Result<Box<dyn RandomRead>, HostError> {
        self.ask(path).open(path)
    }
    fn list(&self, path: &Path) -> Result<Vec<Entry>, HostError> {
        self.ask(path).list(path)
    }
    fn metadata(&self, path: &Path) -> Result<Metadata, HostError> {
        self.ask(path).metadata(path)
    }
    fn read_link(&self, path: &Path) -> Result<PathBuf, HostError> {
        self.ask(path).read_link(path)
    }
    fn env(&self, name: &str) -> Option<String> {
        Host::env(&self.machine, name)
    }
    fn kernel_log(&self) -> Result<KernelLogText, HostError> {
        self.machine.kernel_log()
    }
    fn query_driver(&self) -> Result<String, HostError> {
        self.machine.query_driver()
    }
}

const SHORT: Duration = Duration::from_millis(1500);

/// What is known when nothing below a directory answers.
fn facts(below: &'static str, deadline: Duration) -> Facts {
    let host: Arc<dyn Host> = Arc::new(Wedged { machine: machine("debian-12-535"), below });
    let started = Instant::now();
    let facts = probe(&host, deadline);
    assert!(started.elapsed() < Duration::from_secs(10), "{below}: {:?}", started.elapsed());
    facts
}

#[test]
fn what_does_not_answer_is_a_gap_and_the_rest_is_told() {
    // Where nothing answers, and which probe waits there.
    let wedged = [
        ("/proc/driver/nvidia", "loaded modules"),
        ("/sys/bus", "bus"),
        ("/usr/lib/modules", "kernels"),
        ("/usr/lib/modules/6.1.0-47-amd64/updates", "modules"),
        ("/usr/lib/x86_64-linux-gnu", "libraries"),
        ("/var/lib/dpkg", "packages"),
        ("/etc/os-release", "system"),
    ];
    for (below, waiting) in wedged {
        let facts = facts(below, SHORT);
        let late = facts.gaps.iter().filter(|gap| gap.why == "no answer in time");
        let late: Vec<&str> = late.map(|gap| gap.what.as_str()).collect();
        assert_eq!(late, [waiting], "{below}: a later stage has time of its own");
        let diagnosis = diagnose(&facts);
        let causes: Vec<&str> = diagnosis.findings.iter().map(|found| found.cause.id).collect();
        let verdict = Verdict::of(&facts, &diagnosis);
        // Who owns a file decides nothing; all else does, and what was not seen is no fault of the machine.
        let expected = if waiting == "packages" { Verdict::Aligned } else { Verdict::Unknown };
        assert_eq!(verdict, expected, "{below}: {causes:?}");
    }
}

#[test]
fn a_machine_that_answers_nothing_is_undetermined() {
    let facts = facts("/", SHORT);
    assert!(facts.gaps.iter().all(|gap| gap.why == "no answer in time"));
    assert!(facts.gaps.len() >= 8, "{:?}", facts.gaps);
    let diagnosis = diagnose(&facts);
    assert!(diagnosis.findings.is_empty());
    assert_eq!(Verdict::of(&facts, &diagnosis), Verdict::Unknown);
}

#[test]
fn many_that_hang_keep_no_other_from_its_turn() {
    let facts = facts("/sys", Duration::from_secs(6));
    let late: Vec<&str> = facts
        .gaps
        .iter()
        .filter(|gap| gap.why == "no answer in time")
        .map(|gap| gap.what.as_str())
        .collect();
    // More than there are workers.
    for waiting in ["bus", "loaded modules", "security"] {
        assert!(late.contains(&waiting), "{late:?}");
    }
    for answered in ["kernels", "libraries", "kernel log", "modules", "packages"] {
        assert!(!late.contains(&answered), "{late:?}");
    }
    assert!(facts.library_version().is_some() && facts.on_disk_version().is_some());
}

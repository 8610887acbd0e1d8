//! What the fuzz targets share: files in memory, the machines of `machines/`, a whole check, and a limit of memory.

use std::alloc::System;
use std::io;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use cap::Cap;
use nvmend::diagnose::diagnose;
use nvmend::enquire::Machine;
use nvmend::escape::is_harmful;
use nvmend::host::{Host, RandomRead};
use nvmend::hosts::memory::Memory;
use nvmend::hosts::recorder::Recorder;
use nvmend::hosts::{capture, machine};
use nvmend::outlook::Outlook;
use nvmend::picture::Picture;
use nvmend::plan::plan;
use nvmend::probe::probe;
use nvmend::proposal::Proposal;
use nvmend::redact::Redactor;
use nvmend::remedy::Allowed;
use nvmend::report::{Disruption, Report};
use nvmend::reports::style::Page;
use nvmend::reports::{self, json, text};
use nvmend::words::{Language, Words};

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

/// Lets the program use this much memory and no more while `run` runs: an allocation beyond it ends the program, which
/// the engine takes for a crash.
pub fn within<R>(most: usize, run: impl FnOnce() -> R) -> R {
    let _ = ALLOCATOR.set_limit(ALLOCATOR.allocated() + most);
    let result = run();
    let _ = ALLOCATOR.set_limit(usize::MAX);
    result
}

/// What a parser may use for such an input: a small multiple of its size, and what it keeps at hand anyway.
pub fn share(input: &[u8]) -> usize {
    (8 << 20) + 64 * input.len()
}

/// Bytes that are read like a file.
pub struct Bytes<'b>(pub &'b [u8]);

impl RandomRead for Bytes<'_> {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = usize::try_from(offset).ok().and_then(|at| self.0.get(at..)).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }
}

/// The described machine of that name.
pub fn machine(name: &str) -> Option<Memory> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../machines");
    let text_of = |name: &str| std::fs::read_to_string(folder.join(name).join("machine.toml")).ok();
    machine::make(name, &text_of).ok()
}

/// The words in both languages, made once.
pub fn words() -> Rc<[Words; 2]> {
    thread_local!(static WORDS: Rc<[Words; 2]> =
        Rc::new(Language::ALL.map(Words::new)));
    WORDS.with(Rc::clone)
}

/// Reads a machine, says what is wrong with it and what helps, in every form; returns the report in JSON. Panics where
/// something does not hold that must hold for any machine.
pub fn check(host: Arc<dyn Host>) -> String {
    const TIME: &str = "2026-01-01T00:00:00Z";
    let facts = probe(&host, Duration::from_secs(60));
    for gap in &facts.gaps {
        assert!(!gap.why.contains("a defect of nvmend"), "{gap:?}");
    }
    let diagnosis = diagnose(&facts);
    let picture = Picture::of(&facts);
    let outlook = Outlook::of(&facts, &diagnosis);
    let allowed = Allowed { most: Disruption::Reboot, gpu_jobs_stop: true };
    let planning = plan(&facts, &allowed, &[], &Machine { host: host.as_ref() }, None);
    let mut report = String::new();
    for words in words().iter() {
        let it = Report::new(&facts, &diagnosis, words, TIME.to_owned());
        let view = text::View { report: &it, picture: &picture, outlook: Some(&outlook), words };
        show(&text::render(&view, &Page { verbose: true, ..Page::PLAIN }));
        let proposal = Proposal::new(&facts, &diagnosis, &planning, words, TIME.to_owned());
        show(&reports::plan::render(&proposal, words, &Page::PLAIN));
        json::render(&proposal);
        report = json::render(&it);
    }
    report
}

/// Checks a machine, keeps what was read of it, and checks that: the same capture gives the same report.
pub fn check_and_keep(host: impl Host + 'static) {
    let redactor = Redactor::of(&host);
    let recorder = Arc::new(Recorder::new(Arc::new(host)));
    let report = check(Arc::clone(&recorder) as Arc<dyn Host>);
    let archive = capture::write(recorder.recorded(), None).expect("can be written");
    let again = capture::read(archive.as_slice()).expect("can be read");
    assert_eq!(check(Arc::new(again)), report, "the same capture gives the same report");
    capture::write(recorder.recorded(), Some(&redactor)).expect("can be written");
}

/// Panics where the text would steer a terminal.
pub fn show(text: &str) {
    let steers = |character: char| character != '\n' && is_harmful(character);
    assert!(!text.contains(steers), "the text would steer a terminal: {text:?}");
}

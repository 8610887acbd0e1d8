//! A machine with one file replaced: the input is the machine's name, a space, the file's path, a line break, and the
//! content. So every reader is reached through the probe that uses it. What was read is also kept, and must give the
//! same report.
#![no_main]

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use libfuzzer_sys::{Corpus, fuzz_target};
use nvmend::host::Host;
use nvmend::hosts::capture;
use nvmend::hosts::memory::Memory;
use nvmend::hosts::recorder::Recorder;
use nvmend::redact::Redactor;
use nvmend_fuzz::{check, machine, within};

thread_local! {
    static MACHINES: RefCell<HashMap<String, Option<Memory>>> = RefCell::default();
}

fuzz_target!(|input: &[u8]| -> Corpus {
    let Some((machine, path, content)) = taken_apart(input) else { return Corpus::Reject };
    within(256 << 20, || {
        let host: Arc<dyn Host> = Arc::new(machine.file(path, content));
        let redactor = Redactor::of(host.as_ref());
        let recorder = Arc::new(Recorder::new(host));
        let report = check(Arc::clone(&recorder) as Arc<dyn Host>);
        let archive = capture::write(recorder.recorded(), None).expect("can be written");
        let again = capture::read(archive.as_slice()).expect("can be read");
        assert_eq!(check(Arc::new(again)), report, "the same capture gives the same report");
        capture::write(recorder.recorded(), Some(&redactor)).expect("can be written");
    });
    Corpus::Keep
});

fn taken_apart(input: &[u8]) -> Option<(Memory, &str, &[u8])> {
    let end = input.iter().position(|byte| *byte == b'\n')?;
    let (name, path) = std::str::from_utf8(&input[..end]).ok()?.split_once(' ')?;
    let is_plain = |name: &str| name.bytes().all(|byte| byte.is_ascii_graphic());
    if !is_plain(name) || name.contains('/') || !path.starts_with('/') || path.contains("..") {
        return None;
    }
    let known = MACHINES.with_borrow_mut(|machines| {
        machines.entry(name.to_owned()).or_insert_with(|| machine(name)).clone()
    })?;
    // A file in a file's place; else the machine would not be one.
    known.read(path.as_ref(), u64::MAX).ok()?;
    Some((known, path, &input[end + 1..]))
}

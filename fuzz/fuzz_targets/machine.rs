//! A machine with one file replaced: the input is the machine's name, a space, the file's path, a line break, and the
//! content. So every reader is reached through the probe that uses it.
#![no_main]

use std::cell::RefCell;
use std::collections::HashMap;

use libfuzzer_sys::{Corpus, fuzz_target};
use nvmend::host::Host;
use nvmend::hosts::memory::Memory;
use nvmend_fuzz::{check_and_keep, machine, within};

thread_local! {
    static MACHINES: RefCell<HashMap<String, Option<Memory>>> = RefCell::default();
}

fuzz_target!(|input: &[u8]| -> Corpus {
    let Some((machine, path, content)) = taken_apart(input) else { return Corpus::Reject };
    within(256 << 20, || {
        check_and_keep(machine.file(path, content));
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

//! A file that is given to `--from`: a bug report, a kernel log, an installer's log, a capture; perhaps compressed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nvmend::hosts::saved;
use nvmend_fuzz::{check_and_keep, within};

fuzz_target!(|input: &[u8]| {
    within(256 << 20, || {
        if let Ok(machine) = saved::read(input) {
            check_and_keep(machine);
        }
    });
});

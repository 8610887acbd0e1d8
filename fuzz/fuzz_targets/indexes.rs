//! What the loader and modprobe look files up in: `ld.so.cache`, `modules.dep.bin`, `modules.dep`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nvmend::parse::{ld_cache, modules_dep, modules_dep_bin};
use nvmend_fuzz::{Bytes, share, within};

fuzz_target!(|input: &[u8]| {
    within(share(input), || {
        let _ = ld_cache::parse(input, |_| true);
        let _ = modules_dep_bin::driver_entries(&Bytes(input));
        let _ = modules_dep::check(input);
        let _ = modules_dep::driver_entries(input);
    });
});

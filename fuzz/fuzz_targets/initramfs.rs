//! An initramfs image: cpio archives, compressed or not, perhaps in a unified kernel image.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nvmend::parse::initramfs;
use nvmend_fuzz::{Bytes, within};

fuzz_target!(|input: &[u8]| {
    within((160 << 20) + 64 * input.len(), || {
        let extract = |bytes| initramfs::extract(&Bytes(bytes), &|_| true, &|_| false);
        let Ok(found) = extract(input) else { return };
        let contents = initramfs::contents(&found).expect("an extract can be read");
        // A capture keeps the extract in the image's place.
        let again = if found.is_empty() { vec![] } else { extract(&found).expect("as an image") };
        assert_eq!(initramfs::contents(&again).expect("an extract can be read"), contents);
    });
});

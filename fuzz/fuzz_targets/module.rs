//! A kernel module or a library: ELF, its sections, its signature; a module may be compressed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nvmend::parse::compression::Compression;
use nvmend::parse::{der, efi, elf, elf_header, modinfo, module_signature};
use nvmend_fuzz::{Bytes, within};

/// A decoder may be made to keep a window.
const WINDOW: usize = 160 << 20;

fuzz_target!(|input: &[u8]| {
    within(WINDOW + 64 * input.len(), || {
        let file = Bytes(input);
        for name in [".modinfo", ".note.gnu.build-id", ".dynamic"] {
            if let Ok(Some(section)) = elf::section(&file, name, modinfo::SECTION_LIMIT) {
                let _ = modinfo::parse(&section, "nvidia.ko");
            }
        }
        let _ = elf::machine(input);
        let _ = elf::end_of_sections(input);
        let _ = elf_header::machine(input);
        let _ = modinfo::parse(input, "nvidia.ko");
        let _ = modinfo::parse_output(input);
        let _ = module_signature::length(input);
        let _ = module_signature::parse(input);
        let _ = der::common_names(input);
        let _ = der::subject_common_name(input);
        let _ = efi::flag(input);
        for certificate in efi::certificates(input).unwrap_or_default() {
            let _ = der::subject_common_name(certificate);
        }
        let Some(kind) = Compression::of(input) else {
            let _ = modinfo::scan(input, true, 1 << 20);
            return;
        };
        if let Ok(plain) = kind.reader(input)
            && let Ok(found) = modinfo::scan(plain, true, 16 << 20)
        {
            let _ = modinfo::parse(&found.section, "nvidia.ko");
            let _ = module_signature::parse(&found.tail.unwrap_or_default());
        }
    });
});

//! Small but valid driver files, for the built-in example machines and for tests: a shared object, a kernel module
//! (signed or not) and a loader cache. Each is the least that the real tools (`readelf`, `modinfo`, `ldconfig -p`)
//! and this program's parsers read as such.
//!
//! Layouts: ELF from the System V ABI (`elf.h`); the module signature from Linux' `module_signature.h`; the cache
//! from glibc's `sysdeps/generic/dl-cache.h`.

use crate::parse::lz4;

/// A shared object of that machine (`x86_64`, `i386`, `aarch64`, `arm`, `ppc64le`; anything else counts as `x86_64`) with that SONAME.
pub fn library(machine: &str, soname: &str) -> Vec<u8> {
    library_saying(machine, soname, "")
}

/// The same, with a text among its constants: `nvidia id: … 535.261.03 …` makes a library without a version in its
/// name tell it.
pub fn library_saying(machine: &str, soname: &str, text: &str) -> Vec<u8> {
    let strings = [b"\0", soname.as_bytes(), b"\0"].concat();
    let mut elf = Elf::new(machine, ET_DYN);
    let strings_at = elf.section(".dynstr", SHT_STRTAB, 0, strings.clone());
    let text = [text.as_bytes(), b"\0"].concat();
    elf.section(".rodata", SHT_PROGBITS, 0, text);
    let entries =
        [(DT_SONAME, 1), (DT_STRTAB, strings_at), (DT_STRSZ, strings.len() as u64), (DT_NULL, 0)];
    let mut dynamic = Vec::new();
    for (tag, value) in entries {
        elf.word(&mut dynamic, tag);
        elf.word(&mut dynamic, value);
    }
    // The first section is `.dynstr`, and the loader's table names it.
    elf.section(".dynamic", SHT_DYNAMIC, 1, dynamic);
    elf.finish()
}

/// An `x86_64` kernel module without code, with this `.modinfo`: `&[("version", "535.261.03"), ("name", "nvidia")]`.
pub fn module(info: &[(&str, &str)]) -> Vec<u8> {
    let mut elf = Elf::new("x86_64", ET_REL);
    let lines: Vec<u8> =
        info.iter().flat_map(|(key, value)| format!("{key}={value}\0").into_bytes()).collect();
    elf.section(".modinfo", SHT_PROGBITS, 0, lines);
    elf.finish()
}

/// A module with a signature appended whose certificate was issued by that common name. The signature itself is
/// empty: it says who signed, and would not verify.
pub fn signed(mut module: Vec<u8>, signer: &str) -> Vec<u8> {
    const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
    const DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01];
    const SHA256: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];
    const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
    const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
    let attribute = der(0x30, &[&der(0x06, &[COMMON_NAME]), &der(0x0c, &[signer.as_bytes()])]);
    let issuer = der(0x30, &[&der(0x31, &[&attribute])]);
    let issuer_and_serial = der(0x30, &[&issuer, &der(0x02, &[&[1]])]);
    let version = der(0x02, &[&[1]]);
    let sha256 = der(0x30, &[&der(0x06, &[SHA256])]);
    let rsa = der(0x30, &[&der(0x06, &[RSA])]);
    let signer_info = der(0x30, &[&version, &issuer_and_serial, &sha256, &rsa, &der(0x04, &[])]);
    let signed_data = der(
        0x30,
        &[
            &version,
            &der(0x31, &[&sha256]),
            &der(0x30, &[&der(0x06, &[DATA])]),
            &der(0x31, &[&signer_info]),
        ],
    );
    let message = der(0x30, &[&der(0x06, &[SIGNED_DATA]), &der(0xa0, &[&signed_data])]);
    module.extend_from_slice(&message);
    // struct module_signature: id_type 2 is PKCS#7; the length is big-endian.
    module.extend_from_slice(&[0, 0, 2, 0, 0, 0, 0, 0]);
    module.extend_from_slice(&(message.len() as u32).to_be_bytes());
    module.extend_from_slice(b"~Module signature appended~\n");
    module
}

/// An `ld.so.cache` in the format of glibc 2.2 and later, with these entries (name, path, architecture) in this order.
pub fn ld_cache(entries: &[(&str, &str, &str)]) -> Vec<u8> {
    let mut strings = Vec::new();
    let strings_at = 48 + 24 * entries.len();
    let mut table = Vec::new();
    for (name, path, arch) in entries {
        // FLAG_ELF_LIBC6 and the architecture's bits.
        let flags: u32 = match *arch {
            "i386" => 0x0003,
            "aarch64" => 0x0a03,
            "arm" => 0x0903,
            "ppc64le" => 0x0503,
            _ => 0x0303,
        };
        table.extend_from_slice(&flags.to_le_bytes());
        for text in [name, path] {
            table.extend_from_slice(&((strings_at + strings.len()) as u32).to_le_bytes());
            strings.extend_from_slice(text.as_bytes());
            strings.push(0);
        }
        table.extend_from_slice(&[0; 12]); // osversion, hwcap
    }
    let mut cache = b"glibc-ld.so.cache1.1".to_vec();
    cache.extend_from_slice(&(entries.len() as u32).to_le_bytes());
    cache.extend_from_slice(&(strings.len() as u32).to_le_bytes());
    cache.extend_from_slice(&[2, 0, 0, 0]); // little-endian
    cache.extend_from_slice(&[0; 16]); // no extensions
    cache.extend(table);
    cache.extend(strings);
    cache
}

/// An lz4 legacy frame, as Linux boots them.
pub fn lz4(content: &[u8]) -> Vec<u8> {
    let mut out = lz4::MAGIC.to_vec();
    for block in content.chunks(8 << 20) {
        let packed = lz4_flex::block::compress(block);
        out.extend_from_slice(&(packed.len() as u32).to_le_bytes());
        out.extend(packed);
    }
    out
}

/// A PE file with these sections, as `objcopy` and `ukify` lay them out, without an optional header:
/// a unified kernel image has `.uname` and `.initrd`.
pub fn pe(sections: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = b"MZ".to_vec();
    file.resize(0x3c, 0);
    file.extend(0x40u32.to_le_bytes());
    file.extend(b"PE\0\0\x64\x86");
    file.extend((sections.len() as u16).to_le_bytes());
    file.resize(0x40 + 24, 0);
    let mut content = Vec::new();
    let start = file.len() + 40 * sections.len();
    for (name, bytes) in sections {
        let mut header = name.as_bytes().to_vec();
        header.resize(8, 0);
        let padded = bytes.len().next_multiple_of(512);
        for value in [bytes.len(), 0x1000, padded, start + content.len()] {
            header.extend((value as u32).to_le_bytes());
        }
        header.resize(40, 0);
        file.extend(header);
        content.extend(*bytes);
        content.resize(content.len() - bytes.len() + padded, 0);
    }
    file.extend(content);
    file
}

/// One DER value.
fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = content.len();
    let mut out = vec![tag];
    match length {
        0..0x80 => out.push(length as u8),
        0x80..0x100 => out.extend([0x81, length as u8]),
        _ => out.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    out.extend(content);
    out
}

const ET_REL: u16 = 1;
const ET_DYN: u16 = 3;
const SHT_PROGBITS: u32 = 1;
const SHT_STRTAB: u32 = 3;
const SHT_DYNAMIC: u32 = 6;
const DT_NULL: u64 = 0;
const DT_STRTAB: u64 = 5;
const DT_STRSZ: u64 = 10;
const DT_SONAME: u64 = 14;

/// An ELF file in the making: header, room for two program headers, section contents, section headers.
struct Elf {
    wide: bool,
    machine: u16,
    kind: u16,
    sections: Vec<Section>,
    names: Vec<u8>,
    body: Vec<u8>,
}

struct Section {
    name: u32,
    kind: u32,
    link: u32,
    offset: u64,
    size: u64,
}

impl Elf {
    fn new(machine: &str, kind: u16) -> Self {
        let (wide, machine) = match machine {
            "i386" => (false, 3),
            "arm" => (false, 40),
            "aarch64" => (true, 183),
            "ppc64le" => (true, 21),
            _ => (true, 62),
        };
        let none = Section { name: 0, kind: 0, link: 0, offset: 0, size: 0 };
        Self { wide, machine, kind, sections: vec![none], names: vec![0], body: vec![] }
    }

    /// Sizes of the ELF header, a program header and a section header.
    fn sizes(&self) -> (usize, usize, usize) {
        if self.wide { (64, 56, 64) } else { (52, 32, 40) }
    }

    /// Where the sections' contents begin; a shared object has two program headers before them.
    fn body_at(&self) -> usize {
        let (header, program, _) = self.sizes();
        header + if self.kind == ET_DYN { 2 * program } else { 0 }
    }

    /// Adds a section; returns its offset, which is its address too.
    fn section(&mut self, name: &str, kind: u32, link: u32, content: Vec<u8>) -> u64 {
        self.body.resize(self.body.len().next_multiple_of(8), 0);
        let offset = (self.body_at() + self.body.len()) as u64;
        let at = self.names.len() as u32;
        self.names.extend_from_slice(name.as_bytes());
        self.names.push(0);
        self.sections.push(Section { name: at, kind, link, offset, size: content.len() as u64 });
        self.body.extend(content);
        offset
    }

    /// A number of the file's class: eight bytes or four.
    fn word(&self, out: &mut Vec<u8>, value: u64) {
        if self.wide {
            out.extend_from_slice(&value.to_le_bytes());
        } else {
            out.extend_from_slice(&(value as u32).to_le_bytes());
        }
    }

    fn finish(mut self) -> Vec<u8> {
        let name = self.names.len() as u32;
        self.names.extend_from_slice(b".shstrtab\0");
        let names = std::mem::take(&mut self.names);
        self.section("", SHT_STRTAB, 0, names);
        if let Some(last) = self.sections.last_mut() {
            last.name = name;
        }
        self.body.resize(self.body.len().next_multiple_of(8), 0);
        let (header_size, program_size, section_size) = self.sizes();
        let table_at = (self.body_at() + self.body.len()) as u64;
        let shared = self.kind == ET_DYN;

        let mut out = vec![0x7f, b'E', b'L', b'F', if self.wide { 2 } else { 1 }, 1, 1];
        out.resize(16, 0);
        out.extend_from_slice(&self.kind.to_le_bytes());
        out.extend_from_slice(&self.machine.to_le_bytes());
        out.extend_from_slice(&1u32.to_le_bytes());
        self.word(&mut out, 0); // no entry point
        self.word(&mut out, if shared { header_size as u64 } else { 0 });
        self.word(&mut out, table_at);
        out.extend_from_slice(&0u32.to_le_bytes());
        let program_count = if shared { 2 } else { 0 };
        let counts = [
            header_size,
            program_size,
            program_count,
            section_size,
            self.sections.len(),
            self.sections.len() - 1,
        ];
        for count in counts {
            out.extend_from_slice(&(count as u16).to_le_bytes());
        }
        if shared {
            let end = (self.body_at() + self.body.len()) as u64;
            self.program_header(&mut out, 1, 0, end); // PT_LOAD: all of it
            if let Some(dynamic) = self.sections.iter().find(|section| section.kind == SHT_DYNAMIC)
            {
                self.program_header(&mut out, 2, dynamic.offset, dynamic.size); // PT_DYNAMIC
            }
        }
        out.extend_from_slice(&self.body);
        for section in &self.sections {
            out.extend_from_slice(&section.name.to_le_bytes());
            out.extend_from_slice(&section.kind.to_le_bytes());
            self.word(&mut out, if section.kind == 0 { 0 } else { 2 }); // SHF_ALLOC
            self.word(&mut out, if shared { section.offset } else { 0 });
            self.word(&mut out, section.offset);
            self.word(&mut out, section.size);
            out.extend_from_slice(&section.link.to_le_bytes());
            out.extend_from_slice(&0u32.to_le_bytes());
            self.word(&mut out, 8);
            let entry = if section.kind != SHT_DYNAMIC {
                0
            } else if self.wide {
                16
            } else {
                8
            };
            self.word(&mut out, entry);
        }
        out
    }

    fn program_header(&self, out: &mut Vec<u8>, kind: u32, offset: u64, size: u64) {
        out.extend_from_slice(&kind.to_le_bytes());
        const READ: u32 = 4;
        if self.wide {
            out.extend_from_slice(&READ.to_le_bytes());
        }
        for value in [offset, offset, offset, size, size] {
            self.word(out, value);
        }
        if !self.wide {
            out.extend_from_slice(&READ.to_le_bytes());
        }
        self.word(out, if kind == 1 { 0x1000 } else { 8 });
    }
}

#[cfg(test)]
mod tests {
    use object::{Architecture, Object, ObjectSection};

    use super::*;

    #[test]
    fn a_library_has_its_machine_and_soname() {
        let machines = [
            ("x86_64", Architecture::X86_64),
            ("i386", Architecture::I386),
            ("aarch64", Architecture::Aarch64),
            ("arm", Architecture::Arm),
            ("ppc64le", Architecture::PowerPc64),
        ];
        for (machine, architecture) in machines {
            let bytes = library_saying(machine, "libcuda.so.1", "535.261.03");
            let elf = object::File::parse(bytes.as_slice()).unwrap();
            assert_eq!(elf.architecture(), architecture);
            assert_eq!(elf.section_by_name(".rodata").unwrap().data().unwrap(), b"535.261.03\0");
            let strings = elf.section_by_name(".dynstr").unwrap();
            assert_eq!(strings.data().unwrap(), b"\0libcuda.so.1\0");
            assert!(elf.section_by_name(".dynamic").unwrap().address() > strings.address());
        }
    }

    #[test]
    fn a_module_has_its_modinfo() {
        let bytes = module(&[("version", "535.261.03"), ("name", "nvidia")]);
        let elf = object::File::parse(bytes.as_slice()).unwrap();
        assert_eq!(elf.kind(), object::ObjectKind::Relocatable);
        let info = elf.section_by_name(".modinfo").unwrap();
        assert_eq!(info.data().unwrap(), b"version=535.261.03\0name=nvidia\0");
    }

    #[test]
    fn a_cache_has_its_magic_and_entries() {
        let cache = ld_cache(&[("libcuda.so.1", "/usr/lib/libcuda.so.1", "x86_64")]);
        assert_eq!(&cache[..20], b"glibc-ld.so.cache1.1");
        assert_eq!(&cache[48 + 24..], b"libcuda.so.1\0/usr/lib/libcuda.so.1\0");
    }
}

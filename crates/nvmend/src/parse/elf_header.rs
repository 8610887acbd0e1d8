//! The first 20 bytes of an ELF file, which say for what machine it was made.

/// How many bytes of a file [`machine`] needs.
pub const SIZE: usize = 20;

/// The machine in the kernel's words (`uname -m`): `x86_64`, `aarch64`, …; `None` when this is no ELF header
/// (gabi, "ELF Header"), or one of a machine that no NVIDIA driver was ever made for.
pub fn machine(header: &[u8]) -> Option<&'static str> {
    if !header.starts_with(b"\x7fELF") {
        return None;
    }
    let little_endian = *header.get(5)? == 1;
    let bytes: [u8; 2] = header.get(18..20)?.try_into().ok()?;
    let number = if little_endian { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) };
    match number {
        3 => Some("i386"),
        21 if little_endian => Some("ppc64le"),
        40 => Some("armv7l"),
        62 => Some("x86_64"),
        183 => Some("aarch64"),
        243 => Some("riscv64"),
        _ => None,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    pub(crate) fn header(machine: u8) -> Vec<u8> {
        let mut bytes = b"\x7fELF\x02\x01\x01".to_vec();
        bytes.resize(16, 0);
        bytes.extend([3, 0, machine, 0]);
        bytes
    }

    #[test]
    fn reads_the_machine() {
        assert_eq!(machine(&header(62)), Some("x86_64"));
        assert_eq!(machine(&header(183)), Some("aarch64"));
        assert_eq!(machine(&header(62)[..19]), None);
        assert_eq!(machine(b"#!/bin/sh\n# a script of some length"), None);
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let _ = machine(&bytes);
            let _ = machine(&[b"\x7fELF".as_slice(), &bytes].concat());
        }
    }
}

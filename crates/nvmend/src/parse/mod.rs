//! Pure bytes → values, one format each. No I/O; no input makes one panic or take more memory than a small
//! multiple of its size.

pub mod boot;
pub mod build_log;
pub mod der;
pub mod dkms;
pub mod efi;
pub mod elf_header;
pub mod kernel_release;
pub mod maps;
pub mod os_release;

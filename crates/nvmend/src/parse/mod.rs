//! Pure bytes → values, one format each. No I/O; no input makes one panic or take more memory than a small
//! multiple of its size.

pub mod compression;
pub mod elf;
pub mod glob;
pub mod ld_cache;
pub mod ld_so_conf;
pub mod modinfo;
pub mod modprobe_conf;
pub mod module_signature;
pub mod modules_dep;

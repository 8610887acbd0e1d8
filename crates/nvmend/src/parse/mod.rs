//! Pure bytes → values, one format each. No I/O; no input makes one panic or take more memory than a small
//! multiple of its size.

pub mod apt;
pub mod apt_conf;
pub mod apt_release;
pub mod boot;
pub mod bug_report;
pub mod build_log;
pub mod cdi;
pub mod compression;
pub mod container_config;
pub mod cpio;
pub mod cuda_version;
pub mod der;
pub mod device_allow;
pub mod digest;
pub mod dkms;
pub mod dnf;
pub mod dpkg;
pub mod efi;
pub mod elf;
pub mod elf_header;
pub mod evr;
pub mod fabric_log;
pub mod glob;
pub mod icd;
pub mod initramfs;
pub mod initramfs_conf;
pub mod installer_log;
pub mod kernel_release;
pub mod kmsg;
pub mod ld_cache;
pub mod ld_so_conf;
pub mod lspci;
pub mod lz4;
pub mod maps;
pub mod modinfo;
pub mod modprobe_conf;
pub mod module_signature;
pub mod modules_dep;
pub mod modules_dep_bin;
pub mod mounts;
pub mod nvidia_smi;
pub mod nvrm;
pub mod os_release;
pub mod package_locks;
pub mod pacman;
pub mod pacman_transaction;
pub mod pe;
pub mod python_pattern;
pub mod rpm_header;
pub mod rpm_query;
pub mod runfile_record;
pub mod sqlite;
pub mod zypper;

#[cfg(test)]
mod in_memory;

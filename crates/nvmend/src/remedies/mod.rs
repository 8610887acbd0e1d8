//! The remedies that nvmend carries out: one file each. Others are told in words only (`remedies.ftl`).

mod align_packages;
mod driver_set;
mod finish_packages;
mod install_headers;
mod load_module;
mod purge_other_series;
mod quarantine_libraries;
mod quarantine_module;
mod reboot;
mod rebuild_initramfs;
mod reinstall_package;
mod reload_modules;
mod unblock_module;

use crate::remedy::Remedy;

/// Every remedy that can be carried out.
pub const ALL: &[&Remedy] = &[
    &align_packages::REMEDY,
    &finish_packages::REMEDY,
    &install_headers::REMEDY,
    &load_module::REMEDY,
    &purge_other_series::REMEDY,
    &quarantine_libraries::REMEDY,
    &quarantine_module::REMEDY,
    &reboot::REMEDY,
    &rebuild_initramfs::REMEDY,
    &reinstall_package::REMEDY,
    &reload_modules::REMEDY,
    &unblock_module::REMEDY,
];

/// The remedy of that id, where it can be carried out.
pub fn find(id: &str) -> Option<&'static Remedy> {
    ALL.iter().copied().find(|remedy| remedy.id == id)
}

//! The remedies that nvmend carries out: one file each. Others are told in words only (`remedies.ftl`).

mod align_packages;
mod driver_set;
mod finish_packages;
mod install_driver;
mod install_driver_libraries;
mod install_firmware;
mod install_headers;
mod install_module_package;
mod install_supported_branch;
mod load_module;
mod purge_other_series;
mod quarantine_libraries;
mod quarantine_module;
mod reboot;
mod rebuild_initramfs;
mod reinstall_package;
mod reload_modules;
mod remove_driver_packages;
mod remove_package;
mod switch_flavour;
mod unblock_module;
mod upgrade_driver;

use crate::remedy::Remedy;

/// Every remedy that can be carried out.
pub const ALL: &[&Remedy] = &[
    &align_packages::REMEDY,
    &finish_packages::REMEDY,
    &install_driver::REMEDY,
    &install_driver_libraries::REMEDY,
    &install_firmware::REMEDY,
    &install_headers::REMEDY,
    &install_module_package::REMEDY,
    &install_supported_branch::REMEDY,
    &load_module::REMEDY,
    &purge_other_series::REMEDY,
    &quarantine_libraries::REMEDY,
    &quarantine_module::REMEDY,
    &reboot::REMEDY,
    &rebuild_initramfs::REMEDY,
    &reinstall_package::REMEDY,
    &reload_modules::REMEDY,
    &remove_driver_packages::REMEDY,
    &remove_package::REMEDY,
    &switch_flavour::REMEDY,
    &unblock_module::REMEDY,
    &upgrade_driver::REMEDY,
];

/// The remedy of that id, where it can be carried out.
pub fn find(id: &str) -> Option<&'static Remedy> {
    ALL.iter().copied().find(|remedy| remedy.id == id)
}

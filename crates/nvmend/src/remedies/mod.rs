//! The remedies that nvmend carries out: one file each. Others are told in words only (`remedies.ftl`).

mod load_module;
mod quarantine_libraries;
mod quarantine_module;
mod reboot;
mod rebuild_initramfs;
mod reload_modules;
mod restart_processes;
mod restart_service;
mod stopping;
mod unblock_module;

use crate::remedy::Remedy;

/// Every remedy that can be carried out.
pub const ALL: &[&Remedy] = &[
    &load_module::REMEDY,
    &quarantine_libraries::REMEDY,
    &quarantine_module::REMEDY,
    &reboot::REMEDY,
    &rebuild_initramfs::REMEDY,
    &reload_modules::REMEDY,
    &restart_processes::REMEDY,
    &restart_service::REMEDY,
    &unblock_module::REMEDY,
];

/// The remedy of that id, where it can be carried out.
pub fn find(id: &str) -> Option<&'static Remedy> {
    ALL.iter().copied().find(|remedy| remedy.id == id)
}

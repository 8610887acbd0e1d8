//! The remedies: one file each. What nvmend can't do itself, they leave to a person, with the commands.

mod align_packages;
mod align_vgpu;
mod blacklist_nouveau;
mod boot_other_kernel;
mod build_module;
mod check_hardware;
mod choose_older_cuda;
mod configure_container_toolkit;
mod correct_conda;
mod correct_environment;
mod driver_set;
mod edit;
mod enrol_key;
mod finish_packages;
mod free_space;
mod hold_driver;
mod install_driver;
mod install_driver_libraries;
mod install_firmware;
mod install_headers;
mod install_module_package;
mod install_supported_branch;
mod load_module;
mod loader_cache;
mod purge_other_series;
mod quarantine_libraries;
mod quarantine_module;
mod reboot;
mod rebuild_initramfs;
mod recreate_container;
mod refresh_snap;
mod regenerate_cdi;
mod reinstall_driver;
mod reinstall_package;
mod relink_libraries;
mod reload_modules;
mod remove_driver_packages;
mod remove_from_image;
mod remove_package;
mod reset_gpu;
mod restart_processes;
mod restart_service;
mod space;
mod stopping;
mod switch_flavour;
mod unblock_module;
mod uninstall_runfile;
mod update_flatpak;
mod upgrade_driver;
mod upgrade_service;
mod use_cuda_compat;

use crate::remedy::Remedy;

/// Every remedy that can be carried out.
pub const ALL: &[&Remedy] = &[
    &align_packages::REMEDY,
    &finish_packages::REMEDY,
    &install_driver::REMEDY,
    &install_driver_libraries::REMEDY,
    &install_firmware::REMEDY,
    &install_headers::REMEDY,
    &align_vgpu::REMEDY,
    &blacklist_nouveau::REMEDY,
    &boot_other_kernel::REMEDY,
    &build_module::REMEDY,
    &check_hardware::REMEDY,
    &choose_older_cuda::REMEDY,
    &configure_container_toolkit::REMEDY,
    &correct_conda::REMEDY,
    &correct_environment::REMEDY,
    &enrol_key::REMEDY,
    &free_space::REMEDY,
    &hold_driver::REMEDY,
    &install_module_package::REMEDY,
    &install_supported_branch::REMEDY,
    &load_module::REMEDY,
    &purge_other_series::REMEDY,
    &quarantine_libraries::REMEDY,
    &quarantine_module::REMEDY,
    &reboot::REMEDY,
    &rebuild_initramfs::REMEDY,
    &recreate_container::REMEDY,
    &refresh_snap::REMEDY,
    &regenerate_cdi::REMEDY,
    &reinstall_driver::REMEDY,
    &reinstall_package::REMEDY,
    &relink_libraries::REMEDY,
    &reload_modules::REMEDY,
    &remove_from_image::REMEDY,
    &reset_gpu::REMEDY,
    &restart_processes::REMEDY,
    &restart_service::REMEDY,
    &unblock_module::REMEDY,
    &uninstall_runfile::REMEDY,
    &update_flatpak::REMEDY,
    &use_cuda_compat::REMEDY,
    &remove_driver_packages::REMEDY,
    &remove_package::REMEDY,
    &switch_flavour::REMEDY,
    &upgrade_driver::REMEDY,
    &upgrade_service::REMEDY,
];

/// Remedies that no cause asks for: whoever wants one names it, whatever is wrong, or nothing.
pub const AT_WILL: &[&str] = &[reinstall_driver::REMEDY.id];

/// The remedy of that id, where it can be carried out.
pub fn find(id: &str) -> Option<&'static Remedy> {
    ALL.iter().copied().find(|remedy| remedy.id == id)
}

/// A word as a shell takes it whole, for commands that people copy.
fn quoted(word: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./:=+@%,~".contains(&byte);
    if !word.is_empty() && word.bytes().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_shell_takes_a_quoted_word_whole() {
        assert_eq!(quoted("/usr/lib/libcuda.so.1"), "/usr/lib/libcuda.so.1");
        assert_eq!(quoted("a b"), "'a b'");
        assert_eq!(quoted("$(x)'"), r"'$(x)'\'''");
        assert_eq!(quoted(""), "''");
    }
}

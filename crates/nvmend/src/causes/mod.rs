//! The causes: one file each. The order of the list is the order in which equals are reported: what must be
//! repaired first stands first.

mod broken_library_link;
mod common;
mod conda_library_conflict;
mod container_baked_driver_libs;
mod container_engines;
mod container_lost_device;
mod container_userland_skew;
mod container_without_toolkit;
mod cuda_compat_misused;
mod cuda_newer_than_driver;
mod disk_full_for_build;
mod display_stack_skew;
mod dkms_build_failed;
mod dkms_compiler_mismatch;
mod driver_library_missing;
mod driver_not_installed;
mod driver_too_old_for_kernel;
mod empty_library_file;
mod fabricmanager_skew;
mod flatpak_runtime_skew;
mod foreign_arch_library_skew;
mod gpu_fault;
mod gpu_fell_off_bus;
mod gpu_firmware_fault;
mod gpu_support;
mod gpu_unsupported_by_branch;
mod gsp_firmware_missing;
mod half_installed_packages;
mod headers_not_tracked;
mod kernel_headers_missing;
mod leftover_libraries;
pub(crate) mod library_path_override;
mod missing_driver_files;
mod mixed_driver_series;
mod mixed_install_methods;
mod mixed_module_set;
mod mixed_repositories;
mod module_blacklisted;
mod module_missing_for_kernel;
mod module_not_built;
mod module_not_loaded;
mod needs_open_module;
mod needs_proprietary_module;
mod next_boot_mismatch;
mod next_boot_module_missing;
mod no_gpu;
mod nouveau_holds_gpu;
mod package_version_skew;
pub(crate) mod process_holds_old_libraries;
mod secure_boot_rejects_module;
pub(crate) mod service_skew;
mod shadowed_module;
mod snap_runtime_skew;
mod stale_cdi_spec;
mod stale_initramfs;
mod stale_module_loaded;
mod stub_library_loaded;
#[cfg(test)]
mod testing;
mod unattended_upgrade_exposed;
mod vermagic_mismatch;
mod vgpu_guest_host_skew;
mod wsl_linux_driver_installed;

use crate::diagnose::Cause;

/// Every cause that nvmend can name.
pub const ALL: &[&Cause] = &[
    &no_gpu::CAUSE,
    &driver_not_installed::CAUSE,
    // A GPU that is not well, or that this driver can't drive: no version of the rest helps.
    &gpu_fell_off_bus::CAUSE,
    &gpu_unsupported_by_branch::CAUSE,
    // A transaction that is not finished, or two sources of one driver: nothing else holds until that is settled.
    &half_installed_packages::CAUSE,
    &mixed_install_methods::CAUSE,
    &mixed_repositories::CAUSE,
    &mixed_driver_series::CAUSE,
    &package_version_skew::CAUSE,
    // What is wrong with another kernel comes before the reason why nothing was built for it.
    &next_boot_module_missing::CAUSE,
    &next_boot_mismatch::CAUSE,
    // A module of the right version must exist …
    &kernel_headers_missing::CAUSE,
    &disk_full_for_build::CAUSE,
    &dkms_compiler_mismatch::CAUSE,
    &driver_too_old_for_kernel::CAUSE,
    &dkms_build_failed::CAUSE,
    &module_not_built::CAUSE,
    &module_missing_for_kernel::CAUSE,
    &shadowed_module::CAUSE,
    &needs_open_module::CAUSE,
    &needs_proprietary_module::CAUSE,
    &vermagic_mismatch::CAUSE,
    &mixed_module_set::CAUSE,
    // … and libraries that fit it …
    &missing_driver_files::CAUSE,
    &empty_library_file::CAUSE,
    &leftover_libraries::CAUSE,
    &broken_library_link::CAUSE,
    &driver_library_missing::CAUSE,
    &foreign_arch_library_skew::CAUSE,
    &display_stack_skew::CAUSE,
    // … before it can be loaded.
    &secure_boot_rejects_module::CAUSE,
    &module_blacklisted::CAUSE,
    &nouveau_holds_gpu::CAUSE,
    &module_not_loaded::CAUSE,
    &stale_initramfs::CAUSE,
    &stale_module_loaded::CAUSE,
    &gsp_firmware_missing::CAUSE,
    &gpu_firmware_fault::CAUSE,
    &process_holds_old_libraries::CAUSE,
    // Containers, environments, CUDA: the driver itself may be well.
    &container_without_toolkit::CAUSE,
    &container_baked_driver_libs::CAUSE,
    &container_userland_skew::CAUSE,
    &wsl_linux_driver_installed::CAUSE,
    &vgpu_guest_host_skew::CAUSE,
    &fabricmanager_skew::CAUSE,
    &stale_cdi_spec::CAUSE,
    &container_lost_device::CAUSE,
    &service_skew::CAUSE,
    &flatpak_runtime_skew::CAUSE,
    &snap_runtime_skew::CAUSE,
    &stub_library_loaded::CAUSE,
    &cuda_compat_misused::CAUSE,
    &conda_library_conflict::CAUSE,
    &library_path_override::CAUSE,
    &cuda_newer_than_driver::CAUSE,
    // Nothing is wrong yet.
    &headers_not_tracked::CAUSE,
    &unattended_upgrade_exposed::CAUSE,
];

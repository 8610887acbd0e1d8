//! The causes: one file each. The order of the list is the order in which equals are reported: what must be
//! repaired first stands first.

mod broken_library_link;
mod common;
mod conda_library_conflict;
mod container_baked_driver_libs;
mod container_without_toolkit;
mod cuda_newer_than_driver;
mod dkms_build_failed;
mod driver_library_missing;
mod driver_not_installed;
mod half_installed_packages;
mod kernel_headers_missing;
mod leftover_libraries;
mod library_path_override;
mod mixed_driver_series;
mod mixed_install_methods;
mod module_blacklisted;
mod module_missing_for_kernel;
mod module_not_built;
mod module_not_loaded;
mod next_boot_mismatch;
mod next_boot_module_missing;
mod no_gpu;
mod nouveau_holds_gpu;
mod package_version_skew;
mod secure_boot_rejects_module;
mod shadowed_module;
mod stale_initramfs;
mod stale_module_loaded;
mod stub_library_loaded;
#[cfg(test)]
mod testing;

use crate::diagnose::Cause;

/// Every cause that nvmend can name.
pub const ALL: &[&Cause] = &[
    &no_gpu::CAUSE,
    &driver_not_installed::CAUSE,
    // A transaction that is not finished, or two sources of one driver: nothing else holds until that is settled.
    &half_installed_packages::CAUSE,
    &mixed_install_methods::CAUSE,
    &mixed_driver_series::CAUSE,
    &package_version_skew::CAUSE,
    // What is wrong with another kernel comes before the reason why nothing was built for it.
    &next_boot_module_missing::CAUSE,
    &next_boot_mismatch::CAUSE,
    // A module of the right version must exist …
    &kernel_headers_missing::CAUSE,
    &dkms_build_failed::CAUSE,
    &module_not_built::CAUSE,
    &module_missing_for_kernel::CAUSE,
    &shadowed_module::CAUSE,
    // … and libraries that fit it …
    &leftover_libraries::CAUSE,
    &broken_library_link::CAUSE,
    &driver_library_missing::CAUSE,
    // … before it can be loaded.
    &secure_boot_rejects_module::CAUSE,
    &module_blacklisted::CAUSE,
    &nouveau_holds_gpu::CAUSE,
    &module_not_loaded::CAUSE,
    &stale_initramfs::CAUSE,
    &stale_module_loaded::CAUSE,
    // Containers, environments, CUDA: the driver itself may be well.
    &container_without_toolkit::CAUSE,
    &container_baked_driver_libs::CAUSE,
    &stub_library_loaded::CAUSE,
    &conda_library_conflict::CAUSE,
    &library_path_override::CAUSE,
    &cuda_newer_than_driver::CAUSE,
];

//! Configuration, logs, and what programs print: every parser of a text, on the same text.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use nvmend::facts::Origin;
use nvmend::parse::*;
use nvmend::version::DriverVersion;
use nvmend_fuzz::{share, within};

fuzz_target!(|input: &[u8]| {
    within(share(input), || {
        bytes(input);
        text(&String::from_utf8_lossy(input));
    });
});

fn bytes(input: &[u8]) {
    let (first, second) = input.split_at(input.len() / 2);
    let _ = runfile_record::parse(first, second);
    let _ = cdi::parse(input);
    let _ = icd::library(input);
    let _ = cuda_version::of_header(input);
    let _ = fabric_log::refusal(input);
    let _ = installer_log::parse(input);
    let _ = dkms::kernel_of_log(input);
    if let Some(error) = build_log::first_error(input) {
        let _ = build_log::reason(&error);
        let _ = build_log::is_about_running_kernel(&error);
    }
    let _ = kmsg::is_kernel_log(input);
    let _ = kmsg::parse(input);
    let _ = kmsg::boot(input);
    let _ = lspci::devices(input);
    let _ = maps::driver_libraries(input);
    let _ = nvidia_smi::parse(input);
    let _ = bug_report::sections(input).count();
    let _ = bug_report::uname(input);
    let _ = bug_report::messages_of_this_boot(input);
}

fn text(input: &str) {
    configuration(input);
    answers(input);
    let (first, second) = input.split_once('\n').unwrap_or((input, ""));
    let _ = DriverVersion::find_in(first);
    let _ = DriverVersion::from_library_name(first);
    let _ = cuda_version::of_json(input);
    let _ = cuda_version::of_text(first);
    let _ = cuda_version::of_wheel(first);
    let _ = cuda_version::of_torch(first);
    let _ = evr::compare(first, second);
    let _ = kernel_release::compare(first, second);
    let _ = kernel_release::names(first, second);
    let _ = glob::matches(first, second);
    let _ = python_pattern::matches_start(first, second);
    let _ = boot::fits(first, second);
    let _ = nvrm::NvrmVersion::parse(input);
}

fn configuration(input: &str) {
    let _ = apt_conf::parse(input);
    let _ = boot::shell_value(input, "GRUB_DEFAULT");
    let _ = boot::grub_variable(input, "saved_entry");
    let _ = boot::grub_entry(input, "6.1.0-47-amd64");
    let _ = boot::setting(input, "default");
    let _ = device_allow::parse(input);
    let _ = device_allow::list_opens_nvidia(input);
    let _ = dkms::configuration(input);
    let _ = initramfs_conf::listed_module(input);
    let _ = initramfs_conf::assigned_module(input);
    let _ = ld_so_conf::parse(input);
    let _ = modprobe_conf::parse(input, Path::new("/etc/modprobe.d/nvidia.conf"));
    let _ = modprobe_conf::parse_command_line(input, &Origin::from("/proc/cmdline"));
    let _ = mounts::parse(input).count();
    let _ = os_release::parse(input);
}

fn answers(input: &str) {
    let _ = apt::changes(input);
    let _ = apt::refusal(input, input);
    let _ = apt::policies(input);
    let _ = apt::archives(input);
    let _ = dnf::rows(input);
    let _ = dnf::is_resolved(input);
    let _ = dnf::refusal(input, input);
    let _ = pacman_transaction::targets(input);
    let _ = pacman_transaction::replaced(input);
    let _ = pacman_transaction::offered(input);
    let ignored = pacman_transaction::ignored(input);
    let _ = pacman_transaction::is_ignored(&ignored, "nvidia-utils");
    let _ = pacman_transaction::without_ignored(input, &["nvidia-utils"]);
    let _ = pacman_transaction::with_ignored(input, &["nvidia-utils"]);
    let _ = zypper::changes(input);
    let _ = zypper::found(input);
    let _ = zypper::downloaded(input);
    let _ = zypper::refusal(input);
}

//! The steps that plans, and their undoing, are made of: one file each.

mod build_module;
mod by_hand;
mod change_packages;
mod console;
mod containers;
mod end_process;
mod header_builds;
mod hold_packages;
mod install_flatpak;
mod kernel_upgrade;
mod load_modules;
mod move_file;
mod package_builds;
mod package_effects;
mod reboot;
mod regenerate;
mod restore;
mod restore_packages;
mod services;
mod set_link;
mod unbuild_module;
mod uninstall_runfile;
mod unload_modules;
mod write_file;

pub use build_module::{BuildModule, ModuleBuilder};
pub use by_hand::ByHand;
pub use change_packages::{ChangePackages, PackageChange};
pub use console::{BindConsole, UnbindConsole};
pub use containers::{StartContainer, StopContainer};
pub use end_process::EndProcess;
pub use hold_packages::HoldPackages;
pub use install_flatpak::{InstallFlatpak, RemoveFlatpak};
pub use load_modules::LoadModules;
pub use move_file::MoveFile;
pub use reboot::Reboot;
pub use regenerate::{Product, Regenerate};
pub(crate) use regenerate::{index_files, initramfs_arguments};
pub use restore::{Kept, Restore};
pub use restore_packages::{KeptPackage, RestorePackages};
pub use services::{StartService, StopService};
pub use set_link::SetLink;
pub use unbuild_module::UnbuildModule;
pub use uninstall_runfile::UninstallRunfile;
pub use unload_modules::UnloadModules;
pub use write_file::WriteFile;

use std::path::PathBuf;
use std::time::Duration;

use crate::host::{Command, End, Host, Output};
use crate::host_mut::HostMut;
use crate::step::StepError;

/// Where programs of the system are found; the first that is there.
pub(crate) const PROGRAM_DIRECTORIES: [&str; 4] = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/// The absolute path of a program of the system.
pub(crate) fn program(host: &dyn Host, name: &str) -> PathBuf {
    let found = PROGRAM_DIRECTORIES
        .iter()
        .map(|directory| PathBuf::from(directory).join(name))
        .find(|path| host.metadata(path).is_ok());
    found.unwrap_or_else(|| PathBuf::from(PROGRAM_DIRECTORIES[0]).join(name))
}

/// Runs a program to a good end, or says the first thing that it complained of.
pub(crate) fn execute(
    host: &dyn HostMut,
    name: &str,
    arguments: &[&str],
    deadline: Duration,
    progress: &mut dyn FnMut(&str),
) -> Result<Output, StepError> {
    let command = Command::new(program(host, name), arguments.iter().copied(), deadline);
    execute_command(host, &command, progress)
}

/// The same with a command that is more than a name.
pub(crate) fn execute_command(
    host: &dyn HostMut,
    command: &Command,
    progress: &mut dyn FnMut(&str),
) -> Result<Output, StepError> {
    let output = host.execute(command, progress)?;
    if output.end == End::Status(0) {
        return Ok(output);
    }
    let words: Vec<&str> = [command.program.to_str().unwrap_or_default()]
        .into_iter()
        .chain(command.arguments.iter().map(String::as_str))
        .collect();
    Err(StepError::Program {
        program: words.join(" "),
        end: output.end,
        first_error: first_error(&output),
    })
}

/// The first line that says what is wrong: one that is marked as an error, else the first of the standard error.
pub(super) fn first_error(output: &Output) -> Option<String> {
    const MARKS: [&str; 6] = ["error:", "Error:", "ERROR:", "E: ", "FATAL:", "fatal:"];
    let lines = || output.stderr.lines().chain(output.stdout.lines()).map(str::trim);
    let marked = lines().find(|line| MARKS.iter().any(|mark| line.contains(mark)));
    let found = marked.or_else(|| lines().find(|line| !line.is_empty()))?;
    Some(found.chars().take(400).collect())
}

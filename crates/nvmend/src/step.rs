//! One change to a machine. Plans are made of steps, and so is undoing them: one vocabulary, one executor, one journal.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::diagnose::Arg;
use crate::facts::Facts;
use crate::host::{End, Host, HostError};
use crate::host_mut::{HostMut, Place};
use crate::lock::Lock;
use crate::steps;

/// One change. Its file in `steps/` says what it does; ids and fields are in journals for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "step", rename_all = "kebab-case")]
pub enum Step {
    /// Moves a file or link.
    MoveFile(steps::MoveFile),
    /// Writes a small text file.
    WriteFile(steps::WriteFile),
    /// Uninstalls a driver that a `.run` file installed.
    UninstallRunfile(steps::UninstallRunfile),
    /// Sets a symbolic link.
    SetLink(steps::SetLink),
    /// Brings a path back to a state that was kept.
    Restore(steps::Restore),
    /// Lets a program make files anew that are made from others.
    Regenerate(steps::Regenerate),
    /// Builds and installs the module for one kernel.
    BuildModule(steps::BuildModule),
    /// Takes out a module that was built for one kernel.
    UnbuildModule(steps::UnbuildModule),
    /// Changes packages in one transaction.
    ChangePackages(steps::ChangePackages),
    /// Holds packages at their version, or lets go of them.
    HoldPackages(steps::HoldPackages),
    /// Brings packages back to the versions before.
    RestorePackages(steps::RestorePackages),
    /// Installs runtimes of Flatpak.
    InstallFlatpak(steps::InstallFlatpak),
    /// Removes runtimes of Flatpak.
    RemoveFlatpak(steps::RemoveFlatpak),
    /// Stops a service.
    StopService(steps::StopService),
    /// Starts a service.
    StartService(steps::StartService),
    /// Stops a container.
    StopContainer(steps::StopContainer),
    /// Starts a container.
    StartContainer(steps::StartContainer),
    /// Ends a process that uses a GPU.
    EndProcess(steps::EndProcess),
    /// Takes the console off the driver's framebuffer.
    UnbindConsole(steps::UnbindConsole),
    /// Puts the console on a framebuffer again.
    BindConsole(steps::BindConsole),
    /// Unloads the driver's modules.
    UnloadModules(steps::UnloadModules),
    /// Loads modules from disk.
    LoadModules(steps::LoadModules),
    /// Reboots.
    Reboot(steps::Reboot),
    /// Something that a person must do.
    ByHand(steps::ByHand),
}

/// What every step can do.
pub trait Action {
    /// Its stable id: the `step` of its JSON, and its message in `steps.ftl` (`ID`, and `ID-undo` for the way back).
    fn id(&self) -> &'static str;
    /// Arguments of both messages.
    fn args(&self) -> Vec<Arg>;
    /// Whether it can be taken back, on a machine that is as planned.
    fn is_reversible(&self) -> bool {
        true
    }
    /// What of it stays.
    fn trace(&self) -> Trace {
        Trace::Disk
    }
    /// The steps that take it back, in order, found out before it runs. What they need is kept by `keep`.
    fn inverse(&self, host: &dyn HostMut, keep: &Keep<'_>) -> Result<Vec<Step>, StepError>;
    /// The facts after it. Pure.
    fn predict(&self, facts: &mut Facts);
    /// Does it. Doing it twice comes to the same as once: an inverse runs again when it was interrupted.
    fn run(&self, host: &dyn HostMut, progress: &mut dyn FnMut(&str)) -> Result<(), StepError>;
    /// The locks that its program needs; while somebody else has one, it is waited for.
    fn locks(&self) -> &'static [Lock] {
        &[]
    }
    /// Why it must not be done now, long after it was planned: somebody changed since what it is about.
    fn conflict(&self, _host: &dyn HostMut) -> Option<PathBuf> {
        None
    }
}

/// What of a step stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trace {
    /// What is on the disk.
    Disk,
    /// What runs or is loaded, until the next boot.
    Running,
    /// Nothing: it happened.
    Nothing,
}

impl Step {
    /// The step's own.
    pub fn action(&self) -> &dyn Action {
        match self {
            Self::MoveFile(step) => step,
            Self::WriteFile(step) => step,
            Self::UninstallRunfile(step) => step,
            Self::SetLink(step) => step,
            Self::Restore(step) => step,
            Self::Regenerate(step) => step,
            Self::BuildModule(step) => step,
            Self::UnbuildModule(step) => step,
            Self::ChangePackages(step) => step,
            Self::HoldPackages(step) => step,
            Self::RestorePackages(step) => step,
            Self::InstallFlatpak(step) => step,
            Self::RemoveFlatpak(step) => step,
            Self::StopService(step) => step,
            Self::StartService(step) => step,
            Self::StopContainer(step) => step,
            Self::StartContainer(step) => step,
            Self::EndProcess(step) => step,
            Self::UnbindConsole(step) => step,
            Self::BindConsole(step) => step,
            Self::UnloadModules(step) => step,
            Self::LoadModules(step) => step,
            Self::Reboot(step) => step,
            Self::ByHand(step) => step,
        }
    }
}

/// Where a run keeps what its inverses need.
pub struct Keep<'h> {
    /// The machine.
    pub host: &'h dyn HostMut,
    /// The run's directory.
    pub directory: &'h Path,
    /// Number of the step, so that names differ.
    pub number: usize,
    /// Is told of each file that is kept: there can be a thousand of them, and a GiB.
    pub progress: &'h dyn Fn(&str),
}

impl Keep<'_> {
    /// Keeps what stands at `path`; `part` tells several paths of one step apart.
    pub fn path(&self, path: &Path, part: usize) -> Result<steps::Restore, StepError> {
        let state = match self.host.place(path)? {
            Place::Nothing => steps::Kept::Nothing,
            Place::Link(target) => {
                steps::Kept::Link { target, modified: Some(self.host.modified(path)?) }
            }
            Place::File { digest } => {
                (self.progress)(&path.display().to_string());
                let copy = self.directory.join(format!("kept/{}-{part}", self.number));
                self.host.copy(path, &copy)?;
                steps::Kept::File { copy, digest }
            }
            Place::Other => return Err(StepError::NotAFile { path: path.to_owned() }),
        };
        Ok(steps::Restore { path: path.to_owned(), state, replaces: None })
    }
}

/// Why a step could not be done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StepError {
    /// The machine refused.
    #[error(transparent)]
    Host(#[from] HostError),
    /// A program failed. `first_error` is the first line that says why.
    #[error("{program}: {}", first_error.as_deref().unwrap_or("failed and did not say why"))]
    Program {
        /// The program with its arguments.
        program: String,
        /// How it ended.
        end: End,
        /// The first real error that it wrote.
        first_error: Option<String>,
    },
    /// A module is in use. Nothing was changed, or all is as it was again.
    #[error("{module} is in use{}", by_whom(by))]
    InUse {
        /// The module.
        module: String,
        /// Who has a device of the driver open: `python3 (1234)`. Empty where no process shows.
        by: Vec<String>,
    },
    /// A module is in use, and of those that depend on it some are unloaded and can't be loaded again: their files
    /// are of another version than the module that stays.
    #[error("{module} is in use{}; {} stay unloaded: their files are of another version", by_whom(by), gone.join(", "))]
    HalfUnloaded {
        /// The module.
        module: String,
        /// Who has a device of the driver open.
        by: Vec<String>,
        /// What is unloaded.
        gone: Vec<String>,
    },
    /// A process does not end.
    #[error("{name} ({pid}) does not end")]
    DoesNotEnd {
        /// Its id.
        pid: u32,
        /// Its short name.
        name: String,
    },
    /// Another version was loaded than the plan says.
    #[error("{module} is {found} now, not {wanted}")]
    OtherVersion {
        /// The module.
        module: String,
        /// What the plan says.
        wanted: String,
        /// What is there.
        found: String,
    },
    /// What is there is no file that could be kept.
    #[error("{}: neither a file nor a link", path.display())]
    NotAFile {
        /// Where.
        path: PathBuf,
    },
    /// What was kept for the way back is damaged.
    #[error("{}: what was kept here is damaged", path.display())]
    Damaged {
        /// Where.
        path: PathBuf,
    },
    /// Somebody else had a lock that the step's program needs, and did not let go.
    #[error("{path} is held by {holder}")]
    Locked {
        /// The lock.
        path: String,
        /// The process, as `name (pid)`.
        holder: String,
    },
    /// A lock that the step's program needs was left behind.
    #[error("{path} was left behind by a program that was cut off, and no program has it")]
    LeftLock {
        /// The lock.
        path: String,
    },
    /// The package manager would do something else by now than what was planned.
    #[error("{program} would now do another transaction than the one that was planned")]
    OtherTransaction {
        /// The program.
        program: String,
    },
    /// A version that is installed cannot be had any more, so that there would be no way back.
    #[error("{package} {version} can be had from nowhere any more")]
    NoArchive {
        /// The package.
        package: String,
        /// Its version.
        version: String,
    },
    /// The journal or plan names a package manager that this version of nvmend does not know.
    #[error("{program}: no package manager that this nvmend knows")]
    UnknownManager {
        /// The program.
        program: String,
    },
    /// A person must do it.
    #[error("this must be done by hand")]
    ByHand,
}

fn by_whom(by: &[String]) -> String {
    if by.is_empty() { String::new() } else { format!(" by {}", by.join(", ")) }
}

/// The driver's modules in the order in which they can be unloaded (the `.run` installer's, nvidia-installer
/// `conflicting-kernel-modules.c`, with GPUDirect's before).
pub const UNLOAD_ORDER: [&str; 8] = [
    "nvidia_fs",
    "gdrdrv",
    "nvidia_peermem",
    "nvidia_vgpu_vfio",
    "nvidia_uvm",
    "nvidia_drm",
    "nvidia_modeset",
    "nvidia",
];

/// The facts after all of `steps`.
pub fn predict(facts: &Facts, steps: &[Step]) -> Facts {
    let mut next = facts.clone();
    for step in steps {
        step.action().predict(&mut next);
    }
    next
}

/// Whether the module may be seen through [`Host`]: its directory is there.
pub(crate) fn is_loaded(host: &dyn Host, module: &str) -> bool {
    host.metadata(&Path::new("/sys/module").join(module).join("refcnt")).is_ok()
}

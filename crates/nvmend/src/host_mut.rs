//! What can be changed on a machine. Everything that changes one goes through [`HostMut`], and only
//! [`crate::apply`] and [`crate::journal`] ever hold one.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::host::{Command, Host, HostError, Output};

/// A machine that can be changed: this one, or one in memory.
///
/// Every change is on disk before the call returns: what a crash leaves is the state before or the state after, never
/// half a file. Paths are absolute within the machine. The last component is never followed when it is a link.
pub trait HostMut: Host {
    /// What stands at `path` itself; [`Place::Nothing`] where nothing does.
    fn place(&self, path: &Path) -> Result<Place, HostError>;
    /// Replaces `path` by a file with that content in one step, and makes the directories above it. Owner and mode of
    /// a file that is there are kept; a new one is root's, with mode `mode`.
    fn write(&self, path: &Path, content: &[u8], mode: u32) -> Result<(), HostError>;
    /// Replaces `path` by a symbolic link in one step; with that time of its own, where one is given.
    fn link(&self, path: &Path, target: &Path, modified: Option<Time>) -> Result<(), HostError>;
    /// When what stands at `path` itself was last changed.
    fn modified(&self, path: &Path) -> Result<Time, HostError>;
    /// Moves a file or link, across file systems too, with owner, mode and times, and makes the directories above `to`.
    /// Fails where something stands at `to`.
    fn rename(&self, from: &Path, to: &Path) -> Result<(), HostError>;
    /// Copies a file with owner, mode and times, in one step; replaces what stands at `to`.
    fn copy(&self, from: &Path, to: &Path) -> Result<(), HostError>;
    /// The mode of the directory at `path`; `None` where none stands there.
    fn directory_mode(&self, path: &Path) -> Result<Option<u32>, HostError>;
    /// Makes a directory of that mode, and those above it. One that is there stays as it is.
    fn make_directory(&self, path: &Path, mode: u32) -> Result<(), HostError>;
    /// Takes away a link, or a file that nvmend itself made. Nothing there is fine.
    fn remove(&self, path: &Path) -> Result<(), HostError>;
    /// Adds to the end of a file, and makes it, with `mode`, and the directories above it where they are missing.
    fn append(&self, path: &Path, content: &[u8], mode: u32) -> Result<(), HostError>;
    /// Writes into a file of the kernel's own (`/sys`) in place: these take a value, and can't be replaced.
    fn set(&self, path: &Path, value: &str) -> Result<(), HostError>;
    /// Unloads a module by `delete_module(2)`, without force.
    fn unload_module(&self, name: &str) -> Result<(), HostError>;
    /// Runs a program that changes the machine. `line` gets each line that it writes, as it comes.
    fn execute(&self, command: &Command, line: &mut dyn FnMut(&str)) -> Result<Output, HostError>;
    /// Sends a signal to a process.
    fn signal(&self, pid: u32, signal: Signal) -> Result<(), HostError>;
    /// Takes a lock that lasts as long as the guard does. [`crate::host::Failure::Busy`]: another has it.
    fn lock(&self, path: &Path) -> Result<Box<dyn Send>, HostError>;
    /// The process that has a record lock (fcntl(2)) on a file, as package managers take them; `None`: nobody has.
    fn lock_holder(&self, path: &Path) -> Option<u32>;
    /// Keeps the machine from being shut down or put to sleep as long as the guard lives, where something here can.
    fn stay_awake(&self) -> Box<dyn Send>;
    /// Waits; a machine in memory does not.
    fn sleep(&self, time: std::time::Duration);
}

/// What can stand at a path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// Nothing.
    Nothing,
    /// A regular file.
    File {
        /// SHA-256 of its content, in hexadecimal.
        digest: String,
    },
    /// A symbolic link, with its target as written.
    Link(PathBuf),
    /// Anything else.
    Other,
}

/// A time of last change, as exact as file systems keep it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Time {
    /// Seconds since 1970.
    pub seconds: i64,
    /// Nanoseconds besides; less than a second.
    pub nanoseconds: u32,
}

/// The two signals that nvmend sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Signal {
    /// Asks to end.
    Terminate,
    /// Ends.
    Kill,
}

/// SHA-256 in hexadecimal.
pub fn digest(content: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

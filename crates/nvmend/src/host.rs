//! What a machine can be asked. Everything that reads a machine goes through [`Host`].

mod edges;

use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::parse::digest::{Algorithm, digest};

pub use self::edges::Edges;

/// A machine that can be read: this one, a file tree, a capture.
///
/// Paths are absolute within the machine (`/proc/modules`); an implementation resolves them, with all
/// symbolic links, inside the machine's own root. Nothing here writes or blocks on a device: what is not a
/// regular file or a directory is refused unopened. Only [`Host::run`] starts a process.
pub trait Host: Send + Sync {
    /// Whether this is the running machine or a description of one.
    fn kind(&self) -> HostKind;
    /// The content of a regular file, refused when it is larger than `limit` bytes.
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, HostError>;
    /// A regular file of which only parts will be read.
    fn open(&self, path: &Path) -> Result<Box<dyn RandomRead>, HostError>;
    /// What `extract` takes out of a file that is too large, or too private, to be kept whole. A capture keeps the
    /// result in the file's place, so the extract of an extract must be itself.
    fn extract(&self, path: &Path, extract: Extract<'_>) -> Result<Vec<u8>, HostError> {
        let file = self.open(path)?;
        extract(file.as_ref()).map_err(|why| HostError::new(path, Failure::Io(why)))
    }
    /// The digest of a whole file, in hexadecimal digits. A capture keeps the answer, not the file.
    fn digest(&self, path: &Path, algorithm: Algorithm) -> Result<String, HostError> {
        let file = self.open(path)?;
        digest(file.as_ref(), algorithm).map_err(|why| HostError::new(path, Failure::Io(why)))
    }
    /// The entries of a directory, sorted by name.
    fn list(&self, path: &Path) -> Result<Vec<Entry>, HostError>;
    /// What stands at the end of all links of `path`.
    fn metadata(&self, path: &Path) -> Result<Metadata, HostError>;
    /// Where a symbolic link points, as written in it; only the last component is not followed.
    fn read_link(&self, path: &Path) -> Result<PathBuf, HostError>;
    /// A variable of the environment that is judged.
    fn env(&self, name: &str) -> Option<String>;
    /// The kernel's messages of this boot, oldest first, as text lines.
    fn kernel_log(&self) -> Result<KernelLogText, HostError>;
    /// The version of the loaded module by the driver's own query, which writes nothing to the kernel log
    /// (`NV_RM_API_VERSION_CMD_QUERY`, open-gpu-kernel-modules `osapi.c`). Asked only when the files don't answer.
    fn query_driver(&self) -> Result<String, HostError>;
    /// How many bytes root may still write to the file system that `path` is on.
    fn free_space(&self, path: &Path) -> Result<u64, HostError> {
        Err(HostError::new(path, Failure::Unsupported))
    }
    /// Runs a program to its end, or to its deadline. Only the running machine can; a capture repeats what was
    /// answered when it was taken.
    fn run(&self, command: &Command) -> Result<Output, HostError> {
        Err(HostError::new(&command.program, Failure::Unsupported))
    }
}

/// A program to run. It gets the judged environment with a fixed locale, nothing to read, and a process group of its
/// own, which is killed at the deadline. There is never a shell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// Its absolute path. `/proc/self/exe` is this very program.
    pub program: PathBuf,
    /// What follows the program's name.
    pub arguments: Vec<String>,
    /// How long it may take.
    pub deadline: Duration,
    /// Variables besides those that it gets anyway.
    pub environment: Vec<(String, String)>,
}

/// What a program wrote, lossily decoded, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Output {
    /// How it ended.
    pub end: End,
    /// Its standard output; 16 MiB at most, or the run has failed ([`Failure::TooLarge`]).
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// By itself, with this status.
    Status(i32),
    /// By a signal.
    Signal(i32),
    /// It had not ended at the deadline and was killed; one that cannot be killed is left to the kernel.
    Deadline,
}

impl Command {
    /// A program and its arguments, without further variables.
    pub fn new<A: Into<String>>(
        program: impl Into<PathBuf>,
        arguments: impl IntoIterator<Item = A>,
        deadline: Duration,
    ) -> Self {
        let arguments = arguments.into_iter().map(Into::into).collect();
        Self { program: program.into(), arguments, deadline, environment: Vec::new() }
    }
}

/// Takes the wanted part out of a file, or says what is wrong with it; see [`Host::extract`].
pub type Extract<'e> = &'e dyn Fn(&dyn RandomRead) -> Result<Vec<u8>, String>;

/// Where a described machine keeps what programs printed on it, one file by each program's name. A running machine
/// has no such directory, and is not asked for it: checking starts no process.
pub const PROGRAM_OUTPUT: &str = "/.output";

/// What sort of machine a [`Host`] shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum HostKind {
    /// The machine that this program runs on.
    Live,
    /// A file tree: another root, a capture, a made-up machine.
    Tree,
}

/// The kernel log and where it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KernelLogText {
    /// `/dev/kmsg`, or the file.
    pub from: String,
    /// The text, lossily decoded later; a few MiB at most.
    pub text: Vec<u8>,
}

/// Reads a file at any offset.
pub trait RandomRead: Send {
    /// The file's size in bytes.
    fn size(&self) -> u64;
    /// Fills `buffer` from `offset` as far as the file goes; returns how much.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;
}

/// One name in a directory.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Entry {
    /// The name without its directory. Names that are no UTF-8 are left out by every host.
    pub name: String,
    /// What the directory says it is; links are not followed.
    pub kind: FileKind,
}

/// What a path is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileKind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Link,
    /// A device, FIFO or socket.
    Other,
}

/// Size, time and kind of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// What it is.
    pub kind: FileKind,
    /// Size in bytes.
    pub size: u64,
    /// Last change of the content, in seconds since 1970.
    pub modified: i64,
}

/// A machine could not be read at one place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {why}", path.display())]
pub struct HostError {
    /// The path that was asked for, within the machine.
    pub path: PathBuf,
    /// Why not.
    pub why: Failure,
}

/// Why a path could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Failure {
    /// Nothing there.
    #[error("no such file")]
    NotFound,
    /// Something there, and this user may not read it.
    #[error("permission denied")]
    NotPermitted,
    /// A directory, device, FIFO or socket where a file was wanted, or the other way round.
    #[error("not the kind of file that belongs here")]
    WrongKind,
    /// Larger than this program is ready to read.
    #[error("larger than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// Links that lead in a circle.
    #[error("too many symbolic links")]
    LinkLoop,
    /// The capture does not hold it: it was not read when the capture was taken.
    #[error("not part of the capture")]
    NotCaptured,
    /// Something else uses it or has its lock.
    #[error("in use")]
    Busy,
    /// This host cannot answer such a question.
    #[error("cannot be asked here")]
    Unsupported,
    /// Anything else the system said.
    #[error("{0}")]
    Io(String),
}

impl HostError {
    /// An error at `path`.
    pub fn new(path: &Path, why: Failure) -> Self {
        Self { path: path.to_owned(), why }
    }

    /// Nothing there, as opposed to "could not look".
    pub fn is_absent(&self) -> bool {
        self.why == Failure::NotFound
    }
}

/// [`Read`] and [`Seek`] over a [`RandomRead`], for libraries that want a stream.
pub struct Stream<'f> {
    file: &'f dyn RandomRead,
    position: u64,
}

impl<'f> Stream<'f> {
    /// Starts at the first byte.
    pub fn new(file: &'f dyn RandomRead) -> Self {
        Self { file, position: 0 }
    }
}

impl Read for Stream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read_at(self.position, buffer)?;
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for Stream<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(delta) => self.file.size().checked_add_signed(delta),
            SeekFrom::Current(delta) => self.position.checked_add_signed(delta),
        };
        self.position = target.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

/// Reads a small text file (at most 1 MiB), lossily decoded: what it says matters, not its encoding.
pub fn read_text(host: &dyn Host, path: impl AsRef<Path>) -> Result<String, HostError> {
    let bytes = host.read(path.as_ref(), 1 << 20)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A path with every link of it followed, and the links on the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkChain {
    /// The link of the last component and each further one, first to last; empty for a plain file.
    pub links: Vec<PathBuf>,
    /// Where the chain ends; something may or may not be there.
    pub end: PathBuf,
}

/// Follows every link of `path` inside the machine, noting each hop of the last component.
///
/// Directories on the way are resolved too, so `end` is the file's one true path (`/lib/…` becomes
/// `/usr/lib/…` on a merged system) and can be compared.
pub fn follow(host: &dyn Host, path: &Path) -> Result<LinkChain, HostError> {
    let mut links = Vec::new();
    let mut pending: Vec<std::ffi::OsString> =
        path.components().rev().filter_map(component_name).collect();
    // How many components belong to the last name: hops of the file itself are noted, those of directories are not.
    let mut done = PathBuf::from("/");
    let mut hops = 0;
    while let Some(part) = pending.pop() {
        if part == ".." {
            done.pop();
            continue;
        }
        let here = done.join(&part);
        match host.read_link(&here) {
            Ok(target) => {
                hops += 1;
                if hops > 40 {
                    return Err(HostError::new(path, Failure::LinkLoop));
                }
                if pending.is_empty() {
                    links.push(here);
                }
                if target.is_absolute() {
                    done = PathBuf::from("/");
                }
                pending.extend(target.components().rev().filter_map(component_name));
            }
            Err(_) => done = here,
        }
    }
    Ok(LinkChain { links, end: done })
}

fn component_name(component: std::path::Component<'_>) -> Option<std::ffi::OsString> {
    match component {
        std::path::Component::Normal(name) => Some(name.to_owned()),
        std::path::Component::ParentDir => Some("..".into()),
        _ => None,
    }
}

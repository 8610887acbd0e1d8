//! A machine in memory: for tests, for the built-in examples, and what a capture is read into.

use std::collections::BTreeMap;
use std::io;
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::host::{
    Command, Entry, Failure, FileKind, Host, HostError, HostKind, KernelLogText, Metadata, Output,
    RandomRead,
};
use crate::host_mut::Time;
use crate::parse::digest::{Algorithm, digest};

/// A file tree in memory, with the environment and the kernel log that go with it.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    pub(super) nodes: BTreeMap<PathBuf, Node>,
    pub(super) env: BTreeMap<String, String>,
    pub(super) kind: Option<HostKind>,
    pub(super) kernel_log: Option<Result<KernelLogText, Failure>>,
    pub(super) driver: Option<Result<String, Failure>>,
    /// Times of links that were set since the machine was made; all others have the first of all times.
    pub(super) link_times: BTreeMap<PathBuf, Time>,
    /// What programs answer, by their path and arguments.
    pub(super) commands: BTreeMap<Vec<String>, Result<Output, Failure>>,
    /// Digests of files that are not kept whole.
    pub(super) digests: BTreeMap<(PathBuf, Algorithm), Result<String, Failure>>,
    /// What a path that is not in the tree means: "no such file", or "not part of the capture".
    pub(super) elsewhere: Option<Failure>,
}

/// What stands at one resolved path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Node {
    /// A file, whole.
    File {
        #[serde(skip)]
        content: Vec<u8>,
        modified: i64,
    },
    /// A file of which only parts are known.
    Parts { size: u64, modified: i64, parts: Vec<Part> },
    /// A directory. `unlisted`: why its names are not all in the tree; `None` when they are.
    Directory { unlisted: Option<Failure>, modified: i64 },
    /// A symbolic link and its target as written.
    Link(PathBuf),
    /// Something that is known to be there and was not read, or could not be; size and time where they were asked.
    Unread { kind: FileKind, size: u64, modified: i64, why: Failure },
    /// Something that could not be read, or that is known not to be there.
    Failed(Failure),
}

/// A known part of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Part {
    pub offset: u64,
    pub length: u64,
    #[serde(skip)]
    pub bytes: Vec<u8>,
}

impl Part {
    pub fn new(offset: u64, bytes: Vec<u8>) -> Self {
        Self { offset, length: bytes.len() as u64, bytes }
    }
}

impl Memory {
    /// Adds a file, and the directories above it.
    #[must_use]
    pub fn file(mut self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.insert(path, Node::File { content: content.as_ref().to_vec(), modified: 0 });
        self
    }

    /// Adds a symbolic link.
    #[must_use]
    pub fn link(mut self, path: &str, target: &str) -> Self {
        self.insert(path, Node::Link(target.into()));
        self
    }

    /// Adds an empty directory.
    #[must_use]
    pub fn dir(mut self, path: &str) -> Self {
        self.insert(path, Node::Directory { unlisted: None, modified: 0 });
        self
    }

    /// Makes a path one that this user may not read.
    #[must_use]
    pub fn denied(self, path: &str) -> Self {
        self.failing(path, Failure::NotPermitted)
    }

    /// Makes a path fail in a certain way.
    #[must_use]
    pub fn failing(mut self, path: &str, why: Failure) -> Self {
        self.insert(path, Node::Failed(why));
        self
    }

    /// Sets a variable of the judged environment.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Sets the time of last change of a file that is there, in seconds since 1970.
    #[must_use]
    pub fn modified(mut self, path: &str, seconds: i64) -> Self {
        self.set_modified(path, seconds);
        self
    }

    /// Whether the file was there to be set.
    pub(super) fn set_modified(&mut self, path: &str, seconds: i64) -> bool {
        match self.nodes.get_mut(Path::new(path)) {
            Some(
                Node::File { modified, .. }
                | Node::Parts { modified, .. }
                | Node::Directory { modified, .. },
            ) => {
                *modified = seconds;
                true
            }
            _ => false,
        }
    }

    /// Takes a path away, with everything below it.
    pub fn remove(&mut self, path: &str) {
        let path = Path::new(path);
        self.nodes.retain(|there, _| !there.starts_with(path));
    }

    /// A line for each path of the tree, with what stands there: two machines with the same lines are the same.
    pub fn describe(&self) -> Vec<String> {
        let line = |(path, node): (&PathBuf, &Node)| match node {
            Node::File { content, .. } => {
                format!("{} {}", path.display(), crate::host_mut::digest(content))
            }
            Node::Link(target) => {
                let time = self.link_times.get(path).copied().unwrap_or_default();
                format!("{} -> {} {time:?}", path.display(), target.display())
            }
            // Empty ones come and go with what is made in them.
            Node::Directory { .. } => String::new(),
            other => format!("{} {other:?}", path.display()),
        };
        self.nodes.iter().map(line).filter(|line| !line.is_empty()).collect()
    }

    /// What the driver answers to its version query.
    #[must_use]
    pub fn driver_answers(mut self, version: &str) -> Self {
        self.driver = Some(Ok(version.to_owned()));
        self
    }

    /// What a program answers when it is run with these arguments.
    #[must_use]
    pub fn answers(mut self, program: &str, arguments: &[&str], output: Output) -> Self {
        let line = [program].iter().chain(arguments).map(|word| (*word).to_owned()).collect();
        self.commands.insert(line, Ok(output));
        self
    }

    pub(super) fn insert(&mut self, path: impl Into<PathBuf>, node: Node) {
        let path = path.into();
        for above in path.ancestors().skip(1) {
            self.nodes
                .entry(above.to_owned())
                .or_insert(Node::Directory { unlisted: None, modified: 0 });
        }
        self.nodes.insert(path, node);
    }

    /// The resolved path and its node. `follow`: whether the last component's link is followed.
    fn find(&self, path: &Path, follow: bool) -> Result<(PathBuf, &Node), HostError> {
        let fail = |why| HostError::new(path, why);
        let mut pending: Vec<Component<'_>> = path.components().rev().collect();
        let mut here = PathBuf::from("/");
        let mut hops = 0;
        while let Some(component) = pending.pop() {
            match component {
                Component::ParentDir => {
                    here.pop();
                    continue;
                }
                Component::Normal(name) => here.push(name),
                _ => continue,
            }
            match self.nodes.get(&here) {
                Some(Node::Link(target)) if follow || !pending.is_empty() => {
                    hops += 1;
                    if hops > 40 {
                        return Err(fail(Failure::LinkLoop));
                    }
                    here.pop();
                    if target.is_absolute() {
                        here = PathBuf::from("/");
                    }
                    pending.extend(target.components().rev());
                }
                Some(Node::Failed(why)) => return Err(fail(why.clone())),
                Some(Node::Directory { .. } | Node::Unread { kind: FileKind::Directory, .. }) => {}
                Some(Node::Unread { kind: FileKind::Link, .. }) => {
                    return Err(fail(self.elsewhere()));
                }
                Some(_) if pending.is_empty() => {}
                Some(_) => return Err(fail(Failure::NotFound)),
                None => return Err(fail(self.missing(&here))),
            }
        }
        match self.nodes.get(&here) {
            Some(node) => Ok((here, node)),
            None => Err(fail(self.missing(&here))),
        }
    }

    /// Why a path is not in the tree: known not to be there where its directory was listed.
    fn missing(&self, path: &Path) -> Failure {
        match path.parent().and_then(|above| self.nodes.get(above)) {
            Some(Node::Directory { unlisted: None, .. }) => Failure::NotFound,
            Some(Node::Directory { unlisted: Some(why), .. } | Node::Unread { why, .. }) => {
                why.clone()
            }
            _ => self.elsewhere(),
        }
    }

    fn elsewhere(&self) -> Failure {
        self.elsewhere.clone().unwrap_or(Failure::NotFound)
    }
}

impl Host for Memory {
    fn kind(&self) -> HostKind {
        self.kind.unwrap_or(HostKind::Tree)
    }

    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, HostError> {
        let fail = |why| HostError::new(path, why);
        match self.find(path, true)?.1 {
            Node::File { content, .. } if content.len() as u64 > limit => {
                Err(fail(Failure::TooLarge { limit }))
            }
            Node::File { content, .. } => Ok(content.clone()),
            Node::Parts { size, .. } | Node::Unread { kind: FileKind::File, size, .. }
                if *size > limit =>
            {
                Err(fail(Failure::TooLarge { limit }))
            }
            Node::Parts { .. } => Err(fail(Failure::NotCaptured)),
            Node::Unread { kind: FileKind::File, why, .. } => Err(fail(why.clone())),
            _ => Err(fail(Failure::WrongKind)),
        }
    }

    fn open(&self, path: &Path) -> Result<Box<dyn RandomRead>, HostError> {
        match self.find(path, true)?.1 {
            Node::File { content, .. } => Ok(Box::new(Parts {
                size: content.len() as u64,
                parts: vec![Part::new(0, content.clone())],
            })),
            Node::Parts { size, parts, .. } => {
                Ok(Box::new(Parts { size: *size, parts: parts.clone() }))
            }
            Node::Unread { kind: FileKind::File, why, .. } => {
                Err(HostError::new(path, why.clone()))
            }
            _ => Err(HostError::new(path, Failure::WrongKind)),
        }
    }

    fn digest(&self, path: &Path, algorithm: Algorithm) -> Result<String, HostError> {
        let fail = |why| HostError::new(path, why);
        if let Some(known) = self.digests.get(&(path.to_owned(), algorithm)) {
            return known.clone().map_err(fail);
        }
        let file = self.open(path)?;
        digest(file.as_ref(), algorithm).map_err(|_| fail(Failure::NotCaptured))
    }

    fn list(&self, path: &Path) -> Result<Vec<Entry>, HostError> {
        let (here, node) = self.find(path, true)?;
        match node {
            Node::Directory { unlisted: None, .. } => {}
            Node::Directory { unlisted: Some(why), .. }
            | Node::Unread { kind: FileKind::Directory, why, .. } => {
                return Err(HostError::new(path, why.clone()));
            }
            _ => return Err(HostError::new(path, Failure::WrongKind)),
        }
        let below = self
            .nodes
            .range(here.clone()..)
            .skip(1)
            .take_while(|(there, _)| there.starts_with(&here));
        let entries = below.filter_map(|(there, node)| {
            if there.parent() != Some(&here) {
                return None;
            }
            let kind = match node {
                Node::File { .. } | Node::Parts { .. } => FileKind::File,
                Node::Directory { .. } => FileKind::Directory,
                Node::Link(_) => FileKind::Link,
                Node::Unread { kind, .. } => *kind,
                Node::Failed(Failure::NotFound) => return None,
                Node::Failed(_) => FileKind::File,
            };
            Some(Entry { name: there.file_name()?.to_str()?.to_owned(), kind })
        });
        let mut entries: Vec<Entry> = entries.collect();
        entries.sort();
        Ok(entries)
    }

    fn metadata(&self, path: &Path) -> Result<Metadata, HostError> {
        let (kind, size, modified) = match self.find(path, true)?.1 {
            Node::File { content, modified } => (FileKind::File, content.len() as u64, *modified),
            Node::Parts { size, modified, .. } => (FileKind::File, *size, *modified),
            Node::Directory { modified, .. } => (FileKind::Directory, 0, *modified),
            Node::Unread { kind, size, modified, .. } => (*kind, *size, *modified),
            Node::Link(_) | Node::Failed(_) => return Err(HostError::new(path, Failure::NotFound)),
        };
        Ok(Metadata { kind, size, modified })
    }

    fn read_link(&self, path: &Path) -> Result<PathBuf, HostError> {
        match self.find(path, false)?.1 {
            Node::Link(target) => Ok(target.clone()),
            Node::Unread { kind: FileKind::Link, why, .. } => {
                Err(HostError::new(path, why.clone()))
            }
            _ => Err(HostError::new(path, Failure::WrongKind)),
        }
    }

    fn env(&self, name: &str) -> Option<String> {
        self.env.get(name).cloned()
    }

    fn kernel_log(&self) -> Result<KernelLogText, HostError> {
        match &self.kernel_log {
            Some(Ok(log)) => Ok(log.clone()),
            Some(Err(why)) => Err(HostError::new(Path::new("/dev/kmsg"), why.clone())),
            None => super::log_file(self),
        }
    }

    fn query_driver(&self) -> Result<String, HostError> {
        let unasked = Err(Failure::Unsupported);
        let answer = self.driver.clone().unwrap_or(unasked);
        answer.map_err(|why| HostError::new(Path::new("/dev/nvidiactl"), why))
    }

    fn run(&self, command: &Command) -> Result<Output, HostError> {
        let unknown = || Err(self.elsewhere.clone().unwrap_or(Failure::Unsupported));
        let answer = self.commands.get(&command_line(command)).cloned().unwrap_or_else(unknown);
        answer.map_err(|why| HostError::new(&command.program, why))
    }
}

/// A command as answers are found by: its program and its arguments.
pub(super) fn command_line(command: &Command) -> Vec<String> {
    let program = command.program.to_string_lossy().into_owned();
    [program].into_iter().chain(command.arguments.iter().cloned()).collect()
}

/// Random access to the known parts of a file. Reading what is not known is an error, never zeros.
struct Parts {
    size: u64,
    parts: Vec<Part>,
}

impl RandomRead for Parts {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() || offset >= self.size {
            return Ok(0);
        }
        for Part { offset: start, bytes, .. } in &self.parts {
            let skip = offset.checked_sub(*start).and_then(|skip| usize::try_from(skip).ok());
            let known = skip.and_then(|skip| bytes.get(skip..)).filter(|known| !known.is_empty());
            if let Some(known) = known {
                let count = known.len().min(buffer.len());
                buffer[..count].copy_from_slice(&known[..count]);
                return Ok(count);
            }
        }
        Err(io::Error::other("this part of the file is not in the capture"))
    }
}

//! Wraps a machine and keeps what is read of it, failures included, so that the same questions get the same
//! answers from a capture.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::memory::{Memory, Node, Part, command_line};
use crate::host::{
    Command, Entry, Extract, Failure, FileKind, Host, HostError, HostKind, KernelLogText, Metadata,
    Output, RandomRead,
};
use crate::parse::digest::Algorithm;

/// A host that remembers every answer of the one it wraps.
pub struct Recorder {
    inner: Arc<dyn Host>,
    seen: Arc<Mutex<Memory>>,
}

impl Recorder {
    /// Records what is asked of `inner`.
    pub fn new(inner: Arc<dyn Host>) -> Self {
        let seen = Memory {
            kind: Some(inner.kind()),
            elsewhere: Some(Failure::NotCaptured),
            ..Memory::default()
        };
        Self { inner, seen: Arc::new(Mutex::new(seen)) }
    }

    /// What was seen so far, as a machine of its own.
    pub fn recorded(&self) -> Memory {
        self.seen().clone()
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Memory> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The resolved path of `path`, with every link on the way noted. `follow`: the last component's link too.
    fn resolve(&self, path: &Path, follow: bool) -> PathBuf {
        let mut pending: Vec<PathBuf> =
            path.components().rev().map(|part| part.as_os_str().into()).collect();
        let mut here = PathBuf::from("/");
        let mut hops = 0;
        while let Some(part) = pending.pop() {
            if part == Path::new("..") {
                here.pop();
                continue;
            }
            here.push(part);
            if here == Path::new("/") || (pending.is_empty() && !follow) {
                continue;
            }
            let known = self.seen().nodes.get(&here).cloned();
            let target = match known {
                Some(Node::Link(target)) => target,
                Some(Node::Unread { kind: FileKind::Link, .. }) | None => {
                    let Ok(target) = self.inner.read_link(&here) else { continue };
                    self.note(here.clone(), Node::Link(target.clone()));
                    target
                }
                Some(_) => continue,
            };
            hops += 1;
            if hops > 40 {
                break;
            }
            here.pop();
            if target.is_absolute() {
                here = PathBuf::from("/");
            }
            pending.extend(target.components().rev().map(|part| PathBuf::from(part.as_os_str())));
        }
        here
    }

    /// Notes a node, and the directories above it.
    fn note(&self, path: PathBuf, node: Node) {
        let mut seen = self.seen();
        for above in path.ancestors().skip(1) {
            let unlisted = Some(Failure::NotCaptured);
            let directory = Node::Directory { unlisted, modified: 0 };
            seen.nodes.entry(above.to_owned()).or_insert(directory);
        }
        let merged = match seen.nodes.remove(&path) {
            Some(known) => merge(known, node),
            None => node,
        };
        seen.nodes.insert(path, merged);
    }

    /// Notes that `path` could not be read, with what is known of it all the same.
    fn note_failure(&self, path: &Path, error: &HostError) {
        if error.is_absent() {
            // The topmost directory that is not there: nothing below it is.
            let mut missing = self.resolve(path, true);
            while let Some(above) = missing.parent() {
                let looked = self.inner.metadata(above);
                let is_gone = looked.is_err_and(|error| error.is_absent());
                if !is_gone || self.inner.read_link(above).is_ok() {
                    break;
                }
                missing = above.to_owned();
            }
            self.note(missing, Node::Failed(Failure::NotFound));
            return;
        }
        let node = match self.inner.metadata(path) {
            Ok(Metadata { kind, size, modified }) => {
                Node::Unread { kind, size, modified, why: error.why.clone() }
            }
            Err(_) => Node::Failed(error.why.clone()),
        };
        self.note(self.resolve(path, true), node);
    }

    fn keep<T>(
        &self,
        path: &Path,
        answer: Result<T, HostError>,
        node: impl FnOnce(&T) -> Node,
    ) -> Result<T, HostError> {
        match &answer {
            Ok(value) => {
                let node = node(value);
                self.note(self.resolve(path, true), node);
            }
            Err(error) => self.note_failure(path, error),
        }
        answer
    }

    fn modified(&self, path: &Path) -> i64 {
        self.inner.metadata(path).map_or(0, |metadata| metadata.modified)
    }
}

/// Of two answers about one path, the one that says more.
fn merge(known: Node, new: Node) -> Node {
    match (known, new) {
        (Node::Parts { size, modified, mut parts }, Node::Parts { parts: more, .. }) => {
            parts.extend(more);
            Node::Parts { size, modified, parts }
        }
        (
            Node::Directory { unlisted: a, modified: m },
            Node::Directory { unlisted: b, modified: n },
        ) => {
            let unlisted = a.zip(b).map(|(a, b)| if a == Failure::NotCaptured { b } else { a });
            Node::Directory { unlisted, modified: m.max(n) }
        }
        (known @ (Node::File { .. } | Node::Link(_)), _) => known,
        (known @ Node::Parts { .. }, Node::Unread { .. } | Node::Failed(_)) => known,
        // It was only taken for one because something below it was asked for.
        (Node::Directory { unlisted: Some(_), .. }, Node::Failed(Failure::NotCaptured)) => {
            Node::Failed(Failure::NotCaptured)
        }
        (Node::Directory { unlisted: Some(_), modified }, Node::Failed(why)) => {
            Node::Directory { unlisted: Some(why), modified }
        }
        (Node::Directory { unlisted, .. }, Node::Unread { modified, why, .. }) => {
            let unlisted =
                unlisted.map(|known| if why == Failure::NotCaptured { known } else { why });
            Node::Directory { unlisted, modified }
        }
        (known @ Node::Directory { .. }, _) => known,
        // A failure stays known when size and time are learnt later.
        (Node::Unread { why, .. }, Node::Unread { kind, size, modified, why: later }) => {
            let why = if later == Failure::NotCaptured { why } else { later };
            Node::Unread { kind, size, modified, why }
        }
        (_, new) => new,
    }
}

impl Host for Recorder {
    fn kind(&self) -> HostKind {
        self.inner.kind()
    }

    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, HostError> {
        self.keep(path, self.inner.read(path, limit), |content| Node::File {
            content: content.clone(),
            modified: self.modified(path),
        })
    }

    fn open(&self, path: &Path) -> Result<Box<dyn RandomRead>, HostError> {
        let file = self.inner.open(path);
        let modified = self.modified(path);
        let file = self.keep(path, file, |file| Node::Parts {
            size: file.size(),
            modified,
            parts: vec![],
        })?;
        Ok(Box::new(RecordedFile {
            file,
            path: self.resolve(path, true),
            seen: Arc::clone(&self.seen),
        }))
    }

    fn extract(&self, path: &Path, extract: Extract<'_>) -> Result<Vec<u8>, HostError> {
        self.keep(path, self.inner.extract(path, extract), |content| Node::File {
            content: content.clone(),
            modified: self.modified(path),
        })
    }

    fn digest(&self, path: &Path, algorithm: Algorithm) -> Result<String, HostError> {
        let answer = self.inner.digest(path, algorithm);
        let kept = answer.clone().map_err(|error| error.why);
        self.seen().digests.insert((path.to_owned(), algorithm), kept);
        answer
    }

    fn list(&self, path: &Path) -> Result<Vec<Entry>, HostError> {
        let modified = self.modified(path);
        let answer = self
            .keep(path, self.inner.list(path), |_| Node::Directory { unlisted: None, modified });
        if let Ok(entries) = &answer {
            let here = self.resolve(path, true);
            let mut seen = self.seen();
            for Entry { name, kind } in entries {
                let unread =
                    Node::Unread { kind: *kind, size: 0, modified: 0, why: Failure::NotCaptured };
                seen.nodes.entry(here.join(name)).or_insert(unread);
            }
        }
        answer
    }

    fn metadata(&self, path: &Path) -> Result<Metadata, HostError> {
        self.keep(path, self.inner.metadata(path), |metadata| Node::Unread {
            kind: metadata.kind,
            size: metadata.size,
            modified: metadata.modified,
            why: Failure::NotCaptured,
        })
    }

    fn read_link(&self, path: &Path) -> Result<PathBuf, HostError> {
        let answer = self.inner.read_link(path);
        match &answer {
            Ok(target) => self.note(self.resolve(path, false), Node::Link(target.clone())),
            // That a file is no link is said by what else is known of it.
            Err(error) if error.why == Failure::WrongKind => {
                let _ = self.metadata(path);
            }
            Err(error) => self.note_failure(path, error),
        }
        answer
    }

    fn env(&self, name: &str) -> Option<String> {
        let value = self.inner.env(name)?;
        self.seen().env.insert(name.to_owned(), value.clone());
        Some(value)
    }

    fn kernel_log(&self) -> Result<KernelLogText, HostError> {
        let log = self.inner.kernel_log();
        self.seen().kernel_log = Some(log.clone().map_err(|error| error.why));
        log
    }

    fn query_driver(&self) -> Result<String, HostError> {
        let answer = self.inner.query_driver();
        self.seen().driver = Some(answer.clone().map_err(|error| error.why));
        answer
    }

    fn run(&self, command: &Command) -> Result<Output, HostError> {
        let answer = self.inner.run(command);
        let kept = answer.clone().map_err(|error| error.why);
        self.seen().commands.insert(command_line(command), kept);
        answer
    }
}

struct RecordedFile {
    file: Box<dyn RandomRead>,
    path: PathBuf,
    seen: Arc<Mutex<Memory>>,
}

impl RandomRead for RecordedFile {
    fn size(&self) -> u64 {
        self.file.size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read_at(offset, buffer)?;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(Node::Parts { parts, .. }) = seen.nodes.get_mut(&self.path) {
            parts.push(Part::new(offset, buffer[..count].to_vec()));
        }
        Ok(count)
    }
}

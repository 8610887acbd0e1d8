//! Following links without asking twice: many driver files lie in few directories.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::host::{Failure, Host, HostError, LinkChain, follow};

/// Follows links as [`follow`] does, and remembers where they lead.
pub(super) struct Links<'h> {
    host: &'h dyn Host,
    /// By true path, but for the last name; `None`: no link.
    targets: RefCell<HashMap<PathBuf, Option<PathBuf>>>,
    directories: RefCell<HashMap<PathBuf, PathBuf>>,
}

impl<'h> Links<'h> {
    pub(super) fn new(host: &'h dyn Host) -> Self {
        Self { host, targets: RefCell::default(), directories: RefCell::default() }
    }

    /// The true path of a directory, whether or not it is there.
    pub(super) fn directory(&self, path: &Path) -> Result<PathBuf, HostError> {
        if let Some(known) = self.directories.borrow().get(path) {
            return Ok(known.clone());
        }
        let end = follow(self.host, path)?.end;
        self.directories.borrow_mut().insert(path.to_owned(), end.clone());
        Ok(end)
    }

    /// The same as [`follow`].
    pub(super) fn follow(&self, path: &Path) -> Result<LinkChain, HostError> {
        let mut links = Vec::new();
        let mut next = path.to_owned();
        for _ in 0..40 {
            let (Some(directory), Some(name)) = (next.parent(), next.file_name()) else {
                return follow(self.host, path);
            };
            let here = self.directory(directory)?.join(name);
            match self.target(&here) {
                Some(target) => {
                    // An absolute target replaces the path; `..` is resolved with the directory.
                    next = here.parent().unwrap_or(Path::new("/")).join(target);
                    links.push(here);
                }
                None => return Ok(LinkChain { links, end: here }),
            }
        }
        Err(HostError::new(path, Failure::LinkLoop))
    }

    fn target(&self, path: &Path) -> Option<PathBuf> {
        if let Some(known) = self.targets.borrow().get(path) {
            return known.clone();
        }
        let target = self.host.read_link(path).ok();
        self.targets.borrow_mut().insert(path.to_owned(), target.clone());
        target
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hosts::memory::Memory;

    #[test]
    fn agrees_with_follow() {
        let host = Memory::default()
            .link("/lib", "usr/lib")
            .link("/usr/lib/libcuda.so", "libcuda.so.1")
            .link("/usr/lib/libcuda.so.1", "/etc/alternatives/libcuda")
            .link("/etc/alternatives/libcuda", "/lib/nvidia/../nvidia/current/libcuda.so.535.1")
            .file("/usr/lib/nvidia/current/libcuda.so.535.1", "")
            .link("/usr/lib/loop", "loop")
            .link("/usr/lib/up", "..");
        let links = Links::new(&host);
        for path in [
            "/lib/libcuda.so",
            "/usr/lib/libcuda.so.1",
            "/lib/none",
            "/lib/loop",
            "/lib/up",
            "/none/x",
            "/",
        ] {
            let path = Path::new(path);
            assert_eq!(links.follow(path), follow(&host, path), "{}", path.display());
        }
        assert_eq!(links.follow(Path::new("/lib/libcuda.so")).unwrap().links.len(), 3);
    }
}

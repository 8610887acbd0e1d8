//! The directories that were asked for. Dozens of names are asked of most: within a known one a name costs one short
//! call, below a missing one none.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rustix::fd::OwnedFd;

/// Directories that are held open; a process may have 1024 files open.
pub(super) const MOST: usize = 256;
/// Paths that are remembered.
const MOST_PATHS: usize = 4096;

/// A directory that is held open.
#[derive(Clone)]
pub(super) struct Directory {
    pub(super) fd: Arc<OwnedFd>,
    /// Whether its path's last component is the directory itself, and no link.
    pub(super) is_plain: bool,
}

/// What is known of a directory.
pub(super) enum Known {
    There(Directory),
    /// It, or one that it lies in, is not there.
    Missing,
    /// Nothing, nor of those right above it: of that many, itself included.
    Below(usize),
}

#[derive(Default)]
pub(super) struct Directories {
    known: Mutex<Table>,
    /// Whether the tree changes: then none can be remembered.
    changes: AtomicBool,
}

#[derive(Default)]
struct Table {
    /// `None`: nothing is there, directory or not.
    by_path: HashMap<OsString, Option<Directory>, foldhash::fast::RandomState>,
    /// How many are held open.
    open: usize,
}

impl Directories {
    pub(super) fn get(&self, path: &Path) -> Known {
        let known = &self.known.lock().unwrap_or_else(PoisonError::into_inner).by_path;
        match known.get(path.as_os_str()) {
            Some(Some(directory)) => return Known::There(directory.clone()),
            Some(None) => return Known::Missing,
            None => {}
        }
        // From the root down: a path can be absurdly long.
        let above: Vec<&Path> = path.ancestors().collect();
        for (index, above) in above.iter().enumerate().rev() {
            match known.get(above.as_os_str()) {
                Some(Some(_)) => {}
                Some(None) => return Known::Missing,
                None => return Known::Below(index + 1),
            }
        }
        Known::Below(1)
    }

    /// Whether this very path is known to be a directory, and no link to one.
    pub(super) fn is_plain(&self, path: &Path) -> bool {
        let known = &self.known.lock().unwrap_or_else(PoisonError::into_inner).by_path;
        matches!(known.get(path.as_os_str()), Some(Some(Directory { is_plain: true, .. })))
    }

    /// Remembers none any more: from now on the tree changes, by this program or by others that it runs.
    pub(super) fn begin_change(&self) {
        self.changes.store(true, Ordering::Relaxed);
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Table::default();
    }

    pub(super) fn remember(&self, path: &Path, directory: Option<Directory>) {
        if self.changes.load(Ordering::Relaxed) {
            return;
        }
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.open >= MOST || known.by_path.len() >= MOST_PATHS {
            *known = Table::default();
        }
        let opened = usize::from(directory.is_some());
        let replaced = known.by_path.insert(path.into(), directory).flatten();
        known.open = known.open + opened - usize::from(replaced.is_some());
    }
}

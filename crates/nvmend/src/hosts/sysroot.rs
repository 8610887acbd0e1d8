//! A machine's file tree under any directory, with every link resolved inside it.

mod directories;

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io;
use std::mem::MaybeUninit;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{AtFlags, FileType, Mode, OFlags, RawDir, ResolveFlags, Stat};
use rustix::io::Errno;

use self::directories::{Directories, Directory, Known};
use crate::host::{
    Entry, Failure, FileKind, Host, HostError, HostKind, KernelLogText, Metadata, RandomRead,
};

/// A directory that holds more names than this is no directory of a driver.
const MOST_ENTRIES: usize = 200_000;

/// The size that sysfs reports for its files.
const PAGE: u64 = 4096;

/// A file tree. Links, absolute ones and `..` included, never lead out of it.
pub struct Sysroot {
    root: OwnedFd,
    env: BTreeMap<String, String>,
    directories: Directories,
    /// Whether the kernel has openat2 (Linux 5.6) and lets us use it (some container filters answer EPERM).
    openat2: AtomicBool,
}

impl Sysroot {
    /// Opens the tree at `directory`. `env` is the environment to judge.
    pub fn open(directory: &Path, env: BTreeMap<String, String>) -> Result<Self, HostError> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let root = rustix::fs::open(directory, flags, Mode::empty())
            .map_err(|error| failed(directory, error))?;
        Ok(Self { root, env, directories: Directories::default(), openat2: AtomicBool::new(true) })
    }

    /// The tree begins to change: what is read from now on is read anew, down from the root.
    pub(super) fn begin_change(&self) {
        self.directories.begin_change();
    }

    /// Resolves links step by step even where the kernel could do it; for the tests of exactly that.
    #[cfg(test)]
    fn without_openat2(self) -> Self {
        self.openat2.store(false, Ordering::Relaxed);
        self
    }

    /// Opens `path` inside the root, following links also in its last component.
    fn open_at(&self, path: &Path, flags: OFlags) -> Result<OwnedFd, HostError> {
        let flags = flags | OFlags::CLOEXEC;
        if self.openat2.load(Ordering::Relaxed) {
            let resolve = ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS;
            // EAGAIN: something was renamed meanwhile and the kernel could not vouch for the result.
            for _ in 0..8 {
                match rustix::fs::openat2(&self.root, inside(path), flags, Mode::empty(), resolve) {
                    Ok(fd) => return Ok(fd),
                    Err(Errno::AGAIN) => {}
                    Err(Errno::NOSYS | Errno::PERM) => {
                        self.openat2.store(false, Ordering::Relaxed);
                        break;
                    }
                    Err(error) => return Err(failed(path, error)),
                }
            }
        }
        self.walk(path, flags)
    }

    /// The directory of `path` and its name there; `None` for a path without a name (`/`, `..`).
    fn place<'p>(&self, path: &'p Path) -> Result<Option<Place<'p>>, HostError> {
        let Some((parent, name)) = split(path) else { return Ok(None) };
        let directory = match self.directories.get(parent) {
            Known::There(directory) => Ok(directory.fd),
            Known::Missing => Err(HostError::new(path, Failure::NotFound)),
            Known::Below(unknown) => self.open_directory(parent, unknown, OFlags::PATH),
        };
        let directory = directory.map_err(|error| HostError::new(path, error.why))?;
        Ok(Some(Place { directory, name }))
    }

    /// Opens a directory, and before it those above it that are still `unknown`, from the root down: all are
    /// remembered, and the first that is missing answers for whatever is asked for below it.
    fn open_directory(
        &self,
        path: &Path,
        unknown: usize,
        flags: OFlags,
    ) -> Result<Arc<OwnedFd>, HostError> {
        let above: Vec<&Path> = path.ancestors().take(unknown).skip(1).collect();
        for above in above.into_iter().rev() {
            self.open_next_directory(above, OFlags::PATH)?;
        }
        self.open_next_directory(path, flags)
    }

    fn open_next_directory(&self, path: &Path, flags: OFlags) -> Result<Arc<OwnedFd>, HostError> {
        let flags = flags | OFlags::DIRECTORY | OFlags::CLOEXEC;
        if let Some((parent, name)) = split(path)
            && let Known::There(above) = self.directories.get(parent)
        {
            let plain = flags | OFlags::NOFOLLOW;
            match rustix::fs::openat(&*above.fd, name, plain, Mode::empty()) {
                Ok(fd) => return Ok(self.keep(path, fd, true)),
                Err(Errno::NOENT) => {
                    self.directories.remember(path, None);
                    return Err(HostError::new(path, Failure::NotFound));
                }
                // A link, which must be resolved from the root; or the same error once more.
                Err(_) => {}
            }
        }
        match self.open_at(path, flags) {
            Ok(fd) => Ok(self.keep(path, fd, false)),
            Err(error) => {
                if error.is_absent() {
                    self.directories.remember(path, None);
                }
                Err(error)
            }
        }
    }

    fn keep(&self, path: &Path, fd: OwnedFd, is_plain: bool) -> Arc<OwnedFd> {
        let fd = Arc::new(fd);
        self.directories.remember(path, Some(Directory { fd: Arc::clone(&fd), is_plain }));
        fd
    }

    /// What openat2 does with RESOLVE_IN_ROOT, one component at a time.
    fn walk(&self, path: &Path, flags: OFlags) -> Result<OwnedFd, HostError> {
        let fail = |error| failed(path, error);
        let step = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mut pending: Vec<OsString> = components(path);
        // The directories from the root down to where we are; `..` goes back along them and no further.
        let mut above: Vec<OwnedFd> = Vec::new();
        let mut hops = 0;
        while let Some(name) = pending.pop() {
            if name == ".." {
                above.pop();
                continue;
            }
            let here = above.last().unwrap_or(&self.root);
            let next = rustix::fs::openat(here, &name, step, Mode::empty()).map_err(fail)?;
            let stat = rustix::fs::fstat(&next).map_err(fail)?;
            if FileType::from_raw_mode(stat.st_mode) == FileType::Symlink {
                hops += 1;
                if hops > 40 {
                    return Err(HostError::new(path, Failure::LinkLoop));
                }
                let target = rustix::fs::readlinkat(&next, "", Vec::new()).map_err(fail)?;
                let target = PathBuf::from(OsString::from_vec(target.into_bytes()));
                if target.is_absolute() {
                    above.clear();
                }
                pending.extend(components(&target));
            } else if pending.is_empty() {
                return rustix::fs::openat(here, &name, flags | OFlags::NOFOLLOW, Mode::empty())
                    .map_err(fail);
            } else {
                above.push(next);
            }
        }
        let here = above.last().unwrap_or(&self.root);
        rustix::fs::openat(here, ".", flags, Mode::empty()).map_err(fail)
    }

    /// What stands at the end of all links of `path`, and where to open it unless a link leads there.
    fn look<'p>(&self, path: &'p Path) -> Result<(Stat, Option<Place<'p>>), HostError> {
        let fail = |error| failed(path, error);
        if let Some(place) = self.place(path)? {
            let flags = AtFlags::SYMLINK_NOFOLLOW;
            let stat = rustix::fs::statat(&*place.directory, place.name, flags).map_err(fail)?;
            if kind_of(&stat) != FileKind::Link {
                return Ok((stat, Some(place)));
            }
        }
        let looked = self.open_at(path, OFlags::PATH)?;
        Ok((rustix::fs::fstat(&looked).map_err(fail)?, None))
    }

    /// Looks before it opens: opening a device or a FIFO can block or do something.
    fn open_regular(&self, path: &Path) -> Result<(OwnedFd, Stat), HostError> {
        let (stat, place) = self.look(path)?;
        if kind_of(&stat) != FileKind::File {
            return Err(HostError::new(path, Failure::WrongKind));
        }
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        if let Some(Place { directory, name }) = place {
            let flags = flags | OFlags::NOFOLLOW;
            let fd = rustix::fs::openat(&*directory, name, flags, Mode::empty())
                .map_err(|error| failed(path, error))?;
            // What was put there in between is no link, and does not block; a device only root can put there.
            return Ok((fd, stat));
        }
        let fd = self.open_at(path, flags)?;
        let stat = rustix::fs::fstat(&fd).map_err(|error| failed(path, error))?;
        if kind_of(&stat) != FileKind::File {
            return Err(HostError::new(path, Failure::WrongKind));
        }
        Ok((fd, stat))
    }
}

/// A name in a directory that is held open.
struct Place<'p> {
    directory: Arc<OwnedFd>,
    name: &'p OsStr,
}

impl Host for Sysroot {
    fn kind(&self) -> HostKind {
        HostKind::Tree
    }

    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, HostError> {
        let (fd, stat) = self.open_regular(path)?;
        let too_large = || HostError::new(path, Failure::TooLarge { limit });
        let size = u64::try_from(stat.st_size).unwrap_or(0);
        // Every file of sysfs claims the size of a page, however little it holds.
        if size > limit.max(PAGE) {
            return Err(too_large());
        }
        // Files of /proc have no size, those of /sys a page's: read on to the end.
        let expected = usize::try_from(size).unwrap_or(0);
        let mut content = Vec::with_capacity(if expected == 0 { 4096 } else { expected + 1 });
        loop {
            if content.len() as u64 > limit {
                return Err(too_large());
            }
            if content.len() == content.capacity() {
                content.reserve(content.capacity());
            }
            match rustix::io::read(&fd, rustix::buffer::spare_capacity(&mut content)) {
                Ok(0) => return Ok(content),
                // There was room for more.
                Ok(_) if content.len() == expected && size <= limit => return Ok(content),
                Ok(_) | Err(Errno::INTR) => {}
                Err(error) => return Err(failed(path, error)),
            }
        }
    }

    fn open(&self, path: &Path) -> Result<Box<dyn RandomRead>, HostError> {
        let (fd, stat) = self.open_regular(path)?;
        Ok(Box::new(OpenFile { fd, size: u64::try_from(stat.st_size).unwrap_or(0) }))
    }

    fn list(&self, path: &Path) -> Result<Vec<Entry>, HostError> {
        let fail = |error| failed(path, error);
        let flags = OFlags::RDONLY | OFlags::NONBLOCK;
        let fd = match self.directories.get(path) {
            Known::There(known) => {
                let flags = flags | OFlags::DIRECTORY | OFlags::CLOEXEC;
                Arc::new(rustix::fs::openat(&*known.fd, ".", flags, Mode::empty()).map_err(fail)?)
            }
            Known::Missing => return Err(HostError::new(path, Failure::NotFound)),
            Known::Below(unknown) => self
                .open_directory(path, unknown, flags)
                .map_err(|error| HostError::new(path, error.why))?,
        };
        let mut entries = Vec::new();
        // One call for an ordinary directory.
        let mut buffer = [MaybeUninit::uninit(); 32 << 10];
        let mut directory = RawDir::new(&*fd, &mut buffer);
        while let Some(entry) = directory.next() {
            let entry = entry.map_err(fail)?;
            let Ok(name) = entry.file_name().to_str() else { continue };
            if matches!(name, "." | "..") {
                continue;
            }
            let mut kind = entry.file_type();
            if kind == FileType::Unknown {
                let stat = rustix::fs::statat(fd.as_fd(), name, AtFlags::SYMLINK_NOFOLLOW);
                kind = stat.map_or(FileType::Unknown, |stat| FileType::from_raw_mode(stat.st_mode));
            }
            if entries.len() == MOST_ENTRIES {
                return Err(HostError::new(path, Failure::TooLarge { limit: MOST_ENTRIES as u64 }));
            }
            entries.push(Entry { name: name.to_owned(), kind: file_kind(kind) });
        }
        entries.sort();
        Ok(entries)
    }

    fn metadata(&self, path: &Path) -> Result<Metadata, HostError> {
        let (stat, _) = self.look(path)?;
        Ok(Metadata {
            kind: kind_of(&stat),
            size: u64::try_from(stat.st_size).unwrap_or(0),
            modified: stat.st_mtime,
        })
    }

    fn read_link(&self, path: &Path) -> Result<PathBuf, HostError> {
        let wrong_kind = || HostError::new(path, Failure::WrongKind);
        // Whoever follows a path asks this of every directory on the way.
        if self.directories.is_plain(path) {
            return Err(wrong_kind());
        }
        let Place { directory, name } = self.place(path)?.ok_or_else(wrong_kind)?;
        let target =
            rustix::fs::readlinkat(&*directory, name, Vec::new()).map_err(|error| match error {
                Errno::INVAL => wrong_kind(),
                error => {
                    // The next question is mostly whether this is a directory.
                    if error == Errno::NOENT {
                        self.directories.remember(path, None);
                    }
                    failed(path, error)
                }
            })?;
        target.into_string().map(PathBuf::from).map_err(|_| {
            HostError::new(path, Failure::Io("the link's target is not UTF-8".to_owned()))
        })
    }

    fn env(&self, name: &str) -> Option<String> {
        self.env.get(name).cloned()
    }

    fn kernel_log(&self) -> Result<KernelLogText, HostError> {
        super::log_file(self)
    }

    fn query_driver(&self) -> Result<String, HostError> {
        Err(HostError::new(Path::new("/dev/nvidiactl"), Failure::Unsupported))
    }
}

struct OpenFile {
    fd: OwnedFd,
    size: u64,
}

impl RandomRead for OpenFile {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(rustix::io::retry_on_intr(|| rustix::io::pread(&self.fd, &mut *buffer, offset))?)
    }
}

/// The path without its leading slash, as it is opened relative to the root.
fn inside(path: &Path) -> &Path {
    let bytes = path.as_os_str().as_bytes();
    let slashes = bytes.iter().take_while(|byte| **byte == b'/').count();
    let relative = bytes.get(slashes..).filter(|relative| !relative.is_empty()).unwrap_or(b".");
    Path::new(OsStr::from_bytes(relative))
}

/// The directory of an absolute path and the name in it. By the bytes: `Path` takes each path apart from its end, and
/// here pass all paths that are asked for.
fn split(path: &Path) -> Option<(&Path, &OsStr)> {
    let bytes = path.as_os_str().as_bytes();
    let slash = memchr::memrchr(b'/', bytes)?;
    let (parent, name) = (bytes.get(..slash.max(1))?, bytes.get(slash + 1..)?);
    let is_name = !matches!(name, b"" | b"." | b"..");
    is_name.then(|| (Path::new(OsStr::from_bytes(parent)), OsStr::from_bytes(name)))
}

/// The components to walk, last first.
fn components(path: &Path) -> Vec<OsString> {
    let names = path.components().rev().filter_map(|component| match component {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some("..".into()),
        _ => None,
    });
    names.collect()
}

fn file_kind(kind: FileType) -> FileKind {
    match kind {
        FileType::RegularFile => FileKind::File,
        FileType::Directory => FileKind::Directory,
        FileType::Symlink => FileKind::Link,
        _ => FileKind::Other,
    }
}

fn kind_of(stat: &Stat) -> FileKind {
    file_kind(FileType::from_raw_mode(stat.st_mode))
}

/// The system's answer in our words.
pub(super) fn failed(path: &Path, error: Errno) -> HostError {
    let why = match error {
        Errno::NOENT => Failure::NotFound,
        // A component that is a file where a directory was meant: the path does not exist.
        Errno::NOTDIR => Failure::NotFound,
        Errno::ACCESS | Errno::PERM => Failure::NotPermitted,
        Errno::LOOP => Failure::LinkLoop,
        Errno::ISDIR => Failure::WrongKind,
        error => Failure::Io(io::Error::from(error).to_string()),
    };
    HostError::new(path, why)
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "these tests make the trees that the host reads")]
mod tests;

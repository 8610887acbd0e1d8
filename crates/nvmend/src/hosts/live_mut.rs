//! Changes to this machine. Every file is written beside its place, put on disk, and moved there in one step.

#![allow(clippy::disallowed_methods, reason = "hosts/ is where the real system is known")]

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown, lchown, symlink};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

use rustix::fs::{AtFlags, CWD, FlockOperation, RenameFlags, Timespec, Timestamps, XattrFlags};
use rustix::io::Errno;
use rustix::process::{Flock, FlockType, Pid};
use sha2::{Digest, Sha256};

use super::live::Live;
use crate::host::{Command, Failure, HostError, Output};
use crate::host_mut::{HostMut, Place, Signal, Time};

impl HostMut for Live {
    fn place(&self, path: &Path) -> Result<Place, HostError> {
        let metadata = match path.symlink_metadata() {
            Ok(metadata) => metadata,
            Err(error) if is_nothing(&error) => return Ok(Place::Nothing),
            Err(error) => return Err(failed(path, &error)),
        };
        let kind = metadata.file_type();
        if kind.is_symlink() {
            let target = rustix::fs::readlink(path, Vec::new()).map_err(|e| errno(path, e))?;
            let target = target.to_string_lossy().into_owned();
            return Ok(Place::Link(PathBuf::from(target)));
        }
        if !kind.is_file() {
            return Ok(Place::Other);
        }
        let digest = file_digest(path).map_err(|error| failed(path, &error))?;
        Ok(Place::File { digest })
    }

    fn write(&self, path: &Path, content: &[u8], mode: u32) -> Result<(), HostError> {
        self.begin_change();
        place_new(path, |temporary| {
            let mut file = create(temporary, mode)?;
            if let Ok(there) = path.symlink_metadata().and_then(|_| File::open(path)) {
                take_over(&there, &file)?;
            }
            file.write_all(content)?;
            file.sync_all()
        })
    }

    fn link(&self, path: &Path, target: &Path, modified: Option<Time>) -> Result<(), HostError> {
        self.begin_change();
        place_new(path, |temporary| {
            symlink(target, temporary)?;
            modified.map_or(Ok(()), |modified| set_link_time(temporary, modified))
        })
    }

    fn modified(&self, path: &Path) -> Result<Time, HostError> {
        let metadata = path.symlink_metadata().map_err(|error| failed(path, &error))?;
        Ok(time_of(&metadata))
    }

    fn rename(&self, from: &Path, to: &Path) -> Result<(), HostError> {
        self.begin_change();
        make_parents(to)?;
        match rustix::fs::renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
            Ok(()) => {}
            Err(Errno::XDEV) => {
                if self.place(to)? != Place::Nothing {
                    return Err(errno(to, Errno::EXIST));
                }
                self.copy(from, to)?;
                fs::remove_file(from).map_err(|error| failed(from, &error))?;
            }
            Err(error) => return Err(errno(from, error)),
        }
        sync_parent(from)?;
        sync_parent(to)
    }

    fn copy(&self, from: &Path, to: &Path) -> Result<(), HostError> {
        self.begin_change();
        let metadata = from.symlink_metadata().map_err(|error| failed(from, &error))?;
        if metadata.file_type().is_symlink() {
            let target = fs::read_link(from).map_err(|error| failed(from, &error))?;
            return place_new(to, |temporary| {
                symlink(&target, temporary)?;
                lchown(temporary, Some(metadata.uid()), Some(metadata.gid()))?;
                set_link_time(temporary, time_of(&metadata))
            });
        }
        if !metadata.is_file() {
            return Err(HostError::new(from, Failure::WrongKind));
        }
        place_new(to, |temporary| {
            let mut source = File::open(from)?;
            let mut file = create(temporary, 0o600)?;
            io::copy(&mut source, &mut file)?;
            take_over(&source, &file)?;
            let times = fs::FileTimes::new()
                .set_modified(metadata.modified()?)
                .set_accessed(metadata.accessed()?);
            file.set_times(times)?;
            file.sync_all()
        })
    }

    fn directory_mode(&self, path: &Path) -> Result<Option<u32>, HostError> {
        match path.symlink_metadata() {
            Ok(metadata) if metadata.is_dir() => Ok(Some(metadata.mode() & 0o7777)),
            Ok(_) => Ok(None),
            Err(error) if is_nothing(&error) => Ok(None),
            Err(error) => Err(failed(path, &error)),
        }
    }

    fn make_directory(&self, path: &Path, mode: u32) -> Result<(), HostError> {
        self.begin_change();
        make_parents(path)?;
        let made = fs::create_dir(path)
            .and_then(|()| fs::set_permissions(path, fs::Permissions::from_mode(mode)));
        match made {
            Ok(()) => sync_parent(path),
            Err(error) if error.kind() == ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
            Err(error) => Err(failed(path, &error)),
        }
    }

    fn remove(&self, path: &Path) -> Result<(), HostError> {
        self.begin_change();
        match fs::remove_file(path) {
            Ok(()) => sync_parent(path),
            Err(error) if is_nothing(&error) => Ok(()),
            Err(error) => Err(failed(path, &error)),
        }
    }

    fn append(&self, path: &Path, content: &[u8], mode: u32) -> Result<(), HostError> {
        self.begin_change();
        make_parents(path)?;
        let is_new = path.symlink_metadata().is_err();
        let mut options = OpenOptions::new();
        options.append(true).create(true).mode(mode).custom_flags(libc::O_NOFOLLOW);
        let write = || {
            let mut file = options.open(path)?;
            file.write_all(content)?;
            file.sync_data()
        };
        write().map_err(|error: io::Error| failed(path, &error))?;
        if is_new { sync_parent(path) } else { Ok(()) }
    }

    fn set(&self, path: &Path, value: &str) -> Result<(), HostError> {
        let mut options = OpenOptions::new();
        options.write(true).custom_flags(libc::O_NOFOLLOW);
        let write = || options.open(path)?.write_all(value.as_bytes());
        write().map_err(|error| failed(path, &error))
    }

    fn unload_module(&self, name: &str) -> Result<(), HostError> {
        let path = Path::new("/sys/module").join(name);
        let name = std::ffi::CString::new(name).map_err(|_| errno(&path, Errno::INVAL))?;
        // O_NONBLOCK: a module in use is refused at once, not waited for (delete_module(2)).
        rustix::system::delete_module(&name, libc::O_NONBLOCK).map_err(|error| match error {
            Errno::BUSY | Errno::AGAIN => HostError::new(&path, Failure::Busy),
            error => errno(&path, error),
        })
    }

    fn execute(&self, command: &Command, line: &mut dyn FnMut(&str)) -> Result<Output, HostError> {
        self.begin_change();
        super::process::run_watched(command, line)
    }

    fn signal(&self, pid: u32, signal: Signal) -> Result<(), HostError> {
        let path = PathBuf::from(format!("/proc/{pid}"));
        let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
        let pid = pid.ok_or_else(|| errno(&path, Errno::SRCH))?;
        let signal = match signal {
            Signal::Terminate => rustix::process::Signal::TERM,
            Signal::Kill => rustix::process::Signal::KILL,
        };
        match rustix::process::kill_process(pid, signal) {
            // It has ended by itself.
            Ok(()) | Err(Errno::SRCH) => Ok(()),
            Err(error) => Err(errno(&path, error)),
        }
    }

    fn lock(&self, path: &Path) -> Result<Box<dyn Send>, HostError> {
        self.begin_change();
        make_parents(path)?;
        let mut options = OpenOptions::new();
        options.create(true).write(true).mode(0o600).custom_flags(libc::O_NOFOLLOW);
        let file = options.open(path).map_err(|error| failed(path, &error))?;
        match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Box::new(file)),
            Err(Errno::WOULDBLOCK) => Err(HostError::new(path, Failure::Busy)),
            Err(error) => Err(errno(path, error)),
        }
    }

    fn lock_holder(&self, path: &Path) -> Option<u32> {
        let mut options = OpenOptions::new();
        options.read(true).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK);
        let file = options.open(path).ok()?;
        let wish = Flock::from(FlockType::WriteLock);
        let holder = rustix::process::fcntl_getlk(&file, &wish).ok()??;
        // Without a process id it is nobody's in this namespace of processes; that it is held is what counts.
        Some(holder.pid.map_or(0, |pid| pid.as_raw_nonzero().get().cast_unsigned()))
    }

    /// systemd's inhibitor: held by a child that ends when its standard input does, so with this process at the latest.
    fn stay_awake(&self) -> Box<dyn Send> {
        let arguments = [
            "--what=shutdown:sleep",
            "--mode=block",
            "--who=nvmend",
            "--why=The driver is being repaired",
            "cat",
        ];
        let child = std::process::Command::new("/usr/bin/systemd-inhibit")
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn();
        Box::new(child.ok().map(Awake))
    }

    fn sleep(&self, time: Duration) {
        std::thread::sleep(time);
    }
}

/// The child that keeps the machine awake.
struct Awake(Child);

impl Drop for Awake {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        // It lets go when `cat` has ended: at once. One that hangs is no reason to hang with it.
        for _ in 0..50 {
            if !matches!(self.0.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.0.kill();
    }
}

/// Makes something beside `path` and moves it there; nothing of it is left where that fails.
fn place_new(path: &Path, make: impl Fn(&Path) -> io::Result<()>) -> Result<(), HostError> {
    make_parents(path)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = path.with_file_name(format!(".{name}.nvmend-new"));
    // Left by a crash.
    let _ = fs::remove_file(&temporary);
    let made = make(&temporary).and_then(|()| fs::rename(&temporary, path));
    made.map_err(|error| {
        let _ = fs::remove_file(&temporary);
        failed(path, &error)
    })?;
    sync_parent(path)
}

fn time_of(metadata: &fs::Metadata) -> Time {
    let nanoseconds = u32::try_from(metadata.mtime_nsec()).unwrap_or_default();
    Time { seconds: metadata.mtime(), nanoseconds }
}

/// Sets a link's own time of last change. A file system that keeps none for links is no reason to stop.
fn set_link_time(link: &Path, modified: Time) -> io::Result<()> {
    let untouched = Timespec { tv_sec: 0, tv_nsec: rustix::fs::UTIME_OMIT };
    let modified = Timespec { tv_sec: modified.seconds, tv_nsec: i64::from(modified.nanoseconds) };
    let times = Timestamps { last_access: untouched, last_modification: modified };
    match rustix::fs::utimensat(CWD, link, &times, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(()) | Err(Errno::OPNOTSUPP | Errno::NOSYS) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn create(path: &Path, mode: u32) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600).custom_flags(libc::O_NOFOLLOW);
    let file = options.open(path)?;
    file.set_permissions(fs::Permissions::from_mode(mode))?;
    Ok(file)
}

/// Gives `file` the owner, mode and extended attributes (SELinux' label among them) of `there`.
fn take_over(there: &File, file: &File) -> io::Result<()> {
    let metadata = there.metadata()?;
    fchown(file, Some(metadata.uid()), Some(metadata.gid()))?;
    file.set_permissions(metadata.permissions())?;
    let mut names = vec![0_u8; 64 << 10];
    let Ok(length) = rustix::fs::flistxattr(there, &mut names) else { return Ok(()) };
    for name in names[..length].split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
        let mut value = vec![0_u8; 64 << 10];
        if let Ok(length) = rustix::fs::fgetxattr(there, name, &mut value) {
            // Some file systems refuse what they set themselves.
            let _ = rustix::fs::fsetxattr(file, name, &value[..length], XattrFlags::empty());
        }
    }
    Ok(())
}

/// Directories above `path`. What is private in them has a mode of its own.
fn make_parents(path: &Path) -> Result<(), HostError> {
    let Some(parent) = path.parent() else { return Ok(()) };
    if parent.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o755);
    builder.recursive(true).create(parent).map_err(|error| failed(parent, &error))?;
    sync_parent(parent)
}

fn sync_parent(path: &Path) -> Result<(), HostError> {
    let parent = path.parent().unwrap_or(Path::new("/"));
    // `from` of a move may have been the last thing there.
    let Ok(directory) = rustix::fs::open(
        parent,
        rustix::fs::OFlags::DIRECTORY | rustix::fs::OFlags::CLOEXEC,
        rustix::fs::Mode::empty(),
    ) else {
        return Ok(());
    };
    match rustix::fs::fsync(&directory) {
        // File systems that can't (some network ones) are no reason to stop.
        Ok(()) | Err(Errno::INVAL) => Ok(()),
        Err(error) => Err(errno(parent, error)),
    }
}

fn file_digest(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 256 << 10];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            count => hash.update(&buffer[..count]),
        }
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

fn is_nothing(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

fn errno(path: &Path, error: Errno) -> HostError {
    super::sysroot::failed(path, error)
}

fn failed(path: &Path, error: &io::Error) -> HostError {
    match error.raw_os_error() {
        Some(code) => errno(path, Errno::from_raw_os_error(code)),
        None => HostError::new(path, Failure::Io(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Host;

    /// Undo brings links back with their times, as it does files; a move to another file system keeps them too.
    #[test]
    fn a_link_keeps_its_time() {
        let folder = tempfile::tempdir().unwrap();
        let live = Live::open().unwrap();
        let (link, copy) = (folder.path().join("link"), folder.path().join("copy"));
        let old = Time { seconds: 1_700_000_000, nanoseconds: 123_456_789 };
        live.link(&link, Path::new("nowhere"), Some(old)).unwrap();
        assert_eq!(live.modified(&link), Ok(old));
        live.copy(&link, &copy).unwrap();
        assert_eq!(live.modified(&copy), Ok(old));
        live.link(&link, Path::new("elsewhere"), None).unwrap();
        assert!(live.modified(&link).unwrap().seconds > old.seconds, "it is new");
        assert!(live.modified(&folder.path().join("none")).unwrap_err().is_absent());
    }

    #[test]
    fn a_directory_gets_its_mode() {
        let folder = tempfile::tempdir().unwrap();
        let live = Live::open().unwrap();
        let path = folder.path().join("above/nvidia");
        assert_eq!(live.directory_mode(&path), Ok(None));
        live.make_directory(&path, 0o700).unwrap();
        live.make_directory(&path, 0o755).unwrap();
        assert_eq!(live.directory_mode(&path), Ok(Some(0o700)), "the first that made it");
        live.write(&path.join("file"), b"", 0o600).unwrap();
        assert_eq!(live.directory_mode(&path.join("file")), Ok(None));
        assert!(live.make_directory(&path.join("file"), 0o755).is_err());
    }

    /// Checks remember directories, and those that are not there; repairs make some.
    #[test]
    fn what_was_made_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let live = Live::open().unwrap();
        let path = folder.path().join("runs/1/journal");
        assert!(live.read(&path, 10).is_err());
        live.append(&path, b"x", 0o600).unwrap();
        assert_eq!(live.read(&path, 10), Ok(b"x".to_vec()));
        let program = Command::new(
            "/bin/mkdir",
            [folder.path().join("made").display().to_string()],
            Duration::from_secs(10),
        );
        let made = folder.path().join("made");
        assert!(live.list(&made).is_err());
        live.execute(&program, &mut |_| {}).unwrap();
        assert_eq!(live.list(&made), Ok(vec![]));
    }
}

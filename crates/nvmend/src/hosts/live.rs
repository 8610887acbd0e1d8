//! This machine.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};

use super::sysroot::{Sysroot, failed};
use crate::host::{
    Command, Entry, Failure, Host, HostError, HostKind, KernelLogText, Metadata, Output, RandomRead,
};

/// The machine that this program runs on.
pub struct Live {
    files: Sysroot,
}

impl Live {
    /// The machine as this process sees it, with this process' environment to judge.
    pub fn open() -> Result<Self, HostError> {
        let env: BTreeMap<String, String> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Ok(Self { files: Sysroot::open(Path::new("/"), env)? })
    }

    /// What is read from now on is read anew, down from the root: something begins to change.
    pub(super) fn begin_change(&self) {
        self.files.begin_change();
    }
}

impl Host for Live {
    fn kind(&self) -> HostKind {
        HostKind::Live
    }

    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, HostError> {
        self.files.read(path, limit)
    }

    fn open(&self, path: &Path) -> Result<Box<dyn RandomRead>, HostError> {
        self.files.open(path)
    }

    fn list(&self, path: &Path) -> Result<Vec<Entry>, HostError> {
        self.files.list(path)
    }

    fn metadata(&self, path: &Path) -> Result<Metadata, HostError> {
        self.files.metadata(path)
    }

    fn read_link(&self, path: &Path) -> Result<PathBuf, HostError> {
        self.files.read_link(path)
    }

    fn env(&self, name: &str) -> Option<String> {
        self.files.env(name)
    }

    /// The kernel's ring buffer in one call, syslog(2); `/dev/kmsg` would take one call for each of its lines.
    fn kernel_log(&self) -> Result<KernelLogText, HostError> {
        const SYSLOG_ACTION_READ_ALL: libc::c_int = 3;
        const SYSLOG_ACTION_SIZE_BUFFER: libc::c_int = 10;
        let refused = || HostError::new(Path::new("/dev/kmsg"), Failure::NotPermitted);
        // SAFETY: with this action the buffer is not used.
        let size = unsafe { libc::klogctl(SYSLOG_ACTION_SIZE_BUFFER, std::ptr::null_mut(), 0) };
        let mut text = vec![0_u8; usize::try_from(size).map_err(|_| refused())?.min(16 << 20)];
        let room = libc::c_int::try_from(text.len()).unwrap_or(libc::c_int::MAX);
        // SAFETY: the kernel writes at most `room` bytes into `text`, which has that many.
        let count =
            unsafe { libc::klogctl(SYSLOG_ACTION_READ_ALL, text.as_mut_ptr().cast(), room) };
        text.truncate(usize::try_from(count).map_err(|_| refused())?);
        Ok(KernelLogText { from: "/dev/kmsg".to_owned(), text })
    }

    fn query_driver(&self) -> Result<String, HostError> {
        let path = Path::new("/dev/nvidiactl");
        let flags = OFlags::RDWR | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
        let fd =
            rustix::fs::open(path, flags, Mode::empty()).map_err(|error| failed(path, error))?;
        let mut query = VersionQuery { command: VersionQuery::QUERY, reply: 0, text: [0; 64] };
        // SAFETY: the request carries its own size, which is that of `query`; the driver writes within it.
        let answer = unsafe {
            libc::ioctl(
                std::os::fd::AsRawFd::as_raw_fd(&fd),
                VersionQuery::REQUEST as _,
                &raw mut query,
            )
        };
        if answer != 0 {
            let error = std::io::Error::last_os_error();
            return Err(HostError::new(path, Failure::Io(error.to_string())));
        }
        let length = query.text.iter().position(|byte| *byte == 0).unwrap_or(query.text.len());
        Ok(String::from_utf8_lossy(&query.text[..length]).into_owned())
    }

    fn free_space(&self, path: &Path) -> Result<u64, HostError> {
        let file_system = rustix::fs::statvfs(path).map_err(|error| failed(path, error))?;
        // All blocks, those reserved for root included: it is root who writes.
        Ok(file_system.f_bfree.saturating_mul(file_system.f_frsize))
    }

    fn run(&self, command: &Command) -> Result<Output, HostError> {
        super::process::run(command)
    }
}

/// `nv_ioctl_rm_api_version_t` of open-gpu-kernel-modules (`nv-ioctl.h`), with the command that asks without
/// comparing, so that nothing is logged.
#[repr(C)]
struct VersionQuery {
    command: u32,
    reply: u32,
    text: [u8; 64],
}

impl VersionQuery {
    /// `NV_RM_API_VERSION_CMD_QUERY`.
    const QUERY: u32 = b'2' as u32;
    /// `_IOWR('F', NV_ESC_CHECK_VERSION_STR = 200 + 10, 72 bytes)`.
    const REQUEST: u32 =
        (3 << 30) | ((size_of::<VersionQuery>() as u32) << 16) | ((b'F' as u32) << 8) | 210;
}

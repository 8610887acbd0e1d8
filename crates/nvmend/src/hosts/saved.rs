//! A machine saved in one file: a capture, a bug report, or no more than a log. Which it is, its content tells.

use std::io::{self, Read};
use std::path::Path;

use super::bug_report;
use super::capture::{self, CaptureError};
use super::memory::{Memory, Node};
use crate::host::KernelLogText;
use crate::parse::bug_report::is_bug_report;
use crate::parse::compression::Compression;
use crate::parse::{installer_log, kmsg};

/// Larger files are refused, packed or not: bug reports of large servers have some 20 MiB.
const MOST_BYTES: u64 = 256 << 20;

/// A file cannot be read as a machine.
#[derive(Debug, thiserror::Error)]
pub enum SavedError {
    /// None of the things that can be read.
    #[error("neither a capture, a bug report, a kernel log nor an installer's log")]
    Unknown,
    /// It is compressed, and it is cut short or altered.
    #[error("it cannot be unpacked: {0}")]
    Damaged(String),
    /// It unpacks to more than any such file holds.
    #[error("it holds more than {MOST_BYTES} bytes")]
    TooLarge,
    /// It is a capture, and it cannot be read.
    #[error(transparent)]
    Capture(#[from] CaptureError),
    /// The file could not be read.
    #[error("{0}")]
    Io(#[from] io::Error),
}

/// Opens a file.
#[allow(clippy::disallowed_methods, reason = "hosts/ is where the real system is known")]
pub fn open(path: &Path) -> Result<Memory, SavedError> {
    let file = std::fs::File::open(path)?;
    if !file.metadata()?.is_file() {
        return Err(SavedError::Unknown);
    }
    read(&limited(file, MOST_BYTES)?)
}

/// Reads the content of a file.
pub fn read(content: &[u8]) -> Result<Memory, SavedError> {
    match Compression::of(content) {
        Some(Compression::Zstd) => Ok(capture::read(content)?),
        Some(packed) => {
            let damaged = |error: io::Error| SavedError::Damaged(error.to_string());
            let plain = limited(packed.reader(content).map_err(damaged)?, MOST_BYTES);
            plain
                .map_err(|error| match error {
                    SavedError::Io(error) => damaged(error),
                    other => other,
                })
                .and_then(|plain| read_text(&plain))
        }
        None => read_text(content),
    }
}

/// Whatever there is to read, up to `most` bytes: a packed file of some KiB can unpack without end.
fn limited(from: impl Read, most: u64) -> Result<Vec<u8>, SavedError> {
    let mut content = Vec::new();
    from.take(most.saturating_add(1)).read_to_end(&mut content)?;
    if content.len() as u64 > most { Err(SavedError::TooLarge) } else { Ok(content) }
}

fn read_text(text: &[u8]) -> Result<Memory, SavedError> {
    if is_bug_report(text) {
        return bug_report::read(text).map_err(|_| SavedError::Unknown);
    }
    if text.trim_ascii_start().starts_with(installer_log::HEAD) {
        return Ok(installer_log(text));
    }
    if kmsg::is_kernel_log(text) {
        return Ok(kernel_log(text));
    }
    Err(SavedError::Unknown)
}

/// The installer builds for the kernel that runs, unless it is told otherwise.
fn installer_log(text: &[u8]) -> Memory {
    let mut machine = bug_report::of_one_file("/var/log/nvidia-installer.log", text);
    let log = installer_log::parse(text);
    if let Some(kernel) = log.kernel.filter(|_| !log.names_kernel) {
        let node = Node::File { content: format!("{kernel}\n").into_bytes(), modified: 0 };
        bug_report::put(&mut machine, Path::new("/proc/sys/kernel/osrelease"), node);
    }
    machine
}

/// The kernel names itself and its command line in the first of its messages.
fn kernel_log(text: &[u8]) -> Memory {
    let from = "kernel log".to_owned();
    let mut machine = bug_report::of_log(Some(KernelLogText { from, text: text.to_vec() }));
    let boot = kmsg::boot(text);
    let files =
        [("/proc/sys/kernel/osrelease", boot.release), ("/proc/cmdline", boot.command_line)];
    for (path, value) in files {
        if let Some(value) = value {
            let content = format!("{value}\n").into_bytes();
            bug_report::put(&mut machine, Path::new(path), Node::File { content, modified: 0 });
        }
    }
    machine
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stops_what_unpacks_without_end() {
        assert!(matches!(limited(io::repeat(0), 1000), Err(SavedError::TooLarge)));
        assert_eq!(limited(&b"abc"[..], 3).unwrap(), b"abc");
    }
}

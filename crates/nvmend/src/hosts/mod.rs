//! The machines that can be read. Only this folder knows the real system.

pub mod bug_report;
pub mod capture;
pub mod live;
mod live_mut;
pub mod machine;
pub mod made;
pub mod made_rpm;
pub mod memory;
mod process;
pub mod recorder;
pub mod saved;
pub mod session;
pub mod simulated;
pub mod sysroot;

use std::path::Path;

use crate::host::{Failure, Host, HostError, KernelLogText};

/// The kernel log of a file tree: the first log file that is there. The last few MiB of it: a boot's messages
/// stand at the end, and these files grow without bound.
fn log_file(host: &dyn Host) -> Result<KernelLogText, HostError> {
    const TAIL: u64 = 4 << 20;
    let mut answer = Err(HostError::new(Path::new("/var/log/kern.log"), Failure::NotFound));
    for path in ["/var/log/kern.log", "/var/log/dmesg", "/var/log/messages", "/var/log/syslog"] {
        match host.open(Path::new(path)) {
            Ok(file) => {
                let start = file.size().saturating_sub(TAIL);
                let mut text = vec![0; usize::try_from(file.size() - start).unwrap_or(0)];
                let mut filled = 0;
                while filled < text.len() {
                    match file.read_at(start + filled as u64, &mut text[filled..]) {
                        Ok(0) => break,
                        Ok(count) => filled += count,
                        Err(error) => {
                            return Err(HostError::new(
                                Path::new(path),
                                Failure::Io(error.to_string()),
                            ));
                        }
                    }
                }
                text.truncate(filled);
                return Ok(KernelLogText { from: path.to_owned(), text });
            }
            Err(error) if error.is_absent() => {}
            Err(error) => answer = Err(error),
        }
    }
    answer
}

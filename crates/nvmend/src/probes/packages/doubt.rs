//! Which files are worth a digest: those that were written well after their package was installed.

use std::path::Path;

use crate::host::Host;
use crate::parse::digest::Algorithm;

/// A tree that is copied or restored gets its files within this time, in seconds.
const MARGIN: i64 = 3600;
/// Bytes that are read for digests, in all. One library has at most about 100 MB.
const BUDGET: u64 = 256 << 20;

/// Digests, as many as may be taken.
pub(super) struct Doubt {
    left: u64,
}

impl Default for Doubt {
    fn default() -> Self {
        Self { left: BUDGET }
    }
}

impl Doubt {
    /// Whether a file that was written after `installed` (seconds since 1970) has another digest than that. What cannot
    /// be told is not claimed.
    pub(super) fn is_altered(
        &mut self,
        host: &dyn Host,
        path: &Path,
        installed: i64,
        algorithm: Algorithm,
        listed: impl FnOnce() -> Option<String>,
    ) -> bool {
        let Ok(metadata) = host.metadata(path) else { return false };
        if metadata.modified <= installed.saturating_add(MARGIN) || installed <= 0 {
            return false;
        }
        let Some(left) = self.left.checked_sub(metadata.size) else { return false };
        let Some(listed) = listed() else { return false };
        self.left = left;
        host.digest(path, algorithm).is_ok_and(|found| !found.eq_ignore_ascii_case(&listed))
    }
}

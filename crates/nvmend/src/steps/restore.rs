//! Brings a path back to what stood there before.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::diagnose::Arg;
use crate::facts::Facts;
use crate::host_mut::{HostMut, Place, Time};
use crate::step::{Action, Keep, Step, StepError};

/// Brings a path back. Only journals hold it; no plan does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Restore {
    /// The path.
    pub path: PathBuf,
    /// What stood there.
    pub state: Kept,
    /// SHA-256 of what nvmend wrote there, where that is known beforehand, or nothing where it took the file away; anything
    /// else is somebody's later change.
    pub replaces: Option<String>,
}

/// What stood at a path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Kept {
    /// Nothing.
    Nothing,
    /// A link.
    Link {
        /// Its target as written.
        target: PathBuf,
        /// When it was last changed; journals of earlier versions don't say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        modified: Option<Time>,
    },
    /// A directory; what was in it is kept by itself.
    Directory {
        /// Its mode.
        mode: u32,
    },
    /// A file.
    File {
        /// The copy, with owner, mode and times.
        copy: PathBuf,
        /// SHA-256 of its content.
        digest: String,
    },
}

impl Restore {
    /// Whether what stands at the path is what stood there.
    fn is_done(&self, place: &Place) -> bool {
        match (&self.state, place) {
            (Kept::Nothing, Place::Nothing) => true,
            (Kept::Link { target, .. }, Place::Link(found)) => target == found,
            (Kept::Directory { .. }, Place::Other) => true,
            (Kept::File { digest, .. }, Place::File { digest: found }) => digest == found,
            _ => false,
        }
    }

    /// A program that made the file anew may have come to the same content; then its time, owner and mode are brought
    /// back with another copy. Where that fails, the content is right all the same.
    fn restore_times(&self, host: &dyn HostMut) {
        let Kept::File { copy, digest } = &self.state else { return };
        let modified = |path| host.metadata(path).ok().map(|metadata| metadata.modified);
        let is_whole = || host.place(copy) == Ok(Place::File { digest: digest.clone() });
        if modified(&self.path) != modified(copy) && is_whole() {
            let _ = host.copy(copy, &self.path);
        }
    }

    /// Whether a link has its own time again. A program may have made it anew with the same target.
    fn has_its_time(&self, host: &dyn HostMut) -> Result<bool, StepError> {
        match &self.state {
            Kept::Link { modified: Some(modified), .. } => {
                Ok(host.modified(&self.path)? == *modified)
            }
            _ => Ok(true),
        }
    }
}

impl Action for Restore {
    fn id(&self) -> &'static str {
        "restore"
    }

    fn args(&self) -> Vec<Arg> {
        vec![("path", self.path.display().to_string())]
    }

    fn inverse(&self, _host: &dyn HostMut, keep: &Keep<'_>) -> Result<Vec<Step>, StepError> {
        Ok(vec![Step::Restore(keep.path(&self.path, 0)?)])
    }

    /// Nothing: undoing is verified by the facts before, which the run has kept.
    fn predict(&self, _facts: &mut Facts) {}

    fn run(&self, host: &dyn HostMut, _progress: &mut dyn FnMut(&str)) -> Result<(), StepError> {
        if self.is_done(&host.place(&self.path)?) && self.has_its_time(host)? {
            self.restore_times(host);
            return Ok(());
        }
        match &self.state {
            Kept::Nothing => host.remove(&self.path)?,
            Kept::Directory { mode } => host.make_directory(&self.path, *mode)?,
            Kept::Link { target, modified } => host.link(&self.path, target, *modified)?,
            Kept::File { copy, digest } => {
                if host.place(copy)? != (Place::File { digest: digest.clone() }) {
                    return Err(StepError::Damaged { path: copy.clone() });
                }
                host.copy(copy, &self.path)?;
            }
        }
        Ok(())
    }

    fn conflict(&self, host: &dyn HostMut) -> Option<PathBuf> {
        let place = host.place(&self.path).ok()?;
        let ours = match (&self.replaces, &place) {
            (None, _) => true,
            (Some(wrote), Place::File { digest }) => wrote == digest,
            (Some(wrote), Place::Nothing) => wrote.is_empty(),
            (Some(_), _) => false,
        };
        (!ours && !self.is_done(&place)).then(|| self.path.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Host;
    use crate::hosts::live::Live;
    use crate::step::Keep;

    /// As ldconfig does, whose cache comes to the same bytes.
    #[test]
    fn a_file_that_was_made_anew_with_the_same_content_gets_its_time_back() {
        let folder = tempfile::tempdir().unwrap();
        let live = Live::open().unwrap();
        let path = folder.path().join("ld.so.cache");
        live.write(&path, b"cache", 0o644).unwrap();
        let old = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
        std::fs::File::options().write(true).open(&path).unwrap().set_modified(old).unwrap();
        let directory = folder.path().join("run");
        let keep = Keep { host: &live, directory: &directory, number: 0, progress: &|_| {} };
        let restore = keep.path(&path, 0).unwrap();
        live.write(&path, b"cache", 0o644).unwrap();
        assert_ne!(live.metadata(&path).unwrap().modified, 1_000_000_000);
        restore.run(&live, &mut |_| {}).unwrap();
        assert_eq!(live.metadata(&path).unwrap().modified, 1_000_000_000);
        assert_eq!(live.read(&path, 10), Ok(b"cache".to_vec()));
    }
}

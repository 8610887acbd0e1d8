//! Moves a file or link: into the quarantine, and back.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::diagnose::Arg;
use crate::facts::{Datum, Facts, Resolution};
use crate::host_mut::{HostMut, Place};
use crate::step::{Action, Keep, Step, StepError};

/// Moves a file or link. No file that no package owns is ever deleted: it is moved to where undo finds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MoveFile {
    /// Where it is.
    pub from: PathBuf,
    /// Where it goes; nothing stands there.
    pub to: PathBuf,
}

impl Action for MoveFile {
    fn id(&self) -> &'static str {
        "move-file"
    }

    fn args(&self) -> Vec<Arg> {
        vec![("from", self.from.display().to_string()), ("to", self.to.display().to_string())]
    }

    fn inverse(&self, _host: &dyn HostMut, _keep: &Keep<'_>) -> Result<Vec<Step>, StepError> {
        Ok(vec![Step::MoveFile(Self { from: self.to.clone(), to: self.from.clone() })])
    }

    fn predict(&self, facts: &mut Facts) {
        facts.libraries.files.retain(|file| file.path != self.from);
        facts.packages.owners.remove(&self.from);
        // What the loader finds next is known after ldconfig (`Regenerate`), which reads what is left.
        for lookup in &mut facts.libraries.lookups {
            if let Datum::Known { value, .. } = &mut lookup.found
                && value.chain.end == self.from
            {
                value.exists = false;
            }
        }
        for kernel in &mut facts.modules.kernels {
            kernel.files.retain(|file| {
                file.path != self.from && file.linked_from.as_deref() != Some(self.from.as_path())
            });
            for resolution in kernel.resolved.values_mut() {
                if let Resolution::File { path, .. } = resolution
                    && *path == self.from
                {
                    *resolution = Resolution::Dangling { path: self.from.clone() };
                }
            }
        }
    }

    fn run(&self, host: &dyn HostMut, _progress: &mut dyn FnMut(&str)) -> Result<(), StepError> {
        match (host.place(&self.from)?, host.place(&self.to)?) {
            // Moved already, or never moved away.
            (Place::Nothing, there) if there != Place::Nothing => Ok(()),
            // Interrupted between two file systems, after the copy.
            (here, there) if here == there && here != Place::Nothing => {
                Ok(host.remove(&self.from)?)
            }
            _ => Ok(host.rename(&self.from, &self.to)?),
        }
    }

    fn conflict(&self, host: &dyn HostMut) -> Option<PathBuf> {
        let (from, to) = (host.place(&self.from).ok()?, host.place(&self.to).ok()?);
        let is_taken = from != Place::Nothing && to != Place::Nothing && from != to;
        is_taken.then(|| self.to.clone())
    }
}

//! Sets a symbolic link.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::diagnose::Arg;
use crate::facts::Facts;
use crate::host_mut::HostMut;
use crate::step::{Action, Keep, Step, StepError};

/// Sets a link of a library's chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SetLink {
    /// The link.
    pub path: PathBuf,
    /// Where it shall lead, as it will be written.
    pub target: PathBuf,
}

impl Action for SetLink {
    fn id(&self) -> &'static str {
        "set-link"
    }

    fn args(&self) -> Vec<Arg> {
        vec![
            ("path", self.path.display().to_string()),
            ("target", self.target.display().to_string()),
        ]
    }

    fn inverse(&self, _host: &dyn HostMut, keep: &Keep<'_>) -> Result<Vec<Step>, StepError> {
        Ok(vec![Step::Restore(keep.path(&self.path, 0)?)])
    }

    fn predict(&self, facts: &mut Facts) {
        let directory = self.path.parent().unwrap_or(&self.path);
        let end = directory.join(&self.target);
        let Some(file) = facts.libraries.file(&end).cloned() else { return };
        for lookup in &mut facts.libraries.lookups {
            let crate::facts::Datum::Known { value, .. } = &mut lookup.found else { continue };
            if let Some(at) = value.chain.links.iter().position(|link| *link == self.path) {
                value.chain.links.truncate(at + 1);
                value.chain.end = end.clone();
                value.version = file.version.clone();
                value.place = file.place;
                value.exists = true;
            }
        }
    }

    fn run(&self, host: &dyn HostMut, _progress: &mut dyn FnMut(&str)) -> Result<(), StepError> {
        Ok(host.link(&self.path, &self.target)?)
    }
}

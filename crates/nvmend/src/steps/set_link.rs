//! Sets a symbolic link.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::diagnose::Arg;
use crate::facts::{Datum, Facts};
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
        let mut end = directory.join(&self.target);
        // A link that leads to another link leads where that does.
        let lookups = facts.libraries.lookups.iter().filter_map(|lookup| lookup.found.value());
        let on = lookups.filter(|found| found.chain.links.contains(&end));
        if let Some(on) = on.map(|found| found.chain.end.clone()).next() {
            end = on;
        }
        let Some(file) = facts.libraries.file(&end).cloned() else { return };
        for lookup in &mut facts.libraries.lookups {
            let Datum::Known { value, .. } = &mut lookup.found else { continue };
            if let Some(at) = value.chain.links.iter().position(|link| *link == self.path) {
                value.chain.links.truncate(at + 1);
                value.chain.end.clone_from(&end);
                value.version.clone_from(&file.version);
                value.place = file.place;
                value.exists = true;
            }
        }
    }

    fn run(&self, host: &dyn HostMut, _progress: &mut dyn FnMut(&str)) -> Result<(), StepError> {
        Ok(host.link(&self.path, &self.target)?)
    }
}

//! Writes a small text file: a line of configuration that is changed, a file of our own.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::diagnose::Arg;
use crate::facts::{ConfigLine, Facts};
use crate::host_mut::{HostMut, digest};
use crate::step::{Action, Keep, Step, StepError};

/// Writes a text file, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct WriteFile {
    /// Where; not a link.
    pub path: PathBuf,
    /// All that it will hold.
    pub content: String,
    /// The lines that are other than before, for people: `-old`, `+new`.
    pub difference: Vec<String>,
    /// Mode of a new file.
    pub mode: u32,
    /// Lines of modprobe's configuration that the file will have; they replace those that it has.
    pub config: Vec<ConfigLine>,
}

impl Action for WriteFile {
    fn id(&self) -> &'static str {
        "write-file"
    }

    fn args(&self) -> Vec<Arg> {
        vec![("path", self.path.display().to_string()), ("difference", self.difference.join("  "))]
    }

    fn inverse(&self, _host: &dyn HostMut, keep: &Keep<'_>) -> Result<Vec<Step>, StepError> {
        let mut restore = keep.path(&self.path, 0)?;
        restore.replaces = Some(digest(self.content.as_bytes()));
        Ok(vec![Step::Restore(restore)])
    }

    fn predict(&self, facts: &mut Facts) {
        let path = self.path.display().to_string();
        let of_file = |line: &ConfigLine| {
            line.from.as_str() == path
                || line.from.as_str().rsplit_once(':').is_some_and(|(file, _)| file == path)
        };
        let place = facts.modules.config.iter().position(of_file);
        facts.modules.config.retain(|line| !of_file(line));
        let place = place.unwrap_or(facts.modules.config.len()).min(facts.modules.config.len());
        facts.modules.config.splice(place..place, self.config.iter().cloned());
    }

    fn run(&self, host: &dyn HostMut, _progress: &mut dyn FnMut(&str)) -> Result<(), StepError> {
        Ok(host.write(&self.path, self.content.as_bytes(), self.mode)?)
    }
}

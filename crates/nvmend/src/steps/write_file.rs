//! Writes a small text file: a line of configuration that is changed, a file of our own.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::diagnose::Arg;
use crate::facts::{
    ConfigLine, Datum, ExcludedPackages, Facts, LibraryFile, LibraryPlace, LookupScope,
};
use crate::host::LinkChain;
use crate::host_mut::{HostMut, digest};
use crate::modprobe::resolve_again;
use crate::step::{Action, Keep, Step, StepError};

/// Writes a text file, whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Directories that the loader does not search any more, once its cache is made anew.
    #[serde(default)]
    pub unsearched: Vec<PathBuf>,
    /// Packages that the file takes out of upgrades that nobody asked for; they are added to those that it has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excluded: Vec<ExcludedPackages>,
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
        let kernels: Vec<String> =
            facts.modules.kernels.iter().map(|modules| modules.kernel.clone()).collect();
        kernels.iter().for_each(|kernel| resolve_again(facts, kernel));
        self.unsearched.iter().for_each(|directory| leave_out(facts, directory));
        if let Datum::Known { value: upgrades, .. } = &mut facts.upgrades {
            upgrades.excluded.extend(self.excluded.iter().cloned());
        }
    }

    fn run(&self, host: &dyn HostMut, _progress: &mut dyn FnMut(&str)) -> Result<(), StepError> {
        Ok(host.write(&self.path, self.content.as_bytes(), self.mode)?)
    }
}

/// What plain programs get without a directory: of each name that was found there, the newest in the other ones.
fn leave_out(facts: &mut Facts, directory: &Path) {
    let is_there = |path: &Path| path.parent() == Some(directory);
    let files = &facts.libraries.files;
    for lookup in &mut facts.libraries.lookups {
        let Datum::Known { value: found, .. } = &mut lookup.found else { continue };
        let first = found.chain.links.first().unwrap_or(&found.chain.end);
        if lookup.scope != LookupScope::Plain || !is_there(first) {
            continue;
        }
        let stem = lookup.name.split(".so").next().unwrap_or_default();
        let fits = |file: &&LibraryFile| {
            file.stem == stem
                && file.size > 0
                && file.place == LibraryPlace::System
                && file.arch.as_deref().is_none_or(|arch| arch == lookup.arch)
                && !is_there(&file.path)
        };
        match files.iter().filter(fits).max_by(|a, b| a.version.cmp(&b.version)) {
            Some(best) => {
                found.chain = LinkChain { links: vec![], end: best.path.clone() };
                found.version.clone_from(&best.version);
                found.place = best.place;
                found.exists = true;
            }
            None => lookup.found = Datum::absent("/etc/ld.so.cache"),
        }
    }
}

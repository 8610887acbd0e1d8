//! Writes a small text file: a line of configuration that is changed, a file of our own.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::diagnose::Arg;
use crate::facts::{
    ConfigLine, Datum, ExcludedPackages, Facts, Libraries, LibraryFile, LibraryPlace, Lookup,
    LookupScope, Origin, ResolvedLibrary, Variable, Via,
};
use crate::host::LinkChain;
use crate::host_mut::{HostMut, digest};
use crate::modprobe::resolve_again;
use crate::parse::settings::elements;
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
    /// Variables as sessions have them that begin from then on; an empty value is none. What runs keeps its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variables: Vec<Variable>,
    /// Lines of services' configuration that lead to no other libraries any more, once the services are started anew.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrected: Vec<Origin>,
}

impl Action for WriteFile {
    fn id(&self) -> &'static str {
        if self.variables.is_empty() { "write-file" } else { "write-variables" }
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
        facts.holders.overrides.retain(|found| !self.corrected.contains(&found.from));
        if !self.variables.is_empty() {
            set_variables(facts, &self.variables);
        }
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

/// What a session gets that has these variables.
fn set_variables(facts: &mut Facts, variables: &[Variable]) {
    let known = &mut facts.system.variables;
    known.retain(|known| !variables.iter().any(|set| set.name == known.name));
    known.extend(variables.iter().filter(|set| !set.value.is_empty()).cloned());
    known.sort_by(|a, b| a.name.cmp(&b.name));
    let list = |name| elements(facts.system.variable(name).unwrap_or_default()).map(PathBuf::from);
    let preloaded: Vec<PathBuf> = list("LD_PRELOAD").collect();
    let directories: Vec<PathBuf> = list("LD_LIBRARY_PATH").collect();
    let libraries = &mut facts.libraries;
    if preloaded.is_empty() && directories.is_empty() {
        libraries.lookups.retain(|lookup| lookup.scope != LookupScope::Environment);
        return;
    }
    let is_out_of_reach = |lookup: &&Lookup| {
        lookup.scope == LookupScope::Environment
            && lookup.found.value().is_some_and(|found| match &found.via {
                Via::Preload => preloaded.is_empty(),
                Via::LibraryPath(directory) => !directories.contains(directory),
                Via::Cache(_) | Via::DefaultDirectory(_) => false,
            })
    };
    let anew: Vec<(usize, Datum<ResolvedLibrary>)> = libraries
        .lookups
        .iter()
        .enumerate()
        .filter(|(_, lookup)| is_out_of_reach(lookup))
        .map(|(at, lookup)| (at, found_instead(libraries, lookup, &directories)))
        .collect();
    for (at, found) in anew {
        if let Some(lookup) = libraries.lookups.get_mut(at) {
            lookup.found = found;
        }
    }
}

/// What is found in the directories that are left, else what plain programs get.
fn found_instead(
    libraries: &Libraries,
    lookup: &Lookup,
    directories: &[PathBuf],
) -> Datum<ResolvedLibrary> {
    let stem = lookup.name.split(".so").next().unwrap_or_default();
    let is_in = |file: &&LibraryFile, directory: &Path| {
        file.path.parent() == Some(directory)
            && file.stem == stem
            && file.arch.as_deref().is_none_or(|arch| arch == lookup.arch)
    };
    let of_path = directories.iter().find_map(|directory| {
        let file = libraries.files.iter().find(|file| is_in(file, directory))?;
        let found = ResolvedLibrary {
            chain: LinkChain { links: vec![], end: file.path.clone() },
            version: file.version.clone(),
            via: Via::LibraryPath(directory.clone()),
            place: file.place,
            exists: true,
        };
        Some(Datum::known(found, &file.path))
    });
    let plain = || libraries.lookup(&lookup.name, &lookup.arch, LookupScope::Plain);
    of_path
        .or_else(|| plain().map(|plain| plain.found.clone()))
        .unwrap_or_else(|| Datum::absent("/etc/ld.so.cache"))
}

//! Lets nvidia-ctk write each stale specification anew, where it stands.

use std::path::PathBuf;

use crate::facts::{CdiFile, Environment, Facts};
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::Step;
use crate::steps::{Product, Regenerate};

pub(super) const REMEDY: Remedy = Remedy { id: "regenerate-cdi", steps };

fn steps(facts: &Facts, context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    if facts.system.environment != Environment::Host {
        return Err(Hindrance::new("not-a-host"));
    }
    // It asks NVML for what there is, so the two must go together first.
    if !facts.works_now() {
        return Err(Hindrance::new("driver-does-not-work"));
    }
    if !context.machine.has_program("nvidia-ctk") {
        return Err(Hindrance::new("program-missing").with("program", "nvidia-ctk"));
    }
    let loaded = facts.loaded_version().map(|(version, _)| version);
    let is_stale = |file: &CdiFile| {
        !file.exists || file.version.as_ref().is_some_and(|version| Some(version) != loaded)
    };
    let specs = facts.consumers.cdi.iter().filter(|spec| spec.files.iter().any(is_stale));
    let paths: Vec<PathBuf> = specs.map(|spec| spec.path.clone()).collect();
    if paths.is_empty() {
        return Err(Hindrance::new("nothing-to-write"));
    }
    let write = |path| Regenerate { product: Product::CdiSpec, outputs: vec![path] };
    Ok(paths.into_iter().map(write).map(Step::Regenerate).collect())
}

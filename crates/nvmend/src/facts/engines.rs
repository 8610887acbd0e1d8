//! Container engines of a host, and by what they hand the GPU to containers.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Datum, Origin};

/// Container engines and NVIDIA's toolkit for them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainerEngines {
    /// The engines that are installed, each once.
    pub installed: Vec<ContainerEngine>,
    /// NVIDIA's container toolkit, by one of its programs. Absent: not installed. Looked for only where an engine is.
    pub toolkit: Datum<()>,
    /// Settings of the toolkit that name what is not there.
    pub missing_settings: Vec<MissingSetting>,
}

/// One installed engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainerEngine {
    /// Its name, for people.
    pub name: String,
    /// The program that shows it.
    pub program: PathBuf,
    /// By what it hands the GPU to containers, CDI aside: a runtime of its configuration, or NVIDIA's hook. Absent: by
    /// nothing. Unreadable: its configuration could not be read.
    pub way: Datum<String>,
    /// A runtime of its configuration that cannot be run.
    pub broken: Option<BrokenRuntime>,
}

/// A configured runtime that cannot be run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrokenRuntime {
    /// Its name; for engines whose format has several places for names, its program.
    pub name: String,
    /// The program that is gone; none where the runtime is not defined at all.
    pub program: Option<String>,
    /// Whether containers that ask for no runtime get this one.
    pub is_default: bool,
    /// The configuration.
    pub from: Origin,
}

/// A setting that names what is not there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingSetting {
    /// Its name.
    pub setting: String,
    /// What it names.
    pub path: PathBuf,
    /// The configuration.
    pub from: Origin,
}

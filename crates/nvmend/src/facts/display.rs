//! The files that only display and graphics programs look for.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// What X, EGL and Vulkan find of the driver besides its libraries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Display {
    /// X server modules (`libglxserver_nvidia.so.VERSION`) in the X server's own directories, resolved, sorted by path.
    pub x_modules: Vec<PathBuf>,
    /// Manifests by which the Vulkan and EGL loaders find the driver, sorted by path.
    pub manifests: Vec<Manifest>,
}

/// One manifest of a loader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The file.
    pub path: PathBuf,
    /// The library it names: a bare name, or a path.
    pub library: String,
    /// Whether a library named by its path is there; `None` for a bare name, which the dynamic loader looks for.
    pub exists: Option<bool>,
}

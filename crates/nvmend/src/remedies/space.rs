//! Whether there is room for what a step writes: looked at before anything is begun.

use std::path::{Path, PathBuf};

use crate::remedy::{Context, Hindrance};

/// Files that are written anew need their own size again, beside the old one; what is kept for the way back, once more.
/// A tenth more, as the new ones may be larger.
pub(super) fn check(context: &Context<'_>, outputs: &[PathBuf]) -> Result<(), Hindrance> {
    let sizes = outputs.iter().filter_map(|path| Some((path, context.machine.size(path)?)));
    let sizes: Vec<(&PathBuf, u64)> = sizes.collect();
    let Some((largest, size)) = sizes.iter().max_by_key(|(_, size)| size) else { return Ok(()) };
    let all: u64 = sizes.iter().map(|(_, size)| size).sum();
    need(context, largest, size + size / 10)?;
    need(context, Path::new(crate::journal::RUNS), all)
}

/// That many bytes on the file system of `path`.
pub(super) fn need(context: &Context<'_>, path: &Path, bytes: u64) -> Result<(), Hindrance> {
    const MIB: u64 = 1 << 20;
    match context.machine.free_space(path) {
        Some(free) if free < bytes => {
            let hindrance = Hindrance::new("no-space").with("path", path.display());
            Err(hindrance.with("free", free / MIB).with("needed", bytes.div_ceil(MIB)))
        }
        _ => Ok(()),
    }
}

//! Takes the wrong library or CUDA out of an environment of conda's or Python's, which is its user's.

use super::quoted;
use crate::facts::{CudaKind, DECIDING_LIBRARIES, Facts, LibraryFile, LibraryPlace};
use crate::knowledge::cuda::highest_cuda;
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::Step;
use crate::steps::ByHand;

pub(super) const REMEDY: Remedy = Remedy { id: "correct-conda", steps };

fn steps(facts: &Facts, _context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    let version = facts.module_version().ok_or(Hindrance::new("no-module-on-disk"))?;
    let is_wrong = |file: &&LibraryFile| {
        matches!(file.place, LibraryPlace::Conda | LibraryPlace::Wheel)
            && DECIDING_LIBRARIES.iter().any(|name| name.split(".so").next() == Some(&file.stem))
            && file.version.as_ref() != Some(version)
    };
    if let Some(file) = facts.libraries.files.iter().find(is_wrong) {
        let name = quoted(&file.path.file_name().unwrap_or_default().to_string_lossy());
        let act = ByHand::new("conda-library").with("path", file.path.display());
        let act = match file.place {
            LibraryPlace::Conda => act
                .command(format!("grep -lF {name} \"$CONDA_PREFIX\"/conda-meta/*.json"))
                .command("conda remove --force PACKAGE"),
            _ => act.command("pip uninstall PACKAGE"),
        };
        return Ok(vec![Step::ByHand(act)]);
    }
    let highest = highest_cuda(version.branch()).ok_or(Hindrance::new("no-cuda-known"))?;
    let is_conda =
        facts.cuda.installations.iter().any(|of| of.active && of.kind == CudaKind::Conda);
    let act = ByHand::new("choose-older-cuda").with("version", version).with("wanted", highest);
    let act = if is_conda {
        act.command(format!("conda install 'cuda-version<={highest}'"))
    } else {
        act
    };
    Ok(vec![Step::ByHand(act)])
}

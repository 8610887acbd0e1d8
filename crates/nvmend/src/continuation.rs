//! How a run goes on by itself after a reboot: a unit of systemd that starts `nvmend resume` once, and is taken away then.

use std::path::{Path, PathBuf};

use crate::step::Step;
use crate::steps::{SetLink, WriteFile};

/// The unit.
pub const UNIT: &str = "/etc/systemd/system/nvmend-resume.service";
/// What enables it.
pub const LINK: &str = "/etc/systemd/system/multi-user.target.wants/nvmend-resume.service";

/// The steps that make `program` go on after the next boot; none where its path cannot stand in a unit unescaped.
pub fn steps(program: &Path) -> Vec<Step> {
    let is_plain = |path: &str| {
        path.starts_with('/')
            && path.chars().all(|c| c.is_ascii_alphanumeric() || "/._-+".contains(c))
    };
    let Some(program) = program.to_str().filter(|path| is_plain(path)) else { return vec![] };
    // Started beside the boot, not before its end: nothing waits for it, and modules that come late are waited for.
    let content = format!(
        "[Unit]\n\
         Description=Goes on with a repair of the NVIDIA driver after a reboot\n\
         After=local-fs.target systemd-modules-load.service\n\
         \n\
         [Service]\n\
         Type=exec\n\
         ExecStart={program} resume\n\
         KillMode=mixed\n\
         \n\
         [Install]\n\
         WantedBy=multi-user.target\n"
    );
    let difference = vec![format!("+ExecStart={program} resume")];
    let unit = WriteFile {
        path: UNIT.into(),
        content,
        difference,
        mode: 0o644,
        config: vec![],
        ..WriteFile::default()
    };
    let link = SetLink { path: LINK.into(), target: PathBuf::from(UNIT) };
    vec![Step::WriteFile(unit), Step::SetLink(link)]
}

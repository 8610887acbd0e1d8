//! Whether this machine puts the driver's modules into its initramfs images.

use std::path::{Path, PathBuf};

use crate::facts::Origin;
use crate::host::{Host, read_text};
use crate::parse::initramfs_conf::{assigned_module, listed_module};

/// initramfs-tools' list of modules.
const LISTED: &str = "/etc/initramfs-tools/modules";
/// Where hooks of initramfs-tools lie. Ubuntu's driver packages bring `framebuffer-nvidia`
/// (nvidia-graphics-drivers, `debian/nvidia-kernel-common-595.install`).
const HOOKS: [&str; 2] = ["/usr/share/initramfs-tools/hooks", "/etc/initramfs-tools/hooks"];
/// dracut's and mkinitcpio's configuration.
const FILES: [&str; 2] = ["/etc/dracut.conf", "/etc/mkinitcpio.conf"];
const DIRECTORIES: [&str; 3] =
    ["/etc/dracut.conf.d", "/usr/lib/dracut/dracut.conf.d", "/etc/mkinitcpio.conf.d"];
/// More files than any such directory holds.
const MOST_FILES: usize = 64;

/// What tells so: the first line or hook that is found.
pub(super) fn find(host: &dyn Host) -> Option<Origin> {
    listed(host).or_else(|| hook(host)).or_else(|| assigned(host))
}

fn listed(host: &dyn Host) -> Option<Origin> {
    let line = listed_module(&read_text(host, LISTED).ok()?)?;
    Some(Origin::line(Path::new(LISTED), line))
}

fn hook(host: &dyn Host) -> Option<Origin> {
    HOOKS.map(Path::new).into_iter().find_map(|directory| {
        let hooks = host.list(directory).ok()?;
        // Debian's `zz_nvidia-blacklists-nouveau` only copies configuration.
        let is_ours = |name: &str| name.contains("nvidia") && !name.contains("blacklist");
        let hook = hooks.into_iter().find(|entry| is_ours(&entry.name))?;
        Some(Origin::from(&directory.join(hook.name)))
    })
}

fn assigned(host: &dyn Host) -> Option<Origin> {
    let further = DIRECTORIES.map(Path::new).into_iter().flat_map(|directory| {
        let entries = host.list(directory).unwrap_or_default().into_iter();
        let named = entries.filter(|entry| entry.name.ends_with(".conf")).take(MOST_FILES);
        named.map(|entry| directory.join(entry.name)).collect::<Vec<_>>()
    });
    FILES.map(PathBuf::from).into_iter().chain(further).find_map(|path| {
        let line = assigned_module(&read_text(host, &path).ok()?)?;
        Some(Origin::line(&path, line))
    })
}

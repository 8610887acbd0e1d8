//! What the administrator holds back. It is respected, and said.

use std::path::Path;

use crate::enquire::Request;
use crate::facts::PackageManager;
use crate::host::{Host, read_text};
use crate::parse::package_locks::{Locks, versionlock_list, versionlock_toml, zypp_locks};
use crate::parse::pacman_transaction::ignored;
use crate::parse::rpm_header::RpmPackage;
use crate::remedy::Hindrance;

/// dnf 4's.
const VERSIONLOCK_LIST: &str = "/etc/dnf/plugins/versionlock.list";
/// dnf 5's.
const VERSIONLOCK_TOML: &str = "/etc/dnf/versionlock.toml";
const ZYPP: &str = "/etc/zypp/locks";
pub(super) const PACMAN: &str = "/etc/pacman.conf";

/// The locks of this machine. A file that cannot be read locks nothing that the program itself would not lock too.
pub(crate) fn read(host: &dyn Host, manager: PackageManager) -> Locks {
    let text = |path: &str| read_text(host, Path::new(path)).unwrap_or_default();
    let mut locks = Locks::default();
    match manager {
        PackageManager::Dpkg => {}
        PackageManager::Rpm => {
            for one in [
                versionlock_list(&text(VERSIONLOCK_LIST)),
                versionlock_toml(&text(VERSIONLOCK_TOML)).unwrap_or_default(),
                zypp_locks(&text(ZYPP)),
            ] {
                locks.full.extend(one.full);
                locks.names.extend(one.names);
            }
        }
        PackageManager::Pacman => {
            locks.names = ignored(&text(PACMAN)).into_iter().map(str::to_owned).collect();
        }
    }
    locks
}

/// Refuses a wish that would change what is held.
pub(super) fn refuse_held(
    host: &dyn Host,
    manager: PackageManager,
    request: &Request,
    installed: &[RpmPackage],
) -> Result<(), Hindrance> {
    let locks = read(host, manager);
    let asked = request.wish.packages();
    let is_held = |package: &&RpmPackage| {
        asked.iter().any(|asked| asked.is(&package.name, &package.arch))
            && locks.hold(&package.name, &package.version, &package.arch)
    };
    let held: Vec<&str> =
        installed.iter().filter(is_held).map(|package| package.name.as_str()).collect();
    if held.is_empty() {
        return Ok(());
    }
    Err(Hindrance::new("packages-held").with("packages", held.join(", ")))
}

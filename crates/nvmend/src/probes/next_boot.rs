//! Which kernel boots next, as far as the boot loader's configuration tells. Part of the kernels' probe.
//!
//! Only simple cases are understood; in all others it is the newest installed kernel, and the origin says so.

use std::path::{Path, PathBuf};

use crate::facts::{Datum, Kernel, Origin};
use crate::host::{Host, read_text};
use crate::parse::{boot, kernel_release};

/// Where `loader.conf` of systemd-boot and the entries of the Boot Loader Specification lie.
const LOADERS: [&str; 4] = ["/boot/loader", "/boot/efi/loader", "/efi/loader", "/boot/EFI/loader"];
/// GRUB's environment block, by distribution.
const GRUB_BLOCKS: [&str; 3] =
    ["/boot/grub/grubenv", "/boot/grub2/grubenv", "/boot/efi/EFI/fedora/grubenv"];
/// More entries than a boot menu can show.
const MOST_ENTRIES: usize = 128;

/// The release of the kernel that boots next.
pub(super) fn find(host: &dyn Host, installed: &[Kernel]) -> Datum<String> {
    let said = nixos(host, installed)
        .or_else(|| systemd_boot(host, installed))
        .or_else(|| grub(host, installed));
    match said {
        Some((release, origin)) => Datum::known(release, origin),
        None => match newest(installed) {
            Some(release) => Datum::known(release, "newest installed kernel"),
            None => Datum::absent("/lib/modules"),
        },
    }
}

/// Boot loaders sort by version and need an image; without any image seen (`/boot` not mounted), the newest at all.
fn newest(installed: &[Kernel]) -> Option<String> {
    let bootable = installed.iter().rev().find(|kernel| kernel.image.value().is_some());
    bootable.or(installed.last()).map(|kernel| kernel.release.clone())
}

/// The system that was activated last.
fn nixos(host: &dyn Host, installed: &[Kernel]) -> Option<(String, Origin)> {
    let roots = ["/nix/var/nix/profiles/system", "/run/current-system"];
    roots.into_iter().find_map(|root| {
        let modules = Path::new(root).join("kernel-modules/lib/modules");
        let release = host.list(&modules).ok()?.into_iter().next()?.name;
        installed
            .iter()
            .any(|kernel| kernel.release == release)
            .then(|| (release, Origin::from(&modules)))
    })
}

/// `default` of `loader.conf` (loader.conf(5)): a pattern of entry names, of which the newest kernel's is taken.
fn systemd_boot(host: &dyn Host, installed: &[Kernel]) -> Option<(String, Origin)> {
    LOADERS.into_iter().find_map(|loader| {
        let loader = Path::new(loader);
        let path = loader.join("loader.conf");
        let text = read_text(host, &path).ok()?;
        let pattern = boot::setting(&text, "default")?;
        // `@saved` is kept in EFI variables, as positions in a menu.
        if pattern.starts_with('@') {
            return None;
        }
        let entries = entries(host, loader);
        let fitting = entries.iter().filter(|(id, _)| boot::fits(pattern, id));
        let releases = fitting.filter_map(|(_, entry)| release_of_entry(host, entry, installed));
        Some((newest_of(releases)?, Origin::from(&path)))
    })
}

/// `GRUB_DEFAULT`, and where that is `saved`, the environment block (GRUB manual, "Simple configuration").
fn grub(host: &dyn Host, installed: &[Kernel]) -> Option<(String, Origin)> {
    let (configured, origin) = grub_default(host)?;
    if configured == "0" {
        // Menus begin with the newest kernel.
        return Some((newest(installed)?, origin));
    }
    if configured != "saved" {
        return Some((release_named(&configured, installed)?, origin));
    }
    GRUB_BLOCKS.into_iter().find_map(|path| {
        let text = read_text(host, path).ok()?;
        // For one boot only, and therefore first.
        let entry = boot::grub_variable(&text, "next_entry")
            .or_else(|| boot::grub_variable(&text, "saved_entry"))?;
        let by_name = release_named(entry, installed);
        let release = by_name.or_else(|| {
            let entries = entries(host, Path::new("/boot/loader"));
            let (_, path) = entries.iter().find(|(id, _)| boot::fits(entry, id))?;
            release_of_entry(host, path, installed)
        })?;
        Some((release, Origin::from(path)))
    })
}

/// The last assignment of `GRUB_DEFAULT`: files of `/etc/default/grub.d` are read after `/etc/default/grub`.
fn grub_default(host: &dyn Host) -> Option<(String, Origin)> {
    let directory = Path::new("/etc/default/grub.d");
    let further = host.list(directory).unwrap_or_default();
    let further = further.iter().filter(|entry| entry.name.ends_with(".cfg")).take(MOST_ENTRIES);
    let files = std::iter::once(PathBuf::from("/etc/default/grub"))
        .chain(further.map(|entry| directory.join(&entry.name)));
    let assigned = files.filter_map(|path| {
        let text = read_text(host, &path).ok()?;
        let (line, value) = boot::shell_value(&text, "GRUB_DEFAULT")?;
        Some((value, Origin::line(&path, line)))
    });
    assigned.last()
}

/// Entries below a loader's directory: id and file.
fn entries(host: &dyn Host, loader: &Path) -> Vec<(String, PathBuf)> {
    let directory = loader.join("entries");
    let names = host.list(&directory).unwrap_or_default().into_iter().map(|entry| entry.name);
    names
        .filter(|name| name.ends_with(".conf"))
        .take(MOST_ENTRIES)
        .map(|name| (name.clone(), directory.join(name)))
        .collect()
}

/// The kernel of an entry: by its name, its `version`, or its image's path; an image that is named after a package
/// (`/vmlinuz-linux`) is found by `pkgbase`, which Arch keeps beside the modules.
fn release_of_entry(host: &dyn Host, entry: &Path, installed: &[Kernel]) -> Option<String> {
    let id = entry.file_name()?.to_str()?;
    if let Some(release) = release_named(id, installed) {
        return Some(release);
    }
    let text = read_text(host, entry).ok()?;
    let version =
        boot::setting(&text, "version").and_then(|version| release_named(version, installed));
    let image = boot::setting(&text, "linux")?;
    version.or_else(|| release_named(image, installed)).or_else(|| {
        let package = image.rsplit('/').next()?.strip_prefix("vmlinuz-")?;
        let of_package = installed.iter().filter(|kernel| {
            read_text(host, kernel.directory.join("pkgbase"))
                .is_ok_and(|base| base.trim() == package)
        });
        newest_of(of_package.map(|kernel| kernel.release.clone()))
    })
}

/// The installed kernel whose release stands in `text`; of several (`6.1.0-4` in `6.1.0-4-rt`) the longest.
fn release_named(text: &str, installed: &[Kernel]) -> Option<String> {
    let named = installed.iter().filter(|kernel| kernel_release::names(text, &kernel.release));
    named.max_by_key(|kernel| kernel.release.len()).map(|kernel| kernel.release.clone())
}

fn newest_of(releases: impl Iterator<Item = String>) -> Option<String> {
    releases.max_by(|left, right| kernel_release::compare(left, right))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hosts::memory::Memory;

    fn kernels(releases: &[&str]) -> Vec<Kernel> {
        let kernel = |release: &&str| Kernel {
            release: (*release).to_owned(),
            directory: Path::new("/usr/lib/modules").join(release),
            image: Datum::known(PathBuf::from(format!("/boot/vmlinuz-{release}")), "/boot"),
            headers: Datum::default(),
        };
        releases.iter().map(kernel).collect()
    }

    fn next(host: Memory) -> (String, String) {
        match find(&host, &kernels(&["6.1.0-9-amd64", "6.1.0-47-amd64", "6.12.1-rt"])) {
            Datum::Known { value, from } => (value, from.0),
            other => panic!("{other:?}"),
        }
    }

    fn is(release: &str, from: &str) -> (String, String) {
        (release.to_owned(), from.to_owned())
    }

    #[test]
    fn without_configuration_it_is_the_newest_that_has_an_image() {
        assert_eq!(next(Memory::default()), is("6.12.1-rt", "newest installed kernel"));
        let mut installed = kernels(&["6.1.0-9-amd64", "6.1.0-47-amd64"]);
        installed[1].image = Datum::absent("/boot");
        assert_eq!(find(&Memory::default(), &installed).value().unwrap(), "6.1.0-9-amd64");
        installed[0].image = Datum::absent("/boot");
        assert_eq!(find(&Memory::default(), &installed).value().unwrap(), "6.1.0-47-amd64");
        assert!(find(&Memory::default(), &[]).is_absent());
    }

    #[test]
    fn grub_names_its_default_or_saves_it() {
        let grub = |value: &str| {
            Memory::default()
                .file("/etc/default/grub", format!("GRUB_TIMEOUT=5\nGRUB_DEFAULT={value}\n"))
        };
        assert_eq!(next(grub("0")), is("6.12.1-rt", "/etc/default/grub:2"));
        let by_name = grub("\"Advanced options for Debian>Debian, with Linux 6.1.0-47-amd64\"");
        assert_eq!(next(by_name), is("6.1.0-47-amd64", "/etc/default/grub:2"));
        let saved = || {
            grub("saved").file(
                "/boot/grub/grubenv",
                "# GRUB\nsaved_entry=gnulinux-6.1.0-9-amd64-advanced-1\n###",
            )
        };
        assert_eq!(next(saved()), is("6.1.0-9-amd64", "/boot/grub/grubenv"));
        assert_eq!(next(grub("\"1>2\"")).1, "newest installed kernel");
        let overridden = saved().file("/etc/default/grub.d/50-cloud.cfg", "GRUB_DEFAULT=0\n");
        assert_eq!(next(overridden), is("6.12.1-rt", "/etc/default/grub.d/50-cloud.cfg:1"));
    }

    #[test]
    fn grub_with_loader_entries() {
        let host = Memory::default()
            .file("/etc/default/grub", "GRUB_DEFAULT=saved\n")
            .file("/boot/grub2/grubenv", "saved_entry=abc\nnext_entry=\n")
            .file(
                "/boot/loader/entries/abc.conf",
                "title X\nversion 6.1.0-47-amd64\nlinux /vmlinuz-6.1.0-47-amd64\n",
            );
        assert_eq!(next(host), is("6.1.0-47-amd64", "/boot/grub2/grubenv"));
    }

    #[test]
    fn systemd_boot_takes_the_newest_that_fits() {
        let host = Memory::default()
            .file("/efi/loader/loader.conf", "timeout 3\ndefault deb-*\n")
            .file("/efi/loader/entries/deb-6.1.0-9-amd64.conf", "linux /deb/6.1.0-9-amd64/linux\n")
            .file(
                "/efi/loader/entries/deb-6.1.0-47-amd64.conf",
                "linux /deb/6.1.0-47-amd64/linux\n",
            )
            .file("/efi/loader/entries/other-6.12.1-rt.conf", "linux /x\n");
        assert_eq!(next(host), is("6.1.0-47-amd64", "/efi/loader/loader.conf"));
    }

    #[test]
    fn an_image_named_after_its_package_is_found_by_pkgbase() {
        let host = Memory::default()
            .file("/boot/loader/loader.conf", "default arch.conf\n")
            .file("/boot/loader/entries/arch.conf", "title Arch\nlinux /vmlinuz-linux-lts\n")
            .file("/usr/lib/modules/6.1.0-9-amd64/pkgbase", "linux-lts\n")
            .file("/usr/lib/modules/6.12.1-rt/pkgbase", "linux\n");
        assert_eq!(next(host), is("6.1.0-9-amd64", "/boot/loader/loader.conf"));
    }

    #[test]
    fn nixos_boots_the_profile() {
        let host = Memory::default()
            .dir("/nix/var/nix/profiles/system/kernel-modules/lib/modules/6.1.0-9-amd64");
        assert_eq!(next(host).0, "6.1.0-9-amd64");
    }
}

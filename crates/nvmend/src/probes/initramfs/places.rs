//! Where the images of a kernel lie.

use std::path::{Path, PathBuf};

use crate::facts::{Gap, ImageKind, Kernel};
use crate::host::{FileKind, Host, read_text};
use crate::parse::kernel_release;

/// Where the EFI partition, or systemd-boot's own one, is mounted. Below it, in a directory of the system's and one of
/// the kernel's, lie the copies that systemd-boot boots (kernel-install(8)).
const PARTITIONS: [&str; 3] = ["/boot", "/boot/efi", "/efi"];
/// Where unified kernel images lie on it (Boot Loader Specification).
const UNIFIED: &str = "EFI/Linux";
/// Where an image-based system keeps each version's (`/boot/ostree/NAME-CHECKSUM/initramfs-K.img`).
const OSTREE: &str = "/boot/ostree";

/// More than any machine has, of directories that are looked into and of images of one kernel.
const MOST_DIRECTORIES: usize = 64;
const MOST_IMAGES: usize = 8;

/// The images that `kernel` may be booted with. A unified image whose name tells no kernel is among those of each.
pub(super) fn find(
    host: &dyn Host,
    kernel: &Kernel,
    installed: &[Kernel],
    gaps: &mut Vec<Gap>,
) -> Vec<(PathBuf, ImageKind)> {
    let mut found = Vec::new();
    let mut add = |path, kind| found.push((path, kind));
    // A file's name by itself: which of them is there, the list of `/boot` says.
    let mut names = named(&kernel.release);
    if let Ok(package) = read_text(host, kernel.directory.join("pkgbase")) {
        names.push(format!("initramfs-{}.img", package.trim()));
    }
    for partition in PARTITIONS.map(Path::new) {
        let entries = match host.list(partition) {
            Ok(entries) => entries,
            Err(error) => {
                // Ordinary users may not look at the EFI partition, by default.
                if !error.is_absent() {
                    gaps.push(Gap::from(&error));
                }
                continue;
            }
        };
        for entry in &entries {
            if entry.kind != FileKind::Directory && names.contains(&entry.name) {
                add(partition.join(&entry.name), ImageKind::Boot);
            }
        }
        let directories = entries.iter().filter(|entry| entry.kind == FileKind::Directory);
        for directory in directories.take(MOST_DIRECTORIES) {
            let directory = partition.join(&directory.name).join(&kernel.release);
            for entry in host.list(&directory).unwrap_or_default() {
                // `initrd`, Debian's `initrd.img-K`, openSUSE's `initrd-CHECKSUM`.
                if entry.name.starts_with("initrd") || entry.name.starts_with("initramfs") {
                    add(directory.join(entry.name), ImageKind::LoaderCopy);
                }
            }
        }
        for entry in host.list(&partition.join(UNIFIED)).unwrap_or_default() {
            let others =
                || installed.iter().any(|other| kernel_release::names(&entry.name, &other.release));
            if entry.name.ends_with(".efi")
                && (kernel_release::names(&entry.name, &kernel.release) || !others())
            {
                add(partition.join(UNIFIED).join(&entry.name), ImageKind::Unified);
            }
        }
    }
    for entry in host.list(Path::new(OSTREE)).unwrap_or_default().into_iter().take(MOST_DIRECTORIES)
    {
        let directory = Path::new(OSTREE).join(entry.name);
        for entry in host.list(&directory).unwrap_or_default() {
            if names.contains(&entry.name) {
                add(directory.join(entry.name), ImageKind::Boot);
            }
        }
    }
    found.truncate(MOST_IMAGES);
    found
}

/// As initramfs-tools, dracut and SUSE name an image after its kernel.
fn named(release: &str) -> Vec<String> {
    vec![
        format!("initrd.img-{release}"),
        format!("initramfs-{release}.img"),
        format!("initrd-{release}"),
    ]
}

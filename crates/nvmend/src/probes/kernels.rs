//! Kernels: running, installed, next.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::facts::{Datum, Facts, Gap, Kernel, Kernels};
use crate::host::{Failure, FileKind, Host, follow, read_text};
use crate::parse::kernel_release;
use crate::probe::{Found, Probe};

use super::next_boot;

/// Reads `/proc`, the directories of modules, `/boot` and the boot loader's configuration.
pub const PROBE: Probe = Probe { name: "kernels", run };

/// Where module directories lie. On NixOS those of the booted system and of the current one.
const MODULE_ROOTS: [&str; 4] = [
    "/lib/modules",
    "/usr/lib/modules",
    "/run/booted-system/kernel-modules/lib/modules",
    "/run/current-system/kernel-modules/lib/modules",
];

/// Image names in `/boot`, each followed by the release.
const IMAGES: [&str; 5] = ["vmlinuz-", "vmlinux-", "Image-", "kernel-", "bzImage-"];

/// More kernels than any machine has; what lies beyond is not looked at.
const MOST_KERNELS: usize = 256;

fn run(host: &dyn Host, _known: &Facts) -> Found {
    let mut gaps = Vec::new();
    let one_line =
        |path: &str| Datum::read(read_text(host, path).map(|text| text.trim().to_owned()), path);
    let mut running = one_line("/proc/sys/kernel/osrelease");
    let is_release =
        |text: &String| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    if running.value().is_some_and(|text| !is_release(text)) {
        running = Datum::unreadable("/proc/sys/kernel/osrelease", "damaged: no kernel release");
    }
    if let Datum::Unreadable { at, why } = &running {
        gaps.push(Gap::new(at.clone(), why));
    }
    let command_line = one_line("/proc/cmdline");
    let (installed, directory) = installed(host, running.value().map(String::as_str), &mut gaps);
    let next_boot = next_boot::find(host, &installed);
    let kernels = Kernels { running, installed, directory, command_line, next_boot };
    Box::new(move |facts| {
        facts.kernels = kernels;
        facts.gaps.extend(gaps);
    })
}

/// The kernels, and where the first of their directories lies.
fn installed(
    host: &dyn Host,
    running: Option<&str>,
    gaps: &mut Vec<Gap>,
) -> (Vec<Kernel>, Datum<()>) {
    let boot: BTreeSet<String> = host
        .list(Path::new("/boot"))
        .unwrap_or_default()
        .into_iter()
        .map(|entry| entry.name)
        .collect();
    let mut kernels: Vec<Kernel> = Vec::new();
    let mut seen = Vec::new();
    let mut unreadable = None;
    for root in MODULE_ROOTS.map(Path::new) {
        // On a merged system two of them are one.
        let Ok(chain) = follow(host, root) else { continue };
        if seen.contains(&chain.end) {
            continue;
        }
        let mut releases = match host.list(&chain.end) {
            Ok(entries) => entries,
            Err(error) => {
                if !error.is_absent() {
                    gaps.push(Gap::from(&error));
                    unreadable = unreadable.or(Some(error));
                }
                continue;
            }
        };
        releases.retain(|entry| entry.name.starts_with(|first: char| first.is_ascii_digit()));
        if releases.len() > MOST_KERNELS {
            gaps.push(Gap::new(
                root,
                format!("more than {MOST_KERNELS} kernels; only the newest are looked at"),
            ));
            releases.sort_by(|left, right| kernel_release::compare(&right.name, &left.name));
            releases.truncate(MOST_KERNELS);
        }
        for entry in releases {
            let directory = chain.end.join(&entry.name);
            if kernels.iter().any(|kernel| kernel.release == entry.name) {
                continue;
            }
            // What runs is a kernel, whatever is left of its files.
            let Some(holds_image) =
                contents(host, &directory, running == Some(entry.name.as_str()), gaps)
            else {
                continue;
            };
            kernels.push(kernel(host, root, entry.name, directory, holds_image, &boot));
        }
        seen.push(chain.end);
    }
    kernels.sort_by(|left, right| kernel_release::compare(&left.release, &right.release));
    let directory = match (seen.first(), unreadable) {
        (Some(directory), _) => Datum::known((), directory),
        (None, Some(error)) => Datum::unreadable(&error.path, &error.why),
        (None, None) => Datum::absent(MODULE_ROOTS[0]),
    };
    (kernels, directory)
}

/// Whether a module directory holds its kernel's image; `None` when it belongs to no installed kernel.
///
/// A kernel brings `modules.order` and `modules.builtin` (Linux, `Documentation/kbuild/kbuild.rst`). What a builder, a
/// headers package or depmod leave behind does not: `updates/`, `build`, `modules.dep`, or a `kernel/` that holds only NVIDIA's modules.
fn contents(
    host: &dyn Host,
    directory: &Path,
    is_running: bool,
    gaps: &mut Vec<Gap>,
) -> Option<bool> {
    let entries = match host.list(directory) {
        Ok(entries) => entries,
        Err(error) => {
            if !error.is_absent() && error.why != Failure::WrongKind {
                gaps.push(Gap::from(&error));
            }
            return None;
        }
    };
    let has = |name: &str| entries.binary_search_by(|entry| entry.name.as_str().cmp(name)).is_ok();
    let is_kernel = || {
        has("modules.order")
            || has("modules.builtin")
            || has("vmlinuz")
            || holds_others_modules(host, &directory.join("kernel"))
    };
    (is_running || is_kernel()).then(|| has("vmlinuz"))
}

fn holds_others_modules(host: &dyn Host, kernel: &Path) -> bool {
    host.list(kernel)
        .is_ok_and(|entries| entries.iter().any(|entry| !entry.name.starts_with("nvidia")))
}

fn kernel(
    host: &dyn Host,
    root: &Path,
    release: String,
    directory: PathBuf,
    holds_image: bool,
    boot: &BTreeSet<String>,
) -> Kernel {
    let image = if holds_image {
        Some(directory.join("vmlinuz"))
    } else {
        let in_boot = IMAGES
            .iter()
            .map(|prefix| format!("{prefix}{release}"))
            .find(|name| boot.contains(name));
        in_boot.map(|name| Path::new("/boot").join(name)).or_else(|| nixos_image(host, root))
    };
    let image = match image {
        Some(path) => Datum::known(path.clone(), &path),
        None => Datum::Absent { looked_at: vec!["/boot".into(), (&directory).into()] },
    };
    Kernel { headers: headers(host, &directory), release, directory, image }
}

/// `/run/booted-system/kernel`, beside `/run/booted-system/kernel-modules`.
fn nixos_image(host: &dyn Host, root: &Path) -> Option<PathBuf> {
    let image = root.to_str()?.strip_suffix("-modules/lib/modules")?;
    host.metadata(Path::new(image)).ok()?;
    Some(PathBuf::from(image))
}

/// The tree that external modules are built against: `build` leads there, and it holds a `Makefile`.
fn headers(host: &dyn Host, directory: &Path) -> Datum<PathBuf> {
    let build = directory.join("build");
    match host.metadata(&build.join("Makefile")) {
        Ok(metadata) if metadata.kind == FileKind::File => match follow(host, &build) {
            Ok(chain) => Datum::known(chain.end, &build),
            Err(error) => Datum::unreadable(&build, error.why),
        },
        Ok(_) => Datum::absent(&build),
        Err(error) => Datum::read(Err(error), &build),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hosts::memory::Memory;

    fn facts(host: &Memory) -> Facts {
        let mut facts = Facts::default();
        run(host, &Facts::default())(&mut facts);
        facts
    }

    fn releases(facts: &Facts) -> Vec<&str> {
        facts.kernels.installed.iter().map(|kernel| kernel.release.as_str()).collect()
    }

    /// As Debian 12 after an upgrade: merged /usr, three kernels of which one was removed and left only its `updates/`.
    fn debian() -> Memory {
        Memory::default()
            .file("/proc/sys/kernel/osrelease", "6.1.0-9-amd64\n")
            .file(
                "/proc/cmdline",
                "BOOT_IMAGE=/boot/vmlinuz-6.1.0-9-amd64 root=/dev/sda1 ro quiet\n",
            )
            .link("/lib", "usr/lib")
            .file("/usr/lib/modules/6.1.0-9-amd64/modules.order", "")
            .file("/usr/lib/modules/6.1.0-47-amd64/modules.builtin", "")
            .file("/usr/lib/modules/6.1.0-50-amd64/updates/dkms/nvidia.ko", "")
            .file("/usr/lib/modules/6.1.0-50-amd64/modules.dep", "")
            .file("/usr/lib/modules/6.1.0-50-amd64/kernel/nvidia-535/nvidia.ko", "")
            .link("/usr/lib/modules/6.1.0-9-amd64/build", "/usr/src/linux-headers-6.1.0-9-amd64")
            .link("/usr/lib/modules/6.1.0-47-amd64/build", "/usr/src/linux-headers-6.1.0-47-amd64")
            .file("/usr/src/linux-headers-6.1.0-47-amd64/Makefile", "")
            .file("/boot/vmlinuz-6.1.0-9-amd64", "")
            .file("/boot/vmlinuz-6.1.0-47-amd64", "")
    }

    #[test]
    fn counts_each_real_kernel_once_in_order() {
        let facts = facts(&debian());
        assert_eq!(releases(&facts), ["6.1.0-9-amd64", "6.1.0-47-amd64"]);
        let [old, new] = facts.kernels.installed.as_slice() else { panic!() };
        assert_eq!(new.directory, Path::new("/usr/lib/modules/6.1.0-47-amd64"));
        assert_eq!(new.image.value(), Some(&PathBuf::from("/boot/vmlinuz-6.1.0-47-amd64")));
        assert_eq!(
            new.headers.value(),
            Some(&PathBuf::from("/usr/src/linux-headers-6.1.0-47-amd64"))
        );
        assert!(old.headers.is_absent(), "the link dangles");
        assert_eq!(facts.kernels.running.value().unwrap(), "6.1.0-9-amd64");
        assert!(facts.kernels.command_line.value().unwrap().ends_with("ro quiet"));
        assert_eq!(facts.gaps, []);
    }

    #[test]
    fn the_running_kernel_counts_whatever_is_left_of_it() {
        let host = debian().file("/proc/sys/kernel/osrelease", "6.1.0-50-amd64\n");
        assert!(releases(&facts(&host)).contains(&"6.1.0-50-amd64"));
    }

    #[test]
    fn unmerged_roots_are_united_and_arch_keeps_images_beside_modules() {
        let host = Memory::default()
            .file("/lib/modules/5.10.1/modules.order", "")
            .file("/usr/lib/modules/6.9.1-arch1-1/vmlinuz", "");
        let facts = facts(&host);
        assert_eq!(releases(&facts), ["5.10.1", "6.9.1-arch1-1"]);
        let image = facts.kernels.installed[1].image.value();
        assert_eq!(image, Some(&PathBuf::from("/usr/lib/modules/6.9.1-arch1-1/vmlinuz")));
        assert!(facts.kernels.running.is_absent());
    }

    #[test]
    fn finds_the_kernels_of_nixos() {
        let host = Memory::default()
            .link("/run/booted-system/kernel", "/nix/store/k/bzImage")
            .file("/nix/store/k/bzImage", "")
            .link("/run/booted-system/kernel-modules", "/nix/store/m")
            .file("/nix/store/m/lib/modules/6.6.30/modules.order", "");
        let facts = facts(&host);
        assert_eq!(releases(&facts), ["6.6.30"]);
        let kernel = &facts.kernels.installed[0];
        assert_eq!(kernel.directory, Path::new("/nix/store/m/lib/modules/6.6.30"));
        assert_eq!(kernel.image.value(), Some(&PathBuf::from("/run/booted-system/kernel")));
    }

    #[test]
    fn a_directory_with_very_many_names_is_bounded() {
        let host = (0..400).fold(Memory::default(), |host, number| {
            host.file(&format!("/usr/lib/modules/6.1.{number}/modules.order"), "")
        });
        let facts = facts(&host);
        assert_eq!((facts.kernels.installed.len(), facts.gaps.len()), (MOST_KERNELS, 1));
        assert_eq!(releases(&facts).last(), Some(&"6.1.399"));
    }
}

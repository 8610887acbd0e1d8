use std::sync::Arc;

use super::*;
use crate::facts::{Kernel, LoadedDriver, ModuleInfo, PciDevice, Resolution};
use crate::hosts::made;
use crate::hosts::memory::Memory;
use crate::hosts::recorder::Recorder;
use crate::parse::cpio;

const K: &str = "6.1.0-47-amd64";
const NEXT: &str = "6.1.0-50-amd64";

fn image_of(kernel: &str, version: &str) -> Vec<u8> {
    let module = made::module(&[
        ("name", "nvidia"),
        ("version", version),
        ("license", "NVIDIA"),
        ("vermagic", kernel),
    ]);
    let path = format!("usr/lib/modules/{kernel}/updates/dkms/nvidia.ko");
    cpio::write([("etc/crypttab.key", b"secret".as_slice()), (path.as_str(), &module)])
}

fn modules(kernel: &str, version: &str, modified: i64) -> KernelModules {
    let path = PathBuf::from(format!("/lib/modules/{kernel}/updates/dkms/nvidia.ko"));
    let info = ModuleInfo {
        name: "nvidia".into(),
        version: version.parse().ok(),
        ..ModuleInfo::default()
    };
    let info = Datum::known(info, &path);
    let found = Resolution::File { path: path.clone(), by: None };
    KernelModules {
        kernel: kernel.into(),
        files: vec![ModuleFile { path, linked_from: None, info, modified, compressed: false }],
        resolved: [("nvidia".to_owned(), found)].into(),
        index: Datum::known((), "modules.dep"),
    }
}

/// L, D(K) and D of the next kernel, whose file came at 100.
fn known(loaded: &str, on_disk: &str, next: &str) -> Facts {
    let mut facts = Facts::default();
    facts.kernels.running = Datum::known(K.into(), "/proc");
    facts.kernels.next_boot = Datum::known(NEXT.into(), "/boot");
    for (kernel, version) in [(K, on_disk), (NEXT, next)] {
        facts.kernels.installed.push(Kernel {
            release: kernel.into(),
            directory: format!("/lib/modules/{kernel}").into(),
            image: Datum::default(),
            headers: Datum::default(),
        });
        facts.modules.kernels.push(modules(kernel, version, 100));
    }
    if let Ok(version) = loaded.parse() {
        let driver = LoadedDriver { version, flavour: None, readings: vec![] };
        facts.loaded.driver = Datum::known(driver, "/sys/module/nvidia/version");
    }
    facts
}

fn ask(host: &dyn Host, known: &Facts) -> Facts {
    let mut facts = known.clone();
    run(host, known)(&mut facts);
    facts
}

/// The images that were read: kernel, path, version of the module.
fn read(host: &Memory, known: &Facts) -> Vec<(String, String, Option<String>)> {
    let facts = ask(host, known);
    let show = |image: &Image| {
        let version = image.version("nvidia").map(|(version, _)| version.to_string());
        (image.kernel.clone(), image.path.display().to_string(), version)
    };
    facts.initramfs.images.iter().map(show).collect()
}

fn one(kernel: &str, path: &str, version: &str) -> Vec<(String, String, Option<String>)> {
    vec![(kernel.into(), path.into(), Some(version.into()))]
}

fn image(path: &str, kernel: &str, version: &str) -> Memory {
    Memory::default().file(path, image_of(kernel, version))
}

#[test]
fn no_image_is_opened_where_nothing_asks() {
    // If it were, it would be a gap.
    let host = Memory::default()
        .file(&format!("/boot/initrd.img-{K}"), "damaged")
        .file(&format!("/boot/initrd.img-{NEXT}"), "damaged");
    let facts = ask(&host, &known("535.261.03", "535.261.03", "535.261.03"));
    assert_eq!((facts.initramfs, facts.gaps), Default::default());
    let facts = ask(&host, &known("", "535.261.03", "535.261.03"));
    assert_eq!((facts.initramfs, facts.gaps), Default::default());
}

#[test]
fn reads_the_running_kernels_image_when_the_loaded_module_is_another() {
    let stale = known("535.216.03", "535.261.03", "535.261.03");
    for path in [
        "/boot/initrd.img-6.1.0-47-amd64",
        "/boot/initramfs-6.1.0-47-amd64.img",
        "/boot/initrd-6.1.0-47-amd64",
        "/boot/efi/0123456789abcdef/6.1.0-47-amd64/initrd",
        "/efi/opensuse-tumbleweed/6.1.0-47-amd64/initrd-5a1c",
        "/boot/ostree/fedora-5a1c/initramfs-6.1.0-47-amd64.img",
    ] {
        assert_eq!(read(&image(path, K, "535.216.03"), &stale), one(K, path, "535.216.03"));
    }
    let arch = image("/boot/initramfs-linux-lts.img", K, "535.216.03")
        .file(&format!("/lib/modules/{K}/pkgbase"), "linux-lts\n");
    assert_eq!(read(&arch, &stale), one(K, "/boot/initramfs-linux-lts.img", "535.216.03"));
    // Named for this kernel, made for another.
    let other = image("/boot/initrd.img-6.1.0-47-amd64", NEXT, "535.216.03");
    assert_eq!(read(&other, &stale)[0].2, None);
}

#[test]
fn a_unified_image_belongs_to_the_kernel_that_it_names() {
    let unified = |release: &str| {
        let initrd = image_of(K, "535.216.03");
        let file = made::pe(&[(".uname", release.as_bytes()), (".initrd", &initrd)]);
        Memory::default().file("/efi/EFI/Linux/arch-linux.efi", file)
    };
    let stale = known("535.216.03", "535.261.03", "535.261.03");
    assert_eq!(read(&unified(K), &stale), one(K, "/efi/EFI/Linux/arch-linux.efi", "535.216.03"));
    assert_eq!(read(&unified("5.15.0"), &stale), []);
}

#[test]
fn a_damaged_or_forbidden_image_is_a_gap() {
    let stale = known("535.216.03", "535.261.03", "535.261.03");
    let path = format!("/boot/initrd.img-{K}");
    let facts = ask(&Memory::default().file(&path, "damaged"), &stale);
    assert_eq!(facts.gaps, [Gap::new(path.as_str(), "not an initramfs image")]);
    assert!(facts.initramfs.images[0].content.is_unreadable());
    let facts = ask(&Memory::default().file(&path, "").denied(&path), &stale);
    assert_eq!(facts.gaps.len(), 1, "{:?}", facts.gaps);
    assert!(facts.gaps[0].needs_root());
    let facts = ask(&Memory::default().dir("/boot").denied("/boot/efi"), &stale);
    assert_eq!(facts.gaps, [Gap::new("/boot/efi", "permission denied")]);
}

#[test]
fn the_next_kernels_image_needs_a_sign_and_an_old_image() {
    let well = known("535.261.03", "535.261.03", "535.261.03");
    let path = format!("/boot/initrd.img-{NEXT}");
    let without = || image(&path, NEXT, "535.216.03").modified(&path, 50);
    assert_eq!(read(&without(), &well), []);
    let no_sign = "/usr/share/initramfs-tools/hooks/zz_nvidia-blacklists-nouveau";
    assert_eq!(read(&without().file(no_sign, ""), &well), []);
    let signs = [
        ("/etc/initramfs-tools/modules", "nvidia-current-open\n"),
        ("/usr/share/initramfs-tools/hooks/framebuffer-nvidia", ""),
        ("/etc/dracut.conf.d/nvidia.conf", "add_drivers+=\" nvidia \"\n"),
        ("/etc/mkinitcpio.conf", "MODULES=(nvidia)\n"),
    ];
    for (sign, text) in signs {
        let host = without().file(sign, text);
        assert_eq!(read(&host, &well), one(NEXT, &path, "535.216.03"), "{sign}");
        assert_eq!(read(&host.clone().modified(&path, 101), &well), [], "made after the module");
        assert_eq!(read(&host.modified(&path, 100), &well).len(), 1, "an image takes a while");
    }
    // A packaged file keeps an old time; its directory tells when it came.
    let directory = format!("/lib/modules/{NEXT}/updates/dkms");
    let host = without().file(signs[0].0, signs[0].1).modified(&path, 200);
    assert_eq!(read(&host.clone(), &well), []);
    let host = host.dir(&directory).modified(&directory, 300);
    assert_eq!(read(&host, &well).len(), 1);
}

#[test]
fn an_image_that_holds_the_driver_is_a_sign_for_the_next_kernel() {
    let stale = known("535.216.03", "535.261.03", "535.261.03");
    let next = format!("/boot/initrd.img-{NEXT}");
    let host = image(&format!("/boot/initrd.img-{K}"), K, "535.216.03")
        .file(&next, image_of(NEXT, "535.216.03"));
    let kernels: Vec<String> = read(&host, &stale).into_iter().map(|(kernel, ..)| kernel).collect();
    assert_eq!(kernels, [K, NEXT]);
}

#[test]
fn an_image_is_searched_for_what_bars_nouveau_when_that_holds_the_gpu() {
    let mut facts = known("", "535.261.03", "535.261.03");
    let gpu = PciDevice {
        address: "0000:01:00.0".into(),
        device: 1,
        driver: Some("nouveau".into()),
        name: None,
    };
    facts.bus.gpus = Datum::known(vec![gpu], "/sys/bus/pci/devices");
    let path = format!("usr/lib/modules/{K}/kernel/drivers/gpu/drm/nouveau/nouveau.ko");
    let with = |config: &[u8]| {
        let archive =
            cpio::write([(path.as_str(), b"x".as_slice()), ("etc/modprobe.d/a.conf", config)]);
        Memory::default().file(&format!("/boot/initrd.img-{K}"), archive)
    };
    assert_eq!(read(&with(b""), &facts), [], "the disk does not bar it");
    let line = modprobe_conf::parse("blacklist nouveau", Path::new("/etc/modprobe.d/a.conf"));
    facts.modules.config = line;
    assert!(ask(&with(b""), &facts).images_with_nouveau(K).is_some());
    let barred = ask(&with(b"blacklist nouveau\n"), &facts);
    assert_eq!(barred.initramfs.images.len(), 1);
    assert_eq!(barred.images_with_nouveau(K), None);
}

#[test]
fn a_capture_keeps_only_the_extract_and_answers_alike() {
    let stale = known("535.216.03", "535.261.03", "535.261.03");
    let path = format!("/boot/initrd.img-{K}");
    let recorder = Recorder::new(Arc::new(image(&path, K, "535.216.03")));
    let live = ask(&recorder, &stale);
    let capture = recorder.recorded();
    let kept = capture.read(Path::new(&path), 1 << 20).unwrap();
    assert!(memchr::memmem::find(&kept, b"secret").is_none());
    assert_eq!(ask(&capture, &stale), live);
}

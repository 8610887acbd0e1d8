use proptest::prelude::*;

use super::super::compression::tests::{gzip, zstd};
use super::super::in_memory::Bytes;
use super::*;
use crate::hosts::made;

const MODULE: &str = "usr/lib/modules/6.1.0/updates/dkms/nvidia.ko";

fn module(version: &str) -> Vec<u8> {
    made::module(&[
        ("version", version),
        ("license", "NVIDIA"),
        ("name", "nvidia"),
        ("vermagic", "6.1.0 SMP"),
    ])
}

/// As a real one: files that are nobody's business among what is wanted.
fn main_archive() -> Vec<u8> {
    let noise: Vec<u8> =
        (0..200_000u32).map(|number| (number.wrapping_mul(number) >> 7) as u8).collect();
    cpio::write([
        ("./etc/crypttab.key", b"secret".as_slice()),
        ("etc/modprobe.d/nouveau.conf", b"blacklist nouveau\n"),
        ("etc/modprobe.d/other.conf", b"blacklist pcspkr\n"),
        ("usr/lib/modules/6.1.0/kernel/drivers/gpu/drm/nouveau/nouveau.ko", &noise),
        (MODULE, &module("535.261.03")),
        ("usr/lib/modules/6.1.0/updates/dkms/nvidia-uvm.ko.zst", &zstd(&module("535.261.03"))),
        ("usr/lib/modules/6.1.0/kernel/drivers/video/nvidiafb.ko", b"no"),
    ])
}

fn early() -> Vec<u8> {
    let mut archive =
        cpio::write([("kernel/x86/microcode/GenuineIntel.bin", [7; 3000].as_slice())]);
    archive.resize(archive.len().next_multiple_of(512), 0);
    archive
}

fn take(file: Vec<u8>) -> Result<Vec<u8>, ImageError> {
    extract(&Bytes(file), &|_| true, &|_| false)
}

fn names(extract: &[u8]) -> Vec<String> {
    contents(extract).unwrap().0.into_iter().map(|(name, _)| name).collect()
}

const WANTED: [&str; 4] = [
    "etc/modprobe.d/nouveau.conf",
    "usr/lib/modules/6.1.0/kernel/drivers/gpu/drm/nouveau/nouveau.ko",
    MODULE,
    "usr/lib/modules/6.1.0/updates/dkms/nvidia-uvm.ko.zst",
];

#[test]
fn takes_what_is_about_the_driver_however_it_is_packed() {
    let main = main_archive();
    let xz = {
        let options = lzma_rust2::XzOptions::with_preset(0);
        let mut writer = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
        io::Write::write_all(&mut writer, &main).unwrap();
        writer.finish().unwrap()
    };
    for packed in [main.clone(), gzip(&main), zstd(&main), xz, made::lz4(&main)] {
        for before in [vec![], early(), [early(), early()].concat(), vec![0; 4096]] {
            let file = [before.as_slice(), &packed, &[0; 700]].concat();
            let extract = take(file).unwrap();
            assert_eq!(names(&extract), WANTED);
            assert!(extract.len() < 4000, "only .modinfo is kept of modules");
        }
    }
    // What is packed apart comes together.
    let two = [gzip(&early()), zstd(&main)].concat();
    assert_eq!(names(&take(two).unwrap()), WANTED);
}

#[test]
fn the_extract_of_an_extract_is_itself() {
    for file in [
        [early(), zstd(&main_archive())].concat(),
        cpio::write([("init", b"#!/bin/sh".as_slice())]),
        made::pe(&[(".uname", b"6.1.0\0"), (".initrd", &zstd(&main_archive()))]),
    ] {
        let once = take(file).unwrap();
        assert_eq!(take(once.clone()).unwrap(), once);
    }
}

#[test]
fn a_module_in_an_image_still_tells_its_version() {
    let extract = take(zstd(&main_archive())).unwrap();
    let (files, _) = contents(&extract).unwrap();
    for (path, content) in files.iter().filter(|(path, _)| path.contains("nvidia")) {
        let scanned = modinfo::scan(content.as_slice(), false, 1 << 20).unwrap();
        let info = modinfo::parse(&scanned.section, path).unwrap();
        assert_eq!(info.version.unwrap().as_str(), "535.261.03", "{path}");
    }
}

#[test]
fn stops_when_the_question_is_answered() {
    // What comes after the answer is not read, so its damage does not matter.
    let archive = main_archive();
    let file = Bytes(archive[..archive.len() - 200].to_vec());
    let is_enough = |names: &[String]| names.iter().any(|name| name == MODULE);
    let found = extract(&file, &|_| true, &is_enough).unwrap();
    assert_eq!(names(&found), WANTED[..3]);
}

#[test]
fn what_is_kept_of_an_image_is_bounded() {
    let long = "x".repeat(50_000);
    let module =
        made::module(&[("vermagic", "6.1.0"), ("license", "NVIDIA"), ("description", &long)]);
    let paths: Vec<String> = (0..400).map(|at| format!("usr/lib/modules/{at}/nvidia.ko")).collect();
    let image = cpio::write(paths.iter().map(|path| (path.as_str(), module.as_slice())));
    assert!(image.len() > MOST_KEPT + (2 << 20));
    let extract = take(zstd(&image)).unwrap();
    assert!(extract.len() < MOST_KEPT + (1 << 20), "{} bytes", extract.len());
}

#[test]
fn reads_a_unified_image_only_of_the_wanted_kernel() {
    let image = made::pe(&[(".uname", b"6.1.0\n"), (".initrd", &gzip(&main_archive()))]);
    let read = |wanted: &'static str| {
        extract(&Bytes(image.clone()), &|release| release == wanted, &|_| false).unwrap()
    };
    let (files, release) = contents(&read("6.1.0")).unwrap();
    assert_eq!((files.len(), release.as_deref()), (4, Some("6.1.0")));
    let (files, release) = contents(&read("6.2.0")).unwrap();
    assert_eq!((files.len(), release.as_deref()), (0, Some("6.1.0")));
}

#[test]
fn says_what_is_wrong() {
    let message = |file: Vec<u8>| take(file).unwrap_err().to_string();
    assert_eq!(message(b"BZh91AY".to_vec()), "unknown compression: bzip2");
    assert_eq!(message(vec![0x5d, 0, 0, 0x80, 0]), "unknown compression: lzma");
    assert_eq!(message(b"hello".to_vec()), "not an initramfs image");
    assert_eq!(message(gzip(b"hello world")), "not an initramfs image");
    assert_eq!(message(early()), "the image ends after its early part");
    assert_eq!(message(b"MZ".to_vec()), "damaged unified kernel image");
    let packed = zstd(&main_archive());
    assert!(take(packed[..packed.len() / 2].to_vec()).is_err());
    assert!(message(main_archive()[..2000].to_vec()).starts_with("the archive is cut off"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn survives_any_bytes(bytes: Vec<u8>) {
        let _ = take(bytes.clone());
        let _ = take([early(), bytes.clone()].concat());
        let _ = contents(&bytes);
    }

    #[test]
    fn survives_damage(at in 0usize..4000, value: u8, cut in 0usize..4000) {
        let packed = [early(), gzip(&main_archive())].concat();
        for mut file in [packed, made::pe(&[(".uname", b"6"), (".initrd", &main_archive())])] {
            if let Some(byte) = file.get_mut(at) { *byte = value; }
            let _ = take(file.clone());
            file.truncate(cut);
            let _ = take(file);
        }
    }
}

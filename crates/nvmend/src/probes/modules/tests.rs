use super::*;
use crate::facts::{Kernels, Security};
use crate::hosts::made;
use crate::hosts::memory::Memory;

const K: &str = "6.1.0-47-amd64";
const DIR: &str = "/usr/lib/modules/6.1.0-47-amd64";

fn module(name: &str, version: &str) -> Vec<u8> {
    let vermagic = format!("{K} SMP preempt mod_unload modversions ");
    made::module(&[
        ("license", "NVIDIA"),
        ("version", version),
        ("name", name),
        ("vermagic", &vermagic),
    ])
}

fn known(releases: &[&str]) -> Facts {
    let installed = releases.iter().map(|release| Kernel {
        release: (*release).to_owned(),
        directory: format!("/usr/lib/modules/{release}").into(),
        image: Datum::default(),
        headers: Datum::default(),
    });
    let kernels = Kernels {
        running: Datum::known(K.to_owned(), "test"),
        installed: installed.collect(),
        ..Kernels::default()
    };
    Facts { kernels, ..Facts::default() }
}

fn probe(host: &Memory, known: Facts) -> Facts {
    let found = run(host, &known);
    let mut facts = known;
    found(&mut facts);
    facts
}

fn version_of<'f>(modules: &'f KernelModules, name: &str) -> Option<&'f str> {
    modules.loads(name)?.info.value()?.version.as_ref().map(|version| version.as_str())
}

#[test]
fn the_index_decides_between_two_files() {
    let host = Memory::default()
        .link("/lib", "usr/lib")
        .file(
            &format!("{DIR}/modules.dep"),
            "updates/dkms/nvidia.ko:\nkernel/drivers/gpu/drm/drm.ko:\n",
        )
        .file(&format!("{DIR}/updates/dkms/nvidia.ko"), module("nvidia", "535.261.03"))
        .file(&format!("{DIR}/kernel/drivers/video/nvidia.ko"), module("nvidia", "470.256.02"))
        .file(&format!("{DIR}/kernel/drivers/video/fbdev/nvidia/nvidiafb.ko"), "never read");
    let facts = probe(&host, known(&[K]));
    let modules = facts.modules_of(K).unwrap();
    assert_eq!(modules.files.len(), 2);
    assert_eq!(version_of(modules, "nvidia"), Some("535.261.03"));
    assert_eq!(modules.resolved["nvidia_uvm"], Resolution::Missing);
    assert!(modules.index.value().is_some());
    assert!(modules.loads("nvidia").unwrap().info.value().unwrap().signature.is_absent());
    assert_eq!(facts.gaps, []);
}

#[test]
fn debians_file_names_are_reached_through_its_alternatives() {
    let host = Memory::default()
        .link("/etc/modprobe.d/nvidia.conf", "/etc/alternatives/glx--nvidia-modprobe.conf")
        .link(
            "/etc/alternatives/glx--nvidia-modprobe.conf",
            "/etc/nvidia/current-open/nvidia-modprobe.conf",
        )
        .link("/etc/modprobe.d/dangling.conf", "/etc/alternatives/none")
        .file(
            "/etc/nvidia/current-open/nvidia-modprobe.conf",
            "install nvidia modprobe -i nvidia-current-open $CMDLINE_OPTS\n",
        )
        .file(
            &format!("{DIR}/modules.dep"),
            "updates/dkms/nvidia-current.ko:\nupdates/dkms/nvidia-current-open.ko:\n",
        )
        .file(&format!("{DIR}/updates/dkms/nvidia-current.ko"), module("nvidia", "535.216.03"))
        .file(
            &format!("{DIR}/updates/dkms/nvidia-current-open.ko"),
            module("nvidia", "535.261.03"),
        );
    let facts = probe(&host, known(&[K]));
    let modules = facts.modules_of(K).unwrap();
    assert_eq!(version_of(modules, "nvidia"), Some("535.261.03"));
    let Resolution::File { by: Some(by), .. } = &modules.resolved["nvidia"] else {
        panic!("{:?}", modules.resolved)
    };
    assert_eq!(by.as_str(), "/etc/modprobe.d/nvidia.conf:1");
    assert_eq!(facts.gaps, []);
}

#[test]
fn earlier_directories_hide_later_files_and_names_give_the_order() {
    let host = Memory::default()
        .file("/etc/modprobe.d/zz.conf", "options nvidia NVreg_A=1\n")
        .file("/lib/modprobe.d/aa.conf", "blacklist nouveau\n")
        .file("/etc/modprobe.d/off.conf", "# nothing any more\n")
        .file("/lib/modprobe.d/off.conf", "alias nvidia off\n")
        .file("/lib/modprobe.d/readme.txt", "blacklist nvidia\n");
    let mut known = known(&[K]);
    known.kernels.command_line =
        Datum::known("quiet module_blacklist=nouveau".to_owned(), "/proc/cmdline");
    let facts = probe(&host, known);
    let places: Vec<&str> = facts.modules.config.iter().map(|line| line.from.as_str()).collect();
    assert_eq!(places, ["/lib/modprobe.d/aa.conf:1", "/etc/modprobe.d/zz.conf:1", "/proc/cmdline"]);
}

#[test]
fn what_stops_the_module_is_named() {
    let host = Memory::default()
        .file("/etc/modprobe.d/off.conf", "\ninstall nvidia /bin/false\n")
        .file(&format!("{DIR}/modules.dep"), "extra/nvidia.ko:\n")
        .file(&format!("{DIR}/extra/nvidia.ko"), module("nvidia", "535.261.03"));
    let facts = probe(&host, known(&[K]));
    let blocked = Resolution::Blocked {
        by: "/etc/modprobe.d/off.conf:2".into(),
        line: "install nvidia /bin/false".into(),
    };
    assert_eq!(facts.modules_of(K).unwrap().resolved["nvidia"], blocked);
    assert_eq!(facts.modules_of(K).unwrap().files.len(), 1);
}

#[test]
fn a_file_that_the_index_names_may_be_gone() {
    let host =
        Memory::default().file(&format!("{DIR}/modules.dep"), "updates/dkms/nvidia.ko.xz:\n").link(
            &format!("{DIR}/weak-updates/nvidia/nvidia-uvm.ko"),
            "/usr/lib/modules/other/extra/nvidia/nvidia-uvm.ko",
        );
    let facts = probe(&host, known(&[K]));
    let modules = facts.modules_of(K).unwrap();
    let path = format!("{DIR}/updates/dkms/nvidia.ko.xz").into();
    assert_eq!(modules.resolved["nvidia"], Resolution::Dangling { path });
    assert_eq!(modules.resolved["nvidia_uvm"], Resolution::Missing);
    assert_eq!(modules.files, []);
}

#[test]
fn links_lead_to_another_kernels_file_which_is_read_once() {
    let other = "/usr/lib/modules/6.1.0-40-amd64";
    let host = Memory::default()
        .file(&format!("{other}/extra/nvidia/nvidia.ko"), module("nvidia", "535.261.03"))
        .file(&format!("{other}/modules.dep"), "extra/nvidia/nvidia.ko:\n")
        .link(
            &format!("{DIR}/weak-updates/nvidia/nvidia.ko"),
            &format!("{other}/extra/nvidia/nvidia.ko"),
        )
        .file(&format!("{DIR}/modules.dep"), "weak-updates/nvidia/nvidia.ko:\n");
    let facts = probe(&host, known(&["6.1.0-40-amd64", K]));
    let here = facts.modules_of(K).unwrap().loads("nvidia").unwrap();
    assert_eq!(here.linked_from, Some(format!("{DIR}/weak-updates/nvidia/nvidia.ko").into()));
    let there = facts.modules_of("6.1.0-40-amd64").unwrap().loads("nvidia").unwrap();
    assert_eq!((there.linked_from.clone(), &there.path), (None, &here.path));
    assert!(here.info.value().is_some());
}

#[test]
fn without_an_index_depmods_order_decides() {
    let mut host = Memory::default();
    // From last to first: each takes the place of those before.
    let places = ["weak-updates", "kernel/nvidia-535", "extra", "updates"];
    for (count, place) in places.into_iter().enumerate() {
        let version = format!("535.1.{count}");
        host = host.file(&format!("{DIR}/{place}/nvidia.ko"), module("nvidia", &version));
        let facts = probe(&host, known(&[K]));
        let modules = facts.modules_of(K).unwrap();
        assert!(modules.index.is_absent());
        assert_eq!(modules.files.len(), count + 1);
        assert_eq!(version_of(modules, "nvidia"), Some(version.as_str()), "{place}");
    }
}

#[test]
fn compressed_modules_are_read_where_they_are_needed() {
    use crate::parse::compression::tests::{gzip, zstd};
    let other = "6.1.0-40-amd64";
    let signed = made::signed(module("nvidia", "535.261.03"), "MOK of this machine");
    let mut host = Memory::default();
    for release in [other, K] {
        let dir = format!("/usr/lib/modules/{release}");
        host = host
            .file(&format!("{dir}/modules.dep"), "extra/nvidia.ko.zst:\nextra/nvidia-uvm.ko.gz:\n")
            .file(&format!("{dir}/extra/nvidia.ko.zst"), zstd(&signed))
            .file(
                &format!("{dir}/extra/nvidia-uvm.ko.gz"),
                gzip(&module("nvidia_uvm", "535.261.03")),
            );
    }
    let facts = probe(&host, known(&[other, K]));
    let (near, far) = (facts.modules_of(K).unwrap(), facts.modules_of(other).unwrap());
    assert_eq!(version_of(near, "nvidia"), Some("535.261.03"));
    assert_eq!(version_of(near, "nvidia_uvm"), Some("535.261.03"));
    assert_eq!(version_of(far, "nvidia"), Some("535.261.03"));
    assert!(far.loads("nvidia_uvm").unwrap().info.is_absent());
    assert!(near.loads("nvidia").unwrap().compressed);
    // Nothing is claimed of a signature that nobody needed.
    assert!(near.loads("nvidia").unwrap().info.value().unwrap().signature.is_unreadable());

    let mut enforced = known(&[other, K]);
    enforced.security = Security { secure_boot: Datum::known(true, "test"), ..Security::default() };
    let facts = probe(&host, enforced);
    let info = facts.modules_of(K).unwrap().loads("nvidia").unwrap().info.value().unwrap();
    assert_eq!(info.signature.value().unwrap().signer.as_deref(), Some("MOK of this machine"));
    let info = facts.modules_of(K).unwrap().loads("nvidia_uvm").unwrap().info.value().unwrap();
    assert!(info.signature.is_absent());
}

#[test]
fn damage_is_a_gap() {
    let whole = module("nvidia", "535.261.03");
    let host = Memory::default()
        .denied(&format!("{DIR}/modules.dep"))
        .file(&format!("{DIR}/updates/dkms/nvidia.ko"), &whole[..whole.len() / 2])
        .file(&format!("{DIR}/updates/dkms/nvidia-drm.ko.xz"), b"\xfd7zXZ\0cut off");
    let facts = probe(&host, known(&[K]));
    let modules = facts.modules_of(K).unwrap();
    assert!(modules.index.is_unreadable());
    assert_eq!(modules.files.iter().filter(|file| file.info.is_unreadable()).count(), 2);
    let gaps: Vec<&str> = facts.gaps.iter().map(|gap| gap.what.as_str()).collect();
    let expected = ["modules.dep", "updates/dkms/nvidia-drm.ko.xz", "updates/dkms/nvidia.ko"];
    assert_eq!(gaps, expected.map(|file| format!("{DIR}/{file}")));
}

#[test]
fn modules_for_insmod_are_found_where_modprobe_knows_none() {
    let outside = "/opt/nvidia/drivers/nvidia.ko";
    let host = Memory::default()
        .file(&format!("{DIR}/modules.dep"), "kernel/fs/ext4.ko:\n")
        .file(outside, module("nvidia", "440.33.01"))
        .file("/opt/nvidia/drivers/nvidia-uvm.ko", made::module(&[("name", "nvidia_uvm")]));
    let facts = probe(&host, known(&[K, "6.1.0-50-amd64"]));
    let [modules, other] = &facts.modules.kernels[..] else { panic!() };
    assert_eq!(modules.resolved["nvidia"], Resolution::Outside { path: outside.into() });
    assert_eq!(version_of(modules, "nvidia"), Some("440.33.01"));
    // Built for no kernel that is named, and for another kernel than that.
    assert_eq!(modules.resolved["nvidia_uvm"], Resolution::Missing);
    assert_eq!(other.resolved["nvidia"], Resolution::Missing);

    let host = host
        .file(&format!("{DIR}/modules.dep"), "updates/nvidia.ko:\n")
        .file(&format!("{DIR}/updates/nvidia.ko"), module("nvidia", "535.261.03"));
    let facts = probe(&host, known(&[K]));
    assert_eq!(version_of(&facts.modules.kernels[0], "nvidia"), Some("535.261.03"));
    assert_eq!(facts.modules.kernels[0].files.len(), 1);
}

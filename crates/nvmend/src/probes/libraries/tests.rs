use super::*;
use crate::facts::{LibraryPlace, ResolvedLibrary, Via};
use crate::hosts::made::{ld_cache, library, library_saying};
use crate::hosts::memory::Memory;

const LIB: &str = "/usr/lib/x86_64-linux-gnu";

fn probe(host: &Memory) -> Facts {
    let mut facts = Facts::default();
    run(host, &facts)(&mut facts);
    facts
}

fn found<'f>(facts: &'f Facts, name: &str, scope: LookupScope) -> Option<&'f ResolvedLibrary> {
    facts.libraries.lookup(name, "x86_64", scope)?.found.value()
}

fn plain<'f>(facts: &'f Facts, name: &str) -> Option<&'f ResolvedLibrary> {
    found(facts, name, LookupScope::Plain)
}

fn version(library: Option<&ResolvedLibrary>) -> Option<&str> {
    library?.version.as_ref().map(|version| version.as_str())
}

/// A Debian-like machine: libcuda and libnvidia-ml of one version, and a cache that names them.
fn debian(version: &str) -> Memory {
    let mut host = Memory::default().link("/lib", "usr/lib");
    for stem in ["libcuda", "libnvidia-ml"] {
        host = host
            .file(&format!("{LIB}/{stem}.so.{version}"), library("x86_64", &format!("{stem}.so.1")))
            .link(&format!("{LIB}/{stem}.so.1"), &format!("{stem}.so.{version}"));
    }
    host.file("/etc/ld.so.cache", cache(&["libcuda.so.1", "libnvidia-ml.so.1"]))
}

fn cache(names: &[&str]) -> Vec<u8> {
    let paths: Vec<String> =
        names.iter().map(|name| format!("/lib/x86_64-linux-gnu/{name}")).collect();
    let mut entries: Vec<_> =
        names.iter().zip(&paths).map(|(name, path)| (*name, path.as_str(), "x86_64")).collect();
    entries.push(("libc.so.6", "/lib/x86_64-linux-gnu/libc.so.6", "x86_64"));
    ld_cache(&entries)
}

#[test]
fn the_cache_leads_to_the_file() {
    let facts = probe(&debian("535.261.03"));
    let cuda = plain(&facts, "libcuda.so.1").unwrap();
    assert_eq!(cuda.chain.links, [PathBuf::from(format!("{LIB}/libcuda.so.1"))]);
    assert_eq!(cuda.chain.end, PathBuf::from(format!("{LIB}/libcuda.so.535.261.03")));
    assert_eq!(version(Some(cuda)), Some("535.261.03"));
    assert_eq!(cuda.via, Via::Cache("/lib/x86_64-linux-gnu".into()));
    assert_eq!((cuda.place, cuda.exists), (LibraryPlace::System, true));
    let file = facts.libraries.file(&cuda.chain.end).unwrap();
    assert_eq!((file.stem.as_str(), file.arch.as_deref()), ("libcuda", Some("x86_64")));
    assert_eq!(facts.libraries.files.len(), 2, "a merged /lib is not read twice");
    assert!(facts.libraries.cache.value().is_some());
    assert!(!facts.has_environment_lookups());
    assert_eq!(facts.gaps, []);
}

#[test]
fn debians_alternatives_lead_into_a_series_directory() {
    let host = Memory::default()
        .link(
            &format!("{LIB}/libcuda.so.1"),
            "/etc/alternatives/nvidia--libcuda.so.1-x86_64-linux-gnu",
        )
        .link(
            "/etc/alternatives/nvidia--libcuda.so.1-x86_64-linux-gnu",
            &format!("{LIB}/nvidia/tesla-470/libcuda.so.1"),
        )
        .link(&format!("{LIB}/nvidia/tesla-470/libcuda.so.1"), "libcuda.so.470.256.02")
        .file(
            &format!("{LIB}/nvidia/tesla-470/libcuda.so.470.256.02"),
            library("x86_64", "libcuda.so.1"),
        )
        .file(
            &format!("{LIB}/nvidia/current/libcuda.so.535.261.03"),
            library("x86_64", "libcuda.so.1"),
        )
        .file("/etc/ld.so.cache", cache(&["libcuda.so.1"]));
    let facts = probe(&host);
    let cuda = plain(&facts, "libcuda.so.1").unwrap();
    assert_eq!(version(Some(cuda)), Some("470.256.02"));
    assert_eq!(cuda.chain.links.len(), 3);
    assert_eq!(facts.libraries.files.len(), 2);
    assert!(facts.libraries.files.iter().all(|file| file.place == LibraryPlace::System));
}

#[test]
fn what_the_cache_names_may_be_gone() {
    let mut host = debian("535.261.03");
    host.remove(&format!("{LIB}/libcuda.so.535.261.03"));
    let facts = probe(&host);
    let cuda = plain(&facts, "libcuda.so.1").unwrap();
    assert_eq!((cuda.exists, version(Some(cuda))), (false, Some("535.261.03")));

    // The loader then goes on in the default directories.
    host = host.file("/usr/lib/libcuda.so.1", library("x86_64", "libcuda.so.1"));
    let facts = probe(&host);
    let cuda = plain(&facts, "libcuda.so.1").unwrap();
    assert_eq!((cuda.exists, &cuda.via), (true, &Via::DefaultDirectory("/lib".into())));
}

#[test]
fn a_name_that_nobody_leads_to_is_absent() {
    let host = Memory::default()
        .file(&format!("{LIB}/libnvidia-ml.so.535.261.03"), library("x86_64", "libnvidia-ml.so.1"))
        .file("/etc/ld.so.cache", cache(&[]));
    let facts = probe(&host);
    let lookup = facts.libraries.lookup("libnvidia-ml.so.1", "x86_64", LookupScope::Plain).unwrap();
    let Datum::Absent { looked_at } = &lookup.found else { panic!("{lookup:?}") };
    assert_eq!(looked_at[0].as_str(), "/etc/ld.so.cache");
    assert_eq!(facts.libraries.files.len(), 1);
}

#[test]
fn the_environment_goes_first_and_passes_over_other_architectures() {
    let host = debian("535.261.03")
        .env("LD_LIBRARY_PATH", ":$ORIGIN/lib:/opt/none:/opt/32:/opt/$LIB;/opt/late")
        .file("/opt/32/libcuda.so.1", library("i386", "libcuda.so.1"))
        .file("/opt/lib64/libcuda.so.470.82.01", library("x86_64", "libcuda.so.1"))
        .link("/opt/lib64/libcuda.so.1", "libcuda.so.470.82.01")
        .file("/opt/late/libcuda.so.1", library("x86_64", "libcuda.so.1"));
    let facts = probe(&host);
    let cuda = found(&facts, "libcuda.so.1", LookupScope::Environment).unwrap();
    assert_eq!(
        (version(Some(cuda)), &cuda.via),
        (Some("470.82.01"), &Via::LibraryPath("/opt/lib64".into()))
    );
    assert_eq!(cuda.place, LibraryPlace::Other);
    assert_eq!(version(plain(&facts, "libcuda.so.1")), Some("535.261.03"));
    let nvml = found(&facts, "libnvidia-ml.so.1", LookupScope::Environment).unwrap();
    assert_eq!(nvml.via, Via::Cache("/lib/x86_64-linux-gnu".into()));
}

#[test]
fn preloading_goes_before_everything() {
    let host = debian("535.261.03")
        .env("LD_PRELOAD", "libnvidia-ml.so.1 /opt/a/other.so:/opt/a/libnvidia-ml.so.550.54.14")
        .file("/opt/a/libnvidia-ml.so.550.54.14", library("x86_64", "libnvidia-ml.so.1"));
    let facts = probe(&host);
    let nvml = found(&facts, "libnvidia-ml.so.1", LookupScope::Environment).unwrap();
    assert_eq!((version(Some(nvml)), &nvml.via), (Some("550.54.14"), &Via::Preload));
    assert_eq!(version(plain(&facts, "libnvidia-ml.so.1")), Some("535.261.03"));
}

#[test]
fn special_places_are_told_apart() {
    let file = |host: Memory, path: &str| host.file(path, library("x86_64", "libcuda.so.1"));
    let places = [
        ("/usr/local/cuda-12.4/lib64/stubs/libcuda.so", LibraryPlace::Stub),
        ("/usr/local/cuda-12.4/compat/libcuda.so.550.54.14", LibraryPlace::CudaCompat),
        ("/home/u/miniconda3/envs/x/lib/libcuda.so.1", LibraryPlace::Conda),
        (
            "/home/u/venv/lib/python3.12/site-packages/nvidia/driver/lib/libcuda.so.1",
            LibraryPlace::Wheel,
        ),
        ("/usr/lib/wsl/lib/libcuda.so.1", LibraryPlace::Wsl),
        ("/run/nvidia/driver/usr/lib64/libcuda.so.1", LibraryPlace::DriverRoot),
        ("/usr/lib64/nvidia-384/libcuda.so.384.130", LibraryPlace::System),
        ("/opt/vendor/lib/libcuda.so.1", LibraryPlace::System),
    ];
    let host = places.iter().fold(Memory::default(), |host, (path, _)| file(host, path));
    let host = host
        .link("/usr/local/cuda", "cuda-12.4")
        .file("/etc/ld.so.conf", "include /etc/ld.so.conf.d/*.conf\ninclude /etc/ld.so.conf\n")
        .file("/etc/ld.so.conf.d/vendor.conf", "/opt/vendor/lib\n")
        .file("/etc/ld.so.conf.d/vendor.conf.off", "/opt/elsewhere\n")
        .env("CONDA_PREFIX", "/home/u/miniconda3/envs/x")
        .env("VIRTUAL_ENV", "/home/u/venv");
    let facts = probe(&host);
    for (path, place) in places {
        let file = facts.libraries.file(Path::new(path)).unwrap_or_else(|| panic!("{path}"));
        assert_eq!(file.place, place, "{path}");
    }
    assert_eq!(facts.libraries.files.len(), places.len());
}

#[test]
fn without_a_cache_its_sources_are_searched() {
    let host = Memory::default()
        .file("/etc/ld.so.conf", "/opt/first\n/opt/second\n")
        .file("/opt/second/libcuda.so.1", library("x86_64", "libcuda.so.1"))
        .file("/usr/lib64/libnvidia-ml.so.1", library("x86_64", "libnvidia-ml.so.1"));
    let facts = probe(&host);
    assert!(facts.libraries.cache.is_absent());
    assert_eq!(plain(&facts, "libcuda.so.1").unwrap().via, Via::Cache("/opt/second".into()));
    assert_eq!(
        plain(&facts, "libnvidia-ml.so.1").unwrap().via,
        Via::DefaultDirectory("/usr/lib64".into())
    );
}

#[test]
fn a_driver_root_serves_where_the_system_has_nothing() {
    let store = "/nix/store/abc-nvidia-x11-535.261.03/lib";
    let host = Memory::default()
        .link("/run/opengl-driver", "/nix/store/def-graphics-drivers")
        .link(
            "/nix/store/def-graphics-drivers/lib/libcuda.so.1",
            &format!("{store}/libcuda.so.535.261.03"),
        )
        .file(&format!("{store}/libcuda.so.535.261.03"), library("x86_64", "libcuda.so.1"));
    let facts = probe(&host);
    let cuda = plain(&facts, "libcuda.so.1").unwrap();
    assert_eq!((version(Some(cuda)), cuda.place), (Some("535.261.03"), LibraryPlace::DriverRoot));
}

#[test]
fn foreign_architectures_have_lookups_of_their_own() {
    let lib32 = "/usr/lib/i386-linux-gnu";
    let host = debian("535.261.03")
        .file(&format!("{lib32}/libcuda.so.535.216.03"), library("i386", "libcuda.so.1"))
        .link(&format!("{lib32}/libcuda.so.1"), "libcuda.so.535.216.03");
    let facts = probe(&host);
    let cuda = facts.libraries.lookup("libcuda.so.1", "i386", LookupScope::Plain).unwrap();
    assert_eq!(version(cuda.found.value()), Some("535.216.03"));
    assert!(facts.libraries.lookup("libnvidia-ml.so.1", "i386", LookupScope::Plain).is_none());
    assert_eq!(version(plain(&facts, "libcuda.so.1")), Some("535.261.03"));
}

#[test]
fn damaged_and_empty_files_are_what_the_loader_gets() {
    let host = debian("535.261.03")
        .file(&format!("{LIB}/libcuda.so.535.261.03"), "")
        .file(&format!("{LIB}/libnvidia-ml.so.535.261.03"), "no ELF file at all, but text");
    let facts = probe(&host);
    for name in ["libcuda.so.1", "libnvidia-ml.so.1"] {
        let library = plain(&facts, name).unwrap();
        assert!(library.exists);
        assert_eq!(facts.libraries.file(&library.chain.end).unwrap().arch, None);
    }
    let gaps: Vec<&str> = facts.gaps.iter().map(|gap| gap.what.as_str()).collect();
    assert_eq!(gaps, ["libcuda", "libnvidia-ml"].map(|stem| format!("{LIB}/{stem}.so.535.261.03")));
}

#[test]
fn a_damaged_cache_is_a_gap() {
    let host = debian("535.261.03").file("/etc/ld.so.cache", "glibc-ld.so.cache1.1 cut");
    let facts = probe(&host);
    assert!(facts.libraries.cache.is_unreadable());
    assert_eq!(facts.gaps[0].what, "/etc/ld.so.cache");
    assert_eq!(version(plain(&facts, "libcuda.so.1")), Some("535.261.03"));
}

#[test]
fn the_version_is_read_inside_where_the_name_has_none() {
    let text =
        "nvidia id: NVIDIA CUDA Driver for x86_64  560.35.03  Release Build  (dvs)  Fri Aug 16";
    let host = Memory::default()
        .file("/usr/lib/wsl/lib/libcuda.so.1", library_saying("x86_64", "libcuda.so.1", text))
        .file(
            "/usr/lib/wsl/lib/libnvidia-ml.so.1",
            library_saying("x86_64", "libnvidia-ml.so.1", "560.35.03"),
        )
        .file("/etc/ld.so.conf", "/usr/lib/wsl/lib\n");
    let facts = probe(&host);
    assert_eq!(version(plain(&facts, "libcuda.so.1")), Some("560.35.03"));
    assert_eq!(version(plain(&facts, "libnvidia-ml.so.1")), None, "a number alone says nothing");
}

#[test]
fn nvmls_stub_is_known_by_its_warning_wherever_it_lies() {
    let warning =
        "WARNING:\n\nYou should always run with libnvidia-ml.so that is installed with your\n";
    for (text, place) in [(warning, LibraryPlace::Stub), ("", LibraryPlace::Conda)] {
        let host = debian("535.261.03").env("LD_LIBRARY_PATH", "/opt/conda/lib").file(
            "/opt/conda/lib/libnvidia-ml.so.1",
            library_saying("x86_64", "libnvidia-ml.so.1", text),
        );
        let facts = probe(&host);
        let library = found(&facts, "libnvidia-ml.so.1", LookupScope::Environment).unwrap();
        assert_eq!(library.place, place, "{text:?}");
    }
}

#[test]
fn libraries_with_versions_of_their_own_have_no_driver_version() {
    let host = Memory::default()
        .file(&format!("{LIB}/libnvidia-gtk3.so.550.54.14"), library("x86_64", "libnvidia-gtk3.so"))
        .file(
            &format!("{LIB}/libnvidia-egl-wayland.so.1.1.13"),
            library("x86_64", "libnvidia-egl-wayland.so.1"),
        );
    let facts = probe(&host);
    assert_eq!(
        facts.libraries.files.iter().map(|file| file.version.clone()).collect::<Vec<_>>(),
        [None, None]
    );
}

#[test]
fn mounted_files_are_marked() {
    let host = debian("535.261.03").file(
        "/proc/self/mountinfo",
        format!("22 1 0:21 / / rw - overlay overlay rw\n90 22 8:1 /usr/lib64/libcuda {LIB}/libcuda.so.535.261.03 ro - ext4 /dev/sda1 ro\n"),
    );
    let facts = probe(&host);
    let injected: Vec<(&str, bool)> =
        facts.libraries.files.iter().map(|file| (file.stem.as_str(), file.injected)).collect();
    assert_eq!(injected, [("libcuda", true), ("libnvidia-ml", false)]);
}

#[test]
fn a_mounted_cuda_compat_is_not_the_hosts_library() {
    let compat = format!("{LIB}/libcuda.so.550.54.15");
    let mount = |root: &str| {
        let host = debian("535.261.03")
            .file(&compat, library("x86_64", "libcuda.so.1"))
            .link(&format!("{LIB}/libcuda.so.1"), "libcuda.so.550.54.15")
            .file(
                "/proc/self/mountinfo",
                format!("90 22 0:21 {root} {compat} rw - overlay overlay rw\n"),
            );
        let facts = probe(&host);
        let (_, library) = facts.deciding_libraries(LookupScope::Plain).next().unwrap();
        (library.chain.end.clone(), library.place)
    };
    let compat = PathBuf::from(&compat);
    assert_eq!(
        mount("/usr/local/cuda-12.4/compat/libcuda.so.550.54.15"),
        (compat.clone(), LibraryPlace::CudaCompat)
    );
    assert_eq!(mount("/usr/lib64/libcuda.so.550.54.15"), (compat, LibraryPlace::System));
}

#[test]
fn the_display_core_is_asked_for_by_its_version() {
    let host = debian("535.261.03")
        .file(
            &format!("{LIB}/libGLX_nvidia.so.535.261.03"),
            library("x86_64", "libGLX_nvidia.so.0"),
        )
        .link(&format!("{LIB}/libGLX_nvidia.so.0"), "libGLX_nvidia.so.535.261.03");
    let lookup = |facts: &Facts| {
        facts
            .libraries
            .lookup("libnvidia-glcore.so.535.261.03", "x86_64", LookupScope::Plain)
            .unwrap()
            .found
            .clone()
    };
    assert!(lookup(&probe(&host)).is_absent());
    let host = host.file(
        &format!("{LIB}/libnvidia-glcore.so.535.261.03"),
        library("x86_64", "libnvidia-glcore.so"),
    );
    assert!(lookup(&probe(&host)).value().is_some());
}

#[test]
fn directories_that_may_not_be_read_are_gaps() {
    let facts = probe(&debian("535.261.03").denied("/usr/local/lib"));
    assert_eq!(facts.gaps.len(), 1);
    assert_eq!(facts.gaps[0].what, "/usr/local/lib");
}

#[test]
fn a_library_that_may_not_be_read_is_still_there() {
    let host = debian("535.261.03").denied(&format!("{LIB}/libcuda.so.535.261.03"));
    let facts = probe(&host);
    assert!(facts.gaps.iter().any(|gap| gap.what.ends_with("libcuda.so.535.261.03")));
}

#[test]
fn what_ldconfig_would_change_is_told() {
    let fresh = |facts: &Facts| -> Vec<String> {
        let found = facts.libraries.after_ldconfig.iter();
        found.map(|lookup| lookup.found.origin().unwrap().as_str().to_owned()).collect()
    };
    let entries = [("libc.so.6", "/usr/lib/libc.so.6", "x86_64")];
    let host = Memory::default()
        .file("/etc/ld.so.conf", "/opt/nvidia/lib64\n")
        .file("/opt/nvidia/lib64/libcuda.so.535.261.03", library("x86_64", "libcuda.so.1"))
        .link("/opt/nvidia/lib64/libcuda.so.1", "libcuda.so.535.261.03");
    // Without a cache the lookup itself says what one would hold.
    assert!(fresh(&probe(&host)).is_empty());
    let host = host.file("/etc/ld.so.cache", ld_cache(&entries));
    let facts = probe(&host);
    assert!(plain(&facts, "libcuda.so.1").is_none());
    assert_eq!(fresh(&facts), ["/opt/nvidia/lib64/libcuda.so.535.261.03"]);
    let entries = [entries[0], ("libcuda.so.1", "/opt/nvidia/lib64/libcuda.so.1", "x86_64")];
    let host = host.file("/etc/ld.so.cache", ld_cache(&entries));
    assert!(fresh(&probe(&host)).is_empty());
}

#[test]
fn a_library_that_was_cut_short_is_damaged() {
    let path = format!("{LIB}/libcuda.so.535.261.03");
    let mut bytes = library("x86_64", "libcuda.so.1");
    bytes.truncate(bytes.len() - 1);
    let facts = probe(&debian("535.261.03").file(&path, bytes));
    assert_eq!(facts.gaps, [Gap::new(path.as_str(), "damaged: cut short")]);
    assert_eq!(facts.libraries.file(Path::new(&path)).unwrap().arch, None);
}

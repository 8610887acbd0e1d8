use std::io::Read as _;

use super::*;
use crate::facts::{
    BuildOutcome, DkmsBuild, DkmsModule, KernelModules, LibraryFile, LibraryPlace, ModuleFile,
    ModuleInfo, Ownership, PackageRole,
};
use crate::host::Failure;
use crate::hosts::memory::Memory;

fn probe(host: &Memory, mut facts: Facts) -> Facts {
    run(host, &facts.clone())(&mut facts);
    facts
}

/// Facts with these libraries, and modules of version 535.261.03 for one kernel.
fn with_files(libraries: &[&str], modules: &[&str]) -> Facts {
    let mut facts = Facts::default();
    facts.libraries.files = libraries
        .iter()
        .map(|path| LibraryFile {
            path: path.into(),
            stem: "libcuda".into(),
            version: None,
            arch: None,
            size: 1,
            place: LibraryPlace::System,
            injected: false,
        })
        .collect();
    let info = ModuleInfo { version: Some("535.261.03".parse().unwrap()), ..ModuleInfo::default() };
    let file = |path: &&str| ModuleFile {
        path: path.into(),
        linked_from: None,
        info: Datum::known(info.clone(), *path),
        modified: 0,
        compressed: false,
    };
    facts.modules.kernels = vec![KernelModules {
        kernel: "6.1.0-47-amd64".into(),
        files: modules.iter().map(file).collect(),
        resolved: Default::default(),
        index: Datum::default(),
    }];
    facts
}

fn dkms(name: &str, outcome: BuildOutcome) -> DkmsModule {
    DkmsModule {
        name: name.into(),
        version: "535.261.03".parse().unwrap(),
        source: Datum::default(),
        builds: vec![DkmsBuild { kernel: "6.1.0-47-amd64".into(), outcome, from: "x".into() }],
    }
}

fn owner<'f>(facts: &'f Facts, path: &str) -> &'f Ownership {
    &facts.packages.owners[std::path::Path::new(path)]
}

fn rpm_database() -> Vec<u8> {
    let mut bytes = Vec::new();
    let packed = include_bytes!("../../../tests/data/rpmdb.sqlite.gz");
    flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut bytes).unwrap();
    bytes
}

const STATUS: &str = "\
Package: bash
Status: install ok installed
Architecture: amd64
Version: 5.2.15-2+b13

Package: libcuda1
Status: install ok installed
Architecture: amd64
Version: 535.261.03-1

Package: libnvidia-ml1
Status: hold ok installed
Architecture: amd64
Version: 535.216.03-2~bpo12+1

Package: libnvidia-compute-550
Status: deinstall ok config-files
Architecture: amd64
Version: 550.144.03-0ubuntu0.22.04.1

Package: nvidia-kernel-dkms
Status: install ok half-configured
Architecture: amd64
Version: 535.261.03-1

Package: nvidia-modprobe
Status: install ok installed
Architecture: amd64
Version: 535.161.07-1~deb12u1
";

#[test]
fn reads_dpkg() {
    let facts = probe(&Memory::default().file("/var/lib/dpkg/status", STATUS), Facts::default());
    let [database] = &facts.packages.databases[..] else { panic!() };
    assert_eq!(database.count, Datum::known(4, "/var/lib/dpkg/status"));
    let found: Vec<_> = facts
        .packages
        .installed
        .iter()
        .map(|it| (it.name.as_str(), it.role, it.state.as_str(), it.held, it.from.as_str()))
        .collect();
    use PackageRole::*;
    assert_eq!(
        found,
        [
            ("libcuda1", User, "installed", false, "/var/lib/dpkg/status:6"),
            ("libnvidia-ml1", User, "installed", true, "/var/lib/dpkg/status:11"),
            ("nvidia-kernel-dkms", Kernel, "half-configured", false, "/var/lib/dpkg/status:21"),
            ("nvidia-modprobe", Independent, "installed", false, "/var/lib/dpkg/status:26"),
        ]
    );
    assert_eq!(facts.packages.installed[1].origin.as_deref(), Some("backports"));
    assert_eq!(facts.packages.installed[3].driver_version, None);
    assert_eq!(facts.gaps, []);
}

#[test]
fn a_damaged_or_denied_database_is_a_gap_and_owners_are_unknown() {
    for host in [
        Memory::default().file("/var/lib/dpkg/status", &STATUS[..STATUS.len() - 1]),
        Memory::default().denied("/var/lib/dpkg/status"),
    ] {
        let facts = probe(&host, with_files(&["/usr/lib/libcuda.so.1"], &[]));
        assert!(facts.packages.databases[0].count.is_unreadable());
        assert_eq!(facts.gaps.len(), 1);
        assert!(
            matches!(owner(&facts, "/usr/lib/libcuda.so.1"), Ownership::Unknown(why) if why.contains("/var/lib/dpkg/status"))
        );
    }
    let facts = probe(&Memory::default(), with_files(&["/usr/lib/libcuda.so.1"], &[]));
    assert!(matches!(owner(&facts, "/usr/lib/libcuda.so.1"), Ownership::Unknown(_)));
    assert!(facts.packages.databases.is_empty() && facts.gaps.is_empty());
}

#[test]
fn finds_owners_in_dpkgs_lists() {
    let host = Memory::default()
        .file("/var/lib/dpkg/status", STATUS)
        .file(
            "/var/lib/dpkg/info/libcuda1:amd64.list",
            "/.\n/usr/lib/x86_64-linux-gnu/nvidia/current/libcuda.so.535.261.03\n",
        )
        .file("/var/lib/dpkg/info/bash.list", "/.\n/lib/odd.so.1\n")
        .file(
            "/var/lib/dpkg/info/linux-objects-nvidia-535-6.1.0-47-amd64.list",
            "/.\n/lib/modules/6.1.0-47-amd64/kernel/nvidia-535/bits/nvidia.o\n",
        );
    let libraries = [
        "/usr/lib/x86_64-linux-gnu/nvidia/current/libcuda.so.535.261.03",
        "/usr/lib/odd.so.1",
        "/usr/lib/x86_64-linux-gnu/libcuda.so.470.1.1",
    ];
    let modules = [
        "/usr/lib/modules/6.1.0-47-amd64/kernel/nvidia-535/nvidia.ko",
        "/usr/lib/modules/6.1.0-47-amd64/updates/dkms/nvidia-current-open.ko",
        "/usr/lib/modules/6.1.0-47-amd64/kernel/drivers/video/nvidia.ko",
    ];
    let mut facts = with_files(&libraries, &modules);
    facts.builders.dkms = vec![
        dkms("nvidia-current-open", BuildOutcome::Installed),
        dkms("nvidia-current", BuildOutcome::Installed),
    ];
    let facts = probe(&host, facts);
    let package = |name: &str| Ownership::Package(name.to_owned());
    let builder = |name: &str| Ownership::Builder(name.to_owned());
    assert_eq!(*owner(&facts, libraries[0]), package("libcuda1"));
    assert_eq!(*owner(&facts, libraries[1]), package("bash"));
    assert_eq!(*owner(&facts, libraries[2]), Ownership::Nobody);
    assert_eq!(*owner(&facts, modules[0]), builder("linux-objects-nvidia-535-6.1.0-47-amd64"));
    assert_eq!(*owner(&facts, modules[1]), builder("dkms nvidia-current-open/535.261.03"));
    // Of the right version and kernel, but not where DKMS puts it.
    assert_eq!(*owner(&facts, modules[2]), Ownership::Nobody);
    assert_eq!(facts.gaps, []);
}

#[test]
fn a_build_that_was_not_installed_owns_nothing() {
    let module = "/usr/lib/modules/6.1.0-47-amd64/updates/dkms/nvidia.ko";
    let mut facts = with_files(&[], &[module]);
    facts.builders.dkms = vec![dkms("nvidia", BuildOutcome::Built)];
    let facts = probe(&Memory::default().file("/var/lib/dpkg/status", STATUS), facts);
    assert!(
        matches!(owner(&facts, module), Ownership::Unknown(why) if why.contains("/var/lib/dpkg/info"))
    );
}

#[test]
fn reads_rpm_and_finds_owners_by_directory_and_name() {
    let host = Memory::default()
        .file("/usr/lib/sysimage/rpm/rpmdb.sqlite", rpm_database())
        .file("/usr/lib/sysimage/rpm/rpmdb.sqlite-wal", "");
    let libraries = [
        "/usr/lib64/libcuda.so.535.261.03",
        "/usr/lib64/libcuda.so.535.216.03",
        "/usr/lib64/liboddname.so.535.261.03",
        "/usr/local/lib/libcuda.so.535.261.03",
        "/usr/lib64/libcuda.so.550.1.1",
    ];
    let facts = probe(
        &host,
        with_files(&libraries, &["/usr/lib/modules/5.14.0-427.13.1.el9_4.x86_64/vmlinuz"]),
    );
    assert_eq!(
        facts.packages.databases[0].count,
        Datum::known(105, "/usr/lib/sysimage/rpm/rpmdb.sqlite")
    );
    let found: Vec<_> = facts
        .packages
        .installed
        .iter()
        .map(|it| (it.name.as_str(), it.version.as_str(), it.arch.as_str(), it.role))
        .collect();
    assert_eq!(
        found,
        [
            ("kernel-core", "5.14.0-427.13.1.el9_4", "x86_64", PackageRole::KernelImage),
            ("kmod-nvidia-open-dkms", "3:535.261.03-1.el9", "noarch", PackageRole::Kernel),
            ("nvidia-driver-libs", "3:535.216.03-1.el9", "x86_64", PackageRole::User),
            ("nvidia-driver-libs", "3:535.261.03-1.el9", "x86_64", PackageRole::User),
        ]
    );
    assert_eq!(facts.packages.installed[2].origin.as_deref(), Some("NVIDIA"));
    for (path, name) in [
        (libraries[0], "nvidia-driver-libs"),
        (libraries[1], "nvidia-driver-libs"),
        (libraries[2], "tzdata-sample"),
        ("/usr/lib/modules/5.14.0-427.13.1.el9_4.x86_64/vmlinuz", "kernel-core"),
    ] {
        assert_eq!(*owner(&facts, path), Ownership::Package(name.to_owned()), "{path}");
    }
    assert_eq!(*owner(&facts, libraries[3]), Ownership::Nobody);
    assert_eq!(*owner(&facts, libraries[4]), Ownership::Nobody);
    assert_eq!(facts.gaps, []);
}

#[test]
fn says_why_an_rpm_database_cannot_be_read() {
    for (host, words) in [
        (Memory::default().file("/var/lib/rpm/Packages", "x"), "Berkeley DB"),
        (Memory::default().file("/usr/lib/sysimage/rpm/Packages.db", "x"), "ndb"),
        // A root has the program too, and it cannot be run there.
        (
            Memory::default().file("/var/lib/rpm/Packages", "x").file("/usr/bin/rpm", "x"),
            "(Berkeley DB) that only the rpm program reads; /usr/bin/rpm: cannot be asked here",
        ),
        (
            Memory::default().file("/usr/lib/sysimage/rpm/Packages.db", "x").file("/bin/rpm", "x"),
            "(rpm's own ndb) that only the rpm program reads; /bin/rpm: cannot be asked here",
        ),
        (
            Memory::default()
                .failing("/var/lib/rpm/Packages", Failure::Io("Input/output error".into())),
            "Input/output error",
        ),
        (Memory::default().file("/var/lib/rpm/rpmdb.sqlite", "x"), "not an SQLite database"),
        (
            Memory::default()
                .file("/var/lib/rpm/rpmdb.sqlite", rpm_database())
                .file("/var/lib/rpm/rpmdb.sqlite-wal", "frames"),
            "rpmdb.sqlite-wal",
        ),
        (Memory::default().denied("/var/lib/rpm/rpmdb.sqlite"), "permission denied"),
    ] {
        let facts = probe(&host, with_files(&["/usr/lib64/libcuda.so.1"], &[]));
        let [gap] = &facts.gaps[..] else { panic!("{words}: {:?}", facts.gaps) };
        assert!(gap.why.contains(words), "{gap:?}");
        assert!(facts.packages.databases[0].count.is_unreadable());
        assert!(matches!(owner(&facts, "/usr/lib64/libcuda.so.1"), Ownership::Unknown(_)));
    }
}

#[test]
fn reads_dpkg_and_rpm_side_by_side() {
    let host = Memory::default()
        .file("/var/lib/dpkg/status", STATUS)
        .file("/var/lib/dpkg/info/libcuda1.list", "/usr/lib64/libcuda.so.535.261.03\n")
        .file("/var/lib/rpm/rpmdb.sqlite", rpm_database());
    let facts = probe(
        &host,
        with_files(&["/usr/lib64/libcuda.so.535.261.03", "/usr/lib64/libcuda.so.535.216.03"], &[]),
    );
    let managers: Vec<_> =
        facts.packages.databases.iter().map(|database| database.manager).collect();
    assert_eq!(managers, [PackageManager::Dpkg, PackageManager::Rpm]);
    assert_eq!(facts.packages.installed.len(), 8);
    assert_eq!(
        *owner(&facts, "/usr/lib64/libcuda.so.535.261.03"),
        Ownership::Package("libcuda1".into())
    );
    assert_eq!(
        *owner(&facts, "/usr/lib64/libcuda.so.535.216.03"),
        Ownership::Package("nvidia-driver-libs".into())
    );
}

#[test]
fn reads_pacman() {
    let local = "/var/lib/pacman/local";
    let host = Memory::default()
        .file(&format!("{local}/ALPM_DB_VERSION"), "9\n")
        .file(
            &format!("{local}/nvidia-utils-535.216.03-1/desc"),
            "%NAME%\nnvidia-utils\n\n%VERSION%\n535.216.03-1\n\n%ARCH%\nx86_64\n\n",
        )
        .file(
            &format!("{local}/nvidia-utils-535.216.03-1/files"),
            "%FILES%\nusr/\nusr/lib/\nusr/lib/libcuda.so.535.216.03\n",
        )
        .file(&format!("{local}/other-1-1/files"), "%FILES%\nusr/lib/libodd.so.1\n")
        .dir(&format!("{local}/nvidia-dkms-535.216.03-1"));
    let facts = probe(
        &host,
        with_files(
            &["/usr/lib/libcuda.so.535.216.03", "/usr/lib/libodd.so.1", "/usr/lib/libx.so.1"],
            &[],
        ),
    );
    assert_eq!(facts.packages.databases[0].count.value(), Some(&3));
    assert_eq!(facts.packages.installed.len(), 1);
    assert_eq!(facts.packages.installed[0].driver_version, Some("535.216.03".parse().unwrap()));
    assert_eq!(
        *owner(&facts, "/usr/lib/libcuda.so.535.216.03"),
        Ownership::Package("nvidia-utils".into())
    );
    assert_eq!(*owner(&facts, "/usr/lib/libodd.so.1"), Ownership::Package("other".into()));
    assert_eq!(*owner(&facts, "/usr/lib/libx.so.1"), Ownership::Nobody);
    // A package without its description is a damaged database.
    assert_eq!(
        facts.gaps,
        [Gap::new("/var/lib/pacman/local/nvidia-dkms-535.216.03-1/desc", "no such file")]
    );
}

#[test]
fn leaves_out_files_that_no_package_can_own() {
    let mut facts = with_files(&["/home/u/conda/lib/libcuda.so.1"], &[]);
    facts.libraries.files[0].place = LibraryPlace::Conda;
    assert!(probe(&Memory::default(), facts).packages.owners.is_empty());
}

#[test]
fn verifies_the_libraries_of_rpms_against_the_disk() {
    let list = ["libcuda.so.535.261.03", "libcuda.so.1", "libnvidia-ml.so.535.261.03"];
    let files = |size| list.map(|name| (format!("/usr/lib64/{name}"), size)).to_vec();
    let package = |arch: &str, size| crate::hosts::made_rpm::Package {
        name: "nvidia-driver-cuda-libs".into(),
        version: "3:535.261.03-1.el9".into(),
        arch: arch.into(),
        vendor: String::new(),
        files: files(size),
    };
    let probed = |packages: &[_]| {
        let database = crate::hosts::made_rpm::database(packages);
        let host = Memory::default().file("/usr/lib/sysimage/rpm/rpmdb.sqlite", database);
        let packages =
            probe(&host, with_files(&["/usr/lib64/libcuda.so.535.261.03"], &[])).packages;
        let missing = packages.missing.into_iter().map(|file| file.path);
        let altered = packages.altered.into_iter().map(|file| match file.change {
            crate::facts::Change::Size { listed, found } => (listed, found),
            crate::facts::Change::Content => (0, 0),
        });
        (missing.collect::<Vec<_>>(), altered.collect::<Vec<_>>())
    };
    let gone = vec![std::path::PathBuf::from("/usr/lib64/libnvidia-ml.so.535.261.03")];
    assert_eq!(probed(&[package("x86_64", 1)]), (gone.clone(), vec![]));
    assert_eq!(probed(&[package("x86_64", 7)]), (gone, vec![(7, 1)]));
    // Twice there: which of them the files are of, nobody knows.
    assert_eq!(probed(&[package("x86_64", 1), package("x86_64", 7)]), (vec![], vec![]));
}

#[test]
fn libglvnd_is_looked_at_where_the_drivers_graphics_are() {
    let status =
        "Package: libegl1\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.6.0-1\n";
    let host = Memory::default().file("/var/lib/dpkg/status", status).file(
        "/var/lib/dpkg/info/libegl1:amd64.list",
        "/.\n/usr/lib/libEGL.so.1\n/usr/lib/libEGL.so.1.1.0\n",
    );
    let mut facts = with_files(&["/usr/lib/libEGL_nvidia.so.535.261.03"], &[]);
    assert_eq!(probe(&host, facts.clone()).packages.missing, []);
    facts.libraries.files[0].stem = "libEGL_nvidia".into();
    let packages = probe(&host, facts).packages;
    let [file] = &packages.missing[..] else { panic!("{:?}", packages.missing) };
    assert_eq!(file.path, std::path::Path::new("/usr/lib/libEGL.so.1.1.0"));
    assert_eq!(file.package, "libegl1");
}

#[test]
fn a_capture_answers_for_digests_that_were_taken() {
    use crate::host::Host;
    use crate::hosts::recorder::Recorder;
    let path = "/usr/lib/libcuda.so.535.261.03";
    let list = "/var/lib/dpkg/info/libcuda1.list";
    let host = Memory::default()
        .file("/var/lib/dpkg/status", STATUS)
        .file(list, format!("{path}\n"))
        .file(
            "/var/lib/dpkg/info/libcuda1.md5sums",
            format!("{}  {}\n", "0".repeat(32), &path[1..]),
        )
        .file(path, "another file")
        .modified(list, 1_700_000_000)
        .modified(path, 1_750_000_000);
    let altered = |host: &dyn Host| {
        let mut facts = with_files(&[path], &[]);
        run(host, &facts.clone())(&mut facts);
        facts.packages.altered
    };
    let live = altered(&host);
    assert_eq!(live.len(), 1);
    let recorder = Recorder::new(std::sync::Arc::new(host));
    assert_eq!(altered(&recorder), live);
    let capture = crate::hosts::capture::write(recorder.recorded(), None).unwrap();
    let saved = crate::hosts::capture::read(&capture[..]).unwrap();
    assert_eq!(altered(&saved), live);
    // Its content is not kept for that.
    assert!(saved.read(path.as_ref(), 1 << 20).is_err());
}

#[test]
fn what_other_managers_hold_stands_in_their_configuration() {
    let local = "/var/lib/pacman/local";
    let desc =
        |name: &str| format!("%NAME%\n{name}\n\n%VERSION%\n535.216.03-1\n\n%ARCH%\nx86_64\n");
    let host = Memory::default()
        .file(&format!("{local}/nvidia-open-535.216.03-1/desc"), desc("nvidia-open"))
        .file(&format!("{local}/nvidia-utils-535.216.03-1/desc"), desc("nvidia-utils"))
        .file("/etc/pacman.conf", "[options]\nIgnorePkg = nvidia-open*\n");
    let mut facts = Facts::default();
    run(&host, &facts.clone())(&mut facts);
    let held: Vec<(&str, bool)> = facts
        .packages
        .installed
        .iter()
        .map(|package| (package.name.as_str(), package.held))
        .collect();
    assert_eq!(held, [("nvidia-open", true), ("nvidia-utils", false)]);
}

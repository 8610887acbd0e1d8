//! Real file trees with what a file system can put in a file's place: FIFOs, devices, sparse giants, loops.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nvmend::facts::PackageManager;
use nvmend::hosts::sysroot::Sysroot;
use rustix::fs::{CWD, FileType, Mode, makedev, mknodat};

use crate::machine::{Checked, Node, check, files, machine, nodes};

const MACHINE: &str = "debian-12-535";

/// The described machine as a real file tree.
fn tree() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    let mut all = nodes(&machine(MACHINE));
    all.sort_by(|(a, _), (b, _)| a.cmp(b));
    for (path, node) in all {
        let path = inside(root.path(), &path);
        match node {
            Node::Directory => fs::create_dir_all(path).unwrap(),
            Node::Link(target) => symlink(target, path).unwrap(),
            Node::File(content) => fs::write(path, content).unwrap(),
        }
    }
    root
}

fn inside(root: &Path, path: &Path) -> PathBuf {
    root.join(path.strip_prefix("/").unwrap())
}

fn check_tree(root: &Path, what: &str) -> Checked {
    let checked = check(Sysroot::open(root, BTreeMap::new()).unwrap(), what);
    assert!(checked.took < Duration::from_secs(5), "{what}: {:?}", checked.took);
    checked
}

/// Puts something in the place of every file in turn.
fn in_place_of_each(what: &str, put: impl Fn(&Path)) {
    let root = tree();
    for (path, content) in files(&machine(MACHINE)) {
        let real = inside(root.path(), &path);
        fs::remove_file(&real).unwrap();
        put(&real);
        let checked = check_tree(root.path(), &format!("{what} for {}", path.display()));
        let deciding =
            path.ends_with("osrelease") || path.to_str().unwrap().contains("/libcuda.so.");
        if deciding {
            assert_ne!(
                checked.verdict,
                nvmend::verdict::Verdict::Aligned,
                "{what}: {}",
                path.display()
            );
            assert!(checked.names(&path), "{what}: {}: {:?}", path.display(), checked.facts.gaps);
        }
        if real.is_dir() {
            fs::remove_dir(&real).unwrap()
        } else {
            fs::remove_file(&real).unwrap()
        }
        fs::write(&real, content).unwrap();
    }
}

#[test]
fn a_tree_is_read_as_the_machine_that_it_shows() {
    let root = tree();
    let (real, made) = (check_tree(root.path(), "tree"), check(machine(MACHINE), "memory"));
    assert_eq!((real.verdict, real.report.versions), (made.verdict, made.report.versions));
}

#[test]
fn a_fifo_blocks_nothing() {
    in_place_of_each("a FIFO", |path| {
        mknodat(CWD, path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    });
}

#[test]
fn a_directory_or_a_loop_is_no_file() {
    in_place_of_each("a directory", |path| fs::create_dir(path).unwrap());
    in_place_of_each("a loop", |path| symlink(path.file_name().unwrap(), path).unwrap());
}

/// A tape drive rewinds when it is opened, a watchdog reboots the machine: devices are not opened. `/dev/full` stands
/// for them; reading it would give zeros without end. Needs root, as device nodes do.
#[test]
fn a_device_is_not_opened() {
    let root = tempfile::tempdir().unwrap();
    let device = |path: &Path| {
        mknodat(CWD, path, FileType::CharacterDevice, Mode::RUSR | Mode::WUSR, makedev(1, 7))
    };
    if device(&root.path().join("full")).is_err() {
        return;
    }
    in_place_of_each("a device", |path| device(path).unwrap());
}

/// What memory it takes is seen where the program runs by itself: in the command line's tests.
#[test]
fn sparse_giants_take_no_time() {
    in_place_of_each("1 GiB of holes", |path| {
        fs::File::create(path).unwrap().set_len(1 << 30).unwrap();
    });
}

/// Only the rpm program reads them, and a root's is not run: no such root has "no packages".
#[test]
fn an_rpm_database_of_an_older_format_is_a_gap_that_names_the_format() {
    for (database, format) in [
        ("var/lib/rpm/Packages", "Berkeley DB"),
        ("var/lib/rpm/Packages.db", "ndb"),
        ("usr/lib/sysimage/rpm/Packages", "Berkeley DB"),
        ("usr/lib/sysimage/rpm/Packages.db", "ndb"),
    ] {
        for has_program in [false, true] {
            let root = tree();
            fs::remove_dir_all(root.path().join("var/lib/dpkg")).unwrap();
            let file = root.path().join(database);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, "pages").unwrap();
            if has_program {
                fs::create_dir_all(root.path().join("usr/bin")).unwrap();
                fs::write(root.path().join("usr/bin/rpm"), "a program").unwrap();
            }
            let facts = check_tree(root.path(), database).facts;
            let gap = facts.gaps.iter().find(|gap| gap.what == format!("/{database}"));
            assert!(gap.unwrap().why.contains(format), "{gap:?}");
            let [found] = &facts.packages.databases[..] else { panic!("{:?}", facts.packages) };
            assert_eq!(found.manager, PackageManager::Rpm);
            assert!(found.count.is_unreadable(), "{found:?}");
        }
    }
}

#[test]
fn a_directory_with_very_many_names_is_refused() {
    let root = tree();
    let directory = root.path().join("etc/modprobe.d");
    let first = directory.join("x");
    fs::write(&first, "").unwrap();
    for number in 0..200_001 {
        fs::hard_link(&first, directory.join(format!("{number}.conf")))
            .or_else(|_| fs::write(directory.join(format!("{number}.conf")), ""))
            .unwrap();
    }
    let checked = check_tree(root.path(), "200,002 names");
    assert!(checked.names(Path::new("/etc/modprobe.d")), "{:?}", checked.facts.gaps);
}

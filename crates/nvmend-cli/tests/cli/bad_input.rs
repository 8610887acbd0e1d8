//! What the program says, and how it ends, where its input is not what it should be.

#![allow(clippy::disallowed_methods, reason = "these tests make the files that the program reads")]

use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{VERSION, machine, nvmend, root_of, stderr, stdout};

#[test]
fn a_root_that_is_none_is_named() {
    let machine = machine(VERSION);
    let file = machine.path().join("etc/os-release");
    for (root, says) in [
        ("/nonexistent/root", "/nonexistent/root"),
        (file.to_str().unwrap(), file.to_str().unwrap()),
        ("/dev/null", "/dev/null"),
    ] {
        let answer = nvmend(&["--root", root]);
        assert_eq!(answer.status.code(), Some(2), "{root}");
        assert!(stderr(&answer).contains(says), "{}", stderr(&answer));
        assert!(stderr(&answer).lines().count() >= 2, "the way on: {}", stderr(&answer));
        assert_eq!(stdout(&answer), "");
    }
}

#[test]
fn an_empty_root_is_a_machine_without_a_driver() {
    let root = tempfile::tempdir().unwrap();
    let answer = nvmend(&["--root", root.path().to_str().unwrap()]);
    assert_eq!(answer.status.code(), Some(0), "{}", stderr(&answer));
}

#[test]
fn what_decides_and_cannot_be_read_is_undetermined_and_named() {
    for path in ["usr/lib/x86_64-linux-gnu/libcuda.so.535.261.03", "proc/sys/kernel/osrelease"] {
        let machine = machine(VERSION);
        let file = machine.path().join(path);
        for (what, content) in [("empty", &b""[..]), ("garbage", &b"\x00\xff\x1b[2J"[..])] {
            fs::write(&file, content).unwrap();
            let [option, root] = root_of(&machine);
            let answer = nvmend(&[&option, &root]);
            let name = path.rsplit('/').next().unwrap();
            // An empty library is a cause of its own (`empty-library-file`).
            let status = if name.starts_with("libcuda") && what == "empty" { 1 } else { 3 };
            assert_eq!(answer.status.code(), Some(status), "{path}: {what}: {}", stdout(&answer));
            assert!(stdout(&answer).contains(name), "{path}: {what}: {}", stdout(&answer));
            assert!(!stdout(&answer).contains('\u{1b}'), "{path}: {what}");
        }
    }
}

/// Under a limit of address space an allocation of too much ends the program by a signal.
#[test]
fn sparse_giants_take_no_memory() {
    let files = |root: &Path| -> Vec<PathBuf> {
        let found = Command::new("find").arg(root).args(["-type", "f"]).output().unwrap();
        stdout(&found).lines().map(PathBuf::from).collect()
    };
    let machine = machine(VERSION);
    let names = files(machine.path());
    assert!(names.len() > 10, "{names:?}");
    for path in names {
        let content = fs::read(&path).unwrap();
        fs::File::create(&path).unwrap().set_len(1 << 30).unwrap();
        let answer = Command::new("sh")
            .args([
                "-c",
                "ulimit -v 262144 && exec \"$0\" --root \"$1\"",
                env!("CARGO_BIN_EXE_nvmend"),
            ])
            .arg(machine.path())
            .output()
            .unwrap();
        assert!(
            matches!(answer.status.code(), Some(0 | 1 | 3 | 4)),
            "{}: {}: {}",
            path.display(),
            answer.status,
            stderr(&answer)
        );
        fs::write(&path, content).unwrap();
    }
}

#[test]
fn a_tree_of_loops_ends() {
    let root = tempfile::tempdir().unwrap();
    for name in ["proc", "sys", "etc", "usr", "lib", "boot", "var", "dev"] {
        symlink(name, root.path().join(name)).unwrap();
    }
    let answer = nvmend(&["--root", root.path().to_str().unwrap()]);
    assert_eq!(answer.status.signal(), None);
    assert_eq!(answer.status.code(), Some(3), "{}", stdout(&answer));
    assert!(stdout(&answer).contains("too many symbolic links"), "{}", stdout(&answer));
}

#[test]
fn a_capture_that_is_none_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let machine = machine(VERSION);
    let good = folder.path().join("good");
    let [option, root] = root_of(&machine);
    assert!(nvmend(&["capture", &option, &root, "-o", good.to_str().unwrap()]).status.success());
    let good = fs::read(good).unwrap();
    let mut flipped = good.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0xff;
    let cases: [(&str, &[u8]); 6] = [
        ("empty", b""),
        ("text", b"hello\n"),
        ("cut", &good[..middle]),
        ("head", &good[..4]),
        ("flipped", &flipped),
        ("zeros", &[0; 4096]),
    ];
    for (name, content) in cases {
        let path = folder.path().join(name);
        fs::File::create(&path).unwrap().write_all(content).unwrap();
        let path = path.to_str().unwrap();
        let answer = nvmend(&["--from", path]);
        assert_eq!(answer.status.code(), Some(2), "{name}: {}{}", stdout(&answer), stderr(&answer));
        assert!(stderr(&answer).contains(path), "{name}: {}", stderr(&answer));
        assert!(stderr(&answer).lines().count() >= 2, "the way on: {}", stderr(&answer));
    }
    for path in ["/nonexistent/capture", "/", "/dev/full"] {
        let answer = nvmend(&["--from", path]);
        assert_eq!(answer.status.code(), Some(2), "{path}: {}", stderr(&answer));
        assert!(stderr(&answer).contains(path), "{}", stderr(&answer));
    }
}

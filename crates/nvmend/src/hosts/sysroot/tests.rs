//! Against trees of real files, with and without openat2.

use super::*;
use std::fs;
use std::os::unix::fs::symlink;

/// A tree with an outside that must never show.
fn tree() -> tempfile::TempDir {
    let top = tempfile::tempdir().unwrap();
    let root = top.path().join("root");
    fs::create_dir_all(root.join("usr/lib")).unwrap();
    fs::create_dir_all(root.join("etc")).unwrap();
    fs::write(top.path().join("secret"), "outside").unwrap();
    fs::write(root.join("usr/lib/file"), "inside").unwrap();
    symlink("/usr/lib", root.join("lib")).unwrap();
    symlink("../../../../../secret", root.join("etc/up")).unwrap();
    symlink(top.path().join("secret"), root.join("etc/absolute")).unwrap();
    symlink("loop-b", root.join("etc/loop-a")).unwrap();
    symlink("loop-a", root.join("etc/loop-b")).unwrap();
    symlink("/lib/file", root.join("etc/chain")).unwrap();
    top
}

fn both(top: &tempfile::TempDir) -> [Sysroot; 2] {
    let open = || Sysroot::open(&top.path().join("root"), BTreeMap::new()).unwrap();
    [open(), open().without_openat2()]
}

#[test]
fn links_stay_inside_the_root_with_and_without_openat2() {
    let top = tree();
    for host in both(&top) {
        let read = |path: &str| host.read(Path::new(path), 100);
        assert_eq!(read("/lib/file").unwrap(), b"inside");
        assert_eq!(read("/etc/chain").unwrap(), b"inside");
        assert_eq!(read("/etc/up").unwrap_err().why, Failure::NotFound);
        assert_eq!(read("/etc/absolute").unwrap_err().why, Failure::NotFound);
        assert_eq!(read("/../../secret").unwrap_err().why, Failure::NotFound);
        assert_eq!(read("/etc/loop-a").unwrap_err().why, Failure::LinkLoop);
        assert_eq!(read("/usr/lib/file/x").unwrap_err().why, Failure::NotFound);
        assert_eq!(host.read_link(Path::new("/lib")).unwrap(), Path::new("/usr/lib"));
        assert_eq!(host.list(Path::new("/lib")).unwrap().len(), 1);
    }
}

#[test]
fn devices_and_fifos_are_refused_unopened() {
    let top = tree();
    let fifo = top.path().join("root/etc/fifo");
    rustix::fs::mknodat(rustix::fs::CWD, &fifo, FileType::Fifo, Mode::RUSR, 0).unwrap();
    for host in both(&top) {
        assert_eq!(host.read(Path::new("/etc/fifo"), 10).unwrap_err().why, Failure::WrongKind);
        assert_eq!(host.read(Path::new("/etc"), 10).unwrap_err().why, Failure::WrongKind);
        assert!(host.open(Path::new("/etc/fifo")).is_err());
    }
}

#[test]
fn remembered_directories_answer_as_new_ones() {
    let top = tree();
    let root = top.path().join("root");
    for number in 0..2 * directories::MOST {
        fs::create_dir_all(root.join(format!("many/{number}"))).unwrap();
        fs::write(root.join(format!("many/{number}/name")), number.to_string()).unwrap();
    }
    for host in both(&top) {
        // Each is asked twice, and more than are remembered.
        for number in (0..2 * directories::MOST).chain(0..3) {
            let name = format!("/many/{number}/name");
            assert_eq!(host.read(Path::new(&name), 9).unwrap(), number.to_string().as_bytes());
        }
        for _ in 0..2 {
            let absent = |path: &str| host.metadata(Path::new(path)).unwrap_err().is_absent();
            assert!(absent("/none/below/it") && absent("/none") && absent("/none/other"));
            assert!(absent("/usr/lib/file/below"), "a file is no directory");
            assert!(host.list(Path::new("/none/below")).unwrap_err().is_absent());
            assert_eq!(host.list(Path::new("/usr/lib")).unwrap().len(), 1);
            let file = host.metadata(Path::new("/etc/chain")).unwrap();
            assert_eq!((file.kind, file.size), (FileKind::File, 6), "links are followed");
            assert_eq!(host.metadata(Path::new("/lib")).unwrap().kind, FileKind::Directory);
            assert_eq!(host.metadata(Path::new("/")).unwrap().kind, FileKind::Directory);
            assert_eq!(host.read(Path::new("/etc/../lib/file"), 9).unwrap(), b"inside");
            let up = host.read(Path::new("/lib/../../etc/../usr/lib/file"), 9);
            assert_eq!(up.unwrap(), b"inside");
        }
        let long = PathBuf::from("/a".repeat(100_000));
        assert!(host.read(&long, 9).is_err());
    }
}

#[test]
fn a_file_over_the_limit_is_refused_and_one_at_the_limit_is_read() {
    let top = tree();
    for host in both(&top) {
        let read = |limit| host.read(Path::new("/usr/lib/file"), limit);
        assert_eq!(read(6).unwrap(), b"inside");
        assert_eq!(read(5).unwrap_err().why, Failure::TooLarge { limit: 5 });
    }
}

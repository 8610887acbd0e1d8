//! `check --deep`: what becomes of libraries that answer, crash or hang. They are made here, by the C compiler that
//! Rust needs as its linker.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use nvmend::facts::LibraryOutcome;
use nvmend::host::{self, End, Host};
use nvmend::hosts::live::Live;

use crate::support::{machine, nvmend, root_of, stderr, stdout};

const MISMATCH: &str = r#"
#include <string.h>
int nvmlInit_v2(void) { return 18; }
const char *nvmlErrorString(int code) { return code == 18 ? "Driver/library version mismatch" : "?"; }
int nvmlSystemGetDriverVersion(char *text, unsigned length) { return 1; }
int nvmlSystemGetNVMLVersion(char *text, unsigned length) { strncpy(text, "12.535.261.03", length); return 0; }
"#;
const CUDA: &str = r#"
int cuInit(unsigned flags) { return flags ? 1 : 803; }
int cuGetErrorString(int code, const char **text) { *text = "system has unsupported display driver"; return 0; }
int cuDriverGetVersion(int *version) { *version = 12040; return 0; }
"#;

fn is_root() -> bool {
    Path::new("/proc/self").metadata().unwrap().uid() == 0
}

/// A library in a directory that nobody else can change: root loads from no other.
#[allow(clippy::disallowed_methods, reason = "these tests make their libraries")]
fn library(source: &str) -> (tempfile::TempDir, String) {
    let above = if is_root() { Path::new("/var/lib").to_owned() } else { std::env::temp_dir() };
    let folder = tempfile::tempdir_in(above).unwrap();
    let [code, path] = ["library.c", "library.so"].map(|name| folder.path().join(name));
    fs::write(&code, source).unwrap();
    let made =
        Command::new("cc").args(["-shared", "-fPIC", "-o"]).args([&path, &code]).status().unwrap();
    assert!(made.success());
    (folder, path.to_str().unwrap().to_owned())
}

fn ask(word: &str, path: &str, deadline: Duration) -> host::Output {
    let program = env!("CARGO_BIN_EXE_nvmend");
    let command = host::Command::new(program, ["__ask", word, path], deadline);
    Live::open().unwrap().run(&command).unwrap()
}

fn outcome(word: &str, path: &str) -> LibraryOutcome {
    let output = ask(word, path, Duration::from_secs(30));
    assert_eq!(output.end, End::Status(0), "{}", output.stderr);
    serde_json::from_str(output.stdout.trim()).unwrap()
}

#[test]
fn a_library_answers_in_its_own_words() {
    let (_folder, path) = library(MISMATCH);
    let expected = LibraryOutcome::Answered {
        code: 18,
        text: Some("Driver/library version mismatch".into()),
        driver_version: None,
        library_version: Some("12.535.261.03".into()),
    };
    assert_eq!(outcome("nvml", &path), expected);
    assert!(
        matches!(outcome("cuda", &path), LibraryOutcome::CannotLoad { why } if why.contains("cuInit"))
    );
    let (_folder, path) = library(CUDA);
    let expected = LibraryOutcome::Answered {
        code: 803,
        text: Some("system has unsupported display driver".into()),
        driver_version: None,
        library_version: Some("12.4".into()),
    };
    assert_eq!(outcome("cuda", &path), expected);
}

#[test]
fn one_that_hangs_is_left_at_the_deadline_and_one_that_crashes_takes_nobody_along() {
    let (_folder, path) =
        library("#include <unistd.h>\nint nvmlInit_v2(void) { for (;;) pause(); }");
    let started = Instant::now();
    assert_eq!(ask("nvml", &path, Duration::from_millis(300)).end, End::Deadline);
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    let (_folder, path) = library("int nvmlInit_v2(void) { return *(volatile int *)0; }");
    assert_eq!(ask("nvml", &path, Duration::from_secs(30)).end, End::Signal(11));
}

#[test]
fn root_loads_nothing_that_others_can_change() {
    let (folder, path) = library(MISMATCH);
    let file = Path::new(&path);
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o777);
    fs::set_permissions(folder.path(), open).unwrap();
    match outcome("nvml", file.to_str().unwrap()) {
        LibraryOutcome::CannotLoad { why } => assert!(is_root() && why.contains("root"), "{why}"),
        other => assert!(!is_root(), "{other:?}"),
    }
}

#[test]
fn what_is_no_running_machine_is_not_asked() {
    let tree = machine(crate::support::VERSION);
    let [option, root] = root_of(&tree);
    let output = nvmend(&["check", &option, &root, "--deep"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stdout(&output).is_empty() && stderr(&output).contains("--root"),
        "{}",
        stderr(&output)
    );
    let file = tree.path().join("capture.tar.zst");
    let file = file.to_str().unwrap();
    assert_eq!(nvmend(&["capture", &option, &root, "-o", file]).status.code(), Some(0));
    let output = nvmend(&["check", "--from", file, "--deep"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("nvmend capture --deep"), "{}", stderr(&output));
    assert_eq!(nvmend(&["check", "--deep", "--after", "reboot"]).status.code(), Some(2));
}

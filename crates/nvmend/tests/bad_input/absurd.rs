//! Sizes, numbers and names that no machine has.

use std::time::Duration;

use nvmend::host::{Failure, HostError};
use nvmend::hosts::memory::Memory;

use crate::machine::{Checked, check, machine};

/// Generous: these run unoptimised beside other tests.
const SOON: Duration = Duration::from_secs(20);

fn soon(machine: Memory, what: &str) -> Checked {
    let checked = check(machine, what);
    assert!(checked.took < SOON, "{what}: {:?}", checked.took);
    checked
}

fn debian() -> Memory {
    machine("debian-12-535")
}

#[test]
fn very_large_files_are_read_or_refused_in_little_time() {
    let long_line = || {
        let mut line = b"updates/dkms/nvidia-current-open.ko:".to_vec();
        line.resize(50 << 20, b'x');
        line
    };
    let cases: [(&str, Vec<u8>); 8] = [
        ("/etc/ld.so.cache", vec![0xa5; 64 << 20]),
        ("/usr/lib/modules/6.1.0-47-amd64/modules.dep", long_line()),
        ("/var/lib/dpkg/status", "Package: x\nStatus: a b c\n\n".repeat(800_000).into_bytes()),
        ("/var/log/kern.log", "NVRM: API mismatch: \n".repeat(10_000_000).into_bytes()),
        ("/proc/modules", "nvidia 1 ".repeat(2_000_000).into_bytes()),
        ("/etc/ld.so.conf", "include /etc/ld.so.conf\n".repeat(40_000).into_bytes()),
        ("/etc/modprobe.d/long.conf", "options nvidia x=\\\n".repeat(50_000).into_bytes()),
        ("/etc/modprobe.d/short.conf", "\\\n".repeat(500_000).into_bytes()),
    ];
    for (path, content) in cases {
        soon(debian().file(path, content), path);
    }
}

#[test]
fn fields_of_a_package_may_hold_anything() {
    let field = "9".repeat(4 << 20);
    let status = format!(
        "Package: libcuda1\nStatus: install ok installed\nVersion: {field}\nArchitecture: {field}\n\n\
         Package: nvidia-{field}\nStatus: {field} {field} {field}\nVersion: 1:2:3~~++--\n\n"
    );
    soon(debian().file("/var/lib/dpkg/status", status), "absurd fields");
}

#[test]
fn very_many_processes_and_files_are_bounded() {
    let mut many = debian();
    for pid in 2..100_000 {
        many = many.link(&format!("/proc/{pid}/fd/0"), "/dev/null");
    }
    soon(many, "processes");
    let mut many = debian();
    for number in 0..20_000 {
        many = many
            .file(&format!("/etc/modprobe.d/{number}.conf"), "blacklist nvidia\n")
            .file(&format!("/etc/ld.so.conf.d/{number}.conf"), format!("/opt/{number}\n"))
            .file(&format!("/usr/lib/modules/{number}.0/modules.order"), "")
            .file(&format!("/usr/lib/x86_64-linux-gnu/libcuda.so.{number}.1"), "");
    }
    soon(many, "files");
}

#[test]
fn a_long_search_path_is_bounded() {
    let path = (0..10_000).map(|number| format!("/opt/{number}")).collect::<Vec<_>>().join(":");
    soon(debian().env("LD_LIBRARY_PATH", &path).env("LD_PRELOAD", &path), "LD_LIBRARY_PATH");
}

#[test]
fn configuration_that_includes_itself_ends() {
    let circle = debian()
        .file("/etc/ld.so.conf", "include /etc/ld.so.conf.d/*.conf\n")
        .file("/etc/ld.so.conf.d/a.conf", "include b.conf\ninclude /etc/ld.so.conf\n")
        .file("/etc/ld.so.conf.d/b.conf", "include a.conf\ninclude ../ld.so.conf.d/*.conf\n");
    soon(circle, "include");
}

#[test]
fn names_and_words_of_a_machine_steer_no_terminal() {
    let steering = "\u{1b}]0;x\u{7}\u{1b}[2J\u{202e}";
    let machine = debian()
        .file(
            "/etc/os-release",
            format!("ID=debian\nVERSION_ID=12{steering}\nPRETTY_NAME=\"{steering}\"\n"),
        )
        .file(&format!("/usr/lib/x86_64-linux-gnu/libcuda.so.550.1\n{steering}"), "x")
        .file(&format!("/usr/lib/modules/6.1.0-47-amd64/updates/nvidia.ko\n{steering}"), "x")
        .file(&format!("/usr/lib/modules/7.0\n{steering}/modules.order"), "")
        .file("/var/log/kern.log", format!("kernel: NVRM: API mismatch: {steering}\n"))
        .env("LD_LIBRARY_PATH", &format!("/opt/{steering}"))
        .failing(
            &format!("/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1{steering}"),
            Failure::Io(steering.to_owned()),
        );
    // `check` looks at the text.
    let checked = soon(machine, "steering");
    assert!(!checked.json.contains('\u{1b}'), "JSON escapes controls: {}", checked.json);
    assert!(checked.text.contains("\\u{1b}"), "{}", checked.text);
}

#[test]
fn an_error_says_its_path_and_cause() {
    let error = HostError::new("/a\u{1b}".as_ref(), Failure::TooLarge { limit: 7 });
    assert_eq!(error.to_string(), "/a\u{1b}: larger than 7 bytes");
}

//! `nvmend check` on small file trees: statuses, formats, languages.

use std::process::Output;

use crate::support::{VERSION, machine, nvmend, root_of, stderr, stdout};

fn check(loaded: &str, arguments: &[&str]) -> Output {
    let machine = machine(loaded);
    let [option, root] = root_of(&machine);
    nvmend(&[&["check", option.as_str(), root.as_str()], arguments].concat())
}

#[test]
fn an_aligned_machine_ends_with_0() {
    let output = check(VERSION, &[]);
    assert_eq!(output.status.code(), Some(0), "{}{}", stdout(&output), stderr(&output));
    assert!(stdout(&output).contains(&format!("version {VERSION}")), "{}", stdout(&output));
}

#[test]
fn a_stale_module_ends_with_1_and_a_reboot_helps() {
    let output = check("535.129.03", &[]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("[stale-module-loaded]") && text.contains("Yes. Under kernel"), "{text}");
    assert_eq!(check("535.129.03", &["--after", "reboot"]).status.code(), Some(0));
}

#[test]
fn json_is_the_report_and_the_same_each_time() {
    let machine = machine("535.129.03");
    let [option, root] = root_of(&machine);
    let run = || stdout(&nvmend(&[&option, &root, "--format", "json"]));
    let report: nvmend::report::Report = serde_json::from_str(&run()).unwrap();
    assert_eq!(report.schema, 1);
    assert_eq!(report.time, "2026-01-02T03:04:05Z");
    assert_eq!(report.versions.loaded.as_deref(), Some("535.129.03"));
    assert_eq!(report.findings[0].cause, "stale-module-loaded");
    assert_eq!(run(), run());
}

#[test]
fn quiet_is_the_verdict_alone() {
    let output = check(VERSION, &["-q"]);
    assert_eq!(stdout(&output).lines().count(), 1, "{}", stdout(&output));
}

#[test]
fn colour_only_when_asked_for() {
    assert!(!stdout(&check(VERSION, &[])).contains('\u{1b}'));
    assert!(stdout(&check(VERSION, &["--color", "always"])).contains("\u{1b}["));
}

#[test]
fn speaks_chinese() {
    let text = stdout(&check(VERSION, &["--lang", "zh-CN"]));
    assert!(text.contains("一切匹配") && text.contains("重启有用吗"), "{text}");
}

#[test]
fn a_capture_says_the_same_as_the_machine() {
    let machine = machine("535.129.03");
    let [option, root] = root_of(&machine);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("machine.tar.zst");
    let file = file.to_str().unwrap();
    let written = nvmend(&["capture", &option, &root, "-o", file]);
    assert_eq!(written.status.code(), Some(0), "{}", stderr(&written));
    let of =
        |arguments: [&str; 2]| stdout(&nvmend(&[&arguments[..], &["--format", "json"]].concat()));
    assert_eq!(of(["--from", file]), of([&option, &root]));
    let again = nvmend(&["capture", &option, &root, "-o", file]);
    assert_eq!(again.status.code(), Some(2), "an existing file is not overwritten");
}

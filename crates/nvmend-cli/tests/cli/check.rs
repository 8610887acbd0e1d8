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

#[test]
fn a_bug_report_is_recognised_by_its_content() {
    let report =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../nvmend/tests/data/bug-reports/2025-mismatch.log");
    let output = nvmend(&["--from", report, "--format", "json"]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["versions"]["loaded"], "535.183.01");
    assert_eq!(report["versions"]["libraries"], "550.54.15");
    assert_eq!(report["versions"]["on_disk"], serde_json::Value::Null);
}

#[test]
fn an_unknown_file_is_refused_with_what_can_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("notes.txt");
    std::fs::write(&file, "nothing of the kind\n").unwrap();
    let output = nvmend(&["--from", file.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("nvidia-bug-report.log"), "{}", stderr(&output));
}

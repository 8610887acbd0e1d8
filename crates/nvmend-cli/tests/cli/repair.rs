//! `plan`, `apply`, `undo`, `history`: statuses, formats, languages, and what is refused. Nothing here changes the machine
//! that the tests run on; that is for `testbeds/turns`.
#![allow(
    clippy::disallowed_methods,
    reason = "these tests run the program, and read what it wrote"
)]

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use nvmend::proposal::{Proposal, WhyNot, read_plan};

use crate::support::{VERSION, machine, nvmend, root_of, stderr, stdout};

const STALE: [&str; 2] = ["--example", "stale-module-loaded"];

fn plan(arguments: &[&str]) -> Output {
    nvmend(&[&["plan"], arguments].concat())
}

fn sample(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../nvmend/tests/repair/samples");
    folder.join(name)
}

/// A file with this text.
fn file(text: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plan.json");
    std::fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap().to_owned();
    (folder, path)
}

/// Refused in both languages with status 2, and the words that name the thing in each.
fn refused(arguments: &[&str], english: &str, chinese: &str) {
    for (language, named) in [("en", english), ("zh-CN", chinese)] {
        let output = nvmend(&[arguments, &["--lang", language]].concat());
        let message = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {message}");
        assert!(message.contains(named), "{arguments:?}: {message}");
        assert!(stdout(&output).is_empty(), "{arguments:?}");
    }
}

#[test]
fn a_plan_says_what_is_done_undone_interrupted_and_expected() {
    let output = plan(&STALE);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "as check: {text}");
    for part in [
        "Plan: Reload the modules",
        "1. Unloads",
        "cannot be undone",
        "2. Loads",
        "undo: They are unloaded",
        "What is interrupted",
        "535.183.01 → 535.216.01",
        "Reboot: helps too",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(text.lines().count() <= 24, "one screen: {text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    assert!(!text.contains('\u{1b}'));
    let chinese = stdout(&plan(&["--example", "stale-module-loaded", "--lang", "zh-CN"]));
    for part in ["方案：重新加载内核模块", "无法撤销", "预计结果", "其他办法"]
    {
        assert!(chinese.contains(part), "{part}: {chinese}");
    }
}

#[test]
fn nothing_wrong_is_said() {
    let machine = machine(VERSION);
    let [option, root] = root_of(&machine);
    let output = plan(&[&option, &root]);
    assert_eq!(output.status.code(), Some(0));
    assert!(stdout(&output).contains("Nothing to do"), "{}", stdout(&output));
}

#[test]
fn what_is_allowed_decides() {
    let reported = |arguments: &[&str]| -> Proposal {
        let output = plan(&[&STALE, arguments, &["--format", "json"]].concat());
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let none = reported(&["--allow", "none"]);
    assert!(none.plan.is_none());
    assert!(none.others.iter().all(|other| other.why == WhyNot::NotAllowed), "{none:?}");
    let reload = reported(&["--allow", "reload"]);
    assert_eq!(reload.plan.unwrap().remedies, ["reload-modules"]);
    assert!(reload.others.iter().any(|other| other.why == WhyNot::NotAllowed));
    let wanted = reported(&["--remedy", "reboot"]).plan.unwrap();
    assert_eq!(wanted.remedies, ["reboot"]);
    refused(&["plan", STALE[0], STALE[1], "--remedy", "no-such"], "no-such", "no-such");
    refused(&["plan", STALE[0], STALE[1], "--allow", "everything"], "everything", "everything");
}

#[test]
fn where_nothing_is_wrong_a_plan_is_made_for_who_asks() {
    const EXPOSED: [&str; 2] = ["--example", "unattended-upgrade-exposed"];
    assert!(stdout(&plan(&EXPOSED)).contains("Nothing to do"));
    let output = plan(&[&EXPOSED[..], &["--remedy", "hold-driver"]].concat());
    assert_eq!(output.status.code(), Some(0));
    let text = stdout(&output);
    assert!(
        text.contains("60nvmend-driver") && text.contains("[unattended-upgrade-exposed]"),
        "{text}"
    );
    let other = ["plan", EXPOSED[0], EXPOSED[1], "--remedy", "reload-modules"];
    refused(&other, "would be a remedy of", "没有发现");
}

#[test]
fn a_plan_file_is_what_json_shows_and_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plan.json");
    let name = path.to_str().unwrap();
    let written = plan(&[STALE[0], STALE[1], "-o", name]);
    assert_eq!(written.status.code(), Some(1), "{}", stderr(&written));
    let text = std::fs::read(&path).unwrap();
    assert_eq!(text, plan(&[STALE[0], STALE[1], "--format", "json"]).stdout);
    assert_eq!(text, plan(&[STALE[0], STALE[1], "-o", "-"]).stdout);
    assert_eq!(read_plan(&text).unwrap().remedies, ["reload-modules"]);
    assert_eq!(plan(&[STALE[0], STALE[1], "-o", name]).status.code(), Some(2));
}

#[test]
fn files_that_are_no_plan_are_told_apart() {
    let text = std::fs::read_to_string(sample("plan-1.json")).unwrap();
    let apply = |text: &str, english: &str, chinese: &str| {
        let (_folder, path) = file(text);
        refused(&["apply", "--dry-run", &path], english, chinese);
    };
    apply("hello", "is not a plan", "不是方案文件");
    apply(&text.replacen("\"schema\": 1", "\"schema\": 7", 1), "schema 7", "schema 7");
    apply(&text.replace("550.54.14", "550.54.15"), "was edited", "被人改过");
    let fine = nvmend(&["plan", "--example", "ubuntu-22.04-535", "--format", "json"]);
    apply(&stdout(&fine), "holds no plan", "没有方案");
    // Made on the machine of the sample, which is not this one.
    apply(&text, "another machine", "另一台机器");
    refused(&["apply", "--dry-run", "/no/such/plan"], "/no/such/plan", "/no/such/plan");
}

#[test]
fn what_changes_a_machine_changes_only_this_one_and_asks() {
    for command in ["apply", "undo"] {
        refused(&[command, "--root", "/"], "--root", "--root");
        refused(&[command, "--from", "x"], "--from", "--from");
        refused(&[command, "--example", "stale-module-loaded"], "--example", "--example");
    }
    refused(&["apply", "--yes"], "--allow", "--allow");
    refused(&["apply", "--allow", "none", "--yes", "--bogus"], "--bogus", "--bogus");
}

#[test]
fn who_is_not_root_is_told_the_way_on() {
    // The program is copied to where everybody can run it.
    let folder = tempfile::tempdir_in("/tmp").unwrap();
    let program = folder.path().join("nvmend");
    std::fs::copy(env!("CARGO_BIN_EXE_nvmend"), &program).unwrap();
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(folder.path(), open).unwrap();
    for command in ["apply", "undo"] {
        let mut run = Command::new(&program);
        run.arg(command).env_clear().env("LANG", "C.UTF-8");
        if rustix::process::geteuid().is_root() {
            run.uid(65534).gid(65534);
        }
        let output = run.output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        let message = stderr(&output);
        assert!(message.contains(&format!("sudo nvmend {command}")), "{message}");
    }
}

/// A machine on which a run of the past lies, with its journal up to so many lines, and whether its end was told.
fn with_run(lines: usize, told: bool) -> tempfile::TempDir {
    let machine = machine(VERSION);
    let run = "20261124T173025Z";
    let directory = machine.path().join("var/lib/nvmend/runs").join(run);
    std::fs::create_dir_all(&directory).unwrap();
    let journal = std::fs::read_to_string(sample("journal-1.jsonl")).unwrap();
    let journal: String = journal.split_inclusive('\n').take(lines).collect();
    std::fs::write(directory.join("journal.jsonl"), journal).unwrap();
    if !told {
        let untold = machine.path().join("var/lib/nvmend/untold");
        std::fs::create_dir_all(&untold).unwrap();
        std::fs::write(untold.join(run), "").unwrap();
    }
    machine
}

#[test]
fn a_run_that_has_not_ended_is_said_by_check_and_plan() {
    let machine = with_run(3, false);
    let [option, root] = root_of(&machine);
    for command in ["check", "plan"] {
        let output = nvmend(&[command, &option, &root]);
        let said = stderr(&output);
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(said.contains("sudo nvmend undo 20261124T173025Z"), "{said}");
        assert_eq!(output.status.code(), Some(0), "the verdict is of the driver");
    }
    let told = with_run(99, true);
    let [option, root] = root_of(&told);
    assert_eq!(stderr(&nvmend(&["check", &option, &root])), "");
}

#[test]
fn history_lists_the_runs() {
    let machine = with_run(99, true);
    let [option, root] = root_of(&machine);
    let text = stdout(&nvmend(&["history", &option, &root]));
    assert!(text.contains("20261124T173025Z") && text.contains("taken back later"), "{text}");
    let text = stdout(&nvmend(&["history", &option, &root, "--lang", "zh-CN"]));
    assert!(text.contains("后来已撤销"), "{text}");
    let json = stdout(&nvmend(&["history", &option, &root, "--format", "json"]));
    let history: nvmend::history::History = serde_json::from_str(&json).unwrap();
    assert_eq!(history.runs.len(), 1);
    let path = machine.path().join("var/lib/nvmend/runs/20261124T173025Z/journal.jsonl");
    std::fs::write(path, "{\"record\":\"begin\"}\n{}\n").unwrap();
    let text = stdout(&nvmend(&["history", &option, &root]));
    assert!(text.contains("cannot be read"), "{text}");
}

#[test]
fn check_names_the_command_that_comes_next_where_there_is_one() {
    let text = stdout(&nvmend(&["check", STALE[0], STALE[1]]));
    assert!(text.contains("      nvmend plan\n"), "{text}");
    let none = stdout(&nvmend(&["check", "--example", "nouveau-holds-gpu"]));
    assert_eq!(none.contains("nvmend plan"), can_be_repaired("nouveau-holds-gpu"), "{none}");
}

/// Whether nvmend carries out a remedy of this cause.
fn can_be_repaired(cause: &str) -> bool {
    let cause = nvmend::causes::ALL.iter().find(|found| found.id == cause).unwrap();
    cause.remedies.iter().any(|id| nvmend::remedies::find(id).is_some())
}

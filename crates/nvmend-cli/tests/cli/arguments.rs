//! What is said, in both languages, when the arguments ask for something that cannot be done.

use crate::support::{nvmend, stderr, stdout};

/// Refused with status 2, a message that names the thing, and nothing on the standard output.
fn refused(arguments: &[&str], named: &str) {
    for language in ["en", "zh-CN"] {
        let output = nvmend(&[arguments, &["--lang", language]].concat());
        let message = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {message}");
        assert!(message.contains(named), "{arguments:?}: {message}");
        assert!(stdout(&output).is_empty());
        let label = if language == "en" { "error: " } else { "错误：" };
        assert!(message.starts_with(label), "{message}");
    }
}

#[test]
fn names_what_is_wrong() {
    refused(&["--root", "/no/such/place"], "/no/such/place");
    refused(&["--from", "/no/such/file"], "/no/such/file");
    refused(&["--from", env!("CARGO_BIN_EXE_nvmend")], "nvmend");
    refused(&["--root", "/", "--from", "x"], "--from");
    refused(&["--example", "no-such-example"], "no-such-example");
    refused(&["--root", "/", "--env", "A"], "A");
    refused(&["--env", "A=1"], "--env");
    refused(&["--format", "xml"], "xml");
    refused(&["--bogus"], "--bogus");
    refused(&["chek"], "check");
    refused(&["explain", "no-such-cause"], "no-such-cause");
    refused(&["-q", "-v"], "-v");
    refused(&["completions"], "bash");
}

#[test]
fn what_is_not_there_yet_is_said() {
    for command in ["run", "guard", "fleet"] {
        refused(&[command], command);
    }
    for format in ["html", "prometheus", "nagios", "npd"] {
        refused(&["--format", format], format);
    }
    refused(&["check", "--after", "upgrade"], "--after");
}

#[test]
fn help_is_in_the_readers_language() {
    for (arguments, wanted) in [
        (&["--help"][..], "Usage"),
        (&["check", "--help"], "--after"),
        (&["help", "capture"], "--output"),
        (&["completions", "--help"], "SHELL"),
        (&["--help", "--lang", "zh-CN"], "用法"),
        (&["explain", "-h", "--lang=zh-CN"], "通用选项"),
    ] {
        let output = nvmend(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert!(stdout(&output).contains(wanted), "{arguments:?}: {}", stdout(&output));
    }
    let chinese = stdout(&nvmend(&["--help", "--lang", "zh-CN"]));
    for english in ["Usage", "Options", "Commands", "Print", "Show"] {
        assert!(!chinese.contains(english), "{chinese}");
    }
}

#[test]
fn makes_completions_and_the_manual_page() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        assert!(stdout(&nvmend(&["completions", shell])).contains("nvmend"), "{shell}");
    }
    assert!(stdout(&nvmend(&["man"])).contains(".TH nvmend"));
    assert!(stdout(&nvmend(&["--version"])).starts_with("nvmend "));
}

#[test]
fn every_cause_has_its_page() {
    for cause in nvmend::causes::ALL {
        for language in ["en", "zh-CN"] {
            let output = nvmend(&["explain", cause.id, "--lang", language]);
            assert_eq!(output.status.code(), Some(0), "{}", cause.id);
            assert!(stdout(&output).contains(cause.id));
        }
    }
}

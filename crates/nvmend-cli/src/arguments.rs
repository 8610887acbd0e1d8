//! The arguments, described once: parsing, help, completions, the manual page and the documentation are made from it.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, Command, ValueHint, value_parser};
use nvmend::words::Words;

/// Shells that completions can be made for.
pub const SHELLS: [&str; 5] = ["bash", "elvish", "fish", "powershell", "zsh"];
/// Formats of the report.
pub const FORMATS: [&str; 2] = ["text", "json"];
/// Formats that will come, and are refused until then.
pub const LATER_FORMATS: [&str; 4] = ["html", "prometheus", "nagios", "npd"];
/// Commands that will come, and are refused until then.
pub const LATER_COMMANDS: [&str; 3] = ["run", "guard", "fleet"];
/// What may be interrupted, as `--allow` takes it.
pub const ALLOW: [&str; 5] = ["none", "service-restart", "reload", "gpu-jobs-stop", "reboot"];

/// The whole command line, with its help in the language of `words`.
pub fn command(words: &Words) -> Command {
    describe(&|id, args| words.cli(id, args))
}

/// The same without any help: all that parsing needs.
pub fn grammar() -> Command {
    describe(&|_, _| String::new())
}

/// What the help says, by the id of its message.
type Help<'w> = &'w dyn Fn(&str, &[nvmend::diagnose::Arg]) -> String;

fn describe(help: Help<'_>) -> Command {
    let say = |id: &str| help(id, &[]);
    let subcommand = |name: &'static str, about: String| plain(Command::new(name).about(about));
    plain(Command::new("nvmend"))
        .version(env!("CARGO_PKG_VERSION"))
        .about(say("about"))
        .arg(after(help).hide(true))
        .arg(deep(help).hide(true))
        .args(sources(help))
        .args(output(help))
        .subcommand(subcommand("check", say("command-check")).args([after(help), deep(help)]))
        .subcommand(
            subcommand("explain", say("command-explain"))
                .arg(Arg::new("cause").value_name("CAUSE").help(say("argument-cause"))),
        )
        .subcommand(
            subcommand("capture", say("command-capture")).arg(deep(help)).arg(
                Arg::new("output")
                    .short('o')
                    .long("output")
                    .value_name("FILE")
                    .value_parser(value_parser!(PathBuf))
                    .value_hint(ValueHint::FilePath)
                    .help(say("option-output")),
            ),
        )
        .subcommand(
            subcommand("plan", say("command-plan")).args([
                allow(help),
                Arg::new("remedy")
                    .long("remedy")
                    .value_name("ID")
                    .action(ArgAction::Append)
                    .help(say("option-remedy")),
                Arg::new("output")
                    .short('o')
                    .long("output")
                    .value_name("FILE")
                    .value_parser(value_parser!(PathBuf))
                    .value_hint(ValueHint::FilePath)
                    .help(say("option-plan-output")),
            ]),
        )
        .subcommand(
            subcommand("apply", say("command-apply")).args([
                Arg::new("plan")
                    .value_name("FILE")
                    .value_parser(value_parser!(PathBuf))
                    .value_hint(ValueHint::FilePath)
                    .help(say("argument-plan")),
                yes(help("option-yes", &[])),
                Arg::new("dry-run")
                    .long("dry-run")
                    .action(ArgAction::SetTrue)
                    .help(say("option-dry-run")),
                allow(help),
            ]),
        )
        .subcommand(subcommand("undo", say("command-undo")).args([
            run(help),
            yes(help("option-undo-yes", &[])),
            Arg::new("partly").long("partly").action(ArgAction::SetTrue).help(say("option-partly")),
        ]))
        .subcommand(subcommand("history", say("command-history")))
        .subcommand(subcommand("resume", say("command-resume")).hide(true).arg(run(help)))
        .subcommand(
            // Not required for clap, so that `completions --help` is no error.
            subcommand("completions", say("command-completions")).arg(
                Arg::new("shell")
                    .value_name("SHELL")
                    .value_parser(PossibleValuesParser::new(SHELLS))
                    .help(help("argument-shell", &[("shells", SHELLS.join(", "))])),
            ),
        )
        .subcommand(subcommand("man", say("command-man")))
        .subcommand(
            subcommand("help", say("command-help"))
                .arg(Arg::new("command").value_name("COMMAND").help(say("argument-command"))),
        )
}

/// Without clap's own help and version, which speak English only.
fn plain(command: Command) -> Command {
    command.disable_help_flag(true).disable_version_flag(true).disable_help_subcommand(true)
}

fn after(help: Help<'_>) -> Arg {
    Arg::new("after")
        .long("after")
        .value_name("reboot")
        .value_parser(PossibleValuesParser::new(["reboot", "upgrade"]))
        .help(help("option-after", &[]))
}

fn deep(help: Help<'_>) -> Arg {
    Arg::new("deep").long("deep").action(ArgAction::SetTrue).help(help("option-deep", &[]))
}

fn allow(help: Help<'_>) -> Arg {
    Arg::new("allow")
        .long("allow")
        .value_name("WHAT")
        .value_parser(PossibleValuesParser::new(ALLOW))
        .value_delimiter(',')
        .action(ArgAction::Append)
        .help(help("option-allow", &[]))
}

fn yes(help: String) -> Arg {
    Arg::new("yes").short('y').long("yes").action(ArgAction::SetTrue).help(help)
}

fn run(help: Help<'_>) -> Arg {
    Arg::new("run").value_name("RUN").help(help("argument-run", &[]))
}

/// Which machine is meant.
fn sources(help: Help<'_>) -> [Arg; 4] {
    let say = |id: &str| help(id, &[]);
    [
        Arg::new("root")
            .long("root")
            .value_name("DIR")
            .value_parser(value_parser!(PathBuf))
            .value_hint(ValueHint::DirPath)
            .global(true)
            .help(say("option-root")),
        Arg::new("from")
            .long("from")
            .value_name("FILE")
            .value_parser(value_parser!(PathBuf))
            .value_hint(ValueHint::FilePath)
            .global(true)
            .help(say("option-from")),
        Arg::new("example")
            .long("example")
            .value_name("NAME")
            .num_args(0..=1)
            .global(true)
            .help(say("option-example")),
        Arg::new("env")
            .long("env")
            .value_name("NAME=VALUE")
            .action(ArgAction::Append)
            .global(true)
            .help(say("option-env")),
    ]
}

/// How the answer is shown.
fn output(help: Help<'_>) -> [Arg; 7] {
    let say = |id: &str| help(id, &[]);
    let flag = |name: &'static str, short: char| {
        Arg::new(name).short(short).long(name).action(ArgAction::SetTrue).global(true)
    };
    [
        Arg::new("format")
            .long("format")
            .value_name("FORMAT")
            .value_parser(PossibleValuesParser::new(FORMATS))
            .global(true)
            .help(help("option-format", &[("formats", FORMATS.join(", "))])),
        Arg::new("lang")
            .long("lang")
            .value_name("LANG")
            .value_parser(PossibleValuesParser::new(["en", "zh-CN"]))
            .global(true)
            .help(say("option-lang")),
        Arg::new("color")
            .long("color")
            .value_name("WHEN")
            .value_parser(PossibleValuesParser::new(["auto", "always", "never"]))
            .global(true)
            .help(say("option-color")),
        flag("verbose", 'v').help(say("option-verbose")),
        flag("quiet", 'q').help(say("option-quiet")),
        flag("help", 'h').help(say("option-help")),
        flag("version", 'V').help(say("option-version")),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use nvmend::words::Language;

    #[test]
    fn is_sound_in_both_languages() {
        for language in Language::ALL {
            command(&Words::new(language)).debug_assert();
        }
    }

    #[test]
    fn later_commands_are_not_listed() {
        let command = command(&Words::new(Language::English));
        for name in LATER_COMMANDS {
            assert!(
                command.find_subcommand(name).is_none(),
                "{name} is there: take it off the list"
            );
        }
    }
}

//! Help, made from the description of the arguments. clap's own help speaks English and counts Chinese characters
//! as one column.

use clap::{Arg, Command};
use nvmend::reports::layout::{columns, pad, wrap};
use nvmend::reports::style::{Page, Paint};
use nvmend::words::Words;

/// A heading's message id, and its rows: what is typed, and what it does.
pub type Section = (&'static str, Vec<(String, String)>);

/// The help of a command.
pub fn render(command: &Command, globals: &Command, words: &Words, page: &Page) -> String {
    let mut text = String::new();
    for line in wrap(&about(command), page.columns()) {
        text.push_str(&format!("{line}\n"));
    }
    text.push_str(&format!(
        "\n{}\n  {}\n",
        page.paint(Paint::Bold, &words.cli("heading-usage", &[])),
        usage(command)
    ));
    for (heading, rows) in sections(command, globals) {
        text.push_str(&format!("\n{}\n", page.paint(Paint::Bold, &words.cli(heading, &[]))));
        table(&rows, page, &mut text);
    }
    page.finish(text)
}

/// What a command is about.
pub fn about(command: &Command) -> String {
    command.get_about().map(ToString::to_string).unwrap_or_default()
}

/// How a command is typed.
pub fn usage(command: &Command) -> String {
    let root = command.get_name() == "nvmend";
    let mut usage =
        if root { "nvmend".to_owned() } else { format!("nvmend {}", command.get_name()) };
    usage.push_str(" [OPTIONS]");
    if root {
        usage.push_str(" [COMMAND]");
    }
    for argument in command.get_positionals() {
        usage.push_str(&format!(" [{}]", value_name(argument)));
    }
    usage
}

/// The sections of a command's help: its commands, arguments and options, and the options that all commands take,
/// which `globals` (the root) describes.
pub fn sections(command: &Command, globals: &Command) -> Vec<Section> {
    let shown = |command: &Command, global: bool| -> Vec<(String, String)> {
        command
            .get_arguments()
            .filter(|argument| !argument.is_positional() && !argument.is_hide_set())
            .filter(|argument| argument.is_global_set() == global)
            .map(|argument| (spelling(argument), help(argument)))
            .collect()
    };
    let commands = command
        .get_subcommands()
        .filter(|sub| !sub.is_hide_set())
        .map(|sub| (sub.get_name().to_owned(), about(sub)));
    let arguments =
        command.get_positionals().map(|argument| (value_name(argument), help(argument)));
    [
        ("heading-commands", commands.collect()),
        ("heading-arguments", arguments.collect()),
        ("heading-options", shown(command, false)),
        ("heading-global-options", shown(globals, true)),
    ]
    .into_iter()
    .filter(|(_, rows): &Section| !rows.is_empty())
    .collect()
}

fn table(rows: &[(String, String)], page: &Page, text: &mut String) {
    let widest = rows.iter().map(|(typed, _)| columns(typed)).max().unwrap_or(0);
    let beside = widest + 4;
    let narrow = page.columns() < beside + 24;
    let indent = if narrow { 6 } else { beside };
    for (typed, does) in rows {
        let mut lead = format!("  {}", page.paint(Paint::Command, &pad(typed, widest + 2)));
        if narrow {
            text.push_str(&format!("{}\n", lead.trim_end()));
            lead = " ".repeat(indent);
        }
        for line in wrap(does, page.columns().saturating_sub(indent)) {
            text.push_str(&format!("{lead}{line}\n"));
            lead = " ".repeat(indent);
        }
    }
}

fn help(argument: &Arg) -> String {
    argument.get_help().map(ToString::to_string).unwrap_or_default()
}

fn value_name(argument: &Arg) -> String {
    argument
        .get_value_names()
        .and_then(|names| names.first())
        .map(ToString::to_string)
        .unwrap_or_default()
}

/// `-o, --output FILE`.
fn spelling(argument: &Arg) -> String {
    let short = argument.get_short().map(|short| format!("-{short}"));
    let long = argument.get_long().map(|long| format!("--{long}"));
    let names = [short, long].into_iter().flatten().collect::<Vec<_>>().join(", ");
    let optional = argument.get_num_args().is_some_and(|count| count.min_values() == 0);
    match value_name(argument) {
        _ if !argument.get_action().takes_values() => names,
        value if optional => format!("{names} [{value}]"),
        value => format!("{names} {value}"),
    }
}

/// The heading's message id of a part of a cause's page.
pub fn part_heading(part: &str) -> &'static str {
    match part {
        "what" => "explain-what",
        "why" => "explain-why",
        "see" => "explain-see",
        "helps" => "explain-helps",
        _ => "explain-avoid",
    }
}

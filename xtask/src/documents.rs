//! The documents, as texts.

use clap::Command;
use nvmend::causes;
use nvmend::history::{History, RunReport};
use nvmend::proposal::Proposal;
use nvmend::report::Report;
use nvmend::reports::layout::{Block, blocks};
use nvmend::words::{EXPLAIN_PARTS, Language, Words};
use nvmend_cli::{arguments, help};
use schemars::JsonSchema;

/// File name and text of each document.
pub fn all() -> Vec<(String, String)> {
    let mut documents = vec![
        ("report.schema.json".to_owned(), schema::<Report>()),
        ("plan.schema.json".to_owned(), schema::<Proposal>()),
        ("run.schema.json".to_owned(), schema::<RunReport>()),
        ("history.schema.json".to_owned(), schema::<History>()),
    ];
    for language in Language::ALL {
        let words = Words::new(language);
        let ending = match language {
            Language::English => "md".to_owned(),
            other => format!("{}.md", other.tag()),
        };
        documents.push((format!("causes.{ending}"), causes_page(&words)));
        documents.push((format!("cli.{ending}"), cli_page(&words)));
    }
    documents
}

fn schema<T: JsonSchema>() -> String {
    let text = serde_json::to_string_pretty(&schemars::schema_for!(T)).unwrap_or_default();
    format!("{text}\n")
}

fn top(title: &str, words: &Words) -> String {
    format!("# {title}\n\n<!-- {} -->\n\n", words.cli("docs-generated", &[]))
}

fn causes_page(words: &Words) -> String {
    let mut page = top(&words.cli("docs-causes-title", &[]), words);
    page.push_str(&format!("{}\n", words.cli("docs-causes-intro", &[])));
    for cause in causes::ALL {
        page.push_str(&format!("\n## `{}`\n\n{}\n", cause.id, words.name(cause.id)));
        for part in EXPLAIN_PARTS {
            let Some(text) = words.explain(cause.id, part) else { continue };
            page.push_str(&format!("\n**{}**\n", words.cli(help::part_heading(part), &[])));
            page.push_str(&markdown(&text));
        }
    }
    page
}

/// A text of the word files as Markdown.
fn markdown(text: &str) -> String {
    let mut page = String::new();
    let mut previous: Option<Block> = None;
    for block in blocks(text) {
        let in_list = matches!((&previous, &block), (Some(Block::Item(_)), Block::Item(_)));
        let in_code = matches!((&previous, &block), (Some(Block::Command(_)), Block::Command(_)));
        if !in_list && !in_code {
            page.push('\n');
        }
        match &block {
            Block::Paragraph(text) => page.push_str(&format!("{}\n", literal(text))),
            Block::Item(text) => page.push_str(&format!("- {}\n", literal(text))),
            Block::Command(text) => page.push_str(&format!("    {text}\n")),
        }
        previous = Some(block);
    }
    page
}

/// Text in which Markdown finds nothing of its own: `nvidia*` begins no emphasis.
fn literal(text: &str) -> String {
    let mut literal = String::with_capacity(text.len());
    for character in text.chars() {
        if "*_<`\\".contains(character) {
            literal.push('\\');
        }
        literal.push(character);
    }
    literal
}

fn cli_page(words: &Words) -> String {
    let root = arguments::command(words);
    let mut page = top(&words.cli("docs-cli-title", &[]), words);
    command(&root, &root, words, &mut page);
    for sub in root.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        page.push_str(&format!("\n## nvmend {}\n\n", sub.get_name()));
        command(sub, &root, words, &mut page);
    }
    page
}

fn command(command: &Command, root: &Command, words: &Words, page: &mut String) {
    page.push_str(&format!("{}\n\n    {}\n", help::about(command), help::usage(command)));
    let is_root = command.get_name() == root.get_name();
    let sections = help::sections(command, root);
    // The options of every command stand once, at the top.
    for (heading, rows) in
        sections.into_iter().filter(|(id, _)| is_root || *id != "heading-global-options")
    {
        page.push_str(&format!("\n**{}**\n\n", words.cli(heading, &[])));
        for (typed, does) in rows {
            page.push_str(&format!("- `{typed}`: {does}\n"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was written by earlier versions fits the schemas of this one.
    #[test]
    #[allow(clippy::disallowed_methods, reason = "reads the repository's own samples")]
    fn old_samples_fit_the_schemas() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../crates/nvmend/tests/repair/samples");
        for (sample, schema) in
            [("plan-1.json", schema::<Proposal>()), ("history-1.json", schema::<History>())]
        {
            let schema = serde_json::from_str(&schema).unwrap();
            let text = std::fs::read_to_string(folder.join(sample)).unwrap();
            let sample_value = serde_json::from_str(&text).unwrap();
            let validator = jsonschema::validator_for(&schema).unwrap();
            let errors: Vec<String> =
                validator.iter_errors(&sample_value).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{sample}: {errors:?}");
        }
    }
}

//! `nvmend explain`: what a cause is, why it happens, how to see it by hand, what helps.

use clap::ArgMatches;
use nvmend::causes;
use nvmend::diagnose::Cause;
use nvmend::reports::layout::{columns, pad, wrap};
use nvmend::reports::style::Paint;
use nvmend::reports::text::{heading, prose};
use nvmend::words::{EXPLAIN_PARTS, Words};

use crate::exit::{Failure, Status};
use crate::help::part_heading;
use crate::ui::Ui;

/// Shows one cause, or the list.
pub fn run(matches: &ArgMatches, words: &Words, ui: &Ui) -> Result<Status, Failure> {
    let Some(id) = matches.get_one::<String>("cause") else {
        ui.print(list(words, ui));
        return Ok(Status::Fine);
    };
    let cause = causes::ALL.iter().find(|cause| cause.id == id).ok_or_else(|| {
        Failure::usage(words.cli("error-unknown-cause", &[("cause", id.clone())]))
            .hint(words.cli("hint-causes", &[]))
    })?;
    ui.print(page(cause, words, ui));
    Ok(Status::Fine)
}

fn list(words: &Words, ui: &Ui) -> String {
    let widest = causes::ALL.iter().map(|cause| columns(cause.id)).max().unwrap_or(0);
    let beside = widest + 2;
    let narrow = ui.page.columns() < beside + 24;
    let indent = if narrow { 4 } else { beside };
    let mut text = String::new();
    for cause in causes::ALL {
        let mut lead = ui.page.paint(Paint::Command, &pad(cause.id, beside));
        if narrow {
            text.push_str(&format!("{}\n", lead.trim_end()));
            lead = " ".repeat(indent);
        }
        for line in wrap(&words.name(cause.id), ui.page.columns() - indent) {
            text.push_str(&format!("{lead}{line}\n"));
            lead = " ".repeat(indent);
        }
    }
    ui.page.finish(text)
}

fn page(cause: &Cause, words: &Words, ui: &Ui) -> String {
    let mut text = heading(&format!("{} [{}]", words.name(cause.id), cause.id), &ui.page);
    for part in EXPLAIN_PARTS {
        let Some(words_of_part) = words.explain(cause.id, part) else { continue };
        text.push('\n');
        text.push_str(&heading(&words.cli(part_heading(part), &[]), &ui.page));
        text.push_str(&prose(&words_of_part, 2, &ui.page));
    }
    if !cause.remedies.is_empty() {
        text.push('\n');
        text.push_str(&heading(&words.cli("heading-remedies", &[]), &ui.page));
        for remedy in cause.remedies {
            let does = words.remedy(&format!("{remedy}-do"));
            let item = words.cli("remedy", &[("name", words.remedy(remedy)), ("does", does)]);
            text.push_str(&prose(&format!("- {item}"), 2, &ui.page));
        }
    }
    text
}

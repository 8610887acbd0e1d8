//! `nvmend plan`: what would be done about a machine. Changes nothing.

use std::path::{Path, PathBuf};

use clap::ArgMatches;
use nvmend::reports::style::Paint;
use nvmend::reports::{json, plan as report};
use nvmend::words::Words;

use crate::commands::{capture, check};
use crate::exit::{Failure, Status};
use crate::planning::{allowed, propose};
use crate::source;
use crate::ui::Ui;

/// Makes the plan, and shows it or writes it into a file.
pub fn run(matches: &ArgMatches, words: &Words, ui: &Ui) -> Result<Status, Failure> {
    if matches.contains_id("example") && matches.get_one::<String>("example").is_none() {
        ui.print(source::examples());
        return Ok(Status::Fine);
    }
    let host = source::open(matches, words)?;
    let only: Vec<&str> =
        matches.get_many::<String>("remedy").unwrap_or_default().map(String::as_str).collect();
    let proposal = propose(&host, &allowed(matches).unwrap_or_default(), &only, words)?;
    // Nobody took up what was asked for.
    if let Some(first) = only.first()
        && (proposal.plan.is_none() && proposal.causes.is_empty() && proposal.others.is_empty())
    {
        let args = [("remedy", (*first).to_owned())];
        return Err(Failure::usage(words.cli("error-remedy-unneeded", &args)));
    }
    let file = matches.get_one::<PathBuf>("output").filter(|file| *file != Path::new("-"));
    if let Some(file) = file {
        capture::write_new(file, json::render(&proposal).as_bytes(), words)?;
    }
    let is_json = matches.get_one::<String>("format").is_some_and(|format| format == "json")
        || (file.is_none() && matches.contains_id("output"));
    if is_json {
        ui.print(json::render(&proposal));
    } else if ui.quiet {
        ui.print(report::headline(&proposal, words, &ui.page));
    } else {
        ui.print(report::render(&proposal, words, &ui.page));
        let can_be_done = proposal.plan.as_ref().is_some_and(|plan| !plan.is_advice());
        if can_be_done && !source::is_elsewhere(matches) {
            let file = file.map(|file| format!(" {}", file.display())).unwrap_or_default();
            // What was asked for by name, apply by itself would not choose.
            let command = if only.is_empty() || !file.is_empty() {
                format!("sudo nvmend apply{file}")
            } else {
                let wanted = only.join(" --remedy ");
                format!(
                    "sudo nvmend plan --remedy {wanted} -o plan.json && sudo nvmend apply plan.json"
                )
            };
            let text = words.cli("plan-to-do-it", &[]);
            ui.print(format!("\n{text}\n      {}\n", ui.page.paint(Paint::Command, &command)));
        }
    }
    check::tell_of_runs(&host, words, ui);
    Ok(proposal.verdict.into())
}

//! `nvmend check`: diagnoses a machine.

use std::time::{Duration, SystemTime};

use clap::ArgMatches;
use nvmend::diagnose::diagnose;
use nvmend::facts::Facts;
use nvmend::outlook::{Effect, Outlook};
use nvmend::picture::Picture;
use nvmend::predict;
use nvmend::probe::{DEADLINE, probe, probe_deep};
use nvmend::report::{Report, rfc3339};
use nvmend::reports::{json, text};
use nvmend::words::Words;

use crate::exit::{Failure, Status};
use crate::source;
use crate::ui::{self, Ui};

/// Reads the machine, names what is wrong, shows it.
pub fn run(matches: &ArgMatches, words: &Words, ui: &Ui) -> Result<Status, Failure> {
    let format = matches.get_one::<String>("format").map_or("text", String::as_str);
    let after = matches.get_one::<String>("after").map(String::as_str);
    if after == Some("upgrade") {
        return Err(Failure::usage(words.cli("error-later-upgrade", &[])));
    }
    // `--example` without a name asks for the list.
    if matches.contains_id("example") && matches.get_one::<String>("example").is_none() {
        ui.print(source::examples());
        return Ok(Status::Fine);
    }
    let host = source::open(matches, words)?;
    if matches.get_flag("deep") {
        source::refuse_deep(matches, words)?;
    }
    let mut facts = probe(&host, DEADLINE);
    if matches.get_flag("deep") {
        probe_deep(&host, &mut facts);
        source::refuse_unanswered(matches, &facts, words)?;
    }
    let facts = if after.is_some() { after_reboot(&facts, words)? } else { facts };
    let diagnosis = diagnose(&facts);
    let report = Report::new(&facts, &diagnosis, words, rfc3339(now()));
    if format == "json" {
        ui.print(json::render(&report));
        return Ok(report.verdict.into());
    }
    let picture = Picture::of(&facts);
    let outlook = after.is_none().then(|| Outlook::of(&facts, &diagnosis));
    let view = text::View { report: &report, picture: &picture, outlook: outlook.as_ref(), words };
    ui.print(match ui.quiet {
        true => text::headline(&view, &ui.page),
        false => text::render(&view, &ui.page),
    });
    Ok(report.verdict.into())
}

/// The machine as it would be, where that can be told.
fn after_reboot(facts: &Facts, words: &Words) -> Result<Facts, Failure> {
    match Outlook::of(facts, &diagnose(facts)).effect {
        Effect::Unknown => Err(Failure::undetermined(words.report("reboot-unknown", &[]))),
        Effect::NotHere => Err(Failure::undetermined(words.cli("error-no-reboot-here", &[]))),
        _ => Ok(predict::reboot(facts)),
    }
}

/// Now; or the time that the caller names so that the same input gives the same bytes
/// (<https://reproducible-builds.org/specs/source-date-epoch/>).
fn now() -> SystemTime {
    ui::variable("SOURCE_DATE_EPOCH")
        .and_then(|seconds| {
            SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds.parse().ok()?))
        })
        .unwrap_or_else(SystemTime::now)
}

//! `nvmend check`: diagnoses a machine.

use std::sync::Arc;

use clap::ArgMatches;
use nvmend::diagnose::diagnose;
use nvmend::escape::escape;
use nvmend::facts::Facts;
use nvmend::history::RunReport;
use nvmend::host::Host;
use nvmend::journal;
use nvmend::outlook::{Effect, Outlook};
use nvmend::picture::Picture;
use nvmend::predict;
use nvmend::probe::{DEADLINE, probe, probe_deep};
use nvmend::report::{Report, rfc3339};
use nvmend::reports::{json, run as runs, text};
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
    let report = Report::new(&facts, &diagnosis, words, rfc3339(ui::now()));
    ui.print(if format == "json" {
        json::render(&report)
    } else {
        let picture = Picture::of(&facts);
        let outlook = after.is_none().then(|| Outlook::of(&facts, &diagnosis));
        let outlook = outlook.as_ref();
        let view = text::View { report: &report, picture: &picture, outlook, words };
        if ui.quiet { text::headline(&view, &ui.page) } else { text::render(&view, &ui.page) }
    });
    tell_of_runs(&host, words, ui);
    let status = report.verdict.into();
    // The process ends. The kernel takes everything back at once; given back here one by one, a hundred directories
    // and all facts would take a call each.
    std::mem::forget((host, facts, report));
    Ok(status)
}

/// Says, in a line each, of the runs whose end nobody was told. One listing where there are none.
pub(super) fn tell_of_runs(host: &Arc<dyn Host>, words: &Words, ui: &Ui) {
    for id in journal::untold(host.as_ref()) {
        if let Ok(Some(run)) = journal::read(host.as_ref(), &id) {
            ui.note(&escape(&runs::notice(&RunReport::of(&run), words)));
        }
    }
}

/// The machine as it would be, where that can be told.
fn after_reboot(facts: &Facts, words: &Words) -> Result<Facts, Failure> {
    match Outlook::of(facts, &diagnose(facts)).effect {
        Effect::Unknown => Err(Failure::undetermined(words.report("reboot-unknown", &[]))),
        Effect::NotHere => Err(Failure::undetermined(words.cli("error-no-reboot-here", &[]))),
        _ => Ok(predict::reboot(facts)),
    }
}

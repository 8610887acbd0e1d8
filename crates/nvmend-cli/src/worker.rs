//! `nvmend __work apply|undo|undo-partly RUN LANGUAGE`: changes the machine, apart from the terminal. Not for people: `apply` and
//! `undo` start it, as a unit of systemd where systemd runs, so that it lives on when the session ends.
//!
//! It tells what happens in lines of JSON ([`Message`]); nobody need listen. A request to stop is a signal, or a file
//! ([`stop_file`]), and is obeyed between two steps.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use nvmend::apply::{self, ApplyError, Event, Session};
use nvmend::host::Host;
use nvmend::hosts::live::Live;
use nvmend::hosts::session::InSession;
use nvmend::plan::Plan;
use nvmend::probe::{DEADLINE, probe};
use nvmend::report::rfc3339;
use nvmend::step::Step;
use nvmend::words::{Language, Words};
use serde::{Deserialize, Serialize};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::ui::{self, Ui};
use crate::work;

/// The first argument of this process.
pub const WORD: &str = "__work";
/// The largest plan that is read.
const MOST: u64 = 64 << 20;

/// What happens.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Message {
    /// The work is taken up.
    Started,
    /// A step begins.
    Begins {
        /// The step.
        step: Box<Step>,
    },
    /// Somebody else's lock is waited for.
    Waits {
        /// The lock.
        lock: String,
        /// Who has it.
        holder: String,
    },
    /// A program writes a line.
    Line {
        /// The line.
        text: String,
    },
    /// The step is done.
    Done,
    /// Something failed; what was done is taken back.
    RollsBack,
    /// A step is taken back.
    Reverts {
        /// What takes it back.
        step: Box<Step>,
    },
    /// Nothing was begun; or how it ended could not be noted.
    Refused {
        /// Whether something was begun.
        begun: bool,
        /// Why.
        message: String,
        /// The way on.
        hint: Option<String>,
    },
}

impl Message {
    fn of(event: Event<'_>) -> Self {
        match event {
            Event::Begins(step) => Self::Begins { step: Box::new(step.clone()) },
            Event::Waits(lock, holder) => {
                Self::Waits { lock: lock.to_owned(), holder: holder.to_owned() }
            }
            Event::Line(text) => Self::Line { text: text.to_owned() },
            Event::Done => Self::Done,
            Event::RollsBack => Self::RollsBack,
            Event::Reverts(step) => Self::Reverts { step: Box::new(step.clone()) },
        }
    }
}

/// Where the plan of a run waits for its worker. In memory: it is there on a full disk too.
pub fn plan_file(run: &str) -> PathBuf {
    PathBuf::from(format!("/run/nvmend/{run}.plan"))
}

/// The file that asks a worker to stop.
pub fn stop_file(run: &str) -> PathBuf {
    PathBuf::from(format!("/run/nvmend/{run}.stop"))
}

/// Does the work.
pub fn run(arguments: &[OsString]) -> ExitCode {
    let arguments: Vec<&str> = arguments.iter().filter_map(|argument| argument.to_str()).collect();
    let [verb, run, language] = arguments[..] else { return ExitCode::from(2) };
    let ui = Ui::plain();
    let words = Words::new(Language::of_locale(language).unwrap_or(Language::English));
    let say = |message: &Message| {
        let text = serde_json::to_string(message).unwrap_or_default();
        ui.print(format!("{text}\n"));
    };
    say(&Message::Started);
    match work(verb, run, &say) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let failure = work::refusal(&error, &words);
            let begun = matches!(error, ApplyError::NotRecorded(_));
            say(&Message::Refused { begun, message: failure.message, hint: failure.hint });
            ExitCode::from(2)
        }
    }
}

fn work(verb: &str, run: &str, say: &dyn Fn(&Message)) -> Result<(), ApplyError> {
    let live = Arc::new(Live::open()?);
    let mut watch = |event: Event<'_>| say(&Message::of(event));
    let stop = stop_file(run);
    let done = |session: &Session<'_>| match verb {
        "undo" | "undo-partly" => apply::undo(session, run, verb == "undo-partly", &mut watch),
        _ => {
            let path = plan_file(run);
            let plan: Plan = serde_json::from_slice(&live.read(&path, MOST)?)
                .map_err(|error| ApplyError::BadPlan(error.to_string()))?;
            apply::apply(session, &plan, run, &mut watch)
        }
    };
    with_session(&live, Some(&stop), done).map(drop)
}

/// Calls `work` with all that it needs. Signals that ask to end are noted from here on; a closed terminal is nothing.
pub fn with_session<T>(
    live: &Arc<Live>,
    stop: Option<&PathBuf>,
    work: impl FnOnce(&Session<'_>) -> T,
) -> T {
    let asked = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        let _ = signal_hook::flag::register(signal, Arc::clone(&asked));
    }
    let _ = signal_hook::flag::register(SIGHUP, Arc::default());
    let host: Arc<dyn Host> = live.clone();
    work(&Session {
        host: live.as_ref(),
        clock: &|| rfc3339(ui::now()),
        probe: &|variables| probe(&InSession::of(&host, variables), DEADLINE),
        stopped: &|| {
            asked.load(Ordering::Relaxed) || stop.is_some_and(|stop| live.metadata(stop).is_ok())
        },
    })
}

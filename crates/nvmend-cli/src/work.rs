//! Lets a worker change the machine, shows what it does, and says how it went.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use nvmend::apply::ApplyError;
use nvmend::history::RunReport;
use nvmend::host::{Command, Failure as Why, Host, HostError};
use nvmend::host_mut::HostMut;
use nvmend::hosts::live::Live;
use nvmend::journal;
use nvmend::plan::Plan;
use nvmend::report::rfc3339;
use nvmend::reports::{json, run as report};
use nvmend::words::Words;
use rustix::process::geteuid;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::exit::Failure;
use crate::progress::Progress;
use crate::ui::{self, Ui};
use crate::worker::{self, Message, plan_file, stop_file};

/// Builds and downloads take hours at worst; each step has a deadline of its own.
const DEADLINE: Duration = Duration::from_secs(24 * 3600);
/// What of the caller's environment a unit must have too: what is judged, and the way to the package servers.
const ENVIRONMENT: [&str; 12] = [
    "PATH",
    "LD_LIBRARY_PATH",
    "LD_PRELOAD",
    "CONDA_PREFIX",
    "VIRTUAL_ENV",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "SOURCE_DATE_EPOCH",
];

/// What is to be done.
pub enum Work<'w> {
    /// A plan.
    Apply(&'w Plan),
    /// Taking back the run of that name; also where something of it cannot be.
    Undo(&'w str, bool),
}

/// Refuses who is not root.
pub fn refuse_without_root(command: &str, words: &Words) -> Result<(), Failure> {
    if geteuid().is_root() {
        return Ok(());
    }
    let command = ("command", command.to_owned());
    Err(Failure::usage(words.cli("error-not-root", std::slice::from_ref(&command)))
        .hint(words.cli("hint-not-root", &[command])))
}

/// An earlier run is in the way.
pub fn unfinished(run: &str, words: &Words) -> Failure {
    let run = ("run", run.to_owned());
    Failure::usage(words.cli("error-unfinished", std::slice::from_ref(&run)))
        .hint(words.cli("hint-unfinished", &[run]))
}

/// Why nothing was begun, in words.
pub fn refusal(error: &ApplyError, words: &Words) -> Failure {
    let say = |id: &str, args: &[(&'static str, String)]| Failure::usage(words.cli(id, args));
    match error {
        ApplyError::ByHand => Failure::usage(words.cli("error-by-hand", &[])),
        ApplyError::Locked => say("error-at-work", &[]).hint(words.cli("hint-at-work", &[])),
        ApplyError::Unfinished(run) => unfinished(run, words),
        ApplyError::LeftLock(path) => {
            let path = [("path", path.clone())];
            say("error-left-lock", &path).hint(words.cli("hint-left-lock", &path))
        }
        ApplyError::NoSuchRun(run) => {
            say("error-no-such-run", &[("run", run.clone())]).hint(words.cli("hint-history", &[]))
        }
        ApplyError::AwaitsNothing(run) | ApplyError::AwaitsReboot(run) => {
            say("error-no-reboot-came", &[("run", run.clone())])
        }
        ApplyError::NothingToUndo(run) => say("error-run-is-undone", &[("run", run.clone())]),
        ApplyError::Lost(steps, _) => {
            let numbers: Vec<String> = steps.iter().map(|at| (at + 1).to_string()).collect();
            say("error-lost-steps", &[("numbers", numbers.join(", "))])
        }
        ApplyError::Conflicts(paths) => {
            let paths: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
            say("error-changed-since", &[("paths", paths.join(", "))])
                .hint(words.cli("hint-changed-since", &[]))
        }
        ApplyError::Host(error) => refused_by_machine(error, words),
        ApplyError::NotRecorded(error) => {
            let args = [("path", error.path.display().to_string()), ("why", error.why.to_string())];
            say("error-not-recorded", &args).hint(words.cli("hint-not-recorded", &[]))
        }
        ApplyError::Journal(error) => say("error-journal", &[("why", error.to_string())]),
        ApplyError::BadPlan(why) => say("error-journal", &[("why", why.clone())]),
    }
}

fn refused_by_machine(error: &HostError, words: &Words) -> Failure {
    let path = ("path", error.path.display().to_string());
    let hint = match &error.why {
        Why::Io(why) if why.contains("Read-only") => Some("hint-read-only"),
        Why::Io(why) if why.contains("No space") => Some("hint-no-space"),
        _ => None,
    };
    let failure =
        Failure::usage(words.cli("error-nothing-changed", &[path, ("why", error.why.to_string())]));
    match hint {
        Some(hint) => failure.hint(words.cli(hint, &[])),
        None => failure,
    }
}

/// Lets the work be done and says how it went.
pub fn run(
    live: &Arc<Live>,
    work: Work<'_>,
    words: &Words,
    ui: &Ui,
    is_json: bool,
) -> Result<RunReport, Failure> {
    let by_machine = |error: HostError| refused_by_machine(&error, words);
    let (verb, id, steps) = match work {
        Work::Apply(plan) => {
            let id = new_id(live);
            let text = serde_json::to_vec(plan).unwrap_or_default();
            live.write(&plan_file(&id), &text, 0o600).map_err(by_machine)?;
            ("apply", id, plan.steps.len())
        }
        Work::Undo(run, false) => ("undo", run.to_owned(), 0),
        Work::Undo(run, true) => ("undo-partly", run.to_owned(), 0),
    };
    let _ = live.remove(&stop_file(&id));
    let mut progress = Progress::new(ui, words, steps, is_json);
    let mut heard = Heard::default();
    let arguments = [worker::WORD, verb, &id, words.language().tag()];
    let stopping = words.cli("progress-stopping", &[]);
    obeying_signals(live, &id, ui, &stopping, || {
        if let Some(unit) = as_unit(live, &id, &arguments) {
            listen(live, &unit, &mut heard, &mut progress);
        }
        // No systemd, or one that would not: a process of its own, which a closed terminal does not end.
        if !heard.started {
            let child = Command::new("/proc/self/exe", arguments, DEADLINE);
            listen(live, &child, &mut heard, &mut progress);
        }
    });
    progress.end();
    let _ = live.remove(&plan_file(&id));
    let _ = live.remove(&stop_file(&id));
    match heard.refused {
        Some((true, failure)) => ui.complain(words, &failure),
        Some((false, failure)) => return Err(failure),
        None => {}
    }
    let run = journal::read(live.as_ref(), &id)
        .map_err(|error| Failure::undetermined(error.to_string()))?
        .ok_or_else(|| {
            let why = ("why", heard.last.unwrap_or_default());
            Failure::undetermined(words.cli("error-worker-gone", &[why]))
        })?;
    let said = RunReport::of(&run);
    if is_json {
        ui.print(json::render(&said));
    } else {
        ui.print(report::render(&said, &run.plan, words, &ui.page));
    }
    if said.has_ended() {
        let _ = journal::told(live.as_ref(), &id);
    }
    Ok(said)
}

/// What was heard of the worker besides its progress.
#[derive(Default)]
struct Heard {
    started: bool,
    /// Whether something was begun all the same, and why it was refused.
    refused: Option<(bool, Failure)>,
    /// The last line that is no message.
    last: Option<String>,
}

fn listen(live: &Live, command: &Command, heard: &mut Heard, progress: &mut Progress<'_>) {
    let mut hear = |line: &str| match serde_json::from_str::<Message>(line) {
        Ok(Message::Started) => heard.started = true,
        Ok(Message::Refused { begun, message, hint }) => {
            let failure = Failure::usage(message);
            let failure = match hint {
                Some(hint) => failure.hint(hint),
                None => failure,
            };
            heard.refused = Some((begun, failure));
        }
        Ok(message) => progress.show(&message),
        Err(_) => heard.last = Some(line.to_owned()),
    };
    if let Err(error) = live.execute(command, &mut hear) {
        heard.last = Some(error.to_string());
    }
}

/// The worker as a unit of systemd: it is no part of the session, which may end.
fn as_unit(live: &Live, id: &str, arguments: &[&str]) -> Option<Command> {
    live.metadata(std::path::Path::new("/run/systemd/system")).ok()?;
    let this = std::env::current_exe().ok()?;
    let mut all: Vec<String> = [
        "--quiet",
        "--collect",
        "--wait",
        "--pipe",
        "--description=Repairs the NVIDIA driver",
        // A request to stop goes to the worker alone, never to a package manager in the middle of its work.
        "--property=KillMode=mixed",
        "--property=TimeoutStopSec=2h",
    ]
    .map(str::to_owned)
    .to_vec();
    all.push(format!("--unit=nvmend-{}-{id}", arguments.get(1).unwrap_or(&"apply")));
    let set = ENVIRONMENT.iter().filter_map(|name| Some((name, live.env(name)?)));
    all.extend(set.map(|(name, value)| format!("--setenv={name}={value}")));
    all.push("--".to_owned());
    all.push(this.to_str()?.to_owned());
    all.extend(arguments.iter().map(|argument| (*argument).to_owned()));
    let program = ["/usr/bin/systemd-run", "/bin/systemd-run"].map(PathBuf::from);
    let program = program.into_iter().find(|program| live.metadata(program).is_ok())?;
    Some(Command::new(program, all, DEADLINE))
}

/// While `work` goes on, Ctrl-C and the like ask the worker to stop instead of ending this process.
fn obeying_signals(live: &Live, id: &str, ui: &Ui, stopping: &str, work: impl FnOnce()) {
    const GLANCE: Duration = Duration::from_millis(100);
    let asked = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        let _ = signal_hook::flag::register(signal, Arc::clone(&asked));
    }
    // The terminal may go; what was begun is ended, and the journal has how.
    let _ = signal_hook::flag::register(SIGHUP, Arc::default());
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                if asked.swap(false, Ordering::Relaxed) {
                    let _ = live.write(&stop_file(id), b"", 0o600);
                    ui.note(&format!("\n{stopping}"));
                }
                std::thread::sleep(GLANCE);
            }
        });
        work();
        over.store(true, Ordering::Relaxed);
    });
}

/// The name of a new run: the time, in letters that fit everywhere.
fn new_id(live: &Live) -> String {
    let time: String = rfc3339(ui::now()).chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    let is_free =
        |id: &String| live.metadata(&std::path::Path::new(journal::RUNS).join(id)).is_err();
    let mut ids = (2..1000).map(|number| format!("{time}-{number}"));
    Some(time.clone()).filter(is_free).or_else(|| ids.find(is_free)).unwrap_or(time)
}

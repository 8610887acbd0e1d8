//! The record of what was done to a machine, from which all of it is taken back.
//!
//! A run has a directory below [`RUNS`]: `journal.jsonl`, one record a line, only ever added to and on disk before the
//! next change; `kept/`, copies of what was replaced; `output.log`, what the programs wrote, for root only. A record
//! says what will be done, and how it is undone, before it is done. A cut last line is a record that was never written: what it
//! announces was not begun.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::host::{Failure, Host, HostError};
use crate::host_mut::HostMut;
use crate::plan::Plan;
use crate::step::Step;

/// Where runs are kept.
pub const RUNS: &str = "/var/lib/nvmend/runs";
/// Runs whose end nobody was told yet, an empty file each: so a check learns of them by one listing.
const UNTOLD: &str = "/var/lib/nvmend/untold";
/// The schema of journals that this program writes.
pub const SCHEMA: u32 = 1;
/// Like a package manager's log, everybody may read what was done; not what the programs wrote.
const MODE: u32 = 0o644;
/// The largest journal that is read.
const MOST: u64 = 64 << 20;

/// One line of a journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "kebab-case")]
pub enum Record {
    /// A run begins. Nothing is changed yet.
    Begin {
        /// Version of this model; always 1.
        schema: u32,
        /// When (RFC 3339, UTC).
        time: String,
        /// What will be done.
        plan: Box<Plan>,
    },
    /// A step will be done. Its inverse is known, and what that needs is kept.
    Intend {
        /// Its place in the plan.
        step: usize,
        /// What takes it back, in order.
        inverse: Vec<Step>,
    },
    /// The step is done.
    Done {
        /// Its place in the plan.
        step: usize,
    },
    /// Something failed; what was done is taken back.
    Failed {
        /// What.
        fault: Fault,
    },
    /// A run that ended is taken back.
    Undo {
        /// When.
        time: String,
    },
    /// The step is taken back.
    Reverted {
        /// Its place in the plan.
        step: usize,
    },
    /// The step could not be taken back.
    NotReverted {
        /// Its place in the plan.
        step: usize,
        /// The error.
        why: String,
    },
    /// The machine reboots; the rest comes after it.
    AwaitReboot {
        /// The place of the reboot in the plan.
        step: usize,
        /// The boot that ends (`/proc/sys/kernel/random/boot_id`).
        boot: Option<String>,
    },
    /// The power went while the lines before this one, back to the last whole record, were written: they are none.
    Cut,
    /// The run is over.
    End {
        /// How.
        outcome: Outcome,
        /// When.
        time: String,
        /// What is otherwise than predicted.
        differences: Vec<Difference>,
    },
}

/// What made a run fail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "fault", rename_all = "kebab-case")]
pub enum Fault {
    /// A step.
    Step {
        /// Its place in the plan.
        step: usize,
        /// The error.
        why: String,
    },
    /// All steps were done, and these causes, which should be gone, are still found.
    StillFound {
        /// Their ids.
        causes: Vec<String>,
    },
    /// Somebody stopped it.
    Stopped,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// All was done, and the causes are gone.
    Succeeded,
    /// Something failed, and all was taken back.
    RolledBack,
    /// Something failed, and not all could be taken back.
    Stuck,
    /// All was done, and taken back later.
    Undone,
}

/// A field that is otherwise than predicted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Difference {
    /// The field, as the report names it (`versions.loaded`).
    pub field: String,
    /// As predicted.
    pub predicted: Option<String>,
    /// As found.
    pub found: Option<String>,
}

/// What a journal says, put together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its name: the time of its beginning.
    pub id: String,
    /// When it began.
    pub time: String,
    /// What was to be done.
    pub plan: Plan,
    /// Steps that were begun, by their place in the plan.
    pub begun: BTreeMap<usize, Begun>,
    /// What made it fail, if anything did.
    pub failed: Option<Fault>,
    /// Whether it had ended, and is being taken back.
    pub undoing: bool,
    /// The boot that it waits to end, and the place of the reboot in the plan.
    pub awaits: Option<(usize, Option<String>)>,
    /// How it ended; `None`: it did not, and what it did is to be taken back or gone on with.
    pub outcome: Option<Outcome>,
    /// What was otherwise than predicted.
    pub differences: Vec<Difference>,
}

/// A step that was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// What takes it back.
    pub inverse: Vec<Step>,
    /// Whether it was done, as far as the journal knows.
    pub done: bool,
    /// Whether it was taken back.
    pub reverted: bool,
    /// Why it could not be.
    pub stuck: Option<String>,
}

/// A journal could not be read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    /// The machine refused.
    #[error(transparent)]
    Host(#[from] HostError),
    /// A line is no record, or the records make no sense.
    #[error("{}:{line}: {why}", path.display())]
    Damaged {
        /// The journal.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        why: String,
    },
    /// A newer version of nvmend wrote it.
    #[error("{}: schema {schema}; this version of nvmend knows 1", path.display())]
    UnknownSchema {
        /// The journal.
        path: PathBuf,
        /// Its schema.
        schema: u32,
    },
}

/// A journal that is written.
pub struct Journal<'h> {
    host: &'h dyn HostMut,
    id: String,
    /// Whether the last record may stand there in part.
    torn: Cell<bool>,
}

impl<'h> Journal<'h> {
    /// The journal of a run.
    pub fn of(host: &'h dyn HostMut, id: &str) -> Self {
        Self { host, id: id.to_owned(), torn: Cell::new(false) }
    }

    /// The run's name.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The run's directory.
    pub fn directory(&self) -> PathBuf {
        Path::new(RUNS).join(&self.id)
    }

    /// Adds a record; it is on disk when this returns.
    pub fn add(&self, record: &Record) -> Result<(), HostError> {
        // The disk was full, and may have room again since something was taken back.
        if self.torn.get() {
            self.mend()?;
        }
        let path = self.directory().join("journal.jsonl");
        let mut line = serde_json::to_vec(record)
            .map_err(|error| HostError::new(&path, Failure::Io(error.to_string())))?;
        line.push(b'\n');
        let added = self.host.append(&path, &line, MODE);
        self.torn.set(added.is_err());
        added
    }

    /// Sets a cut last line apart from what is added next.
    pub fn mend(&self) -> Result<(), HostError> {
        let path = self.directory().join("journal.jsonl");
        let bytes = self.host.read(&path, MOST)?;
        // The line's end may be all that is missing, or all that was added by an earlier attempt to mend.
        let last = bytes.strip_suffix(b"\n").and_then(|lines| lines.rsplit(|b| *b == b'\n').next());
        self.torn.set(false);
        if last.is_some_and(|last| serde_json::from_slice::<Record>(last).is_ok()) {
            return Ok(());
        }
        let ended = self.host.append(&path, b"\n", MODE);
        self.torn.set(ended.is_err());
        ended?;
        self.add(&Record::Cut)
    }

    /// Adds what a program wrote. A diary, not a record: losing its end loses nothing.
    pub fn note(&self, text: &str) {
        let path = self.directory().join("output.log");
        let _ = self.host.append(&path, format!("{text}\n").as_bytes(), 0o600);
    }

    /// Takes up some room, so that how a run ended can be noted on a disk that it has filled.
    pub fn reserve(&self) -> Result<(), HostError> {
        self.host.write(&self.directory().join("reserve"), &[0; 64 << 10], 0o600)
    }

    /// Gives that room back.
    pub fn release(&self) -> Result<(), HostError> {
        self.host.remove(&self.directory().join("reserve"))
    }

    /// Marks the run as one whose end nobody was told.
    pub fn mark(&self) -> Result<(), HostError> {
        self.host.write(&Path::new(UNTOLD).join(&self.id), b"", MODE)
    }
}

/// Runs whose end nobody was told: those that have not ended, and those that ended by themselves. One listing.
pub fn untold(host: &dyn Host) -> Vec<String> {
    let entries = host.list(Path::new(UNTOLD)).unwrap_or_default();
    entries.into_iter().map(|entry| entry.name).collect()
}

/// Notes that somebody was told how a run ended.
pub fn told(host: &dyn HostMut, id: &str) -> Result<(), HostError> {
    host.remove(&Path::new(UNTOLD).join(id))
}

/// The names of all runs, oldest first.
pub fn runs(host: &dyn Host) -> Result<Vec<String>, HostError> {
    match host.list(Path::new(RUNS)) {
        Ok(entries) => Ok(entries.into_iter().map(|entry| entry.name).collect()),
        Err(error) if error.is_absent() => Ok(vec![]),
        Err(error) => Err(error),
    }
}

/// The runs that have not ended, oldest first. A directory in which nothing was begun is none.
pub fn unfinished(host: &dyn Host) -> Result<Vec<Run>, JournalError> {
    let mut found = Vec::new();
    for id in runs(host)? {
        if let Some(run) = read(host, &id)?
            && run.outcome.is_none()
        {
            found.push(run);
        }
    }
    Ok(found)
}

/// Reads a run; `None` where its journal was never begun.
pub fn read(host: &dyn Host, id: &str) -> Result<Option<Run>, JournalError> {
    let path = Path::new(RUNS).join(id).join("journal.jsonl");
    let bytes = match host.read(&path, MOST) {
        Ok(bytes) => bytes,
        Err(error) if error.is_absent() => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let mut run = None;
    let mut cut: Option<JournalError> = None;
    for (number, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let Some(line) = line.strip_suffix(b"\n") else { break };
        let damaged =
            |why: String| JournalError::Damaged { path: path.clone(), line: number + 1, why };
        let record = match serde_json::from_slice(line) {
            Ok(Record::Cut) => {
                cut = None;
                continue;
            }
            Ok(record) => record,
            // What is whole JSON was not cut: it is something that this program does not know.
            Err(error) if serde_json::from_slice::<serde_json::Value>(line).is_ok() => {
                return Err(damaged(error.to_string()));
            }
            Err(error) => {
                cut.get_or_insert(damaged(error.to_string()));
                continue;
            }
        };
        if let Some(cut) = cut {
            return Err(cut);
        }
        match (&mut run, record) {
            (None, Record::Begin { schema: SCHEMA, time, plan }) => {
                run = Some(Run::new(id, time, *plan));
            }
            (None, Record::Begin { schema, .. }) => {
                return Err(JournalError::UnknownSchema { path, schema });
            }
            (Some(run), record) => run.add(record).map_err(|why| damaged(why.to_owned()))?,
            (None, _) => return Err(damaged("the first record is not the beginning".to_owned())),
        }
    }
    // Nothing but `Cut` can follow; it was cut itself.
    Ok(run)
}

impl Run {
    fn new(id: &str, time: String, plan: Plan) -> Self {
        Self {
            id: id.to_owned(),
            time,
            plan,
            begun: BTreeMap::new(),
            failed: None,
            undoing: false,
            awaits: None,
            outcome: None,
            differences: vec![],
        }
    }

    fn add(&mut self, record: Record) -> Result<(), &'static str> {
        const UNKNOWN: &str = "a record of a step that was not begun";
        match record {
            Record::Begin { .. } => return Err("begun twice"),
            Record::Cut => {}
            Record::Intend { step, inverse } => {
                let begun = Begun { inverse, done: false, reverted: false, stuck: None };
                self.begun.insert(step, begun);
            }
            Record::Done { step } => self.begun.get_mut(&step).ok_or(UNKNOWN)?.done = true,
            Record::Failed { fault } => self.failed = Some(fault),
            Record::Undo { .. } => (self.undoing, self.outcome) = (true, None),
            Record::Reverted { step } => {
                let begun = self.begun.get_mut(&step).ok_or(UNKNOWN)?;
                (begun.reverted, begun.stuck) = (true, None);
            }
            Record::NotReverted { step, why } => {
                self.begun.get_mut(&step).ok_or(UNKNOWN)?.stuck = Some(why);
            }
            Record::AwaitReboot { step, boot } => self.awaits = Some((step, boot)),
            Record::End { outcome, differences, .. } => {
                self.outcome = Some(outcome);
                self.differences = differences;
            }
        }
        Ok(())
    }
}

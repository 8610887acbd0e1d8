//! **nvmend** finds out why the parts of the NVIDIA driver don't fit together, says it in plain words, and
//! what helps.
//!
//! The pipeline, in the order that data flows:
//!
//! ```text
//! host ──probe──▶ Facts ──diagnose──▶ Diagnosis ──▶ Report ──▶ text, JSON
//!                   │ ▲                │
//!                   └─┘ predict        └──plan──▶ Plan ──apply──▶ host
//! ```
//!
//! - [`host`]: what a machine can be asked; [`hosts`]: this machine, a file tree, a capture.
//! - [`probes`]: read it, side by side, into [`facts::Facts`]; [`parse`]: the formats they meet.
//! - [`causes`]: pure questions to the facts; [`diagnose`]: which hold, and which explains which.
//! - [`predict`]: the facts as they would be after a reboot; [`step`], [`steps`]: after, and by, any other change.
//! - `managers`: what package managers would do, and do.
//! - [`remedies`]: what can be done about a cause; [`plan`]: the least of it that helps.
//! - [`apply`]: does a plan, with a [`journal`] from which all of it is taken back.
//! - [`report`]: the public model of what was found; [`proposal`], [`history`]: those of what would be and was done;
//!   [`reports`]: their renderings; [`words`]: its words, in English and Chinese.
//!
//! No terminal, no argument parsing, no async, no globals.

pub mod apply;
pub mod causes;
pub mod continuation;
pub mod diagnose;
pub mod enquire;
pub mod escape;
pub mod examples;
pub mod facts;
pub mod history;
pub mod host;
pub mod host_mut;
pub mod hosts;
pub mod journal;
pub mod knowledge;
pub mod lock;
mod managers;
mod modprobe;
pub mod outlook;
pub mod parse;
pub mod picture;
pub mod plan;
pub mod predict;
pub mod probe;
pub mod probes;
pub mod proposal;
pub mod redact;
pub mod remedies;
pub mod remedy;
pub mod report;
pub mod reports;
pub mod step;
pub mod steps;
pub mod undo;
pub mod verdict;
mod verify;
pub mod version;
pub mod words;

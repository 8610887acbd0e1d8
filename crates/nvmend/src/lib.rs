//! **nvmend** finds out why the parts of the NVIDIA driver don't fit together, says it in plain words, and
//! what helps.
//!
//! The pipeline, in the order that data flows:
//!
//! ```text
//! host ──probe──▶ Facts ──diagnose──▶ Diagnosis ──▶ Report ──▶ text, JSON
//!                   │ ▲
//!                   └─┘ predict
//! ```
//!
//! - [`host`]: what a machine can be asked; [`hosts`]: this machine, a file tree, a capture.
//! - [`probes`]: read it, side by side, into [`facts::Facts`]; [`parse`]: the formats they meet.
//! - [`causes`]: pure questions to the facts; [`diagnose`]: which hold, and which explains which.
//! - [`predict`]: the facts as they would be after a step.
//! - [`report`]: the one public model; [`reports`]: its renderings; [`words`]: its words, in English and Chinese.
//!
//! No terminal, no argument parsing, no async, no globals.

pub mod causes;
pub mod diagnose;
pub mod escape;
pub mod examples;
pub mod facts;
pub mod host;
pub mod hosts;
pub mod knowledge;
pub mod outlook;
pub mod parse;
pub mod picture;
pub mod predict;
pub mod probe;
pub mod probes;
pub mod redact;
pub mod report;
pub mod reports;
pub mod verdict;
pub mod version;
pub mod words;

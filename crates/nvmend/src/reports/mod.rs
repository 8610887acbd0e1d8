//! Renderings of a report, a plan, a run: one file each. All are pure; only the command line prints.

pub mod json;
pub mod layout;
pub mod plan;
pub mod run;
mod sheet;
pub mod style;
pub mod text;

#[cfg(test)]
pub(crate) mod sample;

//! Renderings of a report: one file per format. All are pure; only the command line prints.

pub mod json;
pub mod layout;
pub mod style;
pub mod text;

#[cfg(test)]
pub(crate) mod sample;

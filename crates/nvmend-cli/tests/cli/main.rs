//! The program, run as a user runs it.
#![allow(clippy::unwrap_used, missing_docs, reason = "a test that cannot go on has failed")]

mod arguments;
mod bad_input;
mod check;
mod deep;
mod readme;
mod repair;
mod support;

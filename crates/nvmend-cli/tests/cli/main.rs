//! The program, run as a user runs it.

mod arguments;
mod check;
mod support;

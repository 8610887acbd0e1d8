#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![allow(clippy::disallowed_methods, reason = "these tests make the trees that the program reads")]
//! Damaged, denied and absurd machines, from end to end: whatever stands where a file should, the answer is a report
//! with gaps: no probe fails, nothing hangs, and nothing is called aligned whose deciding files could not be read.

mod absurd;
mod damaged;
mod machine;
mod trees;
mod wedged;

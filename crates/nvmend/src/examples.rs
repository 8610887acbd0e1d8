//! Built-in sample machines, so that one can see what nvmend does without a GPU, or without a fault. Each is a
//! folder of `machines/` whose `truth.toml` says `example = true`.

use crate::hosts::machine::{self, MachineError};
use crate::hosts::memory::Memory;

/// (name, description, whether it is an example); the others are what examples start from.
const MACHINES: &[(&str, &str, bool)] = include!(concat!(env!("OUT_DIR"), "/machines.rs"));

/// The examples' names, sorted.
pub fn names() -> impl Iterator<Item = &'static str> {
    MACHINES.iter().filter(|(_, _, is_example)| *is_example).map(|(name, _, _)| *name)
}

/// The example machine of that name.
pub fn open(name: &str) -> Result<Memory, MachineError> {
    if !names().any(|known| known == name) {
        return Err(MachineError::Unknown(name.to_owned()));
    }
    let text_of = |name: &str| {
        let found = MACHINES.iter().find(|(known, _, _)| *known == name);
        found.map(|(_, text, _)| (*text).to_owned())
    };
    machine::make(name, &text_of)
}

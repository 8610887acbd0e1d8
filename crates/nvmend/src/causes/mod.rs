//! The causes: one file each. The order of the list is the order in which equals are reported: what must be
//! repaired first stands first.

use crate::diagnose::Cause;

/// Every cause that nvmend can name.
pub const ALL: &[&Cause] = &[];

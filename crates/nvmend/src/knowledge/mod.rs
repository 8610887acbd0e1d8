//! What is known of the world, not of a machine: tables with their sources.

pub mod cuda;
pub mod pci;

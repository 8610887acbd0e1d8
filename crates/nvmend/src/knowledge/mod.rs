//! What is known of the world, not of a machine: tables with their sources.

pub mod libraries;
pub mod modules;
pub mod packages;
pub mod cuda;
pub mod pci;

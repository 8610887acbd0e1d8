//! What is known of the world, not of a machine: tables with their sources.

pub mod archives;
pub mod codes;
pub mod cuda;
pub mod dcgm;
pub mod libraries;
pub mod library_packages;
pub mod modules;
pub mod packages;
pub mod pci;

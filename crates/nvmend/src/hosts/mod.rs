//! The machines that can be read. Only this folder knows the real system.

pub mod live;
pub mod made;
pub mod memory;
pub mod sysroot;

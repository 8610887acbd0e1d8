//! The machines that can be read. Only this folder knows the real system.

pub mod made;

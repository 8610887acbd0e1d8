//! What is known of the world, not of a machine: tables with their sources.

//! Links GCC's unwinder into the program. As a shared library it costs a twentieth of a whole check to load.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a build script talks to cargo"
)]

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let target = |name: &str| env::var(format!("CARGO_CFG_TARGET_{name}")).unwrap_or_default();
    if target("OS") == "linux" && target("ENV") == "gnu" {
        // Its archive comes with the compiler that links. Before the shared one on the command line, so that nothing
        // is left to take from that.
        println!("cargo::rustc-link-lib=static:-bundle=gcc_eh");
    }
}

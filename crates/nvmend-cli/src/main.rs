//! The program `nvmend`; all of it stands in the library beside, so that the documentation is made from it too.

use std::process::ExitCode;

fn main() -> ExitCode {
    nvmend_cli::run()
}

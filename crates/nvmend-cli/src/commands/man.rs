//! `nvmend man`: the manual page.

use nvmend::words::Words;

use crate::arguments::command;
use crate::exit::{Failure, Status};
use crate::ui::Ui;

/// Prints it, for `man -l -`.
pub fn run(words: &Words, ui: &Ui) -> Result<Status, Failure> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command(words))
        .render(&mut page)
        .map_err(|error| Failure::undetermined(error.to_string()))?;
    ui.print(page);
    Ok(Status::Fine)
}

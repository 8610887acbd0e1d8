//! Shows the work as it goes on: a line for each step, and on a terminal, below it, what its program says last.

use std::io::{self, IsTerminal, Write};

use nvmend::escape::escape;
use nvmend::reports::layout::{columns, wrap};
use nvmend::reports::style::Paint;
use nvmend::words::Words;

use crate::ui::Ui;
use crate::worker::Message;

/// Of what a step is: a transaction can name hundreds of packages, and the plan and the journal have them all.
const SHOWN_LINES: usize = 3;

/// The progress, as far as it is shown.
pub struct Progress<'p> {
    ui: &'p Ui,
    words: &'p Words,
    steps: usize,
    begun: usize,
    /// Whether it goes to the standard error, because the other is for a program.
    aside: bool,
    /// Whether a line can be written over.
    in_place: bool,
    /// Whether such a line stands there.
    standing: bool,
}

impl<'p> Progress<'p> {
    /// Of a run of so many steps.
    pub fn new(ui: &'p Ui, words: &'p Words, steps: usize, aside: bool) -> Self {
        let is_terminal =
            if aside { io::stderr().is_terminal() } else { io::stdout().is_terminal() };
        let in_place = is_terminal && ui.page.color && !ui.page.verbose && !ui.quiet;
        Self { ui, words, steps, begun: 0, aside, in_place, standing: false }
    }

    /// Shows what happens.
    pub fn show(&mut self, message: &Message) {
        match message {
            Message::Begins { step } => {
                self.begun += 1;
                let lead = format!("[{}/{}] ", self.begun, self.steps);
                self.wrapped(&lead, &self.words.step(step));
            }
            Message::Waits { lock, holder } => {
                let args = [("lock", lock.clone()), ("holder", holder.clone())];
                self.wrapped("    ", &self.words.cli("progress-waits", &args));
            }
            Message::Line { text } => self.line(text),
            Message::RollsBack => self.wrapped("", &self.words.cli("progress-rolls-back", &[])),
            Message::Reverts { step } => self.wrapped("  - ", &self.words.step(step)),
            Message::Done => self.clear(),
            Message::Started | Message::Refused { .. } => {}
        }
    }

    /// Nothing more comes.
    pub fn end(&mut self) {
        self.clear();
    }

    fn line(&mut self, text: &str) {
        let text = escape(text.trim());
        if self.ui.page.verbose {
            self.write(&format!("      {}\n", self.ui.page.paint(Paint::Dim, &text)));
        } else if self.in_place {
            let room = self.ui.page.columns().saturating_sub(7);
            let first = wrap(&text, room).into_iter().next().unwrap_or_default();
            self.write(&format!("\r\u{1b}[K      {}", self.ui.page.paint(Paint::Dim, &first)));
            self.standing = true;
        }
    }

    fn wrapped(&mut self, lead: &str, text: &str) {
        self.clear();
        if self.ui.quiet {
            return;
        }
        let indent = columns(lead);
        let mut lead = lead.to_owned();
        let mut lines = wrap(&escape(text), self.ui.page.columns().saturating_sub(indent + 2));
        if lines.len() > SHOWN_LINES && !self.ui.page.verbose {
            lines.truncate(SHOWN_LINES);
            let last = lines.pop().map(|last| last + " …");
            lines.extend(last);
        }
        for line in lines {
            self.write(&format!("{}\n", self.ui.page.finish(format!("{lead}{line}"))));
            lead = " ".repeat(indent);
        }
    }

    fn clear(&mut self) {
        if self.standing {
            self.write("\r\u{1b}[K");
            self.standing = false;
        }
    }

    fn write(&self, text: &str) {
        if self.aside {
            let mut error = io::stderr().lock();
            let _ = error.write_all(text.as_bytes()).and_then(|()| error.flush());
        } else {
            self.ui.print(text);
        }
    }
}

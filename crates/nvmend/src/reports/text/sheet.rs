//! A text that grows line by line, within the width of a page.

use crate::escape::escape;
use crate::reports::layout::{Block, blocks, wrap};
use crate::reports::style::{Page, Paint};

/// The text as it grows.
pub(super) struct Sheet<'p> {
    pub(super) page: &'p Page,
    pub(super) text: String,
}

impl<'p> Sheet<'p> {
    pub(super) fn new(page: &'p Page) -> Self {
        Self { page, text: String::new() }
    }

    pub(super) fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    pub(super) fn wrapped(&mut self, indent: usize, paint: Paint, text: &str) {
        self.hanging(&" ".repeat(indent), indent, paint, text);
    }

    /// Wrapped text whose first line begins with `lead` and whose others begin at column `indent`.
    pub(super) fn hanging(&mut self, lead: &str, indent: usize, paint: Paint, text: &str) {
        let mut lead = lead.to_owned();
        for line in wrap(&escape(text), self.page.columns().saturating_sub(indent)) {
            self.line(&format!("{lead}{}", self.page.paint(paint, &line)));
            lead = " ".repeat(indent);
        }
    }

    pub(super) fn heading(&mut self, text: &str) {
        self.line("");
        self.wrapped(0, Paint::Bold, text);
    }

    pub(super) fn prose(&mut self, indent: usize, text: &str) {
        let margin = " ".repeat(indent);
        for block in blocks(text) {
            match block {
                Block::Paragraph(text) => self.wrapped(indent, Paint::Plain, &text),
                Block::Item(text) => {
                    self.hanging(&format!("{margin}- "), indent + 2, Paint::Plain, &text);
                }
                Block::Command(text) => {
                    let command = self.page.paint(Paint::Command, &escape(&text));
                    self.line(&format!("{margin}    {command}"));
                }
            }
        }
    }
}

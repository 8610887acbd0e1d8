//! A text as it grows, line by line.

use super::layout::{Block, blocks, wrap};
use super::style::{Page, Paint};
use crate::escape::escape;

/// A longer text of the word files, block by block, from column `indent` on.
pub fn prose(text: &str, indent: usize, page: &Page) -> String {
    let mut sheet = Sheet::new(page);
    sheet.prose(indent, text);
    page.finish(sheet.text)
}

/// A heading over [`prose`].
pub fn heading(text: &str, page: &Page) -> String {
    let mut sheet = Sheet::new(page);
    sheet.wrapped(0, Paint::Bold, text);
    page.finish(sheet.text)
}

/// The text as it grows.
pub(super) struct Sheet<'p> {
    /// What it may use.
    pub page: &'p Page,
    /// What stands on it.
    pub text: String,
}

impl<'p> Sheet<'p> {
    /// An empty one.
    pub fn new(page: &'p Page) -> Self {
        Self { page, text: String::new() }
    }

    /// A line as it is.
    pub fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    /// Wrapped text from column `indent` on.
    pub fn wrapped(&mut self, indent: usize, paint: Paint, text: &str) {
        self.hanging(&" ".repeat(indent), indent, paint, text);
    }

    /// Wrapped text whose first line begins with `lead` and whose others begin at column `indent`.
    pub fn hanging(&mut self, lead: &str, indent: usize, paint: Paint, text: &str) {
        let mut lead = lead.to_owned();
        for line in wrap(&escape(text), self.page.columns().saturating_sub(indent)) {
            self.line(&format!("{lead}{}", self.page.paint(paint, &line)));
            lead = " ".repeat(indent);
        }
    }

    /// A heading, with an empty line before it.
    pub fn heading(&mut self, text: &str) {
        self.line("");
        self.wrapped(0, Paint::Bold, text);
    }

    /// A longer text of the word files, block by block.
    pub fn prose(&mut self, indent: usize, text: &str) {
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

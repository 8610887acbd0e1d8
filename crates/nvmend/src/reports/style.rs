//! What a text rendering may use: columns, colours, symbols.

/// The sheet that a text is written on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Columns; at least [`Page::NARROWEST`] are used.
    pub width: usize,
    /// Whether ANSI colours are understood.
    pub color: bool,
    /// Whether symbols beyond ASCII can be shown.
    pub unicode: bool,
    /// Whether everything is shown, or only what matters first.
    pub verbose: bool,
}

/// What a piece of text is, and so how it looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// As it is.
    Plain,
    /// Stands out.
    Bold,
    /// Stands back.
    Dim,
    /// Good.
    Good,
    /// Bad.
    Bad,
    /// To be watched.
    Watch,
    /// A command to type.
    Command,
    /// One of the versions of a picture, by its group.
    Group(usize),
}

impl Page {
    /// Narrower than this nothing can be read.
    pub const NARROWEST: usize = 40;

    /// 80 columns without colour, as for a pipe.
    pub const PLAIN: Self = Self { width: 80, color: false, unicode: true, verbose: false };

    /// The columns that text may take.
    pub fn columns(&self) -> usize {
        self.width.max(Self::NARROWEST)
    }

    /// `text` in its paint.
    pub fn paint(&self, paint: Paint, text: &str) -> String {
        let code = match paint {
            _ if !self.color || text.is_empty() => "",
            Paint::Plain => "",
            Paint::Bold => "1",
            Paint::Dim => "2",
            Paint::Good => "1;32",
            Paint::Bad => "1;31",
            Paint::Watch => "1;33",
            Paint::Command => "36",
            Paint::Group(group) => ["36", "33", "35", "34"][group % 4],
        };
        if code.is_empty() { text.to_owned() } else { format!("\u{1b}[{code}m{text}\u{1b}[0m") }
    }

    /// The mark of a group of equal versions.
    pub fn mark(&self, group: usize) -> &'static str {
        const MARKS: [&str; 6] = ["●", "○", "◆", "◇", "■", "□"];
        MARKS[group % MARKS.len()]
    }

    /// The finished text, with plain substitutes where symbols cannot be shown. Only our own symbols have
    /// substitutes; each takes as many columns as the symbol.
    pub fn finish(&self, text: String) -> String {
        if self.unicode {
            return text;
        }
        text.chars()
            .map(|character| match character {
                '●' => '*',
                '○' => 'o',
                '◆' => '#',
                '◇' => '+',
                '■' => '@',
                '□' => '=',
                '✓' => '+',
                '✗' => 'x',
                '·' | '–' | '—' => '-',
                '└' => '`',
                '…' => '~',
                '→' => '>',
                '“' | '”' => '"',
                '‘' | '’' => '\'',
                other => other,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_only_where_they_are_understood() {
        let page = Page { color: true, ..Page::PLAIN };
        assert_eq!(page.paint(Paint::Bad, "no"), "\u{1b}[1;31mno\u{1b}[0m");
        assert_eq!(Page::PLAIN.paint(Paint::Bad, "no"), "no");
    }

    #[test]
    fn every_symbol_has_a_plain_substitute_of_its_own() {
        let page = Page { unicode: false, ..Page::PLAIN };
        let marks: std::collections::BTreeSet<_> =
            (0..6).map(|group| page.finish(page.mark(group).to_owned())).collect();
        assert_eq!(marks.len(), 6);
        assert!(marks.iter().all(|mark| mark.is_ascii()));
    }
}

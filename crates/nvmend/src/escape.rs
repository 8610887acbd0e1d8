//! Makes text from a machine harmless: a log line or a file name must not steer a terminal or reorder what is read.

use std::borrow::Cow;

/// Shows control characters and invisible or reordering characters as `\u{…}`; everything else stays.
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(is_harmful) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_harmful(character) {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

/// Controls (C0, DEL, C1), bidirectional marks and overrides (Unicode UAX #9), zero-width characters, line and
/// paragraph separators, the byte order mark and tag characters.
pub fn is_harmful(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{061c}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{2069}'
                | '\u{feff}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_would_steer_a_terminal() {
        assert_eq!(escape("\u{1b}[31mred\u{7}"), "\\u{1b}[31mred\\u{7}");
        assert_eq!(escape("a\u{9b}2Jb\u{7f}"), "a\\u{9b}2Jb\\u{7f}");
        assert_eq!(escape("so.\u{202e}1.adbuc\u{2066}"), "so.\\u{202e}1.adbuc\\u{2066}");
        assert_eq!(escape("one\nline"), "one\\u{a}line");
    }

    #[test]
    fn leaves_honest_text_alone() {
        assert!(matches!(escape("驱动 535.129.03 — “é”"), Cow::Borrowed(_)));
    }
}

//! A report, a plan or a run as JSON, schema 1, indented for people who look at it.

use serde::Serialize;

use crate::escape::is_harmful;

/// One of the public models as JSON with a line end. Characters that would steer a terminal are written as JSON escapes: the
/// value is the same to every parser.
pub fn render(model: &impl Serialize) -> String {
    // They have no map with other keys than strings and no number that JSON lacks, so this cannot fail.
    let text = serde_json::to_string_pretty(model).unwrap_or_default();
    let mut shown = String::with_capacity(text.len() + 1);
    for character in text.chars() {
        // Outside of strings JSON has none of these but its own line ends.
        if is_harmful(character) && character != '\n' {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                shown.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            shown.push(character);
        }
    }
    shown.push('\n');
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::Diagnosis;
    use crate::report::Report;
    use crate::reports::sample;
    use crate::words::{Language, Words};

    #[test]
    fn is_read_back_as_it_was_and_harms_no_terminal() {
        let mut facts = sample::stale();
        let hostile = "/run/\u{1b}]0;x\u{7}\u{9b}2J\u{202e}\u{e0041}";
        facts.gaps.push(crate::facts::Gap::new(hostile, "no\nway"));
        let words = Words::new(Language::English);
        let report = Report::new(&facts, &Diagnosis::default(), &words, sample::TIME.to_owned());
        let text = render(&report);
        assert!(!text.contains(|c| is_harmful(c) && c != '\n'));
        let back: Report = serde_json::from_str(&text).unwrap();
        assert_eq!(back, report);
    }
}

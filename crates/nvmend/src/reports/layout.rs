//! Lines of a given width, for English and Chinese alike, and the few kinds of paragraphs that words are made of.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// A part of a longer text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Running text.
    Paragraph(String),
    /// An item of a list (a line that starts with `- `).
    Item(String),
    /// A command to type; never broken.
    Command(String),
}

/// Columns that `text` takes.
pub fn columns(text: &str) -> usize {
    text.width()
}

/// `text` filled up with spaces to `width` columns.
pub fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(columns(text))))
}

/// The end of `text` in at most `width` columns, of a path from a directory on: the file's name says most.
pub fn keep_end(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let mut start = text.len();
    let mut taken = 1;
    for (at, character) in text.char_indices().rev() {
        taken += character.width().unwrap_or(0);
        if taken > width {
            break;
        }
        start = at;
    }
    let kept = &text[start..];
    format!("…{}", kept.find('/').map_or(kept, |slash| &kept[slash..]))
}

/// Parts a text of the word files: each line is a block of its own.
///
/// A line is a command when it starts with `$ `, or when it is ASCII, starts with a small letter or a slash and has
/// neither a comma or colon after its first word nor a full stop at its end; so that the word files need no marks
/// for what anyone sees to be one.
pub fn blocks(text: &str) -> Vec<Block> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(block).collect()
}

fn block(line: &str) -> Block {
    if let Some(item) = line.strip_prefix("- ") {
        return Block::Item(item.to_owned());
    }
    let first = line.split(' ').next().unwrap_or_default();
    let is_command = line.is_ascii()
        && line.starts_with(|c: char| c.is_ascii_lowercase() || c == '/')
        && !first.ends_with([',', ':'])
        && !line.ends_with('.');
    match line.strip_prefix("$ ") {
        Some(command) => Block::Command(command.to_owned()),
        None if is_command => Block::Command(line.to_owned()),
        None => Block::Paragraph(line.to_owned()),
    }
}

/// Breaks `text` into lines of at most `width` columns: at spaces, and between Chinese characters, but never before
/// closing nor after opening punctuation. A word longer than a line is cut.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(2);
    let mut lines = Vec::new();
    let mut line = String::new();
    for Word { text, spaced } in words(text) {
        let gap = usize::from(spaced && !line.is_empty());
        if columns(&line) + gap + columns(&text) <= width {
            line.push_str(&" ".repeat(gap));
            line.push_str(&text);
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        for character in text.chars() {
            if columns(&line) + character.width().unwrap_or(0) > width {
                lines.push(std::mem::take(&mut line));
            }
            line.push(character);
        }
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

/// What a line break may not part.
#[derive(Debug, Default)]
struct Word {
    text: String,
    /// Whether a space stood before it.
    spaced: bool,
}

fn words(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut current = Word::default();
    let mut last: Option<char> = None;
    for character in text.chars() {
        if character == ' ' {
            words.extend(take_word(&mut current));
            current.spaced = true;
            last = None;
            continue;
        }
        if last.is_some_and(|last| may_part(last, character)) {
            words.extend(take_word(&mut current));
        }
        current.text.push(character);
        last = Some(character);
    }
    words.extend(take_word(&mut current));
    words
}

fn take_word(current: &mut Word) -> Option<Word> {
    if current.text.is_empty() { None } else { Some(std::mem::take(current)) }
}

/// Whether a line may end between two characters that no space parts (after the rules of GB/T 15834: no line begins
/// with closing punctuation or ends with opening punctuation).
fn may_part(before: char, after: char) -> bool {
    (is_wide(before) || is_wide(after)) && !is_opening(before) && !is_closing(after)
}

fn is_wide(character: char) -> bool {
    character.width() == Some(2)
}

fn is_closing(character: char) -> bool {
    "。，、：；！？）】》」』”’…—·％%,.;:!?)]}".contains(character)
}

fn is_opening(character: char) -> bool {
    "（【《「『“‘([{".contains(character)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn breaks_english_at_spaces() {
        assert_eq!(wrap("the driver was upgraded", 12), ["the driver", "was upgraded"]);
        assert_eq!(wrap("", 12), [""]);
    }

    #[test]
    fn breaks_chinese_anywhere_but_at_punctuation() {
        assert_eq!(wrap("驱动已经升级，请重启。", 12), ["驱动已经升", "级，请重启。"]);
        assert_eq!(wrap("加载（模块）", 6), ["加载", "（模", "块）"]);
        assert_eq!(wrap("重启 nvidia 服务", 9), ["重启", "nvidia 服", "务"]);
    }

    #[test]
    fn cuts_a_path_that_fits_no_line() {
        assert_eq!(wrap("see /usr/lib/libcuda.so.1", 10), ["see", "/usr/lib/l", "ibcuda.so.", "1"]);
        assert_eq!(keep_end("/usr/lib/libcuda.so.1", 10), "…cuda.so.1");
        assert_eq!(keep_end("/usr/lib/libcuda.so.1", 17), "…/libcuda.so.1");
    }

    #[test]
    fn parts_texts_into_blocks() {
        let paragraph = |text: &str| Block::Paragraph(text.into());
        let command = |text: &str| Block::Command(text.into());
        assert_eq!(
            blocks(
                "Move them aside:\n\n- item\n$ PATH=/ ls\ndkms status\nldconfig, then reboot.\nmv, with each\n重启"
            ),
            [
                paragraph("Move them aside:"),
                Block::Item("item".into()),
                command("PATH=/ ls"),
                command("dkms status"),
                paragraph("ldconfig, then reboot."),
                paragraph("mv, with each"),
                paragraph("重启"),
            ]
        );
    }

    proptest! {
        #[test]
        fn lines_fit_and_nothing_is_lost(text in "[a-z驱动，。（） /]{0,80}", width in 2usize..40) {
            let lines = wrap(&text, width);
            prop_assert!(lines.iter().all(|line| columns(line) <= width));
            let solid = |text: &str| text.replace(' ', "");
            prop_assert_eq!(solid(&lines.concat()), solid(&text));
        }
    }
}

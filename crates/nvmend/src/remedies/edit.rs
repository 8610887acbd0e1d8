//! Edits of configuration files that keep everything else in them as it is.

use std::path::{Path, PathBuf};

use crate::facts::{ConfigLine, Facts};
use crate::remedy::{Context, Hindrance};
use crate::steps::WriteFile;

/// A file, and the number of a line of it, of an origin that names both (`/etc/x.conf:12`).
pub(super) fn file_and_line(origin: &str) -> Option<(&str, usize)> {
    let (file, number) = origin.rsplit_once(':')?;
    Some((file, number.parse().ok()?))
}

/// The step that turns these lines of a file, counted from 1, into comments: whoever wrote them can read them still.
pub(super) fn comment_out(
    facts: &Facts,
    context: &Context<'_>,
    file: &str,
    numbers: &[usize],
) -> Result<WriteFile, Hindrance> {
    let (path, text) = context.machine.text(Path::new(file))?;
    let is_in = |number: &usize| (1..=text.lines().count()).contains(number);
    if let Some(missing) = numbers.iter().find(|number| !is_in(number)) {
        let origin = format!("{file}:{missing}");
        return Err(Hindrance::new("line-not-in-a-file").with("origin", origin));
    }
    let change =
        |number: usize, line: &str| numbers.contains(&number).then(|| format!("# nvmend: {line}"));
    let of_file = |line: &&ConfigLine| {
        file_and_line(line.from.as_str())
            .is_some_and(|(of, number)| of == file && !numbers.contains(&number))
    };
    let config = facts.modules.config.iter().filter(of_file).cloned().collect();
    Ok(change_lines(path, &text, change, config))
}

/// The step that writes a file with some lines changed; `change` gets each line without its end.
pub(super) fn change_lines(
    path: PathBuf,
    text: &str,
    change: impl Fn(usize, &str) -> Option<String>,
    config: Vec<ConfigLine>,
) -> WriteFile {
    let mut difference = vec![];
    let mut content = String::with_capacity(text.len());
    for (at, line) in text.split_inclusive('\n').enumerate() {
        let bare = line.trim_end_matches(['\n', '\r']);
        match change(at + 1, bare) {
            Some(new) => {
                difference.extend([format!("-{bare}"), format!("+{new}")]);
                content.push_str(&new);
                content.push_str(&line[bare.len()..]);
            }
            None => content.push_str(line),
        }
    }
    WriteFile { path, content, difference, mode: 0o644, config, ..WriteFile::default() }
}

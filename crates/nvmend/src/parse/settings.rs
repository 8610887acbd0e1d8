//! Variables that configuration sets: `Environment=` of systemd's units (systemd.exec(5)), and files of lines
//! `NAME=VALUE` (pam_env(8), environment.d(5), `EnvironmentFile=`). And the edit that takes one element out of a value
//! that is a list.

/// A variable, and the line that sets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting<'t> {
    /// The line's number, from 1.
    pub line: usize,
    /// The variable.
    pub name: &'t str,
    /// Its value, without quotes.
    pub value: String,
}

/// What the section `[Service]` of a unit's file says of its environment, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnitSetting<'t> {
    /// `Environment=NAME=VALUE`.
    Variable(Setting<'t>),
    /// An empty `Environment=`: what was set before is not.
    NoVariables,
    /// `EnvironmentFile=`, with its `-`.
    File(&'t str),
    /// An empty `EnvironmentFile=`.
    NoFiles,
}

/// Reads a unit's file or drop-in. Of a setting that goes on in the next line nothing is said: it is rare, and a line of it
/// means nothing by itself.
pub fn of_unit(text: &str) -> Vec<UnitSetting<'_>> {
    let mut found = Vec::new();
    let (mut is_service, mut goes_on) = (false, false);
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        let is_part = std::mem::replace(&mut goes_on, line.ends_with('\\') && !is_comment(line));
        if is_part || goes_on || is_comment(line) {
            continue;
        }
        if line.starts_with('[') {
            is_service = line == "[Service]";
        }
        let Some((key, value)) = line.split_once('=').filter(|_| is_service) else { continue };
        match (key.trim(), value.trim()) {
            ("Environment", "") => found.push(UnitSetting::NoVariables),
            ("Environment", words) => {
                let settings = words_of(words).filter_map(|word| setting(at + 1, word));
                found.extend(settings.map(UnitSetting::Variable));
            }
            ("EnvironmentFile", "") => found.push(UnitSetting::NoFiles),
            ("EnvironmentFile", file) => found.push(UnitSetting::File(file)),
            _ => {}
        }
    }
    found
}

/// Reads a file of lines `NAME=VALUE`; `export` before the name is pam_env's.
pub fn of_lines(text: &str) -> Vec<Setting<'_>> {
    let lines = text.lines().enumerate();
    let settings = lines.filter(|(_, line)| !is_comment(line.trim()));
    settings.filter_map(|(at, line)| setting(at + 1, line.trim())).collect()
}

/// The text with nothing left but what [`of_unit`] or [`of_lines`] reads of these variables; each line in its place. Other
/// variables hold passwords.
pub fn only(text: &str, names: &[&str]) -> String {
    let is_wanted = |word: &&str| setting(0, word).is_some_and(|it| names.contains(&it.name));
    let mut kept = String::new();
    let mut goes_on = false;
    for line in text.lines() {
        let line = line.trim();
        let is_part = std::mem::replace(&mut goes_on, line.ends_with('\\') && !is_comment(line));
        let is_whole = !is_part && !goes_on && !is_comment(line);
        match line.split_once('=').map(|(key, value)| (key.trim(), value.trim())) {
            _ if !is_whole => {}
            None if line.starts_with('[') => kept.push_str(line),
            Some(("Environment", words)) => {
                let wanted: Vec<&str> = words_of(words).filter(is_wanted).collect();
                if words.is_empty() || !wanted.is_empty() {
                    kept.push_str("Environment=");
                    kept.push_str(&wanted.join(" "));
                }
            }
            Some(("EnvironmentFile", _)) => kept.push_str(line),
            Some(_) if is_wanted(&line) => kept.push_str(line),
            _ => {}
        }
        kept.push('\n');
    }
    kept
}

fn is_comment(line: &str) -> bool {
    line.starts_with(['#', ';'])
}

fn setting(line: usize, word: &str) -> Option<Setting<'_>> {
    let word = word.trim_start_matches(QUOTES);
    let (name, value) = word.strip_prefix("export ").unwrap_or(word).split_once('=')?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let value = value.chars().filter(|c| !QUOTES.contains(c)).collect();
    (!name.is_empty() && name.chars().all(is_name)).then_some(Setting { line, name, value })
}

const QUOTES: [char; 2] = ['"', '\''];

/// The words of a line, each with its quotes; a blank within quotes parts none.
fn words_of(line: &str) -> impl Iterator<Item = &str> {
    let mut quote = None;
    let words = line.split(move |c: char| {
        match quote {
            Some(open) if c == open => quote = None,
            None if QUOTES.contains(&c) => quote = Some(c),
            _ => {}
        }
        quote.is_none() && c.is_whitespace()
    });
    words.filter(|word| !word.is_empty())
}

/// The elements of a list: of directories (ld.so(8): `LD_LIBRARY_PATH`), of libraries (`LD_PRELOAD`).
pub fn elements(value: &str) -> impl Iterator<Item = &str> {
    value.split(SEPARATORS).filter(|element| !element.is_empty())
}

const SEPARATORS: [char; 4] = [':', ';', ' ', '\t'];

/// The line without one element of the list that it sets a variable to; a comment where nothing else is left of it.
/// `None` where the line sets the variable to no such list.
pub fn without(line: &str, name: &str, element: &str) -> Option<String> {
    let set = format!("{name}=");
    // Not the end of a longer name.
    let is_start = |at: &usize| {
        let before = line.get(..*at).and_then(|before| before.chars().next_back());
        before.is_none_or(|c| QUOTES.contains(&c) || c.is_whitespace() || c == '=')
    };
    let (at, _) = line.match_indices(&set).find(|(at, _)| is_start(at))?;
    let (before, rest) = line.split_at_checked(at + set.len())?;
    let open = before.get(..at)?.chars().next_back().filter(|c| QUOTES.contains(c));
    let inner = open.or_else(|| rest.chars().next().filter(|c| QUOTES.contains(c)));
    let rest = if open.is_none() { rest.strip_prefix(QUOTES).unwrap_or(rest) } else { rest };
    let before = line.get(..line.len() - rest.len())?;
    let end = match inner {
        Some(quote) => rest.find(quote)?,
        None => rest.find(char::is_whitespace).unwrap_or(rest.len()),
    };
    let (value, after) = rest.split_at_checked(end)?;
    let kept: Vec<&str> = value.split_inclusive(SEPARATORS).collect();
    let bare = |part: &str| part.trim_end_matches(SEPARATORS).trim_end_matches('/').to_owned();
    let wanted = element.trim_end_matches('/');
    let left: String = kept.iter().filter(|part| bare(part) != wanted).copied().collect();
    if left.len() == value.len() {
        return None;
    }
    let left = left.trim_end_matches(SEPARATORS);
    // Nothing else stands in the line: `Environment="NAME=VALUE"`, `NAME=VALUE`, `export NAME=VALUE`.
    let is_alone = after.trim().trim_matches(QUOTES).is_empty()
        && !before.get(..at)?.trim_end_matches(QUOTES).contains(' ')
        || before.trim_start().starts_with("export ");
    if left.is_empty() && is_alone {
        return Some(format!("# nvmend: {line}"));
    }
    Some(format!("{before}{left}{after}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const OLD: &str = "/opt/old/lib";

    #[test]
    fn a_units_variables_are_read_in_order() {
        let text = "[Unit]\nEnvironment=A=1\n[Service]\n# Environment=B=2\nEnvironment=\"C=x y\" D=3 'E=4'\n\
                    Environment=F=5 \\\n  G=6\nEnvironment=\nEnvironmentFile=-/etc/default/x\nEnvironmentFile=\n";
        let variable = |line, name, value: &str| {
            UnitSetting::Variable(Setting { line, name, value: value.to_owned() })
        };
        let wanted = vec![
            variable(5, "C", "x y"),
            variable(5, "D", "3"),
            variable(5, "E", "4"),
            UnitSetting::NoVariables,
            UnitSetting::File("-/etc/default/x"),
            UnitSetting::NoFiles,
        ];
        assert_eq!(of_unit(text), wanted);
    }

    #[test]
    fn lines_of_a_file_are_read() {
        let text = "# LD_PRELOAD=/x\nPATH=\"/bin:/usr/bin\"\nexport LANG=C\nno line\n";
        let found: Vec<_> = of_lines(text).into_iter().map(|s| (s.line, s.name, s.value)).collect();
        assert_eq!(found, [(2, "PATH", "/bin:/usr/bin".to_owned()), (3, "LANG", "C".to_owned())]);
    }

    #[test]
    fn only_the_one_element_goes() {
        let of = |line| without(line, "LD_LIBRARY_PATH", OLD);
        let edited = |line: &str| Some(line.to_owned());
        assert_eq!(of("LD_LIBRARY_PATH=/a:/opt/old/lib:/b"), edited("LD_LIBRARY_PATH=/a:/b"));
        assert_eq!(of("LD_LIBRARY_PATH=/a:/opt/old/lib/"), edited("LD_LIBRARY_PATH=/a"));
        assert_eq!(of("LD_LIBRARY_PATH=\"/opt/old/lib:/a\""), edited("LD_LIBRARY_PATH=\"/a\""));
        let unit = "Environment=\"X=1\" \"LD_LIBRARY_PATH=/opt/old/lib:/a\" Y=2";
        assert_eq!(of(unit), edited("Environment=\"X=1\" \"LD_LIBRARY_PATH=/a\" Y=2"));
        let other = "Environment=X=1 LD_LIBRARY_PATH=/opt/old/lib";
        assert_eq!(of(other), edited("Environment=X=1 LD_LIBRARY_PATH="));
        let first = "Environment=LD_LIBRARY_PATH=/opt/old/lib X=1";
        assert_eq!(of(first), edited("Environment=LD_LIBRARY_PATH= X=1"));
        // Another variable, another directory.
        assert_eq!(of("MY_LD_LIBRARY_PATH=/opt/old/lib"), None);
        assert_eq!(of("LD_LIBRARY_PATH=/opt/old/lib64"), None);
        let preload = without("LD_PRELOAD=/x.so /y.so", "LD_PRELOAD", "/y.so");
        assert_eq!(preload, None, "a blank ends a value that has no quotes");
        let preload = without("LD_PRELOAD='/x.so /y.so'", "LD_PRELOAD", "/y.so");
        assert_eq!(preload, edited("LD_PRELOAD='/x.so'"));
    }

    #[test]
    fn a_line_of_which_nothing_is_left_becomes_a_comment() {
        for line in [
            "LD_LIBRARY_PATH=/opt/old/lib",
            "export LD_LIBRARY_PATH='/opt/old/lib'",
            "Environment=LD_LIBRARY_PATH=/opt/old/lib",
            "Environment=\"LD_LIBRARY_PATH=/opt/old/lib:\"",
        ] {
            let edited = without(line, "LD_LIBRARY_PATH", OLD);
            assert_eq!(edited, Some(format!("# nvmend: {line}")), "{line}");
        }
    }

    #[test]
    fn nothing_but_the_wanted_variables_is_kept() {
        let text = "[Service]\nUser=me\nEnvironment=TOKEN=x \"LD_PRELOAD=/a b\"\nEnvironment=TOKEN=y\n\
                    Environment=TOKEN=z \\\n  LD_PRELOAD=/c\nEnvironmentFile=/etc/default/x\nTOKEN=z\nLD_PRELOAD=/d\n";
        let kept = only(text, &["LD_PRELOAD"]);
        let wanted = "[Service]\n\nEnvironment=\"LD_PRELOAD=/a b\"\n\n\n\nEnvironmentFile=/etc/default/x\n\nLD_PRELOAD=/d\n";
        assert_eq!(kept, wanted);
        assert_eq!(only(&kept, &["LD_PRELOAD"]), kept);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,200}", name in "[A-Z_]{0,8}", element in "\\PC{0,20}") {
            let _ = of_unit(&text);
            let _ = of_lines(&text);
            let _ = without(&text, &name, &element);
            let kept = only(&text, &[&name]);
            prop_assert_eq!(only(&kept, &[&name]), kept);
        }

        /// What is taken out is not set any more, and everything else as it was.
        #[test]
        fn the_rest_stays(before in proptest::collection::vec("/[a-z]{1,5}", 0..4),
                          after in proptest::collection::vec("/[a-z]{1,5}", 0..4),
                          form in 0..4usize) {
            let mut list = before.clone();
            list.push(OLD.to_owned());
            list.extend(after.clone());
            let forms = [("LD_LIBRARY_PATH=", ""), ("LD_LIBRARY_PATH=\"", "\""),
                         ("Environment=\"LD_LIBRARY_PATH=", "\" X=1"), ("Environment=X=1 LD_LIBRARY_PATH=", "")];
            let (start, end) = forms[form];
            let line = format!("{start}{}{end}", list.join(":"));
            let rest = [before, after].concat();
            let edited = without(&line, "LD_LIBRARY_PATH", OLD).unwrap();
            if rest.is_empty() && form < 2 {
                prop_assert_eq!(edited, format!("# nvmend: {line}"));
            } else {
                prop_assert_eq!(edited, format!("{start}{}{end}", rest.join(":")));
            }
        }
    }
}

//! `os-release` (os-release(5)): lines `NAME=value` in shell syntax.

use crate::facts::Os;

/// What the file says of the distribution; `None` when it names none.
pub fn parse(text: &str) -> Option<Os> {
    let mut os = Os::default();
    for line in text.lines() {
        let Some((key, value)) = line.trim().split_once('=') else { continue };
        let value = unquote(value);
        match key {
            "ID" => os.id = value.to_ascii_lowercase(),
            "ID_LIKE" => os.id_like = value.split_whitespace().map(str::to_owned).collect(),
            "VERSION_ID" => os.version = value,
            "VERSION_CODENAME" => os.codename = value,
            "PRETTY_NAME" => os.name = value,
            _ => {}
        }
    }
    if os.id.is_empty() && os.name.is_empty() {
        return None;
    }
    if os.name.is_empty() {
        os.name = format!("{} {}", os.id, os.version).trim().to_owned();
    }
    Some(os)
}

/// The value without its quotes and escapes.
pub fn unquote(value: &str) -> String {
    let value = value.trim();
    let inner =
        ['"', '\''].iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote));
    let mut text = String::with_capacity(value.len());
    let mut escaped = false;
    for character in inner.unwrap_or(value).chars() {
        if character == '\\' && !escaped && !value.starts_with('\'') {
            escaped = true;
        } else {
            text.push(character);
            escaped = false;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_a_real_file() {
        let os = parse(
            "PRETTY_NAME=\"Ubuntu 22.04.4 LTS\"\nNAME=\"Ubuntu\"\nVERSION_ID=\"22.04\"\nID=ubuntu\nID_LIKE=debian\n",
        )
        .unwrap();
        assert_eq!(
            (os.id.as_str(), os.version.as_str(), os.name.as_str()),
            ("ubuntu", "22.04", "Ubuntu 22.04.4 LTS")
        );
        assert_eq!(os.id_like, ["debian"]);
    }

    #[test]
    fn a_rolling_release_has_no_version() {
        let os = parse("ID='arch'\nPRETTY_NAME=Arch\\ Linux\n").unwrap();
        assert_eq!(
            (os.id.as_str(), os.version.as_str(), os.name.as_str()),
            ("arch", "", "Arch Linux")
        );
        assert_eq!(parse("# nothing\n"), None);
    }

    proptest! {
        #[test]
        fn never_panics(text in ".{0,200}", value in "[\"'\\\\a]{0,6}") {
            let _ = parse(&text);
            let _ = parse(&format!("ID={value}"));
        }
    }
}

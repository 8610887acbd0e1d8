//! What pacman would do, as `pacman --print --print-format` and `pacman -Si` print it in the locale `C` (pacman
//! `src/pacman/util.c`, `print_packages`; `src/pacman/package.c`), and what its configuration holds back
//! (pacman.conf(5)).

use super::glob::matches;

/// What each line of `--print` shall hold: the name, the version, and from where.
pub const FORMAT: &str = "%n %v %l";

/// A package that would be installed or removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its architecture, from the name of its archive, where it comes from one.
    pub arch: Option<String>,
}

/// The packages of an answer in the format [`FORMAT`].
pub fn targets(output: &str) -> Vec<Target> {
    let target = |line: &str| {
        let mut words = line.split(' ');
        let (name, version, place) = (words.next()?, words.next()?, words.next()?);
        let is_whole = words.next().is_none() && is_word(name) && is_word(version);
        // "loading packages..." has two words and could look like one.
        is_whole.then(|| Target {
            name: name.to_owned(),
            version: version.to_owned(),
            arch: arch_of_archive(place, name, version),
        })
    };
    output.lines().filter_map(target).collect()
}

/// `…/NAME-VERSION-ARCH.pkg.tar.zst`; an epoch's colon may be written as `%3A`.
fn arch_of_archive(place: &str, name: &str, version: &str) -> Option<String> {
    let file = place.rsplit('/').next()?.replace("%3A", ":");
    let rest = file.strip_prefix(name)?.strip_prefix('-')?.strip_prefix(version)?;
    let (arch, _) = rest.strip_prefix('-')?.split_once(".pkg.tar")?;
    is_word(arch).then(|| arch.to_owned())
}

/// Packages that others take the place of: `:: Replace nvidia with extra/nvidia-open? [Y/n]`.
pub fn replaced(output: &str) -> Vec<String> {
    let name = |line: &str| {
        let (name, _) = line.strip_prefix(":: Replace ")?.split_once(" with ")?;
        is_word(name).then(|| name.to_owned())
    };
    output.lines().filter_map(name).collect()
}

/// Name, version and architecture of each package that `pacman -Si` knows.
pub fn offered(output: &str) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    let (mut name, mut version) = (None, None);
    for line in output.lines() {
        let Some((field, value)) = line.split_once(" : ") else { continue };
        let value = value.trim();
        match field.trim_end() {
            "Name" => name = is_word(value).then(|| value.to_owned()),
            "Version" => version = is_word(value).then(|| value.to_owned()),
            "Architecture" => {
                if let (Some(name), Some(version)) = (name.take(), version.take()) {
                    found.push((name, version, value.to_owned()));
                }
            }
            _ => {}
        }
    }
    found
}

/// The patterns of all `IgnorePkg` lines of pacman.conf.
pub fn ignored(conf: &str) -> Vec<&str> {
    let value = |line| option(line, "IgnorePkg");
    conf.lines().filter_map(value).flat_map(str::split_whitespace).collect()
}

/// Whether one of the patterns is for that package.
pub fn is_ignored(patterns: &[&str], name: &str) -> bool {
    patterns.iter().any(|pattern| matches(pattern, name))
}

/// pacman.conf without these exact names in its `IgnorePkg` lines. `None` where one of them is held by a pattern that
/// is for others too.
pub fn without_ignored(conf: &str, names: &[&str]) -> Option<String> {
    let patterns = ignored(conf);
    if names.iter().any(|name| patterns.iter().any(|it| it != name && matches(it, name))) {
        return None;
    }
    let mut text = String::with_capacity(conf.len());
    for line in conf.split_inclusive('\n') {
        let Some(value) = option(line, "IgnorePkg") else {
            text.push_str(line);
            continue;
        };
        let left: Vec<&str> = value.split_whitespace().filter(|it| !names.contains(it)).collect();
        if left.len() == value.split_whitespace().count() {
            text.push_str(line);
        } else if !left.is_empty() {
            text.push_str(&format!("IgnorePkg = {}\n", left.join(" ")));
        }
    }
    Some(text)
}

/// pacman.conf with a line that ignores these names, in its section of options.
pub fn with_ignored(conf: &str, names: &[&str]) -> String {
    let line = format!("IgnorePkg = {}\n", names.join(" "));
    let mut text = String::with_capacity(conf.len().saturating_add(line.len()));
    let mut is_added = false;
    for part in conf.split_inclusive('\n') {
        text.push_str(part);
        if !is_added && part.trim() == "[options]" {
            text.push_str(&line);
            is_added = true;
        }
    }
    if is_added { text } else { format!("[options]\n{line}{conf}") }
}

/// The value of `NAME = VALUE` in a line that is no comment.
fn option<'l>(line: &'l str, name: &str) -> Option<&'l str> {
    let (own, value) = line.split('#').next()?.split_once('=')?;
    (own.trim() == name).then(|| value.trim())
}

/// What a name or a version may hold (PKGBUILD(5)); none starts with a dash, so none is taken for an option.
fn is_word(word: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b".+-~:_@".contains(&byte);
    word.bytes().all(fits)
        && word.bytes().next().is_some_and(|first| first != b'-' && first != b'.')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// pacman 6.0.2.
    const PRINTED: &str = "loading packages...\n:: Replace nvidia with extra/nvidia-open? [Y/n] \n\
        nvidia-open 535.261.03-4 file:///srv/repo/nvidia-open-535.261.03-4-x86_64.pkg.tar.zst\n\
        egl 2:1.0-1 https://mirror/extra/os/x86_64/egl-2%3A1.0-1-any.pkg.tar.zst\n\
        nvidia-utils 535.216.03-1 nvidia-utils-535.216.03-1\n";
    const CONF: &str = "[options]\nArchitecture = auto\n#IgnorePkg = a\nIgnorePkg = nvidia-open linux # why\nIgnorePkg=nvidia-u*\n[extra]\n";

    #[test]
    fn reads_what_would_be_done() {
        let told: Vec<String> = targets(PRINTED)
            .iter()
            .map(|it| format!("{} {} {}", it.name, it.version, it.arch.as_deref().unwrap_or("?")))
            .collect();
        assert_eq!(
            told,
            ["nvidia-open 535.261.03-4 x86_64", "egl 2:1.0-1 any", "nvidia-utils 535.216.03-1 ?"]
        );
        assert_eq!(replaced(PRINTED), ["nvidia"]);
    }

    #[test]
    fn reads_what_is_offered() {
        let text = "Repository      : extra\nName            : nvidia-open\nVersion         : 535.261.03-4\n\
            Description     : a : b\nArchitecture    : x86_64\n\nRepository      : extra\nName            : broken\n";
        assert_eq!(
            offered(text),
            [("nvidia-open".to_owned(), "535.261.03-4".to_owned(), "x86_64".to_owned())]
        );
    }

    #[test]
    fn edits_what_is_ignored() {
        let patterns = ignored(CONF);
        assert_eq!(patterns, ["nvidia-open", "linux", "nvidia-u*"]);
        assert!(is_ignored(&patterns, "nvidia-utils") && !is_ignored(&patterns, "nvidia-lts"));
        let text = without_ignored(CONF, &["nvidia-open"]).unwrap();
        assert_eq!(
            text,
            CONF.replace("IgnorePkg = nvidia-open linux # why\n", "IgnorePkg = linux\n")
        );
        let text = without_ignored(CONF, &["nvidia-open", "linux"]).unwrap();
        assert_eq!(text, CONF.replace("IgnorePkg = nvidia-open linux # why\n", ""));
        assert_eq!(without_ignored(CONF, &["nvidia-utils"]), None);
        assert_eq!(
            with_ignored("[options]\nA = b\n", &["x", "y"]),
            "[options]\nIgnorePkg = x y\nA = b\n"
        );
        assert_eq!(ignored(&with_ignored("", &["x"])), ["x"]);
    }

    proptest! {
        #[test]
        fn never_panics(text in "[ -~\\n]{0,300}", cut in 0usize..400) {
            let cut: String = PRINTED.chars().take(cut).collect();
            for text in [text.as_str(), &cut] {
                let count = targets(text).len() + replaced(text).len() + offered(text).len();
                prop_assert!(count <= text.len() + 1);
                let _ = (without_ignored(text, &["a"]), with_ignored(text, &["a"]));
            }
        }
    }
}

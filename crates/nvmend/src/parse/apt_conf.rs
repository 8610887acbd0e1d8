//! APT's configuration (apt.conf(5)): `A::B "value";`, blocks, and lists.

/// One value, or one value taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The whole name in lower case, blocks included: `apt::periodic::unattended-upgrade`. An entry of a list has `::`
    /// at its end.
    pub name: String,
    /// `None`: `#clear`, which takes back what was said before of this name and all below it.
    pub value: Option<String>,
    /// The line, counted from 1.
    pub line: usize,
}

/// Longest name that is kept; blocks deeper or names longer than any real one are passed over.
const LONGEST_NAME: usize = 256;
/// Settings beyond this many are not read. A whole configuration has some hundreds.
const MOST: usize = 4096;

#[derive(Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Open,
    Close,
    End,
}

/// Reads one file. What is not closed at its end is closed there; `#include` is not followed.
pub fn parse(text: &str) -> Vec<Setting> {
    let mut settings = Vec::new();
    let mut tokens = Tokens { rest: text, line: 1 };
    // Names of the open blocks, joined; one that is too long closes like the others.
    let mut blocks: Vec<Option<String>> = Vec::new();
    let mut words: Vec<String> = Vec::new();
    let mut line = 1;
    while let Some(token) = tokens.next() {
        let inner = blocks.last().map_or(Some(""), Option::as_deref);
        match token {
            Token::Word(word) => {
                if words.is_empty() {
                    line = tokens.line;
                }
                // Two say all there is to say: `NAME "value"`, `#clear NAME`.
                if words.len() < 2 {
                    words.push(word);
                }
            }
            Token::Open => {
                let name = words.first().map_or("", String::as_str);
                let name = inner.and_then(|inner| joined(inner, name));
                blocks.push(name);
                words.clear();
            }
            Token::Close | Token::End => {
                if settings.len() < MOST {
                    settings.extend(inner.and_then(|inner| setting(inner, &words, line)));
                }
                words.clear();
                if token == Token::Close {
                    blocks.pop();
                }
            }
        }
    }
    settings
}

fn setting(inner: &str, words: &[String], line: usize) -> Option<Setting> {
    let (name, value) = match words {
        [clear, name] if clear == "#clear" => (joined(inner, name.trim_end_matches(':'))?, None),
        [name, value] => (joined(inner, name)?, Some(value.clone())),
        // A lone value is an entry of the block's list.
        [value] if !inner.is_empty() => (format!("{inner}::"), Some(value.clone())),
        _ => return None,
    };
    Some(Setting { name, value, line })
}

fn joined(inner: &str, name: &str) -> Option<String> {
    let between = if inner.is_empty() || name.is_empty() { "" } else { "::" };
    let whole = format!("{inner}{between}{}", name.get(..name.len().min(LONGEST_NAME))?);
    (whole.len() <= LONGEST_NAME).then(|| whole.to_ascii_lowercase())
}

struct Tokens<'t> {
    rest: &'t str,
    line: usize,
}

impl Tokens<'_> {
    fn next(&mut self) -> Option<Token> {
        loop {
            self.skip(self.rest.len() - self.rest.trim_start().len());
            let rest = self.rest;
            let first = rest.chars().next()?;
            let is_directive = rest.starts_with("#clear") || rest.starts_with("#include");
            if rest.starts_with("//") || (first == '#' && !is_directive) {
                self.skip(rest.find('\n').unwrap_or(rest.len()));
            } else if rest.starts_with("/*") {
                self.skip(rest.find("*/").map_or(rest.len(), |end| end + 2));
            } else {
                return Some(self.token(first));
            }
        }
    }

    fn token(&mut self, first: char) -> Token {
        let rest = self.rest;
        match first {
            '{' | '}' | ';' => {
                self.skip(1);
                match first {
                    '{' => Token::Open,
                    '}' => Token::Close,
                    _ => Token::End,
                }
            }
            '"' => {
                let inside = rest.get(1..).unwrap_or_default();
                let end = inside.find('"').unwrap_or(inside.len());
                let word = inside.get(..end).unwrap_or_default().to_owned();
                self.skip(1 + end + usize::from(end < inside.len()));
                Token::Word(word)
            }
            _ => {
                let ends = |c: char| c.is_whitespace() || matches!(c, '{' | '}' | ';' | '"');
                let end = rest.find(ends).unwrap_or(rest.len());
                let word = rest.get(..end).unwrap_or_default().to_owned();
                self.skip(end);
                Token::Word(word)
            }
        }
    }

    fn skip(&mut self, count: usize) {
        let (passed, rest) = self.rest.split_at_checked(count).unwrap_or((self.rest, ""));
        self.line += memchr::memchr_iter(b'\n', passed.as_bytes()).count();
        self.rest = rest;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Vec<(String, Option<String>, usize)> {
        parse(text).into_iter().map(|found| (found.name, found.value, found.line)).collect()
    }

    #[test]
    fn reads_ubuntus_files() {
        let text = r#"// Automatically upgrade packages from these (origin:archive) pairs
Unattended-Upgrade::Allowed-Origins {
	"${distro_id}:${distro_codename}";
	"${distro_id}:${distro_codename}-security"; # closed
//	"${distro_id}:${distro_codename}-updates";
};

/* Python regular
   expressions */
Unattended-Upgrade::Package-Blacklist {
    "nvidia-";
};
APT::Periodic::Unattended-Upgrade "1";
APT { Periodic { Enable "1"; }; };
"#;
        let some = |text: &str| Some(text.to_owned());
        let found = read(text);
        let origins = "unattended-upgrade::allowed-origins::".to_owned();
        assert_eq!(
            found,
            [
                (origins.clone(), some("${distro_id}:${distro_codename}"), 3),
                (origins, some("${distro_id}:${distro_codename}-security"), 4),
                ("unattended-upgrade::package-blacklist::".to_owned(), some("nvidia-"), 11),
                ("apt::periodic::unattended-upgrade".to_owned(), some("1"), 13),
                ("apt::periodic::enable".to_owned(), some("1"), 14),
            ]
        );
    }

    #[test]
    fn reads_appended_and_cleared_lists() {
        let found = read("#clear A::List;\nA::List:: \"x\";\n# clear all\nA::Flag yes;");
        let expected = [
            ("a::list".to_owned(), None, 1),
            ("a::list::".to_owned(), Some("x".to_owned()), 2),
            ("a::flag".to_owned(), Some("yes".to_owned()), 4),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_left_open_or_endless_does_no_harm() {
        assert_eq!(read("A { \"x").len(), 0);
        assert_eq!(read("/* A \"x\";").len(), 0);
        assert_eq!(read("}}} A \"x\";").len(), 1);
        let deep = "Block { ".repeat(5000) + "\"x\";";
        assert_eq!(read(&deep).len(), 0);
        assert_eq!(read(&"A \"x\";".repeat(9000)).len(), MOST);
    }

    proptest! {
        #[test]
        fn never_panics(text in "(\"|\\{|\\}|;|::|#clear |//|/\\*|\\*/|\n|A|é|.){0,60}") {
            let _ = parse(&text);
        }
    }
}

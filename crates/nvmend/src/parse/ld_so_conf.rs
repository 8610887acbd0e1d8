//! `ld.so.conf` (`ldconfig(8)`): the directories of the loader's cache, and other files to include.

/// One line of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfLine {
    /// A directory, absolute.
    Directory(String),
    /// A file, or a pattern of files, to read in this place.
    Include(String),
}

/// The lines in order, with their numbers counted from 1. `hwcap` lines mean nothing any more (glibc 2.37).
pub fn parse(text: &str) -> Vec<(usize, ConfLine)> {
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default().trim();
        let (first, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let number = index + 1;
        match first {
            "" | "hwcap" => {}
            "include" => {
                found.extend(
                    rest.split_whitespace()
                        .map(|pattern| (number, ConfLine::Include(pattern.to_owned()))),
                );
            }
            _ => {
                // Old files set a directory's libc kind behind `=`, and part directories by commas or colons.
                let directory =
                    line.split('=').next().unwrap_or_default().trim().trim_end_matches('/');
                let absolute =
                    directory.split([':', ',']).map(str::trim).filter(|path| path.starts_with('/'));
                found.extend(absolute.map(|path| (number, ConfLine::Directory(path.to_owned()))));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_directories_and_includes() {
        let text = "include /etc/ld.so.conf.d/*.conf\n# a comment\n/usr/local/lib/  # mine\nhwcap 1 nosegneg\n\n/opt/cuda/lib64\n";
        let expected = vec![
            (1, ConfLine::Include("/etc/ld.so.conf.d/*.conf".to_owned())),
            (3, ConfLine::Directory("/usr/local/lib".to_owned())),
            (6, ConfLine::Directory("/opt/cuda/lib64".to_owned())),
        ];
        assert_eq!(parse(text), expected);
    }

    proptest! {
        #[test]
        fn survives_any_text(text: String) {
            let _ = parse(&text);
        }
    }
}

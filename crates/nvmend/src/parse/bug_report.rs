//! The sections of an `nvidia-bug-report.log`, of every layout since 2009 (`nvidia-bug-report.sh`, part of the driver).
//!
//! A line of 44 underscores and an empty line stand before each section. A section's first line says what it shows:
//! `*** PATH` and `*** ls: …` a file (in 2009 the bare path), `*** PATH does not exist` its absence, any other line a
//! command or a heading. Programs print what they like, so nothing here relies on a section's end but the next line
//! of underscores.

use std::path::{Component, Path, PathBuf};

use memchr::{memchr, memmem};

/// What the first section says of itself, in every layout.
const HEAD: &[u8] = b"NVIDIA bug report log file";
/// The line before each section.
const RULE: &[u8] = b"____________________________________________";

/// One section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section<'t> {
    /// What it shows.
    pub subject: Subject,
    /// What stands below its first line.
    pub body: &'t [u8],
}

/// What a section shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The report's own head: `uname`, and since 2025 a table of versions.
    Head,
    /// A file that was read.
    File(PathBuf),
    /// A file that is not there.
    Absent(PathBuf),
    /// A file that could not be read.
    Unreadable(PathBuf),
    /// Anything else: the command line, or a heading, as it stands there.
    Output(String),
}

/// Whether a text is such a report. What people paste before it does not matter.
pub fn is_bug_report(text: &[u8]) -> bool {
    const LOOKED_AT: usize = 64 << 10;
    memmem::find(text.get(..LOOKED_AT).unwrap_or(text), HEAD).is_some()
}

/// The sections, in order.
pub fn sections(text: &[u8]) -> impl Iterator<Item = Section<'_>> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let (section, after) = match next_rule(text) {
            Some((start, end)) => (text.get(..start)?, Some(text.get(end..)?)),
            None => (text, None),
        };
        rest = after;
        Some(section)
    })
    .filter_map(section)
}

/// Where the next line of underscores starts and ends.
fn next_rule(text: &[u8]) -> Option<(usize, usize)> {
    let finder = memmem::Finder::new(RULE);
    let mut from = 0;
    loop {
        let start = from + finder.find(text.get(from..)?)?;
        let line_end = line_end(text, start);
        let is_line = start == 0 || text.get(start - 1) == Some(&b'\n');
        if is_line && text.get(start..line_end)?.trim_ascii_end() == RULE {
            return Some((start, line_end));
        }
        from = line_end;
    }
}

fn line_end(text: &[u8], from: usize) -> usize {
    text.get(from..).and_then(|rest| memchr(b'\n', rest)).map_or(text.len(), |size| from + size)
}

fn section(text: &[u8]) -> Option<Section<'_>> {
    /// No command line and no path is longer.
    const LONGEST_HEAD: usize = 8 << 10;
    let start = text.iter().position(|byte| !byte.is_ascii_whitespace())?;
    let text = text.get(start..)?;
    let end = line_end(text, 0);
    let line = String::from_utf8_lossy(text.get(..end.min(LONGEST_HEAD))?);
    let line = line.trim_end();
    let mut body = text.get(end + 1..).unwrap_or_default();
    let (name, is_marked) = match line.strip_prefix("*** ") {
        Some(name) => (name, true),
        None => (line, false),
    };
    let subject = if memmem::find(line.as_bytes(), HEAD).is_some() {
        Subject::Head
    } else if let Some(path) = name.strip_suffix(" does not exist").and_then(absolute) {
        Subject::Absent(path)
    } else if let Some(path) = name.strip_suffix(" is not readable").and_then(absolute) {
        Subject::Unreadable(path)
    } else if let Some(path) = absolute(name).filter(|path| is_marked || is_file(path, name)) {
        if body.starts_with(b"*** ls:") {
            body = body.get(line_end(body, 0) + 1..).unwrap_or_default();
        }
        Subject::File(path)
    } else {
        Subject::Output(line.to_owned())
    };
    Some(Section { subject, body })
}

/// A path without `.` (old drivers' `/proc/driver/nvidia/./version`); none that leads upwards.
fn absolute(name: &str) -> Option<PathBuf> {
    let path = Path::new(name);
    let is_plain = |part: Component<'_>| !matches!(part, Component::ParentDir);
    (path.is_absolute() && path.components().all(is_plain)).then(|| path.components().collect())
}

/// Whether an unmarked line names a file, not a program (`/usr/bin/lsusb`).
fn is_file(path: &Path, name: &str) -> bool {
    let is_program =
        path.parent().is_some_and(|above| above.ends_with("bin") || above.ends_with("sbin"));
    !is_program && !name.contains(char::is_whitespace)
}

/// The release and the machine of the head's `uname: Linux HOST RELEASE … MACHINE GNU/Linux`.
pub fn uname(head: &[u8]) -> Option<(String, Option<String>)> {
    let start = memmem::find(head, b"uname: Linux ")?;
    let line = String::from_utf8_lossy(head.get(start..line_end(head, start))?);
    let words: Vec<&str> = line.split_whitespace().skip(3).collect();
    let (release, rest) = words.split_first()?;
    let machine = rest.iter().rev().find_map(|word| match *word {
        "x86_64" | "aarch64" | "ppc64le" | "riscv64" => Some(*word),
        "i386" | "i486" | "i586" | "i686" => Some("i386"),
        _ => None,
    });
    Some(((*release).to_owned(), machine.map(str::to_owned)))
}

/// Of "Scanning kernel log files …": the messages of the boot in which the report was made. Plain files hold those of
/// all boots, and the lines that part them were not among those looked for: what stands there may be over.
pub fn messages_of_this_boot(body: &[u8]) -> Option<&[u8]> {
    const OURS: &[u8] = b"journalctl -b -0:";
    let mut at = 0;
    let mut start = None;
    while at < body.len() {
        let end = line_end(body, at);
        let line = body.get(at..end)?.trim_ascii();
        let is_heading = line.ends_with(b":")
            && (line.starts_with(b"journalctl -b") || line.starts_with(b"/var/log/"));
        match start {
            Some(start) if is_heading => return body.get(start..at),
            None if line == OURS => start = Some(end),
            _ => {}
        }
        at = end + 1;
    }
    body.get(start?..)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn subjects(text: &str) -> Vec<(Subject, String)> {
        let text_of = |body: &[u8]| String::from_utf8_lossy(body).into_owned();
        sections(text.as_bytes()).map(|section| (section.subject, text_of(section.body))).collect()
    }

    fn report(sections: &[&str]) -> String {
        sections.iter().map(|section| format!("{}\n\n{section}\n", "_".repeat(44))).collect()
    }

    #[test]
    fn tells_files_from_commands() {
        use Subject::*;
        let text = report(&[
            "Start of NVIDIA bug report log file.  Please …\n",
            "*** /proc/driver/nvidia/./version\n*** ls: -r--r--r-- 1 root root 0 2020-01-02 03:04:05 /proc/driver/nvidia/./version\nNVRM version: X\n",
            "*** /proc/mtrr does not exist\n",
            "*** /var/log/x is not readable\n",
            "/usr/bin/lspci -nn\n\n00:00.0 Host bridge\n",
            "Skipping: ldd output\nglxinfo not found\n",
        ]);
        assert_eq!(
            subjects(&text),
            [
                (Head, "\n".to_owned()),
                (File("/proc/driver/nvidia/version".into()), "NVRM version: X\n\n".to_owned()),
                (Absent("/proc/mtrr".into()), "\n".to_owned()),
                (Unreadable("/var/log/x".into()), "\n".to_owned()),
                (Output("/usr/bin/lspci -nn".to_owned()), "\n00:00.0 Host bridge\n\n".to_owned()),
                (Output("Skipping: ldd output".to_owned()), "glxinfo not found\n\n".to_owned()),
            ]
        );
    }

    #[test]
    fn reads_the_layout_of_2009_and_foreign_line_ends() {
        use Subject::*;
        let text = report(&[
            "/etc/issue\nUbuntu 9.10 \\n \\l\n",
            "/proc/driver/nvidia/version does not exist\n",
            "/usr/bin/lsusb\n\nBus 001\n",
        ])
        .replace('\n', "\r\n");
        let kinds: Vec<Subject> = subjects(&text).into_iter().map(|(subject, _)| subject).collect();
        assert_eq!(
            kinds,
            [
                File("/etc/issue".into()),
                Absent("/proc/driver/nvidia/version".into()),
                Output("/usr/bin/lsusb".to_owned())
            ]
        );
    }

    #[test]
    fn takes_no_path_that_leads_upwards() {
        let text = report(&["*** /proc/../etc/passwd\nroot\n"]);
        assert_eq!(subjects(&text)[0].0, Subject::Output("*** /proc/../etc/passwd".to_owned()));
    }

    #[test]
    fn reads_uname_in_any_locale() {
        let of = |text: &str| uname(text.as_bytes()).unwrap();
        assert_eq!(
            of(
                "Date: 2020年 01月 02日\nuname: Linux box 5.4.0-65-generic #73-Ubuntu SMP x86_64 x86_64 x86_64 GNU/Linux\n"
            ),
            ("5.4.0-65-generic".to_owned(), Some("x86_64".to_owned()))
        );
        assert_eq!(
            of("uname: Linux a 2.6.38-8-generic #42 SMP i686 i686 i386 GNU/Linux").1.unwrap(),
            "i386"
        );
        assert_eq!(uname(b"uname: FreeBSD"), None);
    }

    #[test]
    fn takes_the_messages_of_this_boot_only() {
        let body = "\n  /var/log/kern.log:\nold\n\n  journalctl -b -0:\nnew 1\nnew 2\n\n  journalctl -b -1:\nolder\n";
        assert_eq!(messages_of_this_boot(body.as_bytes()), Some(&b"\nnew 1\nnew 2\n\n"[..]));
        assert_eq!(messages_of_this_boot(b"  /var/log/messages:\nold\n"), None);
        assert_eq!(messages_of_this_boot(b"  journalctl -b -0:"), Some(&b""[..]));
    }

    proptest! {
        #[test]
        fn never_panics(text in "(____________________________________________|\\*\\*\\* |/a/b|journalctl -b -0:|uname: Linux |\n|\r|.){0,60}") {
            for section in sections(text.as_bytes()) {
                let _ = (uname(section.body), messages_of_this_boot(section.body));
            }
        }

        #[test]
        fn never_panics_on_bytes(bytes: Vec<u8>) {
            prop_assert!(sections(&bytes).count() <= bytes.len() + 1);
        }
    }
}

//! The terminal: how wide it is, what it can show, and the only place that writes to it.

use std::io::{self, BufRead, IsTerminal, Write};
use std::time::{Duration, SystemTime};

use clap::ArgMatches;
use nvmend::escape::escape;
use nvmend::reports::style::{Page, Paint};
use nvmend::words::{Language, Words};

use crate::exit::Failure;

/// The terminal, or what stands in its place.
pub struct Ui {
    /// What a text may use.
    pub page: Page,
    /// Whether only the verdict is wanted.
    pub quiet: bool,
}

impl Ui {
    /// Before the arguments are known.
    pub fn plain() -> Self {
        Self { page: Page { unicode: is_utf8(Language::English), ..Page::PLAIN }, quiet: false }
    }

    /// As the arguments, the environment and the terminal say.
    pub fn of_process(matches: &ArgMatches, language: Language) -> Self {
        let color = match matches.get_one::<String>("color").map(String::as_str) {
            Some("always") => true,
            Some("never") => false,
            _ => {
                let set = |name: &str| variable(name).filter(|value| !value.is_empty());
                // https://no-color.org: set to anything but nothing.
                io::stdout().is_terminal()
                    && set("NO_COLOR").is_none()
                    && set("TERM").as_deref() != Some("dumb")
            }
        };
        let page = Page {
            width: width(),
            color,
            unicode: is_utf8(language),
            verbose: matches.get_flag("verbose"),
        };
        Self { page, quiet: matches.get_flag("quiet") }
    }

    /// Writes to the standard output. A reader that has gone (`nvmend | head -1`) is no failure.
    pub fn print(&self, text: impl AsRef<[u8]>) {
        let mut out = io::stdout().lock();
        let _ = out.write_all(text.as_ref()).and_then(|()| out.flush());
    }

    /// Writes to the standard error.
    pub fn note(&self, text: &str) {
        let _ = writeln!(io::stderr(), "{}", self.page.finish(text.to_owned()));
    }

    /// Asks a question that is answered by yes or no, on the terminal; anything else than yes is no.
    pub fn ask(&self, question: &str) -> bool {
        let mut error = io::stderr().lock();
        let _ = write!(error, "\n{} ", self.page.finish(question.to_owned()));
        let _ = error.flush();
        let mut answer = String::new();
        let _ = io::stdin().lock().read_line(&mut answer);
        ["y", "yes", "是"].contains(&answer.trim().to_lowercase().as_str())
    }

    /// Says what went wrong, and the way on.
    pub fn complain(&self, words: &Words, failure: &Failure) {
        let page = Page { color: self.page.color && io::stderr().is_terminal(), ..self.page };
        let label = page.paint(Paint::Bad, &words.cli("error", &[]));
        self.note(&format!("{label}{}", lines(&failure.message)));
        if let Some(hint) = &failure.hint {
            self.note(&lines(hint));
        }
    }
}

/// Our own line ends stay; whatever else steers a terminal does not.
fn lines(text: &str) -> String {
    text.lines().map(escape).collect::<Vec<_>>().join("\n")
}

/// A variable of this process: what the user wants of the program, as against what is judged.
#[expect(
    clippy::disallowed_methods,
    reason = "the program's own terminal, not the machine that is judged"
)]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Now; or the time that the caller names so that the same input gives the same bytes
/// (<https://reproducible-builds.org/specs/source-date-epoch/>).
pub fn now() -> SystemTime {
    variable("SOURCE_DATE_EPOCH")
        .and_then(|seconds| {
            SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds.parse().ok()?))
        })
        .unwrap_or_else(SystemTime::now)
}

fn width() -> usize {
    if !io::stdout().is_terminal() {
        return Page::PLAIN.width;
    }
    let columns =
        rustix::termios::tcgetwinsize(io::stdout()).map_or(0, |size| usize::from(size.ws_col));
    // A serial console does not know its width. Very long lines are hard to read.
    if columns == 0 { Page::PLAIN.width } else { columns.min(120) }
}

/// Whether symbols beyond ASCII can be shown. Who reads Chinese has a terminal that can.
fn is_utf8(language: Language) -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(|name| variable(name).filter(|value| !value.is_empty()))
        .unwrap_or_default()
        .to_ascii_lowercase();
    language == Language::SimplifiedChinese || locale.contains("utf-8") || locale.contains("utf8")
}

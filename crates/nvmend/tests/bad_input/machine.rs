//! The machines of `machines/`, taken apart; and what a check says of one.

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use nvmend::diagnose::diagnose;
use nvmend::facts::Facts;
use nvmend::host::{FileKind, Host};
use nvmend::hosts::machine;
use nvmend::hosts::memory::Memory;
use nvmend::outlook::Outlook;
use nvmend::picture::Picture;
use nvmend::probe::probe;
use nvmend::report::Report;
use nvmend::reports::style::Page;
use nvmend::reports::{json, text};
use nvmend::verdict::Verdict;
use nvmend::words::{Language, Words};

/// What stands at a path of a machine.
pub enum Node {
    File(Vec<u8>),
    Directory,
    Link(PathBuf),
}

/// The described machine of that name.
pub fn machine(name: &str) -> Memory {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../machines");
    let text_of = |name: &str| std::fs::read_to_string(folder.join(name).join("machine.toml")).ok();
    machine::make(name, &text_of).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Everything that a machine holds, by path.
pub fn nodes(host: &dyn Host) -> Vec<(PathBuf, Node)> {
    let mut found = Vec::new();
    let mut pending = vec![PathBuf::from("/")];
    while let Some(directory) = pending.pop() {
        for entry in host.list(&directory).unwrap_or_default() {
            let path = directory.join(entry.name);
            let node = match entry.kind {
                FileKind::Directory => {
                    pending.push(path.clone());
                    Node::Directory
                }
                FileKind::Link => Node::Link(host.read_link(&path).unwrap()),
                _ => match host.read(&path, 1 << 30) {
                    Ok(content) => Node::File(content),
                    Err(_) => continue,
                },
            };
            found.push((path, node));
        }
    }
    found
}

/// The paths and contents of its files.
pub fn files(host: &dyn Host) -> Vec<(PathBuf, Vec<u8>)> {
    let file = |(path, node)| match node {
        Node::File(content) => Some((path, content)),
        _ => None,
    };
    nodes(host).into_iter().filter_map(file).collect()
}

/// A check, and the bytes that it would print.
pub struct Checked {
    pub facts: Facts,
    pub verdict: Verdict,
    pub report: Report,
    pub text: String,
    pub json: String,
    pub took: Duration,
}

impl Checked {
    /// Whether the report names the path: as a gap, or as a source of evidence.
    pub fn names(&self, path: &Path) -> bool {
        let name = path.file_name().unwrap().to_str().unwrap();
        let sources = self.report.findings.iter().flat_map(|found| &found.evidence);
        self.facts.gaps.iter().any(|gap| gap.what.contains(name))
            || sources
                .into_iter()
                .any(|evidence| evidence.source.contains(name) || evidence.value.contains(name))
    }
}

/// The words, made once a thread: there are thousands of checks.
fn words() -> Rc<Words> {
    thread_local!(static WORDS: Rc<Words> = Rc::new(Words::new(Language::English)));
    WORDS.with(Rc::clone)
}

/// Checks a machine; holds what must hold for any.
pub fn check(host: impl Host + 'static, what: &str) -> Checked {
    let host: Arc<dyn Host> = Arc::new(host);
    let started = Instant::now();
    let facts = probe(&host, Duration::from_secs(60));
    for gap in &facts.gaps {
        assert!(!gap.why.contains("a defect of nvmend"), "{what}: {gap:?}");
        assert_ne!(gap.why, "no answer in time", "{what}: {gap:?}");
        assert!(!gap.why.is_empty() && !gap.what.is_empty(), "{what}: {gap:?}");
    }
    let diagnosis = diagnose(&facts);
    let words = words();
    let words = words.as_ref();
    let report = Report::new(&facts, &diagnosis, words, "2026-01-01T00:00:00Z".to_owned());
    let picture = Picture::of(&facts);
    let outlook = Outlook::of(&facts, &diagnosis);
    let view = text::View { report: &report, picture: &picture, outlook: Some(&outlook), words };
    let page = Page { verbose: true, ..Page::PLAIN };
    let text = text::render(&view, &page);
    let steers = |character: char| character != '\n' && nvmend::escape::is_harmful(character);
    assert!(!text.contains(steers), "{what}: the text would steer a terminal: {text:?}");
    let json = json::render(&report);
    let took = started.elapsed();
    Checked { verdict: report.verdict, facts, report, text, json, took }
}

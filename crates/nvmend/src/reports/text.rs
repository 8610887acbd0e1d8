//! The report for people: the verdict, the picture of the versions, the causes, whether a reboot helps, what does.

use super::layout::{columns, keep_end, pad};
use super::sheet::Sheet;
pub use super::sheet::{heading, prose};
use super::style::{Page, Paint};
use crate::diagnose::{Arg, Certainty, Evidence, Severity};
use crate::escape::escape;
use crate::facts::Environment;
use crate::outlook::{Effect, Outlook};
use crate::picture::{Layer, Picture, Row, State};
use crate::remedies;
use crate::report::{Report, ReportedFinding, ReportedGap, Role};
use crate::verdict::Verdict;
use crate::words::Words;

/// Pieces of evidence, and gaps, that are shown unless everything is asked for.
const SHOWN: usize = 4;

/// Everything that the text is made from.
pub struct View<'a> {
    /// The report.
    pub report: &'a Report,
    /// Its versions, layer by layer.
    pub picture: &'a Picture,
    /// What a reboot would do; `None` for a report on the machine as it would be after one.
    pub outlook: Option<&'a Outlook>,
    /// The words.
    pub words: &'a Words,
}

/// The verdict in one line (wrapped where the page is narrow).
pub fn headline(view: &View<'_>, page: &Page) -> String {
    let mut sheet = Sheet::new(page);
    sheet.verdict(view);
    page.finish(sheet.text)
}

/// The whole report.
pub fn render(view: &View<'_>, page: &Page) -> String {
    let words = view.words;
    let mut sheet = Sheet::new(page);
    if view.outlook.is_none() {
        let kernel = view.report.host.kernel.clone().unwrap_or_default();
        sheet.wrapped(0, Paint::Dim, &words.report("after-reboot", &[("kernel", kernel)]));
    }
    sheet.verdict(view);
    let machine = machine(view);
    if !machine.is_empty() {
        sheet.wrapped(2, Paint::Dim, &machine);
    }
    // Where nothing is, rows of "none" say no more than the verdict.
    if view.picture.groups() > 0 || view.report.verdict != Verdict::NotApplicable {
        sheet.picture(view);
    }
    sheet.causes(view);
    sheet.answers(view);
    if let Some(outlook) = view.outlook {
        sheet.reboot(view, outlook);
    }
    sheet.help(view);
    sheet.gaps(view);
    page.finish(sheet.text)
}

impl Sheet<'_> {
    fn verdict(&mut self, view: &View<'_>) {
        let (mark, paint) = match view.report.verdict {
            Verdict::Aligned => ("✓", Paint::Good),
            Verdict::Broken => ("✗", Paint::Bad),
            Verdict::AtRisk => ("!", Paint::Watch),
            Verdict::Unknown => ("?", Paint::Watch),
            Verdict::NotApplicable => ("–", Paint::Dim),
        };
        let lead = format!("{} ", self.page.paint(paint, mark));
        let bold = if paint == Paint::Dim { Paint::Bold } else { paint };
        self.hanging(&lead, 2, bold, &verdict(view));
    }

    fn picture(&mut self, view: &View<'_>) {
        let rows = &view.picture.rows;
        let labels: Vec<String> =
            rows.iter().map(|row| view.words.report(layer(row.layer), &[])).collect();
        let values: Vec<String> = rows.iter().map(|row| value(row, view.words)).collect();
        let widest = |texts: &[String]| texts.iter().map(|text| columns(text)).max().unwrap_or(0);
        let (label_width, value_width) = (widest(&labels), widest(&values));
        // indent, label, gap, mark, version, gap
        let place_at = 2 + label_width + 2 + 2 + value_width + 2;
        let room = self.page.columns().saturating_sub(place_at);
        self.line("");
        for ((row, label), value) in rows.iter().zip(labels).zip(values) {
            let paint = match row.state {
                State::Version { group, .. } if view.picture.groups() > 1 => Paint::Group(group),
                State::Version { .. } => Paint::Good,
                State::Missing | State::Unreadable => Paint::Watch,
            };
            let mark = match row.state {
                State::Version { group, .. } => self.page.mark(group),
                State::Missing => "–",
                State::Unreadable => "?",
            };
            let value = self.page.paint(paint, &pad(&format!("{mark} {value}"), value_width + 2));
            let label = pad(&label, label_width);
            let place = escape(&place(row, view.words)).into_owned();
            // Too narrow for a third column: the place stands below.
            if room < 16 {
                self.line(&format!("  {label}  {value}"));
                if !place.is_empty() {
                    let place = keep_end(&place, self.page.columns() - 4);
                    self.line(&format!("    {}", self.page.paint(Paint::Dim, &place)));
                }
            } else {
                let place = self.page.paint(Paint::Dim, &keep_end(&place, room));
                self.line(&format!("  {label}  {value}  {place}"));
            }
        }
    }

    fn causes(&mut self, view: &View<'_>) {
        let findings = &view.report.findings;
        if findings.is_empty() {
            return;
        }
        self.heading(&view.words.report("heading-causes", &[]));
        // A consequence without a root to stand under stands on its own.
        let alone = findings.iter().filter(|found| root_of(found, findings).is_none());
        for (index, root) in alone.enumerate() {
            if index > 0 {
                self.line("");
            }
            self.cause(view, root, 2);
            for follower in
                findings.iter().filter(|found| root_of(found, findings) == Some(&root.cause))
            {
                let text =
                    view.words.report("follows-from-it", &[("title", follower.title.clone())]);
                self.hanging("    └ ", 6, Paint::Plain, &format!("{text} [{}]", follower.cause));
                if self.page.verbose {
                    self.details(view, follower, 6);
                }
            }
        }
    }

    fn cause(&mut self, view: &View<'_>, found: &ReportedFinding, indent: usize) {
        let (mark, paint) = match found.severity {
            Severity::Error => ("✗", Paint::Bad),
            Severity::Warning => ("!", Paint::Watch),
            Severity::Note => ("·", Paint::Dim),
        };
        let doubt = match found.certainty {
            Certainty::Certain => String::new(),
            Certainty::Likely => view.words.report("certainty-likely", &[]),
            Certainty::Possible => view.words.report("certainty-possible", &[]),
        };
        let lead = format!("{}{} ", " ".repeat(indent), self.page.paint(paint, mark));
        let id = format!("[{}]", found.cause);
        let title = [found.title.as_str(), &doubt, &id].into_iter().filter(|part| !part.is_empty());
        self.hanging(&lead, indent + 2, Paint::Bold, &title.collect::<Vec<_>>().join(" "));
        self.details(view, found, indent + 2);
    }

    fn details(&mut self, view: &View<'_>, found: &ReportedFinding, indent: usize) {
        self.prose(indent, &found.explanation);
        let shown = if self.page.verbose { usize::MAX } else { SHOWN };
        for evidence in found.evidence.iter().take(shown) {
            let value = match evidence.value.as_str() {
                Evidence::NOT_LOADED => view.words.report("state-not-loaded", &[]),
                value => value.to_owned(),
            };
            let text = view.words.report(
                "evidence",
                &[
                    ("claim", evidence.claim.clone()),
                    ("value", value),
                    ("source", evidence.source.clone()),
                ],
            );
            self.hanging(&format!("{}- ", " ".repeat(indent)), indent + 2, Paint::Dim, &text);
        }
        self.more(view, indent, found.evidence.len().saturating_sub(shown));
    }

    fn more(&mut self, view: &View<'_>, indent: usize, count: usize) {
        if count > 0 {
            let text = view.words.report("more", &[("count", count.to_string())]);
            self.wrapped(indent, Paint::Dim, &text);
        }
    }

    /// What the libraries say themselves, each in a line.
    fn answers(&mut self, view: &View<'_>) {
        let answers = &view.report.answers;
        if answers.is_empty() {
            return;
        }
        self.heading(&view.words.report("heading-answers", &[]));
        for answer in answers {
            let name = answer.name.clone().unwrap_or_default();
            let args: [Arg; 4] = [
                ("path", answer.path.clone()),
                ("says", answer.says.clone().unwrap_or_else(|| name.clone())),
                ("code", answer.code.to_string()),
                ("name", name),
            ];
            let (mark, paint) =
                if answer.code == 0 { ("✓", Paint::Good) } else { ("✗", Paint::Bad) };
            let lead = format!("  {} ", self.page.paint(paint, mark));
            self.hanging(&lead, 4, Paint::Plain, &view.words.report("answer", &args));
        }
    }

    fn reboot(&mut self, view: &View<'_>, outlook: &Outlook) {
        let id = match (outlook.effect, view.report.host.environment) {
            (Effect::Harmless, _) if view.report.verdict == Verdict::NotApplicable => {
                "reboot-not-needed"
            }
            (Effect::Harmless, _) => "reboot-harmless",
            (Effect::Helps, _) => "reboot-helps",
            (Effect::DoesNotHelp, _) => "reboot-does-not-help",
            (Effect::Harms, _) => "reboot-harms",
            (Effect::Unknown, _) => "reboot-unknown",
            (Effect::NotHere, Environment::Container) => "reboot-container",
            (Effect::NotHere, Environment::Wsl | Environment::Jetson) => "reboot-elsewhere",
            (Effect::NotHere, Environment::Host | Environment::Chroot) => "reboot-image",
        };
        let titles: Vec<String> =
            outlook.faults.iter().map(|found| view.words.title(found)).collect();
        let args: [Arg; 2] = [
            ("kernel", outlook.kernel.clone().unwrap_or_default()),
            ("titles", titles.join(&view.words.report("title-separator", &[]))),
        ];
        self.heading(&view.words.report("heading-reboot", &[]));
        self.wrapped(2, Paint::Plain, &view.words.report(id, &args));
    }

    fn help(&mut self, view: &View<'_>) {
        // Nothing is wrong where a GPU has no driver, but whoever asks wants to know how it gets one.
        let has_no_driver = lacks_driver(view);
        let Some(primary) =
            view.report.primary().filter(|found| found.severity != Severity::Note || has_no_driver)
        else {
            return;
        };
        self.heading(&view.words.report("heading-help", &[]));
        if let Some(helps) = view.words.explain(&primary.cause, "helps") {
            self.prose(2, &helps);
        }
        self.wrapped(2, Paint::Plain, &view.words.report("read-more", &[]));
        self.line(&format!(
            "      {}",
            self.page.paint(Paint::Command, &format!("nvmend explain {}", primary.cause))
        ));
        // What would be after a reboot is not there to be repaired yet.
        let can_do = primary.remedies.iter().find(|remedy| remedies::find(remedy).is_some());
        if let Some(remedy) = can_do.filter(|_| view.outlook.is_some()) {
            // For a note, only what is named is planned.
            let named = if has_no_driver { format!(" --remedy {remedy}") } else { String::new() };
            self.wrapped(2, Paint::Plain, &view.words.report("plan-it", &[]));
            let command = format!("nvmend plan{named}");
            self.line(&format!("      {}", self.page.paint(Paint::Command, &command)));
        }
    }

    fn gaps(&mut self, view: &View<'_>) {
        let gaps = &view.report.gaps;
        if gaps.is_empty() {
            return;
        }
        self.heading(&view.words.report("heading-gaps", &[]));
        let shown = if self.page.verbose { usize::MAX } else { SHOWN };
        for gap in gaps.iter().take(shown) {
            let said = gap.reason().map(|message| view.words.report(message, &[]));
            let why = said.unwrap_or_else(|| gap.why.clone());
            let text = view.words.report("gap", &[("what", gap.what.clone()), ("why", why)]);
            self.hanging("  - ", 4, Paint::Dim, &text);
        }
        self.more(view, 2, gaps.len().saturating_sub(shown));
        if gaps.iter().any(ReportedGap::needs_root) {
            self.wrapped(2, Paint::Plain, &view.words.report("gaps-need-root", &[]));
        }
    }
}

/// The verdict in one sentence.
fn verdict(view: &View<'_>) -> String {
    let (report, words) = (view.report, view.words);
    let title = report.primary().map(|found| found.title.clone());
    match report.verdict {
        Verdict::Broken => words.report("verdict-broken", &[("title", title.unwrap_or_default())]),
        Verdict::AtRisk => match title {
            Some(title) => words.report("verdict-at-risk", &[("title", title)]),
            None => words.report("verdict-at-risk-reboot", &[]),
        },
        Verdict::Unknown => words.report("verdict-unknown", &[]),
        Verdict::Aligned => {
            match report.versions.loaded.clone().or_else(|| report.versions.on_disk.clone()) {
                Some(version) => words.report("verdict-aligned", &[("version", version)]),
                None => words.report("verdict-aligned-without-module", &[]),
            }
        }
        Verdict::NotApplicable => {
            let id = match report.host.environment {
                Environment::Wsl => "verdict-wsl",
                Environment::Jetson => "verdict-jetson",
                _ if view.picture.groups() > 0 => "verdict-driver-without-gpu",
                _ if lacks_driver(view) => "verdict-gpu-without-driver",
                _ => "verdict-nothing-here",
            };
            words.report(id, &[])
        }
    }
}

/// Whether all that there is of NVIDIA's is a GPU.
fn lacks_driver(view: &View<'_>) -> bool {
    view.report.verdict == Verdict::NotApplicable
        && view.report.primary().is_some_and(|found| found.cause == "driver-not-installed")
}

/// Distribution, kernel, environment and GPUs in a line.
fn machine(view: &View<'_>) -> String {
    let host = &view.report.host;
    let os = host.os.as_ref().map(|os| os.name.clone()).filter(|name| !name.is_empty());
    let kernel = host
        .kernel
        .clone()
        .map(|kernel| view.words.report("machine-kernel", &[("kernel", kernel)]));
    let environment = match host.environment {
        Environment::Host => None,
        Environment::Container => Some("environment-container"),
        Environment::Chroot => Some("environment-chroot"),
        Environment::Wsl => Some("environment-wsl"),
        Environment::Jetson => Some("environment-jetson"),
    };
    let gpu = host.gpus.first().map(|gpu| {
        let name = gpu.name.as_ref().map_or_else(|| format!("GPU {}", gpu.id), |name| name.clone());
        if host.gpus.len() > 1 { format!("{} × {name}", host.gpus.len()) } else { name }
    });
    let environment = environment.map(|id| view.words.report(id, &[]));
    [os, environment, kernel, gpu].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn layer(layer: Layer) -> &'static str {
    match layer {
        Layer::Loaded => "layer-loaded",
        Layer::Initramfs => "layer-initramfs",
        Layer::OnDisk => "layer-on-disk",
        Layer::Libraries => "layer-libraries",
        Layer::EnvironmentLibraries => "layer-environment-libraries",
        Layer::Packages => "layer-packages",
        Layer::KernelPackages => "layer-kernel-packages",
        Layer::UserPackages => "layer-user-packages",
        Layer::NextBoot => "layer-next-boot",
    }
}

fn value(row: &Row, words: &Words) -> String {
    match (&row.state, row.layer) {
        (State::Version { text, .. }, _) => escape(text).into_owned(),
        (State::Missing, Layer::Loaded) => words.report("state-not-loaded", &[]),
        (State::Missing, _) => words.report("state-missing", &[]),
        (State::Unreadable, _) => words.report("state-unreadable", &[]),
    }
}

/// Where a row's version stands; a bare kernel release is called one.
fn place(row: &Row, words: &Words) -> String {
    let is_kernel =
        row.layer == Layer::NextBoot || (row.layer == Layer::OnDisk && !row.place.contains('/'));
    if is_kernel {
        words.report("machine-kernel", &[("kernel", row.place.clone())])
    } else {
        row.place.clone()
    }
}

/// The root that a consequence goes back to, by the first of its reasons at each step.
fn root_of<'f>(found: &'f ReportedFinding, findings: &'f [ReportedFinding]) -> Option<&'f String> {
    let mut here = found;
    // As many steps as there are findings: reasons that lead in a circle have no root.
    for _ in findings {
        let reason = here.because_of.first()?;
        here = findings.iter().find(|other| other.cause == *reason)?;
        if here.role == Role::Root {
            return Some(&here.cause);
        }
    }
    None
}

#[cfg(test)]
mod tests;

use super::*;
use crate::diagnose::{Cause, Diagnosed, Diagnosis, Evidence, Finding};
use crate::facts::{Facts, Gap};
use crate::reports::sample;
use crate::words::Language;

macro_rules! cause {
    ($name:ident, $id:literal) => {
        static $name: Cause = Cause {
            id: $id,
            severity: Severity::Error,
            find: |_| None,
            remedies: &[],
            explains: &[],
        };
    };
}
cause!(STALE, "stale-module-loaded");
cause!(HOLDS, "process-holds-old-libraries");

fn found(cause: &'static Cause, because_of: Vec<&'static str>) -> Diagnosed {
    let finding = Finding::certain()
        .arg("loaded", "535.129.03")
        .evidence(
            Evidence::new("claim-loaded-version", "/sys/module/nvidia/version", "535.129.03")
                .with("module", "nvidia"),
        )
        .evidence(Evidence::new(
            "claim-log-line",
            "/dev/kmsg",
            "NVRM: \u{1b}[31mAPI mismatch\nnext\u{202e}",
        ));
    Diagnosed { cause, severity: Severity::Error, finding, because_of }
}

fn text(facts: &Facts, findings: Vec<Diagnosed>, language: Language, page: &Page) -> String {
    let words = Words::new(language);
    let diagnosis = Diagnosis { findings };
    let report = Report::new(facts, &diagnosis, &words, sample::TIME.to_owned());
    let outlook =
        Outlook { effect: Effect::Helps, kernel: Some(sample::KERNEL.to_owned()), faults: vec![] };
    let picture = Picture::of(facts);
    render(
        &View { report: &report, picture: &picture, outlook: Some(&outlook), words: &words },
        page,
    )
}

fn stale(language: Language, page: &Page) -> String {
    let mut facts = sample::stale();
    facts.gaps.push(Gap::new("/proc/1/maps", "permission denied"));
    let findings = vec![found(&STALE, vec![]), found(&HOLDS, vec!["stale-module-loaded"])];
    text(&facts, findings, language, page)
}

#[test]
fn the_picture_marks_who_agrees_with_whom() {
    let shown = stale(Language::English, &Page::PLAIN);
    let rows: Vec<&str> =
        shown.lines().filter(|line| line.contains("535.") && line.starts_with("  ")).collect();
    assert!(
        rows[0].starts_with("  Loaded module        ● 535.129.03  /sys/module/nvidia/version"),
        "{shown}"
    );
    assert!(rows[1].starts_with("  Module on disk       ○ 535.216.03  …/"), "{shown}");
    assert!(rows[1].ends_with("nvidia.ko.zst"), "of a long path the end is kept: {shown}");
}

#[test]
fn consequences_stand_under_their_root() {
    let shown = stale(Language::English, &Page::PLAIN);
    let root = shown.find("[stale-module-loaded]").unwrap();
    let follower = shown.find("[process-holds-old-libraries]").unwrap();
    assert!(root < follower);
    assert!(shown.contains("└ follows from it:"), "{shown}");
}

#[test]
fn a_circle_of_consequences_is_shown_all_the_same() {
    let circle = vec![
        found(&STALE, vec!["process-holds-old-libraries"]),
        found(&HOLDS, vec!["stale-module-loaded"]),
    ];
    let shown = text(&sample::stale(), circle, Language::English, &Page::PLAIN);
    assert!(
        shown.contains("[stale-module-loaded]") && shown.contains("[process-holds-old-libraries]")
    );
}

#[test]
fn machine_text_steers_no_terminal() {
    for page in [Page::PLAIN, Page { unicode: false, verbose: true, ..Page::PLAIN }] {
        let shown = stale(Language::English, &page);
        assert!(!shown.contains(|c| crate::escape::is_harmful(c) && c != '\n'), "{shown:?}");
        assert!(shown.contains("\\u{1b}[31mAPI"), "{shown}");
    }
}

#[test]
fn every_line_fits_the_page_in_both_languages() {
    for language in Language::ALL {
        for width in [0, 40, 50, 80, 120] {
            let page = Page { width, verbose: true, ..Page::PLAIN };
            // Commands are not broken, so that they can be copied.
            let shown = stale(language, &page);
            for line in shown.lines().filter(|line| !line.starts_with("      ")) {
                assert!(columns(line) <= page.columns(), "{width}: {line}");
            }
        }
    }
}

#[test]
fn ascii_pages_get_ascii() {
    let shown =
        text(&sample::stale(), vec![], Language::English, &Page { unicode: false, ..Page::PLAIN });
    assert!(shown.is_ascii(), "{shown}");
}

#[test]
fn an_aligned_machine_is_told_so_shortly() {
    let shown = text(&sample::aligned(), vec![], Language::English, &Page::PLAIN);
    assert!(
        shown.starts_with("✓ Everything fits: the driver's parts are all of version 535.216.03\n"),
        "{shown}"
    );
    assert!(shown.lines().count() <= 12, "{shown}");
}

#[test]
fn colour_changes_no_word() {
    let plain = stale(Language::SimplifiedChinese, &Page::PLAIN);
    let coloured = stale(Language::SimplifiedChinese, &Page { color: true, ..Page::PLAIN });
    let mut stripped = String::new();
    for (index, part) in coloured.split('\u{1b}').enumerate() {
        stripped.push_str(if index == 0 { part } else { part.split_once('m').unwrap().1 });
    }
    assert_eq!(stripped, plain);
    assert_ne!(coloured, plain);
}

#[test]
fn a_gpu_without_a_driver_is_told_how_it_gets_one() {
    let words = Words::new(Language::English);
    let cause = crate::causes::ALL.iter().find(|cause| cause.id == "driver-not-installed").unwrap();
    let finding = Finding::certain().arg("gpu", "NVIDIA L4").arg("driver", "none");
    let found = Diagnosed { cause, severity: cause.severity, finding, because_of: vec![] };
    let (facts, diagnosis) = (Facts::default(), Diagnosis { findings: vec![found] });
    let mut report = Report::new(&facts, &diagnosis, &words, sample::TIME.to_owned());
    report.verdict = Verdict::NotApplicable;
    let outlook = Outlook { effect: Effect::Harmless, kernel: None, faults: vec![] };
    let picture = Picture::of(&facts);
    let view = View { report: &report, picture: &picture, outlook: Some(&outlook), words: &words };
    let shown = render(&view, &Page::PLAIN);
    assert!(
        shown.starts_with("– There is an NVIDIA GPU here, and no NVIDIA driver\n")
            || shown.starts_with("- There is an NVIDIA GPU here, and no NVIDIA driver\n"),
        "{shown}"
    );
    assert!(shown.contains("\n      nvmend plan --remedy install-driver\n"), "{shown}");
}

#[test]
fn what_is_not_loaded_is_told_in_every_language() {
    let mut cause = found(&STALE, vec![]);
    let evidence = Evidence::new("claim-not-loaded", "/sys/module/nvidia", Evidence::NOT_LOADED);
    cause.finding = Finding::certain().evidence(evidence);
    let shown = text(&sample::stale(), vec![cause], Language::SimplifiedChinese, &Page::PLAIN);
    assert!(shown.contains("已加载的 nvidia 模块：未加载（/sys/module/nvidia）"), "{shown}");
}

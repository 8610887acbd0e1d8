use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::*;

/// Each message of a file with the names of its arguments.
fn messages(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut current = None;
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if line.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let id = line.split([' ', '=']).next().unwrap().to_owned();
            assert!(found.insert(id.clone(), BTreeSet::new()).is_none(), "{id} stands twice");
            current = Some(id);
        }
        // Only within braces: elsewhere `$` belongs to a command of a shell.
        for argument in line.split('{').filter_map(|rest| rest.trim_start().strip_prefix('$')) {
            let end = argument.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-'));
            let name = &argument[..end.unwrap_or(argument.len())];
            if let Some(arguments) = current.as_ref().and_then(|id| found.get_mut(id)) {
                arguments.insert(name.to_owned());
            }
        }
    }
    found
}

fn files(language: Language) -> BTreeMap<&'static str, &'static str> {
    FILES
        .iter()
        .filter(|(tag, ..)| *tag == language.tag())
        .map(|(_, name, text)| (*name, *text))
        .collect()
}

#[test]
fn every_file_is_sound() {
    assert!(FILES.len() >= 8);
    for (tag, name, text) in FILES {
        let errors = FluentResource::try_new((*text).to_owned()).err().map(|(_, errors)| errors);
        assert!(errors.is_none(), "{tag}/{name}: {errors:?}");
    }
}

#[test]
fn both_languages_have_the_same_messages_with_the_same_arguments() {
    let (english, chinese) = (files(Language::English), files(Language::SimplifiedChinese));
    assert_eq!(english.keys().collect::<Vec<_>>(), chinese.keys().collect::<Vec<_>>());
    for (name, text) in english {
        assert_eq!(messages(text), messages(chinese[name]), "{name}");
    }
}

#[test]
fn every_cause_and_remedy_has_its_words() {
    let english = files(Language::English);
    let remedies = messages(english["remedies"]);
    for cause in crate::causes::ALL {
        let text = english.get(format!("causes/{}", cause.id).as_str());
        let found = messages(
            text.unwrap_or_else(|| panic!("locales/*/causes/{}.ftl is missing", cause.id)),
        );
        for part in EXPLAIN_PARTS {
            let arguments = found.get(part).unwrap_or_else(|| panic!("{}: no `{part}`", cause.id));
            assert!(
                arguments.is_empty(),
                "{}: `{part}` is about every machine and takes no arguments",
                cause.id
            );
        }
        for id in ["name", "title", "explanation"] {
            assert!(found.contains_key(id), "{}: no `{id}`", cause.id);
        }
        for remedy in cause.remedies {
            assert!(remedies.contains_key(*remedy), "{}: remedy {remedy} has no words", cause.id);
            assert!(remedies.contains_key(&format!("{remedy}-do")), "{remedy}-do");
        }
    }
    for (name, _) in english.iter().filter(|(name, _)| name.starts_with("causes/")) {
        let id = name.trim_start_matches("causes/");
        assert!(crate::causes::ALL.iter().any(|cause| cause.id == id), "{name}.ftl is of no cause");
    }
}

/// A step says what it does, and how it is taken back (`-undo`) or why it cannot be (`-final`), or both.
#[test]
fn every_step_and_remedy_has_its_words() {
    let english = files(Language::English);
    let steps = messages(english["steps"]);
    let code = code();
    let mut ids: BTreeSet<&str> = BTreeSet::new();
    for body in code.split("fn id(&self) -> &'static str {").skip(1) {
        let body = body.split("\n    }").next().unwrap();
        ids.extend(body.split('"').skip(1).step_by(2));
    }
    assert!(ids.len() > 10, "{ids:?}");
    for id in &ids {
        // What a person does has its words by what it is (`by-hand-…`).
        let found = if *id == "by-hand" { continue } else { steps.get(*id) };
        let back = ["-undo", "-final"].map(|end| steps.get(&format!("{id}{end}")));
        assert!(found.is_some(), "steps.ftl has no {id}");
        assert!(back.iter().any(Option::is_some), "steps.ftl has neither {id}-undo nor {id}-final");
    }
    for message in steps.keys().filter(|id| !id.starts_with("by-hand-")) {
        let id = message.trim_end_matches("-undo").trim_end_matches("-final");
        assert!(ids.contains(id), "steps.ftl: {message} is of no step");
    }
    let acts = literals(&code, "ByHand::new(");
    for act in &acts {
        assert!(steps.contains_key(&format!("by-hand-{act}")), "steps.ftl has no by-hand-{act}");
    }
    for act in steps.keys().filter_map(|id| id.strip_prefix("by-hand-")) {
        assert!(acts.contains(act) || act == "undo", "steps.ftl: nothing uses by-hand-{act}");
    }
    let remedies = messages(english["remedies"]);
    for remedy in crate::remedies::ALL {
        assert!(remedies.contains_key(remedy.id), "remedies.ftl has no {}", remedy.id);
    }
}

/// The Rust sources below a folder of the repository.
#[expect(clippy::disallowed_methods, reason = "reads the repository's own sources, no machine")]
fn sources(folder: &Path, into: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && !path.ends_with("tests.rs")
        {
            into.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
}

fn code() -> String {
    let mut code = String::new();
    for folder in ["src", "../nvmend-cli/src", "../../xtask/src"] {
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut code);
    }
    code
}

/// The literals that stand right after `call` in the code.
fn literals<'c>(code: &'c str, call: &str) -> BTreeSet<&'c str> {
    code.split(call)
        .skip(1)
        .filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next())
        .collect()
}

#[test]
fn every_message_that_the_code_names_exists() {
    let code = code();
    let english = files(Language::English);
    for (call, file) in
        [(".report(", "report"), (".cli(", "cli"), ("say(", "cli"), (".remedy(", "remedies")]
    {
        let known = messages(english[file]);
        for id in literals(&code, call) {
            assert!(known.contains_key(id), "{file}.ftl has no {id}");
        }
    }
    let plan = messages(english["plan"]);
    for id in literals(&code, "Hindrance::new(").union(&literals(&code, ".plan(")) {
        assert!(plan.contains_key(*id), "plan.ftl has no {id}");
    }
    let claims = messages(english["claims"]);
    let own: BTreeSet<String> = english
        .iter()
        .filter(|(name, _)| name.starts_with("causes/"))
        .flat_map(|(_, text)| messages(text).into_keys())
        .collect();
    for id in literals(&code, "Evidence::new(") {
        assert!(claims.contains_key(id) || own.contains(id), "no words for {id}");
    }
}

#[test]
fn the_code_names_every_message() {
    let code = code();
    let english = files(Language::English);
    for file in ["report", "cli", "plan"] {
        for id in messages(english[file]).into_keys() {
            assert!(code.contains(&format!("\"{id}\"")), "{file}.ftl: nothing uses {id}");
        }
    }
}

#[test]
fn the_locale_chooses_the_language() {
    let of = |pairs: &[(&str, &str)]| {
        Language::of_environment(|name| {
            pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    };
    assert_eq!(of(&[("LANG", "zh_CN.UTF-8")]), Language::SimplifiedChinese);
    assert_eq!(of(&[("LANG", "zh_SG")]), Language::SimplifiedChinese);
    assert_eq!(of(&[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "C")]), Language::English);
    assert_eq!(of(&[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "")]), Language::SimplifiedChinese);
    assert_eq!(
        of(&[("LANG", "en_US.UTF-8"), ("LC_MESSAGES", "zh_CN")]),
        Language::SimplifiedChinese
    );
    assert_eq!(of(&[("LANG", "de_DE.UTF-8")]), Language::English);
    assert_eq!(of(&[]), Language::English);
    assert_eq!(Language::of_locale("zhx"), None);
}

#[test]
fn says_it_in_the_language_and_counts_in_english() {
    let (english, chinese) =
        (Words::new(Language::English), Words::new(Language::SimplifiedChinese));
    let more = |words: &Words, count: &str| words.report("more", &[("count", count.to_owned())]);
    assert_eq!(more(&english, "1"), "and one more; -v shows everything");
    assert_eq!(more(&english, "3"), "and 3 more; -v shows everything");
    assert_eq!(more(&chinese, "3"), "还有 3 条，用 -v 查看全部");
}

#[test]
fn arguments_are_shown_as_they_are_and_harmless() {
    let words = Words::new(Language::English);
    let version = |text: &str| words.report("verdict-aligned", &[("version", text.to_owned())]);
    assert!(version("440.10").ends_with("version 440.10"), "no number is made of it");
    assert!(version("a\u{1b}[2Jb").ends_with("a\\u{1b}[2Jb"));
}

#[test]
fn what_is_missing_shows_its_id() {
    let words = Words::new(Language::SimplifiedChinese);
    assert_eq!(words.report("no-such-message", &[]), "no-such-message");
    assert_eq!(words.name("no-such-cause"), "no-such-cause");
    assert_eq!(words.explain("no-such-cause", "helps"), None);
    assert_eq!(words.claim("no-such-cause", &Evidence::new("claim-gone", "/", 1)), "claim-gone");
}

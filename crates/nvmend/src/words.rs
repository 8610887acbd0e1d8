//! The words, English and Simplified Chinese as equals. They stand in `locales/<language>/`, in Fluent:
//!
//! - `report`, `cli`, `remedies`: the words of the report, the command line and the remedies;
//! - `plan`, `steps`: the words of plans and runs: why a remedy cannot be used, what each step does and how it is undone;
//! - `claims`: what evidence shows, where several causes share it;
//! - `causes/<id>`: one cause each: `name`, `title`, `explanation`, the parts of `nvmend explain` ([`EXPLAIN_PARTS`]) and
//!   claims of its own.
//!
//! Every file is a namespace of its own and is parsed when it is first asked. A message that is missing shows as
//! English, and at last as its id: words are never a reason to fail.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::diagnose::{Arg, Diagnosed, Evidence};
use crate::escape::escape;
use crate::remedy::Hindrance;
use crate::step::Step;

/// The parts of a cause's page in `nvmend explain`, in order: what it is, why it happens, how to see it by hand, what
/// helps, and what is better left undone. None takes arguments: the page is about every machine.
pub const EXPLAIN_PARTS: [&str; 5] = ["what", "why", "see", "helps", "avoid"];

/// (language, file, content) of every word file; written by `build.rs`.
static FILES: &[(&str, &str, &str)] = include!(concat!(env!("OUT_DIR"), "/words.rs"));

/// A language that nvmend speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// English.
    English,
    /// Simplified Chinese.
    SimplifiedChinese,
}

impl Language {
    /// All of them; the first is the one that others fall back to.
    pub const ALL: [Self; 2] = [Self::English, Self::SimplifiedChinese];

    /// The language's tag (BCP 47), which is also the name of its folder.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::SimplifiedChinese => "zh-CN",
        }
    }

    /// The language that a tag or a POSIX locale (`zh_CN.UTF-8`, `en`, `C`) asks for; `None` for one that nvmend
    /// does not speak. Traditional Chinese readers are served better by Simplified Chinese than by English.
    pub fn of_locale(locale: &str) -> Option<Self> {
        let primary = locale.split(['_', '-', '.', '@']).next().unwrap_or_default();
        match primary.to_ascii_lowercase().as_str() {
            "zh" => Some(Self::SimplifiedChinese),
            "en" | "c" | "posix" => Some(Self::English),
            _ => None,
        }
    }

    /// The language of the environment: the first of `LC_ALL`, `LC_MESSAGES`, `LANG` that is set decides (POSIX,
    /// "Internationalization Variables"); English where nvmend does not speak it.
    pub fn of_environment(variable: impl Fn(&str) -> Option<String>) -> Self {
        ["LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .find_map(|name| variable(name).filter(|value| !value.is_empty()))
            .and_then(|locale| Self::of_locale(&locale))
            .unwrap_or(Self::English)
    }
}

type Bundle = FluentBundle<FluentResource>;

/// The words of one language.
pub struct Words {
    language: Language,
    bundles: RefCell<BTreeMap<(Language, String), Rc<Bundle>>>,
}

impl Words {
    /// The words of `language`. Nothing is parsed yet.
    pub fn new(language: Language) -> Self {
        Self { language, bundles: RefCell::default() }
    }

    /// Which language.
    pub fn language(&self) -> Language {
        self.language
    }

    /// A message of the report.
    pub fn report(&self, id: &str, args: &[Arg]) -> String {
        self.text(&["report"], id, args)
    }

    /// A message of the command line.
    pub fn cli(&self, id: &str, args: &[Arg]) -> String {
        self.text(&["cli"], id, args)
    }

    /// A message of plans and runs.
    pub fn plan(&self, id: &str, args: &[Arg]) -> String {
        self.text(&["plan"], id, args)
    }

    /// Why a remedy cannot be used.
    pub fn hindrance(&self, hindrance: &Hindrance) -> String {
        self.text(&["plan"], hindrance.why, &hindrance.args)
    }

    /// What a step does.
    pub fn step(&self, step: &Step) -> String {
        match step {
            // A step of a person has messages of its own.
            Step::ByHand(by_hand) => {
                let id = format!("by-hand-{}", by_hand.what);
                let args: Vec<(&str, String)> = by_hand
                    .args
                    .iter()
                    .map(|(name, value)| (name.as_str(), value.clone()))
                    .collect();
                self.text(&["steps"], &id, &args)
            }
            step => self.text(&["steps"], step.action().id(), &step.action().args()),
        }
    }

    /// How a step is taken back.
    pub fn step_undo(&self, step: &Step) -> String {
        let action = step.action();
        self.text(&["steps"], &format!("{}-undo", action.id()), &action.args())
    }

    /// Why a step cannot be taken back.
    pub fn step_final(&self, step: &Step) -> String {
        let action = step.action();
        self.find(&["steps"], &format!("{}-final", action.id()), &action.args())
            .unwrap_or_else(|| self.step_undo(step))
    }

    /// What a remedy is called.
    pub fn remedy(&self, id: &str) -> String {
        self.text(&["remedies"], id, &[])
    }

    /// A part of a cause's page ([`EXPLAIN_PARTS`]); `None` where it has none.
    pub fn explain(&self, cause: &str, part: &str) -> Option<String> {
        self.find(&[&format!("causes/{cause}")], part, &[])
    }

    /// The title of a finding: one sentence without a full stop.
    pub fn title(&self, found: &Diagnosed) -> String {
        self.text(&[&format!("causes/{}", found.cause.id)], "title", &found.finding.args)
    }

    /// What a cause is called where no machine is judged.
    pub fn name(&self, cause: &str) -> String {
        self.find(&[&format!("causes/{cause}")], "name", &[]).unwrap_or_else(|| cause.to_owned())
    }

    /// The explanation of a finding.
    pub fn explanation(&self, found: &Diagnosed) -> String {
        self.text(&[&format!("causes/{}", found.cause.id)], "explanation", &found.finding.args)
    }

    /// What a piece of evidence shows: in the cause's own words, else in the shared ones.
    pub fn claim(&self, cause: &str, evidence: &Evidence) -> String {
        let mut args = evidence.args.clone();
        args.push(("value", evidence.value.clone()));
        self.text(&[&format!("causes/{cause}"), "claims"], evidence.claim, &args)
    }

    /// The message, else its id.
    fn text(&self, files: &[&str], id: &str, args: &[(&str, String)]) -> String {
        self.find(files, id, args).unwrap_or_else(|| id.to_owned())
    }

    /// The first of `files` that has the message, in this language, then in English.
    fn find(&self, files: &[&str], id: &str, args: &[(&str, String)]) -> Option<String> {
        [self.language, Language::English]
            .into_iter()
            .flat_map(|language| files.iter().map(move |file| (language, *file)))
            .find_map(|(language, file)| format(&*self.bundle(language, file)?, id, args))
    }

    fn bundle(&self, language: Language, file: &str) -> Option<Rc<Bundle>> {
        let key = (language, file.to_owned());
        if let Some(bundle) = self.bundles.borrow().get(&key) {
            return Some(Rc::clone(bundle));
        }
        let bundle = Rc::new(parse(language, source(language, file)?));
        self.bundles.borrow_mut().insert(key, Rc::clone(&bundle));
        Some(bundle)
    }
}

fn source(language: Language, file: &str) -> Option<&'static str> {
    FILES
        .iter()
        .find(|(tag, name, _)| *tag == language.tag() && *name == file)
        .map(|(.., text)| *text)
}

fn parse(language: Language, text: &str) -> Bundle {
    let locale: LanguageIdentifier = language.tag().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new(vec![locale]);
    // Isolation marks keep right-to-left text apart; neither language has any, and terminals show them.
    bundle.set_use_isolating(false);
    // A file with an error still gives its other messages.
    let resource =
        FluentResource::try_new(text.to_owned()).unwrap_or_else(|(resource, _)| resource);
    bundle.add_resource_overriding(resource);
    bundle
}

/// The message with its arguments put in.
fn format(bundle: &Bundle, id: &str, args: &[(&str, String)]) -> Option<String> {
    let pattern = bundle.get_message(id)?.value()?;
    let args: FluentArgs<'_> =
        args.iter().map(|(name, value)| (*name, fluent_value(name, value))).collect();
    let mut errors = Vec::new();
    Some(bundle.format_pattern(pattern, Some(&args), &mut errors).into_owned())
}

/// Arguments are text as they were read, except `$count`, which is a number so that plurals can choose by it.
fn fluent_value(name: &str, value: &str) -> FluentValue<'static> {
    match value.parse::<f64>() {
        Ok(number) if name == "count" => FluentValue::from(number),
        _ => FluentValue::from(escape(value).into_owned()),
    }
}

#[cfg(test)]
mod tests;

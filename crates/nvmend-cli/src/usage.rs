//! Errors in the arguments, in the user's language. clap finds them; its own messages are English.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use nvmend::words::Words;

use crate::arguments::{LATER_COMMANDS, LATER_FORMATS};
use crate::exit::Failure;

/// What clap found wrong.
pub fn failure(error: &clap::Error, words: &Words) -> Failure {
    let context = |kind| error.get(kind).map(text).unwrap_or_default();
    // clap says `--format <FORMAT>`; only the name is wanted.
    let name = |text: String| text.split(' ').next().unwrap_or_default().to_owned();
    let argument = ("argument", name(context(ContextKind::InvalidArg)));
    let value = ("value", context(ContextKind::InvalidValue));
    let subcommand = context(ContextKind::InvalidSubcommand);
    let failure = match error.kind() {
        ErrorKind::InvalidSubcommand if LATER_COMMANDS.contains(&subcommand.as_str()) => {
            return Failure::usage(words.cli("error-later-command", &[("command", subcommand)]));
        }
        ErrorKind::InvalidSubcommand => {
            Failure::usage(words.cli("error-unknown-command", &[("command", subcommand)]))
        }
        ErrorKind::UnknownArgument => {
            Failure::usage(words.cli("error-unknown-argument", &[argument]))
        }
        ErrorKind::InvalidValue if value.1.is_empty() => {
            Failure::usage(words.cli("error-value-missing", &[argument]))
        }
        ErrorKind::InvalidValue
            if argument.1 == "--format" && LATER_FORMATS.contains(&value.1.as_str()) =>
        {
            return Failure::usage(words.cli("error-later-format", &[("format", value.1)]));
        }
        ErrorKind::InvalidValue => {
            let valid = ("valid", context(ContextKind::ValidValue));
            Failure::usage(words.cli("error-invalid-value", &[argument, value, valid]))
        }
        ErrorKind::TooManyValues | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            Failure::usage(words.cli("error-number-of-values", &[argument]))
        }
        ErrorKind::ArgumentConflict => Failure::usage(words.cli("error-given-twice", &[argument])),
        ErrorKind::InvalidUtf8 => Failure::usage(words.cli("error-not-utf8", &[])),
        _ => Failure::usage(words.cli("error-other", &[("why", error.kind().to_string())])),
    };
    let suggestion =
        [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue]
            .into_iter()
            .map(context)
            .find(|suggestion| !suggestion.is_empty());
    failure.hint(match suggestion {
        Some(suggestion) => words.cli("hint-suggestion", &[("suggestion", suggestion)]),
        None => words.cli("hint-help", &[]),
    })
}

fn text(value: &ContextValue) -> String {
    match value {
        ContextValue::String(text) => text.clone(),
        ContextValue::Strings(texts) => texts.join(", "),
        other => other.to_string(),
    }
}

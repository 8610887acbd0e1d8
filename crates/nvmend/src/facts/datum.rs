//! One thing known, or not known, of a machine.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::host::{Failure, HostError};

/// A value with where it was read, or why there is none. "Not there", "could not look" and "damaged"
/// are different answers, and causes treat them differently.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Datum<T> {
    /// Read.
    Known {
        /// The value.
        value: T,
        /// Where it stands.
        from: Origin,
    },
    /// Looked at these places, and it is not there.
    Absent {
        /// Where it would have stood.
        looked_at: Vec<Origin>,
    },
    /// It may be there; it could not be read, or it is damaged.
    Unreadable {
        /// Where.
        at: Origin,
        /// What went wrong.
        why: String,
    },
}

impl<T> Datum<T> {
    /// A value read at `from`.
    pub fn known(value: T, from: impl Into<Origin>) -> Self {
        Self::Known { value, from: from.into() }
    }

    /// Not at `place`.
    pub fn absent(place: impl Into<Origin>) -> Self {
        Self::Absent { looked_at: vec![place.into()] }
    }

    /// Not readable at `place`.
    pub fn unreadable(place: impl Into<Origin>, why: impl ToString) -> Self {
        Self::Unreadable { at: place.into(), why: why.to_string() }
    }

    /// The result of a read: an error that says "no such file" is absence, any other is not.
    pub fn read(result: Result<T, HostError>, at: impl Into<Origin>) -> Self {
        match result {
            Ok(value) => Self::known(value, at),
            Err(error) if error.is_absent() => Self::absent(at),
            Err(error) => Self::unreadable(at, error.why),
        }
    }

    /// The value, if it is known.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Known { value, .. } => Some(value),
            _ => None,
        }
    }

    /// Where the value was read, if it is known.
    pub fn origin(&self) -> Option<&Origin> {
        match self {
            Self::Known { from, .. } => Some(from),
            _ => None,
        }
    }

    /// Value and origin together.
    pub fn sourced(&self) -> Option<(&T, &Origin)> {
        match self {
            Self::Known { value, from } => Some((value, from)),
            _ => None,
        }
    }

    /// Whether it is certain that there is none: it was looked for, and is not there.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent { looked_at } if !looked_at.is_empty())
    }

    /// Whether the value could not be read although it may be there.
    pub fn is_unreadable(&self) -> bool {
        matches!(self, Self::Unreadable { .. })
    }

    /// Whether nobody looked when the machine was saved.
    pub fn is_not_captured(&self) -> bool {
        matches!(self, Self::Unreadable { why, .. } if *why == Failure::NotCaptured.to_string())
    }

    /// The same datum with another value.
    pub fn map<U>(self, with: impl FnOnce(T) -> U) -> Datum<U> {
        match self {
            Self::Known { value, from } => Datum::Known { value: with(value), from },
            Self::Absent { looked_at } => Datum::Absent { looked_at },
            Self::Unreadable { at, why } => Datum::Unreadable { at, why },
        }
    }
}

/// Nothing was looked at yet.
impl<T> Default for Datum<T> {
    fn default() -> Self {
        Self::Absent { looked_at: Vec::new() }
    }
}

/// Where a fact was read: a path within the machine, possibly with a line number, or a named other
/// source (`ioctl /dev/nvidiactl`, `environment LD_LIBRARY_PATH`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Origin(pub String);

impl Origin {
    /// A line of a text file, counted from 1.
    pub fn line(path: &Path, line: usize) -> Self {
        Self(format!("{}:{line}", path.display()))
    }

    /// A variable of the judged environment.
    pub fn variable(name: &str) -> Self {
        Self(format!("environment {name}"))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&Path> for Origin {
    fn from(path: &Path) -> Self {
        Self(path.display().to_string())
    }
}

impl From<&PathBuf> for Origin {
    fn from(path: &PathBuf) -> Self {
        path.as_path().into()
    }
}

impl From<&str> for Origin {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Origin {
    fn from(text: String) -> Self {
        Self(text)
    }
}

/// Something that was needed and could not be had. Shown to the user; never a reason to stop.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Gap {
    /// What is missing: a path within the machine, or the name of a probe.
    pub what: String,
    /// Why: the system's words, or what was wrong with a damaged file.
    pub why: String,
}

impl Gap {
    /// A gap at `what`.
    pub fn new(what: impl Into<Origin>, why: impl ToString) -> Self {
        Self { what: what.into().0, why: why.to_string() }
    }
}

impl Gap {
    /// Why a probe is a gap that did not answer before its deadline.
    pub const LATE: &str = "no answer in time";

    /// Whether a probe did not answer before its deadline.
    pub fn is_late(&self) -> bool {
        self.why == Self::LATE
    }

    /// Whether root would see more.
    pub fn needs_root(&self) -> bool {
        self.why.starts_with(&Failure::NotPermitted.to_string())
    }

    /// Whether nobody looked when the machine was saved.
    pub fn is_not_captured(&self) -> bool {
        self.why == Failure::NotCaptured.to_string()
    }
}

impl From<&HostError> for Gap {
    fn from(error: &HostError) -> Self {
        Self::new(&error.path, &error.why)
    }
}

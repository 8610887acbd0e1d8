//! What the driver's libraries themselves answer when they are asked (`check --deep`).

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Datum;

/// The libraries' own word.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deep {
    /// One answer for each library that was asked, sorted by path. Absent without a place: nobody was to be asked.
    pub answers: Datum<Vec<LibraryAnswer>>,
}

/// One library's answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LibraryAnswer {
    /// The library's resolved path.
    pub path: PathBuf,
    /// Which of the driver's libraries it is.
    pub library: AskedLibrary,
    /// What came of it.
    pub outcome: LibraryOutcome,
}

/// The libraries that can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum AskedLibrary {
    /// libnvidia-ml, by `nvmlInit_v2`.
    Nvml,
    /// libcuda, by `cuInit`.
    Cuda,
}

impl AskedLibrary {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Nvml, Self::Cuda];

    /// Its name before `.so`.
    pub fn stem(self) -> &'static str {
        match self {
            Self::Nvml => "libnvidia-ml",
            Self::Cuda => "libcuda",
        }
    }

    /// Its word as an argument of the process that asks it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Nvml => "nvml",
            Self::Cuda => "cuda",
        }
    }
}

/// What comes of asking a library.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LibraryOutcome {
    /// It answered.
    Answered {
        /// `nvmlReturn_t` or `CUresult`; 0 is success.
        code: i32,
        /// The library's own words for it.
        text: Option<String>,
        /// The driver's version as the library reads it (`nvmlSystemGetDriverVersion`).
        driver_version: Option<String>,
        /// NVML's own version (`nvmlSystemGetNVMLVersion`), or the newest CUDA version that libcuda serves.
        library_version: Option<String>,
    },
    /// Nothing came within this many seconds: the driver hangs.
    NoAnswer {
        /// The deadline.
        seconds: u64,
    },
    /// The process that asked was killed by a signal.
    Died {
        /// Its number.
        signal: i32,
    },
    /// It was not or could not be loaded.
    CannotLoad {
        /// The loader's words, or why it was not tried.
        why: String,
    },
}

impl Deep {
    /// The answers; empty when nobody was asked.
    pub fn answers(&self) -> &[LibraryAnswer] {
        self.answers.value().map_or(&[], Vec::as_slice)
    }

    /// What the library at this resolved path answered.
    pub fn answer(&self, path: &std::path::Path) -> Option<&LibraryAnswer> {
        self.answers().iter().find(|answer| answer.path == path)
    }
}

impl LibraryAnswer {
    /// The code and the library's own words, if it answered.
    pub fn code(&self) -> Option<(i32, &str)> {
        match &self.outcome {
            LibraryOutcome::Answered { code, text, .. } => {
                Some((*code, text.as_deref().unwrap_or_default()))
            }
            _ => None,
        }
    }
}

//! How the program ends.

use std::process::ExitCode;

use nvmend::verdict::Verdict;

/// The exit status; other programs rely on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Aligned, or nothing here to align.
    Fine,
    /// Some program would fail now.
    Broken,
    /// The arguments ask for something that cannot be done.
    Usage,
    /// It could not be determined.
    Undetermined,
    /// Works now, but not after the next reboot or upgrade.
    AtRisk,
    /// A repair failed, and everything was taken back.
    RolledBack,
    /// A repair failed, and not everything could be taken back.
    Stuck,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(match status {
            Status::Fine => 0,
            Status::Broken => 1,
            Status::Usage => 2,
            Status::Undetermined => 3,
            Status::AtRisk => 4,
            Status::RolledBack => 5,
            Status::Stuck => 6,
        })
    }
}

impl From<Verdict> for Status {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Aligned | Verdict::NotApplicable => Self::Fine,
            Verdict::Broken => Self::Broken,
            Verdict::AtRisk => Self::AtRisk,
            Verdict::Unknown => Self::Undetermined,
        }
    }
}

/// Why the program could not do what it was asked, in the user's language.
#[derive(Debug)]
pub struct Failure {
    /// What is wrong; names the thing.
    pub message: String,
    /// The way on.
    pub hint: Option<String>,
    /// With what status to end.
    pub status: Status,
}

impl Failure {
    /// Something in the arguments that cannot be done.
    pub fn usage(message: String) -> Self {
        Self { message, hint: None, status: Status::Usage }
    }

    /// Something that cannot be determined.
    pub fn undetermined(message: String) -> Self {
        Self { message, hint: None, status: Status::Undetermined }
    }

    /// With the way on.
    pub fn hint(mut self, hint: String) -> Self {
        self.hint = Some(hint);
        self
    }
}

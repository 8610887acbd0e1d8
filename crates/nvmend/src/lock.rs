//! The locks of package managers: who has one, and waiting until it is free. None is ever taken away from anybody.

use std::path::Path;
use std::time::Duration;

use crate::host::read_text;
use crate::host_mut::HostMut;
use crate::step::StepError;

/// How long somebody else's lock is waited for.
const PATIENCE: Duration = Duration::from_secs(600);
/// How often it is looked whether it is free.
const GLANCE: Duration = Duration::from_millis(500);
/// Looks at which a file that marks a lock must have been nobody's: who ends lets go of it before he removes it.
const LOOKS: usize = 4;

/// How a program marks that it is at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lock {
    /// A record lock on a file (fcntl(2)): dpkg, apt, rpm, dnf 5.
    Record(&'static str),
    /// A file that has the number of a process, which counts as long as that lives (libzypp `zypp/ZYppFactory.cc`;
    /// dnf 4 `dnf/lock.py`).
    Pid(&'static str),
    /// A file that is there, and open, as long as the program works (pacman `lib/libalpm/handle.c`). One that nobody has
    /// open was left behind; the program refuses to work all the same.
    Open(&'static str),
}

/// Whose a lock is.
enum Owner {
    Nobody,
    Process(u32),
    /// It was left behind.
    Dead,
}

impl Lock {
    /// The file.
    pub fn path(self) -> &'static str {
        match self {
            Self::Record(path) | Self::Pid(path) | Self::Open(path) => path,
        }
    }

    fn owner(self, host: &dyn HostMut) -> Owner {
        let path = Path::new(self.path());
        match self {
            Self::Record(_) => host.lock_holder(path).map_or(Owner::Nobody, Owner::Process),
            Self::Pid(_) => {
                let text = read_text(host, path).unwrap_or_default();
                let pid = text.trim().parse().ok().filter(|pid| lives(host, *pid));
                pid.map_or(Owner::Nobody, Owner::Process)
            }
            Self::Open(_) if host.metadata(path).is_err() => Owner::Nobody,
            Self::Open(_) => opener(host, path).map_or(Owner::Dead, Owner::Process),
        }
    }

    /// Whether it was left behind: it is there at every look, and nobody's.
    fn is_left(self, host: &dyn HostMut) -> bool {
        (0..LOOKS).all(|look| {
            if look > 0 {
                host.sleep(GLANCE);
            }
            matches!(self.owner(host), Owner::Dead)
        })
    }
}

/// The first of the locks that was left behind, so that waiting for it is in vain.
pub(crate) fn left_behind(host: &dyn HostMut, locks: &[Lock]) -> Option<&'static str> {
    locks.iter().find(|lock| lock.is_left(host)).map(|lock| lock.path())
}

/// Waits as long as somebody else has one of the locks, or until `stopped`. `tell`: the lock, and who has it as
/// `name (pid)`.
pub(crate) fn wait(
    host: &dyn HostMut,
    locks: &[Lock],
    stopped: &dyn Fn() -> bool,
    tell: &mut dyn FnMut(&str, &str),
) -> Result<(), StepError> {
    let mut waited = Duration::ZERO;
    let mut told = None;
    let taken = || {
        locks.iter().find_map(|lock| match lock.owner(host) {
            Owner::Nobody => None,
            Owner::Process(pid) => Some((*lock, Some(pid))),
            Owner::Dead => Some((*lock, None)),
        })
    };
    while let Some((lock, owner)) = taken().filter(|_| !stopped()) {
        let path = lock.path().to_owned();
        let Some(pid) = owner else {
            if lock.is_left(host) {
                return Err(StepError::LeftLock { path });
            }
            waited += GLANCE;
            continue;
        };
        let holder = name_process(host, pid);
        if waited >= PATIENCE {
            return Err(StepError::Locked { path, holder });
        }
        if told != Some((lock, pid)) {
            tell(&path, &holder);
            told = Some((lock, pid));
        }
        host.sleep(GLANCE);
        waited += GLANCE;
    }
    Ok(())
}

/// Whether a process is there that has not ended: a zombie has no command line (proc(5)).
fn lives(host: &dyn HostMut, pid: u32) -> bool {
    read_text(host, format!("/proc/{pid}/cmdline")).is_ok_and(|line| !line.is_empty())
}

/// A process that has the file open.
fn opener(host: &dyn HostMut, path: &Path) -> Option<u32> {
    let entries = host.list(Path::new("/proc")).unwrap_or_default();
    let mut pids = entries.iter().filter_map(|entry| entry.name.parse::<u32>().ok());
    pids.find(|pid| {
        let directory = Path::new("/proc").join(pid.to_string()).join("fd");
        let files = host.list(&directory).unwrap_or_default();
        files.iter().any(|file| {
            host.read_link(&directory.join(&file.name)).is_ok_and(|target| target == path)
        })
    })
}

fn name_process(host: &dyn HostMut, pid: u32) -> String {
    match read_text(host, format!("/proc/{pid}/comm")) {
        Ok(name) => format!("{} ({pid})", name.trim_end()),
        Err(_) => format!("({pid})"),
    }
}

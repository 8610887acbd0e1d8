//! A machine in memory that can be changed, and whose power can be cut: for the tests of repairs.
//!
//! Files are changed for real, in memory. Programs are mocks: of each, a test says which files it changes and what it
//! answers. What real programs do is tested on real ones (`testbeds/`).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use super::memory::{Memory, Node};
use crate::host::{
    Command, End, Entry, Failure, Host, HostError, HostKind, KernelLogText, Metadata, Output,
    RandomRead,
};
use crate::host_mut::{HostMut, Place, Signal, Time, digest};

/// What a mock of a program changes, one file after the other, when it is run with these arguments.
pub type Program = fn(&Memory, &[String]) -> Vec<Change>;

/// One change that a program makes.
#[derive(Clone, Debug)]
pub enum Change {
    /// Writes a file.
    Write(PathBuf, Vec<u8>),
    /// Sets a link.
    Link(PathBuf, PathBuf),
    /// Takes a path away, with all below.
    Remove(PathBuf),
    /// Ends with an error.
    Fail(String),
}

/// The machine.
pub struct Simulated {
    memory: RwLock<Memory>,
    programs: BTreeMap<&'static str, Program>,
    power: Mutex<Power>,
    locked: std::sync::Arc<Mutex<bool>>,
    held: Mutex<Option<(PathBuf, u32, usize)>>,
    ending: Mutex<Option<(PathBuf, usize)>>,
}

/// How many changes are made until the power is cut.
#[derive(Clone, Copy, Debug, Default)]
struct Power {
    made: usize,
    cut_at: Option<usize>,
}

impl Simulated {
    /// The machine, with mocks of programs by their names.
    pub fn new(memory: Memory, programs: &[(&'static str, Program)]) -> Self {
        Self {
            memory: RwLock::new(memory),
            programs: programs.iter().copied().collect(),
            power: Mutex::default(),
            locked: std::sync::Arc::default(),
            held: Mutex::default(),
            ending: Mutex::default(),
        }
    }

    /// Cuts the power when `changes` more changes have been made: each of the following, and every read, fails.
    #[must_use]
    pub fn cut_after(self, changes: usize) -> Self {
        *self.power() = Power { made: 0, cut_at: Some(changes) };
        self
    }

    /// Lets a process have the record lock of `path` for the next `looks` times that somebody looks.
    #[must_use]
    pub fn hold(self, path: &str, pid: u32, looks: usize) -> Self {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = Some((path.into(), pid, looks));
        self
    }

    /// Takes a path away, with all below, when somebody has waited that many times: a process that ends.
    #[must_use]
    pub fn end_after(self, path: &str, waits: usize) -> Self {
        *self.ending.lock().unwrap_or_else(PoisonError::into_inner) = Some((path.into(), waits));
        self
    }

    /// How many changes were made.
    pub fn changes(&self) -> usize {
        self.power().made
    }

    /// The file tree as it is now, which outlives the power.
    pub fn memory(&self) -> Memory {
        self.read().clone()
    }

    fn power(&self) -> std::sync::MutexGuard<'_, Power> {
        self.power.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self) -> RwLockReadGuard<'_, Memory> {
        self.memory.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// A read, as long as there is power.
    fn reading<T>(
        &self,
        path: &Path,
        read: impl FnOnce(&Memory) -> Result<T, HostError>,
    ) -> Result<T, HostError> {
        let power = *self.power();
        if power.cut_at.is_some_and(|at| power.made >= at) {
            return Err(no_power(path));
        }
        read(&self.read())
    }

    /// A change, as long as there is power.
    fn changing(
        &self,
        path: &Path,
        change: impl FnOnce(&mut Memory) -> Result<(), HostError>,
    ) -> Result<(), HostError> {
        let mut power = self.power();
        if power.cut_at.is_some_and(|at| power.made >= at) {
            return Err(no_power(path));
        }
        power.made += 1;
        drop(power);
        change(&mut self.memory.write().unwrap_or_else(PoisonError::into_inner))
    }
}

fn no_power(path: &Path) -> HostError {
    HostError::new(path, Failure::Io("no power".to_owned()))
}

fn place_of(memory: &Memory, path: &Path) -> Place {
    match memory.nodes.get(&resolved(memory, path)) {
        None | Some(Node::Failed(Failure::NotFound)) => Place::Nothing,
        Some(Node::File { content, .. }) => Place::File { digest: digest(content) },
        Some(Node::Link(target)) => Place::Link(target.clone()),
        Some(_) => Place::Other,
    }
}

/// The path with the links of its directories followed, not of its last component.
fn resolved(memory: &Memory, path: &Path) -> PathBuf {
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
        return path.to_owned();
    };
    match crate::host::follow(memory, parent) {
        Ok(chain) => chain.end.join(name),
        Err(_) => path.to_owned(),
    }
}

fn put(memory: &mut Memory, path: &Path, content: Vec<u8>) {
    let path = resolved(memory, path);
    memory.insert(path, Node::File { content, modified: 0 });
}

fn link_time(memory: &Memory, link: &Path) -> Time {
    memory.link_times.get(link).copied().unwrap_or_default()
}

fn take(memory: &mut Memory, path: &Path) -> Option<Node> {
    let path = resolved(memory, path);
    memory.nodes.remove(&path)
}

impl Host for Simulated {
    fn kind(&self) -> HostKind {
        self.read().kind()
    }

    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, HostError> {
        self.reading(path, |memory| memory.read(path, limit))
    }

    fn open(&self, path: &Path) -> Result<Box<dyn RandomRead>, HostError> {
        self.reading(path, |memory| memory.open(path))
    }

    fn list(&self, path: &Path) -> Result<Vec<Entry>, HostError> {
        self.reading(path, |memory| memory.list(path))
    }

    fn metadata(&self, path: &Path) -> Result<Metadata, HostError> {
        self.reading(path, |memory| memory.metadata(path))
    }

    fn read_link(&self, path: &Path) -> Result<PathBuf, HostError> {
        self.reading(path, |memory| memory.read_link(path))
    }

    fn env(&self, name: &str) -> Option<String> {
        Host::env(&*self.read(), name)
    }

    fn kernel_log(&self) -> Result<KernelLogText, HostError> {
        self.read().kernel_log()
    }

    fn query_driver(&self) -> Result<String, HostError> {
        self.read().query_driver()
    }

    fn run(&self, command: &Command) -> Result<Output, HostError> {
        self.reading(&command.program, |memory| memory.run(command))
    }
}

impl HostMut for Simulated {
    fn place(&self, path: &Path) -> Result<Place, HostError> {
        self.reading(path, |memory| Ok(place_of(memory, path)))
    }

    fn write(&self, path: &Path, content: &[u8], _mode: u32) -> Result<(), HostError> {
        self.changing(path, |memory| {
            put(memory, path, content.to_vec());
            Ok(())
        })
    }

    /// Its clock is the number of changes: a link that is made anew has another time than any of the machine's own.
    fn link(&self, path: &Path, target: &Path, modified: Option<Time>) -> Result<(), HostError> {
        let now = Time { seconds: self.changes() as i64 + 1, nanoseconds: 0 };
        self.changing(path, |memory| {
            let path = resolved(memory, path);
            memory.link_times.insert(path.clone(), modified.unwrap_or(now));
            memory.insert(path, Node::Link(target.to_owned()));
            Ok(())
        })
    }

    fn modified(&self, path: &Path) -> Result<Time, HostError> {
        self.reading(path, |memory| {
            let path = resolved(memory, path);
            match memory.nodes.get(&path) {
                Some(Node::Link(_)) => Ok(link_time(memory, &path)),
                _ => {
                    let modified = memory.metadata(&path)?.modified;
                    Ok(Time { seconds: modified, nanoseconds: 0 })
                }
            }
        })
    }

    /// In two changes, as between two file systems: the copy, and the removal.
    fn rename(&self, from: &Path, to: &Path) -> Result<(), HostError> {
        if self.place(to)? != Place::Nothing {
            return Err(HostError::new(to, Failure::Io("File exists".to_owned())));
        }
        self.copy(from, to)?;
        self.remove(from)
    }

    fn copy(&self, from: &Path, to: &Path) -> Result<(), HostError> {
        self.changing(from, |memory| {
            let node = memory.nodes.get(&resolved(memory, from)).cloned();
            let node = node.ok_or_else(|| HostError::new(from, Failure::NotFound))?;
            let to = resolved(memory, to);
            let time = link_time(memory, &resolved(memory, from));
            memory.link_times.insert(to.clone(), time);
            memory.insert(to, node);
            Ok(())
        })
    }

    /// Directories have no modes here.
    fn directory_mode(&self, path: &Path) -> Result<Option<u32>, HostError> {
        self.reading(path, |memory| {
            let node = memory.nodes.get(&resolved(memory, path));
            Ok(matches!(node, Some(Node::Directory { .. })).then_some(0o755))
        })
    }

    fn make_directory(&self, path: &Path, _mode: u32) -> Result<(), HostError> {
        self.changing(path, |memory| {
            let path = resolved(memory, path);
            if !memory.nodes.contains_key(&path) {
                memory.insert(path, Node::Directory { unlisted: None, modified: 0 });
            }
            Ok(())
        })
    }

    fn remove(&self, path: &Path) -> Result<(), HostError> {
        self.changing(path, |memory| {
            take(memory, path);
            Ok(())
        })
    }

    fn append(&self, path: &Path, content: &[u8], _mode: u32) -> Result<(), HostError> {
        // Half of it first: a power cut leaves a cut line.
        let half = content.len() / 2;
        for part in [&content[..half], &content[half..]] {
            self.changing(path, |memory| {
                let mut whole = memory.read(path, u64::MAX).unwrap_or_default();
                whole.extend_from_slice(part);
                put(memory, path, whole);
                Ok(())
            })?;
        }
        Ok(())
    }

    fn set(&self, path: &Path, value: &str) -> Result<(), HostError> {
        self.changing(path, |memory| {
            put(memory, path, format!("{value}\n").into_bytes());
            Ok(())
        })
    }

    fn unload_module(&self, name: &str) -> Result<(), HostError> {
        let directory = Path::new("/sys/module").join(name);
        self.changing(&directory, |memory| {
            memory.remove(&directory.to_string_lossy());
            if name == "nvidia" {
                memory.remove("/proc/driver/nvidia");
            }
            Ok(())
        })
    }

    fn execute(&self, command: &Command, line: &mut dyn FnMut(&str)) -> Result<Output, HostError> {
        let name = command.program.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let program = self.programs.get(name).copied();
        let program = program.ok_or_else(|| HostError::new(&command.program, Failure::NotFound))?;
        let changes =
            self.reading(&command.program, |memory| Ok(program(memory, &command.arguments)))?;
        line(name);
        let output = |end, stderr| Output { end, stdout: String::new(), stderr };
        for change in changes {
            let path = command.program.clone();
            match change {
                Change::Fail(why) => return Ok(output(End::Status(1), why)),
                Change::Write(path, content) => self.changing(&path, |memory| {
                    put(memory, &path, content);
                    Ok(())
                })?,
                Change::Link(path, target) => self.link(&path, &target, None)?,
                Change::Remove(gone) => self.changing(&path, |memory| {
                    memory.remove(&gone.to_string_lossy());
                    Ok(())
                })?,
            }
        }
        Ok(output(End::Status(0), String::new()))
    }

    fn signal(&self, pid: u32, _signal: Signal) -> Result<(), HostError> {
        let directory = format!("/proc/{pid}");
        self.changing(Path::new(&directory), |memory| {
            memory.remove(&directory);
            Ok(())
        })
    }

    fn lock(&self, path: &Path) -> Result<Box<dyn Send>, HostError> {
        let mut locked = self.locked.lock().unwrap_or_else(PoisonError::into_inner);
        if *locked {
            return Err(HostError::new(path, Failure::Busy));
        }
        *locked = true;
        Ok(Box::new(Unlock(std::sync::Arc::clone(&self.locked))))
    }

    fn lock_holder(&self, path: &Path) -> Option<u32> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, pid, looks) = held.as_mut().filter(|(held, ..)| held == path)?;
        *looks = looks.checked_sub(1)?;
        Some(*pid)
    }

    fn stay_awake(&self) -> Box<dyn Send> {
        Box::new(())
    }

    fn sleep(&self, _time: Duration) {
        let mut ending = self.ending.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((path, waits)) = ending.as_mut() else { return };
        *waits = waits.saturating_sub(1);
        if *waits == 0 {
            let mut memory = self.memory.write().unwrap_or_else(PoisonError::into_inner);
            memory.remove(&path.to_string_lossy());
        }
    }
}

struct Unlock(std::sync::Arc<Mutex<bool>>);

impl Drop for Unlock {
    fn drop(&mut self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = false;
    }
}

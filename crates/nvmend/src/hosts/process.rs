//! Running a program under a deadline.

use std::io::{self, ErrorKind};
use std::os::fd::AsFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, kill_process_group};

use crate::host::{Command, End, Failure, HostError, Output};

/// What a program may write, to each of its two outputs.
const MOST_OUTPUT: usize = 16 << 20;
/// How often it is looked whether the program has ended while something else still holds its outputs.
const GLANCE: Duration = Duration::from_millis(20);
/// How long a killed program may take to be gone.
const GRACE: Duration = Duration::from_millis(200);

/// Runs a program on this machine.
pub(super) fn run(command: &Command) -> Result<Output, HostError> {
    run_watched(command, &mut |_| {})
}

/// The same; `line` gets each line that it writes, to either output, as it comes.
pub(super) fn run_watched(
    command: &Command,
    line: &mut dyn FnMut(&str),
) -> Result<Output, HostError> {
    let fail = |error: io::Error| HostError::new(&command.program, failure(&error));
    let end = Instant::now() + command.deadline;
    let mut child = start(command).map_err(fail)?;
    let mut outputs = [Pipe::new(child.stdout.take()), Pipe::new(child.stderr.take())];
    let ended = watch(&mut child, &mut outputs, end, line);
    if !matches!(ended, Ok(Some(_))) {
        stop(&mut child);
    }
    let status = ended.map_err(|why| HostError::new(&command.program, why))?;
    let [stdout, stderr] = outputs.map(|pipe| String::from_utf8_lossy(&pipe.text).into_owned());
    let end = match status {
        Some(status) => match (status.code(), status.signal()) {
            (Some(code), _) => End::Status(code),
            (None, signal) => End::Signal(signal.unwrap_or_default()),
        },
        None => End::Deadline,
    };
    Ok(Output { end, stdout, stderr })
}

#[allow(clippy::disallowed_methods, reason = "hosts/ is where the real system is known")]
fn start(command: &Command) -> io::Result<Child> {
    std::process::Command::new(&command.program)
        .args(&command.arguments)
        // Messages are matched, and must be English; LANGUAGE would win over the locale (gettext).
        .env("LC_ALL", "C.UTF-8")
        .env_remove("LANGUAGE")
        .envs(command.environment.iter().map(|(name, value)| (name, value)))
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
}

/// Reads until the program has ended; `None`: it has not by `end`.
fn watch(
    child: &mut Child,
    outputs: &mut [Pipe],
    end: Instant,
    line: &mut dyn FnMut(&str),
) -> Result<Option<ExitStatus>, Failure> {
    loop {
        let left = end.saturating_duration_since(Instant::now());
        let ready = read_ready(outputs, left.min(GLANCE)).map_err(|error| failure(&error))?;
        outputs.iter_mut().for_each(|pipe| pipe.tell(line));
        if outputs.iter().any(|pipe| pipe.text.len() > MOST_OUTPUT) {
            return Err(Failure::TooLarge { limit: MOST_OUTPUT as u64 });
        }
        // All that it wrote is read before its end counts.
        if !ready && let Some(status) = child.try_wait().map_err(|error| failure(&error))? {
            return Ok(Some(status));
        }
        if left.is_zero() {
            return Ok(None);
        }
    }
}

/// Waits until something can be read, at most that long, and reads it. Whether anything was read.
fn read_ready(outputs: &mut [Pipe], wait: Duration) -> io::Result<bool> {
    let open: Vec<usize> = (0..outputs.len()).filter(|&at| outputs[at].source.is_some()).collect();
    if open.is_empty() {
        std::thread::sleep(wait.min(Duration::from_millis(1)));
        return Ok(false);
    }
    let sources: Vec<_> = open.iter().filter_map(|&at| outputs[at].source.as_ref()).collect();
    let mut events: Vec<PollFd<'_>> = sources
        .iter()
        .map(|source| PollFd::from_borrowed_fd(source.as_fd(), PollFlags::IN))
        .collect();
    let timeout = Timespec::try_from(wait).ok();
    match poll(&mut events, timeout.as_ref()) {
        Ok(_) => {}
        Err(rustix::io::Errno::INTR) => return Ok(false),
        Err(error) => return Err(error.into()),
    }
    let ready: Vec<usize> = events
        .iter()
        .zip(open)
        .filter(|(event, _)| !event.revents().is_empty())
        .map(|(_, at)| at)
        .collect();
    for at in &ready {
        outputs[*at].read()?;
    }
    Ok(!ready.is_empty())
}

/// Kills the program and what it started. One that hangs in the kernel stays, and is not waited for.
fn stop(child: &mut Child) {
    if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        let _ = kill_process_group(group, Signal::KILL);
    }
    let end = Instant::now() + GRACE;
    while matches!(child.try_wait(), Ok(None)) && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// One output of the program, and what came out of it.
struct Pipe {
    /// `None` once it has ended.
    source: Option<std::os::fd::OwnedFd>,
    text: Vec<u8>,
    /// How much of it was told, line by line.
    told: usize,
}

impl Pipe {
    fn new(source: Option<impl Into<std::os::fd::OwnedFd>>) -> Self {
        Self { source: source.map(Into::into), text: Vec::new(), told: 0 }
    }

    /// Tells the lines that are whole. A carriage return ends one too: progress bars write nothing else.
    fn tell(&mut self, line: &mut dyn FnMut(&str)) {
        while let Some(length) =
            self.text[self.told..].iter().position(|byte| matches!(byte, b'\n' | b'\r'))
        {
            let text = String::from_utf8_lossy(&self.text[self.told..self.told + length]);
            if !text.trim().is_empty() {
                line(&text);
            }
            self.told += length + 1;
        }
    }

    /// One read, of what is there.
    fn read(&mut self) -> io::Result<()> {
        let Some(source) = &self.source else { return Ok(()) };
        let mut buffer = [0; 16 << 10];
        match rustix::io::read(source, &mut buffer) {
            Ok(0) => self.source = None,
            Ok(count) => self.text.extend_from_slice(&buffer[..count]),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }
}

fn failure(error: &io::Error) -> Failure {
    match error.kind() {
        ErrorKind::NotFound => Failure::NotFound,
        ErrorKind::PermissionDenied => Failure::NotPermitted,
        _ => Failure::Io(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, deadline: Duration) -> Result<Output, HostError> {
        run(&Command::new("/bin/sh", ["-c", script], deadline))
    }

    #[test]
    fn gives_what_was_written_and_how_it_ended() {
        let second = Duration::from_secs(10);
        let output = shell("echo out; echo err >&2; echo $LC_ALL; exit 3", second).unwrap();
        assert_eq!(output.end, End::Status(3));
        assert_eq!((&*output.stdout, &*output.stderr), ("out\nC.UTF-8\n", "err\n"));
        assert_eq!(shell("kill -SEGV $$", second).unwrap().end, End::Signal(11));
        let absent = run(&Command::new("/no/such", [""; 0], second)).unwrap_err();
        assert!(absent.is_absent(), "{absent}");
    }

    #[test]
    fn is_killed_with_its_children_at_the_deadline() {
        let started = Instant::now();
        let output = shell("echo before; sleep 60 & sleep 60", Duration::from_millis(200)).unwrap();
        assert_eq!((output.end, &*output.stdout), (End::Deadline, "before\n"));
        assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    }

    #[test]
    fn a_child_left_behind_with_the_outputs_is_not_waited_for() {
        let started = Instant::now();
        let output = shell("sleep 5 & echo done", Duration::from_secs(60)).unwrap();
        assert_eq!((output.end, &*output.stdout), (End::Status(0), "done\n"));
        assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
    }

    #[test]
    fn output_without_end_is_refused() {
        let error = shell("yes", Duration::from_secs(60)).unwrap_err();
        assert!(matches!(error.why, Failure::TooLarge { .. }), "{error}");
    }
}

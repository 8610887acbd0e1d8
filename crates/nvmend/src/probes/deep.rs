//! The driver's libraries, asked themselves: what NVML and CUDA say when a program starts to use them.
//!
//! It is not one of the stages: a check asks nobody unless it is told to. The libraries run in processes of their own,
//! so that one that hangs or crashes costs its answer and nothing more.

use std::time::Duration;

use crate::facts::{AskedLibrary, Datum, Facts, Gap, LibraryAnswer, LibraryOutcome, LibraryPlace};
use crate::host::{Command, End, Host, HostError};
use crate::probe::{Found, Probe};

/// Asks every copy of libnvidia-ml and libcuda that was found. Sees all other facts.
pub const PROBE: Probe = Probe { name: "deep", run };

/// How long a library may take. A healthy driver without persistence mode starts up its GPUs meanwhile: some seconds
/// on a machine with eight of them.
pub(crate) const DEADLINE: Duration = Duration::from_secs(10);
/// The word that makes the program that this library is part of ask one library, and answer with a
/// [`LibraryOutcome`] in JSON as the last line of its standard output: `__ask nvml|cuda PATH`.
pub const ASK: &str = "__ask";
/// More copies of one library are not asked.
const MAX_COPIES: usize = 8;

fn run(host: &dyn Host, known: &Facts) -> Found {
    let asked = copies(known);
    let answers: Vec<Result<LibraryOutcome, HostError>> = std::thread::scope(|scope| {
        let running: Vec<_> = asked.iter().map(|copy| scope.spawn(|| ask(host, copy))).collect();
        let failed = || Ok(LibraryOutcome::CannotLoad { why: "asking it failed".to_owned() });
        running.into_iter().map(|answer| answer.join().unwrap_or_else(|_| failed())).collect()
    });
    let mut gaps = Vec::new();
    let mut found = Vec::new();
    let mut refused = None;
    for ((library, path), answer) in asked.into_iter().zip(answers) {
        match answer {
            Ok(outcome) => {
                gaps.extend(why_not(&outcome).map(|why| Gap::new(path.as_path(), why)));
                found.push(LibraryAnswer { path, library, outcome });
            }
            Err(error) => refused = Some(error),
        }
    }
    let answers = match refused {
        Some(error) if found.is_empty() => Datum::unreadable("__ask", error.why),
        _ => Datum::known(found, "nvmlInit, cuInit"),
    };
    if let Datum::Unreadable { why, .. } = &answers {
        gaps.push(Gap::new(PROBE.name, why));
    }
    Box::new(move |facts| {
        facts.deep.answers = answers;
        facts.gaps.extend(gaps);
    })
}

/// The copies to ask, sorted. A stub is for linking only and answers that it is one.
fn copies(known: &Facts) -> Vec<(AskedLibrary, std::path::PathBuf)> {
    let of = |library: AskedLibrary| {
        let is_wanted = move |file: &&crate::facts::LibraryFile| {
            file.stem == library.stem()
                && file.size > 0
                && file.place != LibraryPlace::Stub
                && file.arch.as_deref() == Some(known.native_arch())
        };
        // Those that programs get come first, in case there are more than are asked.
        let (picked, others): (Vec<_>, Vec<_>) =
            known.libraries.files.iter().filter(is_wanted).partition(|file| known.is_picked(file));
        let copies = picked.into_iter().chain(others).take(MAX_COPIES);
        copies.map(move |file| (library, file.path.clone())).collect::<Vec<_>>()
    };
    let mut copies: Vec<_> = AskedLibrary::ALL.into_iter().flat_map(of).collect();
    copies.sort_by(|a, b| a.1.cmp(&b.1));
    copies
}

fn ask(
    host: &dyn Host,
    (library, path): &(AskedLibrary, std::path::PathBuf),
) -> Result<LibraryOutcome, HostError> {
    let cannot = |why: &str| LibraryOutcome::CannotLoad { why: why.to_owned() };
    let Some(path) = path.to_str() else { return Ok(cannot("its path is not valid UTF-8")) };
    let output =
        host.run(&Command::new("/proc/self/exe", [ASK, library.word(), path], DEADLINE))?;
    // The library may have written lines of its own, and may crash or hang when it is done with.
    let answer = output.stdout.lines().rev().find_map(|line| serde_json::from_str(line).ok());
    Ok(answer.unwrap_or_else(|| match output.end {
        End::Deadline => LibraryOutcome::NoAnswer { seconds: DEADLINE.as_secs() },
        End::Signal(signal) => LibraryOutcome::Died { signal },
        End::Status(_) => cannot("the process that asks it gave no answer"),
    }))
}

/// Why there is no answer; `None` where there is one.
fn why_not(outcome: &LibraryOutcome) -> Option<String> {
    Some(match outcome {
        LibraryOutcome::Answered { .. } => return None,
        LibraryOutcome::NoAnswer { seconds } => {
            format!("it did not answer within {seconds} seconds: the driver hangs")
        }
        LibraryOutcome::Died { signal } => format!("it crashed (signal {signal})"),
        LibraryOutcome::CannotLoad { why } => why.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::LibraryFile;
    use crate::host::Output;
    use crate::hosts::memory::Memory;

    fn file(path: &str, place: LibraryPlace, arch: &str) -> LibraryFile {
        let name = path.rsplit('/').next().unwrap();
        LibraryFile {
            path: path.into(),
            stem: name.split(".so").next().unwrap().into(),
            version: None,
            arch: Some(arch.into()),
            size: 1,
            place,
            injected: false,
        }
    }

    fn facts() -> Facts {
        let mut facts = Facts::default();
        facts.libraries.files = vec![
            file("/usr/lib/libnvidia-ml.so.535.1", LibraryPlace::System, "x86_64"),
            file("/opt/libnvidia-ml.so.550.1", LibraryPlace::Other, "x86_64"),
            file("/usr/lib/libcuda.so.535.1", LibraryPlace::System, "x86_64"),
            file("/usr/lib32/libcuda.so.535.1", LibraryPlace::System, "i386"),
            file("/cuda/stubs/libcuda.so", LibraryPlace::Stub, "x86_64"),
        ];
        facts
    }

    fn answers(host: Memory, word: &str, path: &str, end: End, stdout: &str) -> Memory {
        let output = Output { end, stdout: stdout.to_owned(), stderr: String::new() };
        host.answers("/proc/self/exe", &[ASK, word, path], output)
    }

    #[test]
    fn every_native_copy_is_asked_and_what_hangs_or_crashes_is_a_gap() {
        let mismatch = r#"{"answered":{"code":18,"text":"Driver/library version mismatch","driver_version":null,"library_version":"12.535.1"}}"#;
        let spoken = format!("noise of the library\n{mismatch}\n");
        let host = Memory::default();
        let host = answers(host, "nvml", "/usr/lib/libnvidia-ml.so.535.1", End::Signal(6), &spoken);
        let host = answers(host, "nvml", "/opt/libnvidia-ml.so.550.1", End::Deadline, "noise\n");
        let host = answers(host, "cuda", "/usr/lib/libcuda.so.535.1", End::Signal(11), "");
        let mut facts = facts();
        run(&host, &facts.clone())(&mut facts);
        let said: Vec<_> =
            facts.deep.answers().iter().map(|answer| (answer.library, answer.code())).collect();
        assert_eq!(
            said,
            [
                (AskedLibrary::Nvml, None),
                (AskedLibrary::Cuda, None),
                (AskedLibrary::Nvml, Some((18, "Driver/library version mismatch"))),
            ]
        );
        let gaps: Vec<_> =
            facts.gaps.iter().map(|gap| format!("{}: {}", gap.what, gap.why)).collect();
        assert_eq!(
            gaps,
            [
                "/opt/libnvidia-ml.so.550.1: it did not answer within 10 seconds: the driver hangs",
                "/usr/lib/libcuda.so.535.1: it crashed (signal 11)",
            ]
        );
    }

    #[test]
    fn a_machine_that_cannot_be_asked_says_so_once() {
        let mut facts = facts();
        run(&Memory::default(), &facts.clone())(&mut facts);
        assert!(facts.deep.answers.is_unreadable());
        assert_eq!(facts.gaps.len(), 1, "{:?}", facts.gaps);
    }

    #[test]
    fn no_more_than_eight_copies_are_asked_and_those_in_use_first() {
        let mut facts = Facts::default();
        for at in 0..20 {
            let path = format!("/opt/{at:02}/libcuda.so.1");
            facts.libraries.files.push(file(&path, LibraryPlace::Other, "x86_64"));
        }
        assert_eq!(copies(&facts).len(), MAX_COPIES);
    }
}

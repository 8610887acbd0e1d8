//! A saved machine: what one check read, in one file.
//!
//! A zstd-compressed tar archive. `manifest.json` comes first and says what is known of each path; then
//! `kernel.log`; then `files/PATH` for each file that was read whole and `parts/PATH` for each of which parts
//! were read, one part after the other as the manifest lists them.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::memory::{Memory, Node, Part};
use crate::host::{Failure, HostKind, KernelLogText, Output};
use crate::parse::digest::Algorithm;
use crate::redact::Redactor;

/// The schema of the manifest. A reader refuses others.
const SCHEMA: u32 = 1;
/// An archive that unpacks to more is refused: an ordinary one holds a few MiB.
const MOST_BYTES: u64 = 256 << 20;
/// A larger manifest is refused: read, a list of short words takes ten times as much memory. An ordinary one has some
/// hundred KiB.
const MOST_MANIFEST: u64 = 32 << 20;

/// A capture could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum CaptureError {
    /// Not a zstd-compressed tar archive that starts with a manifest.
    #[error("this is not a capture of nvmend: {0}")]
    NotACapture(String),
    /// Written by another version of nvmend.
    #[error("this capture has schema {found}; this nvmend reads schema {SCHEMA}")]
    UnknownSchema {
        /// Its schema.
        found: u64,
    },
    /// It is one, and it is cut short or altered.
    #[error("this capture is damaged: {0}")]
    Damaged(String),
    /// It unpacks to more than a capture ever holds.
    #[error("this capture unpacks to more than {MOST_BYTES} bytes")]
    TooLarge,
    /// The file could not be read.
    #[error("{0}")]
    Io(#[from] io::Error),
}

#[derive(Serialize, Deserialize)]
struct Manifest {
    schema: u64,
    tool: String,
    live: bool,
    redacted: bool,
    env: BTreeMap<String, String>,
    kernel_log: Option<Result<String, Failure>>,
    driver: Option<Result<String, Failure>>,
    /// Captures of a machine whose probes ran no program have none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    commands: Vec<(Vec<String>, Result<Output, Failure>)>,
    /// Captures of a machine whose files are all as old as their packages have none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    digests: Vec<((PathBuf, Algorithm), Result<String, Failure>)>,
    nodes: BTreeMap<PathBuf, Node>,
}

/// Writes what a recorder saw. With a `redactor`, what identifies the machine and its people is replaced.
pub fn write(recorded: Memory, redactor: Option<&Redactor>) -> Result<Vec<u8>, CaptureError> {
    let recorded =
        redactor.map_or_else(|| recorded.clone(), |redactor| redact(&recorded, redactor));
    let log = recorded.kernel_log.clone();
    let mut nodes = recorded.nodes;
    for node in nodes.values_mut() {
        if let Node::Parts { parts, .. } = node {
            *parts = joined(std::mem::take(parts));
        }
    }
    let manifest = Manifest {
        schema: SCHEMA.into(),
        tool: concat!("nvmend ", env!("CARGO_PKG_VERSION")).to_owned(),
        live: recorded.kind == Some(HostKind::Live),
        redacted: redactor.is_some(),
        env: recorded.env,
        kernel_log: log.clone().map(|log| log.map(|log| log.from)),
        driver: recorded.driver,
        commands: recorded.commands.into_iter().collect(),
        digests: recorded.digests.into_iter().collect(),
        nodes,
    };
    let mut archive = tar::Builder::new(Vec::new());
    let text = serde_json::to_vec(&manifest).map_err(io::Error::from)?;
    append(&mut archive, Path::new("manifest.json"), &text)?;
    if let Some(Ok(log)) = log {
        append(&mut archive, Path::new("kernel.log"), &log.text)?;
    }
    for (path, node) in &manifest.nodes {
        let relative = path.strip_prefix("/").unwrap_or(path);
        match node {
            Node::File { content, .. } => {
                append(&mut archive, &Path::new("files").join(relative), content)?
            }
            Node::Parts { parts, .. } => {
                let bytes: Vec<u8> =
                    parts.iter().flat_map(|part| part.bytes.iter().copied()).collect();
                append(&mut archive, &Path::new("parts").join(relative), &bytes)?;
            }
            _ => {}
        }
    }
    let archive = archive.into_inner()?;
    Ok(ruzstd::encoding::compress_to_vec(
        archive.as_slice(),
        ruzstd::encoding::CompressionLevel::Fastest,
    ))
}

fn append(archive: &mut tar::Builder<Vec<u8>>, path: &Path, content: &[u8]) -> io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(content.len() as u64);
    header.set_mode(0o644);
    header.set_cksum();
    archive.append_data(&mut header, path, content)
}

/// Parts in order, overlapping ones made one.
fn joined(mut parts: Vec<Part>) -> Vec<Part> {
    parts.sort_by_key(|part| part.offset);
    let mut whole: Vec<Part> = Vec::new();
    for part in parts {
        match whole.last_mut() {
            Some(last) if part.offset <= last.offset + last.length => {
                let known =
                    usize::try_from(last.offset + last.length - part.offset).unwrap_or(usize::MAX);
                last.bytes.extend_from_slice(part.bytes.get(known..).unwrap_or_default());
                last.length = last.bytes.len() as u64;
            }
            _ => whole.push(part),
        }
    }
    whole
}

/// Reads a capture from its file.
#[allow(clippy::disallowed_methods, reason = "hosts/ is where the real system is known")]
pub fn open(path: &Path) -> Result<Memory, CaptureError> {
    read(io::BufReader::new(std::fs::File::open(path)?))
}

/// Reads a capture.
pub fn read(compressed: impl Read) -> Result<Memory, CaptureError> {
    let not_a_capture = |error: &dyn ToString| CaptureError::NotACapture(error.to_string());
    let plain = ruzstd::decoding::StreamingDecoder::new(compressed)
        .map_err(|error| not_a_capture(&error))?;
    let mut archive = tar::Archive::new(Limited { inner: plain, left: MOST_BYTES });
    let mut entries = archive.entries()?;
    let mut first = entries
        .next()
        .ok_or_else(|| not_a_capture(&"it is empty"))?
        .map_err(|error| not_a_capture(&error))?;
    if first.path()? != Path::new("manifest.json") {
        return Err(not_a_capture(&"it does not start with a manifest"));
    }
    if first.size() > MOST_MANIFEST {
        return Err(CaptureError::TooLarge);
    }
    let mut machine = manifest(&content(&mut first)?)?;
    for entry in entries {
        let mut entry = entry.map_err(damaged)?;
        let path = entry.path()?.into_owned();
        let content = content(&mut entry)?;
        if path == Path::new("kernel.log") {
            if let Some(Ok(log)) = &mut machine.kernel_log {
                log.text = content;
            }
            continue;
        }
        let mut parts = path.components();
        let kind = parts.next().map(|kind| kind.as_os_str().to_owned()).unwrap_or_default();
        let inside = Path::new("/").join(parts.as_path());
        let wrong = || CaptureError::Damaged(format!("unexpected member {}", path.display()));
        match machine.nodes.get_mut(&inside) {
            Some(Node::File { content: slot, .. }) if kind == "files" => *slot = content,
            Some(Node::Parts { parts, .. }) if kind == "parts" => {
                let mut rest = content.as_slice();
                for part in parts {
                    let length = usize::try_from(part.length).unwrap_or(usize::MAX);
                    let (bytes, after) = rest.split_at_checked(length).ok_or_else(wrong)?;
                    part.bytes = bytes.to_vec();
                    rest = after;
                }
            }
            _ => return Err(wrong()),
        }
    }
    let mut plain = archive.into_inner();
    io::copy(&mut plain, &mut io::sink())?;
    // The decoder only computes it (RFC 8878, 3.1.1); a frame that some other program made may have none.
    let frame = &plain.inner.decoder;
    let written = frame.get_checksum_from_data();
    if written.is_some() && written != frame.get_calculated_checksum() {
        return Err(CaptureError::Damaged("its checksum does not fit its content".to_owned()));
    }
    Ok(machine)
}

fn manifest(text: &[u8]) -> Result<Memory, CaptureError> {
    /// Read before the rest, which another schema may have changed.
    #[derive(Deserialize)]
    struct Version {
        schema: u64,
    }
    let version: Version = serde_json::from_slice(text)
        .map_err(|error| CaptureError::NotACapture(error.to_string()))?;
    if version.schema != u64::from(SCHEMA) {
        return Err(CaptureError::UnknownSchema { found: version.schema });
    }
    let manifest: Manifest =
        serde_json::from_slice(text).map_err(|error| CaptureError::Damaged(error.to_string()))?;
    let log = |from| KernelLogText { from, text: Vec::new() };
    Ok(Memory {
        nodes: manifest.nodes,
        env: manifest.env,
        kind: Some(if manifest.live { HostKind::Live } else { HostKind::Tree }),
        kernel_log: manifest.kernel_log.map(|answer| answer.map(log)),
        link_times: BTreeMap::new(),
        driver: manifest.driver,
        commands: manifest.commands.into_iter().collect(),
        digests: manifest.digests.into_iter().collect(),
        elsewhere: Some(Failure::NotCaptured),
    })
}

fn content(entry: &mut impl Read) -> Result<Vec<u8>, CaptureError> {
    let mut content = Vec::new();
    entry.read_to_end(&mut content).map_err(damaged)?;
    Ok(content)
}

fn damaged(error: io::Error) -> CaptureError {
    if error.kind() == io::ErrorKind::FileTooLarge {
        CaptureError::TooLarge
    } else {
        CaptureError::Damaged(error.to_string())
    }
}

/// Stops an archive that unpacks without end.
struct Limited<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.left = self.left.checked_sub(count as u64).ok_or(io::ErrorKind::FileTooLarge)?;
        Ok(count)
    }
}

/// The same machine without what identifies it.
fn redact(recorded: &Memory, redactor: &Redactor) -> Memory {
    let path = |path: &Path| {
        path.to_str().map_or_else(|| path.to_owned(), |text| redactor.path(text).into())
    };
    let nodes = recorded.nodes.iter().map(|(at, node)| {
        let node = match node {
            Node::File { content, modified } => {
                Node::File { content: redactor.file(at, content), modified: *modified }
            }
            Node::Link(target) => Node::Link(path(target)),
            other => other.clone(),
        };
        (path(at), node)
    });
    let mut redacted = recorded.clone();
    redacted.nodes = nodes.collect();
    for value in redacted.env.values_mut() {
        *value = redactor.text(value);
    }
    redacted.commands = std::mem::take(&mut redacted.commands)
        .into_iter()
        .map(|(line, answer)| {
            let line = line.iter().map(|word| redactor.path(word)).collect();
            let answer = answer.map(|Output { end, stdout, stderr }| Output {
                end,
                stdout: redactor.text(&stdout),
                stderr: redactor.text(&stderr),
            });
            (line, answer)
        })
        .collect();
    if let Some(Ok(log)) = &mut redacted.kernel_log {
        log.text = redactor.log(&log.text);
    }
    redacted
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::super::recorder::Recorder;
    use super::*;
    use crate::host::{Command, End, FileKind, Host, Stream};

    /// Asks a machine everything that can be asked, in one text.
    fn interview(host: &dyn Host) -> String {
        let path = Path::new;
        let mut parts = Vec::new();
        if let Ok(file) = host.open(path("/usr/lib/big")) {
            let mut head = [0; 4];
            if Stream::new(file.as_ref()).read_exact(&mut head).is_ok() {
                parts.extend(head);
            }
            let mut tail = [0; 8];
            let count = file.read_at(file.size() - 2, &mut tail).unwrap_or(0);
            parts.extend(&tail[..count]);
        }
        let answers = [
            format!("{:?}", host.read(path("/lib/small"), 100)),
            format!("{:?}", host.read(path("/lib/small"), 2)),
            format!("{:?}", host.read(path("/nothing/here"), 2)),
            format!("{:?}", host.read(path("/secret/file"), 2)),
            format!("{:?}", host.read(path("/usr/lib/fifo"), 2)),
            format!("{:?}", host.list(path("/lib"))),
            format!("{:?}", host.list(path("/secret"))),
            format!("{:?}", host.metadata(path("/lib/small"))),
            format!("{:?}", host.read_link(path("/lib"))),
            format!("{:?}", host.read_link(path("/usr/lib/small"))),
            format!("{:?}", host.env("LD_LIBRARY_PATH")),
            format!("{:?}", host.kernel_log()),
            format!("{:?} {parts:?}", host.query_driver()),
            format!("{:?}", host.run(&Command::new("/bin/rpm", ["-qa"], Duration::ZERO))),
        ];
        answers.join("\n")
    }

    fn machine() -> Memory {
        let mut machine = Memory::default()
            .link("/lib", "usr/lib")
            .file("/usr/lib/small", "text")
            .file("/usr/lib/big", vec![7; 100_000])
            .file("/usr/lib/unasked", "x")
            .denied("/secret")
            .file("/var/log/kern.log", "Linux version 6")
            .env("LD_LIBRARY_PATH", "/opt")
            .driver_answers("535.1.2")
            .answers(
                "/bin/rpm",
                &["-qa"],
                Output { end: End::Status(1), stdout: "bash".into(), stderr: "warning".into() },
            );
        let why = Failure::WrongKind;
        let fifo = Node::Unread { kind: FileKind::Other, size: 0, modified: 0, why };
        machine.insert("/usr/lib/fifo", fifo);
        machine
    }

    fn record() -> (String, Memory) {
        let recorder = Recorder::new(Arc::new(machine()));
        let said = interview(&recorder);
        (said, recorder.recorded())
    }

    #[test]
    fn a_capture_answers_as_the_machine_did() {
        let (said, recorded) = record();
        assert_eq!(said, interview(&machine()), "the recorder changes no answer");
        let archive = write(recorded, None).unwrap();
        let replayed = read(archive.as_slice()).unwrap();
        assert_eq!(interview(&replayed), said);
        let unasked = replayed.read(Path::new("/usr/lib/unasked"), 10).unwrap_err();
        assert_eq!(unasked.why, Failure::NotCaptured, "what was not read is not taken for absent");
    }

    #[test]
    fn large_files_are_kept_as_the_parts_that_were_read() {
        let (_, recorded) = record();
        let big = recorded.nodes.get(Path::new("/usr/lib/big"));
        let Some(Node::Parts { size: 100_000, parts, .. }) = big else { panic!("{big:?}") };
        assert!(parts.iter().map(|part| part.length).sum::<u64>() < 100, "{parts:?}");
    }

    #[test]
    fn damaged_captures_are_errors() {
        let archive = write(record().1, None).unwrap();
        for length in 0..archive.len() {
            assert!(read(&archive[..length]).is_err(), "cut to {length} bytes");
        }
        // Nearly all of it is content, where nothing else would show that it was altered. A few bits mean nothing.
        let whole = read(archive.as_slice()).unwrap().describe();
        for at in 0..archive.len() {
            let mut altered = archive.clone();
            altered[at] ^= 0x10;
            let found = read(altered.as_slice()).map(|machine| machine.describe());
            assert!(found.is_err() || found.unwrap() == whole, "byte {at} altered");
        }
        assert!(matches!(read(&b"no capture at all"[..]), Err(CaptureError::NotACapture(_))));
    }

    fn read_manifest(manifest: &[u8]) -> Result<Memory, CaptureError> {
        let mut archive = tar::Builder::new(Vec::new());
        append(&mut archive, Path::new("manifest.json"), manifest).unwrap();
        let plain = archive.into_inner().unwrap();
        let level = ruzstd::encoding::CompressionLevel::Fastest;
        read(ruzstd::encoding::compress_to_vec(plain.as_slice(), level).as_slice())
    }

    #[test]
    fn a_later_schema_is_named() {
        let found = read_manifest(br#"{"schema": 9, "else": []}"#);
        assert!(matches!(found, Err(CaptureError::UnknownSchema { found: 9 })));
    }

    #[test]
    fn a_manifest_that_takes_much_more_memory_than_its_file_is_refused() {
        let words = r#""","#.repeat(usize::try_from(MOST_MANIFEST).unwrap() / 3);
        let manifest = format!(
            r#"{{"schema":1,"tool":"","live":true,"redacted":true,"env":{{}},"kernel_log":null,"driver":null,
                "nodes":{{}},"commands":[[[{words}""],{{"Err":"busy"}}]]}}"#
        );
        assert!(matches!(read_manifest(manifest.as_bytes()), Err(CaptureError::TooLarge)));
    }
}

//! `nvmend capture`: writes what a check reads, without names and addresses, for a diagnosis elsewhere.

use std::fs::OpenOptions;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ArgMatches;
use nvmend::host::Host;
use nvmend::hosts::capture;
use nvmend::hosts::recorder::Recorder;
use nvmend::probe::{DEADLINE, probe, probe_deep};
use nvmend::redact::Redactor;
use nvmend::words::Words;

use crate::exit::{Failure, Status};
use crate::source;
use crate::ui::Ui;

const DEFAULT_FILE: &str = "nvmend-capture.tar.zst";

/// Reads the machine once and keeps what was read.
pub fn run(matches: &ArgMatches, words: &Words, ui: &Ui) -> Result<Status, Failure> {
    let file = matches.get_one::<PathBuf>("output").cloned().unwrap_or_else(|| DEFAULT_FILE.into());
    let to_stdout = file == Path::new("-");
    if to_stdout && io::stdout().is_terminal() {
        return Err(Failure::usage(words.cli("error-capture-to-terminal", &[])));
    }
    let host = source::open(matches, words)?;
    let redactor = Redactor::of(host.as_ref());
    let recorder = Arc::new(Recorder::new(host));
    let recorded = Arc::clone(&recorder) as Arc<dyn Host>;
    let mut facts = probe(&recorded, DEADLINE);
    if matches.get_flag("deep") {
        source::refuse_deep(matches, words)?;
        probe_deep(&recorded, &mut facts);
    }
    let archive = capture::write(recorder.recorded(), Some(&redactor))
        .map_err(|error| Failure::undetermined(error.to_string()))?;
    if to_stdout {
        ui.print(archive);
        return Ok(Status::Fine);
    }
    write_new(&file, &archive, words)?;
    let args =
        [("file", file.display().to_string()), ("size", (archive.len() / 1024).max(1).to_string())];
    if !ui.quiet {
        ui.note(&words.cli("capture-written", &args));
    }
    Ok(Status::Fine)
}

/// Writes a new file. Only its owner may read it: what it holds may say more of a machine than its owner would.
pub(super) fn write_new(file: &Path, content: &[u8], words: &Words) -> Result<(), Failure> {
    let write = || {
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?.write_all(content)
    };
    write().map_err(|error| failed(file, &error, words))
}

fn failed(file: &Path, error: &io::Error, words: &Words) -> Failure {
    let path = ("path", file.display().to_string());
    if error.kind() == ErrorKind::AlreadyExists {
        return Failure::usage(words.cli("error-file-exists", &[path]))
            .hint(words.cli("hint-file-exists", &[]));
    }
    Failure::usage(words.cli("error-file-write", &[path, ("why", error.to_string())]))
}

//! modprobe's configuration: its directories, and the kernel command line.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::facts::{ConfigLine, Datum, Gap};
use crate::host::{Failure, Host, read_text};
use crate::parse::modprobe_conf;

/// The directories in modprobe's order (`modprobe.d(5)`): a file hides those of the same name in later ones.
const DIRECTORIES: [&str; 5] = [
    "/etc/modprobe.d",
    "/run/modprobe.d",
    "/usr/local/lib/modprobe.d",
    "/usr/lib/modprobe.d",
    "/lib/modprobe.d",
];

/// More files than any machine has; a directory with more is not read to its end.
const FILES: usize = 2_000;

/// The lines about the driver: of all files, sorted by the files' names whatever their directories, then of the
/// kernel command line.
pub(super) fn read(
    host: &dyn Host,
    command_line: &Datum<String>,
    gaps: &mut Vec<Gap>,
) -> Vec<ConfigLine> {
    let mut files: BTreeMap<String, PathBuf> = BTreeMap::new();
    for directory in DIRECTORIES.map(Path::new) {
        match host.list(directory) {
            Ok(entries) => {
                // kmod takes these two endings (`libkmod-config.c`).
                let named = entries.into_iter().map(|entry| entry.name);
                let named =
                    named.filter(|name| name.ends_with(".conf") || name.ends_with(".alias"));
                for name in named.filter(|name| !name.starts_with('.')).take(FILES) {
                    let path = directory.join(&name);
                    files.entry(name).or_insert(path);
                }
            }
            Err(error) if error.is_absent() => {}
            Err(error) => gaps.push(Gap::from(&error)),
        }
    }
    let mut lines = Vec::new();
    for path in files.values() {
        match read_text(host, path) {
            Ok(text) => lines.extend(modprobe_conf::parse(&text, path)),
            // A dangling link (Debian's alternatives), or one to /dev/null that hides a later file.
            Err(error) if error.is_absent() || error.why == Failure::WrongKind => {}
            Err(error) => gaps.push(Gap::new(path, &error.why)),
        }
    }
    if let Some((text, from)) = command_line.sourced() {
        lines.extend(modprobe_conf::parse_command_line(text, from));
    }
    lines
}

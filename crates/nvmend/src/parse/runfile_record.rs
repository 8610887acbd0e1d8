//! The record by which NVIDIA's `.run` installer takes an installation back: `/var/lib/nvidia/log`. Two lines, version and
//! description, then entries of two or three lines (NVIDIA/nvidia-installer, `backup.c`, `backup.h`):
//!
//! ```text
//! 1: FILE              installed
//! CHECKSUM
//! 0: LINK              installed
//! TARGET
//! 2: LINK              stood there before
//! TARGET
//! MODE UID GID
//! 100: FILE            stood there before; now /var/lib/nvidia/100, and so on
//! CHECKSUM MODE UID GID
//! ```

use std::path::{Component, Path, PathBuf};

use crate::facts::{RunfileContent, RunfileEntry, RunfileRecord};

/// A driver has some 500 entries, with the sources of its modules.
const MOST_ENTRIES: usize = 20_000;
/// The first number of a former file.
const KEPT: u32 = 100;

/// Reads the record, and the list of directories beside it.
pub fn parse(log: &[u8], directories: &[u8]) -> RunfileRecord {
    let text = String::from_utf8_lossy(log);
    let mut lines = text.lines().enumerate().map(|(number, line)| (number + 1, line));
    let mut record = RunfileRecord {
        version: lines.next().map(|(_, line)| line.trim().to_owned()).unwrap_or_default(),
        directories: parse_directories(directories),
        ..RunfileRecord::default()
    };
    lines.next();
    while let Some((number, line)) = lines.next() {
        let whole = record.installed.len() + record.former.len() < MOST_ENTRIES;
        let next = || lines.next().map(|(_, line)| line);
        match entry(line, next).filter(|_| whole) {
            Some((entry, true)) => record.installed.push(entry),
            Some((entry, false)) => record.former.push(entry),
            None => {
                record.damaged = Some(number);
                break;
            }
        }
    }
    record
}

/// An entry, and whether it was installed; `None` where it makes no sense.
fn entry<'t>(
    first: &str,
    mut next: impl FnMut() -> Option<&'t str>,
) -> Option<(RunfileEntry, bool)> {
    let (number, path) = first.split_once(':')?;
    let number: u32 = number.parse().ok()?;
    let path = sound(path.trim_start())?;
    let second = next()?;
    let link = || {
        let is_target = !second.is_empty() && !second.contains(char::is_control);
        is_target.then(|| RunfileContent::Link { target: PathBuf::from(second) })
    };
    let what = match number {
        0 => link()?,
        1 => RunfileContent::File { crc: second.split(' ').next()?.parse().ok()? },
        2 => {
            let link = link()?;
            is_mode(next()?.split(' ')).then_some(link)?
        }
        KEPT.. => {
            let mut words = second.split(' ');
            words.next()?.parse::<u32>().ok()?;
            is_mode(words).then_some(RunfileContent::Kept { number })?
        }
        _ => return None,
    };
    Some((RunfileEntry { path, what }, number < 2))
}

/// `MODE UID GID`, the first of which is octal.
fn is_mode<'t>(words: impl Iterator<Item = &'t str>) -> bool {
    let words: Vec<&str> = words.collect();
    match words[..] {
        [mode, uid, gid] => {
            let is_number = |word: &str| word.parse::<u32>().is_ok();
            u32::from_str_radix(mode, 8).is_ok() && is_number(uid) && is_number(gid)
        }
        _ => false,
    }
}

/// A path that says plainly where it leads: whoever follows the record must not be led elsewhere.
fn sound(path: &str) -> Option<PathBuf> {
    const LONGEST: usize = 4096;
    let is_plain = |part| matches!(part, Component::RootDir | Component::Normal(_));
    let is_sound = path.len() < LONGEST
        && Path::new(path).is_absolute()
        && Path::new(path).file_name().is_some()
        && Path::new(path).components().all(is_plain)
        && !path.contains(char::is_control);
    is_sound.then(|| PathBuf::from(path))
}

fn parse_directories(text: &[u8]) -> Vec<PathBuf> {
    let text = String::from_utf8_lossy(text);
    text.lines().filter_map(sound).take(MOST_ENTRIES).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LOG: &str = "550.54.14\nNVIDIA Accelerated Graphics Driver for Linux-x86_64\n\
        100: /usr/lib/x86_64-linux-gnu/libcuda.so.535.183.01\n3735928559 100644 0 0\n\
        2: /usr/lib/x86_64-linux-gnu/libcuda.so.1\nlibcuda.so.535.183.01\n120777 0 0\n\
        1: /usr/lib/x86_64-linux-gnu/libcuda.so.550.54.14\n2166136261\n\
        0: /usr/lib/x86_64-linux-gnu/libcuda.so.1\nlibcuda.so.550.54.14\n";

    fn entry(path: &str, what: RunfileContent) -> RunfileEntry {
        RunfileEntry { path: Path::new("/usr/lib/x86_64-linux-gnu").join(path), what }
    }

    fn link(target: &str) -> RunfileContent {
        RunfileContent::Link { target: target.into() }
    }

    #[test]
    fn reads_what_was_installed_and_what_was_there() {
        let record = parse(LOG.as_bytes(), b"/var/lib/nvidia\n/usr/share/nvidia\n");
        assert_eq!((record.version.as_str(), record.damaged), ("550.54.14", None));
        let installed = [
            entry("libcuda.so.550.54.14", RunfileContent::File { crc: 2_166_136_261 }),
            entry("libcuda.so.1", link("libcuda.so.550.54.14")),
        ];
        assert_eq!(record.installed, installed);
        let former = [
            entry("libcuda.so.535.183.01", RunfileContent::Kept { number: 100 }),
            entry("libcuda.so.1", link("libcuda.so.535.183.01")),
        ];
        assert_eq!(record.former, former);
        assert_eq!(record.directories, ["/var/lib/nvidia", "/usr/share/nvidia"].map(PathBuf::from));
    }

    #[test]
    fn what_makes_no_sense_ends_it() {
        for bad in [
            "1 /usr/bin/x\n1\n",
            "x: /usr/bin/x\n1\n",
            "1: usr/bin/x\n1\n",
            "1: /usr/bin/../../etc/passwd\n1\n",
            "1: /\n1\n",
            "1: /usr/bin/\u{1b}x\n1\n",
            "1: /usr/bin/x\nnone\n",
            "0: /usr/bin/x\n\n",
            "2: /usr/bin/x\nx\n",
            "2: /usr/bin/x\nx\n999 0 0\n",
            "3: /usr/bin/x\nx\n",
            "100: /usr/bin/x\n1 0644 0\n",
            "4294967296: /usr/bin/x\n1 0644 0 0\n",
        ] {
            let record = parse(format!("{LOG}{bad}1: /usr/bin/y\n1\n").as_bytes(), b"");
            assert_eq!(record.damaged, Some(12), "{bad:?}");
            assert_eq!((record.installed.len(), record.former.len()), (2, 2), "{bad:?}");
        }
    }

    #[test]
    fn garbage_and_what_was_cut_short_is_no_more_than_it_says() {
        assert_eq!(parse(b"", b""), RunfileRecord::default());
        assert_eq!(parse(&[0xff; 4096], &[0; 64]).installed, []);
        for end in 0..LOG.len() {
            let record = parse(&LOG.as_bytes()[..end], &LOG.as_bytes()[..end]);
            assert!(record.installed.len() + record.former.len() <= 4);
        }
        let endless = format!("550.54.14\n\n{}", "1: /x\n1\n".repeat(MOST_ENTRIES + 5));
        let record = parse(endless.as_bytes(), "/x\n".repeat(MOST_ENTRIES + 5).as_bytes());
        assert_eq!(record.installed.len(), MOST_ENTRIES);
        assert_eq!(record.directories.len(), MOST_ENTRIES);
        assert_eq!(record.damaged, Some(2 * MOST_ENTRIES + 3));
    }

    proptest! {
        #[test]
        fn names_only_sound_paths(
            bytes in proptest::collection::vec(any::<u8>(), 0..200),
            lines in "([0-3]|100): [ -~]{0,12}\n[ -~]{0,12}\n",
            cut in 0_usize..LOG.len(),
        ) {
            let torn = [&LOG.as_bytes()[..cut], lines.as_bytes(), &bytes].concat();
            let record = parse(&torn, &torn);
            for entry in record.installed.iter().chain(&record.former) {
                prop_assert!(entry.path.is_absolute() && !entry.path.to_string_lossy().contains("/../"));
            }
        }
    }
}

//! Takes out of a capture what identifies a machine or its people: user and host names, UUIDs, serial numbers,
//! network addresses.
//!
//! Each rule works only where such a thing can stand, so that no fact is harmed: a host that is called `nvidia`
//! must not lose its driver. What is replaced is replaced by the same text everywhere in one capture.

use std::path::Path;

use crate::host::{FileKind, Host, read_text};
use crate::parse::{cpio, initramfs};

/// What to replace.
#[derive(Clone, Debug, Default)]
pub struct Redactor {
    users: Vec<String>,
    hosts: Vec<String>,
}

impl Redactor {
    /// Learns the names from the machine: its users' home directories and its host name.
    pub fn of(host: &dyn Host) -> Self {
        let home = host.list(Path::new("/home")).unwrap_or_default();
        let users = home
            .into_iter()
            .filter(|entry| entry.kind != FileKind::File)
            .map(|entry| entry.name)
            .collect();
        let mut hosts = Vec::new();
        for path in ["/proc/sys/kernel/hostname", "/etc/hostname"] {
            let name = read_text(host, path).unwrap_or_default();
            let full = name.trim();
            let short = full.split('.').next().unwrap_or_default();
            hosts.extend(
                [full, short].into_iter().filter(|name| is_telling(name)).map(str::to_owned),
            );
        }
        hosts.dedup();
        Self { users, hosts }
    }

    /// A path: the user of `/home/USER`.
    pub fn path(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find("/home/") {
            let (before, after) = rest.split_at(at + "/home/".len());
            out.push_str(before);
            let end = after.find(|c: char| !is_name(c)).unwrap_or(after.len());
            let (user, tail) = after.split_at(end);
            match self.users.iter().position(|known| known == user) {
                Some(index) => out.push_str(&format!("user{}", index + 1)),
                None if user.is_empty() => {}
                None => out.push_str("user"),
            }
            rest = tail;
        }
        out.push_str(rest);
        out
    }

    /// Text of a file or a variable: home directories, UUIDs, network addresses.
    pub fn text(&self, text: &str) -> String {
        words(&self.path(text), |word| {
            if is_uuid(word) {
                Some("00000000-0000-0000-0000-000000000000".to_owned())
            } else if is_mac_address(word) {
                Some("00:00:00:00:00:00".to_owned())
            } else {
                None
            }
        })
    }

    /// The kernel log or a log file: all of it, host names, IP addresses and serial numbers too.
    pub fn log(&self, text: &[u8]) -> Vec<u8> {
        let text = self.text(&String::from_utf8_lossy(text));
        let mut serial_next = false;
        let text = words(&text, |word| {
            let is_serial = std::mem::replace(&mut serial_next, names_a_serial(word));
            if is_serial {
                Some("SERIAL".to_owned())
            } else if self.hosts.iter().any(|host| host == word) {
                Some("host".to_owned())
            } else if is_ip_address(word) {
                Some("0.0.0.0".to_owned())
            } else {
                None
            }
        });
        text.into_bytes()
    }

    /// The content of a captured file. Binary files (ELF, databases, caches) stay as they are: they hold the
    /// distribution's data, and their layout is evidence.
    pub fn file(&self, path: &Path, content: &[u8]) -> Vec<u8> {
        if path.starts_with("/proc") && path.ends_with("environ") {
            // Programs' environments hold secrets; only what kind of container this is, is evidence.
            let kept = content
                .split_inclusive(|byte| *byte == 0)
                .filter(|entry| entry.starts_with(b"container="));
            return kept.flatten().copied().collect();
        }
        if path.starts_with("/proc")
            && path.ends_with("cmdline")
            && path != Path::new("/proc/cmdline")
        {
            // Command lines hold secrets; the program's name is enough.
            return content.split_inclusive(|byte| *byte == 0).next().unwrap_or_default().to_vec();
        }
        if cpio::is_archive(content) {
            // The extract of an initramfs: sizes stand before each file, so each is redacted by itself.
            let Ok((files, release)) = initramfs::contents(content) else { return Vec::new() };
            let release =
                release.map(|release| (initramfs::RELEASE.to_owned(), release.into_bytes()));
            let files: Vec<initramfs::File> = files
                .into_iter()
                .chain(release)
                .map(|(path, content)| match std::str::from_utf8(&content) {
                    Ok(text) => (path, self.text(text).into_bytes()),
                    Err(_) => (path, content),
                })
                .collect();
            let files = files.iter().map(|(path, content)| (path.as_str(), content.as_slice()));
            return cpio::write(files);
        }
        let Ok(text) = std::str::from_utf8(content) else { return content.to_vec() };
        if path.starts_with("/var/log") {
            return self.log(content);
        }
        if path == Path::new("/proc/sys/kernel/hostname") || path == Path::new("/etc/hostname") {
            return b"host\n".to_vec();
        }
        self.text(text).into_bytes()
    }
}

/// Whether a host name identifies anything, and is no word that the driver's own messages use.
fn is_telling(name: &str) -> bool {
    const WORDS: [&str; 8] =
        ["nvidia", "nouveau", "kernel", "linux", "module", "localhost", "gpu", "host"];
    name.len() > 1 && !WORDS.contains(&name.to_ascii_lowercase().as_str())
}

/// A character of a user name.
fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '@')
}

/// Replaces words; a word is a run of letters, digits and `-.:_`, without `.` and `:` at its end.
fn words(text: &str, mut replace: impl FnMut(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let start = rest.find(is_word).unwrap_or(rest.len());
        let (between, after) = rest.split_at(start);
        out.push_str(between);
        let end = after.find(|c| !is_word(c)).unwrap_or(after.len());
        let (run, tail) = after.split_at(end);
        let word = run.trim_end_matches(['.', ':']);
        // Words behind a prefix: `UUID=…` is split at the sign, `GPU-8932f937-…` here.
        let (prefix, bare) = match word.strip_prefix("GPU-").or_else(|| word.strip_prefix("MIG-")) {
            Some(bare) => word.split_at(word.len() - bare.len()),
            None => ("", word),
        };
        match replace(bare) {
            Some(new) => {
                out.push_str(prefix);
                out.push_str(&new);
            }
            None => out.push_str(word),
        }
        out.push_str(&run[word.len()..]);
        rest = tail;
    }
    out
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | ':' | '_')
}

fn is_uuid(word: &str) -> bool {
    let lengths = [8, 4, 4, 4, 12];
    let mut groups = word.split('-');
    let fits =
        lengths.iter().all(|length| groups.next().is_some_and(|group| is_hex(group, *length)));
    fits && groups.next().is_none()
}

fn is_mac_address(word: &str) -> bool {
    word.split(':').count() == 6 && word.split(':').all(|group| is_hex(group, 2))
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_ip_address(word: &str) -> bool {
    let address = word.rsplit_once(':').map_or(word, |(address, _port)| address);
    address.parse::<std::net::Ipv4Addr>().is_ok()
        || (word.matches(':').count() > 1
            && word.parse::<std::net::Ipv6Addr>().is_ok()
            && word != "::")
}

fn names_a_serial(word: &str) -> bool {
    word.eq_ignore_ascii_case("SerialNumber")
        || word.eq_ignore_ascii_case("serial")
        || word.eq_ignore_ascii_case("S/N")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hosts::memory::Memory;

    fn redactor() -> Redactor {
        let host = Memory::default()
            .dir("/home/alice")
            .dir("/home/bob.smith")
            .file("/etc/hostname", "nvidia.example.org\n");
        Redactor::of(&host)
    }

    #[test]
    fn users_are_numbered_and_unknown_ones_hidden() {
        let redactor = redactor();
        assert_eq!(redactor.path("/home/alice/conda/lib"), "/home/user1/conda/lib");
        assert_eq!(redactor.path("/a:/home/bob.smith:/home/eve/x"), "/a:/home/user2:/home/user/x");
    }

    #[test]
    fn identifiers_go_and_facts_stay() {
        let redactor = redactor();
        let line = "root=UUID=0f1e2d3c-aaaa-bbbb-cccc-0123456789ab nvidia-drm.modeset=1 GPU-8932f937-d72c-4106-c12f-20bd9faed9f6";
        let text = redactor.text(line);
        assert!(
            text.contains("root=UUID=00000000-0000-0000-0000-000000000000 nvidia-drm.modeset=1"),
            "{text}"
        );
        assert!(text.contains("GPU-00000000-"), "{text}");
        assert_eq!(
            redactor.text("nvidia 535.261.03 on 0000:01:00.0"),
            "nvidia 535.261.03 on 0000:01:00.0"
        );
    }

    #[test]
    fn logs_lose_host_addresses_and_serials_but_not_the_driver() {
        let redactor = redactor();
        let log = redactor.log(
            b"Nov 1 nvidia.example.org kernel: nvidia: NVRM: loading NVIDIA UNIX 610.43.02.01\nusb: SerialNumber: ABC123\neth0 aa:bb:cc:dd:ee:ff 192.168.1.7\n",
        );
        let log = String::from_utf8(log).unwrap();
        assert_eq!(
            log,
            "Nov 1 host kernel: nvidia: NVRM: loading NVIDIA UNIX 610.43.02.01\nusb: SerialNumber: SERIAL\neth0 00:00:00:00:00:00 0.0.0.0\n"
        );
    }

    #[test]
    fn secrets_of_processes_are_dropped() {
        let redactor = redactor();
        let environ = redactor.file(Path::new("/proc/1/environ"), b"TOKEN=x\0container=docker\0");
        assert_eq!(environ, b"container=docker\0");
        assert_eq!(
            redactor.file(Path::new("/proc/9/cmdline"), b"python\0--password=x\0"),
            b"python\0"
        );
        assert_eq!(redactor.file(Path::new("/proc/cmdline"), b"quiet splash"), b"quiet splash");
        let before = cpio::write([("etc/a", b"/home/alice/x".as_slice()), (".uname", b"6.1.0")]);
        let after = cpio::write([("etc/a", b"/home/user1/x".as_slice()), (".uname", b"6.1.0")]);
        assert_eq!(redactor.file(Path::new("/boot/initrd.img-6.1.0"), &before), after);
    }
}

//! The packages that are installed: rpm's database and headers, dpkg's and pacman's files, what is held back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nvmend::parse::rpm_header::RpmHeader;
use nvmend::parse::sqlite::{Database, Value};
use nvmend::parse::{apt_release, dpkg, package_locks, pacman, rpm_query};
use nvmend_fuzz::{Bytes, share, within};

fuzz_target!(|input: &[u8]| {
    within(share(input), || {
        if input.starts_with(b"SQLite format 3\0") {
            database(input);
        } else {
            header(input);
            files(input);
        }
    });
});

fn database(input: &[u8]) {
    let file = Bytes(input);
    let Ok(database) = Database::open(&file) else { return };
    let mut numbers = Vec::new();
    let _ = database.scan("Name", |_, row| {
        if let [Value::Text(_), Value::Integer(number), ..] = row {
            numbers.push(*number);
        }
    });
    for number in numbers.into_iter().take(8) {
        let _ = database.row("Packages", number, 32 << 20, |row| {
            if let [_, Value::Blob(bytes), ..] = row {
                header(bytes);
            }
        });
    }
    for name in [&b"libcuda.so.1"[..], b"README"] {
        for row in database.find("Basenames_key_idx", name).unwrap_or_default() {
            let _ = database.row("Basenames", row, 4096, |row| row.len());
        }
    }
}

fn header(bytes: &[u8]) {
    let Ok(header) = RpmHeader::parse(bytes) else { return };
    let _ = header.package();
    let _ = header.installed_at();
    let _ = header.files().count();
    for position in [0, 1, u32::MAX] {
        let _ = header.file(position);
    }
}

fn files(input: &[u8]) {
    let _ = dpkg::check(input);
    for paragraph in dpkg::paragraphs(input) {
        let _ = paragraph.field("Version");
        let _ = paragraph.status().map(|status| status.has_files());
    }
    let _ = dpkg::paths(input).count();
    let _ = dpkg::md5sums(input).count();
    let _ = dpkg::diversions(input).count();
    let _ = dpkg::lists_below(input, "/usr/lib");
    let _ = pacman::parse_desc(input);
    let _ = apt_release::parse(input);
    let text = String::from_utf8_lossy(input);
    let _ = pacman::name_of_directory(&text);
    let _ = rpm_query::packages(&text).count();
    let _ = rpm_query::files(&text).count();
    let _ = package_locks::versionlock_list(&text).hold("nvidia-driver", "3:550.54-1", "x86_64");
    let _ = package_locks::zypp_locks(&text).hold("nvidia-driver", "3:550.54-1", "x86_64");
    if let Ok(locks) = package_locks::versionlock_toml(&text) {
        let _ = locks.hold("nvidia-driver", "3:550.54-1", "x86_64");
    }
}

//! Mount tables: `/proc/<pid>/mountinfo` and `/proc/mounts` (`proc(5)`, `fstab(5)`).

/// One line of a mount table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// What is mounted, as a path within its own file system; `/proc/mounts` does not say it.
    pub root: Option<String>,
    /// Where it is mounted.
    pub point: String,
}

/// The mounts of a table of either kind, with the octal escapes of blanks and backslashes undone. Lines that don't look
/// like one are left out.
pub fn parse(table: &str) -> impl Iterator<Item = Mount> {
    table.lines().filter_map(|line| {
        let mut fields = line.split(' ');
        // mountinfo begins with two numbers and `major:minor`, then has root and mount point; mounts has the point second.
        let first = fields.next()?;
        let is_mountinfo = first.bytes().all(|byte| byte.is_ascii_digit());
        let root = if is_mountinfo { Some(fields.nth(2)?) } else { None };
        let point = fields.next()?;
        point.starts_with('/').then(|| Mount { root: root.map(unescape), point: unescape(point) })
    })
}

fn unescape(text: &str) -> String {
    let mut plain = text.to_owned();
    // The backslash last, or it would make new escapes.
    for (escaped, character) in [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")]
    {
        if plain.contains(escaped) {
            plain = plain.replace(escaped, character);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_both_tables() {
        let mountinfo = "2206 2190 0:27 /usr/lib/libcuda.so.535 /usr/lib/x86_64-linux-gnu/libcuda.so.535.261.03 ro,nosuid - overlay /dev/vda1 rw\n\
            36 35 98:0 /mnt1 /mnt\\0402 rw,noatime master:1 - ext3 /dev/root rw\nnonsense\n";
        let mount = |root: Option<&str>, point: &str| Mount {
            root: root.map(str::to_owned),
            point: point.to_owned(),
        };
        let library = "/usr/lib/x86_64-linux-gnu/libcuda.so.535.261.03";
        assert_eq!(
            parse(mountinfo).collect::<Vec<_>>(),
            [mount(Some("/usr/lib/libcuda.so.535"), library), mount(Some("/mnt1"), "/mnt 2")]
        );
        let mounts = "overlay / overlay rw 0 0\n/dev/sda1 /boot ext4 rw 0 0\n";
        assert_eq!(parse(mounts).collect::<Vec<_>>(), [mount(None, "/"), mount(None, "/boot")]);
    }

    proptest! {
        #[test]
        fn survives_any_text(text: String) {
            let _ = parse(&text).count();
        }
    }
}

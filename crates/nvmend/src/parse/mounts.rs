//! Mount tables: `/proc/<pid>/mountinfo` and `/proc/mounts` (`proc(5)`, `fstab(5)`).

/// The mount points of a table of either kind, with the octal escapes of blanks and backslashes undone. Lines that
/// don't look like one are left out.
pub fn points(table: &str) -> impl Iterator<Item = String> {
    table.lines().filter_map(|line| {
        let mut fields = line.split(' ');
        // mountinfo begins with two numbers and `major:minor`, and has the mount point fifth; mounts has it second.
        let first = fields.next()?;
        let is_mountinfo = first.bytes().all(|byte| byte.is_ascii_digit());
        let point = fields.nth(if is_mountinfo { 3 } else { 0 })?;
        point.starts_with('/').then(|| unescape(point))
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
        let found: Vec<String> = points(mountinfo).collect();
        assert_eq!(found, ["/usr/lib/x86_64-linux-gnu/libcuda.so.535.261.03", "/mnt 2"]);
        let mounts = "overlay / overlay rw 0 0\n/dev/sda1 /boot ext4 rw 0 0\n";
        assert_eq!(points(mounts).collect::<Vec<_>>(), ["/", "/boot"]);
    }

    proptest! {
        #[test]
        fn survives_any_text(text: String) {
            let _ = points(&text).count();
        }
    }
}

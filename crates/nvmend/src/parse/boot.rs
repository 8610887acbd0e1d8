//! Configuration of boot loaders, as far as it says which kernel comes next: GRUB, systemd-boot, and the entries of
//! the Boot Loader Specification (uapi-group.org/specifications/specs/boot_loader_specification).

use super::glob;
use super::os_release::unquote;

/// The value of a shell variable in a file such as `/etc/default/grub`, with its line, counted from 1. The last
/// assignment counts.
pub fn shell_value(text: &str, name: &str) -> Option<(usize, String)> {
    let assigned = text.lines().enumerate().filter_map(|(index, line)| {
        let value = line.trim().strip_prefix(name)?.strip_prefix('=')?;
        Some((index.saturating_add(1), unquote(value)))
    });
    assigned.last()
}

/// A variable of GRUB's environment block (`grubenv`): plain `name=value` lines, filled up with `#`.
pub fn grub_variable<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    text.lines()
        .filter_map(|line| line.strip_prefix(name)?.strip_prefix('='))
        .next_back()
        .filter(|value| !value.is_empty())
}

/// The id by which GRUB's generated menu (`grub.cfg`) calls the entry of a kernel, with its submenu's before it:
/// `gnulinux-advanced-UUID>gnulinux-6.1.0-47-amd64-advanced-UUID` (GRUB, `10_linux.in`).
pub fn grub_entry(menu: &str, release: &str) -> Option<String> {
    let id = |line: &str| {
        let (_, rest) = line.split_once("$menuentry_id_option '")?;
        Some(rest.split_once('\'')?.0.to_owned())
    };
    let wanted = format!("gnulinux-{release}-advanced-");
    let mut submenu = None;
    for line in menu.lines() {
        let line = line.trim_start();
        if line.starts_with("submenu ") {
            submenu = id(line);
        } else if line.starts_with("menuentry ")
            && let Some(id) = id(line).filter(|id| id.starts_with(&wanted))
        {
            return Some(submenu.map_or_else(|| id.clone(), |submenu| format!("{submenu}>{id}")));
        }
    }
    None
}

/// The value of a key in `loader.conf` or in an entry: `key value`.
pub fn setting<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    text.lines()
        .filter_map(|line| line.trim().split_once([' ', '\t']))
        .filter(|(name, _)| *name == key)
        .map(|(_, value)| value.trim())
        .next_back()
}

/// Whether an entry's id fits a pattern of `loader.conf`; `.conf` may stand at the end of either.
pub fn fits(pattern: &str, id: &str) -> bool {
    glob::matches(bare(pattern), bare(id))
}

fn bare(id: &str) -> &str {
    id.strip_suffix(".conf").unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_grub() {
        let text = "# GRUB_DEFAULT=1\nGRUB_DEFAULT=0\nGRUB_TIMEOUT=5\nGRUB_DEFAULT=\"saved\"\n";
        assert_eq!(shell_value(text, "GRUB_DEFAULT"), Some((4, "saved".to_owned())));
        assert_eq!(shell_value(text, "GRUB"), None);
        let block =
            "# GRUB Environment Block\nsaved_entry=gnulinux-6.1.0-47-amd64\nnext_entry=\n####";
        assert_eq!(grub_variable(block, "saved_entry"), Some("gnulinux-6.1.0-47-amd64"));
        assert_eq!(grub_variable(block, "next_entry"), None);
    }

    #[test]
    fn finds_a_kernels_entry_in_grubs_menu() {
        let menu = "menuentry 'Debian' --class os $menuentry_id_option 'gnulinux-simple-1' {\n}\n\
            submenu 'Advanced' $menuentry_id_option 'gnulinux-advanced-1' {\n\
            \tmenuentry 'Debian, with Linux 6.1.0-47' $menuentry_id_option 'gnulinux-6.1.0-47-advanced-1' {\n";
        let entry = grub_entry(menu, "6.1.0-47");
        assert_eq!(entry.as_deref(), Some("gnulinux-advanced-1>gnulinux-6.1.0-47-advanced-1"));
        assert_eq!(grub_entry(menu, "6.1.0-4"), None);
        assert_eq!(grub_entry("menuentry 'x' $menuentry_id_option 'gnulinux", "6"), None);
    }

    #[test]
    fn reads_loader_entries() {
        let entry = "title      Debian\nversion    6.1.0-47-amd64\nlinux      /debian/6.1.0-47-amd64/linux\n";
        assert_eq!(setting(entry, "version"), Some("6.1.0-47-amd64"));
        assert_eq!(setting(entry, "vers"), None);
    }

    #[test]
    fn matches_patterns() {
        assert!(fits("debian-*", "debian-6.1.0-47-amd64.conf"));
        assert!(fits("arch.conf", "arch.conf"));
        assert!(fits("arch", "arch.conf"));
        assert!(fits("*-6.1.0", "debian-6.1.0"));
        assert!(fits("a*c*-6.1", "abcd-6.1-6.1"));
        assert!(!fits("arch", "arch-lts.conf"));
        assert!(!fits("a*a", "a"));
        assert!(!fits("debian-*-rt", "debian-6.1"));
    }

    proptest! {
        #[test]
        fn never_panics(text in ".{0,80}", key in "[a-z*]{0,4}") {
            let _ = (shell_value(&text, &key), grub_variable(&text, &key), setting(&text, &key), fits(&key, &text));
            prop_assert!(fits("*", &text));
        }
    }
}

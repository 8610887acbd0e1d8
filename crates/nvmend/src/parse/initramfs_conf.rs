//! Configuration of the programs that make initramfs images, as far as it puts the driver's modules into them:
//! initramfs-tools (initramfs-tools(7)), dracut (dracut.conf(5)), mkinitcpio (mkinitcpio.conf(5)).

use crate::knowledge::modules::driver_module;

/// The variables that list modules: dracut's, and mkinitcpio's array.
const LISTS: [&str; 4] = ["add_drivers", "force_drivers", "drivers", "MODULES"];

/// The line, counted from 1, of `/etc/initramfs-tools/modules` that names a module of the driver: one module in each
/// line, with its options.
pub fn listed_module(text: &str) -> Option<usize> {
    let names_one = |line: &str| {
        let name = line.split_whitespace().next()?;
        driver_module(name)
    };
    Some(text.lines().position(|line| names_one(line).is_some())?.saturating_add(1))
}

/// The line, counted from 1, of a shell file that names a module of the driver in one of the lists:
/// `add_drivers+=" nvidia nvidia_drm "`, `MODULES=(nvidia nvidia_modeset)`, an array over several lines too.
pub fn assigned_module(text: &str) -> Option<usize> {
    let mut in_array = false;
    for (index, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default().trim();
        let value = if in_array {
            line
        } else {
            let Some((name, value)) = line.split_once('=') else { continue };
            if !LISTS.contains(&name.trim_end_matches('+')) {
                continue;
            }
            in_array = value.starts_with('(');
            value
        };
        in_array &= !value.contains(')');
        let mut words = value.split(|c: char| c.is_whitespace() || "\"'()".contains(c));
        if words.any(|word| driver_module(word).is_some()) {
            return Some(index.saturating_add(1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn finds_the_driver_among_listed_modules() {
        assert_eq!(listed_module("# nvidia\n\next4\nnvidia-current-open\n"), Some(4));
        assert_eq!(listed_module("nvidia_drm modeset=1"), Some(1));
        assert_eq!(listed_module("# nvidia\nnvidiafb\n"), None);
    }

    #[test]
    fn finds_the_driver_in_lists() {
        assert_eq!(assigned_module("# x\nadd_drivers+=\" ext4 nvidia-drm \"\n"), Some(2));
        assert_eq!(assigned_module("force_drivers+=' nvidia '"), Some(1));
        assert_eq!(assigned_module("MODULES=(i915 nvidia nvidia_uvm)"), Some(1));
        assert_eq!(assigned_module("MODULES=(\n  i915\n  nvidia # early\n)\n"), Some(3));
        // RPM Fusion's own file, which keeps it out; a comment; another array.
        assert_eq!(assigned_module("omit_drivers+=\" nvidia nvidia-drm \"\n"), None);
        assert_eq!(assigned_module("#MODULES=(nvidia)\nMODULES=()\nHOOKS=(nvidia)\n"), None);
    }

    proptest! {
        #[test]
        fn survives_any_text(text in "[a-zA-Z_+=()\"' \n#]{0,80}") {
            let _ = (listed_module(&text), assigned_module(&text));
        }
    }
}

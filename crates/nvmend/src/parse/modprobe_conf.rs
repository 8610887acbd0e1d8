//! modprobe's configuration (`modprobe.d(5)`) and the module settings of the kernel command line, as far as they are
//! about NVIDIA GPUs.

use std::path::Path;

use super::glob;
use super::modinfo::underscored;
use crate::facts::{ConfigLine, ConfigVerb, Origin};
use crate::knowledge::modules::MODULES;

/// The lines of one file that are about nvidia, nouveau or nova.
///
/// Other verbs (`remove`, `softdep`, `config`) say nothing about what is loaded.
pub fn parse(text: &str, path: &Path) -> Vec<ConfigLine> {
    let mut found = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let mut line = line.to_owned();
        // A backslash at the end of a line goes on with the next; comments go on too.
        while line.ends_with('\\') {
            line.pop();
            line.push(' ');
            line.push_str(lines.next().map_or("", |(_, next)| next));
        }
        let line = line.trim();
        if line.starts_with('#') {
            continue;
        }
        let (verb, rest) = word(line);
        let (name, rest) = word(rest);
        let verb = match verb {
            "alias" => ConfigVerb::Alias,
            "blacklist" => ConfigVerb::Blacklist,
            "install" => ConfigVerb::Install,
            "options" => ConfigVerb::Options,
            _ => continue,
        };
        let target = if verb == ConfigVerb::Alias { rest } else { "" };
        if is_ours(name) || is_ours(target) {
            let from = Origin::line(path, index + 1);
            found.push(ConfigLine { verb, name: underscored(name), rest: rest.to_owned(), from });
        }
    }
    found
}

/// What the kernel command line says of these modules: `modprobe.blacklist=a,b` (read by kmod),
/// `module_blacklist=a,b` (the kernel's own), `rd.driver.blacklist=a,b` (dracut's) and options (`nvidia-drm.modeset=1`).
pub fn parse_command_line(text: &str, from: &Origin) -> Vec<ConfigLine> {
    const LISTS: [&str; 3] = ["modprobe.blacklist", "module_blacklist", "rd.driver.blacklist"];
    let mut found = Vec::new();
    for parameter in text.split_whitespace() {
        let Some((key, value)) = parameter.split_once('=') else { continue };
        if LISTS.contains(&key) {
            let names = value.split(',').filter(|name| is_ours(name));
            found.extend(names.map(|name| ConfigLine {
                verb: ConfigVerb::Blacklist,
                name: underscored(name),
                rest: parameter.to_owned(),
                from: from.clone(),
            }));
        } else if let Some((module, option)) =
            parameter.split_once('.').filter(|(module, _)| is_ours(module))
        {
            let (name, rest) = (underscored(module), option.to_owned());
            found.push(ConfigLine { verb: ConfigVerb::Options, name, rest, from: from.clone() });
        }
    }
    found
}

/// The first word and what follows it.
fn word(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (word, rest.trim())
}

/// Whether a module's name, or a pattern, is about an NVIDIA GPU.
fn is_ours(name: &str) -> bool {
    let name = underscored(name);
    // `nvidiafb` and the like are not the driver's, but nouveau's and nova's names are whole.
    let driver = name == "nvidia" || name.starts_with("nvidia_");
    let other = matches!(name.as_str(), "nouveau" | "nova_core" | "nova_drm" | "nova");
    let matches_ours = |module: &&str| glob::matches(&name, module);
    let pattern = name.contains(['*', '?'])
        && name != "*"
        && MODULES.iter().chain(&["nouveau", "nova_core"]).any(matches_ours);
    driver || other || pattern
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Debian 12, nvidia-kernel-support, shortened; a line of Ubuntu's; a continued line.
    const SAMPLE: &str = "install nvidia modprobe -i nvidia-current $CMDLINE_OPTS\n\n\
        # unloading needs the internal names\n\
        remove nvidia modprobe -r -i nvidia-drm nvidia-modeset nvidia-peermem nvidia-uvm nvidia\n\
        alias char-major-195* nvidia\n\
        alias\tpci:v000010DEd00000E00sv*sd*bc04sc80i00*\tnvidia\n\
        #options nvidia-current NVreg_DeviceFileUID=0\n\
        options nvidia-drm \\\n  modeset=1\n\
        blacklist nouveau\nblacklist nvidiafb\nalias nouveau off\nblacklist microcode\ninstall nvid* /bin/false\n";

    fn lines() -> Vec<(ConfigVerb, String, String, String)> {
        let lines = parse(SAMPLE, Path::new("/f"));
        lines.into_iter().map(|line| (line.verb, line.name, line.rest, line.from.0)).collect()
    }

    #[test]
    fn keeps_what_is_about_the_driver() {
        use ConfigVerb::*;
        let expected = [
            (Install, "nvidia", "modprobe -i nvidia-current $CMDLINE_OPTS", "/f:1"),
            (Alias, "char_major_195*", "nvidia", "/f:5"),
            (Alias, "pci:v000010DEd00000E00sv*sd*bc04sc80i00*", "nvidia", "/f:6"),
            (Options, "nvidia_drm", "modeset=1", "/f:8"),
            (Blacklist, "nouveau", "", "/f:10"),
            (Alias, "nouveau", "off", "/f:12"),
            (Install, "nvid*", "/bin/false", "/f:14"),
        ];
        let expected = expected.map(|(verb, name, rest, from)| {
            (verb, name.to_owned(), rest.to_owned(), from.to_owned())
        });
        assert_eq!(lines(), expected);
    }

    #[test]
    fn reads_the_command_line() {
        let text = "BOOT_IMAGE=/vmlinuz root=/dev/sda1 modprobe.blacklist=nouveau,nvidiafb,nvidia module_blacklist=nova-core \
            nvidia-drm.modeset=1 nvidia-drm.fbdev quiet";
        let found = parse_command_line(text, &Origin::from("/proc/cmdline"));
        let found: Vec<_> =
            found.iter().map(|line| (line.verb, line.name.as_str(), line.rest.as_str())).collect();
        let expected = [
            (ConfigVerb::Blacklist, "nouveau", "modprobe.blacklist=nouveau,nvidiafb,nvidia"),
            (ConfigVerb::Blacklist, "nvidia", "modprobe.blacklist=nouveau,nvidiafb,nvidia"),
            (ConfigVerb::Blacklist, "nova_core", "module_blacklist=nova-core"),
            (ConfigVerb::Options, "nvidia_drm", "modeset=1"),
        ];
        assert_eq!(found, expected);
    }

    proptest! {
        #[test]
        fn survives_any_text(text: String, cut in 0usize..600) {
            let _ = parse(&text, Path::new("/f"));
            let _ = parse_command_line(&text, &Origin::from("x"));
            let end = SAMPLE.len().saturating_sub(cut);
            let _ = parse(&SAMPLE[..end], Path::new("/f"));
        }
    }
}

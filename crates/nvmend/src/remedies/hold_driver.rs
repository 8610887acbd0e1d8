//! Takes every package of the driver out of upgrades that nobody asked for. Whoever upgrades on purpose still gets all
//! of them: a hold would keep them from that too, and of a held driver the kernel's upgrades leave the module behind.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::edit::change_lines;
use crate::facts::{ExcludedPackages, Facts, Origin, PackageManager};
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::Step;
use crate::steps::WriteFile;

pub(super) const REMEDY: Remedy = Remedy { id: "hold-driver", steps };

/// Read after the distribution's own `50unattended-upgrades`; lists of several files add up.
const APT_FILE: &str = "/etc/apt/apt.conf.d/60nvmend-driver";
/// `[base]` in it overrides `dnf.conf` for unattended upgrades only (dnf-automatic(8)).
const DNF_FILE: &str = "/etc/dnf/automatic.conf";

fn steps(facts: &Facts, context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    let upgrades = facts.upgrades.value().ok_or(Hindrance::new("nothing-unattended"))?;
    // All of them: one that is left out is upgraded alone, and no longer fits the rest.
    let names: BTreeSet<&str> = facts
        .driver_packages()
        .filter(|package| package.manager == upgrades.manager && package.driver_version.is_some())
        .map(|package| package.name.as_str())
        .collect();
    let file = match upgrades.manager {
        PackageManager::Dpkg => of_apt(&names),
        PackageManager::Rpm => of_dnf(&names, context)?,
        PackageManager::Pacman => return Err(Hindrance::new("nothing-unattended")),
    };
    Ok(vec![Step::WriteFile(file)])
}

/// A file of our own: each name is a regular expression that must match from the beginning (unattended-upgrades,
/// README.md).
fn of_apt(names: &BTreeSet<&str>) -> WriteFile {
    let patterns: Vec<String> = names.iter().map(|name| format!("{}$", escaped(name))).collect();
    let lines: Vec<String> = patterns.iter().map(|pattern| format!("    \"{pattern}\";")).collect();
    let content = format!(
        "// Written by nvmend: the NVIDIA driver is upgraded on purpose, never by unattended-upgrades.\n\
         Unattended-Upgrade::Package-Blacklist {{\n{}\n}};\n",
        lines.join("\n")
    );
    let excluded = patterns.iter().enumerate().map(|(at, pattern)| ExcludedPackages {
        pattern: pattern.clone(),
        from: Origin::line(Path::new(APT_FILE), at + 3),
    });
    WriteFile {
        path: PathBuf::from(APT_FILE),
        difference: patterns.iter().map(|pattern| format!("+{pattern}")).collect(),
        content,
        mode: 0o644,
        excluded: excluded.collect(),
        ..WriteFile::default()
    }
}

/// What means itself in Python's regular expressions.
fn escaped(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for character in name.chars() {
        if matches!(character, '.' | '+' | '*' | '?' | '\\') {
            text.push('\\');
        }
        text.push(character);
    }
    text
}

/// One more line, or a longer one, in the section `[base]`.
fn of_dnf(names: &BTreeSet<&str>, context: &Context<'_>) -> Result<WriteFile, Hindrance> {
    const SECTION: &str = "[base]";
    let (path, mut text) = context.machine.text(Path::new(DNF_FILE))?;
    let has_section = text.lines().any(|line| line.trim() == SECTION);
    if !has_section {
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text.push_str("[base]\n");
    }
    let lines: Vec<&str> = text.lines().collect();
    let start = lines.iter().position(|line| line.trim() == SECTION).unwrap_or(0);
    let of_section = lines.iter().enumerate().skip(start + 1);
    let known = of_section
        .take_while(|(_, line)| !line.trim_start().starts_with('['))
        .find(|(_, line)| line.split_once('=').is_some_and(|(key, _)| key.trim() == "excludepkgs"));
    let list = names.iter().copied().collect::<Vec<_>>().join(", ");
    let (at, new) = match known {
        Some((at, line)) if line.trim_end().ends_with('=') => (at, format!("{line} {list}")),
        Some((at, line)) => (at, format!("{}, {list}", line.trim_end())),
        None => (start, format!("{SECTION}\nexcludepkgs = {list}")),
    };
    let line = if known.is_some() { at + 1 } else { at + 2 };
    let excluded = names.iter().map(|name| ExcludedPackages {
        pattern: (*name).to_owned(),
        from: Origin::line(&path, line),
    });
    let excluded = excluded.collect();
    let mut file = change_lines(
        path.clone(),
        &text,
        |number, _| (number == at + 1).then(|| new.clone()),
        vec![],
    );
    file.excluded = excluded;
    if known.is_none() {
        let section = (!has_section).then(|| format!("+{SECTION}"));
        file.difference = section.into_iter().chain([format!("+excludepkgs = {list}")]).collect();
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::enquire::Machine;
    use crate::facts::{Package, PackageRole};
    use crate::hosts::memory::Memory;
    use crate::probes::upgrades;
    use crate::remedy::Allowed;

    const DRIVER: &str = "xorg-x11-drv-nvidia";

    /// Fedora with dnf-automatic as somebody configured it.
    fn host(automatic: &str) -> Memory {
        Memory::default().file(DNF_FILE, automatic).link(
            "/etc/systemd/system/timers.target.wants/dnf-automatic.timer",
            "/usr/lib/systemd/system/dnf-automatic.timer",
        )
    }

    /// Two packages of the driver, which no rpm database of the memory can hold.
    fn facts(host: &Memory) -> Facts {
        let mut facts = Facts::default();
        for name in [DRIVER, "akmod-nvidia"] {
            let package = Package {
                manager: PackageManager::Rpm,
                name: name.to_owned(),
                version: "565.77-1.fc41".to_owned(),
                driver_version: "565.77".parse().ok(),
                arch: "x86_64".to_owned(),
                state: "installed".to_owned(),
                held: false,
                origin: None,
                origin_from: None,
                role: PackageRole::User,
                series: None,
                from: "/var/lib/rpm/rpmdb.sqlite".into(),
            };
            facts.packages.installed.push(package);
        }
        facts.upgrades = upgrades::dnf(host);
        facts
    }

    #[test]
    fn dnf_automatic_reads_what_is_written_for_it() {
        let commands = "[commands]\napply_updates = yes\n";
        for (automatic, shown) in [
            (
                commands.to_owned(),
                vec!["+[base]", "+excludepkgs = akmod-nvidia, xorg-x11-drv-nvidia"],
            ),
            (
                format!("[base]\ndebuglevel = 1\n\n{commands}"),
                vec!["+excludepkgs = akmod-nvidia, xorg-x11-drv-nvidia"],
            ),
            (
                format!("{commands}\n[base]\nexcludepkgs = kernel*\n[email]\nx = 1"),
                vec![
                    "-excludepkgs = kernel*",
                    "+excludepkgs = kernel*, akmod-nvidia, xorg-x11-drv-nvidia",
                ],
            ),
            (
                format!("{commands}[base]\nexcludepkgs="),
                vec!["-excludepkgs=", "+excludepkgs= akmod-nvidia, xorg-x11-drv-nvidia"],
            ),
        ] {
            let before = host(&automatic);
            let facts = facts(&before);
            let context =
                Context { machine: &Machine { host: &before }, allowed: &Allowed::default() };
            let steps = steps(&facts, &context).unwrap();
            let [Step::WriteFile(file)] = steps.as_slice() else { panic!("{steps:?}") };
            assert_eq!(file.difference, shown);
            // All that was there is there still.
            for line in
                automatic.lines().filter(|line| !shown.contains(&format!("-{line}").as_str()))
            {
                assert!(file.content.lines().any(|kept| kept == line), "{line}");
            }
            let after = upgrades::dnf(&host(&file.content));
            let of = |excluded: &[ExcludedPackages]| {
                let mut all: Vec<_> = excluded
                    .iter()
                    .map(|one| (one.pattern.clone(), one.from.as_str().to_owned()))
                    .collect();
                all.sort();
                all
            };
            let predicted = crate::step::predict(&facts, &steps);
            let (after, predicted) = (after.value().unwrap(), predicted.upgrades);
            assert_eq!(of(&after.excluded), of(&predicted.value().unwrap().excluded));
        }
    }

    #[test]
    fn names_mean_themselves() {
        assert_eq!(escaped("libnvidia-gl-535"), "libnvidia-gl-535");
        assert_eq!(escaped("libstdc++6.1"), r"libstdc\+\+6\.1");
    }
}

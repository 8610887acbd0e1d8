//! Whether packages are upgraded here without anyone asking: unattended-upgrades of Debian and Ubuntu, dnf-automatic of
//! Fedora and RHEL. (SUSE's transactional updates only count after a reboot; Arch has none.)
//!
//! Nothing of this leaves a gap: that it could not be read puts no other answer in doubt.

use std::path::{Path, PathBuf};

use crate::facts::{
    ArchiveField, Datum, ExcludedPackages, Facts, Origin, Os, PackageManager, UnattendedUpgrades,
    UpgradeSource,
};
use crate::host::{Host, read_text};
use crate::parse::apt_conf::{self, Setting};
use crate::probe::{Found, Probe};

/// The configuration of what upgrades packages by itself. Asked only where packages brought a driver.
pub const PROBE: Probe = Probe { name: "unattended upgrades", run };

fn run(host: &dyn Host, known: &Facts) -> Found {
    let has_driver = |manager| {
        known
            .driver_packages()
            .any(|package| package.manager == manager && package.driver_version.is_some())
    };
    let upgrades = if has_driver(PackageManager::Dpkg) {
        apt(host, known.system.os.value())
    } else if has_driver(PackageManager::Rpm) {
        dnf(host)
    } else {
        Datum::default()
    };
    Box::new(move |facts| facts.upgrades = upgrades)
}

const APT_DIRECTORY: &str = "/etc/apt/apt.conf.d";

/// A value with where it stands.
type Sourced = (Setting, Origin);

fn apt(host: &dyn Host, os: Option<&Os>) -> Datum<UnattendedUpgrades> {
    const PROGRAM: &str = "/usr/bin/unattended-upgrade";
    if let Err(error) = host.metadata(Path::new(PROGRAM)) {
        return Datum::read(Err(error), PROGRAM);
    }
    let settings = match apt_settings(host) {
        Ok(settings) => settings,
        Err(error) => return Datum::read(Err(error), APT_DIRECTORY),
    };
    let last = |name: &str| settings.iter().rev().find(|(setting, _)| setting.name == name);
    let is_off = |(setting, _): &Sourced| {
        matches!(setting.value.as_deref(), Some("0" | "" | "no" | "false"))
    };
    // apt.systemd.daily, of the package apt: days between two runs; 0 is never.
    let on = last("apt::periodic::unattended-upgrade").filter(|setting| !is_off(setting));
    let Some((_, from)) = on.filter(|_| !last("apt::periodic::enable").is_some_and(is_off)) else {
        return Datum::absent(APT_DIRECTORY);
    };
    let list =
        |name: &'static str| settings.iter().filter(move |(setting, _)| setting.name == name);
    let sources = list("unattended-upgrade::allowed-origins::")
        .filter_map(|(setting, from)| source(setting.value.as_deref()?, true, os, from))
        .chain(
            list("unattended-upgrade::origins-pattern::")
                .filter_map(|(setting, from)| source(setting.value.as_deref()?, false, os, from)),
        );
    let sources: Vec<UpgradeSource> = sources.collect();
    if sources.is_empty() {
        return Datum::absent(APT_DIRECTORY);
    }
    let excluded = list("unattended-upgrade::package-blacklist::").filter_map(|(setting, from)| {
        Some(ExcludedPackages { pattern: setting.value.clone()?, from: from.clone() })
    });
    let upgrades = UnattendedUpgrades {
        program: "unattended-upgrades".to_owned(),
        manager: PackageManager::Dpkg,
        sources,
        excluded: excluded.collect(),
    };
    Datum::known(upgrades, from.clone())
}

/// All settings in the order in which APT takes them; what is cleared is left out.
fn apt_settings(host: &dyn Host) -> Result<Vec<Sourced>, crate::host::HostError> {
    /// A real system has some twenty.
    const MOST: usize = 256;
    let entries = host.list(Path::new(APT_DIRECTORY))?;
    let is_taken = |name: &str| {
        !name.starts_with('.')
            && name.rsplit_once('.').is_none_or(|(_, extension)| extension == "conf")
    };
    let files = entries
        .iter()
        .filter(|entry| is_taken(&entry.name))
        .take(MOST)
        .map(|entry| Path::new(APT_DIRECTORY).join(&entry.name))
        .chain([PathBuf::from("/etc/apt/apt.conf")]);
    let mut settings: Vec<Sourced> = Vec::new();
    for file in files {
        // A file that can't be read doesn't count for APT either.
        let Ok(text) = read_text(host, &file) else { continue };
        for setting in apt_conf::parse(&text) {
            if setting.value.is_none() {
                let below = format!("{}::", setting.name);
                settings.retain(|(known, _)| {
                    known.name != setting.name && !known.name.starts_with(&below)
                });
                continue;
            }
            let from = Origin::line(&file, setting.line);
            settings.push((setting, from));
        }
    }
    Ok(settings)
}

/// `ORIGIN:SUITE`, or `key=pattern,key=pattern` with the keys of apt_preferences(5) and their short forms
/// (unattended-upgrades, README.md).
fn source(text: &str, is_pair: bool, os: Option<&Os>, from: &Origin) -> Option<UpgradeSource> {
    let text = with_variables(text, os);
    let fields = if is_pair {
        let (origin, suite) = text.split_once(':')?;
        let value = |text: &str| text.replace("%3A", ":").replace("%2C", ",");
        vec![(ArchiveField::Origin, value(origin)), (ArchiveField::Suite, value(suite))]
    } else {
        let field = |part: &str| {
            let (key, value) = part.split_once('=')?;
            let field = match key.trim() {
                "o" | "origin" => ArchiveField::Origin,
                "l" | "label" => ArchiveField::Label,
                "a" | "suite" | "archive" => ArchiveField::Suite,
                "n" | "codename" => ArchiveField::Codename,
                "c" | "component" => ArchiveField::Component,
                _ => ArchiveField::Other,
            };
            Some((field, value.trim().replace("%2C", ",")))
        };
        text.split(',').map(field).collect::<Option<_>>()?
    };
    Some(UpgradeSource { fields, text, from: from.clone() })
}

/// `${distro_id}` and `${distro_codename}`, as lsb_release has them.
fn with_variables(text: &str, os: Option<&Os>) -> String {
    let Some(os) = os else { return text.to_owned() };
    let mut id = os.id.clone();
    if let Some(first) = id.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text.replace("${distro_id}", &id).replace("${distro_codename}", &os.codename)
}

/// Of dnf-automatic.
pub(crate) fn dnf(host: &dyn Host) -> Datum<UnattendedUpgrades> {
    const TIMERS: &str = "/etc/systemd/system/timers.target.wants";
    let timers = match host.list(Path::new(TIMERS)) {
        Ok(timers) => timers,
        Err(error) => return Datum::read(Err(error), TIMERS),
    };
    let has = |name: &str| timers.iter().any(|entry| entry.name == name);
    let automatic = Path::new("/etc/dnf/automatic.conf");
    let settings = read_text(host, automatic).unwrap_or_default();
    let value = |key| ini(&settings, key).last().map(|(value, _)| value);
    let applies = value("apply_updates").is_some_and(|value| matches!(value, "yes" | "true" | "1"));
    // dnf-automatic-install.timer installs whatever the configuration says.
    let timer = if has("dnf-automatic-install.timer") {
        "dnf-automatic-install.timer"
    } else if applies && has("dnf-automatic.timer") {
        "dnf-automatic.timer"
    } else if applies && has("dnf5-automatic.timer") {
        "dnf5-automatic.timer"
    } else {
        return Datum::absent(TIMERS);
    };
    // Drivers come without security advisories.
    if value("upgrade_type") == Some("security") {
        return Datum::absent(automatic);
    }
    let upgrades = UnattendedUpgrades {
        program: "dnf-automatic".to_owned(),
        manager: PackageManager::Rpm,
        sources: Vec::new(),
        excluded: dnf_exclusions(host, automatic, &settings),
    };
    Datum::known(upgrades, &Path::new(TIMERS).join(timer))
}

/// What dnf leaves alone: `excludepkgs` (once `exclude`), and the lists of its versionlock plugin, old and new.
fn dnf_exclusions(host: &dyn Host, automatic: &Path, settings: &str) -> Vec<ExcludedPackages> {
    let mut found = Vec::new();
    let mut add = |pattern: &str, path: &Path, line: usize| {
        let pattern = pattern.to_owned();
        found.push(ExcludedPackages { pattern, from: Origin::line(path, line) });
    };
    let main = Path::new("/etc/dnf/dnf.conf");
    let main_settings = read_text(host, main).unwrap_or_default();
    for (path, text) in [(main, main_settings.as_str()), (automatic, settings)] {
        for key in ["excludepkgs", "exclude"] {
            for (value, line) in ini(text, key) {
                let names = value.split([',', ' ']).filter(|name| !name.is_empty());
                names.for_each(|name| add(name, path, line));
            }
        }
    }
    let locks = Path::new("/etc/dnf/plugins/versionlock.list");
    for (index, line) in read_text(host, locks).unwrap_or_default().lines().enumerate() {
        let line = line.trim();
        if !line.is_empty() && !line.starts_with(['#', '!']) {
            add(line, locks, index + 1);
        }
    }
    let locks = Path::new("/etc/dnf/versionlock.toml");
    let text = read_text(host, locks).unwrap_or_default();
    for (name, line) in ini(&text, "name") {
        add(name.trim_matches(['"', '\'']), locks, line);
    }
    found
}

/// The values of one key, with their lines; which section they stand in does not matter for the keys asked for here.
fn ini<'t>(text: &'t str, key: &'t str) -> impl Iterator<Item = (&'t str, usize)> {
    text.lines().enumerate().filter_map(move |(index, line)| {
        let (name, value) = line.split_once('=')?;
        (name.trim() == key).then(|| (value.trim(), index + 1))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Package, PackageRole};
    use crate::hosts::memory::Memory;

    fn found(host: &Memory, manager: PackageManager) -> Datum<UnattendedUpgrades> {
        let mut facts = Facts::default();
        let os = Os { id: "ubuntu".into(), codename: "jammy".into(), ..Os::default() };
        facts.system.os = Datum::known(os, "/etc/os-release");
        facts.packages.installed.push(Package {
            manager,
            name: "nvidia-driver".into(),
            version: "535.183.01-1".into(),
            driver_version: "535.183.01".parse().ok(),
            arch: "amd64".into(),
            state: "installed".into(),
            held: false,
            origin: None,
            origin_from: None,
            role: PackageRole::User,
            series: None,
            from: "/var/lib/dpkg/status".into(),
        });
        run(host, &facts.clone())(&mut facts);
        facts.upgrades
    }

    fn ubuntu() -> Memory {
        Memory::default()
            .file("/usr/bin/unattended-upgrade", "")
            .file(
                "/etc/apt/apt.conf.d/20auto-upgrades",
                "APT::Periodic::Update-Package-Lists \"1\";\nAPT::Periodic::Unattended-Upgrade \"1\";\n",
            )
            .file(
                "/etc/apt/apt.conf.d/50unattended-upgrades",
                "Unattended-Upgrade::Allowed-Origins {\n\"${distro_id}:${distro_codename}-security\";\n};\n\
                 Unattended-Upgrade::Package-Blacklist { \"nvidia-\"; };\n\
                 Unattended-Upgrade::Origins-Pattern { \"origin=NVIDIA,l=NVIDIA CUDA,site=x\"; };\n",
            )
    }

    #[test]
    fn reads_what_may_be_upgraded_and_what_not() {
        let upgrades = found(&ubuntu(), PackageManager::Dpkg);
        let (upgrades, from) = upgrades.sourced().unwrap();
        assert_eq!(from.as_str(), "/etc/apt/apt.conf.d/20auto-upgrades:2");
        let [pair, pattern] = upgrades.sources.as_slice() else { panic!("{upgrades:?}") };
        assert_eq!(
            pair.fields,
            [
                (ArchiveField::Origin, "Ubuntu".to_owned()),
                (ArchiveField::Suite, "jammy-security".to_owned())
            ]
        );
        assert_eq!(pair.from.as_str(), "/etc/apt/apt.conf.d/50unattended-upgrades:2");
        assert_eq!(pattern.fields[2].0, ArchiveField::Other);
        assert_eq!(upgrades.excluded[0].pattern, "nvidia-");
    }

    #[test]
    fn later_files_turn_it_off_or_clear_it() {
        let later = |text: &str| ubuntu().file("/etc/apt/apt.conf.d/99local", text);
        for text in [
            "APT::Periodic::Unattended-Upgrade \"0\";",
            "APT::Periodic::Enable \"0\";",
            "#clear APT::Periodic;",
            "#clear Unattended-Upgrade;",
        ] {
            assert!(found(&later(text), PackageManager::Dpkg).is_absent(), "{text}");
        }
        let aside = ubuntu().file("/etc/apt/apt.conf.d/99.save", "#clear APT;");
        assert!(found(&aside, PackageManager::Dpkg).value().is_some());
    }

    #[test]
    fn without_the_program_or_another_managers_driver_nothing_is_on() {
        let mut host = ubuntu();
        host.remove("/usr/bin/unattended-upgrade");
        assert!(found(&host, PackageManager::Dpkg).is_absent());
        assert!(found(&ubuntu(), PackageManager::Rpm).is_absent());
    }

    #[test]
    fn dnf_needs_its_timer_and_its_leave() {
        let timer = |name: &str, apply: &str| {
            Memory::default()
                .file(&format!("/etc/systemd/system/timers.target.wants/{name}"), "")
                .file(
                    "/etc/dnf/automatic.conf",
                    format!("[commands]\nupgrade_type = default\napply_updates = {apply}\n"),
                )
                .file("/etc/dnf/dnf.conf", "[main]\nexcludepkgs=kernel*, *nvidia*\n")
                .file(
                    "/etc/dnf/plugins/versionlock.list",
                    "# locks\nnvidia-driver-3:550.54.14-1.fc41.*\n",
                )
        };
        let on = found(&timer("dnf-automatic.timer", "yes"), PackageManager::Rpm);
        let patterns: Vec<_> =
            on.value().unwrap().excluded.iter().map(|excluded| excluded.pattern.as_str()).collect();
        assert_eq!(patterns, ["kernel*", "*nvidia*", "nvidia-driver-3:550.54.14-1.fc41.*"]);
        assert!(found(&timer("dnf-automatic.timer", "no"), PackageManager::Rpm).is_absent());
        assert!(
            found(&timer("dnf-automatic-install.timer", "no"), PackageManager::Rpm)
                .value()
                .is_some()
        );
        assert!(found(&timer("fstrim.timer", "yes"), PackageManager::Rpm).is_absent());
    }
}

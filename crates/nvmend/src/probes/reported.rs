//! What programs and files say of driver libraries and modules that were not looked at themselves: all that a bug
//! report has.
//!
//! The X server's log is left out: it may be of an earlier boot, and nothing in it tells.

use std::path::Path;

use crate::facts::{Datum, Facts, LogEventKind, ModuleInfo, Origin, ReportedVersion, Testimony};
use crate::host::{Host, HostKind, PROGRAM_OUTPUT};
use crate::parse::modinfo;
use crate::parse::nvidia_smi::{self, NvidiaSmi};
use crate::probe::{Found, Probe};
use crate::version::DriverVersion;

/// nvidia-smi's output, the kernel's refusals, the driver's profiles.
pub const PROBE: Probe = Probe { name: "reported versions", run };

/// Where the driver keeps its application profiles, `nvidia-application-profiles-VERSION-rc`.
const PROFILES: &str = "/usr/share/nvidia";

fn run(host: &dyn Host, known: &Facts) -> Found {
    let unseen = known.libraries.cache.is_not_captured() && known.library_version().is_none();
    let reported =
        if host.kind() == HostKind::Tree && unseen { read(host, known) } else { Vec::new() };
    let module = known.kernels.directory.is_not_captured().then(|| module(host));
    Box::new(move |facts| {
        facts.libraries.reported = reported;
        facts.modules.reported = module.unwrap_or_default();
    })
}

/// What modinfo printed of the module that modprobe would load.
fn module(host: &dyn Host) -> Datum<ModuleInfo> {
    let from = "modinfo nvidia";
    match host.read(&Path::new(PROGRAM_OUTPUT).join("modinfo"), 1 << 20) {
        Ok(text) => match modinfo::parse_output(&text) {
            Some(info) => Datum::known(info, from),
            None => Datum::absent(from),
        },
        Err(error) => Datum::unreadable(from, error.why),
    }
}

fn read(host: &dyn Host, known: &Facts) -> Vec<ReportedVersion> {
    let output = host.read(&Path::new(PROGRAM_OUTPUT).join("nvidia-smi"), 64 << 20);
    let smi = nvidia_smi::parse(&output.unwrap_or_default());
    let (refusals, profiles) = (refusals(known), profiles(host));
    let said = of_nvidia_smi(smi, refusals.iter().chain(&profiles));
    // Whoever got an answer settles it: what was refused besides is another program's, or a container's.
    let is_settled = said.as_ref().is_some_and(|said| said.testimony == Testimony::Accepted);
    let loaded = known.loaded_version().map(|(version, _)| version);
    let is_refused = said.is_some() || !refusals.is_empty();
    // Files of another version alone prove nothing: an older driver may have left them.
    let profiles =
        profiles.into_iter().filter(|profile| is_refused || profile.version.as_ref() == loaded);
    let mut reported: Vec<ReportedVersion> = said
        .into_iter()
        .chain(refusals.into_iter().filter(|_| !is_settled))
        .chain(profiles)
        .collect();
    // An installer's log is of some day; it stands for the libraries only where it is all there is.
    if reported.is_empty() && known.loaded.driver.is_not_captured() {
        reported.extend(installed(known));
    }
    reported
}

fn installed(known: &Facts) -> Option<ReportedVersion> {
    let run = known.builders.runfile.value()?.last_run.as_ref()?;
    let version = run.version.clone().filter(|_| run.has_installed())?;
    let from = Origin::from(&run.log);
    Some(ReportedVersion { version: Some(version), testimony: Testimony::Installed, from })
}

/// nvidia-smi's word. A version of two parts only is made whole from another source that agrees with it.
fn of_nvidia_smi<'r>(
    smi: NvidiaSmi,
    mut others: impl Iterator<Item = &'r ReportedVersion>,
) -> Option<ReportedVersion> {
    let from = Origin::from("nvidia-smi");
    if smi.is_refused {
        let fits = |whole: &&DriverVersion| {
            smi.library.as_ref().is_none_or(|cut| whole.agrees_with_prefix(cut.as_str()))
        };
        let whole = others.find_map(|other| other.version.as_ref().filter(fits)).cloned();
        return Some(ReportedVersion {
            version: whole.or(smi.library),
            testimony: Testimony::Refused,
            from,
        });
    }
    Some(ReportedVersion { version: Some(smi.driver?), testimony: Testimony::Accepted, from })
}

/// The kernel's refusals since the module was loaded, last first.
fn refusals(known: &Facts) -> Vec<ReportedVersion> {
    let refused = |event: &crate::facts::LogEvent| match &event.kind {
        LogEventKind::ApiMismatch { client, .. } => Some(ReportedVersion {
            version: Some(client.clone()),
            testimony: Testimony::Refused,
            from: event.from.clone(),
        }),
        _ => None,
    };
    known.log.events().iter().rev().filter_map(refused).collect()
}

fn profiles(host: &dyn Host) -> Vec<ReportedVersion> {
    let entries = host.list(Path::new(PROFILES)).unwrap_or_default();
    let of_version = |name: &str| {
        let version = name.strip_prefix("nvidia-application-profiles-")?.strip_suffix("-rc")?;
        let from = Origin::from(&Path::new(PROFILES).join(name));
        Some(ReportedVersion {
            version: Some(version.parse().ok()?),
            testimony: Testimony::InstalledWith,
            from,
        })
    };
    entries.iter().filter_map(|entry| of_version(&entry.name)).take(16).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{KernelLog, LoadedDriver, LogEvent};
    use crate::host::Failure;
    use crate::hosts::memory::Memory;

    fn v(text: &str) -> DriverVersion {
        text.parse().unwrap()
    }

    fn known(loaded: &str) -> Facts {
        let mut facts = Facts::default();
        facts.libraries.cache = Datum::unreadable("/etc/ld.so.cache", Failure::NotCaptured);
        let driver = LoadedDriver { version: v(loaded), flavour: None, readings: vec![] };
        facts.loaded.driver = Datum::known(driver, "/proc/driver/nvidia/version");
        facts
    }

    fn refused(mut facts: Facts, client: &str) -> Facts {
        let module = facts.loaded_version().unwrap().0.clone();
        let kind = LogEventKind::ApiMismatch { client: v(client), module, process: None };
        let event = LogEvent { kind, line: String::new(), from: "dmesg".into() };
        facts.log = KernelLog { events: Datum::known(vec![event], "dmesg"), ..Default::default() };
        facts
    }

    fn smi(text: &str) -> Memory {
        Memory::default().file("/.output/nvidia-smi", text)
    }

    fn found(host: Memory, mut facts: Facts) -> Vec<(Option<String>, Testimony)> {
        run(&host, &facts.clone())(&mut facts);
        let text = |version: DriverVersion| version.to_string();
        let reported = facts.libraries.reported.into_iter();
        reported.map(|said| (said.version.map(text), said.testimony)).collect()
    }

    const REFUSED: &str = "Failed to initialize NVML: Driver/library version mismatch\n";

    #[test]
    fn an_answer_settles_it_whatever_else_was_refused() {
        let said = found(smi("Driver Version : 535.1.2\n"), refused(known("535.1.2"), "470.1.2"));
        assert_eq!(said, [(Some("535.1.2".to_owned()), Testimony::Accepted)]);
    }

    #[test]
    fn a_cut_version_is_made_whole() {
        let text = format!("{REFUSED}NVML library version: 550.54\n");
        let some = |text: &str| Some(text.to_owned());
        let whole = found(smi(&text), refused(known("535.1.2"), "550.54.15"));
        assert_eq!(whole[0], (some("550.54.15"), Testimony::Refused));
        let other = found(smi(&text), refused(known("535.1.2"), "470.1.2"));
        assert_eq!(other[0], (some("550.54"), Testimony::Refused));
        assert_eq!(found(smi(REFUSED), known("535.1.2")), [(None, Testimony::Refused)]);
    }

    #[test]
    fn a_profile_alone_proves_no_mismatch() {
        let host = |text: &str| {
            smi(text).file("/usr/share/nvidia/nvidia-application-profiles-470.1.2-rc", "{}")
        };
        assert_eq!(found(host(""), known("535.1.2")), []);
        assert_eq!(
            found(host(""), known("470.1.2")),
            [(Some("470.1.2".to_owned()), Testimony::InstalledWith)]
        );
        assert_eq!(found(host(REFUSED), known("535.1.2"))[0].0.as_deref(), Some("470.1.2"));
    }

    #[test]
    fn where_libraries_were_looked_at_nothing_is_asked() {
        let mut facts = known("535.1.2");
        facts.libraries.cache = Datum::known((), "/etc/ld.so.cache");
        assert_eq!(found(smi(REFUSED), facts), []);
    }
}

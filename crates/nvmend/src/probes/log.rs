//! What the kernel said of the driver in this boot.

use crate::facts::{
    Datum, Facts, Gap, KernelLog, LoadedDriver, LogEvent, LogEventKind, Origin, Reading,
};
use crate::host::{Failure, Host, HostKind};
use crate::parse::kmsg;
use crate::probe::{Found, Probe};

/// The kernel log, cut at the driver's last loading.
pub const PROBE: Probe = Probe { name: "kernel log", run };

fn run(host: &dyn Host, _known: &Facts) -> Found {
    let (log, gap) = read(host);
    Box::new(move |facts| {
        facts.log = log;
        facts.gaps.extend(gap);
        stand_in(facts);
    })
}

/// Where the loaded module itself was not looked at (a log is all there is), the module's own words stand for it: what
/// it said when it loaded, or when it turned a client away.
fn stand_in(facts: &mut Facts) {
    if !facts.loaded.driver.is_not_captured() {
        return;
    }
    let refusal = facts.log.events().iter().rev().find_map(|event| match &event.kind {
        LogEventKind::ApiMismatch { module, .. } => Some((module, &event.from)),
        _ => None,
    });
    if let Some((version, from)) = facts.log.last_loading.sourced().or(refusal) {
        let readings = vec![Reading { version: version.clone(), from: from.clone() }];
        let driver = LoadedDriver { version: version.clone(), flavour: None, readings };
        facts.loaded.driver = Datum::known(driver, from.clone());
    }
}

fn read(host: &dyn Host) -> (KernelLog, Option<Gap>) {
    let text = match host.kernel_log() {
        Ok(text) => text,
        Err(error) => {
            let at = Origin::from(&error.path);
            // A file tree without a log is complete without it; a running machine always has one.
            let is_none = match error.why {
                Failure::NotFound | Failure::Unsupported => host.kind() == HostKind::Tree,
                _ => false,
            };
            if is_none {
                let log = KernelLog {
                    events: Datum::absent(at.clone()),
                    last_loading: Datum::absent(at),
                };
                return (log, None);
            }
            // The plain words: a report that shows "permission denied" says by itself what root would see.
            let why = error.why;
            let log = KernelLog {
                events: Datum::unreadable(at.clone(), &why),
                last_loading: Datum::unreadable(at.clone(), &why),
            };
            return (log, Some(Gap::new(at, &why)));
        }
    };
    let from = Origin::from(text.from);
    let found = kmsg::parse(&text.text);
    let last_loading = match found.last_loading {
        Some(version) => Datum::known(version, from.clone()),
        None => Datum::absent(from.clone()),
    };
    let events = found
        .events
        .into_iter()
        .map(|(kind, line)| LogEvent { kind, line, from: from.clone() })
        .collect();
    (KernelLog { events: Datum::known(events, from), last_loading }, None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::LogEventKind;
    use crate::hosts::memory::Memory;

    fn probe(host: &Memory) -> Facts {
        let mut facts = Facts::default();
        run(host, &Facts::default())(&mut facts);
        facts
    }

    #[test]
    fn reads_the_log_of_a_file_tree() {
        let log = "Nov 24 08:00:00 host kernel: [    0.0] Linux version 6.1.0-47-amd64 (x)\n\
            Nov 24 08:00:05 host kernel: [    5.1] NVRM: loading NVIDIA UNIX x86_64 Kernel Module  570.148.06  Mon May  5 11:36:21 UTC 2025\n\
            Nov 24 09:00:05 host kernel: [ 3600.1] NVRM: Xid (PCI:0000:05:00): 79, pid=1, GPU has fallen off the bus.\n";
        let facts = probe(&Memory::default().file("/var/log/kern.log", log));
        assert_eq!(
            facts.log.last_loading,
            Datum::known("570.148.06".parse().unwrap(), "/var/log/kern.log")
        );
        assert_eq!(facts.log.events().len(), 1);
        assert_eq!(facts.log.events()[0].kind, LogEventKind::FellOffBus);
        assert_eq!(facts.gaps, []);
    }

    #[test]
    fn tells_no_log_from_a_log_that_may_not_be_read() {
        let facts = probe(&Memory::default());
        assert!(facts.log.events.is_absent() && facts.gaps.is_empty());

        let facts = probe(&Memory::default().denied("/var/log/kern.log"));
        assert!(facts.log.events.is_unreadable());
        assert_eq!(facts.gaps, [Gap::new("/var/log/kern.log", "permission denied")]);
    }
}

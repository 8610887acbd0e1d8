use super::*;
use crate::diagnose::{Cause, Diagnosed, Diagnosis, Evidence, Finding};
use crate::facts::{Datum, Facts, Gap};
use crate::reports::sample;
use crate::words::{Language, Words};

static STALE: Cause = Cause {
    id: "stale-module-loaded",
    severity: Severity::Error,
    find: |_| None,
    remedies: &["reload-modules", "reboot"],
    explains: &[],
};

fn report(facts: &Facts, diagnosis: &Diagnosis) -> Report {
    Report::new(facts, diagnosis, &Words::new(Language::English), sample::TIME.to_owned())
}

#[test]
fn keeps_the_contract_of_schema_1() {
    let finding = Finding::certain().evidence(
        Evidence::new("claim-loaded-version", "/sys/module/nvidia/version", "535.129.03")
            .with("module", "nvidia"),
    );
    let diagnosis = Diagnosis {
        findings: vec![Diagnosed {
            cause: &STALE,
            severity: Severity::Error,
            finding,
            because_of: vec!["mixed-repositories"],
        }],
    };
    let mut facts = sample::stale();
    facts.gaps.push(Gap::new("/proc/1/maps", "permission denied"));
    let value = serde_json::to_value(report(&facts, &diagnosis)).unwrap();
    let expected = serde_json::json!({
        "schema": 1,
        "tool": {"name": "nvmend", "version": env!("CARGO_PKG_VERSION")},
        "time": sample::TIME,
        "host": {
            "os": {"id": "ubuntu", "version": "22.04", "name": "Ubuntu 22.04.5 LTS"},
            "kernel": sample::KERNEL,
            "arch": "x86_64",
            "environment": "host",
            "gpus": [{"pci": "0000:01:00.0", "id": "10de:2684", "name": "NVIDIA GeForce RTX 4090"}],
        },
        "verdict": "broken",
        "versions": {
            "loaded": "535.129.03",
            "flavour": "proprietary",
            "on_disk": "535.216.03",
            "initramfs": null,
            "libraries": "535.216.03",
            "next_boot": {"kernel": sample::KERNEL, "module": "535.216.03", "libraries": "535.216.03"},
        },
        "findings": [{
            "cause": "stale-module-loaded",
            "severity": "error",
            "role": "consequence",
            "because_of": ["mixed-repositories"],
            "certainty": "certain",
            "title": value["findings"][0]["title"],
            "explanation": value["findings"][0]["explanation"],
            "evidence": [{
                "claim": "Loaded nvidia module",
                "source": "/sys/module/nvidia/version",
                "value": "535.129.03",
            }],
            "remedies": ["reload-modules", "reboot"],
        }],
        "gaps": [{"what": "/proc/1/maps", "why": "permission denied"}],
        "plan": null,
    });
    assert_eq!(value, expected);
}

#[test]
fn what_is_unknown_is_null() {
    let facts = Facts::default();
    let value = serde_json::to_value(report(&facts, &Diagnosis::default())).unwrap();
    assert_eq!(value["host"]["os"], serde_json::Value::Null);
    assert_eq!(value["versions"]["loaded"], serde_json::Value::Null);
    let nothing = serde_json::json!({"kernel": null, "module": null, "libraries": null});
    assert_eq!(value["versions"]["next_boot"], nothing);
}

#[test]
fn an_image_boots_what_lies_in_it() {
    let mut facts = sample::aligned();
    facts.system.environment = Environment::Chroot;
    facts.kernels.running = Datum::absent("/proc/sys/kernel/osrelease");
    facts.loaded.driver = Datum::default();
    let versions = report(&facts, &Diagnosis::default()).versions;
    assert_eq!(versions.next_boot.module.as_deref(), Some("535.216.03"));
    assert_eq!(versions.loaded, None);
}

#[test]
fn writes_times_in_whole_seconds() {
    let time = SystemTime::UNIX_EPOCH + std::time::Duration::from_millis(1_767_323_045_600);
    assert_eq!(rfc3339(time), "2026-01-02T03:04:05Z");
}

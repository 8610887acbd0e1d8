use proptest::prelude::*;

use super::*;
use LogEventKind::*;

fn v(text: &str) -> DriverVersion {
    text.parse().unwrap()
}

fn kinds(log: &str) -> Vec<LogEventKind> {
    parse(log.as_bytes()).events.into_iter().map(|(kind, _)| kind).collect()
}

fn mismatch(client: &str, module: &str, process: Option<(&str, u32)>) -> LogEventKind {
    let process = process.map(|(name, pid)| (name.to_owned(), pid));
    ApiMismatch { client: v(client), module: v(module), process }
}

const OLD: [&str; 4] = [
    "NVRM: API mismatch: the client has the version 535.54.03, but",
    "NVRM: this kernel module has the version 530.30.02.  Please",
    "NVRM: make sure that this kernel module and all NVIDIA driver",
    "NVRM: components have the same version.",
];
const NEW: [&str; 5] = [
    "NVRM: API mismatch: the client 'nvidia-smi' (pid 4242)",
    "NVRM: has the version 580.95.05, but this kernel module has",
    "NVRM: the version 575.51.02.  Please make sure that this",
    "NVRM: kernel module and all NVIDIA driver components",
    "NVRM: have the same version.",
];

/// The ways in which logs keep a message of several lines.
fn forms(lines: &[&str]) -> Vec<String> {
    let each =
        |prefix: &str| lines.iter().map(|line| format!("{prefix}{line}\n")).collect::<String>();
    vec![
        each(""),
        each("[   12.345678] "),
        each("<4>[   12.345678] "),
        each("[Mon Nov 23 09:03:11 2026] "),
        each("Nov 23 09:03:11 host kernel: "),
        each("11月 23 09:03:11 host kernel: [   12.345678] "),
        each("Okt 03 09:03:11 wirt kernel: [12345.678901] "),
        each("2026-11-23T09:03:11.123456+01:00 host kernel: "),
        format!("6,1234,56789,-;{}\n", lines.join("\\x0a")),
        format!("4,1234,56789,-,caller=T42;{}\n SUBSYSTEM=pci\n", lines.join("\\x0a")),
        format!("Nov 23 09:03:11 host kernel: [   12.3] {}\n", lines.join("#012")),
        // journalctl and dmesg indent what follows the first line.
        format!("Nov 23 09:03:11 host kernel: {}\n", lines.join("\n                             ")),
        format!("[   12.345678] {}\n", lines.join("\n               ")),
    ]
}

#[test]
fn reads_both_wordings_of_the_mismatch_in_every_form() {
    for log in forms(&OLD) {
        assert_eq!(kinds(&log), [mismatch("535.54.03", "530.30.02", None)], "{log}");
    }
    for log in forms(&NEW) {
        assert_eq!(
            kinds(&log),
            [mismatch("580.95.05", "575.51.02", Some(("nvidia-smi", 4242)))],
            "{log}"
        );
    }
    let one_line = "NVRM: API mismatch: the client 'it's (pid 1)' (pid 849) has the version 570.133.07, but this kernel module has the version 575.51.02.";
    assert_eq!(kinds(one_line), [mismatch("570.133.07", "575.51.02", Some(("it's (pid 1)", 849)))]);
}

#[test]
fn reads_a_mismatch_torn_by_other_lines() {
    let log = format!("{}\nusb 1-1: new device\n{}\n", OLD[0], OLD[1]);
    assert_eq!(kinds(&log), [mismatch("535.54.03", "530.30.02", None)]);
    assert_eq!(kinds(OLD[0]), []);
}

#[test]
fn counts_only_what_follows_the_last_loading_of_this_boot() {
    let loading = "[    5.1] NVRM: loading NVIDIA UNIX x86_64 Kernel Module  570.148.06  Mon May  5 11:36:21 UTC 2025\n";
    let old = OLD.join("\n") + "\n";
    let log = parse(format!("{old}{loading}").as_bytes());
    assert_eq!((log.last_loading, log.events), (Some(v("570.148.06")), vec![]));
    let log = parse(format!("{loading}{old}").as_bytes());
    assert_eq!(log.events.len(), 1);

    let boot = "Nov 24 08:00:00 host kernel: [    0.000000] Linux version 6.1.0-47-amd64 (debian-kernel@lists.debian.org)\n";
    let log = parse(format!("{loading}{old}{boot}").as_bytes());
    assert_eq!((log.last_loading, log.events), (None, vec![]));
    let cited = "Nov 24 08:00:00 host app[1]: runs on Linux version 6.1.0\n";
    assert_eq!(parse(format!("{loading}{old}{cited}").as_bytes()).events.len(), 1);
}

#[test]
fn does_not_take_a_program_that_cites_the_kernel_for_the_kernel() {
    let log = "Nov 24 08:00:00 host sudo: root : COMMAND=/usr/bin/grep NVRM: loading NVIDIA UNIX x86_64 Kernel Module  1.2.3\nNov 24 08:00:01 host app: NVRM: No NVIDIA GPU found.\n";
    assert_eq!(parse(log.as_bytes()), DriverLog::default());
}

#[test]
fn names_every_kind_of_event() {
    let cases = [
        ("NVRM: The NVIDIA probe routine was not called for 3 device(s).", Some(BoundToOther)),
        ("NVRM: GPU 0000:01:00.0 is already bound to NovaCore.", Some(BoundToOther)),
        ("NVRM: No NVIDIA GPU found.", Some(NoDevice)),
        ("NVRM: No NVIDIA graphics adapter found!", Some(NoDevice)),
        ("NVRM: None of the NVIDIA devices were initialized.", Some(NoDevice)),
        (
            "NVRM: installed in this system requires use of the NVIDIA open kernel modules.",
            Some(NeedsOpenModule),
        ),
        ("NVRM: installed in this system is not supported by open", Some(NeedsProprietaryModule)),
        ("NVRM: GPU 0000:01:00.0: RmInitAdapter failed! (0x22:0x56:884)", Some(NotInitialised)),
        (
            "nvidia 0000:01:00.0: Direct firmware load for nvidia/570.133.20/gsp_ga10x.bin failed with error -4",
            Some(FirmwareInterrupted),
        ),
        ("NVRM: installed in this system is not supported by the", Some(UnsupportedGpu)),
        (
            "NVRM: Xid (PCI:0000:05:00): 119, pid=1, Timeout after 6s of waiting for RPC response from GPU0 GSP!",
            Some(FirmwareFault),
        ),
        (
            "NVRM: Xid (PCI:0000:05:00): 154, GPU recovery action changed from 0x0 (None) to 0x1 (GPU Reset Required)",
            Some(FirmwareFault),
        ),
        (
            "NVRM: Xid (PCI:0000:05:00): 154, GPU recovery action changed from 0x1 (GPU Reset Required) to 0x0 (None)",
            None,
        ),
        (
            "NVRM: _kgspBootGspRm: unexpected WPR2 already up, cannot proceed with booting GSP",
            Some(FirmwareFault),
        ),
        ("NVRM:  supported through the NVIDIA 470.xx Legacy drivers. Please", Some(LegacyGpu)),
        ("NVRM: ignoring the legacy GPU 0000:01:00.0", Some(LegacyGpu)),
        ("NVRM: RmFetchGspRmImages: No firmware image found", Some(FirmwareMissing)),
        (
            "nvidia 0000:00:03.0: Direct firmware load for nvidia/535.54.03/gsp_ga10x.bin failed with error -2",
            Some(FirmwareMissing),
        ),
        (
            "NVRM: GPU0 kgspInit: GSP firmware version mismatch: got version 535.1.1, expected version 535.2.2",
            Some(FirmwareMissing),
        ),
        ("NVRM: Xid (PCI:0000:05:00): 79, pid=1, GPU has fallen off the bus.", Some(FellOffBus)),
        ("NVRM: fallen off the bus and is not responding to commands.", Some(FellOffBus)),
        ("NVRM: Xid (PCI:0000:05:00): 31, pid=1", None),
        (
            "nvidia-modeset: Version mismatch: nvidia.ko(535.54.03) nvidia-modeset.ko(530.30.02)",
            Some(ModuleSetMismatch),
        ),
        (
            "[drm:nv_drm_init [nvidia_drm]] *ERROR* [nvidia-drm] Version mismatch: nvidia-modeset.ko(535.54.03) nvidia-drm.ko(530.30.02)",
            Some(ModuleSetMismatch),
        ),
        (
            "nvidia_uvm: Unknown symbol nvUvmInterfaceDisableAccessCntr (err -2)",
            Some(ModuleSetMismatch),
        ),
        ("nvidia_peermem: Unknown symbol ib_register_peer_memory_client (err -2)", None),
        (
            "nvidia: version magic '6.1.0-47-amd64 SMP ' should be '6.1.0-50-amd64 SMP '",
            Some(BuiltForOtherKernel),
        ),
        ("nvidia: disagrees about version of symbol module_layout", Some(BuiltForOtherKernel)),
        ("vboxdrv: disagrees about version of symbol module_layout", None),
        (
            "NVRM: Xid (PCI:0002:00:00): 78, pid=1, Guest driver is incompatible with host driver",
            Some(VgpuRefused),
        ),
        (
            "nvidia-vgpu-mgr[2732]: error: vmiop_log: (0x0): Incompatible Guest/Host drivers: Guest VGX version is newer than the maximum version supported by the Host. Disabling vGPU.",
            Some(VgpuRefused),
        ),
        ("Loading of unsigned module is rejected", Some(SignatureRejected)),
        ("Loading of module with unavailable key is rejected", Some(SignatureRejected)),
        (
            "Lockdown: modprobe: unsigned module loading is restricted; see man kernel_lockdown.7",
            Some(SignatureRejected),
        ),
        ("Lockdown: Xorg: raw io port access is restricted; see man kernel_lockdown.7", None),
        (
            "nvidia: module verification failed: signature and/or required key missing - tainting kernel",
            None,
        ),
    ];
    for (message, kind) in cases {
        for prefix in
            ["", "[    7.123456] ", "Nov 23 09:03:11 host kernel: [    7.1] ", "3,700,7123456,-;"]
        {
            let log = format!("{prefix}{message}\n");
            assert_eq!(kinds(&log), kind.clone().into_iter().collect::<Vec<_>>(), "{log}");
            for (_, line) in parse(log.as_bytes()).events {
                assert_eq!(line, message);
            }
        }
    }
}

#[test]
fn keeps_a_repeated_event_once_and_bounds_the_rest() {
    let log: String = (0..2000)
        .map(|pid| format!("NVRM: API mismatch: the client 'x' (pid {pid}) has the version 1.2, but this kernel module has the version 10.1.\n"))
        .collect();
    let log =
        log.replace("version 1.2,", "version 580.1,").replace("version 10.1.", "version 575.1.");
    assert_eq!(kinds(&log).len(), MAX_EVENTS);
    assert_eq!(kinds(&"NVRM: No NVIDIA GPU found.\n".repeat(50)), [NoDevice]);
}

proptest! {
    #[test]
    fn never_panics(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = parse(&bytes);
    }

    #[test]
    fn survives_torn_logs(parts in prop::collection::vec(prop::sample::select(vec![
        "NVRM: ", "API mismatch", ": the client 'a' (pid 5) ", "has the version 580.1.1, ", "but this kernel module has ",
        "the version ", "[ 1.2] ", "kernel: ", "6,1,2,-;", "#012", "\\x0a", "\n", "nvidia: ", "Unknown symbol ", "é", "]", "[",
        "loading NVIDIA UNIX x86_64 Kernel Module  580.1.1", "Linux version 6", "Loading of ", " is rejected",
    ]), 0..40)) {
        let _ = parse(parts.concat().as_bytes());
    }
}

//! The kernel log, reduced to what bears on the driver's fit.
//!
//! Takes any form in which the log is kept: records of `/dev/kmsg`, `dmesg`, syslog and journal files in any
//! language's months. Only lines with one of a few words are looked at; the rest of the log is never decoded.
//! The messages: open-gpu-kernel-modules (`nv.c`, `nv-pci.c`, `osapi.c`, `kernel_gsp.c`, `nvidia-modeset-linux.c`,
//! `nvidia-drm.c`) and the kernel (`kernel/module/main.c`, `signing.c`, `version.c`, `security/lockdown`).

use std::collections::VecDeque;

use memchr::{memchr, memmem, memrchr};

use crate::facts::LogEventKind;
use crate::parse::nvrm::NvrmVersion;
use crate::version::DriverVersion;

/// What the log says of this boot, since the driver was last loaded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DriverLog {
    /// The version of the last "NVRM: loading".
    pub last_loading: Option<DriverVersion>,
    /// Each event once, in the order in which they first stand in the log, with its line.
    pub events: Vec<(LogEventKind, String)>,
}

/// Events beyond this many drop the oldest: a daemon that is turned away every second fills logs.
const MAX_EVENTS: usize = 256;
/// A mismatch message has five parts; with repeated prefixes torn apart, a few more.
const MAX_PARTS: usize = 8;
/// Longest line that is looked at.
const MAX_LINE: usize = 2048;

/// Reads the log.
pub fn parse(log: &[u8]) -> DriverLog {
    let log = this_boot(log);
    let mut reader = Reader::default();
    for start in interesting_lines(log) {
        let line = &log[start..];
        let line = &line[..memchr(b'\n', line).unwrap_or(line.len()).min(MAX_LINE)];
        let text = String::from_utf8_lossy(line);
        for (message, is_first) in messages(&text) {
            reader.take(message, is_first);
        }
    }
    DriverLog { last_loading: reader.last_loading, events: reader.events.into() }
}

/// What the kernel says first of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BootMessages {
    /// Its release: "Linux version RELEASE …".
    pub release: Option<String>,
    /// Its command line.
    pub command_line: Option<String>,
}

/// Reads the first messages of the last boot; they are gone from the start of a log that was cut there.
pub fn boot(log: &[u8]) -> BootMessages {
    /// The processor's features and the memory map come soon after.
    const LINES: usize = 64;
    let mut said = BootMessages::default();
    for line in this_boot(log).split(|byte| *byte == b'\n').take(LINES) {
        let line = String::from_utf8_lossy(line.get(..MAX_LINE).unwrap_or(line));
        let message = without_prefix(line.trim_end());
        let release =
            message.strip_prefix("Linux version ").and_then(|rest| rest.split_whitespace().next());
        said.release = said.release.or(release.map(str::to_owned));
        let command_line = message
            .strip_prefix("Command line: ")
            .or_else(|| message.strip_prefix("Kernel command line: "));
        said.command_line = said.command_line.or(command_line.map(str::to_owned));
    }
    said
}

/// Whether a text is a kernel log in one of the forms that are read here, by its first lines.
pub fn is_kernel_log(text: &[u8]) -> bool {
    const LOOKED_AT: usize = 64 << 10;
    let text = text.get(..LOOKED_AT).unwrap_or(text);
    if memchr(0, text).is_some() {
        return false;
    }
    text.split(|byte| *byte == b'\n').any(|line| {
        let line = String::from_utf8_lossy(line);
        let line = line.trim();
        let message = without_prefix(line);
        // What was taken off holds a time: prose has "[12]" and "kernel: " too.
        let prefix = line.strip_suffix(message).unwrap_or_default();
        let is_stamped = prefix.contains(|c: char| c.is_ascii_digit())
            && (prefix.contains(['.', ':']) || prefix.ends_with(';'));
        is_stamped || message.starts_with("NVRM: ")
    })
}

/// What follows the kernel's first message of the last boot. `/dev/kmsg` holds one boot only; files hold several.
fn this_boot(log: &[u8]) -> &[u8] {
    let finder = memmem::FinderRev::new(b"Linux version ");
    let mut end = log.len();
    while let Some(found) = finder.rfind(&log[..end]) {
        let start = memrchr(b'\n', &log[..found]).map_or(0, |before| before + 1);
        let prefix = &log[start..found];
        // The kernel's own message, not a program's that cites it.
        let is_message = prefix.is_empty()
            || [&b"] "[..], b";", b"kernel: "].iter().any(|mark| prefix.ends_with(mark));
        if is_message && log.get(found + 14).is_some_and(u8::is_ascii_digit) {
            return &log[start..];
        }
        end = found;
    }
    log
}

/// Where the lines start that can say something, in order.
fn interesting_lines(log: &[u8]) -> Vec<usize> {
    let mut starts = Vec::new();
    for word in [&b"NVRM"[..], b"nvidia", b" is rejected", b"ockdown: "] {
        let finder = memmem::Finder::new(word);
        let mut from = 0;
        while let Some(found) = log.get(from..).and_then(|rest| finder.find(rest)) {
            let found = from + found;
            starts.push(memrchr(b'\n', &log[..found]).map_or(0, |before| before + 1));
            from = memchr(b'\n', &log[found..]).map_or(log.len(), |size| found + size);
        }
    }
    starts.sort_unstable();
    starts.dedup();
    starts
}

/// The kernel's messages within one line, without prefixes. A message of several lines may stand in one: rsyslog
/// writes the break as `#012`, `/dev/kmsg` as `\x0a`.
fn messages(line: &str) -> impl Iterator<Item = (&str, bool)> {
    let message = without_prefix(line);
    let parts = message.split("#012").flat_map(|part| part.split("\\x0a")).map(str::trim);
    parts.enumerate().map(|(position, part)| (part, position == 0))
}

/// The message behind the prefix of whichever form the log is kept in.
fn without_prefix(line: &str) -> &str {
    let line = line.trim_start();
    // A record of /dev/kmsg: "6,1234,56789,-;text" (Documentation/ABI/testing/dev-kmsg).
    if let Some((prefix, message)) = line.split_once(';')
        && prefix.starts_with(|first: char| first.is_ascii_digit())
        && prefix.contains(',')
        && prefix.chars().all(|c| c.is_ascii_alphanumeric() || ",-=".contains(c))
    {
        return message.trim_start();
    }
    // syslog and journal: whatever the language and format of the time, the sender is "kernel:".
    let message = match line.split_once("kernel: ") {
        Some((prefix, message)) if prefix.len() < 200 => message,
        _ => line,
    };
    without_time(without_level(message))
}

/// The message behind the `<6>` that syslog(2) puts before each line.
fn without_level(message: &str) -> &str {
    match message.strip_prefix('<').and_then(|rest| rest.split_once('>')) {
        Some((level, rest)) if level.chars().all(|c| c.is_ascii_digit()) => rest,
        _ => message,
    }
}

/// The message behind a `[   12.345678]` or `[Mon Nov 23 09:03:11 2026]`; not behind `[nvidia-drm]`.
fn without_time(message: &str) -> &str {
    let message = message.trim_start();
    let Some((time, rest)) = message.strip_prefix('[').and_then(|rest| rest.split_once(']')) else {
        return message;
    };
    let is_uptime = time.chars().all(|c| c.is_ascii_digit() || c == '.' || c == ' ');
    let bytes = time.as_bytes();
    let is_clock = bytes
        .windows(3)
        .any(|three| three[0].is_ascii_digit() && three[1] == b':' && three[2].is_ascii_digit());
    if is_uptime || is_clock { rest.trim_start() } else { message }
}

#[derive(Default)]
struct Reader {
    last_loading: Option<DriverVersion>,
    events: VecDeque<(LogEventKind, String)>,
    /// The parts of a mismatch message that is not whole yet, joined; how many; and its first line.
    mismatch: Option<(String, usize, String)>,
}

impl Reader {
    fn take(&mut self, message: &str, is_first: bool) {
        let nvrm = message.strip_prefix("NVRM:").map(str::trim);
        match nvrm {
            Some(text) => self.take_nvrm(message, text),
            // What follows a break in a joined message, where the sender did not repeat its name.
            None if !is_first && self.mismatch.is_some() => self.continue_mismatch(message),
            None => {
                if let Some(kind) = module_event(message) {
                    self.add(kind, message);
                }
            }
        }
    }

    fn take_nvrm(&mut self, message: &str, text: &str) {
        if let Some(loading) = text.strip_prefix("loading ")
            && let Ok(driver) = NvrmVersion::parse(loading)
        {
            self.last_loading = driver.version;
            self.events.clear();
            self.mismatch = None;
        } else if text.starts_with("API mismatch") {
            self.mismatch = Some((String::new(), 0, message.to_owned()));
            self.continue_mismatch(text);
        } else if let Some(kind) = nvrm_event(text) {
            self.add(kind, message);
        } else if self.mismatch.is_some() {
            self.continue_mismatch(text);
        }
    }

    fn continue_mismatch(&mut self, part: &str) {
        let Some((mut text, parts, line)) = self.mismatch.take() else { return };
        text.push_str(part);
        text.push(' ');
        match api_mismatch(&text) {
            Some(kind) => self.add(kind, &line),
            None if parts < MAX_PARTS => self.mismatch = Some((text, parts + 1, line)),
            None => {}
        }
    }

    fn add(&mut self, kind: LogEventKind, line: &str) {
        if self.events.iter().any(|(known, _)| *known == kind) {
            return;
        }
        if self.events.len() >= MAX_EVENTS {
            self.events.pop_front();
        }
        self.events.push_back((kind, line.to_owned()));
    }
}

/// Reads "API mismatch: the client has the version X, but this kernel module has the version Y." (up to 570) and
/// "API mismatch: the client 'NAME' (pid N) has the version X, but this kernel module has the version Y." (since
/// 575), joined of as many lines as are there; `None` while it is not whole.
fn api_mismatch(text: &str) -> Option<LogEventKind> {
    let (client, module) = text.split_once("but this kernel module has")?;
    let (head, client) = client.rsplit_once("has the version ")?;
    let (_, module) = module.split_once("the version ")?;
    let process = head.split_once("the client '").and_then(|(_, rest)| {
        let (name, pid) = rest.rsplit_once("' (pid ")?;
        Some((name.to_owned(), pid.split(')').next()?.parse().ok()?))
    });
    Some(LogEventKind::ApiMismatch {
        client: DriverVersion::find_in(client)?,
        module: DriverVersion::find_in(module.split_whitespace().next()?)?,
        process,
    })
}

/// What either side of a vGPU says of the other's driver: the guest's module in its kernel log (skypilot issue 10468),
/// `nvidia-vgpu-mgr` in the host's (open-gpu-kernel-modules, `src/nvidia/src/kernel/vgpu/rpc.c`).
const VGPU_REFUSALS: [&str; 2] =
    ["Guest driver is incompatible with host driver", "Incompatible Guest/Host drivers"];

/// What a message of nvidia.ko ("NVRM: …") means.
fn nvrm_event(text: &str) -> Option<LogEventKind> {
    use LogEventKind::{
        BoundToOther, FellOffBus, FirmwareFault, FirmwareMissing, LegacyGpu, NeedsOpenModule,
        NeedsProprietaryModule, NoDevice, NotInitialised, UnsupportedGpu, VgpuRefused,
    };
    let has = |words: &str| text.contains(words);
    let kind = if VGPU_REFUSALS.into_iter().any(has) {
        VgpuRefused
    } else if has("probe routine was not called for") || has("is already bound to ") {
        BoundToOther
    } else if has("No NVIDIA GPU found")
        || has("No NVIDIA graphics adapter found")
        || has("No NVIDIA devices probed")
        || has("None of the NVIDIA devices were initialized")
    {
        NoDevice
    } else if has("requires use of the NVIDIA open kernel modules") {
        NeedsOpenModule
    } else if has("installed in this system is not supported by open") {
        NeedsProprietaryModule
    } else if has("installed in this system is not supported by the") {
        UnsupportedGpu
    } else if (has("supported through the NVIDIA ") && has(" Legacy drivers"))
        || has("ignoring the legacy GPU ")
    {
        LegacyGpu
    } else if has("No firmware image found")
        || has("version mismatch: got version ")
        || has("version unknown or malformed, expected version ")
    {
        FirmwareMissing
    } else if has("fallen off the bus") || (has("Xid (") && has("): 79,")) {
        FellOffBus
    } else if has("WPR2 already up") || xid(text).is_some_and(|xid| is_firmware_fault(xid, text)) {
        FirmwareFault
    } else if has("RmInitAdapter failed!") {
        NotInitialised
    } else {
        return None;
    };
    Some(kind)
}

/// The number of "Xid (PCI:0000:05:00): 119, pid=…".
fn xid(text: &str) -> Option<u32> {
    let (_, rest) = text.split_once("Xid (")?;
    let (_, number) = rest.split_once("): ")?;
    number.split(',').next()?.trim().parse().ok()
}

/// Xids of the GPU's own firmware: 62 (micro-controller halt), 119 and 120 (GSP), 154 (a reset or reboot is needed);
/// NVIDIA's "Xid Errors". 154 is said again when nothing is needed any more.
fn is_firmware_fault(xid: u32, text: &str) -> bool {
    matches!(xid, 62 | 119 | 120) || (xid == 154 && !text.contains("to 0x0 (None)"))
}

/// What a message of the kernel or of another module of the set means.
fn module_event(message: &str) -> Option<LogEventKind> {
    use LogEventKind::{
        BuiltForOtherKernel, FirmwareInterrupted, FirmwareMissing, ModuleSetMismatch,
        SignatureRejected, VgpuRefused,
    };
    let has = |words: &str| message.contains(words);
    if VGPU_REFUSALS.into_iter().any(has) {
        return Some(VgpuRefused);
    }
    // "Loading of unsigned module is rejected" names no module: which one was refused, the log does not say.
    if (message.starts_with("Loading of ") && has(" is rejected"))
        || has("unsigned module loading is restricted")
    {
        return Some(SignatureRejected);
    }
    if has("Version mismatch: nvidia.ko(") || has("Version mismatch: nvidia-modeset.ko(") {
        return Some(ModuleSetMismatch);
    }
    if has("Direct firmware load for nvidia/") && has("/gsp") && has("failed") {
        // -EINTR: reading was broken off by a signal (kernel, `drivers/base/firmware_loader/main.c`); -ENOENT is "missing".
        let is_interrupted = message.ends_with("failed with error -4");
        return Some(if is_interrupted { FirmwareInterrupted } else { FirmwareMissing });
    }
    let (module, text) = message.split_once(": ")?;
    if !module.starts_with("nvidia") || module.contains(char::is_whitespace) {
        return None;
    }
    if text.starts_with("version magic '") {
        return Some(BuiltForOtherKernel);
    }
    // A symbol of nvidia.ko that another module of the set does not find, or finds changed: they are not of one
    // build. Any other symbol is the kernel's.
    let symbol = text
        .strip_prefix("disagrees about version of symbol ")
        .map(|symbol| (symbol, true))
        .or_else(|| Some((text.strip_prefix("Unknown symbol ")?, false)));
    match symbol {
        Some((symbol, _)) if symbol.starts_with("nv") && module != "nvidia" => {
            Some(ModuleSetMismatch)
        }
        Some((_, true)) => Some(BuiltForOtherKernel),
        _ => None,
    }
}

#[cfg(test)]
mod tests;

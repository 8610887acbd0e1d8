//! A machine as `nvidia-bug-report.sh` saw it.
//!
//! The report's sections become the files that they show. What it holds no word of is "not captured", never "not
//! there": it lacks packages, libraries and the modules on disk altogether.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::memory::{Memory, Node};
use crate::host::{Failure, HostKind, KernelLogText, PROGRAM_OUTPUT};
use crate::parse::bug_report::{Subject, is_bug_report, messages_of_this_boot, sections, uname};
use crate::parse::lspci;

/// A text cannot be read as such a report.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BugReportError {
    /// The words that every report starts with are not in it.
    #[error("this is not an nvidia-bug-report.log")]
    NotABugReport,
}

/// Sections beyond these are not looked at. Real reports have some hundreds.
const MOST_SECTIONS: usize = 20_000;
/// Devices beyond these are not looked at.
const MOST_DEVICES: usize = 10_000;
/// NVIDIA's support runs it on Bottlerocket from a container that sees the host's files below this.
const HOST_ROOT: &str = "/.bottlerocket/rootfs";
/// Directories of which the script shows whatever there is that matters here: DKMS' logs, and what its globs find.
const LISTED: [&str; 2] = ["/var/lib/dkms", "/usr/share/nvidia"];

/// Reads a report, already unpacked.
pub fn read(text: &[u8]) -> Result<Memory, BugReportError> {
    if !is_bug_report(text) {
        return Err(BugReportError::NotABugReport);
    }
    let mut machine = Memory {
        kind: Some(HostKind::Tree),
        elsewhere: Some(Failure::NotCaptured),
        ..Memory::default()
    };
    let mut outputs = Outputs::default();
    for section in sections(text).take(MOST_SECTIONS) {
        match section.subject {
            Subject::File(path) => {
                let node = Node::File { content: section.body.to_vec(), modified: 0 };
                put(&mut machine, &of_host(&path), node);
            }
            Subject::Absent(path) => {
                put(&mut machine, &of_host(&path), Node::Failed(Failure::NotFound));
            }
            Subject::Unreadable(path) => {
                put(&mut machine, &of_host(&path), Node::Failed(Failure::NotPermitted));
            }
            Subject::Head => {
                outputs.nvidia_smi.extend_from_slice(section.body);
                outputs.kernel = outputs.kernel.or_else(|| uname(section.body));
            }
            Subject::Output(command) => outputs.take(&command, section.body),
        }
    }
    outputs.put(&mut machine);
    put_unseen_of_dkms(&mut machine);
    Ok(machine)
}

/// Beside the logs of DKMS' builds, which the script looks for, stand things that it does not show.
fn put_unseen_of_dkms(machine: &mut Memory) {
    let logs = machine.nodes.keys().filter(|path| path.ends_with("make.log"));
    let unseen: Vec<PathBuf> = logs
        .filter_map(|log| {
            // NAME/VERSION/KERNEL/ARCH/log/make.log, or NAME/VERSION/build/make.log.
            let inside = log.strip_prefix("/var/lib/dkms").ok()?;
            let parts: Vec<_> = inside.iter().take(4).collect();
            let [name, version, kernel, arch] = parts[..] else { return None };
            let version = Path::new("/var/lib/dkms").join(name).join(version);
            Some([version.join("source"), version.join(kernel).join(arch).join("module")])
        })
        .flatten()
        .collect();
    for path in unseen {
        put(machine, &path, Node::Failed(Failure::NotCaptured));
    }
}

/// A machine of which nothing is known but one file.
pub(super) fn of_one_file(path: &str, content: &[u8]) -> Memory {
    let mut machine = of_log(None);
    put(&mut machine, Path::new(path), Node::File { content: content.to_vec(), modified: 0 });
    machine
}

/// A machine of which nothing is known but the kernel's messages.
pub(super) fn of_log(log: Option<KernelLogText>) -> Memory {
    Memory {
        kind: Some(HostKind::Tree),
        elsewhere: Some(Failure::NotCaptured),
        kernel_log: Some(log.ok_or(Failure::NotCaptured)),
        ..Memory::default()
    }
}

/// Adds what stands at a path, unless something does. Directories on the way are not known in full.
pub(super) fn put(machine: &mut Memory, path: &Path, node: Node) {
    /// Each costs a directory; no path that is read here has a dozen.
    const DEEPEST: usize = 32;
    let is_directory = |node: Option<&Node>| matches!(node, None | Some(Node::Directory { .. }));
    // No file has a NUL in its path, and no archive takes one.
    if path.as_os_str().as_encoded_bytes().contains(&0)
        || path.components().count() > DEEPEST
        || machine.nodes.contains_key(path)
        || !path.ancestors().skip(1).all(|above| is_directory(machine.nodes.get(above)))
    {
        return;
    }
    for above in path.ancestors().skip(1) {
        let is_listed = LISTED.iter().any(|listed| above.starts_with(listed));
        let unlisted = (!is_listed).then_some(Failure::NotCaptured);
        machine.nodes.entry(above.to_owned()).or_insert(Node::Directory { unlisted, modified: 0 });
    }
    machine.nodes.insert(path.to_owned(), node);
}

fn of_host(path: &Path) -> PathBuf {
    match path.strip_prefix(HOST_ROOT) {
        Ok(inside) => Path::new("/").join(inside),
        Err(_) => path.to_owned(),
    }
}

/// What programs printed, as far as it bears on the machine.
#[derive(Default)]
struct Outputs {
    kernel: Option<(String, Option<String>)>,
    nvidia_smi: Vec<u8>,
    modinfo: Option<Vec<u8>>,
    journal: Option<Vec<u8>>,
    dmesg: Option<Vec<u8>>,
    devices: BTreeMap<String, lspci::Device>,
    /// Addresses in an output that shows drivers.
    with_drivers: BTreeSet<String>,
}

impl Outputs {
    fn take(&mut self, command: &str, body: &[u8]) {
        let mut words = command.split_whitespace();
        let program = words.next().and_then(|word| word.rsplit('/').next()).unwrap_or_default();
        match program {
            "nvidia-smi" => self.nvidia_smi.extend_from_slice(body),
            "modinfo" if words.next() == Some("nvidia") => self.modinfo = Some(body.to_vec()),
            "lspci" => {
                let shows_drivers =
                    words.any(|word| word.starts_with('-') && word.contains(['v', 'k']));
                self.take_devices(lspci::devices(body), shows_drivers);
            }
            "dmesg:" => self.dmesg = Some(body.to_vec()),
            "Scanning" => self.journal = messages_of_this_boot(body).map(<[u8]>::to_vec),
            _ => {}
        }
    }

    fn take_devices(&mut self, devices: Vec<lspci::Device>, shows_drivers: bool) {
        for device in devices.into_iter().take(MOST_DEVICES) {
            if shows_drivers {
                self.with_drivers.insert(device.address.clone());
            }
            match self.devices.get_mut(&device.address) {
                Some(known) => {
                    known.class = known.class.or(device.class);
                    known.id = known.id.or(device.id);
                    known.driver = known.driver.take().or(device.driver);
                }
                None => drop(self.devices.insert(device.address.clone(), device)),
            }
        }
    }

    fn put(self, machine: &mut Memory) {
        let file = |text: String| Node::File { content: text.into_bytes(), modified: 0 };
        if let Some((release, arch)) = self.kernel {
            put(machine, Path::new("/proc/sys/kernel/osrelease"), file(format!("{release}\n")));
            if let Some(arch) = arch {
                put(machine, Path::new("/proc/sys/kernel/arch"), file(format!("{arch}\n")));
            }
        }
        let said = Node::File { content: self.nvidia_smi, modified: 0 };
        put(machine, &Path::new(PROGRAM_OUTPUT).join("nvidia-smi"), said);
        if let Some(content) = self.modinfo {
            let said = Node::File { content, modified: 0 };
            put(machine, &Path::new(PROGRAM_OUTPUT).join("modinfo"), said);
        }
        put_devices(machine, &self.devices, &self.with_drivers);
        machine.kernel_log = Some(log(self.journal, self.dmesg).ok_or(Failure::NotCaptured));
    }
}

fn put_devices(
    machine: &mut Memory,
    devices: &BTreeMap<String, lspci::Device>,
    with_drivers: &BTreeSet<String>,
) {
    let bus = Path::new("/sys/bus/pci/devices");
    // Without numbers nobody can tell which device is a GPU.
    let numbered = devices.values().filter_map(|device| Some((device, device.class?, device.id?)));
    for (device, class, (vendor, id)) in numbered {
        let directory = bus.join(&device.address);
        let mut attribute = |name: &str, value: String| {
            let node = Node::File { content: value.into_bytes(), modified: 0 };
            put(machine, &directory.join(name), node);
        };
        attribute("vendor", format!("0x{vendor:04x}\n"));
        attribute("device", format!("0x{id:04x}\n"));
        attribute("class", format!("0x{class:04x}00\n"));
        let driver = match &device.driver {
            Some(driver) => Node::Link(Path::new("/sys/bus/pci/drivers").join(driver)),
            None if with_drivers.contains(&device.address) => Node::Failed(Failure::NotFound),
            None => Node::Failed(Failure::NotCaptured),
        };
        put(machine, &directory.join("driver"), driver);
    }
    // lspci shows every device.
    if let Some(Node::Directory { unlisted, .. }) = machine.nodes.get_mut(bus)
        && devices.values().any(|device| device.id.is_some())
    {
        *unlisted = None;
    }
}

/// The messages of the boot in which the report was made. The journal reaches back to its start, the kernel's own
/// buffer may not; where both tell of one thing, it is told twice in the same order.
fn log(journal: Option<Vec<u8>>, dmesg: Option<Vec<u8>>) -> Option<KernelLogText> {
    let dmesg = dmesg.filter(|text| !text.trim_ascii().is_empty());
    let from = match (&journal, &dmesg) {
        (Some(_), Some(_)) => "journalctl -b -0, dmesg",
        (Some(_), None) => "journalctl -b -0",
        (None, Some(_)) => "dmesg",
        (None, None) => return None,
    };
    let text = [journal.unwrap_or_default(), dmesg.unwrap_or_default()].join(&b'\n');
    Some(KernelLogText { from: from.to_owned(), text })
}

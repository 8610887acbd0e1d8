//! NVIDIA GPUs on the PCI bus, from sysfs.

use std::path::{Path, PathBuf};

use crate::facts::{Bus, Datum, Facts, Gap, PciDevice};
use crate::host::Host;
use crate::knowledge::pci;
use crate::probe::{Found, Probe};

/// Reads `/sys/bus/pci/devices`.
pub const PROBE: Probe = Probe { name: "bus", run };

const DEVICES: &str = "/sys/bus/pci/devices";
/// Base class 03 is "display controller"; 00 VGA, 02 3D, 80 other (PCI Code and ID Assignment, section 1.4).
const DISPLAY: u32 = 0x03;

fn run(host: &dyn Host, _known: &Facts) -> Found {
    let mut gaps = Vec::new();
    let gpus = match host.list(Path::new(DEVICES)) {
        Ok(entries) => {
            let gpus: Vec<PciDevice> =
                entries.into_iter().filter_map(|entry| gpu(host, entry.name, &mut gaps)).collect();
            match gaps.first() {
                // One that can't be looked at may be one.
                Some(gap) if gpus.is_empty() => Datum::unreadable(gap.what.as_str(), &gap.why),
                _ => Datum::known(gpus, DEVICES),
            }
        }
        Err(error) => {
            if !error.is_absent() {
                gaps.push(Gap::from(&error));
            }
            Datum::read(Err(error), DEVICES)
        }
    };
    Box::new(move |facts| {
        facts.bus = Bus { gpus };
        facts.gaps.extend(gaps);
    })
}

/// The device, if it is a GPU of NVIDIA. Its vendor is asked first: a server has hundreds of devices of others.
fn gpu(host: &dyn Host, address: String, gaps: &mut Vec<Gap>) -> Option<PciDevice> {
    let directory = Path::new(DEVICES).join(&address);
    if number(host, directory.join("vendor"), gaps)? != u32::from(pci::NVIDIA)
        || number(host, directory.join("class"), gaps)? >> 16 != DISPLAY
    {
        return None;
    }
    let device = u16::try_from(number(host, directory.join("device"), gaps)?).ok()?;
    let driver = host.read_link(&directory.join("driver")).ok();
    let driver = driver.and_then(|link| Some(link.file_name()?.to_str()?.to_owned()));
    Some(PciDevice { address, device, driver, name: pci::name(device).map(str::to_owned) })
}

/// A number as sysfs writes it: `0x10de`. A device that goes away while it is looked at is no gap.
fn number(host: &dyn Host, path: PathBuf, gaps: &mut Vec<Gap>) -> Option<u32> {
    // sysfs gives every attribute the size of a page (kernfs).
    match host.read(&path, 4096) {
        Ok(bytes) => {
            let text = std::str::from_utf8(&bytes).ok().map(str::trim);
            let number =
                text.and_then(|text| u32::from_str_radix(text.strip_prefix("0x")?, 16).ok());
            if number.is_none() {
                gaps.push(Gap::new(&path, "not a number"));
            }
            number
        }
        Err(error) => {
            if !error.is_absent() {
                gaps.push(Gap::from(&error));
            }
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hosts::memory::Memory;

    fn device(host: Memory, address: &str, vendor: &str, device: &str, class: &str) -> Memory {
        ["vendor", "device", "class"].into_iter().zip([vendor, device, class]).fold(
            host,
            |host, (file, value)| {
                host.file(&format!("{DEVICES}/{address}/{file}"), format!("{value}\n"))
            },
        )
    }

    fn facts(host: &Memory) -> Facts {
        let mut facts = Facts::default();
        run(host, &Facts::default())(&mut facts);
        facts
    }

    #[test]
    fn finds_gpus_with_driver_and_name() {
        let host = device(Memory::default(), "0000:00:02.0", "0x8086", "0x9bc4", "0x030000");
        let host = device(host, "0000:01:00.0", "0x10de", "0x2684", "0x030000");
        let host = device(host, "0000:01:00.1", "0x10de", "0x22ba", "0x040300");
        let host = device(host, "0000:41:00.0", "0x10de", "0x2330", "0x030200")
            .link(&format!("{DEVICES}/0000:01:00.0/driver"), "../../../../bus/pci/drivers/nouveau");
        let facts = facts(&host);
        let [first, second] = facts.bus.gpus() else { panic!("{:?}", facts.bus) };
        assert_eq!(
            (first.address.as_str(), first.device, first.driver.as_deref()),
            ("0000:01:00.0", 0x2684, Some("nouveau"))
        );
        assert_eq!(first.name.as_deref(), Some("NVIDIA GeForce RTX 4090"));
        assert_eq!((second.device, second.driver.as_deref()), (0x2330, None));
        assert_eq!(facts.gaps, []);
    }

    #[test]
    fn no_bus_is_absent_and_an_empty_one_is_known() {
        assert!(facts(&Memory::default()).bus.gpus.is_absent());
        assert_eq!(facts(&Memory::default().dir(DEVICES)).bus.gpus.value(), Some(&vec![]));
        let denied = facts(&Memory::default().denied(DEVICES));
        assert!(denied.bus.gpus.is_unreadable());
        assert_eq!(denied.gaps.len(), 1);
    }

    #[test]
    fn a_damaged_number_is_a_gap() {
        let host = device(Memory::default(), "0000:01:00.0", "0x10de", "garbage", "0x030000");
        let facts = facts(&host);
        assert!(facts.bus.gpus.is_unreadable(), "it may be a GPU");
        assert_eq!(facts.gaps.len(), 1);
    }
}

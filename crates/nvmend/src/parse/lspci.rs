//! The output of `lspci` (pciutils), with numbers (`-nn`) or the drivers (`-v`, `-k`).

/// One device, as far as one output tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// With its domain: `0000:01:00.0`.
    pub address: String,
    /// Class and subclass, 16 bits: `0x0300`.
    pub class: Option<u16>,
    /// Vendor and device.
    pub id: Option<(u16, u16)>,
    /// The driver bound to it. `None`: none, or the output does not show drivers.
    pub driver: Option<String>,
}

/// The devices, in order.
pub fn devices(text: &[u8]) -> Vec<Device> {
    let text = String::from_utf8_lossy(text);
    let mut devices: Vec<Device> = Vec::new();
    for line in text.lines() {
        if let Some(device) = device(line) {
            devices.push(device);
        } else if let Some(driver) = line.trim_start().strip_prefix("Kernel driver in use: ")
            && let Some(device) = devices.last_mut()
        {
            device.driver = Some(driver.trim().to_owned());
        }
    }
    devices
}

/// `01:00.0 VGA compatible controller [0300]: NVIDIA Corporation … [10de:2684] (rev a1)`.
fn device(line: &str) -> Option<Device> {
    let (slot, text) = line.split_once(' ')?;
    let address = address(slot)?;
    let mut brackets = text.split('[').skip(1).filter_map(|part| part.split_once(']'));
    let class = brackets
        .clone()
        .find_map(|(inside, after)| hexadecimal(inside).filter(|_| after.starts_with(':')));
    let id = brackets.find_map(|(inside, _)| {
        let (vendor, device) = inside.split_once(':')?;
        Some((hexadecimal(vendor)?, hexadecimal(device)?))
    });
    Some(Device { address, class, id, driver: None })
}

/// `[DOMAIN:]BUS:SLOT.FUNCTION`, with the domain, which is left out where it is 0000.
fn address(slot: &str) -> Option<String> {
    let (numbers, function) = slot.rsplit_once('.')?;
    let parts: Vec<&str> = numbers.split(':').collect();
    let is_number =
        |part: &&str| (2..=8).contains(&part.len()) && part.bytes().all(|c| c.is_ascii_hexdigit());
    if !parts.iter().all(is_number)
        || function.len() != 1
        || !function.bytes().all(|c| c.is_ascii_digit())
    {
        return None;
    }
    match parts.len() {
        2 => Some(format!("0000:{slot}")),
        3 => Some(slot.to_owned()),
        _ => None,
    }
}

fn hexadecimal(text: &str) -> Option<u16> {
    (text.len() == 4).then(|| u16::from_str_radix(text, 16).ok())?
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_numbers_and_drivers() {
        let text = b"00:02.0 VGA compatible controller [0300]: Intel Corporation Device [8086:46a6] (rev 0c)\n\
            10000:e1:00.0 3D controller [0302]: NVIDIA Corporation GA107M [GeForce RTX 3050 Mobile] [10de:25a2] (rev a1) (prog-if 00 [VGA controller])\n\
            \tSubsystem: ASUSTeK [1043:184f]\n\tKernel driver in use: nvidia\n\tKernel modules: nouveau\n\
            01:00.0 VGA compatible controller: nVidia Corporation G96M (rev a1)\n00: de 10 4a 06\n-[0000:00]-+-00.0\n";
        let device = |address: &str, class, id, driver: Option<&str>| Device {
            address: address.to_owned(),
            class,
            id,
            driver: driver.map(str::to_owned),
        };
        assert_eq!(
            devices(text),
            [
                device("0000:00:02.0", Some(0x0300), Some((0x8086, 0x46a6)), None),
                device("10000:e1:00.0", Some(0x0302), Some((0x10de, 0x25a2)), Some("nvidia")),
                device("0000:01:00.0", None, None, None),
            ]
        );
    }

    proptest! {
        #[test]
        fn never_panics(text in "([0-9a-f:. \\[\\]]|Kernel driver in use: |\n|.){0,80}") {
            let _ = devices(text.as_bytes());
        }
    }
}

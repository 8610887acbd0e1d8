//! GPUs by PCI device id: name, and which driver branch and flavour drive them. Sources: head of `pci.txt`.

/// Vendor id of NVIDIA.
pub const NVIDIA: u16 = 0x10de;

const TABLE: &str = include_str!("pci.txt");

/// Id ranges of Blackwell, of which every chip needs the open modules (NVIDIA/gpu-admin-tools, `devid_chips.py`;
/// the driver's installation guide: "Blackwell and later: open modules only").
const BLACKWELL: [std::ops::RangeInclusive<u16>; 5] =
    [0x2900..=0x29ff, 0x2b80..=0x2bff, 0x2c00..=0x2c7f, 0x2d00..=0x2dff, 0x2f00..=0x2f7f];

/// Which driver can drive a GPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Support {
    /// Proprietary modules only, and no branch newer than this one (`390`).
    Legacy(u32),
    /// Open or proprietary modules of current branches.
    EitherFlavour,
    /// Open modules only.
    OpenOnly,
    /// Newer than the table, or not in it.
    Unknown,
}

/// The marketing name; `None` when the table has none.
pub fn name(device: u16) -> Option<&'static str> {
    let (_, name) = entry(device)?;
    Some(name).filter(|name| !name.is_empty())
}

/// Which driver can drive the GPU.
pub fn support(device: u16) -> Support {
    match entry(device) {
        Some(("either", _)) => Support::EitherFlavour,
        Some(("open", _)) => Support::OpenOnly,
        Some((branch, _)) => legacy(branch),
        None if BLACKWELL.iter().any(|range| range.contains(&device)) => Support::OpenOnly,
        None => Support::Unknown,
    }
}

/// `71.86` and `96.43` are branches of the time before the branch was one number.
fn legacy(branch: &str) -> Support {
    let number = branch.split('.').next().and_then(|first| first.parse().ok());
    number.map_or(Support::Unknown, Support::Legacy)
}

/// What drives it, and its name: found in the text itself, which is never parsed as a whole.
fn entry(device: u16) -> Option<(&'static str, &'static str)> {
    let start = format!("\n{device:04x} ");
    let at = memchr::memmem::find(TABLE.as_bytes(), start.as_bytes())?;
    let line = TABLE.get(at + start.len()..)?.lines().next()?;
    Some(line.split_once(' ').unwrap_or((line, "")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_one_of_each_kind() {
        assert_eq!(support(0x0020), Support::Legacy(71));
        assert_eq!(support(0x1200), Support::Legacy(390));
        assert_eq!(support(0x1b80), Support::Legacy(580));
        assert_eq!(support(0x2684), Support::EitherFlavour);
        assert_eq!(support(0x2b85), Support::OpenOnly);
        assert_eq!(name(0x2684), Some("NVIDIA GeForce RTX 4090"));
        assert_eq!(name(0x2330), Some("NVIDIA H100 80GB HBM3"));
    }

    #[test]
    fn an_unknown_id_has_no_name_and_only_a_known_architecture() {
        assert_eq!((support(0x2bff), name(0x2bff)), (Support::OpenOnly, None));
        assert_eq!((support(0xffff), name(0xffff)), (Support::Unknown, None));
    }

    #[test]
    fn every_line_of_the_table_is_well_formed_and_in_order() {
        let mut last = None;
        for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
            let id = u16::from_str_radix(&line[..4], 16).unwrap();
            assert!(last < Some(id), "{line}");
            assert_ne!(support(id), Support::Unknown, "{line}");
            last = Some(id);
        }
        assert_eq!(last, Some(0x31c2));
    }
}

//! Digests of whole files, as package databases record them.

use md5::Digest;
use serde::{Deserialize, Serialize};

use crate::host::RandomRead;

/// Which digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Algorithm {
    /// dpkg's `NAME.md5sums`.
    Md5,
    /// The checksum that NVIDIA's `.run` installer notes down (nvidia-installer, `crc.c`).
    Runfile,
    /// rpm's FILEDIGESTS where FILEDIGESTALGO is 8 (`PGPHASHALGO_SHA256`), its default since 4.6.
    Sha256,
}

/// The digest in hexadecimal digits, or why the file could not be read to its end. Reads it all.
pub fn digest(file: &dyn RandomRead, algorithm: Algorithm) -> Result<String, String> {
    match algorithm {
        Algorithm::Md5 => of::<md5::Md5>(file),
        Algorithm::Sha256 => of::<sha2::Sha256>(file),
        Algorithm::Runfile => runfile(file).map(|crc| format!("{crc:08x}")),
    }
}

/// CRC-32 with its most significant bit first and nothing added at its end; of an empty file, 0.
fn runfile(file: &dyn RandomRead) -> Result<u32, String> {
    const POLYNOMIAL: u32 = 0x04c1_1db7;
    let table: [u32; 256] = std::array::from_fn(|byte| {
        let shift = |crc: u32, _| (crc << 1) ^ (POLYNOMIAL & 0_u32.wrapping_sub(crc >> 31));
        (0..8).fold((byte as u32) << 24, shift)
    });
    let mut crc = u32::MAX;
    let step = |crc: u32, byte: &u8| {
        let [top, ..] = crc.to_be_bytes();
        (crc << 8) ^ table.get(usize::from(top ^ byte)).copied().unwrap_or_default()
    };
    each_part(file, |bytes| crc = bytes.iter().fold(crc, step))?;
    Ok(if file.size() == 0 { 0 } else { crc })
}

fn of<D: Digest>(file: &dyn RandomRead) -> Result<String, String> {
    let mut state = D::new();
    each_part(file, |bytes| state.update(bytes))?;
    Ok(state.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

fn each_part(file: &dyn RandomRead, mut take: impl FnMut(&[u8])) -> Result<(), String> {
    let mut buffer = vec![0; 128 << 10];
    let mut at = 0;
    while at < file.size() {
        let count = file.read_at(at, &mut buffer).map_err(|error| error.to_string())?;
        let bytes = buffer.get(..count).filter(|bytes| !bytes.is_empty()).ok_or("cut short")?;
        take(bytes);
        at += count as u64;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::in_memory::Bytes;

    #[test]
    fn agrees_with_md5sum_and_sha256sum() {
        let file = Bytes(b"abc".to_vec());
        let of = |algorithm| digest(&file, algorithm).unwrap();
        assert_eq!(of(Algorithm::Md5), "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(
            of(Algorithm::Sha256),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    /// CRC-32/MPEG-2 in the catalogue of parametrised CRC algorithms: 0376e6e7 of "123456789".
    #[test]
    fn agrees_with_the_run_installer() {
        let of = |bytes: &[u8]| digest(&Bytes(bytes.to_vec()), Algorithm::Runfile).unwrap();
        assert_eq!(of(b"123456789"), "0376e6e7");
        assert_eq!(of(b""), "00000000");
    }

    #[test]
    fn reads_large_files_whole() {
        let file = Bytes(vec![b'a'; 1_000_000]);
        // FIPS 180-2, appendix B.3.
        assert_eq!(
            digest(&file, Algorithm::Sha256).unwrap(),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        );
    }
}

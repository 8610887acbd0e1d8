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
    /// rpm's FILEDIGESTS where FILEDIGESTALGO is 8 (`PGPHASHALGO_SHA256`), its default since 4.6.
    Sha256,
}

/// The digest in hexadecimal digits, or why the file could not be read to its end. Reads it all.
pub fn digest(file: &dyn RandomRead, algorithm: Algorithm) -> Result<String, String> {
    match algorithm {
        Algorithm::Md5 => of::<md5::Md5>(file),
        Algorithm::Sha256 => of::<sha2::Sha256>(file),
    }
}

fn of<D: Digest>(file: &dyn RandomRead) -> Result<String, String> {
    let mut state = D::new();
    let mut buffer = vec![0; 128 << 10];
    let mut at = 0;
    while at < file.size() {
        let count = file.read_at(at, &mut buffer).map_err(|error| error.to_string())?;
        let bytes = buffer.get(..count).filter(|bytes| !bytes.is_empty()).ok_or("cut short")?;
        state.update(bytes);
        at += count as u64;
    }
    Ok(state.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
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

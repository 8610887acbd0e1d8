//! EFI variables as efivarfs shows them, and the signature lists in some of them.

/// Type of a signature list of X.509 certificates: EFI_CERT_X509_GUID a5c059a1-94e4-4aa7-87b5-ab155c2bf072 (UEFI
/// specification, section 32.4.1), in its byte order on disk.
const X509: [u8; 16] = [
    0xa1, 0x59, 0xc0, 0xa5, 0xe4, 0x94, 0xa7, 0x4a, 0x87, 0xb5, 0xab, 0x15, 0x5c, 0x2b, 0xf0, 0x72,
];

/// What is wrong with a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EfiError {
    /// Shorter than its attributes.
    #[error("shorter than an EFI variable can be")]
    TooShort,
    /// A list whose sizes don't fit into each other or into the variable.
    #[error("damaged EFI signature list")]
    BadList,
}

/// The content of a variable: efivarfs puts its 32 attribute bits before it (Linux, `efivarfs.rst`).
pub fn content(variable: &[u8]) -> Result<&[u8], EfiError> {
    variable.get(4..).ok_or(EfiError::TooShort)
}

/// The content of a variable that is one byte of yes or no (`SecureBoot`, `MokSBStateRT`).
pub fn flag(variable: &[u8]) -> Result<bool, EfiError> {
    let byte = content(variable)?.first().ok_or(EfiError::TooShort)?;
    Ok(*byte == 1)
}

/// The X.509 certificates, DER-encoded, of a row of `EFI_SIGNATURE_LIST`s; entries of other types (hashes) are passed over.
pub fn certificates(mut lists: &[u8]) -> Result<Vec<&[u8]>, EfiError> {
    let mut found = Vec::new();
    while !lists.is_empty() {
        // Type GUID, size of the whole list, size of its own header, size of each signature.
        let (head, _) = lists.split_at_checked(28).ok_or(EfiError::BadList)?;
        let size = |at: usize| -> Option<usize> {
            let bytes = head.get(at..at + 4)?.try_into().ok()?;
            usize::try_from(u32::from_le_bytes(bytes)).ok()
        };
        let (Some(list_size), Some(header_size), Some(signature_size)) =
            (size(16), size(20), size(24))
        else {
            return Err(EfiError::BadList);
        };
        let (list, rest) = lists.split_at_checked(list_size).ok_or(EfiError::BadList)?;
        let signatures = header_size
            .checked_add(28)
            .and_then(|start| list.get(start..))
            .ok_or(EfiError::BadList)?;
        if head.starts_with(&X509) {
            // Each signature is its owner's GUID and the certificate.
            if signature_size <= 16 {
                return Err(EfiError::BadList);
            }
            found.extend(
                signatures.chunks_exact(signature_size).filter_map(|signature| signature.get(16..)),
            );
        }
        lists = rest;
    }
    Ok(found)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    pub(crate) fn list(certificate: &[u8]) -> Vec<u8> {
        let signature = 16 + certificate.len() as u32;
        let mut bytes = X509.to_vec();
        for size in [28 + signature, 0, signature] {
            bytes.extend(size.to_le_bytes());
        }
        bytes.extend([0; 16]);
        bytes.extend(certificate);
        bytes
    }

    #[test]
    fn reads_flags() {
        assert_eq!(flag(&[6, 0, 0, 0, 1]), Ok(true));
        assert_eq!(flag(&[6, 0, 0, 0, 0]), Ok(false));
        assert_eq!(flag(&[6, 0, 0, 0]), Err(EfiError::TooShort));
    }

    #[test]
    fn finds_the_certificates_of_several_lists() {
        let mut hashes = list(b"not a certificate");
        hashes[0] ^= 1;
        let bytes = [list(b"first"), hashes, list(b"second")].concat();
        assert_eq!(certificates(&bytes), Ok(vec![b"first".as_slice(), b"second".as_slice()]));
        assert_eq!(certificates(&bytes[..bytes.len() - 1]), Err(EfiError::BadList));
    }

    #[test]
    fn a_list_of_size_nought_ends_it() {
        assert_eq!(certificates(&[0; 64]), Err(EfiError::BadList));
    }

    proptest! {
        #[test]
        fn never_panics(mut bytes in proptest::collection::vec(any::<u8>(), 0..300), real in any::<bool>()) {
            if real {
                bytes.splice(..bytes.len().min(16), X509);
            }
            let _ = (content(&bytes), flag(&bytes), certificates(&bytes));
        }
    }
}

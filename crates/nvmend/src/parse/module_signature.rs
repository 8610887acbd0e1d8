//! The signature appended to a kernel module: who signed it.
//!
//! Layout: Linux, `include/linux/module_signature.h`. The signature is a PKCS#7 message in DER (RFC 2315, X.690).

use super::der::{SEQUENCE, common_names, value};
use crate::facts::Signature;

/// How many bytes of a file's end [`length`] needs: the structure and the marker.
pub const TRAILER: usize = 12 + MARKER.len();

const MARKER: &[u8] = b"~Module signature appended~\n";
/// `id_type` of a PKCS#7 message.
const PKCS7: u8 = 2;

/// The file ends with a signature's marker, and not with a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("damaged module signature")]
pub struct DamagedSignature;

/// How many bytes of the file stand before its last [`TRAILER`] bytes for the signature itself.
/// `None`: the module is not signed.
pub fn length(trailer: &[u8]) -> Result<Option<usize>, DamagedSignature> {
    let Some(structure) = trailer.strip_suffix(MARKER) else { return Ok(None) };
    let structure: &[u8; 12] = structure.last_chunk().ok_or(DamagedSignature)?;
    let [_, _, kind, .., a, b, c, d] = *structure;
    let length = u32::from_be_bytes([a, b, c, d]) as usize;
    if kind == PKCS7 && length > 0 { Ok(Some(length)) } else { Err(DamagedSignature) }
}

/// The signature at the end of a module of which `tail` are the last bytes. `None`: unsigned. An error too when
/// `tail` is too short to hold all of it.
pub fn parse(tail: &[u8]) -> Result<Option<Signature>, DamagedSignature> {
    let Some(length) = length(tail)? else { return Ok(None) };
    let message =
        tail.len().checked_sub(TRAILER).and_then(|end| tail.get(end.checked_sub(length)?..end));
    let message = message.ok_or(DamagedSignature)?;
    Ok(Some(Signature { signer: signer(message) }))
}

/// The common name of the issuer in the first signer's `issuerAndSerialNumber`, which is what kmod shows as
/// `signer` (`libkmod-signature.c`). `None` where the signer is named by its key only, or the message is odd.
fn signer(message: &[u8]) -> Option<String> {
    // ContentInfo { OBJECT IDENTIFIER signedData, [0] SignedData }
    let (content_info, _) = value(message, SEQUENCE)?;
    let (_, rest) = value(content_info, OBJECT_IDENTIFIER)?;
    let (explicit, _) = value(rest, CONTEXT_0)?;
    let (signed_data, _) = value(explicit, SEQUENCE)?;
    // SignedData { version, digestAlgorithms, contentInfo, [0] certificates?, [1] revocations?, signerInfos }
    let (_, rest) = value(signed_data, INTEGER)?;
    let (_, rest) = value(rest, SET)?;
    let (_, mut rest) = value(rest, SEQUENCE)?;
    for optional in [CONTEXT_0, CONTEXT_1] {
        rest = value(rest, optional).map_or(rest, |(_, after)| after);
    }
    let (signer_infos, _) = value(rest, SET)?;
    // SignerInfo { version, IssuerAndSerialNumber { Name, serial } | [0] key id, … }
    let (signer_info, _) = value(signer_infos, SEQUENCE)?;
    let (_, rest) = value(signer_info, INTEGER)?;
    let (issuer_and_serial, _) = value(rest, SEQUENCE)?;
    let (name, _) = value(issuer_and_serial, SEQUENCE)?;
    common_names(name).into_iter().next()
}

const INTEGER: u8 = 0x02;
const OBJECT_IDENTIFIER: u8 = 0x06;
const SET: u8 = 0x31;
const CONTEXT_0: u8 = 0xa0;
const CONTEXT_1: u8 = 0xa1;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hosts::made;

    /// Made by `openssl cms -sign -binary -nocerts -noattr`, as Linux' `sign-file` makes it.
    const OPENSSL: &[u8] =
        b"\x30\x81\xec\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x81\xde\x30\x81\xdb\x02\x01\
        \x01\x31\x0d\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x30\x0b\x06\x09\x2a\x86\
        \x48\x86\xf7\x0d\x01\x07\x01\x31\x81\xb9\x30\x81\xb6\x02\x01\x01\x30\x4f\x30\x37\x31\x10\
        \x30\x0e\x06\x03\x55\x04\x0a\x0c\x07\x45\x78\x61\x6d\x70\x6c\x65\x31\x23\x30\x21\x06\x03\
        \x55\x04\x03\x0c\x1a\x45\x78\x61\x6d\x70\x6c\x65\x20\x6d\x6f\x64\x75\x6c\x65\x20\x73\x69\
        \x67\x6e\x69\x6e\x67\x20\x6b\x65\x79\x02\x14\x0e\x41\xe3\x52\x58\x47\x9b\x3f\x60\x9c\xd3\
        \x4b\xf1\xf9\x27\xf5\x90\x11\x4b\xff\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\
        \x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02\x04\x47\x30\x45\x02\x20\x36\xfd\x9d\x0f\
        \x8a\xd4\xbe\xe5\x6e\x77\xd9\x89\xf0\x0e\xb1\x06\x45\x2f\x1a\xa1\xc0\x89\xbe\x53\x6a\x4a\
        \x87\xa4\x10\xff\x50\x30\x02\x21\x00\xcd\xe5\xd0\xa0\x82\xac\xff\xa2\x06\x81\x55\xbb\x5f\
        \x66\x00\x81\xed\xc8\xcd\xb0\x98\x3e\x02\xce\x6e\x62\x17\x0f\x1f\xa9\xeb\x8f";

    const SIGNER: &str = "DKMS module signing key";

    #[test]
    fn names_the_signer() {
        let module = made::signed(made::module(&[("license", "NVIDIA")]), SIGNER);
        assert_eq!(parse(&module), Ok(Some(Signature { signer: Some(SIGNER.to_owned()) })));
        let length = length(&module[module.len() - TRAILER..]).unwrap().unwrap();
        let message = &module[module.len() - TRAILER - length..];
        assert_eq!(parse(message), Ok(Some(Signature { signer: Some(SIGNER.to_owned()) })));
        assert_eq!(parse(&message[1..]), Err(DamagedSignature));
    }

    #[test]
    fn reads_a_real_signature() {
        assert_eq!(signer(OPENSSL).as_deref(), Some("Example module signing key"));
    }

    #[test]
    fn unsigned_is_not_damaged() {
        assert_eq!(parse(&made::module(&[("license", "NVIDIA")])), Ok(None));
        assert_eq!(parse(b""), Ok(None));
        assert_eq!(parse(MARKER), Err(DamagedSignature));
    }

    proptest! {
        #[test]
        fn survives_any_bytes(bytes: Vec<u8>) {
            let _ = parse(&bytes);
            let _ = parse(&[bytes.as_slice(), MARKER].concat());
            let _ = signer(&bytes);
        }

        #[test]
        fn survives_damage(at in 0usize..300, byte: u8) {
            let mut message = made::signed(vec![], SIGNER);
            if let Some(place) = message.get_mut(at) { *place = byte; }
            let _ = parse(&message);
        }
    }
}

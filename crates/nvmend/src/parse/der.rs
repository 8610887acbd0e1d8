//! DER (ITU-T X.690), as far as certificates and signatures need it: elements, and the common names in them.

/// `SEQUENCE`, constructed.
pub const SEQUENCE: u8 = 0x30;

/// `2.5.4.3`, commonName (X.520), as an encoded `OBJECT IDENTIFIER`.
const COMMON_NAME: [u8; 5] = [0x06, 0x03, 0x55, 0x04, 0x03];

/// Longest name that is kept, in characters; X.520 allows 64.
const LONGEST_NAME: usize = 128;
/// Most names that are taken from one input.
const MOST_NAMES: usize = 64;

/// One element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Element<'d> {
    /// Its identifier octet. Tags above 30 don't occur in X.509 and PKCS#7 and are not read.
    pub tag: u8,
    /// Its content.
    pub content: &'d [u8],
}

/// The first element of `bytes` and what follows it; `None` when it is damaged or cut off.
pub fn element(bytes: &[u8]) -> Option<(Element<'_>, &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        // The long form: the number of length octets, then these. DER has no indefinite length (0x80).
        let count = usize::from(first & 0x7f);
        if !(1..=4).contains(&count) {
            return None;
        }
        let (octets, rest) = rest.split_at_checked(count)?;
        (octets.iter().fold(0_usize, |length, octet| (length << 8) | usize::from(*octet)), rest)
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((Element { tag, content }, rest))
}

/// The content of the first element, if it has that tag, and what follows it.
pub fn value(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (first, rest) = element(bytes)?;
    (first.tag == tag).then_some((first.content, rest))
}

/// Every common name in `bytes`, in order: of a certificate first the issuer's, then the subject's.
pub fn common_names(bytes: &[u8]) -> Vec<String> {
    memchr::memmem::find_iter(bytes, &COMMON_NAME)
        .filter_map(|at| text(element(bytes.get(at + COMMON_NAME.len()..)?)?.0))
        .take(MOST_NAMES)
        .collect()
}

/// The common name of an X.509 certificate's subject (RFC 5280, section 4.1). A subject without one gives `None`.
pub fn subject_common_name(certificate: &[u8]) -> Option<String> {
    let (certificate, _) = value(certificate, SEQUENCE)?;
    let (body, _) = value(certificate, SEQUENCE)?;
    // [0] version (optional), serialNumber, signature, issuer, validity, subject.
    let mut rest = body;
    let mut sequences = 0;
    while let Some((next, after)) = element(rest) {
        sequences += usize::from(next.tag == SEQUENCE);
        if sequences == 4 {
            return common_names(next.content).pop();
        }
        rest = after;
    }
    None
}

/// A string element's text.
fn text(string: Element<'_>) -> Option<String> {
    let decoded: String = match string.tag {
        // UTF8String, PrintableString, TeletexString, IA5String.
        0x0c | 0x13 | 0x14 | 0x16 => {
            String::from_utf8_lossy(string.content).chars().take(LONGEST_NAME).collect()
        }
        // BMPString: UTF-16, big-endian.
        0x1e => {
            let units = string
                .content
                .chunks_exact(2)
                .map(|pair| pair.iter().fold(0, |unit, byte| (unit << 8) | u16::from(*byte)));
            char::decode_utf16(units)
                .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
                .take(LONGEST_NAME)
                .collect()
        }
        _ => return None,
    };
    Some(decoded)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    pub(crate) fn wrap(tag: u8, content: &[u8]) -> Vec<u8> {
        let mut bytes = vec![tag];
        match content.len() {
            short @ 0..=127 => bytes.push(short as u8),
            long => bytes.extend([0x82, (long >> 8) as u8, long as u8]),
        }
        bytes.extend(content);
        bytes
    }

    fn name(common_name: &str) -> Vec<u8> {
        let attribute = [COMMON_NAME.to_vec(), wrap(0x0c, common_name.as_bytes())].concat();
        wrap(SEQUENCE, &wrap(0x31, &wrap(SEQUENCE, &attribute)))
    }

    /// The frame of a certificate: everything up to the subject is there, keys and signature are not.
    pub(crate) fn certificate(issuer: &str, subject: &str) -> Vec<u8> {
        let body = [
            wrap(0xa0, &[0x02, 0x01, 0x02]),
            wrap(0x02, &[1]),
            wrap(SEQUENCE, &[]),
            name(issuer),
            wrap(SEQUENCE, &[]),
            name(subject),
            wrap(SEQUENCE, &[0; 200]),
        ];
        wrap(SEQUENCE, &wrap(SEQUENCE, &body.concat()))
    }

    #[test]
    fn tells_the_subject_from_the_issuer() {
        let bytes = certificate("Some CA", "DKMS module signing key");
        assert_eq!(subject_common_name(&bytes).as_deref(), Some("DKMS module signing key"));
        assert_eq!(common_names(&bytes), ["Some CA", "DKMS module signing key"]);
    }

    #[test]
    fn reads_two_byte_strings() {
        let bytes = [COMMON_NAME.to_vec(), wrap(0x1e, &[0x4e, 0x2d, 0x00, 0x41])].concat();
        assert_eq!(common_names(&bytes), ["中A"]);
    }

    #[test]
    fn refuses_what_is_cut_off() {
        assert_eq!(element(&[0x30, 0x05, 1, 2]), None);
        assert_eq!(element(&[0x30, 0x80, 0, 0]), None);
        assert_eq!(element(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]), None);
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400), cut in 0_usize..400) {
            let _ = (common_names(&bytes), subject_common_name(&bytes));
            let real = certificate("a", "b");
            let _ = subject_common_name(&real[..cut.min(real.len())]);
        }
    }
}

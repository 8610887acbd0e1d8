//! What a repository says of itself: the first fields of `InRelease` and `Release` (wiki.debian.org/DebianRepository/Format).

/// A repository's own words; empty where it says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Release {
    /// `Origin`.
    pub origin: String,
    /// `Label`.
    pub label: String,
    /// `Suite`.
    pub suite: String,
}

/// Reads the beginning of a file; the signature around it is passed over. The fields stand before the checksums.
pub fn parse(start: &[u8]) -> Release {
    let mut release = Release::default();
    for line in start.split(|byte| *byte == b'\n') {
        let line = String::from_utf8_lossy(line);
        let Some((key, value)) = line.split_once(':') else { continue };
        let field = match key {
            "Origin" => &mut release.origin,
            "Label" => &mut release.label,
            "Suite" => &mut release.suite,
            "MD5Sum" | "SHA1" | "SHA256" | "SHA512" => break,
            _ => continue,
        };
        *field = value.trim().to_owned();
    }
    release
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_the_fields_within_the_signature() {
        let text = b"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nOrigin: Ubuntu\nLabel: Ubuntu\nSuite: jammy-updates\nVersion: 22.04\n\
            Codename: jammy\nMD5Sum:\n d41d8cd9 0 main/Packages\nSuite: not this\n";
        let release = parse(text);
        assert_eq!(
            (release.origin.as_str(), release.label.as_str(), release.suite.as_str()),
            ("Ubuntu", "Ubuntu", "jammy-updates")
        );
        assert_eq!(parse(b"\xff\xfe"), Release::default());
    }

    proptest! {
        #[test]
        fn never_panics(text in "(Origin|Suite|MD5Sum|: |:|\n|.){0,40}") {
            let _ = parse(text.as_bytes());
        }
    }
}

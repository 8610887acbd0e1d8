//! What DKMS writes: `dkms.conf` and the first line of `make.log` (dkms(8)).

use super::os_release::unquote;
use crate::version::DriverVersion;

/// The module that a `dkms.conf` describes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Configuration {
    /// `PACKAGE_NAME`; `None` when it isn't set, or only by a variable.
    pub name: Option<String>,
    /// `PACKAGE_VERSION`; `None` when it isn't a driver version.
    pub version: Option<DriverVersion>,
}

/// Reads a `dkms.conf`. It is a shell script; only plain assignments are understood.
pub fn configuration(text: &str) -> Configuration {
    let mut found = Configuration::default();
    for line in text.lines() {
        let Some((key, value)) = line.trim().split_once('=') else { continue };
        let value = unquote(value);
        match key {
            "PACKAGE_NAME" => {
                found.name = Some(value).filter(|name| !name.is_empty() && !name.contains('$'))
            }
            "PACKAGE_VERSION" => found.version = value.parse().ok(),
            _ => {}
        }
    }
    found
}

/// The kernel release in the first line of a `make.log`: `DKMS make.log for NAME-VERSION for kernel K (ARCH)`; newer
/// ones begin with `DKMS (dkms-X) make.log for NAME/VERSION`.
pub fn kernel_of_log(log: &[u8]) -> Option<String> {
    let line = log.split(|byte| *byte == b'\n').next()?;
    let line = std::str::from_utf8(line.get(..line.len().min(1024))?).ok()?;
    let (_, after) = line.strip_prefix("DKMS")?.split_once(" for kernel ")?;
    after.split_whitespace().next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_the_kernel_of_old_and_new_logs() {
        let old = b"DKMS make.log for nvidia-current-open-535.261.03 for kernel 6.1.0-50-amd64 (x86_64)\nMon Nov 23\n";
        let new = b"DKMS (dkms-3.2.0) make.log for nvidia/580.95.05 for kernel 6.17.0-5-generic (x86_64)\n";
        assert_eq!(kernel_of_log(old).as_deref(), Some("6.1.0-50-amd64"));
        assert_eq!(kernel_of_log(new).as_deref(), Some("6.17.0-5-generic"));
        assert_eq!(kernel_of_log(b"make: Entering directory for kernel 6.1"), None);
    }

    #[test]
    fn reads_names_and_versions() {
        let found = configuration(
            "PACKAGE_NAME=\"nvidia-current\"\nPACKAGE_VERSION=\"535.261.03\"\nAUTOINSTALL=\"yes\"\n",
        );
        assert_eq!(found.name.as_deref(), Some("nvidia-current"));
        assert_eq!(found.version, "535.261.03".parse().ok());
        assert_eq!(
            configuration("PACKAGE_NAME=$name\nPACKAGE_VERSION=__VERSION_STRING\n"),
            Configuration::default()
        );
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200), text in ".{0,100}") {
            let _ = kernel_of_log(&bytes);
            let _ = kernel_of_log(&[b"DKMS for kernel ".as_slice(), &bytes].concat());
            let _ = configuration(&text);
        }
    }
}

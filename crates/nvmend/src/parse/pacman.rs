//! pacman's local database: one directory a package, named `NAME-VERSION-RELEASE`, with a `desc` of
//! `%FIELD%` blocks and a list of `files`, one path a line without its first slash (pacman, `lib/libalpm/be_local.c`).

/// What is wanted of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PacmanPackage {
    /// `%NAME%`.
    pub name: String,
    /// `%VERSION%`: `[EPOCH:]VERSION-RELEASE`.
    pub version: String,
    /// `%ARCH%`.
    pub arch: String,
    /// `%PACKAGER%`, where it is known.
    pub packager: Option<String>,
}

/// The `desc` lacks a field that every package has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the package description lacks %{0}%")]
pub struct PacmanError(pub &'static str);

/// The package's name in the name of its directory: all but the last two parts.
pub fn name_of_directory(directory: &str) -> Option<&str> {
    let (rest, _release) = directory.rsplit_once('-')?;
    let (name, _version) = rest.rsplit_once('-')?;
    (!name.is_empty()).then_some(name)
}

/// Reads a `desc`.
pub fn parse_desc(text: &[u8]) -> Result<PacmanPackage, PacmanError> {
    let need = |name| field(text, name).ok_or(PacmanError(name));
    Ok(PacmanPackage {
        name: need("NAME")?,
        version: need("VERSION")?,
        arch: field(text, "ARCH").unwrap_or_default(),
        packager: field(text, "PACKAGER").filter(|packager| packager != "Unknown Packager"),
    })
}

/// The first line below `%NAME%`.
fn field(text: &[u8], name: &str) -> Option<String> {
    let mut lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    lines.find(|line| {
        line.strip_prefix(b"%").and_then(|line| line.strip_suffix(b"%")) == Some(name.as_bytes())
    })?;
    let value = lines.next().filter(|value| !value.is_empty())?;
    Some(String::from_utf8_lossy(value).into_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    // As pacman 6.0.2 writes it.
    const DESC: &[u8] = b"%NAME%\nnvidia-utils\n\n%VERSION%\n535.216.03-1\n\n%BASE%\nnvidia-utils\n\n%DESC%\nsample\n\n%ARCH%\nx86_64\n\n%INSTALLDATE%\n1795423855\n\n%PACKAGER%\nt\n\n%VALIDATION%\nnone\n\n";

    #[test]
    fn reads_a_package() {
        let package = parse_desc(DESC).unwrap();
        assert_eq!(
            (package.name.as_str(), package.version.as_str()),
            ("nvidia-utils", "535.216.03-1")
        );
        assert_eq!((package.arch.as_str(), package.packager.as_deref()), ("x86_64", Some("t")));
        assert_eq!(parse_desc(&DESC[..20]), Err(PacmanError("VERSION")));
    }

    #[test]
    fn takes_a_directory_name_apart() {
        assert_eq!(name_of_directory("lib32-nvidia-utils-570.86.16-1"), Some("lib32-nvidia-utils"));
        assert_eq!(name_of_directory("linux-6.12.1.arch1-1"), Some("linux"));
        assert_eq!(name_of_directory("ALPM_DB_VERSION"), None);
    }

    proptest! {
        #[test]
        fn never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), name in ".{0,40}", cut in 0usize..200) {
            let _ = (parse_desc(&bytes), parse_desc(&DESC[..cut.min(DESC.len())]));
            let _ = name_of_directory(&name);
        }
    }
}

//! What nvidia-smi says of versions, in its table, in `-q` and in `--version`.

use crate::version::DriverVersion;

/// Its words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NvidiaSmi {
    /// "Driver/library version mismatch": the module turned the library away.
    pub is_refused: bool,
    /// The library's version, cut to its first two parts; said since 525.
    pub library: Option<DriverVersion>,
    /// The driver's. It is said only where library and module talk, so it is that of both.
    pub driver: Option<DriverVersion>,
}

/// Reads the output; words that don't stand there stay empty.
pub fn parse(text: &[u8]) -> NvidiaSmi {
    let mut said = NvidiaSmi::default();
    let text = String::from_utf8_lossy(text);
    for line in text.lines() {
        said.is_refused |= line.contains("Driver/library version mismatch");
        let library = after(line, "NVML library version").or_else(|| after(line, "NVML version"));
        said.library = said.library.take().or(library);
        let driver = after(line, "Driver Version").or_else(|| after(line, "DRIVER version"));
        said.driver = said.driver.take().or(driver);
    }
    said
}

/// The version behind `NAME   :`.
fn after(line: &str, name: &str) -> Option<DriverVersion> {
    let (_, rest) = line.split_once(name)?;
    let value = rest.trim_start().strip_prefix(':')?.split_whitespace().next()?;
    value.parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn said(text: &str) -> (bool, Option<String>, Option<String>) {
        let said = parse(text.as_bytes());
        let text = |version: Option<DriverVersion>| version.map(|version| version.to_string());
        (said.is_refused, text(said.library), text(said.driver))
    }

    #[test]
    fn reads_every_form() {
        let some = |text: &str| Some(text.to_owned());
        let cases = [
            (
                "Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 580.159\n",
                (true, some("580.159"), None),
            ),
            ("Failed to initialize NVML: Driver/library version mismatch\n", (true, None, None)),
            (
                "Driver Version                            : 535.129.03\n",
                (false, None, some("535.129.03")),
            ),
            (
                "| NVIDIA-SMI 535.129.03   Driver Version: 535.129.03   CUDA Version: 12.2 |",
                (false, None, some("535.129.03")),
            ),
            (
                "NVIDIA SMI   | NVIDIA-SMI version  : 580.159.03\n   | NVML version        : 580.159\n   | DRIVER version      : 580.159.03\n",
                (false, some("580.159"), some("580.159.03")),
            ),
            (
                "Driver Version : N/A\nNVIDIA-SMI has failed because it couldn't communicate",
                (false, None, None),
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(said(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "(NVML library version|Driver Version|: |5|\\.|\n|.){0,40}") {
            let _ = parse(text.as_bytes());
        }
    }
}

//! The line by which the loaded driver names itself: in `/proc/driver/nvidia/version` after "NVRM version:", in
//! the kernel log after "NVRM: loading".
//!
//! Written by open-gpu-kernel-modules, `kernel-open/nvidia/nv-procfs.c` and `nv.c`; the text itself is put
//! together in `src/nvidia/Makefile` and `utils.mk`, so builds differ in what follows the version.

use crate::facts::Flavour;
use crate::version::DriverVersion;

/// What the line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NvrmVersion {
    /// The version. Some Jetson builds say `TempVersion` instead, which is none.
    pub version: Option<DriverVersion>,
    /// Open or proprietary.
    pub flavour: Flavour,
    /// The architecture in its words: `x86_64`, `x86` (32 bit), `aarch64`.
    pub arch: String,
    /// Whether it was built for Jetson (Tegra): by the machine that builds those, or without a version.
    pub is_jetson: bool,
}

/// The text has no such line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no line that names an NVIDIA kernel module and its version")]
pub struct NotNvrm;

impl NvrmVersion {
    /// Reads the first line of `text` that names the module: "NVIDIA UNIX x86_64 Kernel Module  535.129.03  …" or
    /// "NVIDIA UNIX Open Kernel Module for x86_64  580.126.09  Release Build  …".
    pub fn parse(text: &str) -> Result<Self, NotNvrm> {
        let line = text.lines().find_map(|line| line.split_once("NVIDIA UNIX ")).ok_or(NotNvrm)?.1;
        let mut words = line.split_whitespace();
        let first = words.next().ok_or(NotNvrm)?;
        let (flavour, arch) = if first == "Open" {
            let named = words.next() == Some("Kernel") && words.next() == Some("Module");
            let arch = if named && words.next() == Some("for") { words.next() } else { None };
            (Flavour::Open, arch.ok_or(NotNvrm)?)
        } else {
            let named = words.next() == Some("Kernel") && words.next() == Some("Module");
            (Flavour::Proprietary, if named { first } else { return Err(NotNvrm) })
        };
        let version = words.next().ok_or(NotNvrm)?;
        let is_jetson = version == "TempVersion" || line.contains("buildbrain@mobile");
        let version = version.parse().ok();
        if version.is_none() && !is_jetson {
            return Err(NotNvrm);
        }
        Ok(Self { version, flavour, arch: arch.to_owned(), is_jetson })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> (String, Flavour, String, bool) {
        let it = NvrmVersion::parse(text).unwrap();
        (
            it.version.map_or("-".into(), |version| version.to_string()),
            it.flavour,
            it.arch,
            it.is_jetson,
        )
    }

    #[test]
    fn reads_every_known_form() {
        use Flavour::{Open, Proprietary};
        let cases = [
            (
                "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.129.03  Thu Oct 19 18:56:32 UTC 2023\nGCC version:  gcc version 12.3.0\n",
                "535.129.03",
                Proprietary,
                "x86_64",
                false,
            ),
            (
                "NVRM version: NVIDIA UNIX x86 Kernel Module  390.157  Wed Oct 12 09:22:36 UTC 2022",
                "390.157",
                Proprietary,
                "x86",
                false,
            ),
            (
                "NVRM version: NVIDIA UNIX aarch64 Kernel Module  550.120  Fri Sep 13 11:01:10 UTC 2024",
                "550.120",
                Proprietary,
                "aarch64",
                false,
            ),
            (
                "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.126.09  Release Build  (dvs-builder@U22-I3-AM02-24-3)  Wed Jan  7 22:51:36 UTC 2026",
                "580.126.09",
                Open,
                "x86_64",
                false,
            ),
            (
                "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  595.45.04  Release Build  (root@host)",
                "595.45.04",
                Open,
                "x86_64",
                false,
            ),
            (
                "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  595.45.04  Debug Build",
                "595.45.04",
                Open,
                "x86_64",
                false,
            ),
            (
                "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  595.45.04  Develop Build  ",
                "595.45.04",
                Open,
                "x86_64",
                false,
            ),
            (
                "NVRM version: NVIDIA UNIX Open Kernel Module for aarch64  540.4.0  Release Build  (buildbrain@mobile-u64-6336-d8000)  Tue Jan  7 17:35:12 PST 2025",
                "540.4.0",
                Open,
                "aarch64",
                true,
            ),
            (
                "NVRM version: NVIDIA UNIX Open Kernel Module for aarch64  TempVersion  Release Build",
                "-",
                Open,
                "aarch64",
                true,
            ),
            (
                "NVRM: loading NVIDIA UNIX x86_64 Kernel Module  390.129  Mon Jul 22 21:10:21 PDT 2019 (using threaded interrupts)",
                "390.129",
                Proprietary,
                "x86_64",
                false,
            ),
        ];
        for (text, version, flavour, arch, jetson) in cases {
            assert_eq!(
                parse(text),
                (version.to_owned(), flavour, arch.to_owned(), jetson),
                "{text}"
            );
        }
    }

    #[test]
    fn refuses_other_text() {
        for text in [
            "",
            "NVIDIA UNIX",
            "NVIDIA UNIX x86_64",
            "NVIDIA UNIX x86_64 Kernel Module",
            "NVIDIA UNIX x86_64 Kernel Module  garbage",
            "NVIDIA UNIX Open Kernel Module",
        ] {
            assert_eq!(NvrmVersion::parse(text), Err(NotNvrm), "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "(NVIDIA UNIX |Open |Kernel Module |for |.){0,12}") {
            let _ = NvrmVersion::parse(&text);
        }
    }
}

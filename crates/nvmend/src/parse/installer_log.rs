//! The log of NVIDIA's `.run` installer (NVIDIA/nvidia-installer: `log.c`, `kernel.c`, `misc.c`, `install-from-cwd.c`).
//! Every run starts it anew, so it is about one run.

use memchr::memmem;

use super::build_log;
use crate::version::DriverVersion;

/// Every such log starts with these words.
pub const HEAD: &[u8] = b"nvidia-installer log file";

/// What one run did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstallerLog {
    /// The driver that it was to install.
    pub version: Option<DriverVersion>,
    /// The kernel that it built for, where the log names it.
    pub kernel: Option<String>,
    /// Whether that kernel was asked for by name: another than the running one.
    pub names_kernel: bool,
    /// Whether it found a driver that the distribution's packages had installed.
    pub over_packages: bool,
    /// How it ended.
    pub end: End,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// The driver was installed.
    Complete,
    /// No module could be built, so nothing was installed.
    BuildFailed {
        /// The first real error, if one is recognised.
        first_error: Option<String>,
    },
    /// It failed for another reason, or was stopped; or the log ends early, or is not about installing.
    Other,
}

/// What it says when a module could not be built, over the years.
const BUILD_FAILURES: [&[u8]; 7] = [
    b"ERROR: Unable to build the ",
    b"the step: \"Building kernel modules\"",
    b"the step: \"Checking to see whether the nvidia kernel module was successfully built\"",
    b"kernel module failed to build",
    b"kernel module was not created",
    b"ERROR: Unable to find the kernel source tree",
    b"ERROR: Failed to install the kernel module through DKMS",
];

/// Reads it; words that don't stand there stay empty.
pub fn parse(log: &[u8]) -> InstallerLog {
    let said = |words: &[u8]| memmem::find(log, words).is_some();
    let argument = |name: &[u8]| options(log).any(|option| option.starts_with(name));
    InstallerLog {
        // Before 2010 "installer version" was the program's own, 1.0.7.
        version: word_after(log, b"Installing NVIDIA driver version ")
            .or_else(|| word_after(log, b"installer version: "))
            .and_then(|word| word.trim_end_matches('.').parse().ok())
            .filter(|version: &DriverVersion| version.branch() >= 10),
        kernel: kernel(log),
        names_kernel: argument(b"-k") || argument(b"--kernel-name"),
        // The file alternate-install-present says so; "An alternate method … was detected" only means that there are
        // packages to be had.
        over_packages: said(
            b"appears to have been installed previously using a different installer",
        ),
        end: if argument(b"--uninstall") {
            End::Other
        } else if ends_with(log, "is now complete.") {
            End::Complete
        } else if BUILD_FAILURES.iter().any(|words| said(words)) {
            End::BuildFailed { first_error: build_log::first_error(log) }
        } else {
            End::Other
        },
    }
}

/// The release in `Kernel source path: '/lib/modules/RELEASE/build'`, else in the arguments of make.
fn kernel(log: &[u8]) -> Option<String> {
    const DIRECTORY: &[u8] = b"/lib/modules/";
    let places: [&[u8]; 2] = [b"Kernel source path: '", b"SYSSRC="];
    places.iter().find_map(|place| {
        let start = memmem::find(log, place)? + place.len();
        let rest = log.get(start..)?;
        let path = rest.strip_prefix(b"\"").unwrap_or(rest).strip_prefix(DIRECTORY)?;
        let end = path.iter().take(256).position(|byte| *byte == b'/')?;
        let release = std::str::from_utf8(path.get(..end)?).ok()?;
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "._+-~".contains(c);
        (!release.is_empty() && release.chars().all(is_plain)).then(|| release.to_owned())
    })
}

/// The lines below `nvidia-installer command line:`, but the program's name.
fn options(log: &[u8]) -> impl Iterator<Item = &[u8]> {
    const TITLE: &[u8] = b"nvidia-installer command line:";
    let start = memmem::find(log, TITLE).map_or(log.len(), |at| at + TITLE.len());
    let lines = log.get(start..).unwrap_or_default().split(|byte| *byte == b'\n').skip(1);
    lines
        .take_while(|line| line.first().is_some_and(u8::is_ascii_whitespace))
        .map(<[u8]>::trim_ascii)
        .filter(|line| line.starts_with(b"-"))
}

fn word_after<'t>(log: &'t [u8], words: &[u8]) -> Option<&'t str> {
    let start = memmem::find(log, words)? + words.len();
    let rest = log.get(start..)?;
    let end = rest.iter().take(64).position(u8::is_ascii_whitespace).unwrap_or(rest.len().min(64));
    std::str::from_utf8(rest.get(..end)?).ok()
}

/// Whether these words stand near the end; older installers break lines between words.
fn ends_with(log: &[u8], words: &str) -> bool {
    const TAIL: usize = 4 << 10;
    let tail = String::from_utf8_lossy(log.get(log.len().saturating_sub(TAIL)..).unwrap_or(log));
    tail.split_whitespace().collect::<Vec<_>>().join(" ").contains(words)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const START: &str = "nvidia-installer log file '/var/log/nvidia-installer.log'\n\
        creation time: Tue Nov 29 14:51:02 2022\ninstaller version: 515.86.01\n\n\
        nvidia-installer command line:\n    ./nvidia-installer\n    -no-x-check\n\nUsing: ncurses\n";
    const SOURCE: &str = "-> Kernel source path: '/lib/modules/5.9.1-rt20/build'\n";

    fn parsed(rest: &str) -> InstallerLog {
        parse(format!("{START}{rest}").as_bytes())
    }

    #[test]
    fn a_failed_build_has_its_first_error_and_its_kernel() {
        let log = parsed(&format!(
            "-> Installing NVIDIA driver version 515.86.01.\n-> An alternate method of installing the NVIDIA driver was detected.\n{SOURCE}\
             -> Building kernel modules\n   MODPOST /tmp/x/Module.symvers\n\
             \x20  FATAL: modpost: GPL-incompatible module nvidia-drm.ko uses GPL-only symbol 'ww_mutex_lock'\n-> Error.\n\
             ERROR: An error occurred while performing the step: \"Building kernel modules\". See the log.\n\
             ERROR: modpost: \"nvUvmInterfaceSessionCreate\" [nvidia-uvm.ko] undefined!\n\
             ERROR: Installation has failed.\n"
        ));
        assert_eq!(log.version, "515.86.01".parse().ok());
        assert_eq!((log.kernel.as_deref(), log.names_kernel), (Some("5.9.1-rt20"), false));
        assert!(!log.over_packages, "packages that are to be had are not installed");
        let End::BuildFailed { first_error: Some(error) } = log.end else { panic!("{log:?}") };
        assert!(error.starts_with("FATAL: modpost: GPL-incompatible module nvidia-drm.ko"));
    }

    #[test]
    fn the_commands_that_make_shows_are_no_errors() {
        let log = parse(
            b"nvidia-installer log file\ninstaller version: 1.0.7\n-> Installing NVIDIA driver version 295.41.\n\
              -> Building kernel module:\n   executing: 'cd ./kernel; make module SYSSRC=/lib/modules/3.5.0-2-generic/build'...\n\
              \x20       echo \"  ERROR: Kernel configuration is invalid.\"; \\\n\
              \x20  nv-linux.h:114:75: fatal error: asm/system.h: No such file or directory\n-> Error.\n\
              ERROR: Unable to build the NVIDIA kernel module.\n",
        );
        assert_eq!(log.version, "295.41".parse().ok());
        assert_eq!(log.kernel.as_deref(), Some("3.5.0-2-generic"));
        let first_error = "nv-linux.h:114:75: fatal error: asm/system.h: No such file or directory";
        assert_eq!(log.end, End::BuildFailed { first_error: Some(first_error.to_owned()) });
    }

    #[test]
    fn success_is_told_even_across_lines() {
        let log = parsed(
            "-> The NVIDIA driver appears to have been installed previously using a different installer. To prevent\n\
             -> Installation of the NVIDIA Accelerated Graphics Driver for Linux-x86_64\n   (version: 515.86.01) is now\n   complete.  Please update\n",
        );
        assert_eq!((log.end, log.over_packages), (End::Complete, true));
    }

    #[test]
    fn what_is_no_installation_is_none() {
        assert_eq!(parsed("-> License accepted.\n").end, End::Other);
        assert_eq!(parsed("ERROR: The installation was canceled\n").end, End::Other);
        let removed = START.replace("-no-x-check", "--uninstall");
        let text = format!("{removed}-> Uninstallation of existing driver is now complete.\n");
        assert_eq!(parse(text.as_bytes()).end, End::Other);
        let named = START.replace("-no-x-check", "--kernel-name=6.1.0-50-amd64");
        assert!(parse(format!("{named}{SOURCE}").as_bytes()).names_kernel);
        assert_eq!(parse(b"nvidia-installer log file\ninstaller version: 1.0.7\n").version, None);
    }

    proptest! {
        #[test]
        fn never_panics(
            parts in proptest::collection::vec((0_usize..12, ".{0,20}"), 0..20),
            cut in 0_usize..600,
        ) {
            let words: Vec<&[u8]> = [START.as_bytes(), SOURCE.as_bytes(), b"SYSSRC=\"/lib/modules/", b"installer version: ", b"\n"]
                .into_iter().chain(BUILD_FAILURES).collect();
            let mut text = Vec::new();
            for (word, noise) in parts {
                text.extend_from_slice(words[word]);
                text.extend_from_slice(noise.as_bytes());
            }
            let _ = parse(&text);
            let _ = parse(text.get(..cut).unwrap_or(&text));
        }
    }
}

//! Logs of module builds (DKMS' `make.log`, akmods' `*.failed.log`, the `.run` installer's log): why the build failed.

use memchr::memmem;

/// Longest line that is kept, in characters.
const LONGEST_LINE: usize = 300;

/// Why a build failed, as far as its first error tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BuildReason {
    /// The compiler is not the kernel's: it doesn't know an option, or the driver's own check refused it.
    Compiler,
    /// The kernel's headers are missing or incomplete.
    Headers,
    /// No space left on the device.
    DiskFull,
    /// The kernel's interfaces are not those that this driver was written for.
    KernelInterface,
    /// Something else.
    Other,
}

/// What the compiler check of drivers up to 390 says when it refuses.
const CHECK_FAILED: &str = "Failed CC version check. Bailing out!";

/// Texts that end a build and carry no `error:`, from the Makefiles of the kernel and of the driver (Kbuild,
/// conftest.sh).
const FATAL: [&str; 11] = [
    // Fatal by itself.
    CHECK_FAILED,
    "No space left on device",
    "Kernel configuration is invalid",
    "Unable to find the kernel source tree",
    "Unable to determine the target kernel version",
    "kernel headers for kernel",
    "are missing; please run 'make oldconfig",
    "/build: No such file or directory",
    "uses GPL-only symbol",
    "Disk quota exceeded",
    "No rule to make target",
];

/// The first line that says why the build failed; everything after it may be its consequence.
///
/// A compiler's `error:` counts. "the compiler differs" is a warning, and modpost's `undefined!` follows from a file
/// that did not compile, so neither does.
pub fn first_error(log: &[u8]) -> Option<String> {
    let compiler = memmem::find_iter(log, b"error: ").find(|at| is_error(log, *at));
    let fatal = FATAL
        .iter()
        .filter_map(|text| memmem::find_iter(log, text.as_bytes()).find(|at| !is_echoed(log, *at)));
    Some(line_at(log, fatal.chain(compiler).min()?))
}

/// Whether `error: ` at `at` is a compiler's or linker's: `file.c:1:2: error: `, `cc1: fatal error: `,
/// `gcc: internal compiler error: `, or at the start of a line.
fn is_error(log: &[u8], at: usize) -> bool {
    let before = log.get(..at).unwrap_or_default();
    before.is_empty()
        || [b"\n".as_slice(), b": ", b"fatal ", b"compiler "]
            .iter()
            .any(|end| before.ends_with(end))
}

/// Whether what stands at `at` is part of a command that make shows before it runs it: `echo "  ERROR: …"`.
fn is_echoed(log: &[u8], at: usize) -> bool {
    let before = log.get(..at).unwrap_or_default();
    let line = before.get(memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1)..);
    line.is_some_and(|line| memmem::find(line, b"echo ").is_some())
}

/// The line around `at`, without control characters and not endlessly long.
fn line_at(log: &[u8], at: usize) -> String {
    let start = log
        .get(..at)
        .and_then(|before| memchr::memrchr(b'\n', before))
        .map_or(0, |newline| newline + 1);
    let line = log.get(start..).unwrap_or_default();
    let end = memchr::memchr(b'\n', line).unwrap_or(line.len()).min(4 * LONGEST_LINE);
    let line = String::from_utf8_lossy(line.get(..end).unwrap_or_default());
    line.trim().chars().filter(|character| !character.is_control()).take(LONGEST_LINE).collect()
}

/// What the first error of a build means.
pub fn reason(first_error: &str) -> BuildReason {
    let says = |texts: &[&str]| texts.iter().any(|text| first_error.contains(text));
    if says(&["No space left", "Disk quota exceeded"]) {
        BuildReason::DiskFull
    } else if says(&[
        "unrecognized command-line option",
        "unrecognized command line option",
        "unknown argument",
        "unsupported option",
        "incompatible gcc/plugin versions",
        CHECK_FAILED,
    ]) {
        BuildReason::Compiler
    } else if says(&[
        "Kernel configuration is invalid",
        "kernel source tree",
        "target kernel version",
        "kernel headers for kernel",
        "please run 'make oldconfig",
        "/build: No such file",
        "generated/autoconf.h",
        "generated/utsrelease.h",
    ]) {
        BuildReason::Headers
    } else if says(&[
        "implicit declaration of",
        "has no member named",
        "no member named",
        "too few arguments",
        "too many arguments",
        "incompatible pointer type",
        "incompatible type",
        "incompatible function pointer",
        "undeclared",
        "unknown type name",
        "conflicting types",
        "incomplete type",
        "redefinition of",
        "static declaration of",
        "uses GPL-only symbol",
    ]) || is_kernel_header_gone(first_error)
    {
        BuildReason::KernelInterface
    } else {
        BuildReason::Other
    }
}

/// Whether it is the driver's own check of the compiler. That one holds the compiler against `/proc/version`, which is
/// the running kernel's, whichever kernel the module is for (`conftest.sh` of the drivers up to 390, `cc_version_check`).
pub fn is_about_running_kernel(first_error: &str) -> bool {
    first_error.contains(CHECK_FAILED)
}

/// `fatal error: drm/drm_plane.h: No such file or directory`: a header that this kernel has no more.
fn is_kernel_header_gone(line: &str) -> bool {
    line.split_once("fatal error: ").is_some_and(|(_, header)| {
        ["linux/", "asm/", "drm/", "acpi/", "video/", "uapi/", "sound/"]
            .iter()
            .any(|tree| header.starts_with(tree))
            && header.contains(".h: No such file")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn judged(log: &str) -> (Option<String>, Option<BuildReason>) {
        let error = first_error(log.as_bytes());
        let reason = error.as_deref().map(reason);
        (error, reason)
    }

    #[test]
    fn an_unknown_option_counts_and_the_differing_compiler_does_not() {
        let log = "\
warning: the compiler differs from the one used to build the kernel
  The kernel was built by: x86_64-linux-gnu-gcc-12 (Ubuntu 12.3.0-1ubuntu1~22.04) 12.3.0
  You are using:           cc (Ubuntu 11.4.0-1ubuntu1~22.04) 11.4.0
cc: error: unrecognized command-line option '-ftrivial-auto-var-init=zero'
make[2]: *** [scripts/Makefile.build:251: /var/lib/dkms/nvidia/535.98/build/nvidia/nv.o] Error 1
";
        let (error, reason) = judged(log);
        assert_eq!(
            error.as_deref(),
            Some("cc: error: unrecognized command-line option '-ftrivial-auto-var-init=zero'")
        );
        assert_eq!(reason, Some(BuildReason::Compiler));
        let only_warning: String = log.lines().take(3).collect::<Vec<_>>().join("\n");
        assert_eq!(judged(&only_warning), (None, None));
    }

    #[test]
    fn the_compiler_error_comes_before_its_consequences() {
        let (error, reason) = judged(
            "nvidia-drm/nvidia-drm-drv.c:1:10: warning: unused [-Werror=unused]\n\
             /build/nvidia-drm/nvidia-drm-drv.c:95:5: error: 'struct drm_driver' has no member named 'lastclose'\n\
             nvidia-drm/x.c:7:1: error: implicit declaration of function 'drm_x'\n\
             ERROR: modpost: \"nvUvmInterfaceSessionCreate\" [nvidia-uvm.ko] undefined!\n",
        );
        assert!(error.unwrap().ends_with("has no member named 'lastclose'"));
        assert_eq!(reason, Some(BuildReason::KernelInterface));
    }

    #[test]
    fn consequences_alone_say_nothing() {
        let log = "ERROR: modpost: \"nvUvmInterfaceSessionCreate\" [/tmp/nvidia-uvm.ko] undefined!\nmake: *** Error 1\n";
        assert_eq!(judged(log), (None, None));
    }

    #[test]
    fn knows_the_other_reasons() {
        let reasons = [
            (
                "fatal error: drm/drm_plane.h: No such file or directory",
                BuildReason::KernelInterface,
            ),
            ("*** Failed CC version check. Bailing out! ***", BuildReason::Compiler),
            ("/usr/bin/ld: final link failed: No space left on device", BuildReason::DiskFull),
            (
                "make[1]: *** /lib/modules/6.1.0-50-amd64/build: No such file or directory.  Stop.",
                BuildReason::Headers,
            ),
            (
                "FATAL: modpost: GPL-incompatible module nvidia.ko uses GPL-only symbol 'rcu_read_lock'",
                BuildReason::KernelInterface,
            ),
            ("gcc: internal compiler error: Killed (program cc1)", BuildReason::Other),
        ];
        for (line, reason) in reasons {
            assert_eq!(
                judged(&format!("make: Entering\n  {line}\nmore\n")),
                (Some(line.to_owned()), Some(reason))
            );
        }
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300), at in 0_usize..300) {
            let _ = first_error(&bytes);
            let mut with = bytes;
            with.splice(at.min(with.len())..at.min(with.len()), *b": error: ");
            let found = first_error(&with);
            prop_assert!(found.is_some());
            let _ = reason(&found.unwrap());
        }
    }
}

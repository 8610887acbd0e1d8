use proptest::prelude::*;

use super::*;

/// Debian 12's apt 2.6.1, with a forced mixture of 535.216.03 and 535.261.03.
const FIX: &str = "Reading package lists...
Building dependency tree...
The following packages will be upgraded:
  libcuda1 nvidia-smi
5 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.
Inst libcuda1 [535.216.03-2~bpo12+1] (535.261.03-1 Debian:12.15/oldstable [amd64]) [libnvidia-pkcs11-openssl3:amd64 nvidia-smi:amd64 ]
Inst libcuda1:i386 (535.261.03-1 Debian:12.15/oldstable [i386])
Inst linux-headers-6.1.0-50-common (6.1.176-1 Debian:12.15/oldstable, Debian-Security:12/oldstable-security [all])
Remv nvidia-open-kernel-dkms [535.261.03-1]
Purg nvidia-tesla-470-smi:i386 [470.256.02-1~deb12u1] [libx:amd64 ]
Conf libcuda1 (535.261.03-1 Debian:12.15/oldstable [amd64])
";

const POLICY: &str = "nvidia-smi:
  Installed: 535.216.03-2~bpo12+1
  Candidate: 535.261.03-1
  Version table:
     535.261.03-1 500
        500 http://deb.debian.org/debian bookworm/non-free amd64 Packages
 *** 535.216.03-2~bpo12+1 100
        100 http://deb.debian.org/debian bookworm-backports/non-free amd64 Packages
        100 /var/lib/dpkg/status
     535.1-1 100
        100 /var/lib/dpkg/status
libcuda1:i386:
  Installed: (none)
  Candidate: (none)
  Version table:
";

fn change(name: &str, arch: Option<&str>, from: Option<&str>, to: Option<&str>) -> Change {
    let own = |text: Option<&str>| text.map(str::to_owned);
    Change { name: name.to_owned(), arch: own(arch), from: own(from), to: own(to) }
}

#[test]
fn reads_a_simulation() {
    let new = Some("535.261.03-1");
    assert_eq!(
        changes(FIX).unwrap(),
        [
            change("libcuda1", Some("amd64"), Some("535.216.03-2~bpo12+1"), new),
            change("libcuda1", Some("i386"), None, new),
            change("linux-headers-6.1.0-50-common", Some("all"), None, Some("6.1.176-1")),
            change("nvidia-open-kernel-dkms", None, new, None),
            change("nvidia-tesla-470-smi", Some("i386"), Some("470.256.02-1~deb12u1"), None),
        ]
    );
    assert_eq!(changes("0 upgraded, 0 newly installed\n"), Ok(vec![]));
}

#[test]
fn refuses_what_would_become_an_option_or_is_no_line() {
    assert!(matches!(changes("Inst -oX [1] (2 D [amd64])"), Err(AptError::NotAName(_))));
    assert!(matches!(changes("Inst a [1] (-2 D [amd64])"), Err(AptError::NotAName(_))));
    assert!(matches!(changes("Remv libcuda1"), Err(AptError::NotAChange(_))));
    assert!(matches!(changes("Inst libcuda1 [1"), Err(AptError::NotAChange(_))));
}

#[test]
fn names_the_first_real_reason() {
    let held = "The following held packages will be changed:\n  libnvidia-ml1 x\nThe following packages will be upgraded:\n  y\n";
    let error =
        "E: Held packages were changed and -y was used without --allow-change-held-packages.\n";
    assert_eq!(refusal(held, error), Some(Refusal::Held(vec!["libnvidia-ml1".into(), "x".into()])));
    let unmet = "The following packages have unmet dependencies:\n libcuda1 : Depends: nvidia-alternative (= 1) but 2 is to be installed\n            Depends: x\n";
    assert_eq!(
        refusal(unmet, "E: Unable to correct problems, you have held broken packages.\n"),
        Some(Refusal::Unmet(
            "libcuda1 : Depends: nvidia-alternative (= 1) but 2 is to be installed".into()
        ))
    );
    let missing = "E: Version '5' for 'libcuda1' was not found\nE: Unable to locate package foo\n";
    assert_eq!(
        refusal("", missing),
        Some(Refusal::NotAvailable("Version '5' for 'libcuda1' was not found".into()))
    );
    assert_eq!(refusal("all well", "W: a warning\n"), None);
}

#[test]
fn reads_policies() {
    let found = policies(POLICY);
    assert_eq!(found[0].candidate.as_deref(), Some("535.261.03-1"));
    assert_eq!(found[0].versions, ["535.261.03-1", "535.216.03-2~bpo12+1"]);
    assert_eq!(found[1], Policy { name: "libcuda1:i386".into(), ..Policy::default() });
}

#[test]
fn reads_addresses() {
    let line = "'http://deb.debian.org/debian/pool/x%7ebpo12%2b1_amd64.deb' gcc_4%3a12-3_amd64.deb 686620 SHA256:34e1\n";
    assert_eq!(
        archives(line),
        [Archive {
            uri: "http://deb.debian.org/debian/pool/x%7ebpo12%2b1_amd64.deb".into(),
            file: "gcc_4%3a12-3_amd64.deb".into(),
            hash: "SHA256:34e1".into()
        }]
    );
    assert_eq!(archives("'x' ../../etc/passwd 1 SHA256:0\n'x' a/b 1 SHA256:0\n"), []);
}

proptest! {
    #[test]
    fn never_panics(text in "\\PC{0,300}", cut in 0usize..900) {
        let cut_of = |sample: &str| sample.chars().take(cut).collect::<String>();
        for text in [text, cut_of(FIX), cut_of(POLICY)] {
            let _ = changes(&text);
            let _ = (refusal(&text, &text), policies(&text), archives(&text));
        }
    }
}

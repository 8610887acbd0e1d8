//! What the rpm program prints when it is asked in these formats (rpm, `docs/manual/queryformat.md`).

use super::rpm_header::RpmPackage;

/// The format of a line for each package.
pub const PACKAGES: &str = concat!(
    r"%{NAME}\t%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}\t%{ARCH}\t",
    r"%|VENDOR?{%{VENDOR}}|\t%|PACKAGER?{%{PACKAGER}}|\n"
);
/// The format of a line for each file of a package.
pub const FILES: &str = r"[%{=NAME}\t%{FILENAMES}\n]";

/// The packages of an answer in the format [`PACKAGES`]. rpm keeps imported keys as packages; they are none.
pub fn packages(answer: &str) -> impl Iterator<Item = RpmPackage> {
    answer.lines().filter_map(|line| {
        let mut parts = line.split('\t');
        let [name, version, arch] = [parts.next()?, parts.next()?, parts.next()?];
        if name.is_empty() || name == "gpg-pubkey" {
            return None;
        }
        let origin = parts.find(|origin| !origin.is_empty());
        Some(RpmPackage {
            name: name.to_owned(),
            version: version.to_owned(),
            arch: arch.to_owned(),
            origin: origin.map(str::to_owned),
        })
    })
}

/// Package and path of each line of an answer in the format [`FILES`]. Other lines say that nobody owns a file.
pub fn files(answer: &str) -> impl Iterator<Item = (&str, &str)> {
    answer.lines().filter_map(|line| line.split_once('\t'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_the_answers_of_rpm_4_18() {
        let answer = "kmod-nvidia-latest-dkms\t3:535.216.03-3.el9_4\tx86_64\tNVIDIA\t\n\
            gpg-pubkey\td42d0685-62589a51\t(none)\t\tsomebody\n\
            nvidia-driver-libs\t535.261.03-1.el9\tx86_64\t\tsomebody\n\
            bash\t5.1\tx86_64\t\t\nwarning: something\n";
        let found: Vec<_> = packages(answer)
            .map(|it| [it.name, it.version, it.arch, it.origin.unwrap_or_default()].join(" "))
            .collect();
        assert_eq!(
            found,
            [
                "kmod-nvidia-latest-dkms 3:535.216.03-3.el9_4 x86_64 NVIDIA",
                "nvidia-driver-libs 535.261.03-1.el9 x86_64 somebody",
                "bash 5.1 x86_64 "
            ]
        );
        let answer = "file /usr/bin/x is not owned by any package\nlibs\t/usr/lib64/libcuda.so.1\n";
        assert_eq!(files(answer).collect::<Vec<_>>(), [("libs", "/usr/lib64/libcuda.so.1")]);
    }

    proptest! {
        #[test]
        fn never_panics(answer in "[\\PC\t\n]{0,200}") {
            prop_assert!(packages(&answer).count() + files(&answer).count() <= 2 * answer.len());
        }
    }
}

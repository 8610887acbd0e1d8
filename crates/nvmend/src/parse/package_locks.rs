//! What the administrator holds back: the locks of dnf 4 (versionlock.list, dnf-plugins-core `versionlock.py`), of
//! dnf 5 (versionlock.toml, dnf5-versionlock(8)) and of zypper (/etc/zypp/locks, zypper(8)).

use serde::Deserialize;

use super::glob::matches;

/// Which packages are held.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Locks {
    /// Patterns of full names, `NAME-EPOCH:VERSION-RELEASE.ARCH`.
    pub full: Vec<String>,
    /// Patterns of names.
    pub names: Vec<String>,
}

impl Locks {
    /// Whether an installed package is held at its version.
    pub fn hold(&self, name: &str, version: &str, arch: &str) -> bool {
        let bare = version.split_once(':').map_or(version, |(_, bare)| bare);
        let epoch = version.split_once(':').map_or("0", |(epoch, _)| epoch);
        let spellings = [format!("{name}-{epoch}:{bare}.{arch}"), format!("{name}-{bare}.{arch}")];
        self.names.iter().any(|pattern| matches(pattern, name))
            || self.full.iter().any(|pattern| spellings.iter().any(|text| matches(pattern, text)))
    }
}

/// Reads dnf 4's list: a pattern a line; one that begins with `!` is for a version that is not wanted.
pub fn versionlock_list(text: &str) -> Locks {
    let lines = text.lines().map(str::trim);
    let patterns = lines.filter(|line| !line.is_empty() && !line.starts_with(['#', '!']));
    let full = patterns.map(|pattern| {
        // "NAME-EPOCH:VERSION-RELEASE.*" is what the plugin writes; yum's own had the epoch in front.
        match pattern.split_once(':') {
            Some((epoch, rest)) if epoch.bytes().all(|byte| byte.is_ascii_digit()) => {
                rest.to_owned()
            }
            _ => pattern.to_owned(),
        }
    });
    Locks { full: full.collect(), names: vec![] }
}

/// Reads dnf 5's file: each `[[packages]]` has a name, and conditions that only versions of it fulfil.
pub fn versionlock_toml(text: &str) -> Result<Locks, toml::de::Error> {
    #[derive(Deserialize)]
    struct File {
        #[serde(default)]
        packages: Vec<Lock>,
    }
    #[derive(Deserialize)]
    struct Lock {
        name: String,
        #[serde(default)]
        conditions: Vec<Condition>,
    }
    #[derive(Deserialize)]
    struct Condition {
        comparator: String,
    }
    let file: File = toml::from_str(text)?;
    let holds = |lock: &Lock| !lock.conditions.iter().all(|condition| condition.comparator == "!=");
    Ok(Locks {
        full: vec![],
        names: file.packages.into_iter().filter(holds).map(|lock| lock.name).collect(),
    })
}

/// Reads zypper's locks: blocks of `key: value` lines; those of packages count.
pub fn zypp_locks(text: &str) -> Locks {
    let mut locks = Locks::default();
    for block in text.split("\n\n") {
        let value = |key: &str| {
            block.lines().find_map(|line| Some(line.strip_prefix(key)?.strip_prefix(':')?.trim()))
        };
        if value("type").is_none_or(|kind| kind == "package")
            && let Some(name) = value("solvable_name")
        {
            locks.names.push(name.to_owned());
        }
    }
    locks
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_dnf_4s_list() {
        let locks = versionlock_list(
            "# Added lock on Tue\nnvidia-driver-libs-3:535.216.03-1.el9.*\n!kernel-0:6.1-1.*\n3:nvidia-x-535.216.03-1.el9.*\n",
        );
        assert!(locks.hold("nvidia-driver-libs", "3:535.216.03-1.el9", "x86_64"));
        assert!(locks.hold("nvidia-x", "3:535.216.03-1.el9", "x86_64"));
        assert!(!locks.hold("nvidia-driver", "3:535.216.03-1.el9", "x86_64"));
        assert!(!locks.hold("kernel", "6.1-1", "x86_64"));
    }

    #[test]
    fn reads_dnf_5s_file() {
        let text = "version = \"1.0\"\n[[packages]]\nname = \"akmod-nvidia\"\ncomment = \"why\"\n\
            [[packages.conditions]]\nkey = \"evr\"\ncomparator = \"=\"\nvalue = \"3:570.86.16-1.fc41\"\n\
            [[packages]]\nname = \"kernel\"\n[[packages.conditions]]\nkey = \"evr\"\ncomparator = \"!=\"\nvalue = \"6.1-1\"\n";
        let locks = versionlock_toml(text).unwrap();
        assert!(locks.hold("akmod-nvidia", "3:570.86.16-1.fc41", "x86_64"));
        assert!(!locks.hold("kernel", "6.1-2", "x86_64"));
        assert!(versionlock_toml("packages = 1").is_err());
    }

    /// As zypper 1.14.42 wrote it.
    #[test]
    fn reads_zyppers_locks() {
        let locks = zypp_locks(
            "\ntype: package\nmatch_type: glob\ncase_sensitive: on\nsolvable_name: nvidia-*-G06\n\n\
             type: pattern\nmatch_type: glob\nsolvable_name: gnome\n\n",
        );
        assert!(locks.hold("nvidia-compute-G06", "535.261.03-1", "x86_64"));
        assert!(!locks.hold("gnome", "1-1", "noarch"));
    }

    proptest! {
        #[test]
        fn never_panics(text in "[\\PC\n]{0,200}") {
            let _ = versionlock_toml(&text);
            let all = [versionlock_list(&text), zypp_locks(&text)];
            prop_assert!(all.iter().all(|locks| locks.full.len() + locks.names.len() <= text.len()));
        }
    }
}

//! The transaction that dnf would do, as `dnf --assumeno` prints it in the locale `C.UTF-8`, and why it would not:
//! dnf 4 (dnf `dnf/cli/output.py`) and dnf 5 (dnf5 `libdnf5-cli/output/transaction_table.cpp`).
//!
//! Neither has a simulation for programs to read. The table is made of words: name, architecture, version. What is
//! replaced is not always in it; the rpm database knows that better.

/// dnf printed a row that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a row of dnf's table: {0:?}")]
pub struct DnfError(pub String);

/// One package of the table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    /// Its name.
    pub name: String,
    /// Its architecture.
    pub arch: String,
    /// `[EPOCH:]VERSION-RELEASE`, without an epoch of 0.
    pub version: String,
    /// What becomes of it.
    pub fate: Fate,
}

/// What becomes of a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// It comes beside what is there.
    Comes,
    /// It comes in the place of another version.
    Replaces,
    /// It is installed again.
    Again,
    /// It goes.
    Goes,
}

/// The rows of the table, sorted.
pub fn rows(output: &str) -> Result<Vec<Row>, DnfError> {
    let mut found = Vec::new();
    let mut fate = None;
    let mut words: Vec<&str> = Vec::new();
    for line in output.lines() {
        if line.starts_with("Transaction Summary") {
            break;
        }
        let is_row = line.starts_with(' ') && !line.trim().is_empty();
        let replaced = line.trim_start().strip_prefix("replacing ").filter(|_| is_row);
        // What did not fit into a column stands alone, and the rest of its row below it.
        if is_row && replaced.is_none() && line.starts_with("  ") && !words.is_empty() {
            words.extend(line.split_whitespace());
            continue;
        }
        if let Some(fate) = fate.filter(|_| replaced.is_none()) {
            found.extend(row(&words, fate)?);
        }
        if let (Some(replaced), Some(_)) = (replaced, fate) {
            let of = words.first().copied();
            found.extend(row(&words, fate.unwrap_or(Fate::Comes))?);
            words.clear();
            found.extend(obsoleted(replaced)?.filter(|row| Some(row.name.as_str()) != of));
            continue;
        }
        words.clear();
        if is_row {
            words.extend(line.split_whitespace());
        } else {
            fate = heading(line.trim_end());
        }
    }
    if let Some(fate) = fate {
        found.extend(row(&words, fate)?);
    }
    found.sort();
    found.dedup();
    Ok(found)
}

/// Whether dnf came to a table, or found that there is nothing to do; else it refused.
pub fn is_resolved(output: &str) -> bool {
    output.lines().any(|line| line.starts_with("Transaction Summary") || line == "Nothing to do.")
}

fn heading(line: &str) -> Option<Fate> {
    match line.strip_suffix(':')? {
        "Installing"
        | "Installing dependencies"
        | "Installing weak dependencies"
        | "Installing group/module packages" => Some(Fate::Comes),
        "Upgrading" | "Downgrading" => Some(Fate::Replaces),
        "Reinstalling" => Some(Fate::Again),
        "Removing" | "Removing dependent packages" | "Removing unused dependencies" => {
            Some(Fate::Goes)
        }
        // Packages that are skipped, groups, module streams, reasons: nothing that is installed changes.
        _ => None,
    }
}

/// `NAME ARCH VERSION REPOSITORY SIZE`; dnf 5 can say of each but the name what was there before: `NEW <- OLD`.
fn row(words: &[&str], fate: Fate) -> Result<Option<Row>, DnfError> {
    let Some((name, rest)) = words.split_first() else { return Ok(None) };
    let error = || DnfError(words.join(" ").chars().take(200).collect());
    let (arch, rest) = rest.split_first().ok_or_else(error)?;
    let version = match rest {
        ["<-", _, version, ..] | [version, ..] => version,
        [] => return Err(error()),
    };
    made(name, arch, version, fate).map(Some).ok_or_else(error)
}

/// What another package replaces: dnf 4 `NAME.ARCH VERSION`, dnf 5 `NAME ARCH VERSION REPOSITORY SIZE`.
fn obsoleted(text: &str) -> Result<Option<Row>, DnfError> {
    let words: Vec<&str> = text.split_whitespace().collect();
    match words[..] {
        [name, version] => {
            let parts = name.rsplit_once('.');
            let row = parts.and_then(|(name, arch)| made(name, arch, version, Fate::Goes));
            row.map(Some).ok_or_else(|| DnfError(text.chars().take(200).collect()))
        }
        _ => row(&words, Fate::Goes),
    }
}

fn made(name: &str, arch: &str, version: &str, fate: Fate) -> Option<Row> {
    let version = without_zero_epoch(version);
    [name, arch, version].into_iter().all(is_word).then(|| Row {
        name: name.to_owned(),
        arch: arch.to_owned(),
        version: version.to_owned(),
        fate,
    })
}

/// dnf 5 writes the epoch 0 that rpm leaves out.
pub fn without_zero_epoch(version: &str) -> &str {
    version.strip_prefix("0:").unwrap_or(version)
}

/// What a name, an architecture or a version may hold (rpm `build/parsePreamble.c`); none starts with a dash, so none
/// is taken for an option.
pub fn is_word(word: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b".+-~^:_".contains(&byte);
    word.bytes().all(fits) && word.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric())
}

/// Why dnf refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// A package, or that version of it, is in no repository, or is excluded.
    NotAvailable(String),
    /// Dependencies don't fit.
    Unmet(String),
    /// Anything else: the first error.
    Other(String),
}

/// Why dnf refused, from both its outputs. `None` where it names no reason.
pub fn refusal(stdout: &str, stderr: &str) -> Option<Refusal> {
    let lines = || stderr.lines().chain(stdout.lines()).map(str::trim);
    let cut = |text: &str| text.chars().take(300).collect::<String>();
    const MISSING: [&str; 4] = [
        "Unable to find a match: ",
        "No match for argument: ",
        "were filtered out by exclude filtering for argument: ",
        "not available", // "Installed package X (from Y) not available.", where it should be installed again.
    ];
    let is_missing = |line: &&str| MISSING.iter().any(|mark| line.contains(mark));
    if let Some(missing) = lines().find(is_missing) {
        return Some(Refusal::NotAvailable(cut(missing)));
    }
    let mut problem = lines().skip_while(|line| !line.starts_with("Problem"));
    if let Some(first) = problem.next() {
        // "Problem: conflicting requests" says nothing without what follows it.
        let second = problem.next().filter(|line| line.starts_with("- ")).unwrap_or_default();
        return Some(Refusal::Unmet(cut(format!("{first} {second}").trim())));
    }
    let marked = lines().find(|line| line.starts_with("Error:") || line.starts_with("error:"));
    let marked = marked.filter(|line| line.len() > "error:".len());
    let first = stderr.lines().map(str::trim).find(|line| !line.is_empty());
    marked.or(first).map(|line| Refusal::Other(cut(line)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// dnf 4.14 on a machine with packages of the real names; the first name is too long for its column.
    const DNF_4: &str = "\
tb                                               80 kB/s | 2.0 kB     00:00    
Dependencies resolved.
================================================================================
 Package                                  Arch   Version               Repo
                                                                           Size
================================================================================
Installing:
 nvidia-driver                            x86_64 3:535.261.03-1.el9    tb  18 k
     replacing  nvidia-driver-NVML.x86_64 3:535.216.03-1.el9
Upgrading:
 kmod-nvidia-5.14.0-427.13.1.el9_4.x86_64 x86_64 3:535.261.03-3.el9_4  tb 7.3 k
 a-package-with-a-name-that-is-much-too-long-for-this-column
                                          noarch 1.0-1.el9             tb 7.3 k
Removing dependent packages:
 nvidia-old                               x86_64 3:535.216.03-1.el9    @System
                                                                           18 k
Skipping packages with broken dependencies:
 nvidia-skipped                           x86_64 3:535.261.03-1.el9    tb  18 k

Transaction Summary
================================================================================
Upgrade  1 Package
 not a row at all
";

    /// dnf 5 of Fedora 41, from a log of <https://github.com/ublue-os/hwe/pull/314>, with the names of the driver.
    const DNF_5: &str = "\
Updating and loading repositories:
Repositories loaded.
Package                                 Arch   Version                           Repository            Size
Upgrading:
 nvidia-driver-libs                     x86_64 3:570.86.16-1.fc41                fedora-nvidia    397.7 KiB
   replacing nvidia-driver-libs         x86_64 3:565.77-3.fc41                   <unknown>        400.1 KiB
 libgomp                                x86_64 0:14.2.1-7.fc41                   updates          514.2 KiB
   replacing libgcc-old                 x86_64 0:14.2.1-3.fc41                   <unknown>        523.5 KiB
Reinstalling:
 nvidia-modprobe                        x86_64 3:570.86.16-1.fc41                fedora-nvidia     65.5 KiB

Transaction Summary:
 Upgrading:         2 packages

Operation aborted by the user.
";

    fn told(output: &str) -> Vec<String> {
        let rows = rows(output).unwrap();
        rows.iter()
            .map(|it| format!("{:?} {} {} {}", it.fate, it.name, it.arch, it.version))
            .collect()
    }

    #[test]
    fn reads_the_table_of_dnf_4() {
        assert_eq!(
            told(DNF_4),
            [
                "Replaces a-package-with-a-name-that-is-much-too-long-for-this-column noarch 1.0-1.el9",
                "Replaces kmod-nvidia-5.14.0-427.13.1.el9_4.x86_64 x86_64 3:535.261.03-3.el9_4",
                "Comes nvidia-driver x86_64 3:535.261.03-1.el9",
                "Goes nvidia-driver-NVML x86_64 3:535.216.03-1.el9",
                "Goes nvidia-old x86_64 3:535.216.03-1.el9",
            ]
        );
        assert!(is_resolved(DNF_4));
    }

    #[test]
    fn reads_the_tables_of_dnf_5() {
        assert_eq!(
            told(DNF_5),
            [
                "Goes libgcc-old x86_64 14.2.1-3.fc41",
                "Replaces libgomp x86_64 14.2.1-7.fc41",
                "Replaces nvidia-driver-libs x86_64 3:570.86.16-1.fc41",
                "Again nvidia-modprobe x86_64 3:570.86.16-1.fc41",
            ]
        );
        // Newer ones, where the line is long enough (`transaction_table.cpp`, `arrow`).
        let arrows = "Downgrading:\n libcuda x86_64 3:565.77-3.fc41       <- 3:570.86-1.fc41 a <- b 1.0 MiB <- 2.0 MiB\n \
            libx noarch <- x86_64 0:1-1 <- 0:2-1 a 1.0 KiB\n\nTransaction Summary:\n";
        assert_eq!(
            told(arrows),
            ["Replaces libcuda x86_64 3:565.77-3.fc41", "Replaces libx noarch 1-1"]
        );
        // And where it is not, what was there before has a row without a name.
        let below = "Upgrading:\n libcuda x86_64 3:570.86-1.fc41 a 1.0 MiB\n                3:565.77-3.fc41   b\n";
        assert_eq!(told(below), ["Replaces libcuda x86_64 3:570.86-1.fc41"]);
    }

    #[test]
    fn a_row_that_is_none_is_an_error() {
        assert!(rows("Installing:\n one two\n").is_err());
        assert!(rows("Installing:\n --root x86_64 1.0\n").is_err());
        assert_eq!(rows("Nothing to do.\nComplete!\n"), Ok(vec![]));
        assert!(is_resolved("Dependencies resolved.\nNothing to do.\nComplete!\n"));
    }

    #[test]
    fn says_why_dnf_refused() {
        let missing = "No match for argument: nvidia-nothing\n";
        assert_eq!(
            refusal(missing, "Error: Unable to find a match: nvidia-nothing\n"),
            Some(Refusal::NotAvailable("Error: Unable to find a match: nvidia-nothing".into()))
        );
        let problem = "Error: \n Problem: conflicting requests\n  - nothing provides libx needed by a-1-1.x86_64 from tb\n\
            (try to add '--skip-broken' to skip uninstallable packages)\n";
        assert_eq!(
            refusal("", problem),
            Some(Refusal::Unmet(
                "Problem: conflicting requests - nothing provides libx needed by a-1-1.x86_64 from tb".into()
            ))
        );
        assert_eq!(
            refusal("", "Error: This command has to be run with superuser privileges\n"),
            Some(Refusal::Other(
                "Error: This command has to be run with superuser privileges".into()
            ))
        );
        assert_eq!(refusal("", ""), None);
        assert!(!is_resolved(problem));
    }

    proptest! {
        #[test]
        fn never_panics(output in "[ -~\\n]{0,300}", cut in 0usize..900) {
            let _ = (rows(&output), refusal(&output, &output));
            for sample in [DNF_4, DNF_5] {
                let cut: String = sample.chars().take(cut).collect();
                if let Ok(rows) = rows(&cut) {
                    prop_assert!(rows.len() <= sample.lines().count());
                }
            }
        }
    }
}

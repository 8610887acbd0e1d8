//! What apt's programs print in the locale `C.UTF-8`: `apt-get -s` (apt `apt-private/private-install.cc` and
//! `apt-pkg/algorithms.cc`), `apt-cache policy`, `apt-get download --print-uris`.

/// What apt printed is not what it is known to print.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AptError {
    /// A line of the simulation has not the form of one.
    #[error("not a line of a simulation: {0:?}")]
    NotAChange(String),
    /// A name or version with characters that none has.
    #[error("not the name or version of a package: {0:?}")]
    NotAName(String),
}

/// One package of a simulated transaction.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// Its name without the architecture.
    pub name: String,
    /// Its architecture; `None` where apt does not say it: of the native one, or of none.
    pub arch: Option<String>,
    /// The installed version.
    pub from: Option<String>,
    /// The version after; `None`: it is removed.
    pub to: Option<String>,
}

/// The changes of a simulated transaction, sorted: its `Inst`, `Remv` and `Purg` lines. `Conf` lines configure what
/// is listed already, or what an earlier transaction left half done.
pub fn changes(output: &str) -> Result<Vec<Change>, AptError> {
    let mut found = Vec::new();
    for line in output.lines() {
        let Some((verb, rest)) = line.split_once(' ') else { continue };
        match verb {
            "Inst" => found.push(installed(rest).ok_or_else(|| not_a_change(line))?),
            "Remv" | "Purg" => found.push(removed(rest).ok_or_else(|| not_a_change(line))?),
            _ => {}
        }
    }
    for change in &found {
        let versions = change.from.iter().chain(&change.to);
        for word in [&change.name].into_iter().chain(&change.arch).chain(versions) {
            if !is_word(word) {
                return Err(AptError::NotAName(cut(word)));
            }
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

/// `NAME[:ARCH] [OLD] (NEW ORIGIN [ARCH]) [WHAT IT WAITS FOR]`; no `[OLD]` where it is new.
fn installed(rest: &str) -> Option<Change> {
    let (before, after) = rest.split_once(" (")?;
    let (name, arch, from) = head(before)?;
    let (inside, _) = after.split_once(')')?;
    let to = inside.split(' ').next().filter(|version| !version.is_empty())?;
    let told = inside.rsplit_once('[').and_then(|(_, arch)| arch.strip_suffix(']'));
    Some(Change { name, arch: told.map(str::to_owned).or(arch), from, to: Some(to.to_owned()) })
}

/// `NAME[:ARCH] [OLD] [WHAT IT BREAKS]`.
fn removed(rest: &str) -> Option<Change> {
    let (name, arch, from) = head(rest)?;
    Some(Change { name, arch, from: Some(from?), to: None })
}

fn head(text: &str) -> Option<(String, Option<String>, Option<String>)> {
    let (name, rest) = text.split_once(' ').unwrap_or((text, ""));
    let (name, arch) = match name.split_once(':') {
        Some((name, arch)) => (name, Some(arch.to_owned())),
        None => (name, None),
    };
    let old = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')).map(|(old, _)| old);
    let old = old.map(|old| old.trim().to_owned());
    (!name.is_empty()).then(|| (name.to_owned(), arch, old))
}

/// What a name, an architecture or a version may hold (deb-control(5), deb-version(7)); none starts with a dash, so
/// none is taken for an option.
fn is_word(word: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b".+-~:_".contains(&byte);
    word.bytes().all(fits) && word.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric())
}

fn not_a_change(line: &str) -> AptError {
    AptError::NotAChange(cut(line))
}

fn cut(text: &str) -> String {
    text.chars().take(200).collect()
}

/// Why apt refused, as it says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Packages that are held would change.
    Held(Vec<String>),
    /// A package, or that version of it, is in no repository.
    NotAvailable(String),
    /// Dependencies don't fit; the first of them.
    Unmet(String),
    /// Another program has the lock.
    Locked(String),
    /// Anything else: the first error.
    Other(String),
}

/// Why apt refused, from both its outputs. `None` where it names no reason.
pub fn refusal(stdout: &str, stderr: &str) -> Option<Refusal> {
    let error = stderr.lines().find_map(|line| line.strip_prefix("E: ")).map(cut);
    let said = |text: &str| error.as_ref().is_some_and(|error| error.contains(text));
    if said("Held packages were changed") {
        return Some(Refusal::Held(listed(stdout, "The following held packages will be changed:")));
    }
    let is_missing = ["Unable to locate package", "was not found", "no installation candidate"];
    if let Some(error) = error.as_ref().filter(|_| is_missing.iter().any(|text| said(text))) {
        return Some(Refusal::NotAvailable(error.clone()));
    }
    if let Some(error) = error.as_ref().filter(|_| said("Could not get lock")) {
        return Some(Refusal::Locked(error.clone()));
    }
    // The last words are "you have held broken packages", which speaks of no hold. What is wrong stands above.
    let mut lines = stdout.lines();
    let unmet = lines
        .find(|line| line.starts_with("The following packages have unmet dependencies"))
        .and_then(|_| lines.next())
        .map(|line| cut(line.trim()));
    unmet.map(Refusal::Unmet).or_else(|| error.map(Refusal::Other))
}

/// The names of an indented list below its heading.
fn listed(text: &str, heading: &str) -> Vec<String> {
    let below = text.lines().skip_while(|line| *line != heading).skip(1);
    below
        .take_while(|line| line.starts_with(' '))
        .flat_map(str::split_whitespace)
        .map(str::to_owned)
        .collect()
}

/// What `apt-cache policy` says of one package.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    /// The name as it was asked for: `libcuda1`, `libcuda1:i386`.
    pub name: String,
    /// The version that `apt-get install` would take.
    pub candidate: Option<String>,
    /// The versions that a repository has.
    pub versions: Vec<String>,
}

/// What `apt-cache policy` says of each package that it knows.
pub fn policies(output: &str) -> Vec<Policy> {
    let mut found: Vec<Policy> = Vec::new();
    let mut version = None;
    for line in output.lines() {
        if let Some(name) = line.strip_suffix(':').filter(|name| is_word(name)) {
            found.push(Policy { name: name.to_owned(), ..Policy::default() });
            version = None;
            continue;
        }
        let Some(policy) = found.last_mut() else { continue };
        if let Some(candidate) = line.strip_prefix("  Candidate: ") {
            policy.candidate = Some(candidate.to_owned()).filter(|version| is_word(version));
        } else if let Some(row) = line.strip_prefix(" *** ").or(line.strip_prefix("     "))
            && !row.starts_with(' ')
        {
            version = row.split(' ').next().filter(|version| is_word(version));
        } else if let Some(place) = line.strip_prefix("        ")
            && !place.trim().ends_with("/var/lib/dpkg/status")
            && let Some(version) = version.take()
        {
            policy.versions.push(version.to_owned());
        }
    }
    found
}

/// An archive that can be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archive {
    /// From where.
    pub uri: String,
    /// Its name: `NAME_VERSION_ARCH.deb`, without the version's epoch.
    pub file: String,
    /// What it must hash to, in apt's words: `SHA256:…`.
    pub hash: String,
}

/// The lines of `apt-get download --print-uris`: `'URI' FILE SIZE HASH`.
pub fn archives(output: &str) -> Vec<Archive> {
    let archive = |line: &str| {
        let (uri, rest) = line.strip_prefix('\'')?.split_once("' ")?;
        let mut words = rest.split_whitespace();
        let (file, _size, hash) = (words.next()?, words.next()?, words.next()?);
        let fits = is_word(&file.replace('%', "_")) && is_word(hash);
        fits.then(|| Archive { uri: uri.into(), file: file.into(), hash: hash.into() })
    };
    output.lines().filter_map(archive).collect()
}

#[cfg(test)]
mod tests;

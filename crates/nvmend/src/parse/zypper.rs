//! What `zypper --xmlout` prints: the summary of a transaction, the versions that a search finds, and why it refused
//! (zypper `src/Summary.cc`, `src/output/OutXML.cc`, `doc/xmlout.rng`).
//!
//! Not a reader of XML: what rpm's scriptlets print stands between the tags as it comes, so the whole is often no XML
//! at all. Tags are looked for one by one.

/// One package of a transaction.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// Its name.
    pub name: String,
    /// Its architecture.
    pub arch: String,
    /// The installed version, where one is replaced or goes.
    pub from: Option<String>,
    /// The version after; `None`: it goes.
    pub to: Option<String>,
}

/// The changes of a summary, sorted. `None`: there is no summary, zypper came to none.
pub fn changes(output: &str) -> Option<Vec<Change>> {
    let mut found: Vec<Change> = Vec::new();
    let mut summary = false;
    let mut goes = None;
    for tag in tags(output) {
        match tag.name {
            "install-summary" => summary = true,
            "to-remove" => goes = Some(true),
            name if name.starts_with("to-") => goes = Some(false),
            name if name.starts_with("/to-") => goes = None,
            "solvable" => {
                let Some(goes) = goes.filter(|_| tag.get("type").as_deref() == Some("package"))
                else {
                    continue;
                };
                let words = (tag.word("name"), tag.word("arch"), tag.word("edition"));
                let (Some(name), Some(arch), Some(edition)) = words else { continue };
                let old = tag.word("edition-old");
                let (from, to) = if goes { (Some(edition), None) } else { (old, Some(edition)) };
                found.push(Change { name, arch, from, to });
            }
            _ => {}
        }
    }
    found.sort();
    // What changes its vendor is listed for that too.
    found.dedup();
    summary.then_some(found)
}

/// A version that a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The package's name.
    pub name: String,
    /// Its architecture.
    pub arch: String,
    /// `[EPOCH:]VERSION-RELEASE`.
    pub version: String,
}

/// What `zypper search --details` found in repositories; what is only installed is left out.
pub fn found(output: &str) -> Vec<Found> {
    let solvable = tags(output).filter(|tag| tag.name == "solvable");
    let in_repository = solvable.filter(|tag| {
        let repository = tag.get("repository").unwrap_or_default();
        tag.get("kind").as_deref() == Some("package") && !repository.starts_with('(')
    });
    let found = in_repository.filter_map(|tag| {
        let (name, arch) = (tag.word("name")?, tag.word("arch")?);
        Some(Found { name, arch, version: tag.word("edition")? })
    });
    found.collect()
}

/// The paths of the archives that `zypper download` brought, or found.
pub fn downloaded(output: &str) -> Vec<String> {
    let local = tags(output).filter(|tag| tag.name == "localfile");
    local.filter_map(|tag| tag.get("path")).filter(|path| path.starts_with('/')).collect()
}

/// Why zypper refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// A lock stands in the way; the problem in zypper's words.
    Held(String),
    /// A package, or that version of it, is in no repository.
    NotAvailable(String),
    /// Dependencies don't fit; the problem in zypper's words.
    Unmet(String),
    /// Anything else: the first error.
    Other(String),
}

/// Why zypper refused. `None` where it names no reason.
pub fn refusal(output: &str) -> Option<Refusal> {
    let texts = |name: &'static str| {
        tags(output).filter(move |tag| tag.name == name).map(|tag| (tag, tag.text()))
    };
    let problem = texts("description").map(|(_, text)| text);
    if let Some(problem) = problem.into_iter().find(|text| text.starts_with("Problem")) {
        let first: String = problem.lines().next().unwrap_or_default().chars().take(300).collect();
        let is_held = problem.contains("remove lock");
        return Some(if is_held { Refusal::Held(first) } else { Refusal::Unmet(first) });
    }
    let errors = texts("message").filter(|(tag, _)| tag.get("type").as_deref() == Some("error"));
    let error: String = errors.map(|(_, text)| text).next()?.chars().take(300).collect();
    let is_missing = ["No provider of", "not found"].iter().any(|text| error.contains(text));
    Some(if is_missing { Refusal::NotAvailable(error) } else { Refusal::Other(error) })
}

/// A tag, with what follows it.
#[derive(Clone, Copy)]
struct Tag<'t> {
    name: &'t str,
    attributes: &'t str,
    after: &'t str,
}

fn tags(text: &str) -> impl Iterator<Item = Tag<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (_, tail) = rest.split_once('<')?;
        // A tag that never ends is the last.
        let (inside, after) = tail.split_once('>').unwrap_or((tail, ""));
        rest = after;
        let (name, attributes) = inside.split_once([' ', '\n', '\t']).unwrap_or((inside, ""));
        Some(Tag { name: name.trim_end_matches('/'), attributes, after })
    })
}

impl Tag<'_> {
    /// An attribute's value.
    fn get(&self, name: &str) -> Option<String> {
        let mut rest = self.attributes;
        while let Some((before, tail)) = rest.split_once("=\"") {
            let (value, after) = tail.split_once('"')?;
            if before.trim() == name {
                return Some(unescaped(value));
            }
            rest = after;
        }
        None
    }

    /// An attribute that is a name or a version.
    fn word(&self, name: &str) -> Option<String> {
        self.get(name).filter(|value| super::dnf::is_word(value))
    }

    /// The text up to the next tag.
    fn text(&self) -> String {
        unescaped(self.after.split('<').next().unwrap_or_default().trim())
    }
}

fn unescaped(text: &str) -> String {
    const NAMED: [(&str, &str); 5] =
        [("&apos;", "'"), ("&quot;", "\""), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];
    NAMED.iter().fold(text.to_owned(), |text, (name, character)| text.replace(name, character))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// zypper 1.14.42 with packages of the real names; shortened.
    const SUMMARY: &str = r#"<?xml version='1.0'?>
<stream>
<message type="info">Loading repository data...</message>
<install-summary download-size="16586" space-usage-diff="0" packages-to-change="3">
<to-downgrade>
<solvable type="package" name="nvidia-compute-G06" edition="535.216.03-1.1" arch="x86_64" edition-old="535.261.03-1.1" arch-old="x86_64" summary="test &quot;bed&quot;">
<description>A stand-in with the real name.</description></solvable>
</to-downgrade>
<to-install>
<solvable type="pattern" name="gnome" edition="1-1" arch="noarch" summary="x"/>
<solvable type="package" name="nvidia-open-driver-G06-signed-kmp-default" edition="535.216.03_k6.4.0_150600.21-1.1" arch="x86_64" summary="x"/>
</to-install>
<to-remove>
<solvable type="package" name="nvidia-driver-libs" edition="3:535.261.03-1.el9" arch="x86_64" summary="test bed">
</solvable>
</to-remove>
</install-summary>
<prompt id="0">
<text>Continue?</text>
</prompt>
</stream>
"#;

    const LOCKED: &str = "<stream>\n<message type=\"info\">Resolving package dependencies...</message>\n<prompt id=\"1\">\n\
        <description>Problem: conflicting requests\n Solution 1: Following actions will be done:\n  \
        remove lock to allow installation of nvidia-driver-libs-3:535.216.03-1.el9.x86_64[tb]\n</description>\n\
        <text>Choose from above solutions by number or cancel</text>\n</prompt>\n</stream>\n";

    #[test]
    fn reads_a_summary() {
        let told: Vec<String> = changes(SUMMARY)
            .unwrap()
            .iter()
            .map(|it| {
                format!("{} {} {:?} {:?}", it.name, it.arch, it.from.as_deref(), it.to.as_deref())
            })
            .collect();
        assert_eq!(
            told,
            [
                r#"nvidia-compute-G06 x86_64 Some("535.261.03-1.1") Some("535.216.03-1.1")"#,
                r#"nvidia-driver-libs x86_64 Some("3:535.261.03-1.el9") None"#,
                r#"nvidia-open-driver-G06-signed-kmp-default x86_64 None Some("535.216.03_k6.4.0_150600.21-1.1")"#,
            ]
        );
        let nothing = "<install-summary packages-to-change=\"0\">\n</install-summary>";
        assert_eq!(changes(nothing), Some(vec![]));
        assert_eq!(changes(LOCKED), None);
    }

    #[test]
    fn reads_what_a_search_found() {
        let text = "<solvable status=\"installed\" name=\"libs\" kind=\"package\" edition=\"3:2-1\" arch=\"x86_64\" repository=\"tb\"/>\n\
            <solvable status=\"installed\" name=\"own\" kind=\"package\" edition=\"1-1\" arch=\"x86_64\" repository=\"(System Packages)\"/>\n\
            <solvable status=\"not-installed\" name=\"libs\" kind=\"srcpackage\" edition=\"1-1\" arch=\"noarch\" repository=\"tb\"/>";
        assert_eq!(
            found(text),
            [Found { name: "libs".into(), arch: "x86_64".into(), version: "3:2-1".into() }]
        );
        let text = "<download-result><solvable type=\"package\"/><localfile path=\"/var/cache/a&amp;b.rpm\"/></download-result>";
        assert_eq!(downloaded(text), ["/var/cache/a&b.rpm"]);
    }

    #[test]
    fn says_why_zypper_refused() {
        assert_eq!(refusal(LOCKED), Some(Refusal::Held("Problem: conflicting requests".into())));
        let missing = "<message type=\"info\">&apos;x=3&apos; not found in package names. Trying capabilities.</message>\n\
            <message type=\"error\">No provider of &apos;x=3&apos; found.</message>";
        assert_eq!(
            refusal(missing),
            Some(Refusal::NotAvailable("No provider of 'x=3' found.".into()))
        );
        let unmet = "<description>Problem: nothing provides libx needed by a-1-1.x86_64\n Solution 1: …</description>";
        let why = "Problem: nothing provides libx needed by a-1-1.x86_64";
        assert_eq!(refusal(unmet), Some(Refusal::Unmet(why.into())));
        assert_eq!(refusal(SUMMARY), None);
    }

    proptest! {
        #[test]
        fn never_panics(output in "[ -~\\n]{0,300}", cut in 0usize..1500) {
            let cut: String = SUMMARY.chars().take(cut).collect();
            for text in [output.as_str(), &cut] {
                let _ = (refusal(text), found(text), downloaded(text));
                prop_assert!(changes(text).is_none_or(|changes| changes.len() <= 3 + output.len()));
            }
        }
    }
}

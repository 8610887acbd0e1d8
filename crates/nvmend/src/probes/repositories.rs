//! Which repository driver packages came from, by APT's lists of what the configured repositories hold.
//!
//! These lists have some 100 MB. They are read only where a mixture is in doubt: driver packages of one series at
//! different versions, of which not all say where they come from. Of a list goes on what it says of these packages.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::facts::{Facts, Gap, Origin, Package, PackageManager};
use crate::host::{Entry, Failure, Host, RandomRead, Stream};
use crate::knowledge::archives;
use crate::parse::apt_release;
use crate::parse::compression::Compression;
use crate::parse::dpkg::paragraphs;
use crate::probe::{Found, Probe};

/// APT's lists of packages, where a question needs them.
pub const PROBE: Probe = Probe { name: "repositories", run };

const LISTS: &str = "/var/lib/apt/lists";
/// Lists beyond this many are not read; a machine has some dozens.
const MOST_LISTS: usize = 1000;
/// Packages that are looked for; a driver has some thirty.
const MOST_PACKAGES: usize = 64;

fn run(host: &dyn Host, known: &Facts) -> Found {
    let wanted = in_doubt(known);
    let mut gaps = Vec::new();
    let found = if wanted.is_empty() { BTreeMap::new() } else { origins(host, &wanted, &mut gaps) };
    Box::new(move |facts| {
        for package in &mut facts.packages.installed {
            let key = (package.name.clone(), package.version.clone());
            if package.manager == PackageManager::Dpkg
                && package.origin.is_none()
                && let Some((origin, from)) = found.get(&key)
            {
                package.origin = Some(origin.clone());
                package.origin_from = Some(from.clone());
            }
        }
        facts.gaps.extend(gaps);
    })
}

/// Name and version of a package.
type Key = (String, String);

/// The packages whose origin would tell whether repositories are mixed.
fn in_doubt(known: &Facts) -> BTreeSet<Key> {
    let drivers: Vec<&Package> = known
        .driver_packages()
        .filter(|package| {
            package.manager == PackageManager::Dpkg && package.driver_version.is_some()
        })
        .take(MOST_PACKAGES)
        .collect();
    let differs = |package: &Package| {
        drivers.iter().any(|other| {
            other.series == package.series && other.driver_version != package.driver_version
        })
    };
    drivers
        .iter()
        .filter(|package| package.origin.is_none() && differs(package))
        .map(|package| (package.name.clone(), package.version.clone()))
        .collect()
}

/// The one repository that has each of these packages; of those that several have, or none, nothing is known.
fn origins(
    host: &dyn Host,
    wanted: &BTreeSet<Key>,
    gaps: &mut Vec<Gap>,
) -> BTreeMap<Key, (String, Origin)> {
    let entries = match host.list(Path::new(LISTS)) {
        Ok(entries) => entries,
        Err(error) => {
            if !error.is_absent() {
                gaps.push(Gap::from(&error));
            }
            return BTreeMap::new();
        }
    };
    let names: BTreeSet<&str> = wanted.iter().map(|(name, _)| name.as_str()).collect();
    let mut found: BTreeMap<Key, Vec<(String, Origin)>> = BTreeMap::new();
    let mut releases: BTreeMap<PathBuf, Option<String>> = BTreeMap::new();
    // Of many lists that can't be read, one tells enough.
    let mut failed = None;
    for list in entries.iter().filter(|entry| is_list(&entry.name)).take(MOST_LISTS) {
        let Some(release) = release_of(&list.name, &entries) else { continue };
        let origin = releases.entry(release).or_insert_with_key(|path| read_release(host, path));
        let Some(origin) = origin else { continue };
        let path = Path::new(LISTS).join(&list.name);
        let said = match host.extract(&path, &|file| packages_in(file, &names)) {
            Ok(said) => said,
            Err(error) => {
                let why = match error.why {
                    Failure::Io(why) => why,
                    why => why.to_string(),
                };
                failed.get_or_insert_with(|| Gap::new(&path, why));
                continue;
            }
        };
        for (name, version) in versions(&said) {
            let key = (name, version);
            let known = found.entry(key).or_default();
            if !known.iter().any(|(other, _)| other == origin) {
                known.push((origin.clone(), Origin::from(&path)));
            }
        }
    }
    gaps.extend(failed);
    found.retain(|key, origins| wanted.contains(key) && origins.len() == 1);
    found
        .into_iter()
        .filter_map(|(key, origins)| Some((key, origins.into_iter().next()?)))
        .collect()
}

/// `…_Packages`, perhaps compressed.
fn is_list(name: &str) -> bool {
    let plain = [".lz4", ".gz", ".xz", ".zst"].iter().find_map(|ending| name.strip_suffix(ending));
    plain.unwrap_or(name).ends_with("_Packages")
}

/// The file that speaks for a list's repository: of the names that the list's begins with, the longest.
fn release_of(list: &str, entries: &[Entry]) -> Option<PathBuf> {
    let base = |name: &str| {
        let base = name.strip_suffix("InRelease").or_else(|| name.strip_suffix("Release"))?;
        list.starts_with(base).then_some(base.len())
    };
    let best = entries.iter().filter_map(|entry| Some((base(&entry.name)?, &entry.name))).max()?;
    Some(Path::new(LISTS).join(best.1))
}

fn read_release(host: &dyn Host, path: &Path) -> Option<String> {
    let mut start = vec![0; 4 << 10];
    let count = host.open(path).ok()?.read_at(0, &mut start).ok()?;
    let release = apt_release::parse(start.get(..count)?);
    archives::name(&release.origin, &release.label, &release.suite)
}

/// The paragraphs of these packages, of each the name and the version: a list of its own, so that it can be asked again.
fn packages_in(file: &dyn RandomRead, names: &BTreeSet<&str>) -> Result<Vec<u8>, String> {
    /// The largest list of a real repository has some 60 MB.
    const LARGEST: u64 = 512 << 20;
    const CHUNK: u64 = 1 << 20;
    /// "Magic Number" of the LZ4 frame format.
    const LZ4_FRAME: &[u8] = b"\x04\x22\x4d\x18";
    /// No paragraph is longer.
    const LONGEST: usize = 4 << 20;
    /// A repository has some dozens of versions of a driver's packages, each in a hundred bytes.
    const MOST_FOUND: usize = 4 << 20;
    let mut start = [0; 6];
    file.read_at(0, &mut start).map_err(|error| error.to_string())?;
    let stream = Stream::new(file);
    let plain: Box<dyn Read + '_> = match Compression::of(&start) {
        Some(kind) => kind.reader(stream).map_err(|error| error.to_string())?,
        // APT's own way where it keeps lists compressed (Acquire::GzipIndexes, the default of container images).
        None if start.starts_with(LZ4_FRAME) => {
            Box::new(lz4_flex::frame::FrameDecoder::new(stream))
        }
        None => Box::new(stream),
    };
    let mut plain = plain.take(LARGEST);
    let mut found = Vec::new();
    let mut text = Vec::new();
    loop {
        let read =
            plain.by_ref().take(CHUNK).read_to_end(&mut text).map_err(|error| error.to_string())?;
        // What may go on in the next chunk waits for it.
        let whole = match memchr::memmem::rfind(&text, b"\n\n") {
            _ if read == 0 => text.len(),
            Some(end) => end + 2,
            None if text.len() > LONGEST => return Err("not a list of packages".to_owned()),
            None => continue,
        };
        for paragraph in paragraphs(text.get(..whole).unwrap_or_default()) {
            let name = paragraph.field("Package").unwrap_or_default();
            if std::str::from_utf8(name).is_ok_and(|name| names.contains(name)) {
                let version = paragraph.field("Version").unwrap_or_default();
                found.extend([b"Package: ", name, b"\nVersion: ", version, b"\n\n"].concat());
                if found.len() > MOST_FOUND {
                    return Err("more versions of the driver than a repository has".to_owned());
                }
            }
        }
        if read == 0 {
            return Ok(found);
        }
        text.drain(..whole);
    }
}

fn versions(list: &[u8]) -> Vec<Key> {
    let text =
        |bytes: Option<&[u8]>| String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned();
    paragraphs(list)
        .map(|paragraph| (text(paragraph.field("Package")), text(paragraph.field("Version"))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::PackageRole;
    use crate::hosts::memory::Memory;
    use crate::parse::compression::tests::gzip;

    const DEBIAN: &str = "/var/lib/apt/lists/deb.debian.org_debian_dists_bookworm_";
    const NVIDIA: &str =
        "/var/lib/apt/lists/developer.download.nvidia.com_compute_cuda_repos_debian12_x86%5f64_";

    fn list(packages: &[(&str, &str)]) -> String {
        let text = packages.iter().map(|(name, version)| {
            format!(
                "Package: {name}\nArchitecture: amd64\nVersion: {version}\nDescription: x\n y\n\n"
            )
        });
        // More than one chunk before them.
        let others = "Package: other\nVersion: 1\n\n".repeat(50_000);
        others + &text.collect::<String>()
    }

    fn host() -> Memory {
        let gzipped = gzip(list(&[("libcuda1", "550.163.01-1")]).as_bytes());
        Memory::default()
            .file(
                &format!("{DEBIAN}InRelease"),
                "Hash: SHA256\n\nOrigin: Debian\nLabel: Debian\nSuite: oldstable\n",
            )
            .file(
                &format!("{DEBIAN}non-free_binary-amd64_Packages"),
                list(&[("nvidia-kernel-dkms", "535.261.03-1"), ("libcuda1", "535.261.03-1")]),
            )
            .file(&format!("{NVIDIA}Release"), "Origin: NVIDIA\nLabel: NVIDIA CUDA\n")
            .file(&format!("{NVIDIA}Packages.gz"), gzipped)
    }

    fn facts(packages: &[(&str, &str, Option<&str>)]) -> Facts {
        let mut facts = Facts::default();
        facts.packages.installed = packages
            .iter()
            .map(|(name, version, origin)| Package {
                manager: PackageManager::Dpkg,
                name: (*name).into(),
                version: format!("{version}-1"),
                driver_version: version.parse().ok(),
                arch: "amd64".into(),
                state: "installed".into(),
                held: false,
                origin: origin.map(Into::into),
                origin_from: None,
                role: PackageRole::User,
                series: None,
                from: "/var/lib/dpkg/status".into(),
            })
            .collect();
        facts
    }

    fn found(host: &Memory, mut facts: Facts) -> (Vec<Option<String>>, Vec<Gap>) {
        run(host, &facts.clone())(&mut facts);
        (facts.packages.installed.into_iter().map(|package| package.origin).collect(), facts.gaps)
    }

    const MIXED: [(&str, &str, Option<&str>); 2] =
        [("libcuda1", "550.163.01", None), ("nvidia-kernel-dkms", "535.261.03", None)];

    #[test]
    fn finds_the_repository_of_each() {
        let (origins, gaps) = found(&host(), facts(&MIXED));
        assert_eq!(origins, [Some("NVIDIA".to_owned()), Some("Debian".to_owned())]);
        assert_eq!(gaps, []);
    }

    #[test]
    fn what_two_repositories_have_is_not_known() {
        let host = host()
            .file(&format!("{NVIDIA}Packages"), list(&[("nvidia-kernel-dkms", "535.261.03-1")]));
        assert_eq!(found(&host, facts(&MIXED)).0[1], None);
    }

    #[test]
    fn nothing_is_read_where_nothing_is_in_doubt() {
        let host = Memory::default().denied(LISTS);
        let alike = [("libcuda1", "535.261.03", None), ("nvidia-kernel-dkms", "535.261.03", None)];
        assert_eq!(found(&host, facts(&alike)).1, []);
        let told = [
            ("libcuda1", "550.163.01", Some("backports")),
            ("nvidia-kernel-dkms", "535.261.03", Some("Debian")),
        ];
        assert_eq!(found(&host, facts(&told)).1, []);
        assert_eq!(found(&host, facts(&MIXED)).1.len(), 1);
    }

    #[test]
    fn lists_that_cannot_be_unpacked_are_one_gap() {
        let host = host()
            .file(&format!("{NVIDIA}Packages.gz"), &gzip(b"Package: x\n")[..12])
            .file(&format!("{DEBIAN}contrib_binary-amd64_Packages.lz4"), b"\x04\x22\x4d\x18rest");
        let (origins, gaps) = found(&host, facts(&MIXED));
        assert_eq!(origins[0], None);
        assert_eq!(gaps.len(), 1, "{gaps:?}");
    }

    #[test]
    fn a_list_that_names_a_package_without_end_is_a_gap() {
        let endless = gzip(&b"Package: libcuda1\n\n".repeat(250_000));
        let host = host().file(&format!("{NVIDIA}Packages.gz"), endless);
        let (origins, gaps) = found(&host, facts(&MIXED));
        assert_eq!(origins[0], None);
        assert_eq!(gaps.len(), 1, "{gaps:?}");
    }

    #[test]
    fn reads_lists_as_apt_compresses_them() {
        use std::io::Write;
        let mut packed = lz4_flex::frame::FrameEncoder::new(Vec::new());
        packed.write_all(list(&[("libcuda1", "550.163.01-1")]).as_bytes()).unwrap();
        let mut host = host();
        host.remove(&format!("{NVIDIA}Packages.gz"));
        let host = host.file(&format!("{NVIDIA}Packages.lz4"), packed.finish().unwrap());
        let (origins, gaps) = found(&host, facts(&MIXED));
        assert_eq!((origins[0].as_deref(), gaps), (Some("NVIDIA"), vec![]));
    }

    #[test]
    fn an_extract_of_an_extract_is_itself() {
        let names = BTreeSet::from(["libcuda1"]);
        let host = host();
        let path = PathBuf::from(format!("{NVIDIA}Packages.gz"));
        let once = host.extract(&path, &|file| packages_in(file, &names)).unwrap();
        assert_eq!(once, b"Package: libcuda1\nVersion: 550.163.01-1\n\n");
        let again = Memory::default().file("/list", once.as_slice());
        assert_eq!(
            again.extract(Path::new("/list"), &|file| packages_in(file, &names)).unwrap(),
            once
        );
    }
}

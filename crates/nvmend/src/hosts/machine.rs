//! Machines described in a text: the folders of `machines/`, and the built-in examples.
//!
//! ```toml
//! base = "debian-12-535"         # another machine to start from
//! remove = ["/proc/driver"]      # taken away from the base, with everything below
//!
//! [replace]                      # text = what stands for it wherever the base says it, paths included
//! "535.261.03" = "535.216.03"
//!
//! [files]                        # path = text
//! "/proc/sys/kernel/osrelease" = "6.1.0-47-amd64\n"
//! [links]                        # path = target
//! "/lib" = "usr/lib"
//! [modules]                      # made .ko files: the keys of .modinfo, and optionally `signer`;
//!                                # compressed as the name's ending says (.gz, .zst, .xz)
//! "/usr/lib/modules/…/nvidia.ko" = { name = "nvidia", version = "535.261.03", license = "NVIDIA" }
//! [initramfs."/boot/initrd.img-…"] # made images: early archive and main one
//! compression = "zstd"           # gzip, xz, zstd, lz4, none
//! early = true                   # with a microcode archive before it
//! release = "6.1.0-47-amd64"     # optionally: as a unified kernel image of that kernel
//! modules."usr/lib/modules/…/nvidia.ko" = { name = "nvidia", version = "535.216.03" }
//! files."etc/modprobe.d/nouveau.conf" = "blacklist nouveau\n"
//! [libraries]                    # made ELF files; optionally `arch` and a `text` among their constants
//! "/usr/lib/…/libcuda.so.535.261.03" = { soname = "libcuda.so.1" }
//! [cache]                        # /etc/ld.so.cache as ldconfig would write it: name = path, or { path, arch }
//! "libcuda.so.1" = "/usr/lib/x86_64-linux-gnu/libcuda.so.1"
//! [rpm.nvidia-driver-cuda-libs]  # packages of rpm's database: each file with the size that it has on this machine
//! version = "3:550.127.05-1.el9"
//! files = ["/usr/lib64/libcuda.so.550.127.05"]
//! sizes."/usr/lib64/libcuda.so.550.127.05" = 1000 # optionally: the size that the package brought
//! [unreadable]                   # path = "not-permitted" | "io"
//! [env]                          # the judged environment
//! [times]                        # path = time of last change, in seconds since 1970
//! ```

use std::collections::{BTreeMap, VecDeque};
use std::io::Write;
use std::path::Path;

use serde::Deserialize;

use super::memory::{Memory, Node};
use super::{made, made_rpm};
use crate::host::{Failure, Host};
use crate::parse::cpio;

/// A described machine; see the module's documentation for the keys.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Description {
    base: Option<String>,
    #[serde(default)]
    replace: BTreeMap<String, String>,
    #[serde(default)]
    remove: Vec<String>,
    #[serde(default)]
    files: BTreeMap<String, String>,
    #[serde(default)]
    directories: Vec<String>,
    #[serde(default)]
    links: BTreeMap<String, String>,
    #[serde(default)]
    modules: BTreeMap<String, BTreeMap<String, String>>,
    #[serde(default)]
    initramfs: BTreeMap<String, Initramfs>,
    #[serde(default)]
    libraries: BTreeMap<String, Library>,
    #[serde(default)]
    cache: BTreeMap<String, CacheEntry>,
    #[serde(default)]
    rpm: BTreeMap<String, Rpm>,
    #[serde(default)]
    unreadable: BTreeMap<String, String>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    #[serde(default)]
    times: BTreeMap<String, i64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Library {
    soname: String,
    #[serde(default = "x86_64")]
    arch: String,
    #[serde(default)]
    text: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Initramfs {
    compression: String,
    #[serde(default)]
    early: bool,
    release: Option<String>,
    #[serde(default)]
    modules: BTreeMap<String, BTreeMap<String, String>>,
    #[serde(default)]
    files: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rpm {
    version: String,
    #[serde(default = "x86_64")]
    arch: String,
    #[serde(default)]
    vendor: String,
    #[serde(default)]
    files: Vec<String>,
    #[serde(default)]
    sizes: BTreeMap<String, u64>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum CacheEntry {
    Native(String),
    Of { path: String, arch: String },
}

fn x86_64() -> String {
    "x86_64".to_owned()
}

/// A machine's description cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MachineError {
    /// No machine of that name.
    #[error("there is no machine named {0:?}")]
    Unknown(String),
    /// The description is not as it should be.
    #[error("the description of {name:?} is not valid: {why}")]
    Invalid {
        /// The machine.
        name: String,
        /// What is wrong, with the line.
        why: String,
    },
}

/// Makes the machine `name`. `text_of` finds the text of a machine by its name.
pub fn make(name: &str, text_of: &dyn Fn(&str) -> Option<String>) -> Result<Memory, MachineError> {
    let mut chain = Vec::new();
    // What the machines that start from here say instead, the nearest first.
    let mut replaced: VecDeque<(String, String)> = VecDeque::new();
    let mut next = Some(name.to_owned());
    while let Some(name) = next {
        let text = text_of(&name).ok_or_else(|| MachineError::Unknown(name.clone()))?;
        let invalid = |why: String| MachineError::Invalid { name: name.clone(), why };
        let parse = |text: &str| {
            toml::from_str::<Description>(text).map_err(|error| invalid(error.to_string()))
        };
        // Names of machines stay what they are.
        let base = parse(&text)?.base;
        let says = replaced.iter().fold(text, |text, (old, new)| text.replace(old, new));
        let description = parse(&says)?;
        if chain.len() == 8 {
            return Err(invalid("bases that lead in a circle".to_owned()));
        }
        next = base;
        for pair in description.replace.iter().rev() {
            replaced.push_front((pair.0.clone(), pair.1.clone()));
        }
        chain.push((name, description));
    }
    let mut machine = Memory::default();
    // The loader cache is one file made of all entries: a base's stay unless the same name is given again.
    let mut cache = BTreeMap::new();
    // And so is rpm's database, which is made last: it records the sizes of files.
    let mut rpms = BTreeMap::new();
    for (name, mut description) in chain.into_iter().rev() {
        rpms.append(&mut description.rpm);
        lay(&mut machine, &mut cache, description)
            .map_err(|why| MachineError::Invalid { name, why })?;
    }
    if !rpms.is_empty() {
        let content = rpm_database(&machine, rpms);
        machine.insert(RPM_DATABASE, Node::File { content, modified: 0 });
    }
    Ok(machine)
}

const RPM_DATABASE: &str = "/usr/lib/sysimage/rpm/rpmdb.sqlite";

fn rpm_database(machine: &Memory, rpms: BTreeMap<String, Rpm>) -> Vec<u8> {
    let packages = rpms.into_iter().map(|(name, Rpm { version, arch, vendor, files, sizes })| {
        let here = |path: &str| machine.metadata(Path::new(path)).map_or(1, |file| file.size);
        let size = |path: &str| sizes.get(path).copied().unwrap_or_else(|| here(path));
        let files = files.into_iter().map(|path| (path.clone(), size(&path))).collect();
        made_rpm::Package { name, version, arch, vendor, files }
    });
    made_rpm::database(&packages.collect::<Vec<_>>())
}

type Cache = BTreeMap<(String, String), String>;

fn lay(machine: &mut Memory, cache: &mut Cache, description: Description) -> Result<(), String> {
    for path in &description.remove {
        machine.remove(path);
        cache.retain(|_, target| !target.starts_with(path.as_str()));
        if path == "/etc/ld.so.cache" {
            cache.clear();
        }
    }
    for path in description.directories {
        machine.insert(path, Node::Directory { unlisted: None, modified: 0 });
    }
    let mut put = |path: String, content: Vec<u8>| {
        machine.insert(path, Node::File { content, modified: 0 });
    };
    for (path, text) in description.files {
        put(path, text.into_bytes());
    }
    for (path, info) in description.modules {
        let module = module(&path, info)?;
        put(path, module);
    }
    for (path, image) in description.initramfs {
        let image = initramfs(image).map_err(|why| format!("{path}: {why}"))?;
        put(path, image);
    }
    for (path, library) in description.libraries {
        put(path, made::library_saying(&library.arch, &library.soname, &library.text));
    }
    for (path, target) in description.links {
        machine.insert(path, Node::Link(target.into()));
    }
    for (name, entry) in description.cache {
        let (path, arch) = match entry {
            CacheEntry::Native(path) => (path, x86_64()),
            CacheEntry::Of { path, arch } => (path, arch),
        };
        cache.insert((name, arch), path);
    }
    if !cache.is_empty() {
        let entries: Vec<(&str, &str, &str)> = cache
            .iter()
            .map(|((name, arch), path)| (name.as_str(), path.as_str(), arch.as_str()))
            .collect();
        let content = made::ld_cache(&entries);
        machine.insert("/etc/ld.so.cache", Node::File { content, modified: 0 });
    }
    for (path, why) in description.unreadable {
        let why = match why.as_str() {
            "not-permitted" => Failure::NotPermitted,
            "io" => Failure::Io("Input/output error".to_owned()),
            other => return Err(format!("unreadable: {other:?} is neither not-permitted nor io")),
        };
        machine.insert(path, Node::Failed(why));
    }
    machine.env.extend(description.env);
    for (path, seconds) in description.times {
        if !machine.set_modified(&path, seconds) {
            return Err(format!("times: there is no file {path}"));
        }
    }
    Ok(())
}

/// A module, compressed as its name's ending says.
fn module(path: &str, mut info: BTreeMap<String, String>) -> Result<Vec<u8>, String> {
    let signer = info.remove("signer");
    let info: Vec<(&str, &str)> =
        info.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    let mut module = made::module(&info);
    if let Some(signer) = signer {
        module = made::signed(module, &signer);
    }
    compress(path, module)
}

fn initramfs(image: Initramfs) -> Result<Vec<u8>, String> {
    let mut members: BTreeMap<String, Vec<u8>> =
        image.files.into_iter().map(|(path, text)| (path, text.into_bytes())).collect();
    for (path, info) in image.modules {
        let module = module(&path, info)?;
        members.insert(path, module);
    }
    let members = members.iter().map(|(path, content)| (path.as_str(), content.as_slice()));
    let main = cpio::write(members);
    let main = match image.compression.as_str() {
        "gzip" => compress(".gz", main)?,
        "zstd" => compress(".zst", main)?,
        "xz" => compress(".xz", main)?,
        "lz4" => made::lz4(&main),
        "none" => main,
        other => return Err(format!("{other:?} is no compression of an initramfs")),
    };
    let mut whole = Vec::new();
    if image.early {
        whole = cpio::write([("kernel/x86/microcode/GenuineIntel.bin", b"microcode".as_slice())]);
        whole.resize(whole.len().next_multiple_of(512), 0);
    }
    whole.extend(main);
    Ok(match image.release {
        Some(release) => made::pe(&[(".uname", release.as_bytes()), (".initrd", &whole)]),
        None => whole,
    })
}

fn compress(path: &str, content: Vec<u8>) -> Result<Vec<u8>, String> {
    let failed = |error: std::io::Error| format!("{path}: {error}");
    match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("gz") => {
            let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            out.write_all(&content).map_err(failed)?;
            out.finish().map_err(failed)
        }
        Some("zst") => {
            let level = ruzstd::encoding::CompressionLevel::Fastest;
            Ok(ruzstd::encoding::compress_to_vec(content.as_slice(), level))
        }
        Some("xz") => {
            let options = lzma_rust2::XzOptions::with_preset(0);
            let mut out = lzma_rust2::XzWriter::new(Vec::new(), options).map_err(failed)?;
            out.write_all(&content).map_err(failed)?;
            out.finish().map_err(failed)
        }
        _ => Ok(content),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use super::*;
    use crate::parse::compression::Compression;

    const BASE: &str = r#"
        [files]
        "/etc/hostname" = "one\n"
        "/proc/driver/nvidia/version" = "x"
        [links]
        "/lib" = "usr/lib"
        [modules]
        "/usr/lib/modules/K/nvidia.ko.zst" = { name = "nvidia", version = "535.261.03" }
        [cache]
        "libcuda.so.1" = "/usr/lib/libcuda.so.1"
        [times]
        "/etc/hostname" = 7
    "#;

    fn text_of(name: &str) -> Option<String> {
        match name {
            "base" => Some(BASE.to_owned()),
            "next" => Some("base = 'base'\nremove = ['/proc/driver']\n[env]\nA = 'b'\n".to_owned()),
            "newer" => Some(
                "base = 'next'\n[replace]\n'535.261.03' = '550.54.14'\n'one' = 'two'".to_owned(),
            ),
            "newest" => Some("base = 'newer'\n[replace]\n'550.54.14' = '580.65.06'".to_owned()),
            "circle" => Some("base = 'circle'".to_owned()),
            "typo" => Some("[flies]".to_owned()),
            _ => None,
        }
    }

    #[test]
    fn a_machine_starts_from_its_base() {
        let machine = make("next", &text_of).unwrap();
        let read = |path: &str| machine.read(Path::new(path), 1 << 20);
        assert_eq!(read("/etc/hostname").unwrap(), b"one\n");
        assert!(read("/proc/driver/nvidia/version").unwrap_err().is_absent());
        assert!(read("/etc/ld.so.cache").unwrap().starts_with(b"glibc-ld.so.cache1.1"));
        assert_eq!(read("/lib/modules/K/nvidia.ko.zst").unwrap()[..4], [0x28, 0xb5, 0x2f, 0xfd]);
        assert_eq!(machine.metadata(Path::new("/etc/hostname")).unwrap().modified, 7);
        assert_eq!(Host::env(&machine, "A").as_deref(), Some("b"));
    }

    #[test]
    fn a_machine_replaces_what_its_bases_say() {
        let module = |name| {
            let machine = make(name, &text_of).unwrap();
            assert_eq!(machine.read(Path::new("/etc/hostname"), 1 << 20).unwrap(), b"two\n");
            let file = machine.read(Path::new("/usr/lib/modules/K/nvidia.ko.zst"), 1 << 20);
            let mut plain = Vec::new();
            let mut packed = Compression::Zstd.reader(Cursor::new(file.unwrap())).unwrap();
            packed.read_to_end(&mut plain).unwrap();
            plain
        };
        let says = |module: &[u8], version: &str| {
            module.windows(version.len()).any(|window| window == version.as_bytes())
        };
        assert!(says(&module("newer"), "550.54.14"));
        assert!(says(&module("newest"), "580.65.06"));
    }

    #[test]
    fn a_wrong_description_is_an_error() {
        for name in ["circle", "typo", "nobody"] {
            assert!(make(name, &text_of).is_err(), "{name}");
        }
    }
}

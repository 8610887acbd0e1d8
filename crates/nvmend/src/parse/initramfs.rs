//! initramfs images: archives and compressed archives one after the other, with NULs between (Linux,
//! `Documentation/driver-api/early-userspace/buffer-format.rst`), plain or in a unified kernel image.
//!
//! An image is large, and holds what is nobody's business (keys of encrypted disks): only what is about the driver is
//! taken out of it, as a small archive of its own, and only that goes on.

use std::io::{self, BufRead, BufReader, Read};
use std::ops::ControlFlow;

use super::compression::Compression;
use super::cpio::{self, CpioError, Member};
use super::{elf, modinfo, modprobe_conf, pe};
use crate::host::{RandomRead, Stream};
use crate::knowledge::modules::driver_module;

/// An image could not be read to where the question is answered.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// Packed in a way that is not read here.
    #[error("unknown compression: {0}")]
    Compression(&'static str),
    /// Neither an archive nor compressed in a known way.
    #[error("not an initramfs image")]
    NotAnImage,
    /// Only the processor's microcode, or nothing.
    #[error("the image ends after its early part")]
    OnlyEarly,
    /// Its archive is damaged or cut off.
    #[error("{0}")]
    Archive(#[from] CpioError),
    /// The file could not be read, or its compression is damaged.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// A unified kernel image without what it is for.
    #[error("damaged unified kernel image")]
    Unified,
}

/// The largest image that is read, packed.
const PACKED_LIMIT: u64 = 512 << 20;
/// The most that an image may hold, unpacked.
const CONTENT_LIMIT: u64 = 4 << 30;
/// No module is larger when unpacked itself.
const MODULE_LIMIT: u64 = 512 << 20;
/// The largest configuration file that is looked at.
const CONFIG_LIMIT: u64 = 64 << 10;
/// More files about the driver than any image has.
const MOST_FILES: usize = 512;
/// Most bytes of them all. The five modules of a driver have some 100 KiB of description for each kernel.
const MOST_KEPT: usize = 16 << 20;
const BUFFER: usize = 64 << 10;

/// Where modprobe's configuration lies inside an image. Debian's is links to files of the alternatives.
const CONFIG: [&str; 6] = [
    "etc/modprobe.d/",
    "etc/nvidia/",
    "run/modprobe.d/",
    "usr/local/lib/modprobe.d/",
    "usr/lib/modprobe.d/",
    "lib/modprobe.d/",
];

/// The name under which an extract keeps the release of a unified kernel image.
pub const RELEASE: &str = ".uname";

/// Takes out of an image what is about the driver. The extract is an image too, whose extract is itself:
///
/// - modules of the driver and nouveau by their names; of the driver's, the content is `.modinfo` alone,
/// - files of modprobe's configuration that name the driver or nouveau,
/// - of a unified kernel image the kernel's release.
///
/// `wants` says by the release of a unified kernel image whether to go on and read it. `is_enough` says by the files
/// that were taken out so far whether the question is answered.
pub fn extract(
    file: &dyn RandomRead,
    wants: &dyn Fn(&str) -> bool,
    is_enough: &dyn Fn(&[String]) -> bool,
) -> Result<Vec<u8>, ImageError> {
    if file.size() > PACKED_LIMIT {
        return Err(ImageError::Io(io::Error::other(format!("larger than {PACKED_LIMIT} bytes"))));
    }
    let (names, files) = (Vec::new(), Vec::new());
    let mut found = Extract { names, files, kept: 0, is_enough, early: false, main: false };
    let mut start = [0; 2];
    let count = file.read_at(0, &mut start)?;
    if start.get(..count) == Some(pe::MAGIC) {
        let section = |name| pe::find_section(file, name).ok().flatten().ok_or(ImageError::Unified);
        let release = section(RELEASE)?;
        let release = elf::read_exactly(file, release.offset, release.length.min(4096))
            .map_err(|_| ImageError::Unified)?;
        let text = String::from_utf8_lossy(&release);
        let is_wanted = wants(text.trim_matches(['\0', '\n', ' ']));
        found.keep(RELEASE, release);
        if is_wanted {
            let image = section(".initrd")?;
            let packed = Part { file, at: image.offset, left: image.length };
            found.read(&mut BufReader::with_capacity(BUFFER, packed))?;
        }
    } else {
        found.read(&mut BufReader::with_capacity(BUFFER, Stream::new(file)))?;
    }
    Ok(cpio::write(
        found.names.iter().map(String::as_str).zip(found.files.iter().map(Vec::as_slice)),
    ))
}

/// A path inside an image, and the content.
pub type File = (String, Vec<u8>);

/// What stands in an extract: each file with its content, and the release of a unified kernel image.
pub fn contents(extract: &[u8]) -> Result<(Vec<File>, Option<String>), CpioError> {
    let (mut files, mut release) = (Vec::new(), None);
    let _ = cpio::walk(&mut &*extract, &mut |member, content| {
        let mut bytes = Vec::new();
        let _ = content.read_to_end(&mut bytes);
        if member.path == RELEASE {
            let text = String::from_utf8_lossy(&bytes);
            release = Some(text.trim_matches(['\0', '\n', ' ']).to_owned());
        } else {
            files.push((member.path.clone(), bytes));
        }
        ControlFlow::Continue(())
    })?;
    Ok((files, release))
}

/// Whether a path inside an image is a file of modprobe's configuration.
pub fn is_config(path: &str) -> bool {
    path.ends_with(".conf") && CONFIG.iter().any(|directory| path.starts_with(directory))
}

/// Whether a path inside an image is a kernel module of that name, as a file: `…/nouveau.ko.zst`.
pub fn is_module(path: &str, name: &str) -> bool {
    path.contains(".ko") && modinfo::base_name(path) == name
}

struct Extract<'q> {
    names: Vec<String>,
    files: Vec<Vec<u8>>,
    /// The bytes of both.
    kept: usize,
    is_enough: &'q dyn Fn(&[String]) -> bool,
    /// Whether the early part was met, and whether anything else was.
    early: bool,
    main: bool,
}

impl Extract<'_> {
    fn read(&mut self, packed: &mut dyn BufRead) -> Result<(), ImageError> {
        let end = self.segments(packed, false)?;
        if end.is_continue() && self.early && !self.main {
            return Err(ImageError::OnlyEarly);
        }
        Ok(())
    }

    /// Archives, and at the outermost level compressed ones, until the stream ends.
    fn segments(
        &mut self,
        stream: &mut dyn BufRead,
        is_packed: bool,
    ) -> Result<ControlFlow<()>, ImageError> {
        let mut count = 0usize;
        loop {
            let start = match start_of_segment(stream) {
                Ok(Some(start)) => start,
                // Behind a whole archive, what can't be read is padding of a boot loader or a file system.
                Ok(None) => break,
                Err(_) if count > 0 => break,
                Err(error) => return Err(error.into()),
            };
            let mut whole = start.as_slice().chain(&mut *stream);
            let end = if cpio::is_archive(&start) {
                cpio::walk(&mut whole, &mut |member, content| self.visit(member, content))?
            } else if is_packed {
                if count > 0 {
                    break;
                }
                return Err(ImageError::NotAnImage);
            } else if let Some(kind) = Compression::of(&start) {
                let plain = Bounded { stream: kind.one(whole)?, left: CONTENT_LIMIT };
                self.segments(&mut BufReader::with_capacity(BUFFER, plain), true)?
            } else if let Some(name) = Compression::foreign(&start) {
                return Err(ImageError::Compression(name));
            } else if count > 0 {
                break;
            } else {
                return Err(ImageError::NotAnImage);
            };
            if end.is_break() {
                return Ok(end);
            }
            count += 1;
        }
        Ok(ControlFlow::Continue(()))
    }

    fn visit(&mut self, member: &Member, content: &mut dyn Read) -> ControlFlow<()> {
        let path = &member.path;
        // The early part: `kernel/x86/microcode`, ACPI tables, and the marks that dracut and mkinitcpio leave there.
        let is_early = path.starts_with("kernel") || path.starts_with("early_");
        self.early |= is_early;
        self.main |= !is_early && path != ".";
        if !member.is_file {
            return ControlFlow::Continue(());
        }
        if path.contains(".ko") && driver_module(path).is_some() {
            let section = module_section(content).unwrap_or_default();
            // The section's first line is found by the NUL before it; more of them would add up.
            let mut kept = vec![0];
            kept.extend(section.into_iter().skip_while(|byte| *byte == 0));
            self.keep(path, kept);
        } else if is_module(path, "nouveau") {
            self.keep(path, Vec::new());
        } else if path == RELEASE && member.size <= CONFIG_LIMIT {
            let mut text = Vec::new();
            let _ = content.read_to_end(&mut text);
            self.keep(path, text);
        } else if is_config(path) && member.size <= CONFIG_LIMIT {
            let mut text = Vec::new();
            let _ = content.read_to_end(&mut text);
            let lines = modprobe_conf::parse(&String::from_utf8_lossy(&text), path.as_ref());
            if !lines.is_empty() {
                self.keep(path, text);
            }
        }
        let is_full = self.names.len() >= MOST_FILES || self.kept >= MOST_KEPT;
        if is_full || (self.is_enough)(&self.names) {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }

    fn keep(&mut self, path: &str, content: Vec<u8>) {
        self.kept += path.len() + content.len();
        self.names.push(path.to_owned());
        self.files.push(content);
    }
}

/// The `.modinfo` of a module, which may be compressed itself.
fn module_section(content: &mut dyn Read) -> Option<Vec<u8>> {
    let mut start = Vec::with_capacity(6);
    (&mut *content).take(6).read_to_end(&mut start).ok()?;
    let whole = start.as_slice().chain(content);
    let scanned = match Compression::of(&start) {
        Some(kind) => modinfo::scan(kind.reader(whole).ok()?, false, MODULE_LIMIT),
        None => modinfo::scan(whole, false, MODULE_LIMIT),
    };
    scanned.ok().map(|scanned| scanned.section)
}

/// Passes over NULs and takes the six bytes that tell what begins there; fewer at the stream's end.
fn start_of_segment(stream: &mut dyn BufRead) -> io::Result<Option<Vec<u8>>> {
    loop {
        let bytes = stream.fill_buf()?;
        if bytes.is_empty() {
            return Ok(None);
        }
        let padding = bytes.iter().take_while(|byte| **byte == 0).count();
        let is_all = padding == bytes.len();
        stream.consume(padding);
        if !is_all {
            break;
        }
    }
    let mut start = Vec::with_capacity(6);
    stream.take(6).read_to_end(&mut start)?;
    Ok(Some(start))
}

/// A part of a file.
struct Part<'f> {
    file: &'f dyn RandomRead,
    at: u64,
    left: u64,
}

impl Read for Part<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let buffer = buffer.get_mut(..length).unwrap_or_default();
        let count = self.file.read_at(self.at, buffer)? as u64;
        self.at = self.at.saturating_add(count);
        self.left = self.left.saturating_sub(count);
        Ok(count as usize)
    }
}

/// A stream that fails rather than yield more than that.
struct Bounded<R> {
    stream: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.stream.read(buffer)?;
        self.left = self.left.checked_sub(count as u64).ok_or_else(|| {
            io::Error::other(format!("decompressed content is larger than {CONTENT_LIMIT} bytes"))
        })?;
        Ok(count)
    }
}

#[cfg(test)]
mod tests;

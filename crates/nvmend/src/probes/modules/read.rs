//! Reads what module files say of themselves.

use std::io::BufReader;
use std::path::{Path, PathBuf};

use crate::facts::{Datum, ModuleInfo};
use crate::host::{Edges, Host, RandomRead, Stream};
use crate::parse::compression::Compression;
use crate::parse::{elf, modinfo, module_signature};

/// No module is larger; the largest of the driver has some 70 MB.
const CONTENT_LIMIT: u64 = 512 << 20;

/// A module to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Job {
    /// Its true path.
    pub(super) path: PathBuf,
    /// Whether a compressed module is to be read to its end, where the signature stands.
    pub(super) signature: bool,
}

impl Job {
    /// By its name, without opening it.
    pub(super) fn is_compressed(&self) -> bool {
        is_compressed(&self.path)
    }
}

/// Whether a module's name says that it is compressed.
pub(in crate::probes) fn is_compressed(path: &Path) -> bool {
    path.extension().is_none_or(|extension| extension != "ko")
}

/// Reads them, in their order. Decompressing takes tens of milliseconds each, so that is done side by side.
pub(super) fn read_all(host: &dyn Host, jobs: &[Job]) -> Vec<Datum<ModuleInfo>> {
    const AT_ONCE: usize = 4;
    let mut results = Vec::with_capacity(jobs.len());
    for group in jobs.chunk_by(|a, b| a.is_compressed() == b.is_compressed()) {
        for few in group.chunks(AT_ONCE) {
            if few.len() == 1 || !few.iter().all(Job::is_compressed) {
                results.extend(few.iter().map(|job| read(host, job)));
                continue;
            }
            std::thread::scope(|scope| {
                let threads: Vec<_> =
                    few.iter().map(|job| scope.spawn(|| read(host, job))).collect();
                let panicked = |job: &Job| {
                    Datum::unreadable(&job.path, "could not be read (a defect of nvmend)")
                };
                let joined = threads.into_iter().zip(few);
                results.extend(
                    joined.map(|(thread, job)| thread.join().unwrap_or_else(|_| panicked(job))),
                );
            });
        }
    }
    results
}

/// One module that is no kernel's at the moment, under whatever name; `name`: the file name that it had.
pub(in crate::probes) fn read_aside(host: &dyn Host, path: &Path, name: &str) -> Datum<ModuleInfo> {
    let job = Job { path: path.to_owned(), signature: false };
    let mut found = read(host, &job);
    if let Datum::Known { value, .. } = &mut found
        && path.ends_with(&value.name)
    {
        value.name = modinfo::underscored(modinfo::base_name(name));
    }
    found
}

fn read(host: &dyn Host, job: &Job) -> Datum<ModuleInfo> {
    let file = match host.open(&job.path) {
        Ok(file) => Edges::new(file),
        Err(error) => return Datum::unreadable(&job.path, error.why),
    };
    match info(&file, job) {
        Ok(info) => Datum::known(info, &job.path),
        Err(why) => Datum::unreadable(&job.path, why),
    }
}

fn info(file: &dyn RandomRead, job: &Job) -> Result<ModuleInfo, String> {
    let mut start = [0; 6];
    let count = file.read_at(0, &mut start).map_err(|error| error.to_string())?;
    let name = job.path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let Some(compression) = Compression::of(start.get(..count).unwrap_or_default()) else {
        let section = elf::section(file, ".modinfo", modinfo::SECTION_LIMIT)
            .map_err(|error| error.to_string())?;
        let mut info = modinfo::parse(&section.unwrap_or_default(), &name)
            .map_err(|error| error.to_string())?;
        info.signature = signature(&job.path, tail(file));
        return Ok(info);
    };
    let packed = BufReader::with_capacity(64 << 10, Stream::new(file));
    let plain = compression.reader(packed).map_err(|error| error.to_string())?;
    let scanned =
        modinfo::scan(plain, job.signature, CONTENT_LIMIT).map_err(|error| error.to_string())?;
    let mut info = modinfo::parse(&scanned.section, &name).map_err(|error| error.to_string())?;
    info.signature = match scanned.tail {
        Some(tail) => signature(&job.path, Ok(tail)),
        None => Datum::unreadable(
            &job.path,
            "compressed, and not read to its end: no rule asks for signatures",
        ),
    };
    Ok(info)
}

fn signature(path: &Path, tail: Result<Vec<u8>, String>) -> Datum<crate::facts::Signature> {
    let parsed =
        tail.and_then(|tail| module_signature::parse(&tail).map_err(|error| error.to_string()));
    match parsed {
        Ok(Some(signature)) => Datum::known(signature, path),
        Ok(None) => Datum::absent(path),
        Err(why) => Datum::unreadable(path, why),
    }
}

/// The end of the file, as much of it as its signature needs.
fn tail(file: &dyn RandomRead) -> Result<Vec<u8>, String> {
    let last = |length: usize| {
        let length = (length as u64).min(file.size());
        elf::read_exactly(file, file.size() - length, length).map_err(|error| error.to_string())
    };
    let trailer = last(module_signature::TRAILER)?;
    match module_signature::length(&trailer).map_err(|error| error.to_string())? {
        Some(length) => last(length.saturating_add(module_signature::TRAILER).min(modinfo::TAIL)),
        None => Ok(trailer),
    }
}

//! What a capture says of a machine: the input is its manifest, a zero byte, and the content of its members, each one
//! line. The archive around them is made here: its checksums would keep the engine from ever coming so far.
#![no_main]

use std::path::Path;
use std::sync::Arc;

use libfuzzer_sys::{Corpus, fuzz_target};
use nvmend::hosts::capture;
use nvmend_fuzz::{check, within};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use serde_json::Value;

fuzz_target!(|input: &[u8]| -> Corpus {
    let Some(packed) = packed(input) else { return Corpus::Reject };
    within(256 << 20, || match capture::read(packed.as_slice()) {
        Ok(machine) => {
            check(Arc::new(machine));
            Corpus::Keep
        }
        Err(_) => Corpus::Reject,
    })
});

fn packed(input: &[u8]) -> Option<Vec<u8>> {
    let end = input.iter().position(|byte| *byte == 0).unwrap_or(input.len());
    let (text, rest) = input.split_at(end);
    let manifest: Value = serde_json::from_slice(text).ok()?;
    let mut contents = rest.get(1..).unwrap_or_default().split_inclusive(|byte| *byte == b'\n');
    let mut archive = tar::Builder::new(Vec::new());
    let mut append = |path: &Path, content: &[u8]| {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_cksum();
        archive.append_data(&mut header, path, content).ok()
    };
    append(Path::new("manifest.json"), text)?;
    append(Path::new("kernel.log"), contents.next().unwrap_or_default())?;
    for (path, node) in manifest.get("nodes")?.as_object()? {
        let folder = if node.get("file").is_some() {
            "files"
        } else if node.get("parts").is_some() {
            "parts"
        } else {
            continue;
        };
        let inside = Path::new(path).strip_prefix("/").ok()?;
        append(&Path::new(folder).join(inside), contents.next().unwrap_or_default())?;
    }
    Some(compress_to_vec(archive.into_inner().ok()?.as_slice(), CompressionLevel::Fastest))
}

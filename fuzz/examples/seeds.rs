//! Writes what the targets start from into `corpus/`: the files of the described machines, and the tests' data.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use nvmend::diagnose::diagnose;
use nvmend::enquire::Machine;
use nvmend::host::{FileKind, Host};
use nvmend::hosts::memory::Memory;
use nvmend::hosts::recorder::Recorder;
use nvmend::hosts::{capture, made};
use nvmend::journal::{Difference, Outcome, Record};
use nvmend::plan::{Plan, plan};
use nvmend::probe::{DEADLINE, probe};
use nvmend::remedy::Allowed;
use nvmend::report::Disruption;
use nvmend_fuzz::machine;

/// Larger ones would only slow the engine down.
const LARGEST: usize = 64 << 10;
/// Of these each file is replaced. Between them they have whatever a machine can have: more would only cost time.
const RICH: [&str; 8] = [
    "arch-580",
    "container-injected",
    "debian-12-535",
    "dkms-build-failed",
    "fedora-41-rpmfusion",
    "runfile-550",
    "secure-boot-rejects-module",
    "ubuntu-22.04-cuda",
];

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let corpus = Corpus { folder: root.join("corpus") };
    let mut names: Vec<String> = fs::read_dir(root.join("../machines"))
        .expect("machines/")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    names.sort();
    for name in names {
        if let Some(machine) = machine(&name) {
            of_machine(&corpus, &name, &machine);
        }
    }
    of_tests(&corpus, &root.join("../crates/nvmend/tests/data"));
}

struct Corpus {
    folder: PathBuf,
}

impl Corpus {
    /// Adds a seed; the same content is the same file.
    fn add(&self, target: &str, content: &[u8]) {
        use std::hash::{DefaultHasher, Hash, Hasher};
        if content.is_empty() || content.len() > LARGEST {
            return;
        }
        let mut hash = DefaultHasher::new();
        content.hash(&mut hash);
        let folder = self.folder.join(target);
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join(format!("{:016x}", hash.finish())), content).expect("a seed");
    }
}

fn of_machine(corpus: &Corpus, name: &str, machine: &Memory) {
    for (path, content) in files(machine) {
        let path = path.to_str().expect("described in a text");
        corpus.add(target_of(path), &content);
        if RICH.contains(&name) {
            corpus.add("machine", &[format!("{name} {path}\n").as_bytes(), &content].concat());
        }
        if path.ends_with(".log") || path.ends_with("dmesg") {
            corpus.add("saved", &content);
        }
    }
    let recorder = Arc::new(Recorder::new(Arc::new(machine.clone())));
    let host = Arc::clone(&recorder) as Arc<dyn Host>;
    let facts = probe(&host, DEADLINE);
    let archive = capture::write(recorder.recorded(), None).expect("a capture");
    corpus.add("saved", &archive);
    corpus.add("capture", &members(&archive));
    let allowed = Allowed { most: Disruption::Reboot, gpu_jobs_stop: true };
    let planning = plan(&facts, &allowed, &[], &Machine { host: machine }, None);
    if let Some(plan) = planning.plan.filter(|_| !diagnose(&facts).findings.is_empty()) {
        corpus.add("runs", &serde_json::to_vec(&plan).expect("JSON"));
        corpus.add("runs", &journal(plan));
    }
}

/// The target that reads such a file by itself.
fn target_of(path: &str) -> &'static str {
    let is_one_of = |parts: &[&str]| parts.iter().any(|part| path.contains(part));
    if is_one_of(&["modules.dep", "ld.so.cache"]) {
        "indexes"
    } else if is_one_of(&["initrd", "initramfs", "/EFI/"]) {
        "initramfs"
    } else if is_one_of(&[".ko", ".so", "efivars", "/proc/keys"]) {
        "module"
    } else if is_one_of(&["dpkg", "rpm", "pacman", "lock", "/var/lib/apt"]) {
        "packages"
    } else {
        "texts"
    }
}

fn files(host: &dyn Host) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut pending = vec![PathBuf::from("/")];
    while let Some(directory) = pending.pop() {
        for entry in host.list(&directory).unwrap_or_default() {
            let path = directory.join(entry.name);
            match entry.kind {
                FileKind::Directory => pending.push(path),
                FileKind::File => {
                    found.extend(host.read(&path, LARGEST as u64).ok().map(|bytes| (path, bytes)));
                }
                _ => {}
            }
        }
    }
    found
}

/// A capture as the target `capture` takes it.
fn members(archive: &[u8]) -> Vec<u8> {
    let plain = ruzstd::decoding::StreamingDecoder::new(archive).expect("zstd");
    let mut archive = tar::Archive::new(plain);
    let mut all = Vec::new();
    for (number, member) in archive.entries().expect("tar").enumerate() {
        let mut content = Vec::new();
        member.expect("a member").read_to_end(&mut content).expect("its content");
        content.retain(|byte| number == 0 || *byte != b'\n');
        all.extend(content);
        all.push(if number == 0 { 0 } else { b'\n' });
    }
    all
}

/// The journal of a run that did everything, and was taken back in part.
fn journal(plan: Plan) -> Vec<u8> {
    let time = || "2026-01-01T00:00:00Z".to_owned();
    let steps = plan.steps.clone();
    let mut records = vec![Record::Begin { schema: 1, time: time(), plan: Box::new(plan) }];
    for (step, it) in steps.into_iter().enumerate() {
        records.extend([Record::Intend { step, inverse: vec![it] }, Record::Done { step }]);
    }
    let difference = Difference { field: "versions.loaded".into(), predicted: None, found: None };
    records.extend([
        Record::AwaitReboot { step: 0, boot: None },
        Record::End { outcome: Outcome::Succeeded, time: time(), differences: vec![difference] },
        Record::Cut,
        Record::Undo { time: time() },
        Record::NotReverted { step: 0, why: "no".to_owned() },
        Record::Reverted { step: 0 },
    ]);
    let line = |record| serde_json::to_string(record).expect("JSON") + "\n";
    records.iter().map(line).collect::<String>().into_bytes()
}

fn of_tests(corpus: &Corpus, data: &Path) {
    let read = |path: PathBuf| fs::read(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    for entry in fs::read_dir(data.join("bug-reports")).expect("bug reports") {
        corpus.add("saved", &read(entry.expect("one").path()));
    }
    corpus.add("indexes", &read(data.join("modules.dep.bin")));
    let image = made::pe(&[(".uname", b"6.1.0"), (".initrd", b"070701")]);
    corpus.add("initramfs", &image);
}

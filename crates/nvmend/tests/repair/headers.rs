//! Headers that are installed for a build, taken back with the build that their package ran. apt-get and dpkg are mocks,
//! which do as Debian's do: the headers' package runs DKMS. The real ones: `testbeds/l2/repair`.

use std::path::Path;
use std::sync::Arc;

use nvmend::apply::{apply, undo};
use nvmend::facts::PackageManager;
use nvmend::host::{End, Host, Output};
use nvmend::hosts::memory::Memory;
use nvmend::hosts::simulated::{Change, Program, Simulated};
use nvmend::journal::{self, Outcome};
use nvmend::plan::Plan;
use nvmend::remedy::Allowed;
use nvmend::step::Step;
use nvmend::steps::{ChangePackages, PackageChange};

use crate::{facts, memory, planning, programs, with};

const RUN: &str = "20261124T120000Z";
const KERNEL: &str = "6.1.0-50-amd64";
const STATUS: &str = "/var/lib/dpkg/status";
const TREE: &str = "/var/lib/dkms/nvidia-current-open";

/// apt-get installs the headers, whose package lets DKMS build every module that it knows. dpkg notes what it is about to
/// do before it does it.
fn apt_get(memory: &Memory, _: &[String]) -> Vec<Change> {
    let headers = format!("linux-headers-{KERNEL}");
    let status = |state: &str| {
        let mut status = memory.read(Path::new(STATUS), u64::MAX).unwrap();
        let fields = "Architecture: amd64\nVersion: 6.1.170-3\n\n";
        status.extend(format!("Package: {headers}\nStatus: install {state}\n{fields}").bytes());
        Change::Write(STATUS.into(), status)
    };
    let tree = Change::Write(format!("/usr/src/{headers}/Makefile").into(), vec![]);
    let dkms = programs::ALL.iter().find(|(name, _)| *name == "dkms").unwrap().1;
    let words = ["install", "-m", "nvidia-current-open", "-v", "535.261.03", "-k", KERNEL];
    let before = [status("reinstreq half-installed"), tree, status("ok half-configured")];
    let built = dkms(memory, &words.map(str::to_owned));
    before.into_iter().chain(built).chain([status("ok installed")]).collect()
}

/// dpkg purges them, and knows nothing of what was built.
fn dpkg(memory: &Memory, arguments: &[String]) -> Vec<Change> {
    assert!(arguments.iter().any(|word| word == "--purge"), "{arguments:?}");
    let status = String::from_utf8(memory.read(Path::new(STATUS), u64::MAX).unwrap()).unwrap();
    let mark = format!("Package: linux-headers-{KERNEL}\n");
    let left: String = status.split_inclusive("\n\n").filter(|it| !it.starts_with(&mark)).collect();
    let tree = format!("/usr/src/linux-headers-{KERNEL}");
    vec![Change::Remove(tree.into()), Change::Write(STATUS.into(), left.into_bytes())]
}

fn machine() -> (Memory, Plan) {
    let memory = memory("kernel-headers-missing");
    let mut plan = planning(&memory, &facts(&memory), &Allowed::default()).plan.unwrap();
    let headers = PackageChange {
        name: format!("linux-headers-{KERNEL}"),
        arch: "amd64".to_owned(),
        from: None,
        to: Some("6.1.170-3".to_owned()),
    };
    plan.steps = vec![Step::ChangePackages(ChangePackages {
        manager: PackageManager::Dpkg,
        program: "apt-get".to_owned(),
        changes: vec![headers],
        finish: false,
        automatic: vec![],
        irretrievable: vec![],
    })];
    // The module is there then, and not loaded.
    plan.left = vec!["module-not-loaded".to_owned()];
    let words = [
        "-y",
        "--no-install-recommends",
        "--allow-downgrades",
        "-oDpkg::Options::=--force-confold",
        "-oDpkg::Use-Pty=0",
        "-oAPT::Get::Show-User-Simulation-Note=false",
        "-oDPkg::Lock::Timeout=600",
        "--no-remove",
        "install",
        &format!("linux-headers-{KERNEL}:amd64=6.1.170-3"),
        "-s",
    ];
    let stdout = format!("Inst linux-headers-{KERNEL} (6.1.170-3 Debian:12/stable [amd64])\n");
    let answer = Output { end: End::Status(0), stdout, stderr: String::new() };
    (memory.answers("/usr/sbin/apt-get", &words, answer), plan)
}

fn simulated(memory: &Memory) -> Simulated {
    let ours: [(&str, Program); 3] =
        [("apt-get", apt_get), ("dpkg", dpkg), ("apt-mark", |_, _| vec![])];
    Simulated::new(memory.clone(), &[programs::ALL, &ours].concat())
}

fn own(mut memory: Memory) -> Vec<String> {
    memory.remove("/var/lib/nvmend");
    memory.describe()
}

#[test]
fn what_was_built_with_the_headers_goes_with_them() {
    let (memory, plan) = machine();
    let host = Arc::new(simulated(&memory));
    let applied = with(&host, |session| apply(session, &plan, RUN, &mut |_| {})).unwrap();
    assert_eq!(applied.outcome, Some(Outcome::Succeeded), "{applied:?}");
    assert!(host.list(format!("{TREE}/535.261.03/{KERNEL}").as_ref()).is_ok(), "it was built");
    let undone = with(&host, |session| undo(session, RUN, false, &mut |_| {})).unwrap();
    assert_eq!(undone.outcome, Some(Outcome::Undone), "{undone:?}");
    assert_eq!(own(host.memory()), own(memory));
}

#[test]
fn wherever_it_is_cut_off() {
    let (memory, plan) = machine();
    let whole = Arc::new(simulated(&memory));
    let _ = with(&whole, |session| apply(session, &plan, RUN, &mut |_| {}));
    for cut in 0..whole.changes() {
        let host = Arc::new(simulated(&memory).cut_after(cut));
        let _ = with(&host, |session| apply(session, &plan, RUN, &mut |_| {}));
        let left = host.memory();
        if journal::read(&left, RUN).unwrap().is_none() {
            continue;
        }
        let take_back = |host: &Arc<Simulated>| {
            let _ = with(host, |session| undo(session, RUN, false, &mut |_| {}));
        };
        let again = Arc::new(simulated(&left));
        take_back(&again);
        for second in 0..=again.changes() {
            let host = Arc::new(simulated(&left).cut_after(second));
            take_back(&host);
            let host = Arc::new(simulated(&host.memory()));
            take_back(&host);
            assert_eq!(own(host.memory()), own(memory.clone()), "cut after {cut}, then {second}");
        }
    }
}

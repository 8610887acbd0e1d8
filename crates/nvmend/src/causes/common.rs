//! What several causes say in the same way: the versions as evidence, and how bad a fault on disk is.

use std::collections::BTreeSet;

use crate::diagnose::{Evidence, Finding, Severity};
use crate::facts::{
    AskedLibrary, Datum, Facts, LibraryAnswer, LookupScope, Origin, Ownership, Testimony,
};
use crate::version::DriverVersion;

/// How bad it is that files on disk don't fit together: an error, unless the loaded module still agrees with the
/// libraries, or there is no GPU that anything could run on.
pub(super) fn severity_on_disk(facts: &Facts) -> Severity {
    if facts.has_nothing_to_run() {
        Severity::Note
    } else if facts.may_work_now() {
        Severity::Warning
    } else {
        Severity::Error
    }
}

/// The argument that stands for "there is none"; the words select on it.
pub(super) const NONE: &str = "none";

/// A version as an argument.
pub(super) fn or_none(value: Option<impl ToString>) -> String {
    value.map_or_else(|| NONE.to_owned(), |value| value.to_string())
}

/// Adds all of several pieces of evidence.
pub(super) fn with_all(
    mut finding: Finding,
    evidence: impl IntoIterator<Item = Evidence>,
) -> Finding {
    finding.evidence.extend(evidence);
    finding
}

/// L, D(K) and U, as far as they are known.
pub(super) fn versions(facts: &Facts) -> Vec<Evidence> {
    loaded(facts).into_iter().chain(on_disk(facts)).chain(libraries(facts)).collect()
}

/// L, or that nothing is loaded.
pub(super) fn loaded(facts: &Facts) -> Option<Evidence> {
    match &facts.loaded.driver {
        Datum::Known { value, from } => Some(
            Evidence::new("claim-loaded-version", from.clone(), &value.version)
                .with("module", "nvidia"),
        ),
        Datum::Absent { looked_at } => Some(Evidence::new(
            "claim-not-loaded",
            looked_at.first()?.clone(),
            Evidence::NOT_LOADED,
        )),
        Datum::Unreadable { .. } => None,
    }
}

/// D(K).
pub(super) fn on_disk(facts: &Facts) -> Option<Evidence> {
    Some(disk_version(facts.on_disk_version()?, facts.current_kernel()?.0))
}

/// D(k).
pub(super) fn on_disk_for(facts: &Facts, kernel: &str) -> Option<Evidence> {
    Some(disk_version(facts.on_disk_version_for(kernel)?, kernel))
}

fn disk_version((version, origin): (&DriverVersion, Origin), kernel: &str) -> Evidence {
    Evidence::new("claim-disk-version", origin, version)
        .with("module", "nvidia")
        .with("kernel", kernel)
}

/// I(k): a module in the initramfs of kernel `kernel`.
pub(super) fn initramfs(facts: &Facts, kernel: &str, module: &str) -> Option<Evidence> {
    let (version, origin) = facts.image_with_module(kernel, module)?.version(module)?;
    Some(
        Evidence::new("claim-initramfs-version", origin, version)
            .with("module", module)
            .with("kernel", kernel),
    )
}

/// U: each deciding library of a plain process, with the links that lead to it; where none was looked at, what was said.
pub(super) fn libraries(facts: &Facts) -> Vec<Evidence> {
    let reported = facts.libraries.reported.iter().map(|said| {
        let claim = match said.testimony {
            Testimony::Accepted => "claim-libraries-accepted",
            Testimony::Refused => "claim-libraries-refused",
            Testimony::InstalledWith => "claim-libraries-installed-with",
            Testimony::Installed => "claim-libraries-installed",
        };
        let value = said.version.as_ref().map_or("?".to_owned(), ToString::to_string);
        Evidence::new(claim, said.from.clone(), value)
    });
    libraries_in(facts, LookupScope::Plain, "claim-library-version")
        .into_iter()
        .chain(reported)
        .collect()
}

/// The deciding libraries in one scope.
pub(super) fn libraries_in(
    facts: &Facts,
    scope: LookupScope,
    claim: &'static str,
) -> Vec<Evidence> {
    let mut evidence = Vec::new();
    let mut answers = Vec::new();
    for (lookup, library) in facts.deciding_libraries(scope) {
        let value = library.version.as_ref().map_or("?".to_owned(), ToString::to_string);
        evidence.push(Evidence::new(claim, chain(library), value).with("library", &lookup.name));
        answers.extend(facts.deep.answer(&library.chain.end).and_then(own_words));
    }
    evidence.extend(answers);
    evidence
}

/// What a library answered when it was asked itself (`check --deep`), whether that speaks for the finding or not.
fn own_words(answer: &LibraryAnswer) -> Option<Evidence> {
    let (code, text) = answer.code()?;
    let name = crate::knowledge::codes::name(answer.library, code).unwrap_or(text);
    let evidence = match answer.library {
        AskedLibrary::Nvml => Evidence::new("claim-nvml-says", &answer.path, text),
        AskedLibrary::Cuda => Evidence::new("claim-cuda-says", &answer.path, text),
    };
    Some(evidence.with("code", code).with("name", name))
}

/// The links that lead to a library, and the file: `a -> b -> c`.
pub(super) fn chain(library: &crate::facts::ResolvedLibrary) -> Origin {
    let steps = library.chain.links.iter().chain([&library.chain.end]);
    Origin(steps.map(|step| step.display().to_string()).collect::<Vec<_>>().join(" -> "))
}

/// Who owns a file, where that is known.
pub(super) fn owner(facts: &Facts, path: &std::path::Path) -> Option<Evidence> {
    match facts.owner(path) {
        Ownership::Nobody => Some(Evidence::new("claim-file-unowned", path, path.display())),
        Ownership::Package(package) => {
            Some(Evidence::new("claim-file-owner", path, path.display()).with("package", package))
        }
        _ => None,
    }
}

/// The packages that the module on disk and the libraries come from, once each.
pub(super) fn owning_packages(facts: &Facts) -> impl Iterator<Item = Evidence> {
    let module = facts.current_module_file().map(|file| file.path.as_path());
    let libraries =
        facts.driver_libraries(LookupScope::Plain).map(|(_, library)| library.chain.end.as_path());
    let names: BTreeSet<&str> = module
        .into_iter()
        .chain(libraries)
        .filter_map(|path| match facts.owner(path) {
            Ownership::Package(name) => Some(name.as_str()),
            _ => None,
        })
        .collect();
    names.into_iter().filter_map(|name| {
        facts.packages.installed.iter().find(|package| package.name == name).map(package)
    })
}

/// The running kernel.
pub(super) fn kernel(facts: &Facts) -> Option<Evidence> {
    let (release, origin) = facts.kernels.current()?;
    Some(Evidence::new("claim-kernel-running", origin.clone(), release))
}

/// A package with its version.
pub(super) fn package(package: &crate::facts::Package) -> Evidence {
    Evidence::new("claim-package-version", package.from.clone(), &package.version)
        .with("package", &package.name)
}

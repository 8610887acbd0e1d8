//! Uninstalls a driver that NVIDIA's `.run` file installed: by its own uninstaller, or by the record that this would follow.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::unbuild_module::{TREE, index_link, installed};
use super::{MoveFile, Restore, execute, execute_command, first_error};
use crate::diagnose::Arg;
use crate::facts::{Datum, Facts, Ownership, RunfileContent, RunfileEntry, RunfileRecord};
use crate::host::{Command, End, Failure, FileKind, Host, HostError};
use crate::host_mut::{HostMut, Place};
use crate::parse::digest::Algorithm;
use crate::step::{Action, Keep, Step, StepError};
use crate::steps::Kept;
use crate::version::DriverVersion;

/// The installer's own directory: its record, and the files that it set aside (nvidia-installer, `backup.c`).
const RECORDS: &str = "/var/lib/nvidia";
/// DKMS' name of the module that a `.run` file brings (nvidia-installer, `misc.c`, `run_dkms`).
const MODULE: &str = "nvidia";
/// It computes the checksum of every file, some 1 GB, and runs dkms, depmod and ldconfig.
const DEADLINE: Duration = Duration::from_secs(900);
/// What is kept at most: a record has at most 20,000 entries, and no DKMS tree of one version as many files.
const MOST_KEPT: usize = 50_000;

/// Takes away what a `.run` file installed and is still as it was installed, and puts back what that had set aside.
/// Modules stay loaded.
///
/// Undo brings back every file and link with its time, and DKMS' builds as they were, without building anew. What the
/// uninstaller's hooks do where a distribution has some (`/usr/lib/nvidia/pre-uninstall`, `post-uninstall`), and times of
/// directories, do not come back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UninstallRunfile {
    /// The version, as the record has it.
    pub version: String,
    /// Its own uninstaller; null where that is not there or would do more than this: nvmend follows the record itself, and
    /// moves the files into the quarantine.
    pub program: Option<PathBuf>,
    /// What goes, as far as it is still what was installed.
    pub installed: Vec<RunfileEntry>,
    /// What comes back.
    pub former: Vec<RunfileEntry>,
    /// Directories that it made; they go where they are empty then.
    pub directories: Vec<PathBuf>,
    /// Kernels for which DKMS has built its modules; these go too.
    pub kernels: Vec<String>,
    /// What the uninstaller changes besides: the loader's cache and links, indexes of modules, its log.
    pub outputs: Vec<PathBuf>,
    /// Where files are moved to that nvmend takes away itself.
    pub quarantine: PathBuf,
}

impl UninstallRunfile {
    fn log() -> PathBuf {
        Path::new(RECORDS).join("log")
    }

    fn dkms_tree(&self) -> PathBuf {
        Path::new(TREE).join(MODULE).join(&self.version)
    }

    /// The step that moves a path into the quarantine.
    fn aside(&self, path: &Path) -> MoveFile {
        let below = path.strip_prefix("/").unwrap_or(path);
        MoveFile { from: path.to_owned(), to: self.quarantine.join(below) }
    }

    /// What is there and still as it was installed.
    fn going<'s>(&'s self, host: &'s dyn HostMut) -> impl Iterator<Item = &'s RunfileEntry> {
        self.installed.iter().filter(|entry| is_as_installed(host, entry))
    }

    /// Everything that may change, whoever does it: directories, and files and links.
    fn touched(
        &self,
        host: &dyn Host,
    ) -> Result<(BTreeSet<PathBuf>, BTreeSet<PathBuf>), HostError> {
        let entries = self.installed.iter().chain(&self.former);
        let mut files: BTreeSet<PathBuf> = entries.map(|entry| entry.path.clone()).collect();
        files.extend(self.outputs.iter().cloned());
        let mut directories: BTreeSet<PathBuf> = self.directories.iter().cloned().collect();
        walk(host, Path::new(RECORDS), &mut directories, &mut files)?;
        if !self.kernels.is_empty() {
            directories.insert(Path::new(TREE).join(MODULE));
            walk(host, &self.dkms_tree(), &mut directories, &mut files)?;
        }
        for kernel in &self.kernels {
            files.extend(installed(host, kernel));
            files.extend(index_link(host, MODULE, kernel));
        }
        Ok((directories, files))
    }

    /// Does what the uninstaller would, without deleting a file.
    fn follow(&self, host: &dyn HostMut, progress: &mut dyn FnMut(&str)) -> Result<(), StepError> {
        if !self.kernels.is_empty() && host.list(&self.dkms_tree()).is_ok() {
            let arguments = ["remove", "-m", MODULE, "-v", &self.version, "--all"];
            execute(host, "dkms", &arguments, DEADLINE, progress)?;
        }
        for entry in self.going(host) {
            self.aside(&entry.path).run(host, progress)?;
        }
        for entry in &self.former {
            if host.place(&entry.path)? != Place::Nothing {
                continue;
            }
            match &entry.what {
                RunfileContent::Link { target } => host.link(&entry.path, target, None)?,
                RunfileContent::Kept { .. } => match entry.kept() {
                    Some(kept) if host.place(&kept)? != Place::Nothing => {
                        host.copy(&kept, &entry.path)?;
                    }
                    _ => {}
                },
                RunfileContent::File { .. } => {}
            }
        }
        records(host).iter().try_for_each(|file| self.aside(file).run(host, progress))
    }
}

/// The installer's record and what it set aside, the record itself last.
fn records(host: &dyn Host) -> Vec<PathBuf> {
    let entries = host.list(Path::new(RECORDS)).unwrap_or_default().into_iter();
    let files = entries.filter(|entry| entry.kind == FileKind::File && entry.name != "log");
    let files = files.map(|entry| Path::new(RECORDS).join(entry.name));
    files.chain([UninstallRunfile::log()]).collect()
}

/// As the uninstaller decides it: by checksum and target.
fn is_as_installed(host: &dyn HostMut, entry: &RunfileEntry) -> bool {
    let link = host.read_link(&entry.path);
    match &entry.what {
        RunfileContent::Link { target } => link.is_ok_and(|found| found == *target),
        RunfileContent::File { crc } => {
            let digest = || host.digest(&entry.path, Algorithm::Runfile);
            link.is_err() && digest().is_ok_and(|found| found == format!("{crc:08x}"))
        }
        RunfileContent::Kept { .. } => false,
    }
}

/// A directory and all below it. What was not seen would not be kept, and not come back: that is an error.
fn walk(
    host: &dyn Host,
    directory: &Path,
    directories: &mut BTreeSet<PathBuf>,
    files: &mut BTreeSet<PathBuf>,
) -> Result<(), HostError> {
    let mut open = vec![directory.to_owned()];
    while let Some(directory) = open.pop() {
        let entries = match host.list(&directory) {
            Ok(entries) => entries,
            Err(error) if error.is_absent() => continue,
            Err(error) => return Err(error),
        };
        for entry in entries {
            let path = directory.join(&entry.name);
            match entry.kind {
                _ if files.len() + directories.len() >= MOST_KEPT => {
                    let why = Failure::TooLarge { limit: MOST_KEPT as u64 };
                    return Err(HostError::new(&directory, why));
                }
                FileKind::Directory => open.push(path),
                FileKind::File | FileKind::Link => drop(files.insert(path)),
                FileKind::Other => {}
            }
        }
        directories.insert(directory);
    }
    Ok(())
}

impl Action for UninstallRunfile {
    fn id(&self) -> &'static str {
        match self.program {
            Some(_) => "uninstall-runfile",
            None => "quarantine-runfile",
        }
    }

    fn args(&self) -> Vec<Arg> {
        let program = self.program.as_deref().unwrap_or(&self.quarantine);
        vec![
            ("version", self.version.clone()),
            ("count", self.installed.len().to_string()),
            ("path", program.display().to_string()),
        ]
    }

    fn inverse(&self, host: &dyn HostMut, keep: &Keep<'_>) -> Result<Vec<Step>, StepError> {
        let (directories, mut files) = self.touched(host)?;
        let mut steps = vec![];
        // In the order of their names: each before what is in it.
        for path in directories {
            if let Some(mode) = host.directory_mode(&path)? {
                let state = Kept::Directory { mode };
                steps.push(Step::Restore(Restore { path, state, replaces: None }));
            }
        }
        // What nvmend moves aside it moves back; but what other files take the place of must be kept.
        if self.program.is_none() {
            let comes = |path: &PathBuf| self.former.iter().any(|former| former.path == *path);
            let going = self.going(host).map(|entry| entry.path.clone());
            for path in going.filter(|path| !comes(path)).chain(records(host)) {
                if files.remove(&path) {
                    let MoveFile { from, to } = self.aside(&path);
                    steps.push(Step::MoveFile(MoveFile { from: to, to: from }));
                }
            }
        }
        for (part, path) in files.iter().enumerate() {
            match keep.path(path, part) {
                Ok(mut restore) => {
                    // Another installation since is somebody's later change.
                    restore.replaces = (*path == Self::log()).then(String::new);
                    steps.push(Step::Restore(restore));
                }
                // A directory where a file was installed: the uninstaller leaves it.
                Err(StepError::NotAFile { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(steps)
    }

    fn predict(&self, facts: &mut Facts) {
        let trace = facts.builders.runfile.value();
        let record = trace.and_then(|trace| trace.record.clone()).unwrap_or_default();
        for entry in &self.installed {
            take_away(facts, &entry.path);
        }
        self.take_builds(facts);
        self.bring_back(facts, &record);
        let Datum::Known { value: trace, .. } = &mut facts.builders.runfile else { return };
        let goes = |sign: &Path| {
            sign.starts_with(RECORDS) || self.installed.iter().any(|entry| entry.path == sign)
        };
        trace.signs.retain(|sign| !goes(Path::new(sign.as_str())));
        (trace.installed, trace.record) = (false, None);
        if trace.signs.is_empty() {
            facts.builders.runfile = Datum::absent(format!("{RECORDS}/log").as_str());
        }
    }

    fn run(&self, host: &dyn HostMut, progress: &mut dyn FnMut(&str)) -> Result<(), StepError> {
        if host.place(&Self::log())? == Place::Nothing {
            return Ok(());
        }
        let Some(program) = &self.program else { return self.follow(host, progress) };
        // It would unload the driver's modules too, where nobody uses them.
        let command = Command::new(program, ["--silent", "--skip-module-unload"], DEADLINE);
        let output = execute_command(host, &command, progress)?;
        // It ends with 0 also where it could do nothing (`uninstall_existing_driver`).
        if host.place(&Self::log())? == Place::Nothing {
            return Ok(());
        }
        let first_error = first_error(&output);
        let program = program.display().to_string();
        Err(StepError::Program { program, end: End::Status(0), first_error })
    }
}

/// The facts without one path.
fn take_away(facts: &mut Facts, path: &Path) {
    MoveFile { from: path.to_owned(), to: PathBuf::new() }.predict(facts);
    facts.display.x_modules.retain(|module| module != path);
    facts.display.manifests.retain(|manifest| manifest.path != path);
    let text = path.to_string_lossy();
    facts.modules.config.retain(|line| {
        let from = line.from.as_str();
        from != text && from.rsplit_once(':').is_none_or(|(file, _)| file != text)
    });
    // `…/firmware/nvidia/VERSION/gsp_….bin`
    if let (Datum::Known { value: versions, .. }, Some((_, below))) =
        (&mut facts.firmware.gsp, text.split_once("/firmware/nvidia/"))
    {
        versions.retain(|version| !below.starts_with(&format!("{version}/")));
    }
}

impl UninstallRunfile {
    /// DKMS takes out what it built.
    fn take_builds(&self, facts: &mut Facts) {
        if self.kernels.is_empty() {
            return;
        }
        let Ok(version) = self.version.parse::<DriverVersion>() else { return };
        facts.builders.dkms.retain(|of| of.name != MODULE || of.version != version);
        let kernels = facts.modules.kernels.iter();
        let built: Vec<PathBuf> = kernels
            .filter(|of| self.kernels.contains(&of.kernel))
            .flat_map(|of| &of.files)
            .filter(|file| file.version() == Some(&version))
            .filter(|file| !matches!(facts.owner(&file.path), Ownership::Package(_)))
            .map(|file| file.path.clone())
            .collect();
        built.iter().for_each(|path| take_away(facts, path));
    }

    /// What the installation had set aside is back in its place.
    fn bring_back(&self, facts: &mut Facts, record: &RunfileRecord) {
        let comes = |path: &Path| self.former.iter().any(|entry| entry.path == path);
        for library in record.libraries.iter().filter(|library| comes(&library.path)) {
            facts.libraries.files.retain(|file| file.path != library.path);
            facts.libraries.files.push(library.clone());
        }
        facts.libraries.files.sort_by(|a, b| a.path.cmp(&b.path));
        for module in record.modules.iter().filter(|module| comes(&module.path)) {
            let mut parts = module.path.components().map(|part| part.as_os_str());
            parts.by_ref().find(|part| *part == "modules");
            let Some(kernel) = parts.next() else { continue };
            let mut kernels = facts.modules.kernels.iter_mut();
            if let Some(modules) = kernels.find(|of| kernel == of.kernel.as_str()) {
                modules.files.retain(|file| file.path != module.path);
                modules.files.push(module.clone());
                modules.files.sort_by(|a, b| a.path.cmp(&b.path));
            }
        }
        for missing in facts.packages.missing.iter().filter(|missing| comes(&missing.path)) {
            let owner = Ownership::Package(missing.package.clone());
            facts.packages.owners.insert(missing.path.clone(), owner);
        }
        facts.packages.missing.retain(|missing| !comes(&missing.path));
        facts.packages.altered.retain(|altered| !comes(&altered.path));
    }
}

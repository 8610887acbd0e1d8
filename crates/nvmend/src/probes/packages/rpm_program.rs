//! rpm's databases in older formats, through the rpm program.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::owners::spellings;
use crate::host::{Command, End, FileKind, Host};
use crate::parse::rpm_header::RpmPackage;
use crate::parse::rpm_query::{self, FILES, PACKAGES};

/// How long each question may take. Both together stay below the deadline of all probes, so that a program that hangs
/// (its database is locked, its disk is gone) costs a gap and not the other packages.
const PACKAGES_DEADLINE: Duration = Duration::from_millis(2500);
const OWNERS_DEADLINE: Duration = Duration::from_millis(1500);
/// More files are not asked for: their names would not fit into a command.
const MAX_FILES: usize = 2000;

/// The program, for one database.
pub(super) struct RpmProgram {
    program: PathBuf,
    database: String,
}

impl RpmProgram {
    /// The program that reads the database in this directory; `None` where there is none.
    pub(super) fn find(host: &dyn Host, directory: &str) -> Option<Self> {
        let is_file = |path: &&str| {
            host.metadata(Path::new(path)).is_ok_and(|metadata| metadata.kind == FileKind::File)
        };
        let program = ["/usr/bin/rpm", "/bin/rpm"].into_iter().find(is_file)?;
        Some(Self { program: program.into(), database: directory.to_owned() })
    }

    /// All installed packages, or why rpm does not say.
    pub(super) fn packages(&self, host: &dyn Host) -> Result<Vec<RpmPackage>, String> {
        let answer = self.ask(host, ["-qa", "--qf", PACKAGES], PACKAGES_DEADLINE)?;
        let packages: Vec<_> = rpm_query::packages(&answer).collect();
        // rpm itself is one: without any, it looked at something else.
        if packages.is_empty() { Err("rpm names no package".to_owned()) } else { Ok(packages) }
    }

    /// The owners of these files, where a package owns them.
    pub(super) fn owners(
        &self,
        host: &dyn Host,
        paths: &[PathBuf],
    ) -> Result<Vec<(PathBuf, String)>, String> {
        if paths.len() > MAX_FILES {
            return Err(format!("more than {MAX_FILES} driver files"));
        }
        let names = paths.iter().filter_map(|path| path.to_str());
        let question = ["-qf", "--qf", FILES].into_iter().chain(names);
        let answer = self.ask(host, question, OWNERS_DEADLINE)?;
        let wanted: HashMap<String, &PathBuf> = paths
            .iter()
            .flat_map(|path| spellings(path).into_iter().map(move |spelling| (spelling, path)))
            .collect();
        // A package is listed once for each of its files that was asked for.
        let owners: BTreeMap<&PathBuf, &str> = rpm_query::files(&answer)
            .filter_map(|(package, file)| Some((*wanted.get(file)?, package)))
            .collect();
        Ok(owners.into_iter().map(|(path, owner)| (path.clone(), owner.to_owned())).collect())
    }

    fn ask<'a>(
        &'a self,
        host: &dyn Host,
        question: impl IntoIterator<Item = &'a str>,
        deadline: Duration,
    ) -> Result<String, String> {
        let arguments = ["--dbpath", self.database.as_str()].into_iter().chain(question);
        let command = Command::new(&self.program, arguments, deadline);
        let output = host.run(&command).map_err(|error| error.to_string())?;
        // The status of -qf counts the files that nobody owns; what went wrong stands in the errors.
        let complaint = output.stderr.lines().find_map(|line| line.strip_prefix("error: "));
        match (output.end, complaint) {
            (End::Status(0), _) | (End::Status(_), None) => Ok(output.stdout),
            (End::Status(_), Some(complaint)) => Err(format!("rpm: {complaint}")),
            (End::Signal(signal), _) => Err(format!("rpm was killed by signal {signal}")),
            (End::Deadline, _) => Err("rpm did not answer in time".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::run;
    use super::*;
    use crate::facts::{Datum, Facts, LibraryFile, LibraryPlace, Ownership};
    use crate::host::{Failure, Output};
    use crate::hosts::memory::Memory;

    const PATHS: [&str; 2] = ["/usr/lib64/libcuda.so.535.261.03", "/opt/libcuda.so.1"];
    const LIST: [&str; 5] = ["--dbpath", "/var/lib/rpm", "-qa", "--qf", PACKAGES];

    fn output(end: End, stdout: &str, stderr: &str) -> Output {
        Output { end, stdout: stdout.to_owned(), stderr: stderr.to_owned() }
    }

    fn host() -> Memory {
        Memory::default().file("/var/lib/rpm/Packages", "x").file("/usr/bin/rpm", "x")
    }

    fn probe(host: &Memory) -> Facts {
        let mut facts = Facts::default();
        facts.libraries.files = PATHS
            .iter()
            .map(|path| LibraryFile {
                path: path.into(),
                stem: "libcuda".into(),
                version: None,
                arch: None,
                size: 1,
                place: LibraryPlace::System,
                injected: false,
            })
            .collect();
        run(host, &facts.clone())(&mut facts);
        facts
    }

    fn answering() -> Memory {
        let packages =
            "bash\t5.1-9\tx86_64\t\t\nnvidia-driver-libs\t3:535.261.03-1.el8\tx86_64\t\t\n";
        let files = "nvidia-driver-libs\t/usr/lib64/libcuda.so.1\n\
            nvidia-driver-libs\t/usr/lib64/libcuda.so.535.261.03\n\
            file /opt/libcuda.so.1 is not owned by any package\n";
        let owners =
            ["--dbpath", "/var/lib/rpm", "-qf", "--qf", FILES, "/opt/libcuda.so.1", PATHS[0]];
        host()
            .answers("/usr/bin/rpm", &LIST, output(End::Status(0), packages, "warning: old"))
            .answers("/usr/bin/rpm", &owners, output(End::Status(1), files, ""))
    }

    #[test]
    fn reads_packages_and_owners() {
        let facts = probe(&answering());
        assert_eq!(facts.packages.databases[0].count, Datum::known(2, "/var/lib/rpm/Packages"));
        let [libs] = &facts.packages.installed[..] else { panic!("{:?}", facts.packages) };
        assert_eq!(libs.version, "3:535.261.03-1.el8");
        assert_eq!(libs.driver_version, Some("535.261.03".parse().unwrap()));
        let owner = |path: &str| &facts.packages.owners[Path::new(path)];
        assert_eq!(*owner(PATHS[0]), Ownership::Package("nvidia-driver-libs".into()));
        assert_eq!(*owner(PATHS[1]), Ownership::Nobody);
        assert_eq!(facts.gaps, []);
    }

    #[test]
    fn an_rpm_that_fails_costs_a_gap() {
        for (answer, words) in [
            (output(End::Deadline, "bash\t5\tx86_64\t\t\n", ""), "in time"),
            (output(End::Status(1), "", "error: cannot open Packages database"), "cannot open"),
            (output(End::Signal(11), "", ""), "signal 11"),
            (output(End::Status(0), "", ""), "no package"),
        ] {
            let facts = probe(&host().answers("/usr/bin/rpm", &LIST, answer));
            let [gap] = &facts.gaps[..] else { panic!("{words}: {:?}", facts.gaps) };
            assert_eq!(gap.what, "/var/lib/rpm/Packages");
            assert!(gap.why.contains("Berkeley DB") && gap.why.contains(words), "{gap:?}");
            let owner = &facts.packages.owners[Path::new(PATHS[0])];
            assert!(matches!(owner, Ownership::Unknown(_)), "{owner:?}");
        }
    }

    #[test]
    fn a_file_tree_runs_no_program() {
        let facts = probe(&host());
        let [gap] = &facts.gaps[..] else { panic!("{:?}", facts.gaps) };
        assert!(gap.why.ends_with(&Failure::Unsupported.to_string()), "{gap:?}");
    }

    /// The real program where there is one: its answers have the format that is parsed here.
    #[test]
    fn the_real_rpm_answers_in_this_format() {
        let live = crate::hosts::live::Live::open().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let Some(rpm) = RpmProgram::find(&live, folder.path().to_str().unwrap()) else {
            return;
        };
        let packed = include_bytes!("../../../tests/data/rpmdb.sqlite.gz");
        let mut database = Vec::new();
        std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&packed[..]), &mut database)
            .unwrap();
        std::fs::write(folder.path().join("rpmdb.sqlite"), database).unwrap();
        let mut packages = rpm.packages(&live).unwrap();
        packages.sort_by(|a, b| (&a.name, &a.version).cmp(&(&b.name, &b.version)));
        let libs: Vec<_> =
            packages.iter().filter(|package| package.name == "nvidia-driver-libs").collect();
        assert_eq!(packages.len(), 105);
        assert_eq!(libs[1].version, "3:535.261.03-1.el9");
        assert_eq!(libs[1].origin.as_deref(), Some("NVIDIA"));
        assert_eq!((libs[1].arch.as_str(), libs.len()), ("x86_64", 2));
    }
}

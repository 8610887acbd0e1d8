//! Sets a symbolic link.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::diagnose::Arg;
use crate::facts::{Datum, Facts};
use crate::host_mut::{HostMut, Place};
use crate::step::{Action, Keep, Step, StepError};

/// Sets a link of a library's chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SetLink {
    /// The link.
    pub path: PathBuf,
    /// Where it shall lead, as it will be written.
    pub target: PathBuf,
}

impl Action for SetLink {
    fn id(&self) -> &'static str {
        "set-link"
    }

    fn args(&self) -> Vec<Arg> {
        vec![
            ("path", self.path.display().to_string()),
            ("target", self.target.display().to_string()),
        ]
    }

    fn inverse(&self, _host: &dyn HostMut, keep: &Keep<'_>) -> Result<Vec<Step>, StepError> {
        Ok(vec![Step::Restore(keep.path(&self.path, 0)?)])
    }

    fn predict(&self, facts: &mut Facts) {
        let directory = self.path.parent().unwrap_or(&self.path);
        let mut end = directory.join(&self.target);
        // A link that leads to another link leads where that does.
        let lookups = facts.libraries.lookups.iter().filter_map(|lookup| lookup.found.value());
        let on = lookups.filter(|found| found.chain.links.contains(&end));
        if let Some(on) = on.map(|found| found.chain.end.clone()).next() {
            end = on;
        }
        let Some(file) = facts.libraries.file(&end).cloned() else { return };
        for lookup in &mut facts.libraries.lookups {
            let Datum::Known { value, .. } = &mut lookup.found else { continue };
            if let Some(at) = value.chain.links.iter().position(|link| *link == self.path) {
                value.chain.links.truncate(at + 1);
                value.chain.end.clone_from(&end);
                value.version.clone_from(&file.version);
                value.place = file.place;
                value.exists = true;
            }
        }
    }

    fn run(&self, host: &dyn HostMut, _progress: &mut dyn FnMut(&str)) -> Result<(), StepError> {
        // One that is right already keeps its time.
        if host.place(&self.path)? == Place::Link(self.target.clone()) {
            return Ok(());
        }
        Ok(host.link(&self.path, &self.target, None)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hosts::memory::Memory;
    use crate::hosts::simulated::Simulated;
    use crate::steps::{Kept, Restore};

    const LINK: &str = "/usr/lib/libcuda.so.1";

    /// A link with that target, and an old time; and what brings it back.
    fn machine(target: &str) -> (Simulated, Vec<Step>) {
        let host = Simulated::new(Memory::default().link(LINK, target), &[]);
        let directory = std::path::Path::new("/k");
        let keep = Keep { host: &host, directory, number: 0, progress: &|_| {} };
        let inverse = step().inverse(&host, &keep).unwrap();
        (host, inverse)
    }

    fn step() -> SetLink {
        SetLink { path: LINK.into(), target: "/etc/alternatives/libcuda".into() }
    }

    #[test]
    fn a_link_comes_back_with_its_time() {
        let (host, inverse) = machine("libcuda.so.550.54.14");
        let before = host.memory().describe();
        step().run(&host, &mut |_| {}).unwrap();
        assert_ne!(host.memory().describe(), before);
        for _ in 0..2 {
            inverse.iter().try_for_each(|step| step.action().run(&host, &mut |_| {})).unwrap();
            assert_eq!(host.memory().describe(), before);
        }
    }

    /// ldconfig makes links anew that lead where they led.
    #[test]
    fn the_same_link_made_anew_gets_its_old_time() {
        let (host, inverse) = machine("libcuda.so.550.54.14");
        let before = host.memory().describe();
        host.link(LINK.as_ref(), "libcuda.so.550.54.14".as_ref(), None).unwrap();
        assert_ne!(host.memory().describe(), before);
        inverse.iter().try_for_each(|step| step.action().run(&host, &mut |_| {})).unwrap();
        assert_eq!(host.memory().describe(), before);
    }

    #[test]
    fn a_link_that_is_right_is_left_as_it_is() {
        let (host, _) = machine("/etc/alternatives/libcuda");
        step().run(&host, &mut |_| {}).unwrap();
        assert_eq!(host.changes(), 0);
    }

    #[test]
    fn an_old_journal_knows_no_time() {
        let text = r#"{"path":"/a","state":{"link":{"target":"b"}},"replaces":null}"#;
        let restore: Restore = serde_json::from_str(text).unwrap();
        assert_eq!(restore.state, Kept::Link { target: "b".into(), modified: None });
        let host = Simulated::new(Memory::default(), &[]);
        restore.run(&host, &mut |_| {}).unwrap();
        assert_eq!(host.place("/a".as_ref()), Ok(Place::Link("b".into())));
    }
}

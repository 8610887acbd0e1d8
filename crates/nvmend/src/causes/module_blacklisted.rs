//! A line of modprobe's configuration, or of the kernel command line, keeps the module out.

use super::common::{loaded, on_disk, with_all};
use crate::diagnose::{Cause, Evidence, Finding, Severity};
use crate::facts::{ConfigVerb, Environment, Facts};

/// `module-blacklisted`.
pub const CAUSE: Cause = Cause {
    id: "module-blacklisted",
    severity: Severity::Error,
    find,
    remedies: &["unblock-module"],
    explains: &["module-not-loaded", "nouveau-holds-gpu"],
};

fn find(facts: &Facts) -> Option<Finding> {
    if facts.system.environment != Environment::Host
        || !facts.loaded.driver.is_absent()
        || facts.has_gpu() == Some(false)
        || facts.is_passed_through()
    {
        return None;
    }
    // A blacklist stops only loading by alias: a program that asks by name still gets the module.
    let blacklisted = || {
        let line = facts
            .modules
            .config
            .iter()
            .find(|line| line.verb == ConfigVerb::Blacklist && line.name == "nvidia")?;
        facts.current_module_file()?;
        Some((Finding::likely(), &line.from, format!("blacklist {}", line.name)))
    };
    let (finding, origin, line) = facts
        .module_block()
        .map(|(origin, line)| (Finding::certain(), origin, line.to_owned()))
        .or_else(blacklisted)?;
    let finding = finding.arg("line", &line).arg("place", origin.as_str()).evidence(Evidence::new(
        "claim-config-line",
        origin.clone(),
        &line,
    ));
    Some(with_all(finding, loaded(facts).into_iter().chain(on_disk(facts))))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::facts::{ConfigLine, Resolution};

    #[test]
    fn fires_on_a_line_that_blocks_and_on_a_blacklist() {
        let mut blocked = unloaded("535.261.03", "535.261.03");
        blocked.modules.kernels[0].resolved.insert(
            "nvidia".into(),
            Resolution::Blocked {
                by: "/etc/modprobe.d/x.conf:1".into(),
                line: "alias nvidia off".into(),
            },
        );
        assert!(find(&blocked).is_some());
        assert_eq!(primary(&blocked), "module-blacklisted");
        let mut listed = unloaded("535.261.03", "535.261.03");
        listed.modules.config.push(blacklist("nvidia"));
        assert!(find(&listed).is_some());
    }

    #[test]
    fn blacklisting_nouveau_is_no_fault_nor_is_a_line_that_did_not_help() {
        let mut facts = unloaded("535.261.03", "535.261.03");
        facts.modules.config.push(blacklist("nouveau"));
        assert!(find(&facts).is_none());
        let mut loaded = machine("535.261.03", "535.261.03", "535.261.03");
        loaded.modules.config.push(blacklist("nvidia"));
        assert!(find(&loaded).is_none());
    }

    fn blacklist(name: &str) -> ConfigLine {
        ConfigLine {
            verb: ConfigVerb::Blacklist,
            name: name.into(),
            rest: String::new(),
            from: "/etc/modprobe.d/x.conf:1".into(),
        }
    }
}

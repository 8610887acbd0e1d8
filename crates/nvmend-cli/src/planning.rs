//! What `plan` and `apply` share: reading the machine, and making the plan for it.

use std::path::Path;
use std::sync::Arc;

use clap::ArgMatches;
use nvmend::diagnose::{Severity, diagnose};
use nvmend::enquire::Machine;
use nvmend::host::{Host, read_text};
use nvmend::plan::{machine_id, plan};
use nvmend::probe::{DEADLINE, probe};
use nvmend::proposal::Proposal;
use nvmend::remedies;
use nvmend::remedy::Allowed;
use nvmend::report::{Disruption, rfc3339};
use nvmend::words::Words;

use crate::exit::Failure;
use crate::ui;

/// What may be interrupted, as `--allow` says; `None` where it is not given.
///
/// `none` allows no interruption, `service-restart` (or `reload`, which is the same: unloading and loading the modules
/// stops no more than services) that services stop for a while, `reboot` that the machine reboots, `gpu-jobs-stop`
/// that programs on a GPU are ended. The last does not follow from the others, nor another from it but services.
pub fn allowed(matches: &ArgMatches) -> Option<Allowed> {
    let given = matches.get_many::<String>("allow")?;
    let mut allowed = Allowed { most: Disruption::None, gpu_jobs_stop: false };
    for word in given {
        let (most, gpu_jobs_stop) = match word.as_str() {
            "none" => (Disruption::None, false),
            "reboot" => (Disruption::Reboot, false),
            "gpu-jobs-stop" => (Disruption::ServiceRestart, true),
            _ => (Disruption::ServiceRestart, false),
        };
        allowed.most = allowed.most.max(most);
        allowed.gpu_jobs_stop |= gpu_jobs_stop;
    }
    Some(allowed)
}

/// Reads the machine and makes the plan for it. `only`: the remedies that are wanted first, in order.
pub fn propose(
    host: &Arc<dyn Host>,
    allowed: &Allowed,
    only: &[&str],
    words: &Words,
) -> Result<Proposal, Failure> {
    let facts = probe(host, DEADLINE);
    let diagnosis = diagnose(&facts);
    let primary = diagnosis.primary().filter(|found| found.severity != Severity::Note);
    if let (Some(found), Some(first)) = (primary, only.first())
        && !found.remedies().contains(first)
        && !remedies::AT_WILL.contains(first)
    {
        let serving: Vec<&str> =
            found.remedies().iter().copied().filter(|id| remedies::find(id).is_some()).collect();
        let args = [
            ("remedy", (*first).to_owned()),
            ("cause", found.cause.id.to_owned()),
            ("remedies", serving.join(", ")),
        ];
        return Err(Failure::usage(words.cli("error-remedy-not-here", &args)));
    }
    let asked = Machine { host: host.as_ref() };
    let planning = plan(&facts, allowed, only, &asked, machine(host.as_ref()));
    Ok(Proposal::new(&facts, &diagnosis, &planning, words, rfc3339(ui::now())))
}

/// The name of the machine in plans.
pub fn machine(host: &dyn Host) -> Option<String> {
    let id = read_text(host, Path::new("/etc/machine-id")).ok()?;
    machine_id(&id)
}

//! Builds the module by the builder that knows its version, for the kernels concerned: the running one and the one that
//! boots next.

use std::path::Path;

use super::{reload_modules, space};
use crate::facts::{Builder, Environment, Facts, Obstacle, Ownership};
use crate::parse::build_log::{BuildReason, reason};
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::{Step, predict};
use crate::steps::{BuildModule, ByHand, ModuleBuilder, index_files};
use crate::version::DriverVersion;

pub(super) const REMEDY: Remedy = Remedy { id: "build-module", steps };

/// Bytes for a build. One of the open modules of 535 that failed in its middle had written 200 MiB.
const ROOM: u64 = 1 << 30;

fn steps(facts: &Facts, context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    if facts.system.environment != Environment::Host {
        return Err(Hindrance::new("not-a-host"));
    }
    let running = facts.kernels.running.value();
    let next = facts.kernels.next_boot.value();
    let mut kernels: Vec<&String> = running.into_iter().chain(next).collect();
    kernels.dedup();
    let mut steps = vec![];
    let (mut is_unfit, mut has_headers) = (false, false);
    for kernel in kernels {
        if let Some(pending) = facts.pending_build(kernel) {
            check(context, &pending.obstacle)?;
            if pending.obstacle == Obstacle::HeadersMissing {
                let remedy = super::find("install-headers");
                let remedy =
                    remedy.ok_or(Hindrance::new("headers-missing").with("kernel", kernel))?;
                // For all kernels at once.
                if !has_headers {
                    steps.extend((remedy.steps)(facts, context)?);
                }
                has_headers = true;
            }
            let step = of_builder(facts, pending.builder, pending.version, kernel, false)?;
            steps.push(step);
        } else if let Some((builder, version)) = unfit(facts, kernel) {
            let step = of_builder(facts, builder, version, kernel, true)?;
            steps.push(step);
            is_unfit |= Some(kernel) == running;
        }
    }
    if steps.is_empty() {
        return Err(Hindrance::new("nothing-to-build"));
    }
    space::need(context, Path::new("/var/lib"), ROOM)?;
    // What of the set is loaded is as mixed as what is on disk.
    if is_unfit && facts.loaded.driver.value().is_some() {
        steps.extend((reload_modules::REMEDY.steps)(&predict(facts, &steps), context)?);
    }
    Ok(steps)
}

/// Whether what stood in the way of the last build may be gone.
fn check(context: &Context<'_>, obstacle: &Obstacle<'_>) -> Result<(), Hindrance> {
    match obstacle {
        Obstacle::HeadersMissing | Obstacle::NotTried => Ok(()),
        Obstacle::Failed { first_error, log } => match first_error.map(reason) {
            // It would say the same again.
            Some(BuildReason::Compiler | BuildReason::KernelInterface) => {
                let hindrance = Hindrance::new("build-would-fail").with("log", log.display());
                Err(hindrance.with("error", first_error.unwrap_or_default()))
            }
            Some(BuildReason::DiskFull)
                if context.machine.free_space(Path::new("/var/lib")).is_none() =>
            {
                Err(Hindrance::new("space-unknown").with("path", "/var/lib"))
            }
            _ => Ok(()),
        },
    }
}

/// The build that replaces a set of modules on disk that do not fit each other or the kernel.
fn unfit<'f>(facts: &'f Facts, kernel: &str) -> Option<(Builder, &'f DriverVersion)> {
    let modules = facts.modules_of(kernel)?;
    let core = modules.loads("nvidia")?;
    let version = facts.library_version().map(|(version, _)| version).or(core.version())?;
    let set: Vec<_> = modules.resolved.keys().filter_map(|name| modules.loads(name)).collect();
    let is_mixed = set.iter().any(|file| file.version().is_some_and(|of| of != version));
    let is_foreign = core.info.value()?.built_for().is_some_and(|built_for| built_for != kernel);
    // What a package brings is the package's to set right.
    let is_packaged = matches!(facts.owner(&core.path), Ownership::Package(_));
    let dkms = facts.builders.dkms.iter().find(|module| module.version == *version);
    let akmods = facts.builders.akmods.iter().find(|build| build.version == *version);
    let builder = dkms.map(|module| (Builder::Dkms, &module.version));
    let builder = builder.or(akmods.map(|build| (Builder::Akmods, &build.version)));
    builder.filter(|_| (is_mixed || is_foreign) && !is_packaged)
}

fn of_builder(
    facts: &Facts,
    builder: Builder,
    version: &DriverVersion,
    kernel: &str,
    again: bool,
) -> Result<Step, Hindrance> {
    let known = facts.builders.dkms.iter().find(|module| module.version == *version);
    let (builder, module) = match (builder, known) {
        (Builder::Dkms, Some(module)) if module.source.is_absent() => {
            let hindrance = Hindrance::new("build-source-gone").with("module", &module.name);
            return Err(hindrance.with("version", version));
        }
        (Builder::Dkms, Some(module)) => (ModuleBuilder::Dkms, module.name.clone()),
        (Builder::Dkms, None) => {
            let hindrance = Hindrance::new("build-source-gone").with("module", "nvidia");
            return Err(hindrance.with("version", version));
        }
        (Builder::Akmods, _) => (ModuleBuilder::Akmods, "nvidia".to_owned()),
        (Builder::Installer, _) => {
            let arch = facts.native_arch();
            let act = ByHand::new("runfile-module").with("version", version).with("kernel", kernel);
            let file = format!("NVIDIA-Linux-{arch}-{version}.run");
            let act =
                act.command(format!("sh {file} --kernel-modules-only --kernel-name={kernel}"));
            return Ok(Step::ByHand(act));
        }
    };
    let package = format!("kmod-{module}-{kernel}");
    let replaces = facts.packages.installed.iter().find(|known| known.name == package);
    Ok(Step::BuildModule(BuildModule {
        builder,
        module,
        version: version.clone(),
        kernel: kernel.to_owned(),
        outputs: index_files(kernel),
        again,
        replaces: replaces.map(|package| package.version.clone()),
    }))
}

//! What a machine would be after a step. Pure.

use crate::facts::{
    Datum, Facts, LoadedDriver, LoadedModule, LogEventKind, Origin, Reading, Resolution,
};

/// The machine as it would be after a reboot into [`crate::facts::Kernels::next_boot`].
///
/// The module that its initramfs holds, else the one that modprobe would load, is loaded, unless something bars it;
/// processes and the kernel log start anew. Files, packages and variables stay as they are.
pub fn reboot(facts: &Facts) -> Facts {
    let mut next = facts.clone();
    if facts.kernels.running.value().is_none() {
        return next;
    }
    let Some(kernel) = facts.kernels.next_boot.value().or(facts.kernels.running.value()).cloned()
    else {
        return next;
    };
    let origin = Origin(format!("after a reboot into {kernel}"));
    next.kernels.running = Datum::known(kernel.clone(), origin.clone());
    next.holders = Default::default();
    next.deep = Default::default();
    next.log = Default::default();
    // Containers start anew. `/run` is empty after a boot: a specification there comes back as whatever wrote it finds
    // the files then, so a sound one stays and a broken one does not.
    next.consumers.scopes.clear();
    next.consumers.cdi.retain(|spec| {
        let is_kept = !spec.path.starts_with("/run") && !spec.path.starts_with("/var/run");
        is_kept || spec.files.iter().all(|file| file.exists)
    });
    if !facts.judges_module() {
        return next;
    }
    let is_same_kernel = facts.kernels.running.value() == Some(&kernel);
    // The image that brought the old module brings it again.
    if is_same_kernel && facts.loads_from_elsewhere() {
        return next;
    }
    next.loaded = Default::default();
    next.loaded.driver = Datum::absent(origin.clone());
    let bound_to_other = facts.bus.gpus().iter().any(|gpu| {
        gpu.driver.as_deref().is_some_and(|driver| driver != "nvidia")
            && !is_blacklisted(facts, gpu.driver.as_deref())
    }) || (is_same_kernel && facts.images_with_nouveau(&kernel).is_some());
    // What modprobe does not find, something else must load: it does so again, or still does not.
    let is_outside = facts.modules_of(&kernel).is_some_and(|modules| {
        matches!(modules.resolved.get("nvidia"), Some(Resolution::Outside { .. }))
    });
    if is_outside && facts.loaded.driver.value().is_none() {
        return next;
    }
    let loads = facts.loads_at_boot(&kernel, "nvidia");
    let Some(info) = loads.and_then(|file| file.info.value()) else { return next };
    let Some(version) = info.version.clone() else { return next };
    let was_refused = is_same_kernel
        && facts.log.events().iter().any(|event| event.kind == LogEventKind::SignatureRejected);
    if was_refused {
        // Nothing on disk has changed: the kernel will say so again.
        next.log = facts.log.clone();
        return next;
    }
    if bound_to_other
        || is_refused(facts, info)
        || is_blacklisted(facts, Some("nvidia"))
        || facts.has_gpu() == Some(false)
    {
        return next;
    }
    next.loaded.driver = Datum::known(
        LoadedDriver {
            version: version.clone(),
            flavour: info.flavour(),
            readings: vec![Reading { version, from: origin.clone() }],
        },
        origin.clone(),
    );
    if let Some(modules) = facts.modules_of(&kernel) {
        for name in modules.resolved.keys() {
            let loads = facts.loads_at_boot(&kernel, name);
            let version = loads.and_then(|file| file.version().cloned());
            let Some(version) = version else { continue };
            next.loaded.modules.push(LoadedModule {
                name: name.clone(),
                version: Datum::known(version, origin.clone()),
                references: Some(0),
                used_by: vec![],
                state: Some("live".to_owned()),
            });
        }
    }
    if let Datum::Known { value: gpus, .. } = &mut next.bus.gpus {
        for gpu in gpus {
            gpu.driver = Some("nvidia".to_owned());
        }
    }
    next
}

/// Whether the kernel would refuse an unsigned module. A signature that is there is taken to be trusted: whether
/// its key is enrolled is a question that `secure-boot-rejects-module` asks.
fn is_refused(facts: &Facts, info: &crate::facts::ModuleInfo) -> bool {
    let enforced = matches!(facts.security.enforces_signatures(), Some((_, true)));
    enforced && info.signature.is_absent()
}

fn is_blacklisted(facts: &Facts, driver: Option<&str>) -> bool {
    use crate::facts::ConfigVerb;
    // On the bus it is called otherwise than its module (drivers/gpu/nova-core/nova_core.rs).
    let driver = driver.map(|driver| if driver == "NovaCore" { "nova_core" } else { driver });
    facts
        .modules
        .config
        .iter()
        .any(|line| line.verb == ConfigVerb::Blacklist && Some(line.name.as_str()) == driver)
}

//! Prepares the enrolment of the key that signs this machine's modules. The password, and the console at the next boot,
//! are a person's: that is what keeps malware from doing the same.

use std::path::Path;

use super::rebuild_initramfs::is_like;
use crate::facts::{Environment, Facts};
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::Step;
use crate::steps::ByHand;

pub(super) const REMEDY: Remedy = Remedy { id: "enrol-key", steps };

/// Certificates of keys that sign modules on the machine itself: Ubuntu's (`update-secureboot-policy`), DKMS' own
/// (dkms.in), akmods' (`kmodgenca`).
const CERTIFICATES: [&str; 3] = [
    "/var/lib/shim-signed/mok/MOK.der",
    "/var/lib/dkms/mok.pub",
    "/etc/pki/akmods/certs/public_key.der",
];

fn steps(facts: &Facts, context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    if facts.system.environment != Environment::Host {
        return Err(Hindrance::new("not-a-host"));
    }
    let (kernel, _) = facts.current_kernel().ok_or(Hindrance::new("not-a-host"))?;
    let there = CERTIFICATES.iter().find(|path| context.machine.size(Path::new(path)).is_some());
    let is_unsigned = facts
        .current_module_file()
        .and_then(|file| file.info.value())
        .is_some_and(|info| info.signature.is_absent());
    let (usual, make) = if is_like(facts, "ubuntu") {
        (CERTIFICATES[0], "update-secureboot-policy --new-key")
    } else if is_like(facts, "fedora") && !facts.builders.akmods.is_empty() {
        (CERTIFICATES[2], "kmodgenca -a")
    } else {
        (CERTIFICATES[1], "dkms generate_mok")
    };
    let certificate = there.copied().unwrap_or(usual);
    let mut act = ByHand::new("enrol-key").with("path", certificate);
    if there.is_none() {
        act = act.command(make);
    }
    if there.is_none() || is_unsigned {
        let build = facts.builders.dkms.iter().max_by_key(|module| &module.version);
        act = match build {
            Some(module) => {
                let of = format!("-m {} -v {} -k {kernel}", module.name, module.version);
                act.command(format!("dkms uninstall {of}"))
                    .command(format!("dkms build --force {of}"))
                    .command(format!("dkms install --force {of}"))
            }
            None if !facts.builders.akmods.is_empty() => {
                act.command(format!("akmods --force --rebuild --kernels {kernel}"))
            }
            None => act,
        };
    }
    let act = act.command(format!("mokutil --import {certificate}")).command("systemctl reboot");
    Ok(vec![Step::ByHand(act)])
}

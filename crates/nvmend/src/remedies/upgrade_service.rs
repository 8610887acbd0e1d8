//! Says which DCGM goes with the driver. Its package changed its name with version 4, comes in one for each major version
//! of CUDA, and which is right hangs on the GPU too (NVIDIA/DCGM issue 254): that choice is a person's.

use crate::causes::service_skew;
use crate::facts::{Facts, PackageManager};
use crate::remedy::{Context, Hindrance, Remedy};
use crate::step::Step;
use crate::steps::ByHand;

pub(super) const REMEDY: Remedy = Remedy { id: "upgrade-service", steps };

fn steps(facts: &Facts, _context: &Context<'_>) -> Result<Vec<Step>, Hindrance> {
    let (package, lacks) =
        service_skew::old_dcgm(facts).ok_or(Hindrance::new("nothing-to-change"))?;
    let new = format!("datacenter-gpu-manager-{}-cuda{}", lacks.needs.0, lacks.cuda);
    let program = match package.manager {
        PackageManager::Dpkg => "apt-get",
        PackageManager::Rpm => "dnf",
        PackageManager::Pacman => return Err(Hindrance::new("nothing-to-change")),
    };
    let act = ByHand::new("upgrade-service")
        .with("name", &package.name)
        .with("value", &new)
        .with("version", format!("{}.{}", lacks.needs.0, lacks.needs.1))
        .command(format!("{program} install {new}"))
        .command("systemctl restart nvidia-dcgm");
    Ok(vec![Step::ByHand(act)])
}

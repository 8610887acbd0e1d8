//! What remedies by packages share: whose packages they are, which series is the living one, and the way from a wish
//! to steps.

use std::collections::BTreeSet;

use crate::enquire::{Offer, PackageName, Request, Wanted, Wish};
use crate::facts::{Environment, Facts, Package, PackageManager, PackageRole};
use crate::knowledge::packages::driver_version;
use crate::knowledge::pci::{Support, support};
use crate::remedy::{Context, Hindrance};
use crate::step::Step;
use crate::steps::HoldPackages;
use crate::version::DriverVersion;

/// The manager that keeps the driver's packages, or would.
pub(super) fn manager(facts: &Facts) -> Result<PackageManager, Hindrance> {
    if let Some((manager, origin)) = facts.system.managed_by.first() {
        let hindrance = Hindrance::new("managed-elsewhere");
        return Err(hindrance.with("manager", manager).with("origin", origin.as_str()));
    }
    // A container's driver is its host's, unless it keeps a whole system of its own.
    let is_image =
        facts.system.environment == Environment::Container && facts.system_container().is_none();
    if is_image {
        return Err(Hindrance::new("not-a-host"));
    }
    let of_driver = facts.driver_packages().next().map(|package| package.manager);
    let databases = &facts.packages.databases;
    let readable = databases.iter().find(|database| database.count.value().is_some());
    of_driver
        .or(readable.map(|database| database.manager))
        .ok_or(Hindrance::new("no-package-manager"))
}

/// The steps that fulfil a wish. Holds that stand in its way are released by a step of their own.
pub(super) fn fulfil(
    facts: &Facts,
    context: &Context<'_>,
    mut request: Request,
) -> Result<Vec<Step>, Hindrance> {
    match context.machine.simulate(&request) {
        Ok(change) => Ok(vec![Step::ChangePackages(change)]),
        Err(hindrance) if hindrance.why == "packages-held" => {
            let names: BTreeSet<&str> =
                hindrance.args.iter().flat_map(|(_, names)| names.split(", ")).collect();
            let is_held = |package: &&Package| {
                package.held
                    && package.manager == request.manager
                    && names.contains(package.name.as_str())
            };
            let held: Vec<PackageName> =
                facts.packages.installed.iter().filter(is_held).map(PackageName::from).collect();
            // What else is held was held for a reason that has nothing to do with the driver.
            let known: BTreeSet<&str> = held.iter().map(|package| package.name.as_str()).collect();
            if known != names {
                return Err(hindrance);
            }
            request.unheld = true;
            let change = context.machine.simulate(&request)?;
            let release = HoldPackages {
                manager: request.manager,
                program: change.program.clone(),
                packages: held,
                hold: false,
            };
            Ok(vec![Step::HoldPackages(release), Step::ChangePackages(change)])
        }
        Err(hindrance) => Err(hindrance),
    }
}

/// The packages of one driver series.
pub(super) struct Series<'f> {
    /// As their names tell it; `None`: names without one (Debian's current series, Fedora, Arch).
    pub(super) name: Option<&'f str>,
    /// All of them that are installed, whole or not.
    pub(super) packages: Vec<&'f Package>,
}

impl Series<'_> {
    /// Names of all of them, for what must not be removed.
    pub(super) fn names(&self) -> Vec<String> {
        self.packages.iter().map(|package| package.name.clone()).collect()
    }

    /// The newest version among them.
    fn version(&self) -> Option<&DriverVersion> {
        self.packages.iter().filter_map(|package| package.driver_version.as_ref()).max()
    }

    fn has(&self, version: Option<&DriverVersion>) -> bool {
        version.is_some()
            && self.packages.iter().any(|package| package.driver_version.as_ref() == version)
    }
}

/// Packages that belong to the driver, released with it and versioned by it.
pub(super) fn is_drivers(package: &Package) -> bool {
    use PackageRole::{Companion, Firmware, Kernel, Meta, User};
    matches!(package.role, Kernel | User | Meta | Firmware | Companion)
        && !matches!(package.state.as_str(), "config-files" | "not-installed")
}

/// The driver series that are installed. The fabric manager and ready-made modules have no series of their own.
pub(super) fn series(facts: &Facts) -> Vec<Series<'_>> {
    let mut found: Vec<Series<'_>> = Vec::new();
    for package in facts.packages.installed.iter().filter(|package| is_drivers(package)) {
        let name = package.series.as_deref();
        match found.iter_mut().find(|series| series.name == name) {
            Some(series) => series.packages.push(package),
            None => found.push(Series { name, packages: vec![package] }),
        }
    }
    found.retain(|series| {
        series.packages.iter().any(|package| {
            matches!(package.role, PackageRole::Kernel | PackageRole::User)
                && (package.driver_version.is_some() || package.name.starts_with("linux-"))
        })
    });
    found
}

/// The series that stays: the one that drives the GPUs; of several, the one that is loaded, else the one whose module
/// is on disk, else the newest.
pub(super) fn living(facts: &Facts) -> Result<Series<'_>, Hindrance> {
    let loaded = facts.loaded_version().map(|(version, _)| version);
    let on_disk = facts.on_disk_version().map(|(version, _)| version);
    series(facts)
        .into_iter()
        .max_by(|a, b| {
            let rank = |series: &Series<'_>| {
                let has_module =
                    series.packages.iter().any(|package| package.role == PackageRole::Kernel);
                let drives = series.version().is_none_or(|version| drives(facts, version));
                (drives, series.has(loaded), series.has(on_disk), has_module)
            };
            rank(a).cmp(&rank(b)).then_with(|| a.version().cmp(&b.version()))
        })
        .ok_or(Hindrance::new("no-driver-packages"))
}

/// Whether a driver version can drive every GPU that is here.
pub(super) fn drives(facts: &Facts, version: &DriverVersion) -> bool {
    facts.bus.gpus().iter().all(|gpu| match support(gpu.device) {
        Support::Legacy(branch) => version.branch() <= branch,
        _ => true,
    })
}

/// What the repositories have, of packages as they are installed.
pub(super) fn offers_of<'p>(
    context: &Context<'_>,
    manager: PackageManager,
    packages: impl Iterator<Item = &'p Package>,
) -> Result<Vec<Offer>, Hindrance> {
    let names: Vec<PackageName> = packages.map(PackageName::from).collect();
    context.machine.offers(manager, &names)
}

/// The full version of a package that is of that driver version: the manager's own choice, where it fits.
pub(super) fn version_of<'o>(
    offers: &'o [Offer],
    package: &PackageName,
    driver: &DriverVersion,
) -> Option<&'o str> {
    let is_it = |offer: &&Offer| {
        offer.package.name == package.name
            && (offer.package.arch.is_none() || offer.package.arch == package.arch)
    };
    let offer = offers.iter().find(is_it)?;
    let mut all = offer.candidate.iter().chain(&offer.versions);
    all.find(|version| driver_version(version).as_ref() == Some(driver)).map(String::as_str)
}

/// What brings `packages` to one driver version: of each that is at another, the package that is wanted.
pub(super) fn at_version(
    offers: &[Offer],
    packages: &[&Package],
    driver: &DriverVersion,
) -> Result<Vec<Wanted>, Hindrance> {
    let is_other = |package: &&&Package| {
        let own = package.driver_version.as_ref();
        own.is_some_and(|own| own != driver) || (own.is_some() && !package.is_installed())
    };
    let wanted = packages.iter().filter(is_other).map(|package| {
        let name = PackageName::from(*package);
        let version = version_of(offers, &name, driver).ok_or_else(|| {
            let hindrance = Hindrance::new("version-not-available");
            hindrance.with("packages", &package.name).with("version", driver)
        })?;
        Ok(Wanted { package: name, version: Some(version.to_owned()) })
    });
    wanted.collect()
}

/// Brings packages to one driver version in one transaction.
pub(super) fn align(
    facts: &Facts,
    context: &Context<'_>,
    packages: &[&Package],
    offers: &[Offer],
    driver: &DriverVersion,
) -> Result<Vec<Step>, Hindrance> {
    let wanted = at_version(offers, packages, driver)?;
    let manager = packages.first().map(|package| package.manager);
    let manager =
        manager.filter(|_| !wanted.is_empty()).ok_or(Hindrance::new("nothing-to-change"))?;
    let mut request = Request::new(manager, Wish::Install(wanted));
    request.keep = packages.iter().map(|package| package.name.clone()).collect();
    fulfil(facts, context, request)
}

/// Packages that go with a driver series, those that number themselves among them (`nvidia-settings-tesla-470`).
pub(super) fn belongs(package: &Package) -> bool {
    is_drivers(package)
        || (package.role == PackageRole::Independent
            && package.series.is_some()
            && package.is_installed())
}

//! Who keeps a process running, by its control group: whom to ask to stop it, and to start it again.

/// What a process runs in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Keeper {
    /// A system service, by its unit.
    Service(String),
    /// A container.
    Container(Container),
    /// The screen before anybody has logged in: it belongs to the display manager.
    Greeter,
    /// Neither: what a person started, or a batch system did for one.
    Person,
}

/// A container, as its engine names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Container {
    /// `docker`, `podman`, `kubernetes`, `containerd`, `lxc`, `machine`.
    pub engine: &'static str,
    /// Its name, or the first twelve digits of its id, which engines show and take.
    pub name: String,
    /// Whether a person's own engine keeps it, of which the system's knows nothing.
    pub is_rootless: bool,
}

/// Services that only carry what others started in them: a program of `ssh.service` is somebody's work.
const BEARERS: [&str; 10] = [
    "ssh.service",
    "sshd.service",
    "cron.service",
    "crond.service",
    "cronie.service",
    "atd.service",
    "dbus.service",
    "dbus-broker.service",
    "docker.service",
    "containerd.service",
];
/// Names of scopes: `docker-<id>.scope` (each engine's, with systemd as its control group manager).
const SCOPES: [(&str, &str); 5] = [
    ("docker-", "docker"),
    ("libpod-", "podman"),
    ("cri-containerd-", "kubernetes"),
    ("crio-", "kubernetes"),
    ("nerdctl-", "containerd"),
];
/// Directories of containers, where the engine manages control groups itself.
const DIRECTORIES: [(&str, &str); 3] =
    [("docker", "docker"), ("libpod_parent", "podman"), ("lxc", "lxc")];

impl Keeper {
    /// By a control group: `/system.slice/docker-0a1b….scope`.
    pub fn of(cgroup: &str) -> Self {
        let parts: Vec<&str> = cgroup.split('/').filter(|part| !part.is_empty()).collect();
        let user = parts.first().filter(|first| **first == "user.slice").map(|_| {
            let slice = parts.get(1).and_then(|part| part.strip_prefix("user-"));
            slice.and_then(|part| part.strip_suffix(".slice")?.parse::<u32>().ok())
        });
        // A service may keep its container below itself (podman's `--cgroups=split`): then the service is to be asked.
        let unit = parts.iter().find(|part| !part.ends_with(".slice"));
        let unit = unit.filter(|unit| user.is_none() && unit.ends_with(".service"));
        match (unit, parts.first()) {
            (Some(unit), first) if first != Some(&"machine.slice") && !BEARERS.contains(unit) => {
                return Self::Service((*unit).to_owned());
            }
            _ => {}
        }
        if let Some(container) = container(&parts, user.is_some()) {
            return Self::Container(container);
        }
        match user {
            // Users below 1000 are the system's (login.defs(5), `UID_MIN`): display managers run their greeter as one.
            Some(Some(id)) if (1..1000).contains(&id) => Self::Greeter,
            _ => Self::Person,
        }
    }
}

fn container(parts: &[&str], is_rootless: bool) -> Option<Container> {
    let make = |engine, name: &str| Some(Container { engine, name: name.to_owned(), is_rootless });
    let kubernetes = parts.first().is_some_and(|part| part.starts_with("kubepods"));
    for (at, part) in parts.iter().enumerate() {
        for (prefix, engine) in SCOPES {
            let id = part.strip_prefix(prefix).map(|id| id.strip_suffix(".scope").unwrap_or(id));
            if let Some(id) = id.and_then(short_id) {
                return make(engine, id);
            }
        }
        if let Some(name) = part.strip_prefix("lxc.payload.") {
            return make("lxc", name);
        }
        let below = parts.get(at + 1).copied();
        if let Some((_, engine)) = DIRECTORIES.iter().find(|(directory, _)| directory == part)
            && let Some(below) = below
        {
            return make(engine, short_id(below).unwrap_or(below));
        }
    }
    if kubernetes {
        let last = parts.last()?;
        return make("kubernetes", short_id(last).unwrap_or(last));
    }
    match parts {
        ["machine.slice", name, ..] => make("machine", name),
        _ => None,
    }
}

/// The first twelve digits of an id of sixty-four, or of one that was cut already.
fn short_id(id: &str) -> Option<&str> {
    let is_id = id.len() >= 12 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_id { id.get(..12) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "4f2c9d6b1e7a4f2c9d6b1e7a4f2c9d6b1e7a4f2c9d6b1e7a4f2c9d6b1e7a0123";

    fn container_of(cgroup: &str) -> (&'static str, String, bool) {
        match Keeper::of(&cgroup.replace("ID", ID)) {
            Keeper::Container(found) => (found.engine, found.name, found.is_rootless),
            other => panic!("{cgroup}: {other:?}"),
        }
    }

    #[test]
    fn services_are_units_of_the_system() {
        let service = |unit: &str| Keeper::Service(unit.to_owned());
        let found = Keeper::of("/system.slice/nvidia-persistenced.service");
        assert_eq!(found, service("nvidia-persistenced.service"));
        let found = Keeper::of("/system.slice/system-getty.slice/getty@tty1.service");
        assert_eq!(found, service("getty@tty1.service"));
        let found = Keeper::of(&format!("/system.slice/ollama.service/libpod-payload-{ID}"));
        assert_eq!(found, service("ollama.service"));
    }

    #[test]
    fn containers_of_all_engines() {
        let short = || ID[..12].to_owned();
        for (cgroup, engine) in [
            ("/system.slice/docker-ID.scope", "docker"),
            ("/docker/ID", "docker"),
            ("/machine.slice/libpod-ID.scope/container", "podman"),
            ("/kubepods.slice/kubepods-besteffort.slice/cri-containerd-ID.scope", "kubernetes"),
            ("/kubepods/besteffort/pod1234/ID", "kubernetes"),
            ("/system.slice/nerdctl-ID.scope", "containerd"),
        ] {
            assert_eq!(container_of(cgroup), (engine, short(), false), "{cgroup}");
        }
        assert_eq!(container_of("/lxc.payload.web/init.scope"), ("lxc", "web".to_owned(), false));
        let rootless = "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-ID.scope";
        assert_eq!(container_of(rootless), ("podman", short(), true));
        let machine = "/machine.slice/systemd-nspawn@web.service/payload";
        assert_eq!(container_of(machine).0, "machine");
    }

    #[test]
    fn peoples_work_is_nobodys_service() {
        for cgroup in [
            "/user.slice/user-1000.slice/session-3.scope",
            "/user.slice/user-1000.slice/user@1000.service/app.slice/jupyter.service",
            "/system.slice/ssh.service",
            "/system.slice/slurmstepd.scope/job_7/step_0",
            "/",
            "",
        ] {
            assert_eq!(Keeper::of(cgroup), Keeper::Person, "{cgroup}");
        }
        let greeter = "/user.slice/user-120.slice/session-c1.scope";
        assert_eq!(Keeper::of(greeter), Keeper::Greeter);
    }
}

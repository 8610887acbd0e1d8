//! Configuration of container engines and of NVIDIA's container toolkit: which NVIDIA programs they are told to run.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The file cannot be read as what it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("damaged: {0}")]
pub struct Damaged(String);

/// Docker's `daemon.json` (docs.docker.com, "dockerd", "Daemon configuration file").
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct DockerConfig {
    /// Runtimes by name.
    #[serde(default)]
    pub runtimes: BTreeMap<String, DockerRuntime>,
    /// The runtime of containers that ask for none.
    #[serde(default, rename = "default-runtime")]
    pub default_runtime: Option<String>,
}

/// One of Docker's runtimes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct DockerRuntime {
    /// Its program, by path or name; none for a shim of containerd's.
    pub path: Option<String>,
}

/// Reads a `daemon.json`. An empty file is a valid one (moby, `daemon/config/config.go`).
pub fn docker(text: &[u8]) -> Result<DockerConfig, Damaged> {
    if text.trim_ascii().is_empty() {
        return Ok(DockerConfig::default());
    }
    serde_json::from_slice(text).map_err(|error| Damaged(error.to_string()))
}

/// The NVIDIA runtimes that a configuration of containerd or CRI-O names, wherever: `BinaryName` and `runtime_path`
/// stand in tables that differ with the version of the format.
pub fn nvidia_runtimes(text: &[u8]) -> Result<Vec<String>, Damaged> {
    let mut found = Vec::new();
    let mut pending: Vec<toml::Value> = table(text)?.into_iter().map(|(_, value)| value).collect();
    while let Some(value) = pending.pop() {
        match value {
            toml::Value::Table(table) => pending.extend(table.into_iter().map(|(_, value)| value)),
            toml::Value::String(text) if is_nvidia_runtime(&text) => found.push(text),
            _ => {}
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

/// Whether a program is one of NVIDIA's runtimes: `nvidia-container-runtime`, also `….cdi`, `….legacy`, `….experimental`.
pub fn is_nvidia_runtime(program: &str) -> bool {
    let name = program.rsplit('/').next().unwrap_or_default();
    name == "nvidia-container-runtime" || name.starts_with("nvidia-container-runtime.")
}

/// What the toolkit's own configuration says of files on the host (nvidia-container-toolkit, `api/config/v1`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToolkitConfig {
    /// Where the driver is installed, if not in `/`.
    pub root: Option<String>,
    /// The host's ldconfig: the setting without the `@` that says it is the host's.
    pub ldconfig: Option<String>,
}

/// Reads `/etc/nvidia-container-runtime/config.toml`.
pub fn toolkit(text: &[u8]) -> Result<ToolkitConfig, Damaged> {
    let table = table(text)?;
    let setting = |name: &str| {
        let value = table.get("nvidia-container-cli")?.get(name)?.as_str()?;
        Some(value.to_owned())
    };
    Ok(ToolkitConfig {
        root: setting("root"),
        ldconfig: setting("ldconfig").and_then(|path| Some(path.strip_prefix('@')?.to_owned())),
    })
}

fn table(text: &[u8]) -> Result<toml::Table, Damaged> {
    let text = std::str::from_utf8(text).map_err(|error| Damaged(error.to_string()))?;
    // The first line says what is wrong; the others draw it.
    toml::from_str(text).map_err(|error| Damaged(error.message().to_owned()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// As `nvidia-ctk runtime configure --runtime=docker --set-as-default` writes it.
    const DOCKER: &str = r#"{"log-driver": "journald", "default-runtime": "nvidia", "runtimes": {"nvidia": {"args": [], "path": "nvidia-container-runtime"}}}"#;

    /// As `nvidia-ctk runtime configure --runtime=containerd` writes it.
    const CONTAINERD: &str = r#"
        version = 2
        [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.nvidia]
        runtime_type = "io.containerd.runc.v2"
        [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.nvidia.options]
        BinaryName = "/usr/bin/nvidia-container-runtime"
    "#;

    const CRIO: &str = "[crio.runtime.runtimes.nvidia]\nruntime_path = \"/usr/bin/nvidia-container-runtime\"\n# runtime_path = \"/x/nvidia-container-runtime\"\n";

    /// As the toolkit's packages bring it, with the line for a driver container uncommented.
    const TOOLKIT: &str = "disable-require = false\n[nvidia-container-cli]\nenvironment = []\nldconfig = \"@/sbin/ldconfig.real\"\nroot = \"/run/nvidia/driver\"\n";

    #[test]
    fn reads_dockers() {
        let config = docker(DOCKER.as_bytes()).unwrap();
        assert_eq!(config.default_runtime.as_deref(), Some("nvidia"));
        assert_eq!(config.runtimes["nvidia"].path.as_deref(), Some("nvidia-container-runtime"));
        assert_eq!(docker(b" \n"), Ok(DockerConfig::default()));
        assert!(docker(b"{\"runtimes\": {").is_err());
        assert!(docker(b"{\"runtimes\": []}").is_err());
    }

    #[test]
    fn finds_runtimes_in_any_table() {
        let program = vec!["/usr/bin/nvidia-container-runtime".to_owned()];
        assert_eq!(nvidia_runtimes(CONTAINERD.as_bytes()), Ok(program.clone()));
        assert_eq!(nvidia_runtimes(CRIO.as_bytes()), Ok(program));
        assert_eq!(nvidia_runtimes(b"version = 3\n"), Ok(vec![]));
        assert!(nvidia_runtimes(b"version = \n").is_err());
        assert!(!is_nvidia_runtime("/usr/bin/nvidia-container-runtime-hook"));
    }

    #[test]
    fn reads_the_toolkits() {
        let config = toolkit(TOOLKIT.as_bytes()).unwrap();
        assert_eq!(config.root.as_deref(), Some("/run/nvidia/driver"));
        assert_eq!(config.ldconfig.as_deref(), Some("/sbin/ldconfig.real"));
        // Without `@` it is a program of the container's.
        let inside = toolkit(b"[nvidia-container-cli]\nldconfig = \"/sbin/ldconfig\"\n").unwrap();
        assert_eq!(inside, ToolkitConfig::default());
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200), cut in 0_usize..400) {
            for text in [bytes.as_slice(), &DOCKER.as_bytes()[..cut.min(DOCKER.len())], &CONTAINERD.as_bytes()[..cut.min(CONTAINERD.len())]] {
                let _ = docker(text);
                let _ = nvidia_runtimes(text);
                let _ = toolkit(text);
            }
        }
    }

    #[test]
    fn deep_nesting_is_refused_or_read_and_never_overflows() {
        let deep = "[".repeat(100_000);
        assert!(docker(format!("{{\"runtimes\": {deep}").as_bytes()).is_err());
        assert!(nvidia_runtimes(format!("a = {deep}").as_bytes()).is_err());
    }
}

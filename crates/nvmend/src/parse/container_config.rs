//! Configuration of container engines and of NVIDIA's container toolkit: which NVIDIA programs they are told to run.
//!
//! The rest of it is nobody's business: proxies and registries stand there with their passwords.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The file cannot be read as what it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("damaged: {0}")]
pub struct Damaged(String);

/// One format, reduced to what is asked of it.
pub trait Config: Sized {
    /// Reads it.
    fn parse(text: &[u8]) -> Result<Self, Damaged>;
    /// The same in the same format, without everything else; reading that gives the same again.
    fn kept(&self) -> Vec<u8>;
}

/// Docker's `daemon.json` (docs.docker.com, "dockerd", "Daemon configuration file").
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DockerConfig {
    /// Runtimes by name.
    #[serde(default)]
    pub runtimes: BTreeMap<String, DockerRuntime>,
    /// The runtime of containers that ask for none.
    #[serde(default, rename = "default-runtime", skip_serializing_if = "Option::is_none")]
    pub default_runtime: Option<String>,
}

/// One of Docker's runtimes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DockerRuntime {
    /// Its program, by path or name; none for a shim of containerd's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

impl Config for DockerConfig {
    /// An empty file is a valid one (moby, `daemon/config/config.go`).
    fn parse(text: &[u8]) -> Result<Self, Damaged> {
        if text.trim_ascii().is_empty() {
            return Ok(Self::default());
        }
        // The error's own words may cite the file.
        serde_json::from_slice(text).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            Damaged(format!("not what dockerd can read, at line {line}, column {column}"))
        })
    }

    fn kept(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

/// The NVIDIA runtimes that a configuration of containerd or CRI-O names, wherever: `BinaryName` and `runtime_path`
/// stand in tables that differ with the version of the format. Sorted, once each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NvidiaRuntimes(pub Vec<String>);

impl Config for NvidiaRuntimes {
    fn parse(text: &[u8]) -> Result<Self, Damaged> {
        let mut found = Vec::new();
        let mut pending = vec![toml::Value::Table(table(text)?)];
        while let Some(value) = pending.pop() {
            match value {
                toml::Value::Table(table) => {
                    pending.extend(table.into_iter().map(|(_, value)| value));
                }
                toml::Value::Array(values) => pending.extend(values),
                toml::Value::String(text) if is_nvidia_runtime(&text) => found.push(text),
                _ => {}
            }
        }
        found.sort();
        found.dedup();
        Ok(Self(found))
    }

    fn kept(&self) -> Vec<u8> {
        format!("runtimes = {}\n", quoted(&self.0)).into_bytes()
    }
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

impl Config for ToolkitConfig {
    fn parse(text: &[u8]) -> Result<Self, Damaged> {
        let table = table(text)?;
        let setting = |name: &str| {
            let value = table.get("nvidia-container-cli")?.get(name)?.as_str()?;
            Some(value.to_owned())
        };
        Ok(Self {
            root: setting("root"),
            ldconfig: setting("ldconfig").and_then(|path| Some(path.strip_prefix('@')?.to_owned())),
        })
    }

    fn kept(&self) -> Vec<u8> {
        let mut text = "[nvidia-container-cli]\n".to_owned();
        if let Some(root) = &self.root {
            text.push_str(&format!("root = {}\n", quoted(root)));
        }
        if let Some(ldconfig) = &self.ldconfig {
            text.push_str(&format!("ldconfig = {}\n", quoted(&format!("@{ldconfig}"))));
        }
        text.into_bytes()
    }
}

/// Strings of JSON, and arrays of them, are the same in TOML, which wants one more character escaped.
fn quoted(value: &(impl Serialize + ?Sized)) -> String {
    serde_json::to_string(value).unwrap_or_default().replace('\u{7f}', "\\u007f")
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
        let config = DockerConfig::parse(DOCKER.as_bytes()).unwrap();
        assert_eq!(config.default_runtime.as_deref(), Some("nvidia"));
        assert_eq!(config.runtimes["nvidia"].path.as_deref(), Some("nvidia-container-runtime"));
        assert_eq!(DockerConfig::parse(b" \n"), Ok(DockerConfig::default()));
        assert!(DockerConfig::parse(b"{\"runtimes\": {").is_err());
        assert!(DockerConfig::parse(b"{\"runtimes\": []}").is_err());
    }

    #[test]
    fn finds_runtimes_in_any_table() {
        let program = NvidiaRuntimes(vec!["/usr/bin/nvidia-container-runtime".to_owned()]);
        let parse = |text: &str| NvidiaRuntimes::parse(text.as_bytes());
        assert_eq!(parse(CONTAINERD), Ok(program.clone()));
        assert_eq!(parse(CRIO), Ok(program));
        assert_eq!(parse("version = 3\n"), Ok(NvidiaRuntimes::default()));
        assert!(parse("version = \n").is_err());
        assert!(!is_nvidia_runtime("/usr/bin/nvidia-container-runtime-hook"));
    }

    #[test]
    fn reads_the_toolkits() {
        let config = ToolkitConfig::parse(TOOLKIT.as_bytes()).unwrap();
        assert_eq!(config.root.as_deref(), Some("/run/nvidia/driver"));
        assert_eq!(config.ldconfig.as_deref(), Some("/sbin/ldconfig.real"));
        // Without `@` it is a program of the container's.
        let inside = b"[nvidia-container-cli]\nldconfig = \"/sbin/ldconfig\"\n";
        assert_eq!(ToolkitConfig::parse(inside), Ok(ToolkitConfig::default()));
    }

    /// What is kept reads the same, and says nothing else.
    fn keeps<C: Config + PartialEq + std::fmt::Debug>(text: &str) {
        let config = C::parse(text.as_bytes()).unwrap();
        let kept = config.kept();
        assert_eq!(C::parse(&kept).as_ref(), Ok(&config));
        assert!(!String::from_utf8(kept).unwrap().contains("secret"));
    }

    #[test]
    fn keeps_what_it_reads_and_no_secrets() {
        keeps::<DockerConfig>(&DOCKER.replace(
            r#""log-driver": "journald""#,
            r#""proxies": {"http-proxy": "http://me:secret@proxy"}"#,
        ));
        keeps::<NvidiaRuntimes>(&format!("{CONTAINERD}\n[registry.auth]\npassword = 'secret'\n"));
        keeps::<ToolkitConfig>(&format!("{TOOLKIT}debug = \"/secret\"\n"));
        keeps::<DockerConfig>("");
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200), cut in 0_usize..400) {
            for text in [DOCKER, CONTAINERD, TOOLKIT].map(str::as_bytes) {
                for text in [bytes.as_slice(), text.get(..cut).unwrap_or(text)] {
                    let _ = DockerConfig::parse(text);
                    let _ = NvidiaRuntimes::parse(text);
                    let _ = ToolkitConfig::parse(text);
                }
            }
        }

        #[test]
        fn keeps_any_path(path in "(.|[\\x00-\\x1f\\x7f])*") {
            let config = ToolkitConfig { root: Some(path.clone()), ldconfig: Some(path) };
            prop_assert_eq!(ToolkitConfig::parse(&config.kept()), Ok(config));
        }
    }

    #[test]
    fn deep_nesting_is_refused() {
        let deep = "[".repeat(100_000);
        assert!(DockerConfig::parse(format!("{{\"runtimes\": {deep}").as_bytes()).is_err());
        assert!(NvidiaRuntimes::parse(format!("a = {deep}").as_bytes()).is_err());
    }
}

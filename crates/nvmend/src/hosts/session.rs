//! A machine as another session sees it: with other variables than those of the caller.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::host::{
    Command, Entry, Extract, Host, HostError, HostKind, KernelLogText, Metadata, Output, RandomRead,
};
use crate::parse::digest::Algorithm;

/// The machine, in a session that has these variables besides.
pub struct InSession {
    inner: Arc<dyn Host>,
    variables: Vec<(String, String)>,
}

impl InSession {
    /// That machine; an empty value unsets a variable. Programs that are run keep the caller's.
    pub fn of(inner: &Arc<dyn Host>, variables: &[(String, String)]) -> Arc<dyn Host> {
        if variables.is_empty() {
            return Arc::clone(inner);
        }
        Arc::new(Self { inner: Arc::clone(inner), variables: variables.to_vec() })
    }
}

impl Host for InSession {
    fn kind(&self) -> HostKind {
        self.inner.kind()
    }

    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, HostError> {
        self.inner.read(path, limit)
    }

    fn open(&self, path: &Path) -> Result<Box<dyn RandomRead>, HostError> {
        self.inner.open(path)
    }

    fn extract(&self, path: &Path, extract: Extract<'_>) -> Result<Vec<u8>, HostError> {
        self.inner.extract(path, extract)
    }

    fn digest(&self, path: &Path, algorithm: Algorithm) -> Result<String, HostError> {
        self.inner.digest(path, algorithm)
    }

    fn list(&self, path: &Path) -> Result<Vec<Entry>, HostError> {
        self.inner.list(path)
    }

    fn metadata(&self, path: &Path) -> Result<Metadata, HostError> {
        self.inner.metadata(path)
    }

    fn read_link(&self, path: &Path) -> Result<PathBuf, HostError> {
        self.inner.read_link(path)
    }

    fn env(&self, name: &str) -> Option<String> {
        match self.variables.iter().find(|(set, _)| set == name) {
            Some((_, value)) => Some(value.clone()).filter(|value| !value.is_empty()),
            None => self.inner.env(name),
        }
    }

    fn kernel_log(&self) -> Result<KernelLogText, HostError> {
        self.inner.kernel_log()
    }

    fn query_driver(&self) -> Result<String, HostError> {
        self.inner.query_driver()
    }

    fn free_space(&self, path: &Path) -> Result<u64, HostError> {
        self.inner.free_space(path)
    }

    fn run(&self, command: &Command) -> Result<Output, HostError> {
        self.inner.run(command)
    }
}

//! Specifications of the Container Device Interface: which files of the host they have mounted
//! (cncf-tags/container-device-interface, SPEC.md).
//!
//! They are YAML or JSON, and two keys of them are needed. Both stand as `key: value` in either notation, so the text is
//! searched for them: no YAML reader (recursion, anchors that multiply) has to be trusted with a file that anybody
//! on the machine may have written. What it costs: a value that is folded over lines or an alias is not seen; neither
//! NVIDIA's generator nor the specification's examples write such.

use std::collections::BTreeSet;

/// What a specification says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spec {
    /// `vendor.com/class`.
    pub kind: String,
    /// Every `hostPath`, of mounts and of device nodes, once each.
    pub host_paths: BTreeSet<String>,
}

/// The text is no specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("damaged: no `kind` as a CDI specification has")]
pub struct NoSpec;

/// More paths than any driver has files.
const MOST: usize = 4096;

/// Reads a specification.
pub fn parse(text: &[u8]) -> Result<Spec, NoSpec> {
    let kind = values(text, "kind").find(|kind| kind.contains('/')).ok_or(NoSpec)?;
    let host_paths =
        values(text, "hostPath").filter(|path| path.starts_with('/')).take(MOST).collect();
    Ok(Spec { kind, host_paths })
}

/// The values of a key, in either notation.
fn values<'t>(text: &'t [u8], key: &'t str) -> impl Iterator<Item = String> + 't {
    memchr::memmem::find_iter(text, key).filter_map(move |at| {
        let (before, after) = (text.get(..at)?, text.get(at + key.len()..)?);
        let line = memchr::memrchr(b'\n', before).map_or(before, |end| &before[end + 1..]);
        let is_comment = line.trim_ascii_start().starts_with(b"#");
        let is_word =
            before.last().is_none_or(|byte| byte.is_ascii_whitespace() || b"\"'{,".contains(byte));
        if is_comment || !is_word {
            return None;
        }
        let after = after.strip_prefix(b"\"").or(after.strip_prefix(b"'")).unwrap_or(after);
        let value = after.trim_ascii_start().strip_prefix(b":")?.trim_ascii_start();
        let value = match value.first()? {
            quote @ (b'"' | b'\'') => value.get(1..)?.split(|byte| byte == quote).next()?,
            _ => value.split(|byte| b"\n,}".contains(byte)).next()?,
        };
        Some(std::str::from_utf8(value).ok()?.trim().to_owned())
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const YAML: &str = "---\ncdiVersion: 0.5.0\ncontainerEdits:\n  deviceNodes:\n  - path: /dev/nvidiactl\n    hostPath: /dev/nvidiactl\n  \
        hooks:\n  - args:\n    - nvidia-cdi-hook\n    - create-symlinks\n    hookName: createContainer\n  mounts:\n  - containerPath: /usr/lib64/libcuda.so.560.35.03\n    \
        hostPath: /usr/lib64/libcuda.so.560.35.03\n    options:\n    - ro\n  # hostPath: /usr/lib64/libcuda.so.1\n  - containerPath: /x\n    hostPath: \"/lib/firmware/nvidia/560.35.03/gsp_ga10x.bin\"\n\
        devices: []\nkind: nvidia.com/gpu\n";

    const JSON: &str = r#"{"cdiVersion":"0.5.0","kind":"nvidia.com/gpu","containerEdits":{"mounts":[
        {"hostPath":"/usr/lib/libcuda.so.560.35.03","containerPath":"/usr/lib/libcuda.so.560.35.03"},
        { "containerPath": "/b", "hostPath" : "/usr/lib/libnvidia-ml.so.560.35.03" }]}}"#;

    fn paths(text: &str) -> (String, Vec<String>) {
        let spec = parse(text.as_bytes()).unwrap();
        (spec.kind, spec.host_paths.into_iter().collect())
    }

    #[test]
    fn reads_yaml_without_its_comments() {
        let (kind, paths) = paths(YAML);
        assert_eq!(kind, "nvidia.com/gpu");
        assert_eq!(
            paths,
            [
                "/dev/nvidiactl",
                "/lib/firmware/nvidia/560.35.03/gsp_ga10x.bin",
                "/usr/lib64/libcuda.so.560.35.03"
            ]
        );
    }

    #[test]
    fn reads_json() {
        let (kind, paths) = paths(JSON);
        assert_eq!(kind, "nvidia.com/gpu");
        assert_eq!(paths, ["/usr/lib/libcuda.so.560.35.03", "/usr/lib/libnvidia-ml.so.560.35.03"]);
    }

    #[test]
    fn refuses_what_is_none() {
        assert_eq!(parse(b""), Err(NoSpec));
        assert_eq!(parse(b"kind: Pod\nhostPath: /dev"), Err(NoSpec));
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200), cut in 0_usize..700) {
            let _ = parse(&bytes);
            let _ = parse(&YAML.as_bytes()[..cut.min(YAML.len())]);
            let _ = parse(&JSON.as_bytes()[..cut.min(JSON.len())]);
        }
    }
}

//! CUDA versions in the places where releases put them.

use crate::facts::CudaVersion;

/// `version.json` of CUDA 11.1 and later: `{"cuda": {"name": "CUDA SDK", "version": "12.4.1"}, …}`.
pub fn of_json(text: &str) -> Option<CudaVersion> {
    let file: serde_json::Value = serde_json::from_str(text).ok()?;
    file.get("cuda")?.get("version")?.as_str()?.parse().ok()
}

/// `version.txt` of older ones: `CUDA Version 10.1.243`.
pub fn of_text(text: &str) -> Option<CudaVersion> {
    text.lines().find_map(|line| line.trim().strip_prefix("CUDA Version")?.parse().ok())
}

/// `cuda.h`: `#define CUDA_VERSION 12040` is 12.4.
pub fn of_header(header: &[u8]) -> Option<CudaVersion> {
    let start = b"#define CUDA_VERSION ";
    let at = memchr::memmem::find(header, start)?;
    let rest = header.get(at.checked_add(start.len())?..)?;
    let digits: String = rest
        .iter()
        .map(|byte| char::from(*byte))
        .skip_while(|c| *c == ' ')
        .take(7)
        .take_while(char::is_ascii_digit)
        .collect();
    let number: u32 = digits.parse().ok()?;
    (number >= 1000).then_some(CudaVersion { major: number / 1000, minor: number % 1000 / 10 })
}

/// `nvidia_cuda_runtime_cu12-12.4.127`; from CUDA 13 on `nvidia_cuda_runtime-13.0.88`.
pub fn of_wheel(name: &str) -> Option<CudaVersion> {
    let (package, version) = name.split_once('-')?;
    let of_runtime = package.strip_prefix("nvidia_cuda_runtime")?;
    (of_runtime.is_empty() || of_runtime.starts_with("_cu")).then(|| version.parse().ok())?
}

/// `torch-2.1.0+cu118`: 11.8.
pub fn of_torch(name: &str) -> Option<CudaVersion> {
    let (_, digits) = name.strip_prefix("torch-")?.split_once("+cu")?;
    let (major, minor) = digits.split_at_checked(digits.len().checked_sub(1)?)?;
    Some(CudaVersion { major: major.parse().ok()?, minor: minor.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn version(major: u32, minor: u32) -> Option<CudaVersion> {
        Some(CudaVersion { major, minor })
    }

    #[test]
    fn reads_each_place() {
        assert_eq!(of_json(r#"{"cuda": {"version": "12.4.1"}}"#), version(12, 4));
        assert_eq!(of_text("CUDA Version 10.1.243\nCUDA Patch Version 10.1.1\n"), version(10, 1));
        assert_eq!(of_header(b"#define CUDA_VERSION 12040\n"), version(12, 4));
        assert_eq!(of_header(b"#define CUDA_VERSION  9020 */"), version(9, 2));
        assert_eq!(of_wheel("nvidia_cuda_runtime_cu12-12.4.127"), version(12, 4));
        assert_eq!(of_wheel("nvidia_cuda_runtime-13.0.88"), version(13, 0));
        assert_eq!(of_wheel("nvidia_cuda_runtimes-1.0"), None);
        assert_eq!(of_torch("torch-2.1.0+cu118"), version(11, 8));
        assert_eq!(of_torch("torch-2.6.0"), None);
        assert_eq!(of_torch("torch-2.1.0+cu"), None);
    }

    proptest! {
        #[test]
        fn never_panics(text in ".{0,60}", bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = (of_json(&text), of_text(&text), of_wheel(&text), of_torch(&text));
            let _ = of_torch(&format!("torch-1+cu{text}"));
            let _ = of_header(&[b"#define CUDA_VERSION ".as_slice(), &bytes].concat());
        }
    }
}

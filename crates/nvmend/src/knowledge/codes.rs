//! What NVML and the CUDA driver answer: the names of their codes.

use crate::facts::AskedLibrary;

/// NVML's `nvmlReturn_t` (NVIDIA/go-nvml, `gen/nvml/nvml.h`, NVML 13.3): those that its initialisation can give.
const NVML: &[(i32, &str)] = &[
    (0, "NVML_SUCCESS"),
    (3, "NVML_ERROR_NOT_SUPPORTED"),
    (4, "NVML_ERROR_NO_PERMISSION"),
    (6, "NVML_ERROR_NOT_FOUND"),
    (9, "NVML_ERROR_DRIVER_NOT_LOADED"),
    (10, "NVML_ERROR_TIMEOUT"),
    (11, "NVML_ERROR_IRQ_ISSUE"),
    (12, "NVML_ERROR_LIBRARY_NOT_FOUND"),
    (13, "NVML_ERROR_FUNCTION_NOT_FOUND"),
    (15, "NVML_ERROR_GPU_IS_LOST"),
    (16, "NVML_ERROR_RESET_REQUIRED"),
    (17, "NVML_ERROR_OPERATING_SYSTEM"),
    (18, "NVML_ERROR_LIB_RM_VERSION_MISMATCH"),
    (20, "NVML_ERROR_MEMORY"),
    (23, "NVML_ERROR_INSUFFICIENT_RESOURCES"),
    (27, "NVML_ERROR_NOT_READY"),
    (28, "NVML_ERROR_GPU_NOT_FOUND"),
    (999, "NVML_ERROR_UNKNOWN"),
];

/// The driver API's `CUresult` (CUDA toolkit, `cuda.h`): those that `cuInit` can give.
const CUDA: &[(i32, &str)] = &[
    (0, "CUDA_SUCCESS"),
    (1, "CUDA_ERROR_INVALID_VALUE"),
    (2, "CUDA_ERROR_OUT_OF_MEMORY"),
    (3, "CUDA_ERROR_NOT_INITIALIZED"),
    (34, "CUDA_ERROR_STUB_LIBRARY"),
    (46, "CUDA_ERROR_DEVICE_UNAVAILABLE"),
    (100, "CUDA_ERROR_NO_DEVICE"),
    (101, "CUDA_ERROR_INVALID_DEVICE"),
    (304, "CUDA_ERROR_OPERATING_SYSTEM"),
    (802, "CUDA_ERROR_SYSTEM_NOT_READY"),
    (803, "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH"),
    (804, "CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE"),
    (805, "CUDA_ERROR_MPS_CONNECTION_FAILED"),
    (807, "CUDA_ERROR_MPS_SERVER_NOT_READY"),
    (999, "CUDA_ERROR_UNKNOWN"),
];

/// `CUDA_ERROR_NO_DEVICE`.
pub const NO_DEVICE: i32 = 100;

/// The name of a library's code; `None` for one that is not in the tables.
pub fn name(library: AskedLibrary, code: i32) -> Option<&'static str> {
    let table = match library {
        AskedLibrary::Nvml => NVML,
        AskedLibrary::Cuda => CUDA,
    };
    table.iter().find(|(known, _)| *known == code).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_codes_of_a_mismatch() {
        assert_eq!(name(AskedLibrary::Nvml, 18), Some("NVML_ERROR_LIB_RM_VERSION_MISMATCH"));
        assert_eq!(name(AskedLibrary::Cuda, 803), Some("CUDA_ERROR_SYSTEM_DRIVER_MISMATCH"));
        assert_eq!(name(AskedLibrary::Nvml, 803), None);
    }
}

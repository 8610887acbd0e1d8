name = Linux driver installed in WSL
title = Linux driver { $version } installed in WSL
explanation = { $path } belongs to a Linux driver of version { $version }. In WSL the driver is the one of Windows, and its libraries lie in /usr/lib/wsl/lib. { $found ->
        [first] Programs get the Linux driver's file instead, and find no GPU.
       *[beside] Programs still get those of Windows; the next run of ldconfig may change that.
    }
claim-linux-library = Library of a Linux driver
what = In WSL 2 the NVIDIA driver runs in Windows. Windows puts libraries into /usr/lib/wsl/lib that talk to it; a Linux driver has no kernel module to talk to there, and its libraries hide the right ones.
why = A driver package was installed by name, by a "cuda" or "cuda-drivers" meta-package, or as a dependency of another package; or NVIDIA's .run file was run inside WSL.
see =
    ldconfig -p | grep -E 'libcuda|libnvidia-ml'
    ls -l /usr/lib/wsl/lib
    dpkg -l | grep -E 'nvidia|libcuda'
    /usr/lib/wsl/lib/nvidia-smi
helps =
    Remove the Linux driver, by the exact names from dpkg -l (libnvidia-compute, nvidia-utils, libcuda1, cuda-drivers):
    Debian, Ubuntu: apt purge, with these names
    A .run installation: nvidia-uninstall
    ldconfig
    Install CUDA without a driver: cuda-toolkit, from NVIDIA's WSL-Ubuntu repository.
    The driver itself is upgraded in Windows.
avoid = Never install a Linux driver in WSL, not even one of the same version. Do not delete or copy files in /usr/lib/wsl.

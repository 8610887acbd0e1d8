name = Driver libraries missing
title = Module { $version } has no libcuda or libnvidia-ml
explanation = The nvidia module is { $version }, but neither libcuda.so.1 nor libnvidia-ml.so.1 is found on this system. { $draws ->
        [yes] Libraries for graphics are there, so a desktop works; CUDA programs and nvidia-smi do not.
       *[no] No program can use the GPU without them.
    }
what = The kernel module of the driver is installed, but the libraries that programs load to talk to it (libcuda, libnvidia-ml) are not.
why = Only the kernel package was installed, a removal took the libraries with it, or the distribution packs the CUDA part of the driver apart from the rest, as RPM Fusion does.
see =
    ldconfig -p | grep -E 'libcuda|libnvidia-ml'
    cat /proc/driver/nvidia/version
    dpkg -l | grep -i nvidia
    rpm -qa | grep -i nvidia
helps =
    Install the libraries at exactly the version of the module:
    Debian: apt install libcuda1 libnvidia-ml1 nvidia-smi
    Ubuntu: apt install libnvidia-compute-535 nvidia-utils-535, with the series of your driver
    RPM Fusion: dnf install xorg-x11-drv-nvidia-cuda
    RHEL with NVIDIA's repository: dnf install nvidia-driver-cuda
    Arch: pacman -S nvidia-utils
    ldconfig
avoid = Do not copy libraries from another machine, and do not install them from another repository than the module.

name = Driver libraries baked into the image
title = Image brings driver libraries { $version }, host has { $host }
explanation = The container's image itself holds { $path }, of driver version { $version }; the host's module is { $host }. { $found ->
        [first] Programs in the container get this file and are turned away.
       *[beside] Programs do not get it now; the next run of ldconfig may change that.
    } Such files found in all: { $count }. The host is fine.
claim-baked-library = Driver library of the image, not put in by the container runtime
what = A container image carries driver libraries of its own. They belong to the driver of whoever built the image, and clash with every host of another version.
why = A driver package was installed while the image was built: by name, as a dependency, or by an application's installer that saw no GPU and installed "CUDA drivers".
see =
    ldconfig -p | grep -E 'libcuda|libnvidia-ml'
    ls -l /usr/lib/x86_64-linux-gnu/libcuda.so* /usr/lib/x86_64-linux-gnu/libnvidia-ml.so*
    dpkg -l | grep -E 'libnvidia|nvidia-utils|libcuda'
    cat /proc/driver/nvidia/version
    docker history IMAGE
helps =
    Build the image without driver packages: no nvidia-utils, libnvidia-compute, libcuda1, cuda-drivers; take cuda-toolkit instead of cuda.
    In the image, find and remove what brought them in:
    Debian, Ubuntu: apt purge, with the names from dpkg -l
    Fedora, RHEL: dnf remove, with the names from rpm -qa
    ldconfig
    Then start the container with the NVIDIA container toolkit, which puts in the host's libraries.
avoid = Do not change or reboot the host for it. Do not pin the image to the host's version: that breaks at the host's next upgrade.

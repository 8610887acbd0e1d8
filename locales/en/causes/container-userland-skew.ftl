name = Container's own driver differs from the host
title = Driver { $version } in this { $kind } container, module { $host } on the host
explanation = This { $kind } container has driver libraries of its own, version { $version }. Its programs use the host's kernel module { $host }, which turns every other version away.
what = A system container (LXC, Incus, Proxmox, systemd-nspawn) shares the host's kernel, and so the host's nvidia module. The driver libraries that are installed inside must be exactly of the host's version.
why = The host's driver was upgraded and the container's was not, or the other way round; or the container got another kind of driver, such as the guest driver of a vGPU bundle instead of the host's.
see =
    cat /proc/driver/nvidia/version
    ldconfig -p | grep -E 'libcuda|libnvidia-ml'
    nvidia-smi
    cat /run/systemd/container
helps =
    Inside the container install exactly the host's version, libraries only and no kernel module:
    sh NVIDIA-Linux-x86_64-VERSION.run --no-kernel-modules
    Debian, Ubuntu: apt install, with the library packages at the host's version
    Do it again after each upgrade of the host's driver, or let the host give its files: in Incus nvidia.runtime=true.
avoid = Do not build or load a kernel module inside the container. Do not change the host's driver for one container without need. In a container, use the host's driver and not a vGPU guest's.

name = Module not built for this kernel
title = { $builder } has not built { $version } for kernel { $kernel }
explanation =
    { $builder } knows driver { $version }, but there is no build of it for kernel { $kernel }. { $on_disk ->
        [none] This kernel has no nvidia module at all.
       *[other] The module on disk is still { $on_disk }.
    } The libraries need a module of their own version. A bare reboot would not help: there is nothing new to load.
what = The driver's libraries are new, and the program that builds the kernel module (DKMS or akmods) has not built it for this kernel. The kernel either has no module or an old one.
why = The build was interrupted, the machine was rebooted before akmods was done, the kernel was installed before DKMS was, or the package's script never ran. A package that is "installed" proves nothing about the module.
see =
    dkms status
    ls /var/cache/akmods/nvidia
    modinfo -F version nvidia
    ls -d /lib/modules/$(uname -r)/build
    cat /proc/driver/nvidia/version
helps =
    First see that the headers of exactly this kernel are there:
    Debian, Ubuntu: apt install linux-headers-$(uname -r)
    Fedora, RHEL: dnf install kernel-devel-$(uname -r)
    Keep a copy of /lib/modules/$(uname -r)/updates, then build:
    DKMS: dkms autoinstall -k $(uname -r)
    akmods: akmods --force --kernels $(uname -r)
    depmod -a
    Then reload the module, or reboot.
avoid = Do not reboot before the build is done. Do not copy a module from another kernel. Do not put NVIDIA's .run file over the packages.

name = Kernel headers missing
title = No headers for kernel { $kernel }: { $version } cannot be built
explanation =
    { $builder } has driver { $version } ready, but the headers of kernel { $kernel } are not installed, so no module can be built for it. { $on_disk ->
        [none] That kernel has no nvidia module.
       *[other] Its module on disk is still { $on_disk }.
    }
what = To compile the kernel module, DKMS and akmods need the headers of exactly the kernel that it is for. They are a package of their own, and it is missing.
why = The kernel was upgraded without its headers: the headers package of one version was installed once, instead of the meta-package that follows the kernel. Or the headers of this version have left the repository.
see =
    uname -r
    ls -d /lib/modules/$(uname -r)/build
    dkms status
    dpkg -l 'linux-headers-*'
    rpm -q kernel-devel
helps =
    Install the headers of exactly this kernel, and the meta-package so that it stays so:
    Debian: apt install linux-headers-$(uname -r) linux-headers-amd64
    Ubuntu: apt install linux-headers-$(uname -r) linux-headers-generic
    Fedora, RHEL: dnf install kernel-devel-$(uname -r)
    Arch: pacman -S linux-headers
    DKMS builds when they are installed; if not:
    dkms autoinstall -k $(uname -r)
    If they are no longer to be had, upgrade kernel and headers together and reboot into the new kernel.
avoid = Do not link the headers of another kernel in their place: the module would be refused. Do not reboot before the module is built.

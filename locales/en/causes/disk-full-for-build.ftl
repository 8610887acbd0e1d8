name = No space to build the module
title = No space left to build { $version } for kernel { $kernel }
explanation =
    { $builder } ran out of space while it built driver { $version } for kernel { $kernel }. The first error is: { $reason }. The log is { $log }. { $on_disk ->
        [none] That kernel has no nvidia module.
       *[other] The module on disk is still { $on_disk }.
    }
what = The disk was full while the kernel module was compiled or installed, so the kernel has no nvidia module, or only that of the previous driver version.
why = Old kernels and their initramfs fill /boot, build trees fill /var, modules of many kernels fill /lib/modules. A quota has the same effect.
see =
    df -h / /boot /var /tmp
    df -i / /boot /var
    dkms status
    grep -m1 -n 'No space left' /var/lib/dkms/nvidia*/*/build/make.log
    du -sh /var/lib/dkms /var/cache /var/log /boot
helps =
    Free space first:
    Debian, Ubuntu: apt clean, then apt autoremove --purge after reading its list
    Fedora, RHEL: dnf clean all, then dnf remove --oldinstallonly
    journalctl --vacuum-size=200M
    Then build again:
    dkms autoinstall -k $(uname -r)
    akmods --force --kernels $(uname -r)
    If /boot was full, rebuild the initramfs too: update-initramfs -u, or dracut -f
avoid = Do not delete files in /boot or /lib/modules by hand: remove kernels by their packages. Keep one older kernel that works. Do not reboot before the module and the initramfs are written whole.

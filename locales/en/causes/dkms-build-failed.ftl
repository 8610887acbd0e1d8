name = Building the module failed
title = { $builder } failed to build { $version } for kernel { $kernel }
explanation =
    { $builder } tried to build driver { $version } for kernel { $kernel } and failed. { $reason ->
        [none] The log shows no error that is recognised: the build may have been cut off, or may still be at work.
       *[other] The first error is: { $reason }.
    } The log is { $log }. { $on_disk ->
        [none] That kernel has no nvidia module.
        [unseen] Whether that kernel has a module of another build was not looked at.
       *[other] The module on disk is still { $on_disk }.
    }
what = The kernel module could not be compiled for this kernel, so the kernel has no nvidia module, or only that of the previous driver version.
why = Most often the driver is too old for a new kernel, or the compiler is another one than the kernel was built with. Sometimes the disk was full or the sources are damaged. The first line with "error:" in the log counts; what follows, modpost's "undefined!" above all, are consequences.
see =
    dkms status
    grep -m1 -n 'error:' /var/lib/dkms/nvidia*/*/build/make.log
    ls /var/cache/akmods/nvidia/*.failed.log
    grep -m1 -n 'error:' /var/log/nvidia-installer.log
    cat /proc/version
    gcc --version
helps =
    Read the first error of the log. Then, in this order:
    Boot an older kernel for which the module exists: it is in the boot menu.
    Upgrade the driver within its series, or to a newer series that knows this kernel:
    Debian, Ubuntu: apt update, then apt install --only-upgrade the driver packages
    Fedora, RHEL: dnf upgrade --refresh
    Install the compiler that the kernel was built with.
    Back up /var/lib/dkms and /etc/modprobe.d, then build again:
    dkms autoinstall -k $(uname -r)
    akmods --force --kernels $(uname -r)
avoid = Do not reinstall the system, and do not remove the kernel that still works. Do not patch the sources by hand. The warning "the compiler differs" alone is no reason to change the compiler.

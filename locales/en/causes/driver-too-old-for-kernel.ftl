name = Driver too old for the kernel
title = Driver { $version } does not compile on kernel { $kernel }
explanation =
    { $builder } could not build driver { $version } for kernel { $kernel }: the driver's sources call interfaces that this kernel has changed or no longer has. The first error is: { $reason }. The log is { $log }. { $on_disk ->
        [none] That kernel has no nvidia module.
       *[other] The module on disk is still { $on_disk }.
    }
what = The kernel's internal interfaces change from version to version. A driver release knows only the kernels that existed when it was made, so it does not compile on a much newer one.
why = The kernel was upgraded (a new release, a hardware enablement or mainline kernel) and the driver was not; or the driver is of a legacy series (390, 470) that is no longer adapted.
see =
    uname -r
    dkms status
    grep -m1 -n 'error:' /var/lib/dkms/nvidia*/*/build/make.log
    ls /lib/modules
helps =
    At once: boot the older kernel for which the module exists, from the boot menu.
    Then upgrade the driver to a release that knows the new kernel:
    Debian, Ubuntu: apt update, then apt install --only-upgrade the driver packages, or a newer series
    Fedora, RHEL: dnf upgrade --refresh
    If the GPU is supported by a legacy series only, stay on a long-term kernel (linux-lts, the release's own kernel), and keep the newer kernel from being installed.
avoid = Do not remove the kernel that still works. Do not patch the sources by hand, and do not reinstall the same version: it fails in the same way.
